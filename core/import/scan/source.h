// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/job.h"
#include "import/scan/source_scan.h"
#include "io/inspect/file_facts.h"
#include "study/document/findings.h"

namespace cortexscope::importing {

/// A scanned folder, the headers of its files as they are asked for, and what is wrong in it.
class Source {
 public:
  Source(SourceScan scan, const Job& job);
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  const SourceScan& scan() const { return m_scan; }
  const std::vector<ScannedFile>& files() const { return m_scan.files; }

  /// Read once. A file that cannot be read gives one finding and null.
  const FileFacts* header(const std::filesystem::path& file);

  /// How much of all headers was read; throws Cancelled.
  void progress(double fraction);
  /// For readers, whose own stages would only confuse.
  const Job& readerJob() const { return m_readers; }

  /// file   relative to the folder; empty where no single one is meant
  void say(Severity severity, const std::string& file, std::string what, std::string advice,
           std::string place = {});
  /// Those of the scan first, then in the order in which they were said.
  const Findings& findings() const { return m_scan.findings; }

 private:
  /// Readers' messages name the file in full; findings name it from the folder on.
  std::string withoutRoot(std::string message, const std::filesystem::path& file) const;

  SourceScan m_scan;
  const Job m_job, m_readers;
  double m_fraction = 0;
  std::map<std::filesystem::path, std::unique_ptr<FileFacts>> m_headers;
};

}  // namespace cortexscope::importing
