// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"
#include "io/arrays/array_file.h"
#include "io/inspect/kinds.h"
#include "io/parsing/numbers.h"

namespace cortexscope::inspection {
namespace {

constexpr std::int64_t kMostNumbers = std::int64_t{1}
                                      << 28;  // of an HDF5 array: beyond, only its size is said

FileFacts::Dataset described(const std::filesystem::path& file, const ArrayInfo& info, bool inHdf5,
                             const Job& job) {
  FileFacts::Dataset dataset{info.name, info.shape, info.dtype, std::nullopt, info.note};
  if (!info.numeric) return dataset;
  try {
    if (inHdf5 && checkedCount(info.shape, 8, file.string()) > kMostNumbers)
      dataset.note = "its numbers were not summed up, there are too many";
    else
      dataset.numbers = summarizeArray(file, info.name, job);
  } catch (const Error& error) {
    // One array that cannot be read is no reason to hide the others; damage is told in any case.
    if (error.code() != ErrorCode::Unsupported) throw;
    dataset.note = error.what();
  }
  return dataset;
}

}  // namespace

void arrayHeaders(const std::filesystem::path& file, const Job& job, FileFacts& facts) {
  const std::vector<ArrayInfo> infos = listArrays(file, job);
  const ArrayFormat format = *arrayFormatOf(file);
  facts.format = nameOf(format);
  facts.kind = "array";
  for (const ArrayInfo& info : infos)
    facts.datasets.push_back({info.name, info.shape, info.dtype, std::nullopt, info.note});
  if (infos.size() != 1) return;
  facts.shape = infos.front().shape;
  facts.dtype = infos.front().dtype;
  if (format == ArrayFormat::Npy) facts.datasets.clear();  // it has no names to choose from
}

void arrays(const std::filesystem::path& file, const Job& job, FileFacts& facts) {
  const auto format = arrayFormatOf(file);
  const std::vector<ArrayInfo> infos = listArrays(file, job);  // refuses other formats, with the reason
  facts.format = nameOf(*format);
  facts.kind = "array";
  const bool inHdf5 = *format == ArrayFormat::Hdf5 || *format == ArrayFormat::Matlab73;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const auto part = [&](std::size_t n) {
      return static_cast<double>(n) / static_cast<double>(infos.size());
    };
    facts.datasets.push_back(described(file, infos[i], inHdf5, job.part(part(i), part(i + 1))));
    if (!facts.datasets.back().note.empty())
      facts.warnings.push_back(facts.file + ", \"" + infos[i].name + "\": " + facts.datasets.back().note);
  }
  if (infos.size() == 1) {
    const FileFacts::Dataset& only = facts.datasets.front();
    facts.shape = only.shape;
    facts.dtype = only.dtype;
    facts.numbers = only.numbers;
  }
  if (*format == ArrayFormat::Npy) facts.datasets.clear();  // it has no names to choose from
}

}  // namespace cortexscope::inspection
