// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "base/job.h"
#include "base/matrix.h"
#include "io/images/image.h"
#include "io/inspect/file_facts.h"

// One function per family of formats; each fills `facts`, whose file is set. Private to io/inspect.

namespace cortexscope::inspection {

void image(const std::filesystem::path& file, const Job& job, FileFacts& facts);
void imageHeader(const std::filesystem::path& file, const Job& job, FileFacts& facts);
void cifti(const std::filesystem::path& file, const Job& job, FileFacts& facts);
void ciftiHeader(const std::filesystem::path& file, FileFacts& facts);
void giftiHeader(const std::filesystem::path& file, FileFacts& facts);
void gifti(const std::string& contents, FileFacts& facts);
void freesurfer(const std::string& contents, FileFacts& facts);
void polygons(const std::string& contents, FileFacts& facts);
void arrays(const std::filesystem::path& file, const Job& job, FileFacts& facts);
void arrayHeaders(const std::filesystem::path& file, const Job& job, FileFacts& facts);
void table(const std::filesystem::path& file, FileFacts& facts);
void media(const std::filesystem::path& file, FileFacts& facts);

/// Summary of the values that are left in an image.
NumberSummary summaryOf(ImageReader& reader, const Job& job);

/// Summary of a matrix or vector of any number type.
template <class Derived>
NumberSummary summaryOf(const Eigen::DenseBase<Derived>& values) {
  NumberSummarizer summarizer;
  const MatrixD wide = values.derived().template cast<double>();
  summarizer.add({wide.data(), static_cast<std::size_t>(wide.size())});
  return summarizer.summary();
}

}  // namespace cortexscope::inspection
