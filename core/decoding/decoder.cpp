// SPDX-License-Identifier: GPL-3.0-or-later
#include "decoding/decoder.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "base/eigen.h"
#include "base/error.h"
#include "base/text.h"
#include "features/delays.h"

namespace cortexscope {
namespace {

constexpr int kPenalties = 20;
constexpr int kMaxFolds = 5;

/// The eigenbasis of the centred kernel among the rows learned from, and the rows to estimate expressed in
/// it. A fit for penalty a is   mean(y) + projected * diag(1 / (values + a)) * vectors' * (y - mean(y)).
struct KernelRidge {
  std::vector<Index> learn;
  std::vector<Index> rows;  // where estimates are wanted
  VectorD values;           // eigenvalues >= 0
  MatrixD vectors;          // learned rows x rank
  MatrixD projected;        // wanted rows x rank

  KernelRidge(const MatrixD& kernel, std::vector<Index> learnRows, std::vector<Index> wantedRows);

  /// Mean positive eigenvalue: the scale penalties are chosen on.
  double scale() const {
    const double mean = values.sum() / double(std::max<Index>(1, values.size() - 1));
    return mean > 0 ? mean : 1.0;  // constant inputs: any penalty does
  }

  /// Estimates at `rows` for each penalty: rows x penalties.
  MatrixD estimate(const VectorD& label, const VectorD& penalties) const;
};

MatrixD submatrix(const MatrixD& kernel, const std::vector<Index>& rows, const std::vector<Index>& columns) {
  MatrixD chosen(static_cast<Index>(rows.size()), static_cast<Index>(columns.size()));
  for (Index i = 0; i < chosen.rows(); ++i)
    for (Index j = 0; j < chosen.cols(); ++j)
      chosen(i, j) = kernel(rows[std::size_t(i)], columns[std::size_t(j)]);
  return chosen;
}

KernelRidge::KernelRidge(const MatrixD& kernel, std::vector<Index> learnRows, std::vector<Index> wantedRows)
    : learn(std::move(learnRows)), rows(std::move(wantedRows)) {
  const auto centre = [](const MatrixD& block, const Eigen::RowVectorXd& columnMean) {
    const VectorD rowMean = block.rowwise().mean();
    return MatrixD(((block.rowwise() - columnMean).colwise() - rowMean).array() + columnMean.mean());
  };
  const MatrixD gram = submatrix(kernel, learn, learn);
  const Eigen::RowVectorXd columnMean = gram.colwise().mean();
  SymmetricEigen eigen = decomposeSymmetric(centre(gram, columnMean));
  values = eigen.values.cwiseMax(0.0);
  vectors = std::move(eigen.vectors);
  projected = centre(submatrix(kernel, rows, learn), columnMean) * vectors;
}

MatrixD KernelRidge::estimate(const VectorD& label, const VectorD& penalties) const {
  VectorD y(static_cast<Index>(learn.size()));
  for (Index i = 0; i < y.size(); ++i) y[i] = label[learn[std::size_t(i)]];
  const bool constant =
      (y.array() == y[0]).all();  // its rounded mean would leave a tiny, meaningless estimate
  const double mean = constant ? y[0] : y.mean();
  const VectorD coordinates = vectors.transpose() * (y.array() - mean).matrix();
  MatrixD filtered(coordinates.size(), penalties.size());
  for (Index a = 0; a < penalties.size(); ++a)
    filtered.col(a) = coordinates.array() / (values.array() + penalties[a]);
  return (projected * filtered).array() + mean;
}

struct FoldRows {
  std::vector<Index> learn, test;
};

FoldRows rowsOfFold(const LabelledSamples& labelled, int fold) {
  FoldRows rows;
  for (std::size_t i = 0; i < labelled.rows.size(); ++i)
    (labelled.fold[i] == fold ? rows.test : rows.learn).push_back(labelled.rows[i]);
  return rows;
}

/// Rows of [first, end) where the label is a number.
std::vector<Index> knownRows(const VectorD& label, Index first, Index end) {
  require(end <= label.size(), ErrorCode::BadShape, [&] {
    return "the label has " + textOf(label.size()) + " samples, the runs have " + textOf(end) + " or more";
  });
  std::vector<Index> rows;
  for (Index row = first; row < end; ++row)
    if (std::isfinite(label[row])) rows.push_back(row);
  return rows;
}

VectorD penaltyGrid(double scale) {
  VectorD penalties(kPenalties);
  for (int a = 0; a < kPenalties; ++a)
    penalties[a] = scale * std::pow(10.0, -3.0 + 6.0 * a / (kPenalties - 1));
  return penalties;
}

}  // namespace

DecoderInput decoderInput(const ConstMatrixRefF& responses, const std::vector<Index>& vertices,
                          const std::vector<int>& lags, const Runs& runs) {
  MatrixF chosen(responses.rows(), static_cast<Index>(vertices.size()));
  for (Index i = 0; i < chosen.cols(); ++i)
    chosen.col(i) = responses.col(vertices[static_cast<std::size_t>(i)]);
  chosen.rowwise() -= rowsOf(chosen, rowsOf(runs, false)).colwise().mean();
  DecoderInput input{MatrixD::Zero(responses.rows(), responses.rows()), runs};
  for (const int lag : lags) {
    const MatrixD shifted = withDelays(chosen, {-lag}, runs).cast<double>();
    input.kernel.noalias() += shifted * shifted.transpose();
  }
  return input;
}

LabelledSamples allTrainingSamples(const Runs& runs, const VectorD& label) {
  LabelledSamples labelled;
  for (const Run& run : runs) {
    if (run.heldOut) continue;
    const std::size_t before = labelled.rows.size();
    for (const Index row : knownRows(label, run.firstSample, run.endSample())) {
      labelled.rows.push_back(row);
      labelled.fold.push_back(labelled.foldCount);
    }
    labelled.foldCount += labelled.rows.size() > before;
  }
  return labelled;
}

LabelledSamples allTrainingSamples(const Runs& runs) {
  return allTrainingSamples(runs, VectorD::Zero(sampleCount(runs)));
}

LabelledSamples drawLabelledSamples(const Runs& runs, const VectorD& label, Index count, Index blockSamples,
                                    unsigned seed) {
  std::vector<std::vector<Index>> blocks;  // their known rows
  for (const Run& run : runs)
    for (Index first = run.firstSample; !run.heldOut && first + blockSamples <= run.endSample();
         first += blockSamples) {
      std::vector<Index> known = knownRows(label, first, first + blockSamples);
      if (!known.empty()) blocks.push_back(std::move(known));
    }
  std::mt19937 generator(seed);
  for (std::size_t i = blocks.size(); i > 1; --i) std::swap(blocks[i - 1], blocks[generator() % i]);
  std::size_t kept = 0;
  for (Index rows = 0; kept < blocks.size(); ++kept) {
    rows += Index(blocks[kept].size());
    if (kept >= 2 && rows > count) break;
  }
  blocks.resize(kept);
  std::sort(blocks.begin(), blocks.end());

  LabelledSamples labelled;
  labelled.foldCount = std::min<int>(kMaxFolds, int(kept));
  for (std::size_t b = 0; b < kept; ++b)
    for (const Index row : blocks[b]) {
      labelled.rows.push_back(row);
      labelled.fold.push_back(int(b) % labelled.foldCount);
    }
  return labelled;
}

LabelledSamples drawLabelledSamples(const Runs& runs, Index count, Index blockSamples, unsigned seed) {
  return drawLabelledSamples(runs, VectorD::Zero(sampleCount(runs)), count, blockSamples, seed);
}

struct Decoder::State {
  LabelledSamples labelled;
  VectorD penalties;
  std::vector<KernelRidge> folds;
  KernelRidge whole;

  State(const DecoderInput& input, LabelledSamples samples)
      : labelled(std::move(samples)), whole(input.kernel, labelled.rows, allRows(input.kernel.rows())) {
    penalties = penaltyGrid(whole.scale());
    for (int fold = 0; fold < labelled.foldCount; ++fold) {
      FoldRows rows = rowsOfFold(labelled, fold);
      folds.emplace_back(input.kernel, std::move(rows.learn), std::move(rows.test));
    }
  }

  static std::vector<Index> allRows(Index count) {
    std::vector<Index> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), Index{0});
    return rows;
  }
};

Decoder::Decoder(const DecoderInput& input, LabelledSamples labelled) {
  require(labelled.foldCount >= 2, ErrorCode::BadValue,
          "a decoder needs labelled samples in at least 2 folds");
  m_state = std::make_unique<State>(input, std::move(labelled));
}

Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

LabelFit Decoder::fit(const VectorD& label) const {
  const State& state = *m_state;
  require(label.size() == Index(state.whole.rows.size()), ErrorCode::BadShape, [&] {
    return "the label has " + textOf(label.size()) + " samples, the study " + textOf(state.whole.rows.size());
  });
  for (const Index row : state.labelled.rows)
    require(std::isfinite(label[row]), ErrorCode::BadValue,
            [&] { return "the label is not a number at sample " + textOf(row); });

  VectorD score = VectorD::Zero(kPenalties);
  MatrixD outOfFold = MatrixD::Zero(label.size(), kPenalties);
  for (const KernelRidge& fold : state.folds) {
    const MatrixD estimate = fold.estimate(label, state.penalties);
    const double weight = 1.0 / double(fold.rows.size() * state.folds.size());
    for (Index i = 0; i < estimate.rows(); ++i) {
      const Index row = fold.rows[std::size_t(i)];
      outOfFold.row(row) = estimate.row(i);
      score.array() -= weight * (estimate.row(i).array() - label[row]).square().transpose();
    }
  }
  Index best = 0;
  for (Index a = 1; a < kPenalties; ++a)
    if (score[a] >= score[best]) best = a;

  LabelFit fit{state.whole.estimate(label, state.penalties.segment(best, 1)).col(0), state.penalties[best],
               score[best]};
  for (const Index row : state.labelled.rows) fit.estimate[row] = outOfFold(row, best);
  return fit;
}

std::vector<Index> bestVertices(const VectorF& crossValidatedR, Index count) {
  std::vector<Index> vertices;
  for (Index v = 0; v < crossValidatedR.size(); ++v)
    if (crossValidatedR[v] > 0) vertices.push_back(v);
  const auto better = [&](Index a, Index b) {
    return crossValidatedR[a] != crossValidatedR[b] ? crossValidatedR[a] > crossValidatedR[b] : a < b;
  };
  std::sort(vertices.begin(), vertices.end(), better);
  if (static_cast<Index>(vertices.size()) > count) vertices.resize(static_cast<std::size_t>(count));
  std::sort(vertices.begin(), vertices.end());
  return vertices;
}

}  // namespace cortexscope
