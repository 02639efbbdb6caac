// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to import/make.

#include <cstddef>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "import/make/import_study.h"
#include "preparation/cleaning_plan.h"

namespace cortexscope::importing {

/// What all steps look at and add to.
struct Importing {
  const ImportPlan& plan;
  const ImportChoices& choices;
  CleaningPlan cleaning;
  double trSec = 0;
  Study& study;
  Findings& findings;
  std::vector<bool> isIn{};  ///< [person]: still part of the study

  void say(Severity severity, std::string file, std::string place, std::string what, std::string advice) {
    findings.push_back({severity, std::move(file), std::move(place), std::move(what), std::move(advice)});
  }
  void leaveOut(std::size_t person, const std::string& place, const std::string& why);
  std::size_t peopleLeft() const;
  std::filesystem::path source(const std::filesystem::path& relative) const { return plan.source / relative; }
};

/// True if the plan has a step of this kind.
template <class Step>
bool has(const CleaningPlan& plan) {
  for (const CleaningStep& step : plan)
    if (std::holds_alternative<Step>(step)) return true;
  return false;
}

}  // namespace cortexscope::importing
