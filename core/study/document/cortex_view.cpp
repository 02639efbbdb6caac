// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/cortex_view.h"

#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

using Weights = SparseRows::InnerIterator;

float meanAt(const SparseRows& means, const float* voxels, Index vertex) {
  Weights weight(means, vertex);
  double sum = weight ? 0.0 : std::nan("");
  for (; weight; ++weight) sum += double(weight.value()) * double(voxels[weight.col()]);
  return float(sum);
}

void meansInto(const SparseRows& means, const float* voxels, float* vertices) {
  for (Index vertex = 0; vertex < means.rows(); ++vertex) vertices[vertex] = meanAt(means, voxels, vertex);
}

void checkCount(const KeptVoxels& kept, Index count) {
  require(count == kept.voxelCount(), ErrorCode::BadShape, [&] {
    return textOf(count) + " values cannot be shown on the cortex: " + textOf(kept.voxelCount()) +
           " voxels are kept";
  });
}

}  // namespace

Index CortexView::voxelsAt(Index vertex) const {
  if (!ofVoxels() || vertex < 0 || vertex >= m_kept->vertexCount()) return 0;
  Index count = 0;
  for (Weights weight(m_kept->means, vertex); weight; ++weight) ++count;
  return count;
}

float CortexView::at(const float* targets, Index vertex) const {
  return ofVoxels() ? meanAt(m_kept->means, targets, vertex) : targets[vertex];
}

VectorF CortexView::onCortex(const VectorF& targets) const {
  if (!ofVoxels()) return targets;
  checkCount(*m_kept, targets.size());
  VectorF vertices(m_kept->vertexCount());
  meansInto(m_kept->means, targets.data(), vertices.data());
  return vertices;
}

MatrixF CortexView::rowsOnCortex(const ConstMatrixRefF& targets) const {
  if (!ofVoxels()) return targets;
  checkCount(*m_kept, targets.cols());
  MatrixF vertices(targets.rows(), m_kept->vertexCount());
  for (Index row = 0; row < targets.rows(); ++row)
    meansInto(m_kept->means, targets.row(row).data(), vertices.row(row).data());
  return vertices;
}

VectorF CortexView::ofHeaviest(const VectorF& targets) const {
  if (!ofVoxels()) return targets;
  checkCount(*m_kept, targets.size());
  VectorF vertices(m_kept->vertexCount());
  for (Index vertex = 0; vertex < vertices.size(); ++vertex) {
    vertices[vertex] = std::nanf("");
    float most = 0;
    for (Weights weight(m_kept->means, vertex); weight; ++weight)
      if (weight.value() > most) most = weight.value(), vertices[vertex] = targets[weight.col()];
  }
  return vertices;
}

CortexView cortexViewOf(const Study& study, const Person& person) {
  return person.keepsVoxels() ? CortexView(readKeptVoxels(study.path(person.voxelsToVertices)))
                              : CortexView();
}

const float* CortexSeries::row(Index sample, std::vector<float>& scratch) const {
  if (!m_view.ofVoxels()) return m_targets.row(sample);
  scratch.resize(std::size_t(vertices()));
  meansInto(m_view.voxels()->means, m_targets.row(sample), scratch.data());
  return scratch.data();
}

}  // namespace cortexscope
