// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/encoder.h"

#include <atomic>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "encoding/fusion.h"
#include "stats/correlation.h"

namespace cortexscope {
namespace {

constexpr Index kBlockVertices = 256;

void checkResponses(const EncodingDesign& design, const ConstMatrixRefF& responses) {
  require(responses.rows() == sampleCount(design.runs()), ErrorCode::BadShape, [&] {
    return "responses have " + textOf(responses.rows()) + " samples, the runs " +
           textOf(sampleCount(design.runs()));
  });
  Index bad = 0, firstRow = 0, firstVertex = 0;
  for (Index row = 0; row < responses.rows(); ++row) {
    if (responses.row(row).allFinite()) continue;
    for (Index vertex = 0; vertex < responses.cols(); ++vertex) {
      if (std::isfinite(responses(row, vertex))) continue;
      if (bad++ == 0) firstRow = row, firstVertex = vertex;
    }
  }
  require(bad == 0, ErrorCode::BadValue, [&] {
    return "responses hold " + textOf(bad) + " NaN or infinite values, the first at sample " +
           textOf(firstRow) + ", vertex " + textOf(firstVertex);
  });
}

/// Fits all spaces to one block of vertices and writes the block's columns of the encoder.
void fitBlock(const EncodingDesign& design, const Runs& folds, const ConstMatrixRefF& responses, Index first,
              Index count, Encoder& encoder, const std::function<void()>& checkpoint) {
  MatrixF targets(static_cast<Index>(design.trainingRows().size()), count);
  for (Index i = 0; i < targets.rows(); ++i)
    targets.row(i) = responses.row(design.trainingRows()[static_cast<std::size_t>(i)]).segment(first, count);

  std::vector<MatrixF> predictions;
  std::vector<RidgeFit> fits;
  for (const RidgeDesign& ridge : design.ridges()) {
    checkpoint();
    fits.push_back(ridge.fit(targets));
    predictions.push_back(std::move(fits.back().outOfFold));
  }
  const FusionFit fusion = fitFusion(predictions, targets, folds);

  encoder.fusionWeights.middleCols(first, count) = fusion.weights;
  encoder.outOfFold.middleCols(first, count) = fusion.outOfFold;
  encoder.crossValidatedR.segment(first, count) = columnwisePearson(fusion.outOfFold, targets);
  encoder.intercept.segment(first, count).setZero();
  Index row = 0;
  for (std::size_t s = 0; s < fits.size(); ++s) {
    const Index space = static_cast<Index>(s);
    const auto fused = fusion.weights.row(space);
    encoder.weights.block(row, first, fits[s].weights.rows(), count) = fits[s].weights * fused.asDiagonal();
    encoder.intercept.segment(first, count) += fits[s].intercept.cwiseProduct(fused.transpose());
    encoder.spaceR.row(space).segment(first, count) = columnwisePearson(predictions[s], targets).transpose();
    encoder.penalties.row(space).segment(first, count) = fits[s].penalty.cast<float>().transpose();
    row += fits[s].weights.rows();
  }
}

}  // namespace

EncodingDesign::EncodingDesign(std::vector<EncodingSpace> spaces, const Runs& runs, int penaltyCount,
                               const Job& job)
    : m_spaces(std::move(spaces)), m_runs(runs), m_trainingRows(rowsOf(runs, false)) {
  checkRuns(runs);
  require(!m_spaces.empty(), ErrorCode::BadShape, "an encoder needs at least one feature space");
  const Runs folds = trainingRuns(runs);
  for (std::size_t s = 0; s < m_spaces.size(); ++s) {
    try {
      require(m_spaces[s].features.rows() == cortexscope::sampleCount(runs), ErrorCode::BadShape, [&] {
        return textOf(m_spaces[s].features.rows()) + " samples, the runs have " +
               textOf(cortexscope::sampleCount(runs));
      });
      const MatrixF training = rowsOf(m_spaces[s].features, m_trainingRows);
      m_ridges.emplace_back(
          training, folds, defaultPenalties(training, penaltyCount),
          job.part(double(s) / double(m_spaces.size()), double(s + 1) / double(m_spaces.size())));
    } catch (const Error& error) {
      throw error.within("feature space " + m_spaces[s].name);
    }
  }
}

Index EncodingDesign::featureCount() const {
  Index count = 0;
  for (const EncodingSpace& space : m_spaces) count += space.features.cols();
  return count;
}

Encoder fitEncoder(const EncodingDesign& design, const ConstMatrixRefF& responses, int threads,
                   const Job& job) {
  checkResponses(design, responses);
  const Index vertices = responses.cols();
  const Index spaces = static_cast<Index>(design.spaces().size());
  const Index samples = static_cast<Index>(design.trainingRows().size());
  Encoder encoder{MatrixF(design.featureCount(), vertices),
                  VectorF(vertices),
                  MatrixF(spaces, vertices),
                  MatrixF(spaces, vertices),
                  MatrixF(spaces, vertices),
                  MatrixF(samples, vertices),
                  VectorF(vertices)};
  const Runs folds = trainingRuns(design.runs());
  const Index blocks = (vertices + kBlockVertices - 1) / kBlockVertices;
  std::atomic<Index> done{0};
  parallelFor(blocks, threads, [&](Index block) {
    const Index first = block * kBlockVertices;
    fitBlock(design, folds, responses, first, std::min(kBlockVertices, vertices - first), encoder,
             [&] { job.checkpoint(double(done) / double(blocks), "fitting encoders"); });
    ++done;
  });
  return encoder;
}

MatrixF predictActivation(const EncodingDesign& design, const Encoder& encoder) {
  MatrixF predicted(sampleCount(design.runs()), encoder.weights.cols());
  for (std::size_t i = 0; i < design.trainingRows().size(); ++i)
    predicted.row(design.trainingRows()[i]) = encoder.outOfFold.row(static_cast<Index>(i));
  const std::vector<Index> heldOut = rowsOf(design.runs(), true);
  if (heldOut.empty()) return predicted;
  MatrixF sum = MatrixF::Zero(static_cast<Index>(heldOut.size()), predicted.cols());
  Index row = 0;
  for (const EncodingSpace& space : design.spaces()) {
    sum.noalias() += rowsOf(space.features, heldOut) * encoder.weights.middleRows(row, space.features.cols());
    row += space.features.cols();
  }
  sum.rowwise() += encoder.intercept.transpose();
  for (std::size_t i = 0; i < heldOut.size(); ++i) predicted.row(heldOut[i]) = sum.row(static_cast<Index>(i));
  return predicted;
}

}  // namespace cortexscope
