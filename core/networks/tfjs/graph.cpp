// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "networks/onnx/builder.h"
#include "networks/tfjs/graph_nodes.h"
#include "networks/tfjs/read.h"
#include "networks/tfjs/weights.h"

namespace cortexscope {
namespace {

using nlohmann::json;

class GraphReader {
 public:
  GraphReader(const TfjsWeights& weights, const std::vector<GraphNode>& nodes);

  void read(const GraphNode& node);
  SourceNetwork finish() &&;

 private:
  using Handler = void (GraphReader::*)(const GraphNode&);
  static const std::map<std::string, Handler>& handlers();

  void nothing(const GraphNode&) {}
  void alias(const GraphNode& node) {
    m_valueOf[node.name] = value(node, 0);
    m_uses[node.name] += m_uses.at(node.inputs[0]) - 1;  // who else takes the value under its other name
  }
  void convolution(const GraphNode&);
  void bias(const GraphNode&);
  void rectifier(const GraphNode&);
  void sum(const GraphNode&);
  void scaleInput(const GraphNode&);
  void mean(const GraphNode&);
  void maxPool(const GraphNode&);
  void squeeze(const GraphNode&);
  void softmax(const GraphNode&);

  const std::string& value(const GraphNode& node, std::size_t index) const;
  bool isConstant(const GraphNode& node, std::size_t index) const;
  void addBias(const GraphNode& node, const std::string& target, std::size_t index);
  void activate(const std::string& output, const std::string& input, const std::string& op);
  std::array<std::int64_t, 4> pads(const GraphNode&, const std::string& input,
                                   std::array<std::int64_t, 2> kernel, std::array<std::int64_t, 2> strides,
                                   std::array<std::int64_t, 2> dilations) const;

  const TfjsWeights& m_weights;
  std::map<std::string, std::string> m_constants;  // node -> name in the weights
  std::map<std::string, int> m_uses;
  std::map<std::string, std::string> m_valueOf;
  std::string m_input;
  std::optional<OnnxBuilder> m_builder;
  std::optional<SourceNetwork::InputScaling> m_scaling;
  std::vector<std::string> m_ends;  // nodes nobody takes
};

const std::map<std::string, GraphReader::Handler>& GraphReader::handlers() {
  static const std::map<std::string, Handler> kHandlers{
      {"Const", &GraphReader::nothing},
      {"Placeholder", &GraphReader::nothing},
      {"Identity", &GraphReader::alias},
      {"Conv2D", &GraphReader::convolution},
      {"_FusedConv2D", &GraphReader::convolution},
      {"DepthwiseConv2dNative", &GraphReader::convolution},
      {"FusedDepthwiseConv2dNative", &GraphReader::convolution},
      {"BiasAdd", &GraphReader::bias},
      {"Relu", &GraphReader::rectifier},
      {"Relu6", &GraphReader::rectifier},
      {"Add", &GraphReader::sum},
      {"AddV2", &GraphReader::sum},
      {"Mul", &GraphReader::scaleInput},
      {"Sub", &GraphReader::scaleInput},
      {"Mean", &GraphReader::mean},
      {"MaxPool", &GraphReader::maxPool},
      {"Squeeze", &GraphReader::squeeze},
      {"Softmax", &GraphReader::softmax}};
  return kHandlers;
}

OnnxShape placeholderShape(const GraphNode& node) {
  const json& dims = node.attributes.at("shape").at("shape").at("dim");
  require(dims.size() == 4, ErrorCode::Unsupported,
          "the graph's input is not batch x height x width x channels");
  OnnxShape sizes;
  for (const json& dim : dims) sizes.push_back(graphInteger(dim.at("size")));
  for (const std::size_t axis : {1, 2})
    if (sizes[axis] < 0) sizes[axis] = kDefaultImageSide;
  for (const std::size_t axis : {1, 2, 3})
    require(sizes[axis] >= 1 && sizes[axis] <= 65536, ErrorCode::BadFile,
            [&] { return "the input's size " + textOf(sizes[axis]) + " is not legal"; });
  return {1, sizes[3], sizes[1], sizes[2]};
}

GraphReader::GraphReader(const TfjsWeights& weights, const std::vector<GraphNode>& nodes)
    : m_weights(weights) {
  for (const GraphNode& node : nodes) {
    if (node.op == "Const") m_constants[node.name] = node.name;
    for (const std::string& input : node.inputs) ++m_uses[input];
    if (node.op != "Placeholder") continue;
    require(m_input.empty(), ErrorCode::Unsupported, "graphs with several inputs are not handled");
    m_input = node.name;
    m_builder.emplace(m_input, placeholderShape(node));
    m_valueOf[m_input] = m_input;
  }
  require(m_builder.has_value(), ErrorCode::BadFile, "the graph has no input (Placeholder)");
  for (const GraphNode& node : nodes)
    if (node.op != "Const" && node.op != "Placeholder" && !m_uses.contains(node.name))
      m_ends.push_back(node.name);
}

void GraphReader::read(const GraphNode& node) {
  const std::string label = "node \"" + node.name + "\" (" + node.op + ")";
  try {
    const auto handler = handlers().find(node.op);
    if (handler == handlers().end()) unsupported("this operator is not handled");
    if (node.text("data_format", "NHWC") != "NHWC") unsupported("only data format NHWC is handled");
    (this->*handler->second)(node);
  } catch (const Error& error) {
    throw error.within(label);
  } catch (const json::exception& error) {
    throw Error(ErrorCode::BadFile, label + ": " + error.what());
  }
}

const std::string& GraphReader::value(const GraphNode& node, std::size_t index) const {
  require(index < node.inputs.size(), ErrorCode::BadFile, "input " + textOf(index) + " is missing");
  const auto found = m_valueOf.find(node.inputs[index]);
  require(found != m_valueOf.end(), ErrorCode::BadFile,
          [&] { return "input \"" + node.inputs[index] + "\" is a constant where a layer is expected"; });
  return found->second;
}

bool GraphReader::isConstant(const GraphNode& node, std::size_t index) const {
  return index < node.inputs.size() && m_constants.contains(node.inputs[index]);
}

void GraphReader::activate(const std::string& output, const std::string& input, const std::string& op) {
  if (op == "Relu")
    m_builder->add(output, "Relu", {input});
  else if (op == "Relu6")
    m_builder->addClip(output, input, 0, 6);
  else
    unsupported("fused operator " + op + " is not handled");
  m_valueOf[output] = output;
}

std::array<std::int64_t, 2> middle(const GraphNode& node, const char* key) {
  const std::vector<std::int64_t> list = node.integers(key, {1, 1, 1, 1});
  require(list.size() == 4 && list[0] == 1 && list[3] == 1 && list[1] >= 1 && list[2] >= 1 &&
              list[1] <= 65536 && list[2] <= 65536,
          ErrorCode::BadFile, [&] { return std::string(key) + " " + shapeText(list) + " are not legal"; });
  return {list[1], list[2]};
}

std::array<std::int64_t, 4> GraphReader::pads(const GraphNode& node, const std::string& input,
                                              std::array<std::int64_t, 2> kernel,
                                              std::array<std::int64_t, 2> strides,
                                              std::array<std::int64_t, 2> dilations) const {
  const std::string mode = node.text("padding", "VALID");
  if (mode == "VALID") return {0, 0, 0, 0};
  if (mode != "SAME") unsupported("padding " + mode + " is not handled");
  const OnnxShape& shape = m_builder->shape(input);
  require(shape.size() == 4, ErrorCode::BadFile, "does not get a picture");
  const SamePadding rows = samePadding(shape[2], kernel[0], strides[0], dilations[0]);
  const SamePadding columns = samePadding(shape[3], kernel[1], strides[1], dilations[1]);
  return {rows.before, columns.before, rows.after, columns.after};
}

void GraphReader::convolution(const GraphNode& node) {
  const bool depthwise = node.op.find("Depthwise") != std::string::npos;
  require(isConstant(node, 1), ErrorCode::Unsupported, "weights that are computed are not handled");
  const OnnxTensor& kernel = m_weights.tensor(node.inputs[1]);
  OnnxTensor turned = depthwise ? depthwiseWeights(kernel) : convolutionWeights(kernel);
  Convolution convolution;
  convolution.groups = depthwise ? kernel.dims[2] : 1;
  convolution.weightDims = turned.dims;
  convolution.weights = std::move(std::get<0>(turned.values));
  convolution.strides = middle(node, "strides");
  convolution.dilations = middle(node, "dilations");
  convolution.pads = pads(node, value(node, 0), {kernel.dims[0], kernel.dims[1]}, convolution.strides,
                          convolution.dilations);
  std::vector<std::string> fused = node.texts("fused_ops");
  const bool biased = !fused.empty() && fused[0] == "BiasAdd";
  if (biased) {
    require(isConstant(node, 2), ErrorCode::Unsupported, "a bias that is computed is not handled");
    convolution.bias = m_weights.floats(node.inputs[2], {turned.dims[0]});
    fused.erase(fused.begin());
  }
  if (fused.size() > 1) unsupported("more than one fused activation is not handled");
  const std::string output = fused.empty() ? node.name : node.name + "/linear";
  m_builder->addConvolution(output, value(node, 0), std::move(convolution));
  m_valueOf[node.name] = output;
  if (!fused.empty()) activate(node.name, output, fused[0]);
}

void GraphReader::addBias(const GraphNode& node, const std::string& target, std::size_t index) {
  const OnnxShape& shape = m_builder->shape(target);
  require(shape.size() == 4, ErrorCode::Unsupported, "a bias on anything but a picture is not handled");
  const std::vector<float>& bias = m_weights.floats(node.inputs[index], {shape[1]});
  const std::vector<double> ones(bias.size(), 1.0), shift(bias.begin(), bias.end());
  const bool onlyUse = m_uses.at(node.inputs[1 - index]) == 1;
  if (onlyUse && m_builder->foldIntoConvolution(target, ones, shift)) {
    m_valueOf[node.name] = target;
    return;
  }
  m_builder->addScaleShift(node.name, target, ones, shift);
  m_valueOf[node.name] = node.name;
}

void GraphReader::bias(const GraphNode& node) {
  require(isConstant(node, 1), ErrorCode::Unsupported, "a bias that is computed is not handled");
  addBias(node, value(node, 0), 1);
}

void GraphReader::rectifier(const GraphNode& node) {
  activate(node.name, value(node, 0), node.op);
}

void GraphReader::sum(const GraphNode& node) {
  for (const std::size_t index : {0, 1})
    if (isConstant(node, index)) {
      const std::string& other = value(node, 1 - index);
      return other == m_input ? scaleInput(node) : addBias(node, other, index);
    }
  m_builder->add(node.name, "Add", {value(node, 0), value(node, 1)});
  m_valueOf[node.name] = node.name;
}

void GraphReader::scaleInput(const GraphNode& node) {
  const std::size_t index = isConstant(node, 0) ? 0 : 1;
  const bool usable = isConstant(node, index) && value(node, 1 - index) == m_input &&
                      m_uses.at(node.inputs[1 - index]) == 1 && !(node.op == "Sub" && index == 0);
  if (!usable) unsupported("arithmetic is only handled between the graph's input and one number");
  const OnnxTensor& constant = m_weights.tensor(node.inputs[index]);
  require(constant.isFloat() && constant.floats().size() == 1, ErrorCode::Unsupported,
          [&] { return "scaling the input by " + shapeText(constant.dims) + " numbers is not handled"; });
  const double number = constant.floats()[0];
  SourceNetwork::InputScaling scaling = m_scaling.value_or(SourceNetwork::InputScaling{});
  if (node.op == "Mul") {
    scaling.multiplier *= number;
    scaling.offset *= number;
  } else {
    scaling.offset += node.op == "Sub" ? -number : number;
  }
  m_scaling = scaling;
  m_valueOf[node.name] = m_input;
}

void GraphReader::mean(const GraphNode& node) {
  require(isConstant(node, 1), ErrorCode::Unsupported, "axes that are computed are not handled");
  const OnnxTensor& axes = m_weights.tensor(node.inputs[1]);
  require(!axes.isFloat() && axes.integers() == std::vector<std::int64_t>{1, 2}, ErrorCode::Unsupported,
          "only means over the whole picture are handled");
  const bool keep =
      node.attributes.contains("keep_dims") && node.attributes.at("keep_dims").value("b", false);
  m_builder->add(node.name, "GlobalAveragePool", {value(node, 0)});
  m_valueOf[node.name] = node.name;
  if (keep) return;
  m_valueOf[node.name] = node.name + "/flat";
  m_builder->add(node.name + "/flat", "Flatten", {node.name}, {{"axis", std::int64_t{1}}});
}

void GraphReader::maxPool(const GraphNode& node) {
  const auto kernel = middle(node, "ksize"), strides = middle(node, "strides");
  const auto sides = pads(node, value(node, 0), kernel, strides, {1, 1});
  m_builder->add(node.name, "MaxPool", {value(node, 0)},
                 {{"kernel_shape", std::vector<std::int64_t>(kernel.begin(), kernel.end())},
                  {"strides", std::vector<std::int64_t>(strides.begin(), strides.end())},
                  {"pads", std::vector<std::int64_t>(sides.begin(), sides.end())}});
  m_valueOf[node.name] = node.name;
}

void GraphReader::squeeze(const GraphNode& node) {
  const OnnxShape& shape = m_builder->shape(value(node, 0));
  const std::vector<std::int64_t> axes = node.integers("squeeze_dims", {});
  require(shape.size() == 4 && shape[2] == 1 && shape[3] == 1 && axes == std::vector<std::int64_t>{1, 2},
          ErrorCode::Unsupported,
          [&] { return "squeezing a layer of shape " + shapeText(shape) + " is not handled"; });
  m_builder->add(node.name, "Flatten", {value(node, 0)}, {{"axis", std::int64_t{1}}});
  m_valueOf[node.name] = node.name;
}

void GraphReader::softmax(const GraphNode& node) {
  if (m_uses.contains(node.name)) unsupported("a softmax is only handled at the very end");
  m_valueOf[node.name] = value(node, 0);
}

SourceNetwork GraphReader::finish() && {
  require(m_ends.size() == 1, ErrorCode::Unsupported,
          [&] { return "the graph has " + textOf(m_ends.size()) + " outputs; graphs with one are handled"; });
  SourceNetwork source;
  source.kind = SourceNetwork::Kind::TensorFlowGraph;
  source.inputScaling = m_scaling;
  source.model = std::move(*m_builder).take(m_valueOf.at(m_ends[0]));
  return source;
}

}  // namespace

SourceNetwork readTfjsGraph(const json& model, const std::filesystem::path& folder, const Job& job) {
  const std::vector<GraphNode> nodes = sortedGraphNodes(model.at("modelTopology"));
  const TfjsWeights weights(model.at("weightsManifest"), folder, job.part(0, 0.7));
  GraphReader reader(weights, nodes);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    job.checkpoint(0.7 + 0.3 * static_cast<double>(i) / static_cast<double>(nodes.size()),
                   "converting layers");
    reader.read(nodes[i]);
  }
  return std::move(reader).finish();
}

}  // namespace cortexscope
