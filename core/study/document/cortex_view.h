// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "io/arrays/npy.h"
#include "preparation/kept_voxels.h"
#include "study/document/study.h"

namespace cortexscope {

/// How one person's targets, the columns of responses and of all that is learned from them, are seen on the
/// cortex. The one way from voxels to vertices: what was computed per voxel stays so, and vertices show means
/// of it.
class CortexView {
 public:
  /// Targets are vertices.
  CortexView() = default;
  /// Targets are voxels.
  explicit CortexView(KeptVoxels kept) : m_kept(std::make_shared<const KeptVoxels>(std::move(kept))) {}

  bool ofVoxels() const { return m_kept != nullptr; }
  /// Null where targets are vertices.
  const KeptVoxels* voxels() const { return m_kept.get(); }
  /// Voxels in a vertex's mean; 0 where none reaches it, and where targets are vertices.
  Index voxelsAt(Index vertex) const;

  /// A vertex's value: of voxels their weighted mean, NaN where none reaches it.
  float at(const float* targets, Index vertex) const;
  /// The same for all vertices and for each row, ... x targets.
  VectorF onCortex(const VectorF& targets) const;
  MatrixF rowsOnCortex(const ConstMatrixRefF& targets) const;
  /// The value of the voxel that weighs most, the first of several; NaN where none reaches the vertex. For
  /// what has no mean: the q of several tests is no mean of their q.
  VectorF ofHeaviest(const VectorF& targets) const;

 private:
  std::shared_ptr<const KeptVoxels> m_kept;
};

/// What every saved map of kept voxels says.
inline constexpr const char* kMeansOfVoxels =
    "Responses were kept as voxels: the value of a vertex is the weighted mean of the values of the voxels "
    "around it, not "
    "the value of a mean response; NaN where no voxel is.";

/// The view of a study's person.
/// Errors   as readKeptVoxels
CortexView cortexViewOf(const Study& study, const Person& person);

/// A file of samples x targets, seen as samples x vertices. Rows are read, and their means made, when asked
/// for.
class CortexSeries {
 public:
  explicit CortexSeries(MappedMatrix targets, CortexView view = {})
      : m_targets(std::move(targets)), m_view(std::move(view)) {}

  Index samples() const { return m_targets.rows(); }
  Index vertices() const { return m_view.ofVoxels() ? m_view.voxels()->vertexCount() : m_targets.cols(); }
  float at(Index sample, Index vertex) const { return m_view.at(m_targets.row(sample), vertex); }
  /// All vertices of a sample: in the file itself where targets are vertices, else made in `scratch`.
  const float* row(Index sample, std::vector<float>& scratch) const;
  /// `count` samples from `first` on.
  MatrixF rows(Index first, Index count) const {
    return m_view.rowsOnCortex(m_targets.view().middleRows(first, count));
  }

 private:
  MappedMatrix m_targets;
  CortexView m_view;
};

}  // namespace cortexscope
