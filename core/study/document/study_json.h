// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to study/document.

#include <nlohmann/json.hpp>

#include "study/document/study.h"

namespace cortexscope {

/// The text form of a study. Only .cpp files of this room include this header.
nlohmann::ordered_json studyToJson(const Study& study);

/// Errors   BadFile naming the field as a path ("people[1].responses") and what was expected there
Study studyFromJson(const nlohmann::json& json);

}  // namespace cortexscope
