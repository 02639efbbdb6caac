// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "networks/onnx/builder.h"
#include "networks/onnx/source_network.h"

namespace cortexscope {
namespace {

constexpr std::int64_t kNewestOpset = 17;

/// Rebuilds a foreign graph node by node in the form that can be run.
class OnnxConverter {
 public:
  explicit OnnxConverter(OnnxModel model);
  OnnxModel convert() &&;

 private:
  using Handler = void (OnnxConverter::*)(const OnnxNode&);
  static const std::map<std::string, Handler>& handlers();

  void collectConstants();
  void convertNode(const OnnxNode& node);
  void startWith(const std::string& value, OnnxShape shape);
  bool definesInput(const OnnxNode& node);

  void alias(const OnnxNode&);
  void convolution(const OnnxNode&);
  void limit(const OnnxNode&);
  void clip(const OnnxNode&);
  void dense(const OnnxNode&);
  void reshape(const OnnxNode&);
  void mean(const OnnxNode&);
  void pool(const OnnxNode&);
  void normalization(const OnnxNode&);
  void copy(const OnnxNode&);

  std::string resolved(std::string name) const;
  std::string value(const OnnxNode& node, std::size_t index) const;
  const OnnxTensor* constant(const OnnxNode& node, std::size_t index) const;
  const OnnxTensor& needConstant(const OnnxNode& node, std::size_t index) const;
  float scalar(const OnnxNode& node, std::size_t index, float fallback) const;
  std::array<std::int64_t, 4> pads(const OnnxNode& node, const Convolution& window) const;
  void flatten(const OnnxNode& node);

  OnnxModel m_model;
  std::map<std::string, OnnxTensor> m_constants;
  std::map<std::string, std::string> m_names;  // dropped value -> the one it equals
  std::string m_input;
  OnnxShape m_inputShape;
  std::optional<OnnxBuilder> m_builder;
};

const std::map<std::string, OnnxConverter::Handler>& OnnxConverter::handlers() {
  static const std::map<std::string, Handler> kHandlers{
      {"Identity", &OnnxConverter::alias},
      {"Dropout", &OnnxConverter::alias},
      {"Conv", &OnnxConverter::convolution},
      {"Max", &OnnxConverter::limit},
      {"Min", &OnnxConverter::limit},
      {"Clip", &OnnxConverter::clip},
      {"Gemm", &OnnxConverter::dense},
      {"MatMul", &OnnxConverter::dense},
      {"Reshape", &OnnxConverter::reshape},
      {"Flatten", &OnnxConverter::reshape},
      {"Squeeze", &OnnxConverter::reshape},
      {"ReduceMean", &OnnxConverter::mean},
      {"MaxPool", &OnnxConverter::pool},
      {"AveragePool", &OnnxConverter::pool},
      {"Relu", &OnnxConverter::copy},
      {"LeakyRelu", &OnnxConverter::copy},
      {"Sigmoid", &OnnxConverter::copy},
      {"Add", &OnnxConverter::copy},
      {"Concat", &OnnxConverter::copy},
      {"GlobalAveragePool", &OnnxConverter::copy},
      {"BatchNormalization", &OnnxConverter::normalization}};
  return kHandlers;
}

OnnxConverter::OnnxConverter(OnnxModel model) : m_model(std::move(model)) {
  require(m_model.opset >= 7 && m_model.opset <= kNewestOpset, ErrorCode::Unsupported, [&] {
    return "uses operator set " + textOf(m_model.opset) + "; sets 7 to " + textOf(kNewestOpset) +
           " can be converted";
  });
  require(m_model.inputs.size() == 1 && m_model.outputs.size() == 1, ErrorCode::Unsupported, [&] {
    return "has " + textOf(m_model.inputs.size()) + " inputs and " + textOf(m_model.outputs.size()) +
           " outputs; networks with one of each are handled";
  });
  collectConstants();
  m_input = m_model.inputs[0].name;
  m_inputShape = m_model.inputs[0].dims;
  require(
      !m_inputShape.empty() && (m_inputShape[0] == 1 || m_inputShape[0] == -1), ErrorCode::Unsupported,
      [&] { return "the input's shape " + shapeText(m_inputShape) + " does not start with a batch of 1"; });
  m_inputShape[0] = 1;
}

void OnnxConverter::collectConstants() {
  for (OnnxTensor& tensor : m_model.initializers) {
    const std::string name = tensor.name;
    require(m_constants.emplace(name, std::move(tensor)).second, ErrorCode::BadFile,
            [&] { return "tensor \"" + name + "\" appears twice"; });
  }
  for (const OnnxNode& node : m_model.nodes) {
    if (node.op != "Constant") continue;
    const auto found = node.attributes.find("value");
    const OnnxTensor* tensor =
        found == node.attributes.end() ? nullptr : std::get_if<OnnxTensor>(&found->second);
    if (tensor == nullptr || node.outputs.size() != 1)
      unsupported("a Constant that is no tensor is not handled");
    m_constants[node.outputs[0]] = *tensor;
  }
}

std::string OnnxConverter::resolved(std::string name) const {
  const auto found = m_names.find(name);
  return found == m_names.end() ? name : found->second;
}

void OnnxConverter::alias(const OnnxNode& node) {
  const std::string& output = node.outputs.at(0);
  const std::string target = value(node, 0);
  const auto known = [&](const std::string& name) {
    return name == m_input || m_constants.contains(name) || (m_builder && m_builder->has(name));
  };
  require(known(target), ErrorCode::BadFile,
          [&] { return "input \"" + target + "\" is not made by any node before it"; });
  require(!known(output) && m_names.emplace(output, target).second, ErrorCode::BadFile,
          [&] { return "value \"" + output + "\" is made twice"; });
}

std::string OnnxConverter::value(const OnnxNode& node, std::size_t index) const {
  require(index < node.inputs.size(), ErrorCode::BadFile, "input " + textOf(index) + " is missing");
  return resolved(node.inputs[index]);
}

const OnnxTensor* OnnxConverter::constant(const OnnxNode& node, std::size_t index) const {
  if (index >= node.inputs.size() || node.inputs[index].empty()) return nullptr;
  const auto found = m_constants.find(resolved(node.inputs[index]));
  return found == m_constants.end() ? nullptr : &found->second;
}

const OnnxTensor& OnnxConverter::needConstant(const OnnxNode& node, std::size_t index) const {
  const OnnxTensor* tensor = constant(node, index);
  if (tensor == nullptr) unsupported("input " + textOf(index) + " must be a constant");
  return *tensor;
}

float OnnxConverter::scalar(const OnnxNode& node, std::size_t index, float fallback) const {
  if (index >= node.inputs.size() || node.inputs[index].empty()) return fallback;
  const OnnxTensor& tensor = needConstant(node, index);
  if (!tensor.isFloat() || tensor.floats().size() != 1)
    unsupported("a limit of shape " + shapeText(tensor.dims) + " is not handled, only one number");
  return tensor.floats()[0];
}

std::vector<float> floatsOf(const OnnxTensor& tensor) {
  require(tensor.isFloat(), ErrorCode::Unsupported,
          [&] { return "tensor \"" + tensor.name + "\" holds integers where weights are expected"; });
  return tensor.floats();
}

void OnnxConverter::startWith(const std::string& start, OnnxShape shape) {
  for (std::size_t axis = 2; axis < shape.size() && shape.size() == 4; ++axis)
    if (shape[axis] == -1) shape[axis] = kDefaultImageSide;
  for (const std::int64_t size : shape)
    require(size >= 1 && size <= 65536, ErrorCode::Unsupported,
            [&] { return "the input's shape " + shapeText(shape) + " has an open or empty size"; });
  m_builder.emplace(start, shape);
}

/// A Reshape or Transpose right on the input only says how the input lies in memory: what it makes becomes
/// the input.
bool OnnxConverter::definesInput(const OnnxNode& node) {
  if (m_builder || (node.op != "Reshape" && node.op != "Transpose") || value(node, 0) != m_input)
    return false;
  OnnxShape shape;
  if (node.op == "Transpose") {
    if (m_inputShape.size() != 4 || node.integers("perm", {}) != std::vector<std::int64_t>{0, 3, 1, 2})
      return false;
    shape = {1, m_inputShape[3], m_inputShape[1], m_inputShape[2]};
  } else {
    const OnnxTensor& target = needConstant(node, 1);
    if (target.isFloat() || target.integers().size() != 4) return false;
    shape = target.integers();
    shape[0] = 1;
    // Only sizes of 1 may move: then the values keep their order.
    OnnxShape before = m_inputShape, after = shape;
    std::erase(before, 1);
    std::erase(after, 1);
    if (before != after) return false;
  }
  startWith(node.outputs.at(0), shape);
  return true;
}

void OnnxConverter::convertNode(const OnnxNode& node) {
  const std::string label =
      node.op + " node \"" + (node.name.empty() ? node.outputs.at(0) : node.name) + "\"";
  try {
    if (definesInput(node)) return;
    if (!m_builder && std::any_of(node.inputs.begin(), node.inputs.end(),
                                  [&](const std::string& input) { return resolved(input) == m_input; }))
      startWith(m_input, m_inputShape);
    const auto handler = handlers().find(node.op);
    if (handler == handlers().end()) unsupported("this operator is not handled");
    if (!m_builder && node.op != "Identity") unsupported("works on constants only, which is not handled");
    (this->*handler->second)(node);
  } catch (const Error& error) {
    throw error.within(label);
  }
}

OnnxModel OnnxConverter::convert() && {
  for (const OnnxNode& node : m_model.nodes) {
    require(!node.outputs.empty(), ErrorCode::BadFile, [&] { return node.op + " node makes nothing"; });
    const bool last = node.outputs[0] == m_model.outputs[0].name;
    if (node.op == "Constant") continue;
    if (last && node.op == "Softmax")
      alias(node);
    else
      convertNode(node);
  }
  require(m_builder.has_value(), ErrorCode::BadFile, "no node takes the input");
  return std::move(*m_builder).take(resolved(m_model.outputs[0].name));
}

std::array<std::int64_t, 4> OnnxConverter::pads(const OnnxNode& node, const Convolution& window) const {
  const std::string mode = node.text("auto_pad", "NOTSET");
  const auto given = node.integers("pads", {0, 0, 0, 0});
  if (mode == "VALID") return {0, 0, 0, 0};
  if (mode == "NOTSET") {
    if (given.size() != 4) unsupported("is not two-dimensional");
    return {given[0], given[1], given[2], given[3]};
  }
  if (mode != "SAME_UPPER") unsupported("auto_pad " + mode + " is not handled");
  const OnnxShape& shape = m_builder->shape(value(node, 0));
  if (shape.size() != 4) unsupported("is not two-dimensional");
  const SamePadding rows =
      samePadding(shape[2], window.weightDims[2], window.strides[0], window.dilations[0]);
  const SamePadding columns =
      samePadding(shape[3], window.weightDims[3], window.strides[1], window.dilations[1]);
  return {rows.before, columns.before, rows.after, columns.after};
}

std::array<std::int64_t, 2> pairOf(const OnnxNode& node, const char* name) {
  const auto list = node.integers(name, {1, 1});
  if (list.size() != 2) unsupported("is not two-dimensional");
  for (const std::int64_t item : list)
    require(item >= 1 && item <= 65536, ErrorCode::BadFile,
            [&] { return std::string(name) + " holds " + textOf(item) + ", legal is 1 to 65536"; });
  return {list[0], list[1]};
}

void OnnxConverter::convolution(const OnnxNode& node) {
  const OnnxTensor& weights = needConstant(node, 1);
  if (weights.dims.size() != 4) unsupported("is not two-dimensional");
  Convolution convolution;
  convolution.weightDims = weights.dims;
  convolution.weights = floatsOf(weights);
  if (constant(node, 2) != nullptr) convolution.bias = floatsOf(*constant(node, 2));
  convolution.strides = pairOf(node, "strides");
  convolution.dilations = pairOf(node, "dilations");
  convolution.groups = node.integer("group", 1);
  convolution.pads = pads(node, convolution);
  m_builder->addConvolution(node.outputs[0], value(node, 0), std::move(convolution));
}

void OnnxConverter::limit(const OnnxNode& node) {
  if (node.inputs.size() != 2) unsupported("has " + textOf(node.inputs.size()) + " inputs, expected 2");
  const std::size_t index = constant(node, 0) != nullptr ? 0 : 1;
  const float number = scalar(node, index, 0);
  constexpr float kMost = std::numeric_limits<float>::max();
  m_builder->addClip(node.outputs[0], value(node, 1 - index), node.op == "Max" ? number : -kMost,
                     node.op == "Max" ? kMost : number);
}

void OnnxConverter::clip(const OnnxNode& node) {
  constexpr float kMost = std::numeric_limits<float>::max();
  const bool asInputs = m_model.opset >= 11;
  const float least = asInputs ? scalar(node, 1, -kMost) : node.number("min", -kMost);
  const float most = asInputs ? scalar(node, 2, kMost) : node.number("max", kMost);
  m_builder->addClip(node.outputs[0], value(node, 0), std::clamp(least, -kMost, kMost),
                     std::clamp(most, -kMost, kMost));
}

void OnnxConverter::dense(const OnnxNode& node) {
  if (node.number("alpha", 1) != 1 || node.number("beta", 1) != 1 || node.integer("transA", 0) != 0)
    unsupported("alpha, beta and transA other than 1, 1 and 0 are not handled");
  OnnxTensor weights = needConstant(node, 1);
  std::vector<float> values = floatsOf(weights);
  if (weights.dims.size() != 2) unsupported("weights of shape " + shapeText(weights.dims) + " are no matrix");
  if (node.integer("transB", 0) != 0) {
    const auto rows = static_cast<std::size_t>(weights.dims[0]),
               columns = static_cast<std::size_t>(weights.dims[1]);
    std::vector<float> turned(values.size());
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t column = 0; column < columns; ++column)
        turned[column * rows + row] = values[row * columns + column];
    values = std::move(turned);
    std::swap(weights.dims[0], weights.dims[1]);
  }
  weights.values = std::move(values);
  std::vector<float> bias;
  if (constant(node, 2) != nullptr) bias = floatsOf(*constant(node, 2));
  m_builder->addDense(node.outputs[0], value(node, 0), weights, std::move(bias));
}

void OnnxConverter::flatten(const OnnxNode& node) {
  m_builder->add(node.outputs[0], "Flatten", {value(node, 0)}, {{"axis", std::int64_t{1}}});
}

/// Every reshape that leaves the values in their order as one flat list per picture is a Flatten.
void OnnxConverter::reshape(const OnnxNode& node) {
  const OnnxShape shape = m_builder->shape(value(node, 0));
  const std::int64_t count = elementCount(shape);
  if (node.op == "Flatten") {
    if (node.integer("axis", 1) != 1) unsupported("flattening from another axis than 1 is not handled");
    return flatten(node);
  }
  if (std::count(shape.begin(), shape.end(), 1) + 1 >= static_cast<std::ptrdiff_t>(shape.size()))
    return flatten(node);
  if (node.op == "Squeeze") unsupported("squeezing shape " + shapeText(shape) + " is not handled");
  const OnnxTensor& target = needConstant(node, 1);
  const bool flat = !target.isFloat() && target.integers().size() == 2 &&
                    (target.integers()[1] == -1 || target.integers()[1] == count);
  if (!flat) unsupported("reshaping " + shapeText(shape) + " into anything but a flat list is not handled");
  flatten(node);
}

void OnnxConverter::mean(const OnnxNode& node) {
  std::vector<std::int64_t> axes = node.integers("axes", {});
  for (std::int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
  if (axes != std::vector<std::int64_t>{2, 3}) unsupported("only means over the whole picture are handled");
  const bool keep = node.integer("keepdims", 1) != 0;
  const std::string pooled = keep ? node.outputs[0] : node.outputs[0] + "/mean";
  m_builder->add(pooled, "GlobalAveragePool", {value(node, 0)});
  if (!keep) m_builder->add(node.outputs[0], "Flatten", {pooled}, {{"axis", std::int64_t{1}}});
}

void OnnxConverter::pool(const OnnxNode& node) {
  if (node.outputs.size() != 1) unsupported("indices of a pool are not handled");
  auto attributes = node.attributes;
  attributes.erase("auto_pad");
  if (pairOf(node, "dilations") != std::array<std::int64_t, 2>{1, 1})
    unsupported("a dilated pool is not handled");
  attributes.erase("dilations");
  Convolution window;
  const auto kernel = pairOf(node, "kernel_shape");
  window.weightDims = {1, 1, kernel[0], kernel[1]};
  window.strides = pairOf(node, "strides");
  const auto sides = pads(node, window);
  attributes["pads"] = std::vector<std::int64_t>(sides.begin(), sides.end());
  m_builder->add(node.outputs[0], node.op, {value(node, 0)}, std::move(attributes));
}

void OnnxConverter::normalization(const OnnxNode& node) {
  const double epsilon = node.number("epsilon", 1e-5f);
  std::array<std::vector<float>, 4> parts;
  for (std::size_t i = 0; i < 4; ++i) parts[i] = floatsOf(needConstant(node, i + 1));
  std::vector<double> scale(parts[0].size()), shift(parts[0].size());
  for (std::size_t i = 0; i < scale.size(); ++i) {
    require(
        parts[1].size() == scale.size() && parts[2].size() == scale.size() && parts[3].size() == scale.size(),
        ErrorCode::BadFile, "its four parameters have different sizes");
    require(parts[3][i] + epsilon > 0, ErrorCode::BadFile, "a variance is negative");
    scale[i] = parts[0][i] / std::sqrt(parts[3][i] + epsilon);
    shift[i] = parts[1][i] - parts[2][i] * scale[i];
  }
  m_builder->addScaleShift(node.outputs[0], value(node, 0), scale, shift);
}

void OnnxConverter::copy(const OnnxNode& node) {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(value(node, i));
  m_builder->add(node.outputs[0], node.op, std::move(inputs), node.attributes);
}

}  // namespace

SourceNetwork readForeignOnnx(const std::filesystem::path& file) {
  SourceNetwork source;
  source.kind = SourceNetwork::Kind::Onnx;
  source.model = OnnxConverter(readOnnx(file)).convert();
  return source;
}

}  // namespace cortexscope
