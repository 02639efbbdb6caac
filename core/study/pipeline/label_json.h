// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to study/pipeline.

#include <nlohmann/json.hpp>

#include "stats/mantel.h"
#include "study/pipeline/label_step.h"

namespace cortexscope {

/// Statistics of the label step as stored in results/labels/statistics.json. NaN is written as null.
nlohmann::ordered_json transferToJson(const Study& study, const std::vector<StudyLabel>& labels,
                                      const TransferReport& report);

nlohmann::ordered_json comparisonToJson(const MethodComparison& comparison);

/// A number, or null where it is not finite.
nlohmann::ordered_json numberOrNull(double value);
/// One number per person of the study under the person's id, so that it stays theirs when people come, go or
/// change places.
nlohmann::ordered_json byPerson(const Study& study,
                                const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values);

/// Do the distances between people agree? Pairs of `people` in the order of stats/mantel.h.
nlohmann::ordered_json individualToJson(const Study& study, const MantelResult& result,
                                        const std::vector<double>& measured,
                                        const std::vector<double>& predicted);

/// Mean of the finite numbers; NaN if there are none.
double finiteMean(const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values);

}  // namespace cortexscope
