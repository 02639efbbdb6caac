// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest>
#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>
#include <string>

#include "base/error.h"
#include "base/matrix.h"
#include "base/text.h"

namespace cortexscope::test {

/// Tests run in the locale of their environment, as the window does: one with a decimal comma
/// (tests/CMakeLists.txt).
inline const char* const kUsersLocale = std::setlocale(LC_ALL, "");

/// Runs `action` and returns the error it throws as "CODE-NUMBER|message", or an empty string if it throws
/// none.
struct Caught {
  bool thrown = false;
  ErrorCode code = ErrorCode::Io;
  std::string message;
};
inline Caught errorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return {true, error.code(), error.what()};
  }
  return {};
}

/// Fails unless `action` throws an Error of this code whose message holds every word of `words`.
#define EXPECT_ERROR(expectedCode, action, ...)                                                         \
  do {                                                                                                  \
    const auto caught_ = ::cortexscope::test::errorOf([&] { action; });                                 \
    QVERIFY2(caught_.thrown, "no error was thrown");                                                    \
    QVERIFY2(caught_.code == (expectedCode), ("unexpected code; message: " + caught_.message).c_str()); \
    for (const std::string& word_ : std::initializer_list<std::string>{__VA_ARGS__})                    \
      QVERIFY2(caught_.message.find(word_) != std::string::npos,                                        \
               ("\"" + word_ + "\" is missing in: " + caught_.message).c_str());                        \
  } while (false)

/// Largest difference of two matrices; infinite if their sizes differ, NaN (which no comparison passes) if
/// either holds one. Eigen's own maximum passes over NaN.
template <class A, class B>
double largestDifference(const Eigen::MatrixBase<A>& a, const Eigen::MatrixBase<B>& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return std::numeric_limits<double>::infinity();
  return (a.derived().template cast<double>() - b.derived().template cast<double>())
      .cwiseAbs()
      .template maxCoeff<Eigen::PropagateNaN>();
}

/// Folder of real example files, or an empty path where it is absent (tests then skip with a message).
inline std::filesystem::path sharedData() {
  if (const char* folder = std::getenv("CORTEXSCOPE_SHARED_DATA"); folder != nullptr && *folder != '\0')
    return std::filesystem::exists(folder) ? std::filesystem::path(folder) : std::filesystem::path();
  return {};
}

/// Standard normal numbers with a fixed seed.
inline MatrixF gaussian(Index rows, Index cols, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  MatrixF values(rows, cols);
  for (Index i = 0; i < values.size(); ++i) values.data()[i] = normal(generator);
  return values;
}

}  // namespace cortexscope::test
