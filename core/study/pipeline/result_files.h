// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to study/pipeline.

#include <filesystem>
#include <string>

#include "base/matrix.h"
#include "study/document/study.h"

namespace cortexscope {

/// Where results lie and how they are written. Names of files that stem from simulated responses say so, and
/// every array has a JSON file beside it with its axes, space and vertex order, so that it can be put back on
/// a brain.
class ResultFiles {
 public:
  explicit ResultFiles(const Study& study) : m_study(study) {}

  /// results/features/<space>/<run>/<layer>.npy: raw layer values of one run (real films, never simulated).
  std::filesystem::path layer(const std::string& space, const std::string& run,
                              const std::string& layer) const;
  /// results/people/<person>/<name>[_simulated]<extension>
  std::filesystem::path person(const std::string& person, const std::string& name,
                               const std::string& extension) const;
  /// results/labels/<name>[_simulated]<extension>
  std::filesystem::path label(const std::string& name, const std::string& extension) const;
  std::filesystem::path summary() const { return m_study.results() / "summary.json"; }
  std::filesystem::path manifest() const { return m_study.results() / "manifest.json"; }

  /// Writes an array and the JSON beside it. `rowAxis` and `columnAxis` name the axes ("samples", "vertices",
  /// "voxels",
  /// ...).
  void write(const std::filesystem::path& file, const ConstMatrixRefF& values, const std::string& what,
             const std::string& rowAxis, const std::string& columnAxis) const;
  void write(const std::filesystem::path& file, const VectorF& values, const std::string& what,
             const std::string& axis) const;

 private:
  void writeSidecar(const std::filesystem::path& file, const std::string& what, const std::string& rowAxis,
                    const std::string& columnAxis) const;
  std::string suffix() const { return m_study.simulated ? "_simulated" : ""; }

  const Study& m_study;
};

}  // namespace cortexscope
