// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/matrix.h"

// How responses are cleaned: a list of steps in the order in which they are taken, for people to see and
// change.

namespace cortexscope {

/// The first volumes of a run are measured before the magnetization is steady.
struct DropFirst {
  Index volumes = 0;
  bool operator==(const DropFirst&) const = default;
};
struct DetrendPolynomial {
  int order = 1;  ///< 0 takes the mean alone
  bool operator==(const DetrendPolynomial&) const = default;
};
struct DetrendCosine {
  double cutoffSec = 128;  ///< shortest period that is taken out; the mean goes with it
  bool operator==(const DetrendCosine&) const = default;
};
struct DetrendSavitzkyGolay {
  double windowSec = 240;
  int order = 3;
  bool operator==(const DetrendSavitzkyGolay&) const = default;
};
struct RegressConfounds {
  std::vector<std::string> columns;  ///< names; empty: all that a run has
  bool operator==(const RegressConfounds&) const = default;
};
/// Each target within its run, population standard deviation; constant targets become 0.
struct ZScore {
  bool operator==(const ZScore&) const = default;
};
/// Runs of the same stimulus become their mean, which is z-scored again. Only as the last step.
struct AverageRepeats {
  bool operator==(const AverageRepeats&) const = default;
};

using CleaningStep = std::variant<DropFirst, DetrendPolynomial, DetrendCosine, DetrendSavitzkyGolay,
                                  RegressConfounds, ZScore, AverageRepeats>;
using CleaningPlan = std::vector<CleaningStep>;

/// One parameter of a step as people read it.
struct StepParameter {
  std::string name;   ///< as in files: "cutoffSec"
  std::string value;  ///< "128"
  std::string unit;   ///< "s", "volumes"; empty where there is none
};

/// What files call the step: "dropFirst", "detrendCosine", ...
std::string stepName(const CleaningStep& step);
std::vector<StepParameter> parametersOf(const CleaningStep& step);
/// One line for people: "remove drift with periods of 128 s and longer (cosines)".
std::string describe(const CleaningStep& step);

/// "a, b, c", for messages.
std::string commaSeparated(const std::vector<std::string>& names);

/// Checks what needs no data: ranges, and that averaging comes last.
/// Errors   BadValue naming the step's place in the list (from 1), its name and what it was given
void checkPlan(const CleaningPlan& plan);

}  // namespace cortexscope
