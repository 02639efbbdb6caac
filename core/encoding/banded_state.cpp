// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/banded_state.h"

#include <fstream>
#include <limits>
#include <span>

#include "base/files.h"

namespace cortexscope {
namespace {

template <class Values>
std::span<std::byte> bytesOf(Values& values) {
  return std::as_writable_bytes(std::span(values.data(), static_cast<std::size_t>(values.size())));
}

template <class Number>
std::span<std::byte> bytesOfOne(Number& number) {
  return std::as_writable_bytes(std::span(&number, 1));
}

}  // namespace

BandedState::BandedState(const MatrixD& given, Index refinements, Index targets, double largestPenalty)
    : gammas(MatrixD::Zero(given.rows() + refinements, given.cols())),
      origin(static_cast<std::size_t>(gammas.rows()), -1),
      candidate(static_cast<std::size_t>(targets), 0),
      penalty(VectorD::Constant(targets, largestPenalty)),
      score(VectorD::Constant(targets, -std::numeric_limits<double>::infinity())),
      firstFold(score),
      gain(VectorD::Zero(targets)),
      mask(static_cast<std::size_t>(targets), 0),
      candidateScore(MatrixF::Constant(gammas.rows(), targets, std::numeric_limits<float>::quiet_NaN())) {
  gammas.topRows(given.rows()) = given;
}

std::vector<std::span<std::byte>> BandedState::parts() {
  return {bytesOf(gammas),         bytesOf(origin),    bytesOf(candidate), bytesOf(penalty),
          bytesOf(score),          bytesOf(firstFold), bytesOf(gain),      bytesOf(mask),
          bytesOf(candidateScore), bytesOfOne(next),   bytesOfOne(tried),  bytesOfOne(idle),
          bytesOfOne(skipped),     bytesOfOne(nodes),  bytesOfOne(flops),  bytesOf(m_form)};
}

void BandedState::save(const std::filesystem::path& file, const std::string& key) {
  writeFileAtomically(file, [&](std::ostream& out) {
    out << key;
    for (const auto part : parts())
      out.write(reinterpret_cast<const char*>(part.data()), static_cast<std::streamsize>(part.size()));
  });
}

bool BandedState::load(const std::filesystem::path& file, const std::string& key) {
  std::size_t size = key.size();
  for (const auto part : parts()) size += part.size();
  std::error_code error;
  if (std::filesystem::file_size(file, error) != size || error) return false;
  std::ifstream in(file, std::ios::binary);
  std::string saved(key.size(), '\0');
  if (!in.read(saved.data(), static_cast<std::streamsize>(saved.size())) || saved != key) return false;
  BandedState read = *this;
  for (const auto part : read.parts())
    if (!in.read(reinterpret_cast<char*>(part.data()), static_cast<std::streamsize>(part.size())))
      return false;
  *this = std::move(read);
  return true;
}

}  // namespace cortexscope
