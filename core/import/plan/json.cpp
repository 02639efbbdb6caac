// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/json.h"

#include <nlohmann/json.hpp>

#include "study/document/findings.h"

namespace cortexscope {
namespace {

using PlanJson = nlohmann::ordered_json;

template <class Value>
PlanJson orNull(const std::optional<Value>& value) {
  return value ? PlanJson(*value) : PlanJson(nullptr);
}

PlanJson cellJson(const ImportCell& cell) {
  PlanJson files = PlanJson::array();
  for (const ImportFile& file : cell.files) {
    PlanJson json{{"role", nameOf(file.role)}, {"file", file.file.generic_string()}};
    if (!file.array.empty()) json["array"] = file.array;
    files.push_back(std::move(json));
  }
  return {{"files", files},          {"shape", cell.shape},
          {"samples", cell.samples}, {"firstSample", cell.firstSample},
          {"repeats", cell.repeats}, {"trSec", orNull(cell.trSec)},
          {"trFrom", cell.trFrom},   {"startSec", orNull(cell.startSec)},
          {"space", cell.space}};
}

PlanJson peopleJson(const ImportPlan& plan) {
  PlanJson people = PlanJson::array();
  for (std::size_t person = 0; person < plan.people.size(); ++person) {
    PlanJson cells = PlanJson::object();
    for (std::size_t run = 0; run < plan.runs.size(); ++run)
      cells[plan.runs[run].id] =
          plan.cells[person][run] ? cellJson(*plan.cells[person][run]) : PlanJson(nullptr);
    people.push_back({{"id", plan.people[person]}, {"runs", std::move(cells)}});
  }
  return people;
}

PlanJson runsJson(const ImportPlan& plan) {
  PlanJson runs = PlanJson::array();
  for (const ImportRun& run : plan.runs)
    runs.push_back(
        {{"id", run.id}, {"task", run.task}, {"session", run.session}, {"number", orNull(run.number)}});
  return runs;
}

void addBesideJson(const ImportPlan& plan, PlanJson& json) {
  json["stimuli"] = PlanJson::array();
  for (const ImportStimulus& stimulus : plan.stimuli)
    json["stimuli"].push_back({{"file", stimulus.file.generic_string()},
                               {"kind", stimulus.kind},
                               {"durationSec", orNull(stimulus.durationSec)},
                               {"framesPerSec", orNull(stimulus.framesPerSec)},
                               {"width", orNull(stimulus.width)},
                               {"height", orNull(stimulus.height)},
                               {"pictures", stimulus.pictures}});
  json["tables"] = PlanJson::array();
  for (const ImportTable& table : plan.tables)
    json["tables"].push_back({{"file", table.file.generic_string()},
                              {"person", table.person},
                              {"columns", table.columns},
                              {"rows", table.rows}});
  json["surfaces"] = PlanJson::array();
  for (const ImportSurface& surface : plan.surfaces)
    json["surfaces"].push_back({{"file", surface.file.generic_string()},
                                {"person", surface.person},
                                {"side", surface.side},
                                {"kind", surface.kind},
                                {"space", surface.space},
                                {"vertices", orNull(surface.vertices)}});
  json["features"] = PlanJson::array();
  for (const ImportFeatures& features : plan.features) {
    PlanJson arrays = PlanJson::object();
    for (const FileFacts::Dataset& array : features.arrays) arrays[array.name] = array.shape;
    json["features"].push_back({{"file", features.file.generic_string()}, {"arrays", std::move(arrays)}});
  }
  json["arrayFiles"] = PlanJson::array();
  for (const ImportArrayFile& file : plan.arrayFiles) {
    PlanJson arrays = PlanJson::array();
    for (const FileFacts::Dataset& array : file.arrays)
      arrays.push_back({{"name", array.name}, {"shape", array.shape}});
    json["arrayFiles"].push_back(
        {{"file", file.file.generic_string()}, {"taken", file.taken}, {"arrays", std::move(arrays)}});
  }
}

}  // namespace

std::string importJson(const ImportPlan& plan) {
  PlanJson json;
  json["source"] = plan.source.string();
  json["layout"] = nameOf(plan.layout);
  json["importable"] = plan.importable();
  json["spaces"] = plan.spaces;
  json["space"] = plan.space;
  json["holdsVoxels"] = plan.holdsVoxels();
  json["runs"] = runsJson(plan);
  json["people"] = peopleJson(plan);
  addBesideJson(plan, json);
  json["findings"] = findingsToJson(plan.findings);
  // Cells of tables may hold bytes that are no text.
  return json.dump(-1, ' ', false, PlanJson::error_handler_t::replace);
}

}  // namespace cortexscope
