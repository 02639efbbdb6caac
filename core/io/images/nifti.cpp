// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/images/nifti.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "io/images/nifti_fields.h"
#include "io/parsing/byte_reader.h"

namespace cortexscope::nifti {
namespace {

constexpr std::int64_t kLargestDim = std::int64_t{1} << 40;

struct KnownType {
  int code;
  NumberType type;
};
constexpr KnownType kNumericTypes[] = {{2, NumberType::UInt8},    {4, NumberType::Int16},
                                       {8, NumberType::Int32},    {16, NumberType::Float32},
                                       {64, NumberType::Float64}, {256, NumberType::Int8},
                                       {512, NumberType::UInt16}, {768, NumberType::UInt32},
                                       {1024, NumberType::Int64}, {1280, NumberType::UInt64}};

std::optional<std::endian> orderOf(std::string_view start, int& version) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const auto headerBytes = static_cast<std::size_t>(numberAt<std::uint32_t>(start.data(), order));
    if (headerBytes != kHeaderBytes1 && headerBytes != kHeaderBytes2) continue;
    version = headerBytes == kHeaderBytes1 ? 1 : 2;
    return order;
  }
  return std::nullopt;
}

void recognise(std::string_view start, const std::string& file, Header& header) {
  require(start.size() >= kHeaderBytes1, ErrorCode::BadFile, [&] {
    return file + ": has " + textOf(start.size()) + " bytes, a NIfTI header takes " + textOf(kHeaderBytes1);
  });
  const auto order = orderOf(start, header.version);
  require(order.has_value(), ErrorCode::BadFile, [&] {
    return file + ": is no NIfTI file: its header size field is " +
           textOf(numberAt<std::int32_t>(start.data(), std::endian::little)) + ", not 348 or 540";
  });
  header.numbers.order = *order;
  require(header.version == 1 || start.size() >= kHeaderBytes2, ErrorCode::BadFile, [&] {
    return file + ": has " + textOf(start.size()) + " bytes, a NIfTI-2 header takes " + textOf(kHeaderBytes2);
  });
  const std::string_view magic = header.version == 1 ? start.substr(344, 4) : start.substr(4, 8);
  header.pair = magic.starts_with(header.version == 1 ? "ni1" : "ni2");
  const std::string_view expected =
      header.version == 1 ? std::string_view("n+1\0", 4) : std::string_view("n+2\0\r\n\x1a\n", 8);
  const bool whole = magic[1] == (header.pair ? 'i' : '+') && magic.substr(2) == expected.substr(2);
  require(whole && magic[0] == 'n', ErrorCode::BadFile, [&] {
    const bool analyze = header.version == 1 && magic == std::string_view("\0\0\0\0", 4);
    return file + ": its magic (bytes " + (header.version == 1 ? "344 to 347" : "4 to 11") +
           ") is not that of NIfTI-" + textOf(header.version) +
           (analyze ? "; it may be the older ANALYZE format, which says nothing of left and right: convert it"
                    : "");
  });
}

void readSize(const Fields& fields, const std::string& file, Header& header) {
  const std::int64_t dimCount = fields.dim(0);
  require(dimCount >= 1 && dimCount <= 7, ErrorCode::BadFile,
          [&] { return file + ": dim[0] is " + textOf(dimCount) + ", not 1 to 7"; });
  header.dimCount = static_cast<int>(dimCount);
  std::int64_t product = 1;
  for (std::size_t d = 1; d <= static_cast<std::size_t>(dimCount); ++d) {
    const std::int64_t size = fields.dim(d);
    require(size > 0 && size <= kLargestDim && product <= kLargestDim / size, ErrorCode::BadFile, [&] {
      return file + ": dim[" + textOf(d) + "] is " + textOf(size) +
             (size > 0 ? ", which makes more voxels than any file has" : ", not a positive number");
    });
    product *= size;
    header.size[d - 1] = size;
  }
}

void readType(const Fields& fields, const std::string& file, Header& header) {
  const int code = fields.type();
  const auto* known = std::find_if(std::begin(kNumericTypes), std::end(kNumericTypes),
                                   [&](const KnownType& candidate) { return candidate.code == code; });
  require(known != std::end(kNumericTypes), ErrorCode::Unsupported, [&] {
    return file + ": its datatype is " + textOf(code) +
           "; only whole and floating numbers of 8 to 64 bits are read";
  });
  header.numbers.type = known->type;
  const auto bits = 8 * static_cast<int>(bytesPerNumber(known->type));
  if (fields.bitsPerVoxel() != bits)
    header.warnings.push_back(file + ": bitpix is " + textOf(fields.bitsPerVoxel()) + ", datatype " +
                              textOf(code) + " has " + textOf(bits) + " bits; the datatype was believed");
}

void readStart(const Fields& fields, const std::string& file, Header& header) {
  const double start = fields.dataStart();
  const double headerEnd = static_cast<double>(header.version == 1 ? kHeaderBytes1 : kHeaderBytes2) + 4;
  const double earliest = header.pair ? 0 : headerEnd;
  require(std::isfinite(start) && start >= 0 && start <= static_cast<double>(kLargestDim), ErrorCode::BadFile,
          [&] { return file + ": vox_offset is " + textOf(start) + ", which is no place in a file"; });
  header.dataStart = static_cast<std::int64_t>(std::max(start, earliest));
  if (start < earliest)
    header.warnings.push_back(file + ": vox_offset is " + textOf(start) +
                              ", inside the header; voxels were read from byte " + textOf(header.dataStart));
  else if (header.dataStart % 16 != 0 && !header.pair)
    header.warnings.push_back(file + ": vox_offset is " + textOf(header.dataStart) +
                              ", not divisible by 16 as the format asks; voxels were read from there");
}

/// Seconds in one unit of time as the units field names it; 0 where it names another quantity (Hz, ppm).
double secondsPerUnit(int units) {
  switch (units & 0x38) {
    case 0:  // not said
    case 8:
      return 1;
    case 16:
      return 1e-3;
    case 24:
      return 1e-6;
    default:
      return 0;
  }
}

void readTime(const Fields& fields, const std::string& file, Header& header) {
  constexpr double kShortestSec = 0.01, kLongestSec = 60;
  header.intent = fields.intent();
  if (header.dimCount < 4 || header.size[3] < 2) return;
  const double step = fields.pixdim(4), seconds = step * secondsPerUnit(fields.units());
  if (!std::isfinite(seconds) || seconds <= 0) {
    header.warnings.push_back(file + ": its time between volumes (pixdim[4]) is " + textOf(step) +
                              ", which is no duration: a TR must be given before it can be used as a run");
    return;
  }
  header.trSec = seconds;
  if (seconds < kShortestSec || seconds > kLongestSec)
    header.warnings.push_back(file + ": its time between volumes is " + textOf(seconds) +
                              " s as the header has it, which is absurd for fMRI: check the TR and its unit");
}

void readScaling(const Fields& fields, const std::string& file, Header& header) {
  const double slope = fields.slope(), intercept = fields.intercept();
  require(!std::isinf(slope) && !std::isinf(intercept), ErrorCode::BadFile,
          [&] { return file + ": scl_slope or scl_inter is infinite"; });
  if (std::isnan(slope) || std::isnan(intercept)) {
    header.warnings.push_back(file + ": scl_slope or scl_inter is NaN; values were left unscaled");
    return;
  }
  if (slope == 0) return;  // the format's way to say: not scaled
  header.slope = slope;
  header.intercept = intercept;
}

}  // namespace

bool isHeader(std::string_view start) {
  int version = 0;
  return start.size() >= kHeaderBytes1 && orderOf(start, version).has_value();
}

Header parseHeader(std::string_view start, const std::string& file) {
  Header header;
  recognise(start, file, header);
  const Fields fields(start, header.version, header.numbers.order);
  readSize(fields, file, header);
  readType(fields, file, header);
  readStart(fields, file, header);
  readScaling(fields, file, header);
  readTime(fields, file, header);
  if (!header.isCifti()) readSpace(start, file, header);
  return header;
}

std::vector<Extension> extensionsIn(std::string_view beforeVoxels, Header& header, const std::string& file) {
  std::vector<Extension> extensions;
  std::size_t at = header.version == 1 ? kHeaderBytes1 : kHeaderBytes2;
  if (beforeVoxels.size() < at + 4 || beforeVoxels[at] == 0) return extensions;
  const auto odd = [&](const std::string& what) { header.warnings.push_back(file + ": " + what); };
  at += 4;
  if (beforeVoxels.size() < at + 8) odd("says that it has header extensions and has none");
  while (beforeVoxels.size() >= at + 8) {
    const auto size = numberAt<std::int32_t>(beforeVoxels.data() + at, header.numbers.order);
    const auto code = numberAt<std::int32_t>(beforeVoxels.data() + at + 4, header.numbers.order);
    const std::size_t left = beforeVoxels.size() - at;
    if (size < 8 || static_cast<std::size_t>(size) > left) {
      // Zeros up to the voxels are padding, not an extension.
      if (beforeVoxels.find_first_not_of('\0', at) != std::string_view::npos || extensions.empty())
        odd("the header extension at byte " + textOf(at) + " claims " + textOf(size) + " bytes; " +
            textOf(left) + " are left before the voxels");
      break;
    }
    if (size % 16 != 0)
      odd("the header extension at byte " + textOf(at) + " has " + textOf(size) +
          " bytes, not a multiple of 16 as the format asks");
    extensions.push_back({code, beforeVoxels.substr(at + 8, static_cast<std::size_t>(size) - 8)});
    at += static_cast<std::size_t>(size);
  }
  return extensions;
}

}  // namespace cortexscope::nifti
