#include "base/error.h"
#include "io/image.h"
#include "io/inspect_parts.h"

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

void image(const std::filesystem::path& file, const Job& job, FileFacts& facts) {
  ImageReader reader(file);
  if (reader.info().isCifti) return cifti(file, job, facts);
  facts.numbers = summaryOf(reader, job);
  const ImageInfo& info = reader.info();
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

}  // namespace cortexscope::inspection
