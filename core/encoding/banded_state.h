// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"

// Private to encoding.
namespace cortexscope {

/// What a search over weightings knows after some candidates: all that it needs to go on with the next.
struct BandedState {
  /// gammas  the weightings to try, with room below them for refinements
  BandedState(const MatrixD& gammas, Index refinements, Index targets, double largestPenalty);

  MatrixD gammas;                    ///< candidates x spaces
  std::vector<std::int64_t> origin;  ///< per candidate: the one that it refines, -1 for none

  std::vector<std::int64_t> candidate;  ///< per target
  VectorD penalty, score;               ///< per target
  VectorD firstFold;                    ///< per target: the incumbent's score on the first fold
  VectorD gain;                         ///< per target: part of the held-out mean square that is explained
  std::vector<char> mask;               ///< per target, as maskTargets
  MatrixF candidateScore;               ///< candidates x targets
  Index next = 0;                       ///< candidate to try
  Index tried = 0, idle = 0, skipped = 0, nodes = 0;
  double flops = 0;

  std::string form() const { return m_form.data(); }
  void setForm(const std::string& form) {
    m_form = {};
    form.copy(m_form.data(), m_form.size() - 1);
  }

  /// Writes everything, atomically.
  /// Errors   as writeFileAtomically
  void save(const std::filesystem::path& file, const std::string& key);
  /// False, and nothing changed, unless the file was saved with this key and for as many candidates and
  /// targets.
  bool load(const std::filesystem::path& file, const std::string& key);

 private:
  /// All parts as bytes, in the order of the file.
  std::vector<std::span<std::byte>> parts();

  std::array<char, 24> m_form{};
};

}  // namespace cortexscope
