// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/network_metadata.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

void demand(bool condition, const std::string& message) {
  require(condition, ErrorCode::BadFile, message);
}

NetworkInfo infoFrom(const json& entry) {
  NetworkInfo info;
  info.title = entry.at("title").get<std::string>();
  info.kind = entry.at("kind").get<std::string>();
  info.licence = entry.at("licence").get<std::string>();
  info.origin = entry.at("origin").get<std::string>();
  info.inputShape = entry.at("inputShape").get<std::vector<int>>();
  info.channelOrder = entry.at("channelOrder").get<std::string>();
  info.mean = entry.at("mean").get<std::array<float, 3>>();
  info.scale = entry.at("scale").get<std::array<float, 3>>();
  for (const json& layer : entry.at("layers"))
    info.layers.push_back({layer.at("name").get<std::string>(), layer.at("shape").get<std::vector<int>>()});
  info.classes = entry.at("classes").get<std::vector<std::string>>();
  return info;
}

std::string text(const std::vector<int>& shape) {
  return shapeText({shape.begin(), shape.end()});
}

void checkLayers(const NetworkInfo& info, const std::map<std::string, OnnxShape>& shapes) {
  demand(!info.layers.empty(), "describes no layers");
  std::set<std::string> names;
  for (const NetworkLayer& layer : info.layers) {
    const auto found = shapes.find(layer.name);
    demand(found != shapes.end(), "layer \"" + layer.name + "\" is not in the graph");
    demand(layerShape(found->second) == layer.shape, "layer \"" + layer.name + "\" is described as " +
                                                         text(layer.shape) + ", the graph gives " +
                                                         text(layerShape(found->second)));
    demand(names.insert(layer.name).second, "layer \"" + layer.name + "\" is described twice");
  }
  const std::vector<int>& last = info.layers.back().shape;
  demand(info.classes.empty() || last == std::vector<int>{static_cast<int>(info.classes.size())},
         textOf(info.classes.size()) + " class names do not fit the last layer's shape " + text(last));
}

void checkInput(const NetworkInfo& info, const OnnxModel& model) {
  const OnnxShape& dims = model.inputs.at(0).dims;
  demand(std::equal(dims.begin() + 1, dims.end(), info.inputShape.begin(), info.inputShape.end()),
         "the input is described as " + text(info.inputShape) + ", the graph takes " + shapeText(dims));
  demand(info.kind == "image" || info.kind == "speech",
         "kind \"" + info.kind + "\" is neither image nor speech");
  const bool coloured = info.channelOrder == "RGB" || info.channelOrder == "BGR";
  demand(info.kind == "speech" ? info.channelOrder.empty() : coloured && dims.size() == 4 && dims[1] == 3,
         "channel order \"" + info.channelOrder + "\" does not fit a " + info.kind + " network with input " +
             shapeText(dims));
  for (const float value : {info.mean[0], info.mean[1], info.mean[2]})
    demand(std::isfinite(value), "a mean is not a finite number");
  for (const float value : {info.scale[0], info.scale[1], info.scale[2]})
    demand(std::isfinite(value) && value != 0, "a scale is zero or not a finite number");
}

}  // namespace

std::string networkInfoToJson(const NetworkInfo& info) {
  json layers = json::array();
  for (const NetworkLayer& layer : info.layers)
    layers.push_back({{"name", layer.name}, {"shape", layer.shape}});
  return json{{"version", kVersion},
              {"title", info.title},
              {"kind", info.kind},
              {"licence", info.licence},
              {"origin", info.origin},
              {"inputShape", info.inputShape},
              {"channelOrder", info.channelOrder},
              {"mean", info.mean},
              {"scale", info.scale},
              {"layers", layers},
              {"classes", info.classes}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

NetworkInfo networkInfoOf(const OnnxModel& model, const std::map<std::string, OnnxShape>& shapes) {
  const auto found = model.metadata.find(kNetworkInfoKey);
  demand(found != model.metadata.end(),
         "does not say what its input and layers are; import the network first");
  try {
    const json entry = json::parse(found->second);
    const int version = entry.at("version").get<int>();
    require(version == kVersion, ErrorCode::Unsupported, [&] {
      return "its description has version " + textOf(version) + ", this program reads version " +
             textOf(kVersion);
    });
    NetworkInfo info = infoFrom(entry);
    checkInput(info, model);
    checkLayers(info, shapes);
    return info;
  } catch (const json::exception& error) {
    throw Error(ErrorCode::BadFile, std::string("its description cannot be read: ") + error.what());
  }
}

std::vector<int> layerShape(const OnnxShape& shape) {
  std::vector<int> sizes(shape.begin() + 1, shape.end());
  if (sizes.size() == 3 && sizes[1] == 1 && sizes[2] == 1) sizes.resize(1);
  return sizes;
}

}  // namespace cortexscope
