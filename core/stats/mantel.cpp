// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/mantel.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "stats/correlation.h"
#include "stats/shuffle.h"

namespace cortexscope {
namespace {

constexpr Index kExactThings = 8;
constexpr long kProductsPerCheckpoint = 1L << 22;

/// Ranks as whole numbers around zero (twice the distance from the mean rank): sums of products are then
/// exact in float64 for up to some 300 things, and a tie with the observed value is a tie whatever the order
/// of summation.
std::vector<double> centredRanks(std::span<const double> distances) {
  std::vector<double> ranked = ranks(distances);
  for (double& rank : ranked) rank = 2.0 * rank - static_cast<double>(distances.size() + 1);
  return ranked;
}

/// The two rankings as the products of a relabelling need them.
class Relabelling {
 public:
  Relabelling(std::span<const double> a, std::span<const double> b)
      : m_things(thingsOfPairs(a.size())), m_fixed(centredRanks(a)), m_permuted(m_things, m_things) {
    const std::vector<double> ranked = centredRanks(b);
    std::size_t pair = 0;
    for (Index i = 0; i < m_things; ++i) {
      m_permuted(i, i) = 0.0;
      for (Index j = i + 1; j < m_things; ++j) m_permuted(i, j) = m_permuted(j, i) = ranked[pair++];
    }
  }

  Index things() const { return m_things; }

  /// Sum over pairs of rank a(i, j) * rank b(order[i], order[j]).
  double product(const std::vector<int>& order) const {
    double sum = 0.0;
    const double* fixed = m_fixed.data();
    for (Index i = 0; i < m_things; ++i) {
      const double* row = m_permuted.data() + order[static_cast<std::size_t>(i)] * m_things;
      for (Index j = i + 1; j < m_things; ++j) sum += *fixed++ * row[order[static_cast<std::size_t>(j)]];
    }
    return sum;
  }

 private:
  Index m_things;
  std::vector<double> m_fixed;
  MatrixD m_permuted;
};

void enumerate(const Relabelling& relabelling, std::vector<int> order, MantelResult& result, const Job& job) {
  const double observed = relabelling.product(order);
  long reached = 0;
  result.exact = true;
  do {
    if (result.permutations % 10000 == 0) job.checkpoint(0.0, "Mantel test");
    reached += relabelling.product(order) >= observed;
    ++result.permutations;
  } while (std::next_permutation(order.begin(), order.end()));
  result.p = static_cast<double>(reached) / static_cast<double>(result.permutations);
}

void sample(const Relabelling& relabelling, std::vector<int> order, unsigned seed, MantelResult& result,
            const Job& job) {
  const double observed = relabelling.product(order);
  const long products = static_cast<long>(relabelling.things() * relabelling.things());
  const long stride = std::max(1L, kProductsPerCheckpoint / products);
  std::mt19937 generator(seed);
  long reached = 0;
  for (long i = 0; i < result.permutations; ++i) {
    if (i % stride == 0)
      job.checkpoint(static_cast<double>(i) / static_cast<double>(result.permutations), "Mantel test");
    shuffle(order, generator);
    reached += relabelling.product(order) >= observed;
  }
  result.p = static_cast<double>(reached + 1) / static_cast<double>(result.permutations + 1);
}

}  // namespace

Index thingsOfPairs(std::size_t pairCount) {
  const auto things = static_cast<std::size_t>(
      std::llround(0.5 * (1.0 + std::sqrt(1.0 + 8.0 * static_cast<double>(pairCount)))));
  require(things >= 2 && things * (things - 1) / 2 == pairCount, ErrorCode::BadShape, [&] {
    return textOf(pairCount) + " distances are not those of all pairs of a whole number of things";
  });
  return static_cast<Index>(things);
}

MantelResult mantelTest(std::span<const double> a, std::span<const double> b, long permutations,
                        unsigned seed, const Job& job) {
  require(a.size() == b.size(), ErrorCode::BadShape, [&] {
    return "Mantel's test needs two equally long distance vectors, got " + textOf(a.size()) + " and " +
           textOf(b.size()) + " distances";
  });
  require(permutations >= 1, ErrorCode::BadValue,
          [&] { return "Mantel's test needs at least 1 permutation, got " + textOf(permutations); });
  const Index things = thingsOfPairs(a.size());
  require(things >= 3, ErrorCode::BadShape,
          [&] { return "Mantel's test needs at least 3 things, got " + textOf(things); });

  MantelResult result;
  result.rho = spearman(a, b);
  const Relabelling relabelling(a, b);
  std::vector<int> identity(static_cast<std::size_t>(things));
  std::iota(identity.begin(), identity.end(), 0);
  if (things <= kExactThings) {
    enumerate(relabelling, identity, result, job);
  } else {
    result.permutations = permutations;
    sample(relabelling, identity, seed, result, job);
  }
  return result;
}

}  // namespace cortexscope
