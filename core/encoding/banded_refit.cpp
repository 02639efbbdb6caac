// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/banded_refit.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

#include "base/dense.h"
#include "base/parallel.h"
#include "encoding/dual_design.h"
#include "encoding/primal_form.h"
#include "encoding/ridge_panels.h"

namespace cortexscope {
namespace {

constexpr double kGroupBytes = 256e6;
constexpr Index kTile = 128;

/// Dual weights, times every space: gamma_s X_s' V diag(1 / (l + a)) V' y.
class DualRefit {
 public:
  DualRefit(const BandedSpaces& spaces, const std::vector<PackedOperator<float>>& toFeatures,
            const Eigen::RowVectorXd& gammas, const KeptVectors& eigen, bool intercept)
      : m_spaces(spaces),
        m_toFeatures(toFeatures),
        m_gammas(gammas.cast<float>()),
        m_values(eigen.values),
        m_toCoordinates(eigen.vectors.transpose()),
        m_toSamples(eigen.vectors),
        m_intercept(intercept) {}

  MatrixF operator()(const MatrixF& targets, const VectorD& penalties, VectorF& intercept) const {
    const Index panels = panelCount<float>(targets.cols());
    const VectorD means = columnMeans(targets, m_intercept);
    AlignedArray<float> a, b, c;
    const Panels<float> y = panelsIn(a, m_toSamples.paddedRows(), panels),
                        z = panelsIn(b, m_toSamples.paddedRows(), panels);
    loadPanels<float>(targets, means, y);
    multiply(m_toCoordinates, y, 0, z, 0);
    filterPanels(z, m_values, penalties, z);
    multiply(m_toSamples, z, 0, y, 0);
    MatrixF weights(m_spaces.plan.features, targets.cols());
    intercept = means.cast<float>();
    Index row = 0;
    for (std::size_t s = 0; s < m_toFeatures.size(); ++s) {
      auto own = weights.middleRows(row, m_toFeatures[s].rows());
      const Panels<float> w = panelsIn(c, m_toFeatures[s].paddedRows(), panels);
      multiply(m_toFeatures[s], y, 0, w, 0);
      storePanels<float>(w, 0, own);
      own *= m_gammas[static_cast<Index>(s)];
      intercept -= own.transpose() * m_spaces.means[s].cast<float>();
      row += own.rows();
    }
    return weights;
  }

 private:
  const BandedSpaces& m_spaces;
  const std::vector<PackedOperator<float>>& m_toFeatures;
  Eigen::RowVectorXf m_gammas;
  VectorD m_values;
  PackedOperator<float> m_toCoordinates, m_toSamples;
  bool m_intercept;
};

BandedWeights primalRefit(const BandedSpaces& spaces, const BandedSetup& setup,
                          const Eigen::RowVectorXd& gammas, const Job& job) {
  RidgeSetup ridge = setup.ridge;
  ridge.weights = true;
  const std::shared_ptr<const RidgeForm> form =
      makePrimalForm(spaces.scaled(gammas).cast<double>(), VectorD::Zero(spaces.plan.features), ridge, job);
  return [form, &spaces, gammas](const MatrixF& targets, const VectorD& penalties, VectorF& intercept) {
    TileWeights fit = form->refit(targets, penalties);
    intercept = fit.intercept;
    Index row = 0;
    for (std::size_t s = 0; s < spaces.features.size(); ++s) {
      auto own = fit.weights.middleRows(row, spaces.features[s]->cols());
      own *= static_cast<float>(std::sqrt(gammas[static_cast<Index>(s)]));
      intercept -= own.transpose() * spaces.means[s].cast<float>();
      row += own.rows();
    }
    return std::move(fit.weights);
  };
}

BandedWeights dualRefit(const BandedSpaces& spaces, const std::vector<PackedOperator<float>>& toFeatures,
                        const Eigen::RowVectorXd& gammas, const KeptVectors* kept, bool intercept,
                        const Job& job) {
  KeptVectors again;
  if (kept == nullptr) {
    const SymmetricEigen eigen = spaces.decompose(gammas, intercept, job);
    again = {eigen.values.cwiseMax(0.0), eigen.vectors.cast<float>()};
    kept = &again;
  }
  const auto refit = std::make_shared<const DualRefit>(spaces, toFeatures, gammas, *kept, intercept);
  return [refit](const MatrixF& targets, const VectorD& penalties, VectorF& intercepts) {
    return (*refit)(targets, penalties, intercepts);
  };
}

std::vector<Index> chosenCandidates(const BandedState& choices) {
  std::vector<Index> chosen(choices.candidate.begin(), choices.candidate.end());
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

/// Targets [first, first + values.cols()) that chose `candidate`: their weights, tile by tile.
void refitStrip(const BandedWeights& weightsOf, Index candidate, Index first, const MatrixF& values,
                const BandedState& choices, MatrixF& weights, VectorF& intercepts) {
  std::vector<Index> own;
  for (Index t = 0; t < values.cols(); ++t)
    if (choices.candidate[static_cast<std::size_t>(first + t)] == candidate) own.push_back(t);
  for (const std::vector<Index>& tile : inTiles(own, kTile)) {
    VectorD penalties(static_cast<Index>(tile.size()));
    for (std::size_t i = 0; i < tile.size(); ++i)
      penalties[static_cast<Index>(i)] = choices.penalty[first + tile[i]];
    VectorF intercept;
    const MatrixF made = weightsOf(values(Eigen::all, tile), penalties, intercept);
    for (std::size_t i = 0; i < tile.size(); ++i) {
      weights.col(tile[i]) = made.col(static_cast<Index>(i));
      intercepts[first + tile[i]] = intercept[static_cast<Index>(i)];
    }
  }
}

}  // namespace

std::vector<std::vector<Index>> inTiles(const std::vector<Index>& places, Index size) {
  std::vector<std::vector<Index>> tiles;
  for (std::size_t start = 0; start < places.size(); start += std::size_t(size))
    tiles.emplace_back(places.begin() + std::ptrdiff_t(start),
                       places.begin() + std::ptrdiff_t(std::min(places.size(), start + std::size_t(size))));
  return tiles;
}

BandedSpaces::BandedSpaces(const std::vector<MatrixF>& spaces, const RidgeSetup& setup,
                           const RidgePlan& given, const Job& job)
    : plan(given) {
  for (const MatrixF& space : spaces) {
    features.push_back(&space);
    means.push_back(columnMeans(space, setup.intercept));
    if (!plan.primal) grams.push_back(gramOfRows(space, means.back(), setup.threads, job));
  }
}

MatrixF BandedSpaces::scaled(const Eigen::RowVectorXd& gammas) const {
  MatrixF all(plan.samples, plan.features);
  Index col = 0;
  for (std::size_t s = 0; s < features.size(); col += features[s++]->cols())
    all.middleCols(col, features[s]->cols()) =
        ((features[s]->cast<double>().rowwise() - means[s].transpose()) *
         std::sqrt(gammas[static_cast<Index>(s)]))
            .cast<float>();
  return all;
}

SymmetricEigen BandedSpaces::decompose(const Eigen::RowVectorXd& gammas, bool intercept,
                                       const Job& job) const {
  MatrixD gram = MatrixD::Zero(plan.samples, plan.samples);
  for (std::size_t s = 0; s < grams.size(); ++s) gram += gammas[static_cast<Index>(s)] * grams[s];
  return decomposeGram(std::move(gram), intercept, job);
}

void refitBanded(const BandedSpaces& spaces, const BandedSetup& setup, const TargetSource& targets,
                 const BandedState& choices, const std::map<Index, KeptVectors>& kept, WeightStore& store,
                 VectorF& intercepts, const Job& job) {
  std::vector<PackedOperator<float>> toFeatures;
  for (std::size_t s = 0; s < spaces.features.size() && !spaces.plan.primal; ++s)
    toFeatures.emplace_back((spaces.features[s]->cast<double>().rowwise() - spaces.means[s].transpose())
                                .cast<float>()
                                .eval()
                                .transpose());
  const std::vector<Index> chosen = chosenCandidates(choices);
  const double side = double(spaces.plan.primal ? spaces.plan.features : spaces.plan.samples);
  const auto groupSize = static_cast<std::size_t>(std::max(1.0, kGroupBytes / (8 * side * side)));
  for (std::size_t start = 0; start < chosen.size(); start += groupSize) {
    const std::size_t end = std::min(chosen.size(), start + groupSize);
    const Job part = job.part(double(start) / double(chosen.size()), double(end) / double(chosen.size()));
    std::vector<BandedWeights> group;
    for (std::size_t i = start; i < end; ++i) {
      const double at = 0.5 * double(i - start) / double(end - start);
      part.checkpoint(at, "refitting");
      const Eigen::RowVectorXd gammas = choices.gammas.row(chosen[i]);
      const auto found = kept.find(chosen[i]);
      group.push_back(spaces.plan.primal ? primalRefit(spaces, setup, gammas, part.part(at, at))
                                         : dualRefit(spaces, toFeatures, gammas,
                                                     found == kept.end() ? nullptr : &found->second,
                                                     setup.ridge.intercept, part.part(at, at)));
    }
    std::atomic<Index> done{0};
    parallelFor(spaces.plan.stripCount(), setup.ridge.threads, [&](Index s) {
      part.checkpoint(0.5 + 0.5 * double(done++) / double(spaces.plan.stripCount()), "refitting");
      const auto [first, count] = spaces.plan.strip(s);
      MatrixF values = targets.read(first, count);
      maskTargets(values);
      MatrixF weights = start == 0 ? MatrixF::Zero(spaces.plan.features, count) : store.read(first, count);
      for (std::size_t i = start; i < end; ++i)
        refitStrip(group[i - start], chosen[i], first, values, choices, weights, intercepts);
      store.write(first, weights);
    });
  }
}

}  // namespace cortexscope
