// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/images/image.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "io/images/mgh.h"
#include "io/images/nifti.h"
#include "io/packing/gzip.h"
#include "io/parsing/byte_reader.h"
#include "io/parsing/foreign_file.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockNumbers = std::size_t{1} << 16;
constexpr std::size_t kMostBlocksAfter = 1024;  // 64 MiB after the voxels: enough for every honest file
constexpr std::int64_t kLongestPreamble = std::int64_t{256} << 20;  // header and extensions

/// "x.hdr" or "x.hdr.gz" for "x.img", and the other way round; empty for other names.
fs::path partnerOf(const fs::path& file, const std::string& from, const std::string& to) {
  const std::string name = file.string();
  for (const std::string& packed : {std::string(), std::string(".gz")})
    if (name.ends_with(from + packed)) {
      const std::string stem = name.substr(0, name.size() - from.size() - packed.size());
      for (const std::string& ending : {packed, packed.empty() ? std::string(".gz") : std::string()})
        if (fs::exists(stem + to + ending)) return stem + to + ending;
      return stem + to + packed;
    }
  return {};
}

std::string readUpTo(UnpackingReader& reader, std::size_t bytes) {
  std::string start(bytes, '\0');
  start.resize(reader.read(start));
  return start;
}

void skip(UnpackingReader& reader, std::int64_t bytes, const std::string& name) {
  std::string block(std::size_t{1} << 16, '\0');
  while (bytes > 0) {
    const auto wanted = std::min(block.size(), static_cast<std::size_t>(bytes));
    require(reader.read({block.data(), wanted}) == wanted, ErrorCode::BadFile,
            [&] { return name + ": ends before vox_offset, the place where its voxels should start"; });
    bytes -= static_cast<std::int64_t>(wanted);
  }
}

template <std::size_t N>
std::vector<std::int64_t> usedSizes(const std::array<std::int64_t, N>& size, std::size_t used) {
  return {size.begin(), size.begin() + static_cast<std::ptrdiff_t>(used)};
}

}  // namespace

std::int64_t ImageInfo::voxelsPerVolume() const {
  std::int64_t count = 1;
  for (std::size_t d = 0; d < std::min<std::size_t>(3, size.size()); ++d) count *= size[d];
  return count;
}

std::int64_t ImageInfo::volumeCount() const {
  std::int64_t count = 1;
  for (std::size_t d = 3; d < size.size(); ++d) count *= size[d];
  return count;
}

bool isImageStart(std::string_view start) {
  return nifti::isHeader(start) || mgh::isHeader(start);
}

struct ImageReader::State {
  fs::path file, voxelFile;
  ImageInfo info;
  NumberFormat numbers;
  double slope = 1, intercept = 0;
  bool hasFooter = false;
  std::int64_t left = 0;
  std::unique_ptr<UnpackingReader> reader;
  std::string block;

  void open(const fs::path& asked);
  void openNifti(const std::string& start);
  void openMgh(const std::string& start);
  void checkSize(std::int64_t dataStart);
  void finish();
  template <class T>
  std::size_t read(std::span<T> values);
};

void ImageReader::State::open(const fs::path& asked) {
  file = partnerOf(asked, ".img", ".hdr");
  if (file.empty()) file = asked;
  UnpackingReader opened(file);
  const std::string start = readUpTo(opened, nifti::kHeaderBytes2);
  if (mgh::isHeader(start)) return openMgh(start);
  const std::string foreign = foreignFileReason(start);
  require(foreign.empty(), ErrorCode::BadFile, [&] { return file.string() + ": " + foreign; });
  const bool namedMgh = file.extension() == ".mgh" || file.extension() == ".mgz";
  if (namedMgh && !nifti::isHeader(start)) return openMgh(start);  // which says what is wrong with it
  if (opened.packed() != file.string().ends_with("z"))
    info.warnings.push_back(file.string() + (opened.packed()
                                                 ? ": is compressed though its name does not say so"
                                                 : ": is not compressed though its name says so"));
  openNifti(start);
}

void ImageReader::State::openNifti(const std::string& start) {
  const std::string name = file.string();
  nifti::Header header = nifti::parseHeader(start, name);
  info.format = header.version == 1 ? "NIfTI-1" : "NIfTI-2";
  info.size = usedSizes(header.size, static_cast<std::size_t>(header.dimCount));
  info.storedType = header.numbers.type;
  info.mmFromVoxel = header.mmFromVoxel;
  info.space = header.space;
  info.trSec = header.trSec;
  info.isCifti = header.isCifti();
  numbers = header.numbers;
  slope = header.slope;
  intercept = header.intercept;
  voxelFile = header.pair ? partnerOf(file, ".hdr", ".img") : file;
  require(!voxelFile.empty(), ErrorCode::BadFile, [&] {
    return name +
           ": says that it is the header of a pair, but its name does not end in .hdr, so the image beside "
           "it "
           "has no name";
  });
  // A fresh reader goes over the start again: simpler than keeping the bytes of it that are voxels already.
  reader = std::make_unique<UnpackingReader>(voxelFile);
  checkSize(header.dataStart);
  require(header.dataStart <= kLongestPreamble || header.pair, ErrorCode::Unsupported, [&] {
    return name + ": its voxels start at byte " + textOf(header.dataStart) + "; at most " +
           textOf(kLongestPreamble) + " bytes of header and extensions are read";
  });
  if (header.pair) {
    skip(*reader, header.dataStart, voxelFile.string());
  } else {
    const std::string before = readUpTo(*reader, static_cast<std::size_t>(header.dataStart));
    require(static_cast<std::int64_t>(before.size()) == header.dataStart, ErrorCode::BadFile,
            [&] { return name + ": ends before vox_offset, the place where its voxels should start"; });
    for (const nifti::Extension& extension : nifti::extensionsIn(before, header, name))
      if (extension.code == nifti::kCiftiExtension) info.ciftiXml = std::string(extension.content);
  }
  info.isCifti = info.isCifti || !info.ciftiXml.empty();
  info.warnings.insert(info.warnings.end(), header.warnings.begin(), header.warnings.end());
}

void ImageReader::State::openMgh(const std::string& start) {
  mgh::Header header = mgh::parseHeader(start, file.string());
  info.format = "MGH";
  info.size = usedSizes(header.size, header.size[3] > 1 ? 4 : 3);
  info.storedType = header.numbers.type;
  info.mmFromVoxel = header.mmFromVoxel;
  info.warnings = std::move(header.warnings);
  numbers = header.numbers;
  hasFooter = true;
  voxelFile = file;
  reader = std::make_unique<UnpackingReader>(file);
  checkSize(mgh::kHeaderBytes);
  skip(*reader, mgh::kHeaderBytes, file.string());
}

void ImageReader::State::checkSize(std::int64_t dataStart) {
  const std::string name = voxelFile.string();
  const std::size_t each = bytesPerNumber(numbers.type);
  left = checkedCount(info.size, each, name);
  const auto claimed = static_cast<std::uint64_t>(dataStart) + static_cast<std::uint64_t>(left) * each;
  require(claimed <= reader->largestUnpackedSize(), ErrorCode::BadFile, [&] {
    return name + ": its header claims " + shapeWords(info.size) + " voxels, " + textOf(claimed) +
           " bytes with what comes before them; the file has " + textOf(reader->fileSize()) +
           (reader->packed() ? " compressed bytes" : " bytes");
  });
  info.voxelFile = voxelFile;
  info.packed = reader->packed();
  info.declaredBytes = static_cast<std::int64_t>(claimed);
  block.resize(std::min<std::size_t>(kBlockNumbers, static_cast<std::size_t>(left)) * each);
}

void ImageReader::State::finish() {
  constexpr float kMsPerSec = 1000;
  const std::string name = voxelFile.string();
  std::string rest = readUpTo(*reader, kBlockNumbers);
  if (hasFooter && rest.size() >= mgh::kFooterBytes && info.volumeCount() > 1) {
    const float trMs = numberAt<float>(rest.data(), std::endian::big);
    if (std::isfinite(trMs) && trMs > 0)
      info.trSec = static_cast<double>(trMs / kMsPerSec);
    else
      info.warnings.push_back(name + ": the time between its frames is " + textOf(trMs) +
                              " ms: a TR must be given before it can be used as a run");
  }
  if (!hasFooter && !rest.empty())
    info.warnings.push_back(name + ": has more bytes than its header declares; they were not used");
  // To the end, so that a damaged or wrong checksum of the packed stream is seen.
  for (std::size_t i = 0; i < kMostBlocksAfter && reader->packed() && rest.size() == kBlockNumbers; ++i)
    rest = readUpTo(*reader, kBlockNumbers);
}

template <class T>
std::size_t ImageReader::State::read(std::span<T> values) {
  const std::size_t each = bytesPerNumber(numbers.type);
  std::size_t done = 0;
  while (done < values.size() && left > 0) {
    const std::size_t count = std::min({kBlockNumbers, values.size() - done, static_cast<std::size_t>(left)});
    const std::size_t got = reader->read({block.data(), count * each});
    require(got == count * each, ErrorCode::BadFile, [&] {
      const std::int64_t all = info.voxelsPerVolume() * info.volumeCount();
      return voxelFile.string() + ": ends inside the voxels: its header claims " + textOf(all) + ", " +
             textOf(all - left + static_cast<std::int64_t>(got / each)) + " are there";
    });
    const std::span<T> part = values.subspan(done, count);
    decodeNumbers(numbers, block.data(), part);
    if (slope != 1 || intercept != 0)
      for (T& value : part) value = static_cast<T>(static_cast<double>(value) * slope + intercept);
    done += count;
    left -= static_cast<std::int64_t>(count);
    if (left == 0) finish();
  }
  return done;
}

ImageReader::ImageReader(const fs::path& file) : m_state(std::make_unique<State>()) {
  m_state->open(file);
}
ImageReader::~ImageReader() = default;
ImageReader::ImageReader(ImageReader&&) noexcept = default;
ImageReader& ImageReader::operator=(ImageReader&&) noexcept = default;

const ImageInfo& ImageReader::info() const {
  return m_state->info;
}
std::size_t ImageReader::read(std::span<float> values) {
  return m_state->read(values);
}
std::size_t ImageReader::read(std::span<double> values) {
  return m_state->read(values);
}

}  // namespace cortexscope
