// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/onnx/builder.h"

#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

std::vector<std::int64_t> listOf(std::span<const std::int64_t> values) {
  return {values.begin(), values.end()};
}

}  // namespace

OnnxBuilder::OnnxBuilder(const std::string& input, const OnnxShape& shape) {
  m_model.inputs.push_back({input, shape});
  m_scope.values[input] = shape;
}

const OnnxShape& OnnxBuilder::shape(const std::string& value) const {
  const auto found = m_scope.values.find(value);
  require(found != m_scope.values.end(), ErrorCode::BadFile,
          [&] { return "value \"" + value + "\" is not made by any layer before it"; });
  return found->second;
}

void OnnxBuilder::add(const std::string& output, const std::string& op, std::vector<std::string> inputs,
                      std::map<std::string, OnnxAttribute> attributes) {
  require(!m_scope.values.contains(output), ErrorCode::BadFile,
          [&] { return "value \"" + output + "\" is made twice"; });
  OnnxNode node{output, op, std::move(inputs), {output}, std::move(attributes)};
  m_scope.values[output] = outputShape(node, m_scope);
  m_model.nodes.push_back(std::move(node));
}

void OnnxBuilder::addConstant(const std::string& name, const OnnxShape& dims, std::vector<float> values) {
  require(elementCount(dims) == static_cast<std::int64_t>(values.size()), ErrorCode::BadFile, [&] {
    return "\"" + name + "\" has " + textOf(values.size()) + " values, its shape is " + shapeText(dims);
  });
  require(m_scope.constants.emplace(name, dims).second, ErrorCode::BadFile,
          [&] { return "constant \"" + name + "\" is made twice"; });
  m_constants[name] = m_model.initializers.size();
  m_model.initializers.push_back({name, dims, std::move(values)});
}

void OnnxBuilder::addConvolution(const std::string& output, const std::string& input,
                                 Convolution convolution) {
  const OnnxShape dims = convolution.weightDims;
  std::vector<std::string> inputs{input, output + "/weights"};
  addConstant(inputs[1], dims, std::move(convolution.weights));
  if (!convolution.bias.empty()) {
    inputs.push_back(output + "/bias");
    const OnnxShape biasDims{static_cast<std::int64_t>(convolution.bias.size())};
    addConstant(inputs[2], biasDims, std::move(convolution.bias));
  }
  add(output, "Conv", std::move(inputs),
      {{"kernel_shape", std::vector<std::int64_t>(dims.begin() + 2, dims.end())},
       {"strides", listOf(convolution.strides)},
       {"dilations", listOf(convolution.dilations)},
       {"pads", listOf(convolution.pads)},
       {"group", convolution.groups}});
  m_convolutions[output] = m_model.nodes.size() - 1;
}

void OnnxBuilder::addDense(const std::string& output, const std::string& input, const OnnxTensor& weights,
                           std::vector<float> bias) {
  require(weights.isFloat() && weights.dims.size() == 2, ErrorCode::BadFile, [&] {
    return "weights of \"" + output + "\" of shape " + shapeText(weights.dims) + " are no float32 matrix";
  });
  // OpenCV 4.6 counts the outputs wrongly unless the matrix is stored outputs x inputs.
  std::vector<float> turned(weights.floats().size());
  const auto rows = static_cast<std::size_t>(weights.dims[0]);
  const auto columns = static_cast<std::size_t>(weights.dims[1]);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column)
      turned[column * rows + row] = weights.floats()[row * columns + column];
  std::vector<std::string> inputs{input, output + "/weights"};
  addConstant(inputs[1], {weights.dims[1], weights.dims[0]}, std::move(turned));
  if (!bias.empty()) {
    inputs.push_back(output + "/bias");
    const auto count = static_cast<std::int64_t>(bias.size());
    addConstant(inputs[2], {count}, std::move(bias));
  }
  add(output, "Gemm", std::move(inputs), {{"transB", std::int64_t{1}}});
}

void OnnxBuilder::addScaleShift(const std::string& output, const std::string& input,
                                const std::vector<double>& scale, const std::vector<double>& shift) {
  // Written as a normalisation with mean 0 and variance 1 - epsilon, the form every reader of ONNX takes.
  constexpr float kEpsilon = 1e-5f;
  const auto count = static_cast<std::int64_t>(scale.size());
  const std::vector<std::string> inputs{input, output + "/scale", output + "/shift", output + "/mean",
                                        output + "/variance"};
  addConstant(inputs[1], {count}, {scale.begin(), scale.end()});
  addConstant(inputs[2], {count}, {shift.begin(), shift.end()});
  addConstant(inputs[3], {count}, std::vector<float>(scale.size(), 0.0f));
  addConstant(inputs[4], {count}, std::vector<float>(scale.size(), 1.0f - kEpsilon));
  add(output, "BatchNormalization", inputs, {{"epsilon", kEpsilon}});
}

void OnnxBuilder::addClip(const std::string& output, const std::string& input, float least, float most) {
  add(output, "Clip", {input}, {{"min", least}, {"max", most}});
}

bool OnnxBuilder::foldIntoConvolution(const std::string& value, const std::vector<double>& scale,
                                      const std::vector<double>& shift) {
  const auto found = m_convolutions.find(value);
  if (found == m_convolutions.end()) return false;
  OnnxNode& node = m_model.nodes[found->second];
  const std::size_t outputs = scale.size();
  require(static_cast<std::int64_t>(outputs) == shape(value)[1] && shift.size() == outputs,
          ErrorCode::BadFile, [&] {
            return "\"" + value + "\" has " + textOf(shape(value)[1]) +
                   " channels, what follows it expects " + textOf(outputs);
          });
  if (node.inputs.size() == 2) {
    node.inputs.push_back(value + "/bias");
    addConstant(node.inputs[2], {shape(value)[1]}, std::vector<float>(outputs, 0.0f));
  }
  auto& weights = std::get<0>(m_model.initializers[m_constants.at(node.inputs[1])].values);
  auto& bias = std::get<0>(m_model.initializers[m_constants.at(node.inputs[2])].values);
  const std::size_t perOutput = weights.size() / outputs;
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(weights[i] * scale[i / perOutput]);
  for (std::size_t i = 0; i < outputs; ++i) bias[i] = static_cast<float>(bias[i] * scale[i] + shift[i]);
  return true;
}

OnnxModel OnnxBuilder::take(const std::string& output) && {
  m_model.outputs.push_back({output, shape(output)});
  return std::move(m_model);
}

}  // namespace cortexscope
