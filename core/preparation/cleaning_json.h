// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include "preparation/cleaning_plan.h"

namespace cortexscope {

/// A list of objects, one per step: {"step": "detrendCosine", "cutoffSec": 128}.
nlohmann::ordered_json cleaningToJson(const CleaningPlan& plan);

/// Errors   BadFile naming the place ("steps[1].cutoffSec") for what is no list of objects, a step or a field
///          that this program does not know (with those it knows), a missing field or one of the wrong type;
///          BadValue as checkPlan
CleaningPlan cleaningFromJson(const nlohmann::json& json);

}  // namespace cortexscope
