// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "networks/onnx/builder.h"
#include "networks/tfjs/read.h"
#include "networks/tfjs/weights.h"

namespace cortexscope {
namespace {

using nlohmann::json;

struct KerasLayer {
  std::string name;
  std::string type;
  json config;
  std::vector<std::string> inputs;  // names of layers
};

using Pair = std::array<std::int64_t, 2>;

Pair pairOf(const json& config, const char* key, Pair fallback) {
  if (!config.contains(key) || config.at(key).is_null()) return fallback;
  const Pair pair = config.at(key).get<Pair>();
  for (const std::int64_t value : pair)
    require(value >= 1 && value <= 65536, ErrorCode::BadFile,
            [&] { return std::string(key) + " holds " + textOf(value) + ", legal is 1 to 65536"; });
  return pair;
}

std::vector<std::string> inputsOf(const json& layer) {
  std::vector<std::string> inputs;
  const json& nodes = layer.at("inbound_nodes");
  if (nodes.size() > 1) unsupported("layer is used more than once (shared layers are not handled)");
  if (nodes.empty()) return inputs;
  for (const json& input : nodes.at(0)) inputs.push_back(input.at(0).get<std::string>());
  return inputs;
}

std::vector<KerasLayer> layersOf(const json& modelConfig) {
  const bool sequential = modelConfig.at("class_name") == "Sequential";
  const json& config = modelConfig.at("config");
  std::vector<KerasLayer> layers;
  for (const json& entry : config.is_array() ? config : config.at("layers")) {
    KerasLayer layer{"", entry.at("class_name").get<std::string>(), entry.at("config"), {}};
    layer.name = layer.config.at("name").get<std::string>();
    if (!sequential)
      layer.inputs = inputsOf(entry);
    else if (!layers.empty())
      layer.inputs = {layers.back().name};
    // A Sequential model may state the input's shape on its first layer instead of having an input layer.
    if (sequential && layers.empty() && layer.type != "InputLayer") {
      layers.push_back({"input", "InputLayer", layer.config, {}});
      layer.inputs = {"input"};
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

OnnxShape inputShape(const KerasLayer& layer) {
  const json& sizes = layer.config.at("batch_input_shape");
  require(layer.type == "InputLayer" && sizes.size() == 4, ErrorCode::Unsupported,
          "the model does not start with a picture of height x width x channels");
  const auto side = [&](std::size_t axis) {
    return sizes.at(axis).is_null() ? kDefaultImageSide : sizes.at(axis).get<std::int64_t>();
  };
  const OnnxShape shape{1, sizes.at(3).get<std::int64_t>(), side(1), side(2)};
  for (const std::int64_t size : shape)
    require(size >= 1 && size <= 65536, ErrorCode::BadFile,
            [&] { return "the input's size " + textOf(size) + " is not legal"; });
  return shape;
}

class LayersReader {
 public:
  LayersReader(const std::vector<KerasLayer>& layers, const TfjsWeights& weights)
      : m_weights(weights), m_builder(layers.at(0).name, inputShape(layers[0])) {
    m_valueOf[layers[0].name] = layers[0].name;
    for (const KerasLayer& layer : layers)
      for (const std::string& input : layer.inputs) ++m_uses[input];
  }

  void read(const KerasLayer& layer);
  OnnxModel finish(const std::string& lastLayer) && {
    return std::move(m_builder).take(m_valueOf.at(lastLayer));
  }

 private:
  using Handler = void (LayersReader::*)(const KerasLayer&);
  static const std::map<std::string, Handler>& handlers();

  void convolution(const KerasLayer&);
  void normalization(const KerasLayer&);
  void activationLayer(const KerasLayer&);
  void rectifier(const KerasLayer&);
  void addition(const KerasLayer&);
  void padding(const KerasLayer&);
  void pooling(const KerasLayer&);
  void globalPooling(const KerasLayer&);
  void dense(const KerasLayer&);
  void flatten(const KerasLayer&);
  void nothing(const KerasLayer& layer) { activate(layer, input(layer), "linear"); }

  const std::string& input(const KerasLayer& layer, std::size_t index = 0) const;
  void activate(const KerasLayer& layer, const std::string& value, const std::string& activation);
  std::array<std::int64_t, 4> pads(const KerasLayer& layer, Pair kernel, Pair strides, Pair dilations) const;
  /// Where a layer's own value goes when an activation follows inside the same layer.
  std::string beforeActivation(const KerasLayer& layer) const;

  const TfjsWeights& m_weights;
  OnnxBuilder m_builder;
  std::map<std::string, std::string> m_valueOf;  // layer -> value
  std::map<std::string, int> m_uses;             // layer -> how many layers take it
};

const std::map<std::string, LayersReader::Handler>& LayersReader::handlers() {
  static const std::map<std::string, Handler> kHandlers{
      {"Conv2D", &LayersReader::convolution},
      {"DepthwiseConv2D", &LayersReader::convolution},
      {"BatchNormalization", &LayersReader::normalization},
      {"Activation", &LayersReader::activationLayer},
      {"ReLU", &LayersReader::rectifier},
      {"Add", &LayersReader::addition},
      {"ZeroPadding2D", &LayersReader::padding},
      {"MaxPooling2D", &LayersReader::pooling},
      {"AveragePooling2D", &LayersReader::pooling},
      {"GlobalAveragePooling2D", &LayersReader::globalPooling},
      {"Dense", &LayersReader::dense},
      {"Flatten", &LayersReader::flatten},
      {"Dropout", &LayersReader::nothing}};
  return kHandlers;
}

void LayersReader::read(const KerasLayer& layer) {
  try {
    const auto handler = handlers().find(layer.type);
    if (handler == handlers().end()) unsupported("layer type " + layer.type + " is not handled");
    const json& config = layer.config;
    if (config.value("data_format", "channels_last") != std::string("channels_last"))
      unsupported("data format " + config.at("data_format").get<std::string>() + " is not handled");
    require(!m_valueOf.contains(layer.name), ErrorCode::BadFile, "there are two layers of this name");
    (this->*handler->second)(layer);
  } catch (const Error& error) {
    throw error.within("layer \"" + layer.name + "\"");
  } catch (const json::exception& error) {
    throw Error(ErrorCode::BadFile, "layer \"" + layer.name + "\": " + error.what());
  }
}

const std::string& LayersReader::input(const KerasLayer& layer, std::size_t index) const {
  require(index < layer.inputs.size(), ErrorCode::BadFile, "has no input");
  const auto found = m_valueOf.find(layer.inputs[index]);
  require(found != m_valueOf.end(), ErrorCode::BadFile,
          [&] { return "takes \"" + layer.inputs[index] + "\", which no layer before it makes"; });
  return found->second;
}

std::string LayersReader::beforeActivation(const KerasLayer& layer) const {
  const std::string activation = layer.config.value("activation", "linear");
  const bool keepsValue = activation == "linear" || (activation == "softmax" && !m_uses.contains(layer.name));
  return keepsValue ? layer.name : layer.name + "/linear";
}

void LayersReader::activate(const KerasLayer& layer, const std::string& value,
                            const std::string& activation) {
  m_valueOf[layer.name] = layer.name;
  if (activation == "linear" || (activation == "softmax" && !m_uses.contains(layer.name))) {
    m_valueOf[layer.name] = value;
    // Who else takes the value under the name of the layer before.
    const bool ownValue = value == layer.name || value == layer.name + "/linear";
    if (!ownValue) m_uses[layer.name] += m_uses.at(layer.inputs.at(0)) - 1;
  } else if (activation == "relu")
    m_builder.add(layer.name, "Relu", {value});
  else if (activation == "relu6")
    m_builder.addClip(layer.name, value, 0, 6);
  else if (activation == "sigmoid")
    m_builder.add(layer.name, "Sigmoid", {value});
  else if (activation == "softmax" && m_builder.shape(value).size() == 2)
    m_builder.add(layer.name, "Softmax", {value}, {{"axis", std::int64_t{1}}});
  else
    unsupported("activation " + activation + " is not handled");
}

std::array<std::int64_t, 4> LayersReader::pads(const KerasLayer& layer, Pair kernel, Pair strides,
                                               Pair dilations) const {
  const std::string mode = layer.config.at("padding").get<std::string>();
  if (mode == "valid") return {0, 0, 0, 0};
  if (mode != "same") unsupported("padding " + mode + " is not handled");
  const OnnxShape& shape = m_builder.shape(input(layer));
  require(shape.size() == 4, ErrorCode::BadFile, "does not get a picture");
  const SamePadding rows = samePadding(shape[2], kernel[0], strides[0], dilations[0]);
  const SamePadding columns = samePadding(shape[3], kernel[1], strides[1], dilations[1]);
  return {rows.before, columns.before, rows.after, columns.after};
}

void LayersReader::convolution(const KerasLayer& layer) {
  const bool depthwise = layer.type == "DepthwiseConv2D";
  const json& config = layer.config;
  const Pair kernel = pairOf(config, "kernel_size", {1, 1});
  const OnnxShape& shape = m_builder.shape(input(layer));
  require(shape.size() == 4, ErrorCode::BadFile, "does not get a picture");
  const std::int64_t outputs = depthwise ? config.value("depth_multiplier", std::int64_t{1})
                                         : config.at("filters").get<std::int64_t>();
  const std::string name = layer.name + (depthwise ? "/depthwise_kernel" : "/kernel");
  m_weights.floats(name, {kernel[0], kernel[1], shape[1], outputs});
  OnnxTensor turned =
      depthwise ? depthwiseWeights(m_weights.tensor(name)) : convolutionWeights(m_weights.tensor(name));
  Convolution convolution;
  convolution.groups = depthwise ? shape[1] : 1;
  convolution.weightDims = turned.dims;
  convolution.weights = std::move(std::get<0>(turned.values));
  if (config.value("use_bias", true))
    convolution.bias = m_weights.floats(layer.name + "/bias", {turned.dims[0]});
  convolution.strides = pairOf(config, "strides", {1, 1});
  convolution.dilations = pairOf(config, "dilation_rate", {1, 1});
  convolution.pads = pads(layer, kernel, convolution.strides, convolution.dilations);
  const std::string value = beforeActivation(layer);
  m_builder.addConvolution(value, input(layer), std::move(convolution));
  activate(layer, value, config.value("activation", "linear"));
}

void LayersReader::normalization(const KerasLayer& layer) {
  const OnnxShape& shape = m_builder.shape(input(layer));
  const json axis =
      layer.config.at("axis").is_array() ? layer.config.at("axis").at(0) : layer.config.at("axis");
  if (shape.size() != 4 || (axis != 3 && axis != -1))
    unsupported("only normalisation over channels is handled");
  const double epsilon = layer.config.value("epsilon", 1e-3);
  const auto parameter = [&](const char* name, const char* flag, double fallback) {
    if (flag != nullptr && !layer.config.value(flag, true))
      return std::vector<double>(static_cast<std::size_t>(shape[1]), fallback);
    const std::vector<float>& values = m_weights.floats(layer.name + "/" + name, {shape[1]});
    return std::vector<double>(values.begin(), values.end());
  };
  std::vector<double> scale = parameter("gamma", "scale", 1), shift = parameter("beta", "center", 0);
  const std::vector<double> mean = parameter("moving_mean", nullptr, 0);
  const std::vector<double> variance = parameter("moving_variance", nullptr, 1);
  for (std::size_t i = 0; i < scale.size(); ++i) {
    require(variance[i] + epsilon > 0, ErrorCode::BadFile, [&] {
      return "moving_variance[" + textOf(i) + "] is " + textOf(variance[i]) + ", it must not be negative";
    });
    scale[i] /= std::sqrt(variance[i] + epsilon);
    shift[i] -= mean[i] * scale[i];
  }
  const std::string value = input(layer);
  const bool onlyUse = m_uses.at(layer.inputs[0]) == 1;
  if (onlyUse && m_builder.foldIntoConvolution(value, scale, shift)) {
    m_valueOf[layer.name] = value;
    return;
  }
  m_builder.addScaleShift(layer.name, value, scale, shift);
  m_valueOf[layer.name] = layer.name;
}

void LayersReader::activationLayer(const KerasLayer& layer) {
  activate(layer, input(layer), layer.config.at("activation").get<std::string>());
}

void LayersReader::rectifier(const KerasLayer& layer) {
  const json& config = layer.config;
  const auto number = [&](const char* key) {
    return config.contains(key) && !config.at(key).is_null() ? config.at(key).get<float>() : 0.0f;
  };
  if (number("threshold") != 0) unsupported("a threshold other than 0 is not handled");
  m_valueOf[layer.name] = layer.name;
  const bool limited = config.contains("max_value") && !config.at("max_value").is_null();
  if (limited && number("negative_slope") == 0)
    m_builder.addClip(layer.name, input(layer), 0, number("max_value"));
  else if (!limited && number("negative_slope") == 0)
    m_builder.add(layer.name, "Relu", {input(layer)});
  else if (!limited)
    m_builder.add(layer.name, "LeakyRelu", {input(layer)}, {{"alpha", number("negative_slope")}});
  else
    unsupported("a negative slope together with a limit is not handled");
}

void LayersReader::addition(const KerasLayer& layer) {
  std::string sum = input(layer);
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) {
    const bool last = i + 1 == layer.inputs.size();
    const std::string next = last ? layer.name : layer.name + "/" + textOf(i);
    m_builder.add(next, "Add", {sum, input(layer, i)});
    sum = next;
  }
  m_valueOf[layer.name] = sum;
}

void LayersReader::padding(const KerasLayer& layer) {
  const auto sides = layer.config.at("padding").get<std::array<Pair, 2>>();
  m_builder.add(
      layer.name, "Pad", {input(layer)},
      {{"mode", std::string("constant")},
       {"value", 0.0f},
       {"pads", std::vector<std::int64_t>{0, 0, sides[0][0], sides[1][0], 0, 0, sides[0][1], sides[1][1]}}});
  m_valueOf[layer.name] = layer.name;
}

void LayersReader::pooling(const KerasLayer& layer) {
  const Pair kernel = pairOf(layer.config, "pool_size", {2, 2});
  const Pair strides = pairOf(layer.config, "strides", kernel);
  const auto sides = pads(layer, kernel, strides, {1, 1});
  m_builder.add(layer.name, layer.type == "MaxPooling2D" ? "MaxPool" : "AveragePool", {input(layer)},
                {{"kernel_shape", std::vector<std::int64_t>(kernel.begin(), kernel.end())},
                 {"strides", std::vector<std::int64_t>(strides.begin(), strides.end())},
                 {"pads", std::vector<std::int64_t>(sides.begin(), sides.end())}});
  m_valueOf[layer.name] = layer.name;
}

void LayersReader::globalPooling(const KerasLayer& layer) {
  if (layer.config.value("keepdims", false)) unsupported("keepdims is not handled");
  m_builder.add(layer.name, "GlobalAveragePool", {input(layer)});
  m_builder.add(layer.name + "/flat", "Flatten", {layer.name}, {{"axis", std::int64_t{1}}});
  m_valueOf[layer.name] = layer.name + "/flat";
}

void LayersReader::dense(const KerasLayer& layer) {
  const OnnxShape& shape = m_builder.shape(input(layer));
  require(shape.size() == 2, ErrorCode::Unsupported, "a dense layer on maps is not handled");
  const std::int64_t units = layer.config.at("units").get<std::int64_t>();
  const std::string name = layer.name + "/kernel";
  m_weights.floats(name, {shape[1], units});
  std::vector<float> bias;
  if (layer.config.value("use_bias", true)) bias = m_weights.floats(layer.name + "/bias", {units});
  const std::string value = beforeActivation(layer);
  m_builder.addDense(value, input(layer), m_weights.tensor(name), std::move(bias));
  activate(layer, value, layer.config.value("activation", "linear"));
}

void LayersReader::flatten(const KerasLayer& layer) {
  const OnnxShape& shape = m_builder.shape(input(layer));
  // Keras flattens with channels last; only for 1 x 1 maps is that the same order as ours.
  if (shape.size() == 4 && shape[2] * shape[3] != 1)
    unsupported("flattening a map of shape " + shapeText(shape) + " is not handled");
  m_builder.add(layer.name, "Flatten", {input(layer)}, {{"axis", std::int64_t{1}}});
  m_valueOf[layer.name] = layer.name;
}

}  // namespace

SourceNetwork readTfjsLayers(const json& model, const std::filesystem::path& folder, const Job& job) {
  const json& modelConfig = model.at("modelTopology").at("model_config");
  const std::vector<KerasLayer> layers = layersOf(modelConfig);
  require(layers.size() >= 2, ErrorCode::BadFile, "the model has no layers");
  const TfjsWeights weights(model.at("weightsManifest"), folder, job.part(0, 0.7));
  LayersReader reader(layers, weights);
  for (std::size_t i = 1; i < layers.size(); ++i) {
    job.checkpoint(0.7 + 0.3 * static_cast<double>(i) / static_cast<double>(layers.size()),
                   "converting layers");
    reader.read(layers[i]);
  }
  const json& config = modelConfig.at("config");
  std::string last = layers.back().name;
  if (config.is_object() && config.contains("output_layers")) {
    require(config.at("output_layers").size() == 1, ErrorCode::Unsupported,
            "models with several outputs are not handled");
    last = config.at("output_layers").at(0).at(0).get<std::string>();
    require(std::any_of(layers.begin(), layers.end(),
                        [&](const KerasLayer& layer) { return layer.name == last; }),
            ErrorCode::BadFile, [&] { return "the output layer \"" + last + "\" does not exist"; });
  }
  SourceNetwork source;
  source.kind = SourceNetwork::Kind::KerasLayers;
  source.name = config.is_object() ? config.value("name", "") : "";
  source.model = std::move(reader).finish(last);
  return source;
}

}  // namespace cortexscope
