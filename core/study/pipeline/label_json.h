#pragma once
// Private to study/pipeline.

#include <nlohmann/json.hpp>

#include "study/pipeline/label_step.h"

namespace cortexscope {

/// Statistics of the label step as stored in results/labels/statistics.json. NaN is written as null.
nlohmann::ordered_json transferToJson(const Study& study, const std::vector<StudyLabel>& labels,
                                      const TransferReport& report);

nlohmann::ordered_json comparisonToJson(const MethodComparison& comparison);

/// A number, or null where it is not finite.
nlohmann::ordered_json numberOrNull(double value);
nlohmann::ordered_json numbersOrNull(const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values);

/// Mean of the finite numbers; NaN if there are none.
double finiteMean(const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values);

}  // namespace cortexscope
