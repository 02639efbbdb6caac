// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "io/images/image.h"
#include "io/inspect/kinds.h"
#include "io/packing/gzip.h"

namespace cortexscope::inspection {

NumberSummary summaryOf(ImageReader& reader, const Job& job) {
  const std::int64_t all = reader.info().voxelsPerVolume() * reader.info().volumeCount();
  NumberSummarizer summarizer;
  std::vector<double> block(std::size_t{1} << 16);
  for (std::int64_t done = 0; done < all;) {
    const std::size_t got = reader.read(std::span<double>(block));
    summarizer.add({block.data(), got});
    done += static_cast<std::int64_t>(got);
    job.checkpoint(static_cast<double>(done) / static_cast<double>(all), "reading values");
  }
  return summarizer.summary();
}

namespace {

void describe(const ImageInfo& info, FileFacts& facts) {
  facts.format = info.format;
  facts.shape = info.size;
  facts.dtype = nameOf(info.storedType);
  facts.trSec = info.trSec;
  facts.space = info.space;
  facts.warnings = info.warnings;
  const bool perVertex = info.size.size() >= 3 && info.size[0] > 1 && info.size[1] == 1 && info.size[2] == 1;
  facts.kind = !perVertex ? "volume" : info.volumeCount() > 1 ? "timeseries" : "morphometry";
  if (perVertex) facts.vertices = info.size[0];
  facts.affine = info.mmFromVoxel;
}

/// A packed file ends in its unpacked size. Where that is another one the file is cut, or legal in an unusual
/// way (several streams in one file, bytes after the voxels): going through it tells.
void checkPackedEnd(const std::filesystem::path& file, std::int64_t declaredBytes, const Job& job) {
  if (gzipTrailerSize(file) == static_cast<std::uint32_t>(declaredBytes)) return;
  UnpackingReader reader(file);
  std::string block(std::size_t{1} << 20, '\0');
  std::int64_t bytes = 0;
  while (bytes < declaredBytes) {
    const std::size_t got = reader.read(block);
    if (got == 0) break;
    bytes += static_cast<std::int64_t>(got);
    job.checkpoint(std::min(1.0, static_cast<double>(bytes) / static_cast<double>(declaredBytes)),
                   "unpacking an image that may be cut");
  }
  require(bytes >= declaredBytes, ErrorCode::BadFile, [&] {
    return file.string() + ": ends inside the voxels: its header claims " + textOf(declaredBytes) +
           " bytes, " + textOf(bytes) + " are there";
  });
}

}  // namespace

void image(const std::filesystem::path& file, const Job& job, FileFacts& facts) {
  ImageReader reader(file);
  if (reader.info().isCifti) return cifti(file, job, facts);
  facts.numbers = summaryOf(reader, job);
  describe(reader.info(), facts);
}

void imageHeader(const std::filesystem::path& file, const Job& job, FileFacts& facts) {
  const ImageReader reader(file);
  const ImageInfo& info = reader.info();
  if (info.packed) checkPackedEnd(info.voxelFile, info.declaredBytes, job);
  if (info.isCifti) return ciftiHeader(file, facts);
  describe(info, facts);
}

}  // namespace cortexscope::inspection
