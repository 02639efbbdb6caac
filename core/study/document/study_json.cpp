// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/study_json.h"

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "preparation/cleaning_json.h"

namespace cortexscope {
namespace {

using Json = nlohmann::ordered_json;

/// A place in the JSON text that knows its path, so that every refusal can name it.
class Field {
 public:
  Field(const nlohmann::json& json, std::string path) : m_json(json), m_path(std::move(path)) {}

  Field operator[](const char* key) const {
    require(m_json.is_object(), ErrorCode::BadFile, [&] { return m_path + ": an object was expected"; });
    require(m_json.contains(key), ErrorCode::BadFile,
            [&] { return m_path + ": the field \"" + key + "\" is missing"; });
    return {m_json.at(key), m_path + "." + key};
  }

  bool has(const char* key) const { return m_json.is_object() && m_json.contains(key); }

  template <class Value>
  Value as() const {
    if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) checkWhole<Value>();
    try {
      return m_json.get<Value>();
    } catch (const nlohmann::json::exception&) {
      throw Error(ErrorCode::BadFile, m_path + ": unexpected type " + std::string(m_json.type_name()));
    }
  }

  template <class Value>
  Value as(const char* key, Value fallback) const {
    return m_json.is_object() && m_json.contains(key) ? (*this)[key].as<Value>() : fallback;
  }
  std::vector<int> as(const char* key, const std::vector<int>& fallback) const {
    if (!m_json.is_object() || !m_json.contains(key)) return fallback;
    return (*this)[key].each([](const Field& f) { return f.as<int>(); });
  }

  const std::string& place() const { return m_path; }

  /// Whatever `read` makes of the JSON; its errors get the place in front.
  template <class Read>
  auto with(Read read) const {
    try {
      return read(m_json);
    } catch (const Error& error) {
      throw error.within(m_path);
    }
  }

  /// A path inside the study folder; empty for an empty text.
  std::filesystem::path path() const { return insideFolder(as<std::string>()); }
  std::filesystem::path path(const char* key) const {
    return m_json.contains(key) ? (*this)[key].path() : std::filesystem::path();
  }

  template <class Make>
  std::vector<std::invoke_result_t<Make, const Field&>> each(Make make) const {
    require(m_json.is_array(), ErrorCode::BadFile, [&] { return m_path + ": a list was expected"; });
    std::vector<std::invoke_result_t<Make, const Field&>> values;
    for (std::size_t i = 0; i < m_json.size(); ++i)
      values.push_back(make(Field(m_json[i], m_path + "[" + textOf(i) + "]")));
    return values;
  }

 private:
  /// The JSON library would cut 1.5 to 1 and wrap numbers that do not fit.
  template <class Value>
  void checkWhole() const {
    const bool fits = m_json.is_number_unsigned()
                          ? std::in_range<Value>(m_json.get<std::uint64_t>())
                          : m_json.is_number_integer() && std::in_range<Value>(m_json.get<std::int64_t>());
    require(fits, ErrorCode::BadFile, [&] {
      return m_path + ": a whole number from " + textOf(std::numeric_limits<Value>::min()) + " to " +
             textOf(std::numeric_limits<Value>::max()) + " was expected, got " + m_json.dump().substr(0, 40);
    });
  }

  std::filesystem::path insideFolder(const std::string& text) const {
    const std::filesystem::path path(text);
    bool inside = path.is_relative();
    for (const auto& part : path) inside = inside && part != "..";
    require(inside, ErrorCode::BadFile,
            [&] { return m_path + ": \"" + text + "\" leaves the study folder"; });
    return path;
  }

  const nlohmann::json& m_json;
  std::string m_path;
};

Json toJson(const Run& run) {
  return {{"id", run.id},
          {"stimulus", run.stimulus},
          {"stimulusStartSec", run.stimulusStartSec},
          {"samples", run.sampleCount},
          {"heldOut", run.heldOut}};
}

Runs runsFrom(const Field& field) {
  Index next = 0;
  return field.each([&](const Field& f) {
    Run run{f["id"].as<std::string>(),          f["stimulus"].as<std::string>(),
            f["stimulusStartSec"].as<double>(), next,
            f["samples"].as<Index>(),           f["heldOut"].as<bool>()};
    require(run.sampleCount > 0 && run.sampleCount < 10'000'000, ErrorCode::BadFile,
            [&] { return "run \"" + run.id + "\" claims " + textOf(run.sampleCount) + " samples"; });
    next += run.sampleCount;
    return run;
  });
}

Json toJson(const LabelTable& table) {
  Json items = Json::array();
  for (const LabelItem& item : table.items)
    items.push_back({{"name", item.name}, {"title", item.title}, {"unit", item.unit}, {"kind", item.kind}});
  Json json{{"id", table.id}, {"perPerson", table.perPerson}, {"file", table.file.string()}};
  if (table.timing != LabelTiming::Samples) json["timing"] = nameOf(table.timing);
  if (table.periodSec != 0) json["periodSec"] = table.periodSec;
  if (!table.embedding.empty()) json["embedding"] = table.embedding.string();
  json["items"] = items;
  return json;
}

LabelTiming timingFrom(const Field& f) {
  const std::string name = f.as<std::string>("timing", "samples");
  for (const auto& [timing, known] : kLabelTimings)
    if (name == known) return timing;
  throw Error(ErrorCode::BadFile,
              f.place() + ".timing is \"" + name + "\"; samples, seconds or scenes is expected");
}

LabelTable labelTableFrom(const Field& f) {
  return {f["id"].as<std::string>(),
          f["perPerson"].as<bool>(),
          f.path("file"),
          f["items"].each([](const Field& item) {
            return LabelItem{item["name"].as<std::string>(), item["title"].as<std::string>(),
                             item["unit"].as<std::string>(), item["kind"].as<std::string>()};
          }),
          timingFrom(f),
          f.as<double>("periodSec", 0),
          f.path("embedding")};
}

Json toJson(const CortexFiles& cortex) {
  return {{"space", cortex.space},
          {"leftSurface", cortex.leftSurface.string()},
          {"rightSurface", cortex.rightSurface.string()},
          {"leftInflated", cortex.leftInflated.string()},
          {"rightInflated", cortex.rightInflated.string()},
          {"underlay", cortex.underlay.string()},
          {"leftRegions", cortex.leftRegions.string()},
          {"rightRegions", cortex.rightRegions.string()},
          {"credit", cortex.credit}};
}

CortexFiles cortexFrom(const Field& f) {
  return {f["space"].as<std::string>(), f["leftSurface"].path(), f["rightSurface"].path(),
          f.path("leftInflated"),       f.path("rightInflated"), f.path("underlay"),
          f.path("leftRegions"),        f.path("rightRegions"),  f.as<std::string>("credit", "")};
}

Json toJson(const Person& person) {
  Json json{{"id", person.id}, {"responses", person.responses.string()}, {"repeats", person.repeats}};
  if (!person.ratings.empty()) json["ratings"] = person.ratings.string();
  if (!person.noiseCeiling.empty()) json["noiseCeiling"] = person.noiseCeiling.string();
  if (person.keepsVoxels()) json["voxelsToVertices"] = person.voxelsToVertices.string();
  if (person.maskedTargets > 0)
    json[person.keepsVoxels() ? "maskedVoxels" : "maskedVertices"] = person.maskedTargets;
  if (person.coverage) json["coverage"] = *person.coverage;
  return json;
}

Person personFrom(const Field& f) {
  Person person{f["id"].as<std::string>(), f["responses"].path(), f.path("ratings"), f.as<int>("repeats", 1),
                f.path("noiseCeiling")};
  person.voxelsToVertices = f.path("voxelsToVertices");
  person.maskedTargets = f.as<Index>(person.keepsVoxels() ? "maskedVoxels" : "maskedVertices", 0);
  if (f.has("coverage")) person.coverage = f["coverage"].as<double>();
  return person;
}

Json toJson(const StudyOrigin& origin) {
  return {{"source", origin.source}, {"layout", origin.layout},
          {"space", origin.space},   {"trFrom", origin.trFrom},
          {"depths", origin.depths}, {"cleaning", cleaningToJson(origin.cleaning)}};
}

StudyOrigin originFrom(const Field& f) {
  return {f["source"].as<std::string>(),
          f.as<std::string>("layout", ""),
          f.as<std::string>("space", ""),
          f.as<std::string>("trFrom", ""),
          f.has("depths") ? f["depths"].as<std::vector<double>>() : std::vector<double>(),
          f["cleaning"].with([](const nlohmann::json& json) { return cleaningFromJson(json); })};
}

Json toJson(const StudyOptions& options) {
  return {{"responseModel", options.responseModel},
          {"delays", options.delays},
          {"decoderLags", options.decoderLags},
          {"featureLags", options.featureLags},
          {"penalties", options.penalties},
          {"decoderVertices", options.decoderVertices},
          {"significanceLevel", options.significanceLevel},
          {"permutations", options.permutations},
          {"labelledSamples", options.labelledSamples},
          {"learningCurveDraws", options.learningCurveDraws},
          {"seed", options.seed}};
}

StudyOptions optionsFrom(const Field& f) {
  const StudyOptions usual;
  return {f.as("responseModel", usual.responseModel),
          f.as("delays", usual.delays),
          f.as("decoderLags", usual.decoderLags),
          f.as("featureLags", usual.featureLags),
          f.as("penalties", usual.penalties),
          f.as("decoderVertices", usual.decoderVertices),
          f.as("significanceLevel", usual.significanceLevel),
          f.as("permutations", usual.permutations),
          f.as("labelledSamples", usual.labelledSamples),
          f.as("learningCurveDraws", usual.learningCurveDraws),
          f.as("seed", usual.seed)};
}

template <class Values, class Make>
Json listOf(const Values& values, Make make) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(make(value));
  return list;
}

}  // namespace

Json studyToJson(const Study& study) {
  Json json;
  json["format"] = "cortexscope-study";
  json["version"] = 1;
  json["title"] = study.title;
  json["simulated"] = study.simulated;
  if (study.simulated) json["simulationNote"] = study.simulationNote;
  if (!study.origin.source.empty()) json["origin"] = toJson(study.origin);
  json["samplePeriodSec"] = study.samplePeriodSec;
  json["stimuli"] = listOf(study.stimuli, [](const Stimulus& s) {
    return Json{{"id", s.id}, {"title", s.title}, {"file", s.file.string()}, {"credit", s.credit}};
  });
  json["runs"] = listOf(study.runs, [](const Run& run) { return toJson(run); });
  json["featureSpaces"] = listOf(study.featureSpaces, [](const FeatureSpace& s) {
    Json space{{"id", s.id}, {"modality", s.modality}, {"network", s.network.string()}};
    if (!s.melMatrix.empty()) space["melMatrix"] = s.melMatrix.string();
    space["layers"] = s.layers;
    space["components"] = s.components;
    return space;
  });
  json["cortex"] = toJson(study.cortex);
  json["people"] = listOf(study.people, [](const Person& person) { return toJson(person); });
  json["labels"] = listOf(study.labels, [](const LabelTable& table) { return toJson(table); });
  json["options"] = toJson(study.options);
  return json;
}

Study studyFromJson(const nlohmann::json& json) {
  const Field root(json, "study");
  require(root["format"].as<std::string>() == "cortexscope-study", ErrorCode::BadFile,
          "the field \"format\" does not say cortexscope-study");
  const int version = root["version"].as<int>();
  require(version >= 1, ErrorCode::BadFile,
          [&] { return "the field \"version\" says " + textOf(version) + ", versions start at 1"; });
  require(version == 1, ErrorCode::Unsupported, [&] {
    return "was written in format version " + textOf(version) +
           "; this program reads version 1, a newer CortexScope is needed";
  });
  Study study;
  study.title = root["title"].as<std::string>();
  study.simulated = root["simulated"].as<bool>();
  study.simulationNote = root.as<std::string>("simulationNote", "");
  if (root.has("origin")) study.origin = originFrom(root["origin"]);
  study.samplePeriodSec = root["samplePeriodSec"].as<double>();
  study.stimuli = root["stimuli"].each([](const Field& f) {
    return Stimulus{f["id"].as<std::string>(), f["title"].as<std::string>(), f["file"].path(),
                    f.as<std::string>("credit", "")};
  });
  study.runs = runsFrom(root["runs"]);
  study.featureSpaces = root["featureSpaces"].each([](const Field& f) {
    return FeatureSpace{f["id"].as<std::string>(),
                        f["modality"].as<std::string>(),
                        f["network"].path(),
                        f.path("melMatrix"),
                        f["layers"].as<std::vector<std::string>>(),
                        f["components"].as<int>()};
  });
  study.cortex = cortexFrom(root["cortex"]);
  study.people = root["people"].each(personFrom);
  study.labels = root["labels"].each([](const Field& f) { return labelTableFrom(f); });
  study.options = optionsFrom(root["options"]);
  return study;
}

}  // namespace cortexscope
