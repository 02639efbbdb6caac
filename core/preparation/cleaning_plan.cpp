// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/cleaning_plan.h"

#include <array>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

std::string printed(double number) {
  std::array<char, 32> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), result.ptr};
}

/// All that a kind of step can say of itself, one overload each.
struct Name {
  std::string operator()(const DropFirst&) const { return "dropFirst"; }
  std::string operator()(const DetrendPolynomial&) const { return "detrendPolynomial"; }
  std::string operator()(const DetrendCosine&) const { return "detrendCosine"; }
  std::string operator()(const DetrendSavitzkyGolay&) const { return "detrendSavitzkyGolay"; }
  std::string operator()(const RegressConfounds&) const { return "regressConfounds"; }
  std::string operator()(const ZScore&) const { return "zscore"; }
  std::string operator()(const AverageRepeats&) const { return "averageRepeats"; }
};

struct Parameters {
  using List = std::vector<StepParameter>;
  List operator()(const DropFirst& step) const { return {{"volumes", textOf(step.volumes), "volumes"}}; }
  List operator()(const DetrendPolynomial& step) const { return {{"order", textOf(step.order), ""}}; }
  List operator()(const DetrendCosine& step) const { return {{"cutoffSec", printed(step.cutoffSec), "s"}}; }
  List operator()(const DetrendSavitzkyGolay& step) const {
    return {{"windowSec", printed(step.windowSec), "s"}, {"order", textOf(step.order), ""}};
  }
  List operator()(const RegressConfounds& step) const {
    return {{"columns", step.columns.empty() ? "all" : commaSeparated(step.columns), ""}};
  }
  List operator()(const ZScore&) const { return {}; }
  List operator()(const AverageRepeats&) const { return {}; }
};

struct Description {
  std::string operator()(const DropFirst& step) const {
    if (step.volumes == 1) return "drop the first volume of each run";
    return "drop the first " + textOf(step.volumes) + " volumes of each run";
  }
  std::string operator()(const DetrendPolynomial& step) const {
    if (step.order == 0) return "remove each run's mean";
    return "remove drift with a polynomial of order " + textOf(step.order);
  }
  std::string operator()(const DetrendCosine& step) const {
    return "remove drift with periods of " + printed(step.cutoffSec) + " s and longer (cosines)";
  }
  std::string operator()(const DetrendSavitzkyGolay& step) const {
    return "remove drift with a Savitzky-Golay filter, window " + printed(step.windowSec) + " s, order " +
           textOf(step.order);
  }
  std::string operator()(const RegressConfounds& step) const {
    if (step.columns.empty()) return "regress out all confounds";
    return "regress out " + commaSeparated(step.columns) + ", together with the drift";
  }
  std::string operator()(const ZScore&) const { return "z-score each target within its run"; }
  std::string operator()(const AverageRepeats&) const {
    return "average runs of the same stimulus, then z-score again";
  }
};

/// Reason why a step cannot be taken, or an empty text.
struct Fault {
  std::string operator()(const DropFirst& step) const {
    return step.volumes >= 0 ? "" : "cannot drop " + textOf(step.volumes) + " volumes";
  }
  std::string operator()(const DetrendPolynomial& step) const {
    return step.order >= 0 ? "" : "needs an order of 0 or more, got " + textOf(step.order);
  }
  std::string operator()(const DetrendCosine& step) const {
    return step.cutoffSec > 0 ? "" : "needs a cut-off above 0 s, got " + printed(step.cutoffSec) + " s";
  }
  std::string operator()(const DetrendSavitzkyGolay& step) const {
    if (!(step.windowSec > 0)) return "needs a window above 0 s, got " + printed(step.windowSec) + " s";
    return step.order >= 0 ? "" : "needs an order of 0 or more, got " + textOf(step.order);
  }
  std::string operator()(const RegressConfounds&) const { return ""; }
  std::string operator()(const ZScore&) const { return ""; }
  std::string operator()(const AverageRepeats&) const { return ""; }
};

}  // namespace

std::string stepName(const CleaningStep& step) {
  return std::visit(Name(), step);
}
std::vector<StepParameter> parametersOf(const CleaningStep& step) {
  return std::visit(Parameters(), step);
}
std::string describe(const CleaningStep& step) {
  return std::visit(Description(), step);
}

std::string commaSeparated(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text;
}

void checkPlan(const CleaningPlan& plan) {
  for (std::size_t i = 0; i < plan.size(); ++i) {
    std::string fault = std::visit(Fault(), plan[i]);
    if (std::holds_alternative<AverageRepeats>(plan[i]) && i + 1 < plan.size())
      fault = "must be the last step, " + textOf(plan.size() - i - 1) + " follow";
    require(fault.empty(), ErrorCode::BadValue,
            [&] { return "step " + textOf(i + 1) + " (" + stepName(plan[i]) + ") " + fault; });
  }
}

}  // namespace cortexscope
