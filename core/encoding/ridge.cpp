// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/ridge.h"

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "encoding/ridge_form.h"

namespace cortexscope {
namespace {

/// Predictions out of fold go into fusion and decoders, where a run must not show through its own
/// predictions.
constexpr double kDesignTolerance = 1e-6;
constexpr Index kUsualTargets = 20000;

}  // namespace

struct RidgeDesign::State {
  VectorD penalties;
  std::unique_ptr<RidgeForm> form;
  Index sampleCount = 0, featureCount = 0;
};

RidgeDesign::RidgeDesign(const ConstMatrixRefF& features, const Runs& folds, const VectorD& penalties,
                         const Job& job)
    : m_state(std::make_unique<State>()) {
  RidgeSetup setup;
  setup.folds = ridgeFolds(folds, features.rows(), 0);
  require(features.allFinite(), ErrorCode::BadValue, "features hold NaN or infinite values");
  setup.penalties = penalties.size() > 0 ? penalties : defaultPenalties(features, 20);
  setup.intercept = setup.predictions = true;
  setup.tolerance = kDesignTolerance;
  m_state->sampleCount = features.rows();
  m_state->featureCount = features.cols();
  m_state->penalties = setup.penalties;
  m_state->form =
      makeRidgeForm(features, setup, planRidge(features.rows(), features.cols(), kUsualTargets, setup), job);
}

RidgeDesign::~RidgeDesign() = default;
RidgeDesign::RidgeDesign(RidgeDesign&&) noexcept = default;
RidgeDesign& RidgeDesign::operator=(RidgeDesign&&) noexcept = default;

const VectorD& RidgeDesign::penalties() const {
  return m_state->penalties;
}
Index RidgeDesign::sampleCount() const {
  return m_state->sampleCount;
}
Index RidgeDesign::featureCount() const {
  return m_state->featureCount;
}

RidgeFit RidgeDesign::fit(const ConstMatrixRefF& targets) const {
  require(targets.rows() == sampleCount(), ErrorCode::BadShape, [&] {
    return "responses have " + textOf(targets.rows()) + " training samples, features " +
           textOf(sampleCount());
  });
  TileWants wants;
  wants.weights = wants.predictions = true;
  TileFit tile = m_state->form->fit(targets, wants);
  RidgeFit fit;
  fit.penalty = penalties()(tile.best);
  fit.cvScore = tile.score.cast<float>();
  fit.outOfFold = std::move(tile.outOfFold);
  fit.weights = std::move(tile.refit.weights);
  fit.intercept = std::move(tile.refit.intercept);
  return fit;
}

VectorD defaultPenalties(const ConstMatrixRefF& features, Index count) {
  const MatrixD exact = features.cast<double>();
  const MatrixD centred = exact.rowwise() - exact.colwise().mean();
  const double rank = double(std::max<Index>(1, std::min(features.rows() - 1, features.cols())));
  const double mean = centred.squaredNorm() / rank;
  const double meanEigenvalue = mean > 0 ? mean : 1.0;  // constant features: any penalty does
  VectorD penalties(count);
  for (Index a = 0; a < count; ++a)
    penalties[a] =
        meanEigenvalue * std::pow(10.0, -3.0 + 7.0 * double(a) / double(std::max<Index>(1, count - 1)));
  return penalties;
}

}  // namespace cortexscope
