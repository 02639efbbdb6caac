// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/identification.h"

#include <cmath>
#include <numeric>
#include <random>

#include "base/error.h"
#include "base/text.h"
#include "stats/correlation.h"
#include "stats/shuffle.h"

namespace cortexscope {
namespace {

bool varies(const ConstMatrixRefF& values, Index target) {
  return values.col(target).allFinite() && values.col(target).minCoeff() < values.col(target).maxCoeff();
}

/// Windows x (samples of a window * targets), each row with mean 0 and norm 1.
MatrixF windowRows(const ConstMatrixRefF& values, const std::vector<Index>& targets, Index windows,
                   Index length) {
  MatrixF used = values(Eigen::seqN(0, windows * length), targets);
  zscoreRows(used, 0, used.rows());
  MatrixF rows(windows, length * used.cols());
  for (Index w = 0; w < windows; ++w)
    rows.row(w) = used.middleRows(w * length, length).reshaped().transpose();
  rows.colwise() -= rows.rowwise().mean();
  rows.rowwise().normalize();
  return rows;
}

/// Per measured and predicted window: share of the other predictions that are less similar to the measured
/// one, equal ones half.
MatrixD shareBelow(const MatrixF& similarity) {
  const Index windows = similarity.rows();
  MatrixD share(windows, windows);
  std::vector<double> row(static_cast<std::size_t>(windows));
  for (Index w = 0; w < windows; ++w) {
    for (Index v = 0; v < windows; ++v) row[static_cast<std::size_t>(v)] = similarity(w, v);
    const std::vector<double> rank = ranks(row);
    for (Index v = 0; v < windows; ++v)
      share(w, v) = (rank[static_cast<std::size_t>(v)] - 1) / double(windows - 1);
  }
  return share;
}

double chanceOfAsMuch(const MatrixD& share, const IdentificationOptions& options) {
  std::mt19937 generator(options.seed);
  std::vector<Index> order(static_cast<std::size_t>(share.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  const double found = share.trace() - 1e-9;
  int asMuch = 0;
  for (int i = 0; i < options.permutations; ++i) {
    shuffle(order, generator);
    double sum = 0;
    for (Index w = 0; w < share.rows(); ++w) sum += share(w, order[static_cast<std::size_t>(w)]);
    asMuch += sum >= found ? 1 : 0;
  }
  return (asMuch + 1.0) / (options.permutations + 1.0);
}

}  // namespace

Identification identifyWindows(const ConstMatrixRefF& measured, const ConstMatrixRefF& predicted,
                               const IdentificationOptions& options) {
  require(measured.rows() == predicted.rows() && measured.cols() == predicted.cols(), ErrorCode::BadShape,
          [&] {
            return "measured responses are " + textOf(measured.rows()) + " x " + textOf(measured.cols()) +
                   ", predicted ones " + textOf(predicted.rows()) + " x " + textOf(predicted.cols());
          });
  require(options.windowSamples > 0, ErrorCode::BadValue, "a window needs at least one sample");
  const Index windows = measured.rows() / options.windowSamples;
  require(windows >= 2, ErrorCode::BadShape, [&] {
    return textOf(measured.rows()) + " samples hold " + textOf(windows) + " windows of " +
           textOf(options.windowSamples) + " samples; at least two are needed";
  });
  std::vector<Index> targets;
  const Index used = windows * options.windowSamples;
  for (Index t = 0; t < measured.cols(); ++t)
    if (varies(measured.topRows(used), t) && varies(predicted.topRows(used), t)) targets.push_back(t);
  require(!targets.empty(), ErrorCode::BadValue, "every target is constant or not finite");
  // A correlation over one or two numbers is 0 or of size 1, whatever they are.
  require(std::ssize(targets) * options.windowSamples >= 3, ErrorCode::BadValue, [&] {
    return "windows of " + textOf(options.windowSamples) + " samples of " + textOf(targets.size()) +
           " usable targets hold fewer than 3 numbers; take longer windows";
  });

  Identification found;
  found.targetsUsed = std::ssize(targets);
  found.similarity.noalias() = windowRows(measured, targets, windows, options.windowSamples) *
                               windowRows(predicted, targets, windows, options.windowSamples).transpose();
  const MatrixD share = shareBelow(found.similarity);
  for (Index w = 0; w < windows; ++w) {
    const float right = found.similarity(w, w);
    found.rank.push_back(1 + (found.similarity.row(w).array() > right).count());
    const auto equal = double((found.similarity.row(w).array() == right).count());
    found.accuracy += found.rank.back() == 1 ? 1.0 / (double(windows) * equal) : 0.0;
  }
  found.rankAccuracy = share.trace() / double(windows);
  found.p = chanceOfAsMuch(share, options);
  return found;
}

}  // namespace cortexscope
