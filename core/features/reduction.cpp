// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/reduction.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "base/eigen.h"
#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr double kRankTolerance = 1e-10;
constexpr Index kManySides = 2000;  // above which a few components are found without the Gram matrix
constexpr Index kPieceValues = Index{1} << 21;  // values widened to float64 at a time (16 MB)

void checkTraining(const ConstMatrixRefF& training, Index leastSamples) {
  require(training.rows() >= leastSamples && training.cols() >= 1, ErrorCode::BadShape, [&] {
    return "fitting needs at least " + textOf(leastSamples) + " training samples of at least 1 value, got " +
           textOf(training.rows()) + " x " + textOf(training.cols());
  });
  for (Index row = 0; row < training.rows(); ++row)
    require(training.row(row).allFinite(), ErrorCode::BadValue,
            [&] { return "training sample " + textOf(row) + " holds a NaN or infinite value"; });
}

void checkWidth(Index expected, Index got) {
  require(expected == got, ErrorCode::BadShape, [&] {
    return "the basis was fitted on " + textOf(expected) + " values a sample, got " + textOf(got);
  });
}

Eigen::RowVectorXd columnMeans(const ConstMatrixRefF& values) {
  Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(values.cols());
  for (Index row = 0; row < values.rows(); ++row) sum += values.row(row).cast<double>();
  return sum / static_cast<double>(values.rows());
}

/// Calls use(first, centred columns as float64) for pieces of columns.
template <class Use>
void forColumnPieces(const ConstMatrixRefF& values, const Eigen::RowVectorXd& mean, Use use) {
  const Index width = std::max<Index>(1, kPieceValues / values.rows());
  for (Index first = 0; first < values.cols(); first += width) {
    const Index count = std::min(width, values.cols() - first);
    MatrixD piece = values.middleCols(first, count).cast<double>();
    piece.rowwise() -= mean.segment(first, count);
    use(first, piece);
  }
}

/// Lower triangle of the samples x samples products of the centred values.
MatrixD sampleGram(const ConstMatrixRefF& values, const Eigen::RowVectorXd& mean) {
  MatrixD gram = MatrixD::Zero(values.rows(), values.rows());
  forColumnPieces(values, mean, [&](Index, const MatrixD& piece) {
    gram.selfadjointView<Eigen::Lower>().rankUpdate(piece);
  });
  return gram;
}

/// Lower triangle of the values x values products of the centred values.
MatrixD valueGram(const ConstMatrixRefF& values, const Eigen::RowVectorXd& mean) {
  MatrixD gram = MatrixD::Zero(values.cols(), values.cols());
  const Index height = std::max<Index>(1, kPieceValues / values.cols());
  for (Index first = 0; first < values.rows(); first += height) {
    const Index count = std::min(height, values.rows() - first);
    MatrixD piece = values.middleRows(first, count).cast<double>();
    piece.rowwise() -= mean;
    gram.selfadjointView<Eigen::Lower>().rankUpdate(piece.transpose());
  }
  return gram;
}

/// The leading eigenvectors of the samples x samples products, without making these; nothing where there is
/// no gain in that or it does not get there.
std::optional<SymmetricEigen> leadingOfSamples(const ConstMatrixRefF& training,
                                               const Eigen::RowVectorXd& mean, Index count, const Job& job) {
  if (std::min(training.rows(), training.cols()) <= std::max(kManySides, 100 * count)) return std::nullopt;
  return leadingEigen(training.rows(), count, [&](const MatrixD& vectors) {
    MatrixD product = MatrixD::Zero(vectors.rows(), vectors.cols());
    forColumnPieces(training, mean, [&](Index, const MatrixD& piece) {
      job.checkpoint(0, "finding principal components");
      product.noalias() += piece * MatrixD(piece.transpose() * vectors);
    });
    return product;
  });
}

double sumOfSquares(const ConstMatrixRefF& values, const Eigen::RowVectorXd& mean) {
  double sum = 0;
  forColumnPieces(values, mean, [&](Index, const MatrixD& piece) { sum += piece.squaredNorm(); });
  return sum;
}

/// The `kept` last eigenvectors, largest eigenvalue first.
MatrixD leading(const SymmetricEigen& eigen, Index kept) {
  return eigen.vectors.rightCols(kept).rowwise().reverse();
}

/// X' U / sqrt(eigenvalue): the components that belong to eigenvectors of the samples x samples products.
MatrixF componentsFromSamples(const ConstMatrixRefF& training, const Eigen::RowVectorXd& mean,
                              const SymmetricEigen& eigen, Index kept) {
  MatrixD weights = leading(eigen, kept);
  weights *= eigen.values.tail(kept).reverse().cwiseSqrt().cwiseInverse().asDiagonal();
  MatrixF components(training.cols(), kept);
  forColumnPieces(training, mean, [&](Index first, const MatrixD& piece) {
    components.middleRows(first, piece.cols()) = MatrixD(piece.transpose() * weights).cast<float>();
  });
  return components;
}

/// The first of (nearly) equally large loadings decides, so that rounding does not.
void fixSigns(MatrixF& components) {
  constexpr float kNearlyEqual = 1.0f - 1e-5f;
  const Eigen::Array<float, 1, Eigen::Dynamic> largest = components.cwiseAbs().colwise().maxCoeff();
  for (Index component = 0; component < components.cols(); ++component) {
    Index row = 0;
    while (std::abs(components(row, component)) < kNearlyEqual * largest(component)) ++row;
    if (components(row, component) < 0.0f) components.col(component) *= -1.0f;
  }
}

}  // namespace

MatrixF Reduction::apply(const ConstMatrixRefF& values) const {
  checkWidth(mean.size(), values.cols());
  MatrixF scores(values.rows(), components.cols());
  const Index height = std::max<Index>(1, kPieceValues / std::max<Index>(values.cols(), 1));
  for (Index first = 0; first < values.rows(); first += height) {
    const Index count = std::min(height, values.rows() - first);
    const MatrixF centred = values.middleRows(first, count).rowwise() - mean.transpose();
    scores.middleRows(first, count).noalias() = centred * components;
  }
  return scores;
}

Reduction fitReduction(const ConstMatrixRefF& training, Index maxComponents, const Job& job) {
  require(maxComponents >= 1, ErrorCode::BadValue,
          [&] { return "a reduction needs at least 1 component, got " + textOf(maxComponents); });
  checkTraining(training, 2);
  const Eigen::RowVectorXd mean = columnMeans(training);
  const std::optional<SymmetricEigen> few = leadingOfSamples(training, mean, maxComponents, job);
  const bool bySamples = few || training.rows() <= training.cols();
  const SymmetricEigen eigen =
      few ? *few : decomposeSymmetric(bySamples ? sampleGram(training, mean) : valueGram(training, mean));

  const auto samples = static_cast<double>(training.rows());
  const double threshold = kRankTolerance * eigen.values.tail(1)(0);
  const Index rank = (eigen.values.array() > threshold).count();
  const Index kept = std::min(maxComponents, rank);
  Reduction reduction;
  reduction.mean = mean.transpose().cast<float>();
  reduction.components = bySamples ? componentsFromSamples(training, mean, eigen, kept)
                                   : MatrixF(leading(eigen, kept).cast<float>());
  reduction.explainedVariance = (eigen.values.tail(kept).reverse() / samples).cast<float>();
  reduction.totalVariance = std::max(0.0, few ? sumOfSquares(training, mean) : eigen.values.sum()) / samples;
  fixSigns(reduction.components);
  return reduction;
}

MatrixF Scaling::apply(const ConstMatrixRefF& values) const {
  checkWidth(mean.size(), values.cols());
  const Eigen::Array<float, 1, Eigen::Dynamic> divisor =
      (sd.array() > 0.0f).select(sd.array(), 1.0f).transpose();
  const Eigen::Array<float, 1, Eigen::Dynamic> varies = (sd.array() > 0.0f).cast<float>().transpose();
  MatrixF scaled(values.rows(), values.cols());
  for (Index row = 0; row < values.rows(); ++row)
    scaled.row(row) = ((values.row(row).array() - mean.transpose().array()) / divisor * varies).matrix();
  return scaled;
}

Scaling fitScaling(const ConstMatrixRefF& training) {
  checkTraining(training, 1);
  const Eigen::RowVectorXd mean = columnMeans(training);
  Eigen::RowVectorXd squares = Eigen::RowVectorXd::Zero(training.cols());
  Eigen::Array<bool, 1, Eigen::Dynamic> constant =
      Eigen::Array<bool, 1, Eigen::Dynamic>::Constant(training.cols(), true);
  for (Index row = 0; row < training.rows(); ++row) {
    squares += (training.row(row).cast<double>() - mean).cwiseAbs2();
    constant = constant && (training.row(row).array() == training.row(0).array());
  }
  const Eigen::RowVectorXd sd = (squares / static_cast<double>(training.rows())).cwiseSqrt();
  return {mean.transpose().cast<float>(),
          constant.select(0.0f, sd.array().cast<float>()).matrix().transpose()};
}

void centrePerRun(MatrixF& values, const Runs& runs) {
  for (const Run& run : runs) {
    auto rows = values.middleRows(run.firstSample, run.sampleCount);
    const Eigen::RowVectorXf mean = rows.cast<double>().colwise().mean().cast<float>();
    rows.rowwise() -= mean;
  }
}

}  // namespace cortexscope
