// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/network_import.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/arrays/npy.h"
#include "networks/network.h"
#include "networks/network_layers.h"
#include "networks/network_metadata.h"
#include "networks/onnx/shapes.h"
#include "networks/tfjs/read.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

SourceNetwork readTfjs(const fs::path& file, const Job& job) {
  const json model = json::parse(readTextFile(file));
  require(model.contains("modelTopology") && model.contains("weightsManifest"), ErrorCode::BadFile,
          "is not a TensorFlow.js model: modelTopology or weightsManifest is missing");
  const json& topology = model.at("modelTopology");
  if (topology.contains("model_config")) return readTfjsLayers(model, file.parent_path(), job);
  require(topology.contains("node"), ErrorCode::BadFile,
          "is neither a layers model (model_config) nor a graph model (node)");
  return readTfjsGraph(model, file.parent_path(), job);
}

SourceNetwork readSource(const fs::path& file, const Job& job) {
  try {
    return file.extension() == ".onnx" ? readForeignOnnx(file) : readTfjs(file, job);
  } catch (const json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory, file.string() + ": not enough memory to read this network");
  } catch (const Error& error) {
    if (std::string(error.what()).starts_with(file.string())) throw;
    throw error.within(file.string());
  }
}

PixelScaling scalingByName(const SourceNetwork& source) {
  if (source.kind == SourceNetwork::Kind::Onnx) return PixelScaling::Torch;
  for (const char* name : {"mobilenet", "inception", "xception", "nasnet"})
    if (source.name.starts_with(name)) return PixelScaling::PlusMinusOne;
  // ResNet v2 names start like those of v1, and take other pixels.
  const bool second = source.name.find("v2") != std::string::npos;
  for (const char* name : {"resnet", "vgg"})
    if (source.name.starts_with(name)) return second ? PixelScaling::PlusMinusOne : PixelScaling::Caffe;
  throw Error(ErrorCode::Unsupported, "the file does not say how pixels become the input of network \"" +
                                          source.name + "\"; choose the pixel scaling");
}

/// Input = multiplier * x + offset, where x is a pixel of 0..1 or 0..255: the multiplier tells which.
void applyGraphScaling(const SourceNetwork::InputScaling& scaling, NetworkInfo& info) {
  require(std::isfinite(scaling.multiplier) && std::isfinite(scaling.offset) && scaling.multiplier != 0,
          ErrorCode::BadFile, "the graph scales its input by zero or by a number that is not finite");
  constexpr double kSmallestForUnitRange = 0.1;
  const double unit = std::abs(scaling.multiplier) >= kSmallestForUnitRange ? 1.0 / 255.0 : 1.0;
  const double scale = scaling.multiplier * unit;
  info.scale.fill(static_cast<float>(scale));
  info.mean.fill(static_cast<float>(-scaling.offset / scale));
}

void applyScaling(PixelScaling scaling, NetworkInfo& info) {
  constexpr float kUnit = 1.0f / 255.0f;
  switch (scaling) {
    case PixelScaling::Caffe:
      info.channelOrder = "BGR";
      info.mean = {103.939f, 116.779f, 123.68f};
      break;
    case PixelScaling::PlusMinusOne:
      info.mean.fill(127.5f);
      info.scale.fill(1.0f / 127.5f);
      break;
    case PixelScaling::Torch:
      info.mean = {0.485f * 255, 0.456f * 255, 0.406f * 255};
      info.scale = {kUnit / 0.229f, kUnit / 0.224f, kUnit / 0.225f};
      break;
    case PixelScaling::ZeroToOne:
      info.scale.fill(kUnit);
      break;
    case PixelScaling::Automatic:
      break;
  }
}

void describeInput(const SourceNetwork& source, PixelScaling scaling, NetworkInfo& info) {
  const OnnxShape& shape = source.model.inputs[0].dims;
  info.inputShape.assign(shape.begin() + 1, shape.end());
  if (isSpeechNetwork(source)) {
    info.kind = "speech";
    return;
  }
  require(shape.size() == 4 && shape[1] == 3, ErrorCode::Unsupported, [&] {
    return "takes an input of shape " + shapeText(shape) + "; networks take 3 colours or 1 channel of sound";
  });
  info.kind = "image";
  info.channelOrder = "RGB";
  if (source.inputScaling)
    applyGraphScaling(*source.inputScaling, info);
  else
    applyScaling(scaling == PixelScaling::Automatic ? scalingByName(source) : scaling, info);
}

std::vector<std::string> namesFromJson(const json& entry) {
  if (entry.is_array()) return entry.get<std::vector<std::string>>();
  std::vector<std::string> names(entry.size());
  for (const auto& [key, value] : entry.items()) {
    const bool digits =
        !key.empty() && key.size() < 8 &&
        std::all_of(key.begin(), key.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
    const std::size_t index = digits ? std::stoul(key) : names.size();
    require(index < names.size(), ErrorCode::BadFile, [&, &key = key] {
      return "key \"" + key + "\" is not a class number of 0 to " + textOf(names.size() - 1);
    });
    names[index] = value.get<std::string>();
  }
  return names;
}

std::vector<std::string> readClassNames(const fs::path& file) {
  const std::string text = readTextFile(file, std::size_t{16} << 20);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  try {
    if (first != std::string::npos && (text[first] == '{' || text[first] == '['))
      return namesFromJson(json::parse(text));
  } catch (const json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": " + error.what());
  } catch (const Error& error) {
    throw error.within(file.string());
  }
  std::vector<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  return names;
}

std::vector<std::string> classNames(const fs::path& file, const NetworkLayer& last) {
  if (file.empty()) return {};
  std::vector<std::string> names = readClassNames(file);
  const std::size_t values = last.shape.size() == 1 ? static_cast<std::size_t>(last.shape[0]) : 0;
  if (names.size() + 1 == values) names.insert(names.begin(), "background");
  require(names.size() == values, ErrorCode::BadShape, [&] {
    return file.string() + ": names " + textOf(names.size()) + " classes, layer \"" + last.name + "\" has " +
           textOf(values) + " values";
  });
  return names;
}

}  // namespace

void importNetwork(const fs::path& source, const fs::path& onnxFile, const ImportOptions& options,
                   const Job& job) {
  SourceNetwork network = readSource(source, job.part(0, 0.8));
  job.checkpoint(0.8, "naming layers");
  NetworkInfo info;
  info.title = options.title;
  info.licence = options.licence;
  info.origin = options.origin;
  try {
    describeInput(network, options.pixels, info);
    info.layers = nameLayers(network);
  } catch (const Error& error) {
    throw error.within(source.string());
  }
  info.classes = classNames(options.classNames, info.layers.back());
  network.model.metadata = {{kNetworkInfoKey, networkInfoToJson(info)}};
  networkInfoOf(network.model, checkedShapes(network.model));
  job.checkpoint(0.9, "writing the network");
  writeOnnx(onnxFile, network.model);
  job.checkpoint(1.0, "writing the network");
}

}  // namespace cortexscope
