// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/inspect_file.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "io/inspect/inspect.h"
#include "networks/inspect_network.h"

namespace cortexscope {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no NaN.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

void addNumbers(const std::optional<NumberSummary>& numbers, Json& json) {
  json["min"] = numbers ? number(numbers->min) : Json(nullptr);
  json["max"] = numbers ? number(numbers->max) : Json(nullptr);
  json["mean"] = numbers ? number(numbers->mean) : Json(nullptr);
  json["std"] = numbers ? number(numbers->std) : Json(nullptr);
  json["nonfinite"] = numbers ? Json(numbers->nonfinite) : Json(nullptr);
}

template <class T>
void addIf(const char* key, const std::optional<T>& value, Json& json) {
  if (!value) return;
  if constexpr (std::is_floating_point_v<T>)
    json[key] = number(*value);
  else
    json[key] = *value;
}

void addIf(const char* key, const std::string& value, Json& json) {
  if (!value.empty()) json[key] = value;
}
void addIf(const char* key, const std::vector<std::string>& value, Json& json) {
  if (!value.empty()) json[key] = value;
}

Json affineJson(const Eigen::Matrix4d& affine) {
  Json rows = Json::array();
  for (Eigen::Index row = 0; row < 4; ++row) {
    Json cells = Json::array();
    for (Eigen::Index col = 0; col < 4; ++col) cells.push_back(number(affine(row, col)));
    rows.push_back(std::move(cells));
  }
  return rows;
}

Json modelsJson(const std::vector<FileFacts::BrainModel>& models) {
  Json all = Json::array();
  for (const auto& model : models) {
    Json json{{"structure", model.structure}, {"offset", model.offset}, {"count", model.count}};
    if (model.vertices > 0) json["vertices"] = model.vertices;
    all.push_back(std::move(json));
  }
  return all;
}

Json datasetsJson(const std::vector<FileFacts::Dataset>& datasets) {
  Json all = Json::object();
  for (const auto& dataset : datasets) {
    Json json{{"shape", dataset.shape}, {"dtype", dataset.dtype}};
    if (dataset.numbers) addNumbers(dataset.numbers, json);
    if (!dataset.note.empty()) json["note"] = dataset.note;
    all[dataset.name] = std::move(json);
  }
  return all;
}

Json layersJson(const std::vector<FileFacts::Layer>& layers) {
  Json all = Json::array();
  for (const auto& layer : layers) {
    Json json{{"name", layer.name}};
    if (!layer.op.empty()) json["op"] = layer.op;
    if (layer.shapeKnown) json["shape"] = layer.shape;
    all.push_back(std::move(json));
  }
  return all;
}

void addBrain(const FileFacts& facts, Json& json) {
  addIf("trSec", facts.trSec, json);
  if (facts.affine) json["affine"] = affineJson(*facts.affine);
  addIf("vertices", facts.vertices, json);
  addIf("triangles", facts.triangles, json);
  addIf("hemisphere", facts.hemisphere, json);
  addIf("space", facts.space, json);
  addIf("maps", facts.maps, json);
  addIf("labelNames", facts.labelNames, json);
  if (!facts.brainModels.empty()) json["brainModels"] = modelsJson(facts.brainModels);
}

Json jsonOf(const FileFacts& facts) {
  Json json;
  json["file"] = facts.file;
  json["format"] = facts.format;
  json["kind"] = facts.kind;
  json["shape"] = facts.shape ? Json(*facts.shape) : Json(nullptr);
  json["dtype"] = facts.dtype.empty() ? Json(nullptr) : Json(facts.dtype);
  addNumbers(facts.numbers, json);
  addBrain(facts, json);
  addIf("durationSec", facts.durationSec, json);
  addIf("width", facts.width, json);
  addIf("height", facts.height, json);
  addIf("framesPerSec", facts.framesPerSec, json);
  addIf("audioRateHz", facts.audioRateHz, json);
  addIf("audioChannels", facts.audioChannels, json);
  addIf("columns", facts.columns, json);
  addIf("rows", facts.rows, json);
  if (!facts.datasets.empty()) json["datasets"] = datasetsJson(facts.datasets);
  if (facts.kind == "network") {
    json["inputs"] = layersJson(facts.inputs);
    json["layers"] = layersJson(facts.layers);
  }
  return json;
}

/// Names in files may hold any bytes; those that are not UTF-8 are shown as a replacement character.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

FileFacts inspectFile(const std::filesystem::path& file, const Job& job) {
  return looksLikeNetwork(file) ? inspectNetwork(file) : inspectData(file, job);
}

std::string factsJson(const FileFacts& facts) {
  return dumped(jsonOf(facts));
}

std::string factsText(const FileFacts& facts) {
  constexpr std::size_t kLongest = 300;
  std::string text = facts.file + ": " + facts.format + ", " + facts.kind + "\n";
  const Json all = jsonOf(facts);  // a temporary would be gone before its items are
  for (const auto& [key, value] : all.items()) {
    if (key == "file" || key == "format" || key == "kind" || value.is_null()) continue;
    std::string shown = dumped(value);
    if (shown.size() > kLongest) shown = shown.substr(0, kLongest) + " ...";
    text += "  " + key + std::string(key.size() < 13 ? 13 - key.size() : 1, ' ') + shown + "\n";
  }
  return text;
}

}  // namespace cortexscope
