// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/study.h"

#include "base/error.h"

namespace cortexscope {

std::string nameOf(LabelTiming timing) {
  for (const auto& [known, name] : kLabelTimings)
    if (known == timing) return name;
  return {};
}

const Stimulus& Study::stimulus(const std::string& id) const {
  for (const Stimulus& candidate : stimuli)
    if (candidate.id == id) return candidate;
  throw Error(ErrorCode::BadValue, "the study has no stimulus \"" + id + "\"");
}

}  // namespace cortexscope
