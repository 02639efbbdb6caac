// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/onnx/shapes.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr std::int64_t kMaxLayerValues = std::int64_t{1} << 26;
constexpr std::int64_t kMaxAllValues = std::int64_t{1} << 28;
constexpr std::int64_t kMaxStep = 1 << 16;  // kernels, strides, dilations, paddings

using Integers = std::vector<std::int64_t>;

void check(bool condition, const std::string& message) {
  require(condition, ErrorCode::BadFile, message);
}

void allowOnly(const OnnxNode& node, const std::set<std::string>& names) {
  for (const auto& [name, value] : node.attributes)
    require(names.contains(name), ErrorCode::Unsupported,
            [&name = name] { return "option " + name + " is not handled"; });
}

void expectInputs(const OnnxNode& node, std::size_t least, std::size_t most) {
  check(node.inputs.size() >= least && node.inputs.size() <= most,
        "has " + textOf(node.inputs.size()) + " inputs, expected " + textOf(least) +
            (least == most ? "" : " to " + textOf(most)));
}

const OnnxShape& valueShape(const OnnxNode& node, std::size_t input, const OnnxScope& scope) {
  const auto found = scope.values.find(node.inputs.at(input));
  check(found != scope.values.end(),
        "input \"" + node.inputs[input] + "\" is not made by any node before it (or is a constant)");
  return found->second;
}

const OnnxShape& constantShape(const OnnxNode& node, std::size_t input, const OnnxScope& scope) {
  const auto found = scope.constants.find(node.inputs.at(input));
  check(found != scope.constants.end(),
        "input \"" + node.inputs[input] + "\" must be a constant of the file");
  return found->second;
}

const OnnxShape& mapShape(const OnnxNode& node, std::size_t input, const OnnxScope& scope) {
  const OnnxShape& shape = valueShape(node, input, scope);
  check(shape.size() == 4, "needs channels x height x width, got shape " + shapeText(shape));
  return shape;
}

/// A list of `count` numbers within [least, kMaxStep], or `count` times the fallback.
Integers steps(const OnnxNode& node, const std::string& name, std::size_t count, std::int64_t fallback) {
  const std::int64_t least = fallback;
  const Integers list = node.integers(name, Integers(count, fallback));
  check(list.size() == count, name + " has " + textOf(list.size()) + " numbers, expected " + textOf(count));
  for (const std::int64_t value : list)
    check(value >= least && value <= kMaxStep,
          name + " holds " + textOf(value) + ", legal is " + textOf(least) + " to " + textOf(kMaxStep));
  return list;
}

void checkAutoPad(const OnnxNode& node) {
  const std::string mode = node.text("auto_pad", "NOTSET");
  require(mode == "NOTSET", ErrorCode::Unsupported, [&] { return "auto_pad " + mode + " is not handled"; });
}

struct Window {
  Integers kernel, strides, pads, dilations;

  OnnxShape slideOver(const OnnxShape& input, std::int64_t channels) const {
    OnnxShape output{input[0], channels, 0, 0};
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t padded = input[2 + axis] + pads[axis] + pads[2 + axis];
      const std::int64_t reach = dilations[axis] * (kernel[axis] - 1) + 1;
      check(padded >= reach,
            "its window of " + textOf(reach) + " is larger than the padded input of " + textOf(padded));
      output[2 + axis] = (padded - reach) / strides[axis] + 1;
    }
    return output;
  }
};

Window windowOf(const OnnxNode& node, const Integers& kernel) {
  checkAutoPad(node);
  return {kernel, steps(node, "strides", 2, 1), steps(node, "pads", 4, 0), steps(node, "dilations", 2, 1)};
}

OnnxShape convShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {"kernel_shape", "strides", "pads", "dilations", "group", "auto_pad"});
  expectInputs(node, 2, 3);
  const OnnxShape& input = mapShape(node, 0, scope);
  const OnnxShape& weights = constantShape(node, 1, scope);
  check(weights.size() == 4, "weights have " + textOf(weights.size()) + " dimensions, expected 4");
  const Integers kernel{weights[2], weights[3]};
  check(std::min(kernel[0], kernel[1]) > 0 && weights[0] > 0,
        "weights of shape " + shapeText(weights) + " are empty");
  check(node.integers("kernel_shape", kernel) == kernel,
        "kernel_shape " + shapeText(node.integers("kernel_shape", kernel)) + " and weights " +
            shapeText(weights) + " disagree");
  const std::int64_t group = node.integer("group", 1);
  check(group >= 1 && group <= input[1] && input[1] % group == 0 && weights[0] % group == 0 &&
            weights[1] == input[1] / group,
        "weights " + shapeText(weights) + " in " + textOf(group) + " groups do not fit an input of " +
            textOf(input[1]) + " channels");
  if (node.inputs.size() == 3)
    check(constantShape(node, 2, scope) == OnnxShape{weights[0]},
          "bias of shape " + shapeText(constantShape(node, 2, scope)) + " does not fit " +
              textOf(weights[0]) + " channels");
  return windowOf(node, kernel).slideOver(input, weights[0]);
}

OnnxShape poolShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {"kernel_shape", "strides", "pads", "ceil_mode", "count_include_pad", "auto_pad",
                   "storage_order"});
  expectInputs(node, 1, 1);
  check(node.attributes.contains("kernel_shape"), "kernel_shape is missing");
  require(node.integer("ceil_mode", 0) == 0 && node.integer("storage_order", 0) == 0, ErrorCode::Unsupported,
          "ceil_mode and storage_order are not handled");
  const Window window = windowOf(node, steps(node, "kernel_shape", 2, 1));
  for (std::size_t side = 0; side < 4; ++side)
    check(window.pads[side] < window.kernel[side % 2], "padding of " + textOf(window.pads[side]) +
                                                           " is not smaller than the window of " +
                                                           textOf(window.kernel[side % 2]));
  const OnnxShape& input = mapShape(node, 0, scope);
  return window.slideOver(input, input[1]);
}

OnnxShape gemmShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {"alpha", "beta", "transA", "transB"});
  expectInputs(node, 2, 3);
  require(node.number("alpha", 1) == 1 && node.number("beta", 1) == 1 && node.integer("transA", 0) == 0,
          ErrorCode::Unsupported, "alpha, beta and transA other than 1, 1 and 0 are not handled");
  const OnnxShape& input = valueShape(node, 0, scope);
  const OnnxShape& weights = constantShape(node, 1, scope);
  check(input.size() == 2 && weights.size() == 2,
        "needs a flat input and a matrix, got " + shapeText(input) + " and " + shapeText(weights));
  const bool turned = node.integer("transB", 0) != 0;
  const std::int64_t rows = weights[turned ? 1 : 0];
  const std::int64_t columns = weights[turned ? 0 : 1];
  check(rows == input[1] && columns > 0,
        "weights for " + textOf(rows) + " values do not fit an input of " + textOf(input[1]));
  if (node.inputs.size() == 3) {
    const OnnxShape& bias = constantShape(node, 2, scope);
    check(bias == OnnxShape{columns},
          "bias of shape " + shapeText(bias) + " does not fit " + textOf(columns) + " values");
  }
  return {input[0], columns};
}

OnnxShape padShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {"mode", "pads", "value"});
  expectInputs(node, 1, 1);
  require(node.text("mode", "constant") == "constant", ErrorCode::Unsupported,
          "only padding with a constant is handled");
  OnnxShape shape = mapShape(node, 0, scope);
  const Integers pads = steps(node, "pads", 8, 0);
  check(pads[0] == 0 && pads[1] == 0 && pads[4] == 0 && pads[5] == 0, "pads the batch or the channels");
  check(std::isfinite(node.number("value", 0)), "pads with a value that is not finite");
  for (std::size_t axis = 2; axis < 4; ++axis) shape[axis] += pads[axis] + pads[axis + 4];
  return shape;
}

OnnxShape concatShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {"axis"});
  check(!node.inputs.empty(), "has no inputs");
  check(node.integer("axis", 1) == 1,
        "joins along axis " + textOf(node.integer("axis", 1)) + ", only channels (axis 1) can be joined");
  OnnxShape shape = valueShape(node, 0, scope);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    OnnxShape other = valueShape(node, i, scope);
    const std::int64_t channels = other.at(1);
    other[1] = shape[1];
    check(other == shape,
          "joins shapes " + shapeText(shape) + " and " + shapeText(valueShape(node, i, scope)));
    shape[1] += channels;
  }
  return shape;
}

OnnxShape addShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {});
  expectInputs(node, 2, 2);
  const OnnxShape& first = valueShape(node, 0, scope);
  const OnnxShape& second = valueShape(node, 1, scope);
  check(first == second, "adds shapes " + shapeText(first) + " and " + shapeText(second));
  return first;
}

OnnxShape normalizationShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {"epsilon", "momentum"});
  expectInputs(node, 5, 5);
  check(node.number("epsilon", 1e-5f) > 0, "epsilon is not above 0");
  const OnnxShape& input = mapShape(node, 0, scope);
  for (std::size_t i = 1; i < 5; ++i)
    check(constantShape(node, i, scope) == OnnxShape{input[1]},
          "parameter of shape " + shapeText(constantShape(node, i, scope)) + " does not fit " +
              textOf(input[1]) + " channels");
  return input;
}

OnnxShape sameShape(const OnnxNode& node, const OnnxScope& scope) {
  static const std::map<std::string, std::set<std::string>> kOptions{{"Relu", {}},
                                                                     {"Sigmoid", {}},
                                                                     {"LeakyRelu", {"alpha"}},
                                                                     {"Clip", {"min", "max"}},
                                                                     {"Softmax", {"axis"}}};
  allowOnly(node, kOptions.at(node.op));
  expectInputs(node, 1, 1);
  for (const char* option : {"alpha", "min", "max"})
    check(std::isfinite(node.number(option, 0)), std::string(option) + " is not finite");
  check(node.integer("axis", 1) == 1, "works along axis " + textOf(node.integer("axis", 1)) + ", not 1");
  return valueShape(node, 0, scope);
}

OnnxShape flatShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {"axis"});
  expectInputs(node, 1, 1);
  check(node.integer("axis", 1) == 1, "flattens from axis " + textOf(node.integer("axis", 1)) + ", not 1");
  const OnnxShape& input = valueShape(node, 0, scope);
  check(!input.empty(), "flattens a single value");
  return {input[0], elementCount({input.begin() + 1, input.end()})};
}

OnnxShape globalPoolShape(const OnnxNode& node, const OnnxScope& scope) {
  allowOnly(node, {});
  expectInputs(node, 1, 1);
  const OnnxShape& input = mapShape(node, 0, scope);
  return {input[0], input[1], 1, 1};
}

using ShapeRule = OnnxShape (*)(const OnnxNode&, const OnnxScope&);

const std::map<std::string, ShapeRule>& shapeRules() {
  static const std::map<std::string, ShapeRule> kRules{
      {"Conv", convShape},     {"MaxPool", poolShape}, {"AveragePool", poolShape},
      {"Gemm", gemmShape},     {"Pad", padShape},      {"GlobalAveragePool", globalPoolShape},
      {"Concat", concatShape}, {"Add", addShape},      {"BatchNormalization", normalizationShape},
      {"Relu", sameShape},     {"Sigmoid", sameShape}, {"LeakyRelu", sameShape},
      {"Clip", sameShape},     {"Softmax", sameShape}, {"Flatten", flatShape}};
  return kRules;
}

void checkConstants(const OnnxModel& model, OnnxScope& scope) {
  for (const OnnxTensor& tensor : model.initializers) {
    const std::string label = "tensor \"" + tensor.name + "\"";
    check(scope.constants.emplace(tensor.name, tensor.dims).second, label + " appears twice");
    require(tensor.isFloat(), ErrorCode::Unsupported, label + " holds integers; weights must be float32");
    const auto& values = tensor.floats();
    const auto bad =
        std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    check(bad == values.end(),
          label + " holds a value that is not a finite number, at position " + textOf(bad - values.begin()));
  }
}

void checkInput(const OnnxModel& model, OnnxScope& scope) {
  require(model.opset >= 7 && model.opset <= 10, ErrorCode::Unsupported,
          "uses operator set " + textOf(model.opset) +
              "; sets 7 to 10 can be run (import the network to "
              "convert it)");
  check(model.inputs.size() == 1, "has " + textOf(model.inputs.size()) + " inputs, expected 1");
  const OnnxValue& input = model.inputs[0];
  check(!input.dims.empty() && input.dims[0] == 1,
        "input of shape " + shapeText(input.dims) + " does not start with a batch of 1");
  for (const std::int64_t size : input.dims)
    check(size >= 1, "input of shape " + shapeText(input.dims) + " has an open or empty size");
  elementCount(input.dims, kMaxLayerValues);
  check(!scope.constants.contains(input.name), "input \"" + input.name + "\" is also a constant");
  scope.values.emplace(input.name, input.dims);
}

}  // namespace

OnnxShape outputShape(const OnnxNode& node, const OnnxScope& scope) {
  const auto rule = shapeRules().find(node.op);
  require(rule != shapeRules().end(), ErrorCode::Unsupported,
          [&] { return "operator " + node.op + " (node \"" + node.name + "\") is not handled"; });
  try {
    check(node.outputs.size() == 1, "has " + textOf(node.outputs.size()) + " outputs, expected 1");
    OnnxShape shape = rule->second(node, scope);
    elementCount(shape, kMaxLayerValues);
    return shape;
  } catch (const Error& error) {
    throw error.within(node.op + " node \"" + node.name + "\"");
  }
}

std::map<std::string, OnnxShape> checkedShapes(const OnnxModel& model) {
  OnnxScope scope;
  checkConstants(model, scope);
  checkInput(model, scope);
  std::int64_t total = 0;
  for (const OnnxNode& node : model.nodes) {
    OnnxShape shape = outputShape(node, scope);
    total += elementCount(shape);
    check(total <= kMaxAllValues, "its layers hold more than " + textOf(kMaxAllValues) + " values");
    const std::string& name = node.outputs[0];
    check(!name.empty() && !scope.constants.contains(name) &&
              scope.values.emplace(name, std::move(shape)).second,
          "value \"" + name + "\" is made twice");
  }
  check(!model.outputs.empty(), "has no output");
  for (const OnnxValue& output : model.outputs)
    check(scope.values.contains(output.name), "output \"" + output.name + "\" is not made by any node");
  return std::move(scope.values);
}

SamePadding samePadding(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  const std::int64_t total =
      std::max<std::int64_t>(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - size);
  return {total / 2, total - total / 2};
}

}  // namespace cortexscope
