#include "encoding/ridge.h"

#include <cmath>

#include "base/eigen.h"
#include "base/error.h"

namespace cortexscope {
namespace {

/// X = L diag(sqrt(values)) R' in the eigenbasis of the smaller Gram matrix, kept as what fits need:
/// a fit's coefficients for penalty a are  toFeatures * diag(1 / (values + a)) * fromTargets * Y.
struct Spectrum {
  Eigen::RowVectorXd mean;  // of the features over the rows used
  VectorD values;           // eigenvalues >= 0
  MatrixD fromTargets;      // rank x samples
  MatrixD toFeatures;       // features x rank
};

Spectrum decompose(const MatrixD& features) {
  Spectrum spectrum;
  spectrum.mean = features.colwise().mean();
  const MatrixD centred = features.rowwise() - spectrum.mean;
  const bool primal = centred.cols() <= centred.rows();
  const MatrixD gram = primal ? MatrixD(centred.transpose() * centred) : MatrixD(centred * centred.transpose());
  SymmetricEigen eigen = decomposeSymmetric(gram);
  spectrum.values = eigen.values.cwiseMax(0.0);
  if (primal) {
    spectrum.fromTargets = eigen.vectors.transpose() * centred.transpose();
    spectrum.toFeatures = std::move(eigen.vectors);
  } else {
    spectrum.fromTargets = eigen.vectors.transpose();
    spectrum.toFeatures = centred.transpose() * eigen.vectors;
  }
  return spectrum;
}

std::vector<Index> rowsOutside(const Run& run, Index total) {
  std::vector<Index> rows;
  for (Index row = 0; row < total; ++row)
    if (row < run.firstSample || row >= run.endSample()) rows.push_back(row);
  return rows;
}

/// One held-out run: the matrix that turns training responses into predictions of the run, for all penalties at once.
struct Fold {
  Run run;
  std::vector<Index> trainingRows;
  MatrixF predictor;  // (penalties * run samples) x training samples
};

Fold makeFold(const MatrixD& features, const Run& run, const VectorD& penalties) {
  Fold fold{run, rowsOutside(run, features.rows()), {}};
  MatrixD training(static_cast<Index>(fold.trainingRows.size()), features.cols());
  for (Index i = 0; i < training.rows(); ++i)
    training.row(i) = features.row(fold.trainingRows[static_cast<std::size_t>(i)]);
  const Spectrum spectrum = decompose(training);
  const MatrixD heldOut =
      (features.middleRows(run.firstSample, run.sampleCount).rowwise() - spectrum.mean) * spectrum.toFeatures;
  fold.predictor.resize(penalties.size() * run.sampleCount, training.rows());
  for (Index a = 0; a < penalties.size(); ++a) {
    const VectorD filter = (spectrum.values.array() + penalties[a]).inverse();
    fold.predictor.middleRows(a * run.sampleCount, run.sampleCount) =
        (heldOut * filter.asDiagonal() * spectrum.fromTargets).cast<float>();
  }
  return fold;
}

void checkPenalties(const VectorD& penalties) {
  for (Index a = 0; a < penalties.size(); ++a) {
    require(std::isfinite(penalties[a]) && penalties[a] > 0, ErrorCode::BadValue,
            [&] { return "ridge penalty " + std::to_string(penalties[a]) + " is not a positive number"; });
    require(a == 0 || penalties[a] > penalties[a - 1], ErrorCode::BadValue, "ridge penalties do not rise");
  }
}

/// Summed in float64, so that the mean of a constant target is that constant and centring leaves nothing of it.
Eigen::RowVectorXd meanOf(const ConstMatrixRefF& targets) { return targets.cast<double>().colwise().mean(); }

/// Predictions of a fold for all penalties: (penalties * run samples) x targets.
MatrixF predictFold(const Fold& fold, const ConstMatrixRefF& targets) {
  MatrixF training = rowsOf(targets, fold.trainingRows);
  const Eigen::RowVectorXf mean = meanOf(training).cast<float>();
  training.rowwise() -= mean;
  MatrixF predicted = fold.predictor * training;
  predicted.rowwise() += mean;
  return predicted;
}

}  // namespace

struct RidgeDesign::State {
  VectorD penalties;
  std::vector<Fold> folds;
  Spectrum whole;
  Index sampleCount = 0;

  MatrixD scores(const ConstMatrixRefF& targets, std::vector<MatrixF>& predictions) const;
  void refit(const ConstMatrixRefF& targets, RidgeFit& fit) const;
};

RidgeDesign::RidgeDesign(const ConstMatrixRefF& features, const Runs& folds, const VectorD& penalties,
                         const Job& job)
    : m_state(std::make_unique<State>()) {
  checkRuns(folds);
  require(cortexscope::sampleCount(folds) == features.rows(), ErrorCode::BadShape, [&] {
    return "features have " + std::to_string(features.rows()) + " samples, the runs " +
           std::to_string(cortexscope::sampleCount(folds));
  });
  require(folds.size() >= 2, ErrorCode::BadShape, "cross-validation needs at least 2 training runs, got 1");
  require(features.allFinite(), ErrorCode::BadValue, "features hold NaN or infinite values");
  m_state->sampleCount = features.rows();
  m_state->penalties = penalties.size() > 0 ? penalties : defaultPenalties(features, 20);
  checkPenalties(m_state->penalties);
  const MatrixD exact = features.cast<double>();
  for (std::size_t i = 0; i < folds.size(); ++i) {
    job.checkpoint(double(i) / double(folds.size() + 1), "preparing folds");
    m_state->folds.push_back(makeFold(exact, folds[i], m_state->penalties));
  }
  m_state->whole = decompose(exact);
}

RidgeDesign::~RidgeDesign() = default;
RidgeDesign::RidgeDesign(RidgeDesign&&) noexcept = default;
RidgeDesign& RidgeDesign::operator=(RidgeDesign&&) noexcept = default;

const VectorD& RidgeDesign::penalties() const { return m_state->penalties; }
Index RidgeDesign::sampleCount() const { return m_state->sampleCount; }
Index RidgeDesign::featureCount() const { return m_state->whole.toFeatures.rows(); }

/// penalties x targets: mean over folds of -MSE; every fold's predictions are kept in `predictions`.
MatrixD RidgeDesign::State::scores(const ConstMatrixRefF& targets, std::vector<MatrixF>& predictions) const {
  MatrixD score = MatrixD::Zero(penalties.size(), targets.cols());
  for (const Fold& fold : folds) {
    predictions.push_back(predictFold(fold, targets));
    const auto truth = targets.middleRows(fold.run.firstSample, fold.run.sampleCount);
    for (Index a = 0; a < penalties.size(); ++a) {
      const auto predicted = predictions.back().middleRows(a * fold.run.sampleCount, fold.run.sampleCount);
      score.row(a) -= (truth - predicted).colwise().squaredNorm().cast<double>() / double(fold.run.sampleCount);
    }
  }
  return score / double(folds.size());
}

void RidgeDesign::State::refit(const ConstMatrixRefF& targets, RidgeFit& fit) const {
  const Eigen::RowVectorXd mean = meanOf(targets);
  const MatrixD centred = targets.cast<double>().rowwise() - mean;
  MatrixD coordinates = whole.fromTargets * centred;
  for (Index t = 0; t < targets.cols(); ++t)
    coordinates.col(t).array() /= whole.values.array() + fit.penalty[t];
  const MatrixD weights = whole.toFeatures * coordinates;
  fit.intercept = (mean - whole.mean * weights).transpose().cast<float>();
  fit.weights = weights.cast<float>();
}

RidgeFit RidgeDesign::fit(const ConstMatrixRefF& targets) const {
  require(targets.rows() == sampleCount(), ErrorCode::BadShape, [&] {
    return "responses have " + std::to_string(targets.rows()) + " training samples, features " +
           std::to_string(sampleCount());
  });
  std::vector<MatrixF> predictions;
  const MatrixD scores = m_state->scores(targets, predictions);

  RidgeFit fit;
  fit.penalty.resize(targets.cols());
  fit.cvScore.resize(targets.cols());
  fit.outOfFold.resize(targets.rows(), targets.cols());
  for (Index t = 0; t < targets.cols(); ++t) {
    Index best = 0;
    for (Index a = 1; a < penalties().size(); ++a)
      if (scores(a, t) >= scores(best, t)) best = a;
    fit.penalty[t] = penalties()[best];
    fit.cvScore[t] = static_cast<float>(scores(best, t));
    for (std::size_t f = 0; f < predictions.size(); ++f) {
      const Run& run = m_state->folds[f].run;
      fit.outOfFold.col(t).segment(run.firstSample, run.sampleCount) =
          predictions[f].col(t).segment(best * run.sampleCount, run.sampleCount);
    }
  }
  m_state->refit(targets, fit);
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
    penalties[a] = meanEigenvalue * std::pow(10.0, -3.0 + 7.0 * double(a) / double(std::max<Index>(1, count - 1)));
  return penalties;
}

}  // namespace cortexscope
