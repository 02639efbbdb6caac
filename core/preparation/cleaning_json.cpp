// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/cleaning_json.h"

#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

using Json = nlohmann::ordered_json;

struct ToJson {
  Json operator()(const DropFirst& step) const { return {{"volumes", step.volumes}}; }
  Json operator()(const DetrendPolynomial& step) const { return {{"order", step.order}}; }
  Json operator()(const DetrendCosine& step) const { return {{"cutoffSec", step.cutoffSec}}; }
  Json operator()(const DetrendSavitzkyGolay& step) const {
    return {{"windowSec", step.windowSec}, {"order", step.order}};
  }
  Json operator()(const RegressConfounds& step) const { return {{"columns", step.columns}}; }
  Json operator()(const ZScore&) const { return Json::object(); }
  Json operator()(const AverageRepeats&) const { return Json::object(); }
};

/// Reads the fields of one step and remembers them, so that a misspelt one does not pass for a default.
class StepReader {
 public:
  StepReader(const nlohmann::json& json, std::string place) : m_json(json), m_place(std::move(place)) {
    require(json.is_object(), ErrorCode::BadFile, [&] { return m_place + ": an object was expected"; });
  }

  std::string name() { return text(field("step"), m_place + ".step"); }

  int whole(const char* key) {
    const nlohmann::json& value = field(key);
    require(value.is_number_integer(), ErrorCode::BadFile,
            [&] { return m_place + "." + key + ": a whole number was expected, got " + shown(value); });
    // Beyond int no step has a use for it, and the JSON library would wrap what does not fit.
    const double wide = value.get<double>();
    require(std::abs(wide) <= std::numeric_limits<int>::max(), ErrorCode::BadFile,
            [&] { return m_place + "." + key + ": " + shown(value) + " is too large"; });
    return value.get<int>();
  }

  double number(const char* key) {
    const nlohmann::json& value = field(key);
    require(value.is_number(), ErrorCode::BadFile,
            [&] { return m_place + "." + key + ": a number was expected, got " + shown(value); });
    return value.get<double>();
  }

  std::vector<std::string> texts(const char* key) {
    const nlohmann::json& value = field(key);
    require(value.is_array(), ErrorCode::BadFile,
            [&] { return m_place + "." + key + ": a list was expected, got " + shown(value); });
    std::vector<std::string> list;
    for (std::size_t i = 0; i < value.size(); ++i)
      list.push_back(text(value[i], m_place + "." + key + "[" + textOf(i) + "]"));
    return list;
  }

  void requireNoMore() const {
    for (const auto& [key, value] : m_json.items())
      require(m_known.contains(key), ErrorCode::BadFile,
              [&, name = key] { return m_place + ": the field \"" + name + "\" is not one of this step's"; });
  }

 private:
  const nlohmann::json& field(const char* key) {
    m_known.insert(key);
    require(m_json.contains(key), ErrorCode::BadFile,
            [&] { return m_place + ": the field \"" + key + "\" is missing"; });
    return m_json.at(key);
  }
  static std::string text(const nlohmann::json& value, const std::string& place) {
    require(value.is_string(), ErrorCode::BadFile,
            [&] { return place + ": a text was expected, got " + shown(value); });
    return value.get<std::string>();
  }
  static std::string shown(const nlohmann::json& value) {
    return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace).substr(0, 40);
  }

  const nlohmann::json& m_json;
  std::string m_place;
  std::set<std::string> m_known;
};

CleaningStep stepFromJson(const nlohmann::json& json, const std::string& place) {
  StepReader reader(json, place);
  const std::string name = reader.name();
  CleaningStep step;
  if (name == "dropFirst") {
    step = DropFirst{reader.whole("volumes")};
  } else if (name == "detrendPolynomial") {
    step = DetrendPolynomial{reader.whole("order")};
  } else if (name == "detrendCosine") {
    step = DetrendCosine{reader.number("cutoffSec")};
  } else if (name == "detrendSavitzkyGolay") {
    step = DetrendSavitzkyGolay{reader.number("windowSec"), reader.whole("order")};
  } else if (name == "regressConfounds") {
    step = RegressConfounds{reader.texts("columns")};
  } else if (name == "zscore") {
    step = ZScore{};
  } else if (name == "averageRepeats") {
    step = AverageRepeats{};
  } else {
    throw Error(ErrorCode::BadFile,
                place + ".step: \"" + name +
                    "\" is no cleaning step; there are dropFirst, detrendPolynomial, detrendCosine, "
                    "detrendSavitzkyGolay, regressConfounds, zscore, averageRepeats");
  }
  reader.requireNoMore();
  return step;
}

}  // namespace

Json cleaningToJson(const CleaningPlan& plan) {
  Json list = Json::array();
  for (const CleaningStep& step : plan) {
    Json json{{"step", stepName(step)}};
    json.update(std::visit(ToJson(), step));
    list.push_back(json);
  }
  return list;
}

CleaningPlan cleaningFromJson(const nlohmann::json& json) {
  require(json.is_array(), ErrorCode::BadFile, "steps: a list of cleaning steps was expected");
  CleaningPlan plan;
  for (std::size_t i = 0; i < json.size(); ++i)
    plan.push_back(stepFromJson(json[i], "steps[" + textOf(i) + "]"));
  checkPlan(plan);
  return plan;
}

}  // namespace cortexscope
