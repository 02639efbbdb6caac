// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/weightings.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cstdint>
#include <random>

#include "base/error.h"

namespace cortexscope {
namespace {

/// Uniform in (0, 1), the same for a seed on every machine.
double uniform(std::mt19937& generator) {
  return (double(generator()) + 0.5) / 4294967296.0;
}

Eigen::RowVectorXd drawDirichlet(Index spaces, double concentration, std::mt19937& generator) {
  Eigen::RowVectorXd gammas(spaces);
  for (double& gamma : gammas) gamma = boost::math::gamma_p_inv(concentration, uniform(generator));
  const double sum = gammas.sum();
  if (sum > 0) return gammas / sum;
  return Eigen::RowVectorXd::Constant(spaces, 1.0 / double(spaces));
}

}  // namespace

MatrixD drawCandidates(Index spaces, Index count, unsigned seed) {
  require(spaces > 0 && count > 0, ErrorCode::BadValue,
          "weightings need at least one space and one candidate");
  MatrixD gammas = MatrixD::Zero(count, spaces);
  std::mt19937 generator(seed);
  gammas.row(0).setConstant(1.0 / double(spaces));
  const Index corners = spaces > 1 ? std::min(spaces, count - 1) : 0;
  for (Index s = 0; s < corners; ++s) gammas(1 + s, s) = 1;
  for (Index c = 1 + corners; c < count; ++c)
    gammas.row(c) = drawDirichlet(spaces, (c - corners) % 2 == 1 ? 0.1 : 1.0, generator);
  return gammas;
}

Eigen::RowVectorXd moveNear(const Eigen::RowVectorXd& gammas, double share, unsigned seed, Index step) {
  std::seed_seq seeds{seed, static_cast<unsigned>(step)};
  std::mt19937 generator(seeds);
  return (1 - share) * gammas + share * drawDirichlet(gammas.size(), 1, generator);
}

}  // namespace cortexscope
