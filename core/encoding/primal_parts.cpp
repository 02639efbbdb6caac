#include "encoding/primal_parts.h"

#include "base/dense.h"
#include "base/parallel.h"

namespace cortexscope {
namespace {

SymmetricEigen clippedEigen(const MatrixD& gram) {
  SymmetricEigen eigen = decomposeSymmetric(gram);
  eigen.values = eigen.values.cwiseMax(0.0);
  return eigen;
}

}  // namespace

SymmetricEigen decomposeFolds(const MatrixD& features, const RidgeSetup& setup,
                              std::vector<PrimalParts>& parts) {
  const MatrixD gram = gramOfColumns(features);
  const Index folds = static_cast<Index>(setup.folds.size()), samples = features.rows();
  const VectorD sum = features.colwise().sum();
  std::vector<SymmetricEigen> eigens(static_cast<std::size_t>(folds + 1));
  parts.resize(static_cast<std::size_t>(folds));
  parallelFor(folds + 1, setup.threads, [&](Index f) {
    MatrixD own = gram;
    if (f < folds) {
      const RidgeFold& rows = setup.folds[static_cast<std::size_t>(f)];
      PrimalParts& part = parts[static_cast<std::size_t>(f)];
      const auto held = features.middleRows(rows.heldFirst, rows.heldCount);
      part.rows = rows;
      part.scoredSum = features.middleRows(rows.first, rows.count).colwise().sum();
      part.trainingMean = VectorD::Zero(features.cols());
      own -= gramOfColumns(held);
      if (setup.intercept) {
        const double count = double(samples - rows.heldCount);
        part.trainingMean = (sum - VectorD(held.colwise().sum())) / count;
        own.noalias() -= count * part.trainingMean * part.trainingMean.transpose();
      }
    }
    eigens[static_cast<std::size_t>(f)] = clippedEigen(own);
  });
  for (Index f = 0; f < folds; ++f) {
    parts[static_cast<std::size_t>(f)].values = std::move(eigens[static_cast<std::size_t>(f)].values);
    parts[static_cast<std::size_t>(f)].vectors = std::move(eigens[static_cast<std::size_t>(f)].vectors);
  }
  return std::move(eigens.back());
}

}  // namespace cortexscope
