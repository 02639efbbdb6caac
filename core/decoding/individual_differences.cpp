// SPDX-License-Identifier: GPL-3.0-or-later
#include "decoding/individual_differences.h"

#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "stats/correlation.h"

namespace cortexscope {

std::vector<double> pairDistances(const MatrixD& estimates, const std::vector<Index>& rows) {
  std::vector<std::vector<double>> series;
  for (Index person = 0; person < estimates.rows(); ++person) {
    std::vector<double>& values = series.emplace_back();
    for (const Index row : rows) values.push_back(estimates(person, row));
  }
  std::vector<double> distances;
  for (std::size_t a = 0; a < series.size(); ++a)
    for (std::size_t b = a + 1; b < series.size(); ++b)
      distances.push_back(1.0 - pearson(series[a], series[b]));
  return distances;
}

MatrixD distanceMatrix(const std::vector<double>& pairs, Index people) {
  require(std::ssize(pairs) == people * (people - 1) / 2, ErrorCode::BadShape, [&] {
    return textOf(pairs.size()) + " distances are not those of all pairs of " + textOf(people) + " people";
  });
  MatrixD matrix = MatrixD::Zero(people, people);
  std::size_t next = 0;
  for (Index a = 0; a < people; ++a)
    for (Index b = a + 1; b < people; ++b) matrix(a, b) = matrix(b, a) = pairs[next++];
  return matrix;
}

}  // namespace cortexscope
