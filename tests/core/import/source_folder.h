// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <QTemporaryDir>

#include "import/plan/import_plan.h"

namespace cortexscope::test {

/// Folders to import, made of small real files of each format.
class SourceFolder {
 public:
  SourceFolder();
  /// Qt does not remove files whose names are no text.
  ~SourceFolder();
  SourceFolder(const SourceFolder&) = delete;
  SourceFolder& operator=(const SourceFolder&) = delete;

  std::filesystem::path path(const std::string& name = {}) const;
  void text(const std::string& name, std::string_view contents) const;
  void remove(const std::string& name) const { std::filesystem::remove_all(path(name)); }

  /// A NIfTI run of x * y * z voxels; packed where the name ends in .gz.
  void volume(const std::string& name, std::vector<std::int64_t> size, double trSec) const;
  /// A GIFTI series of one hemisphere. `timeStep` in ms as FreeSurfer writes it; empty: none.
  void series(const std::string& name, int vertices, int samples, const std::string& timeStep = "2000",
              const std::string& structure = {}) const;
  /// A GIFTI mesh; its one triangle is enough.
  void mesh(const std::string& name, int vertices) const;
  /// A CIFTI series with a step of 0.72 s over three left and two right vertices.
  void grayordinates(const std::string& name, int samples) const;
  void npy(const std::string& name, std::int64_t rows, std::int64_t cols) const;
  /// Data sets holding 0, 1, 2, ...
  void hdf5(const std::string& name,
            const std::vector<std::pair<std::string, std::vector<std::uint64_t>>>& datasets) const;
  void film(const std::string& name) const;
  /// A table with one column and this many rows.
  void table(const std::string& name, const std::string& column, int rows) const;

 private:
  std::filesystem::path made(const std::string& name) const;
  QTemporaryDir m_folder;
};

/// Findings whose file, place, what or advice together hold all of these words.
std::vector<Finding> findingsWith(const ImportPlan& plan, const std::vector<std::string>& words);
std::string allFindings(const Findings& findings);

/// Fails unless there is a finding of this severity, about this file (empty: any), that holds the words and
/// an advice.
#define EXPECT_FINDING(plan, expectedSeverity, expectedFile, ...)                                  \
  do {                                                                                             \
    bool found_ = false;                                                                           \
    for (const Finding& finding_ : ::cortexscope::test::findingsWith(plan, {__VA_ARGS__}))         \
      found_ = found_ || (finding_.severity == (expectedSeverity) && !finding_.advice.empty() &&   \
                          (std::string(expectedFile).empty() || finding_.file == (expectedFile))); \
    QVERIFY2(found_, ::cortexscope::test::allFindings((plan).findings).c_str());                   \
  } while (false)

}  // namespace cortexscope::test
