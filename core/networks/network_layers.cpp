// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/network_layers.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "networks/network_metadata.h"
#include "networks/onnx/shapes.h"

namespace cortexscope {
namespace {

struct Pick {
  std::string value, name;
};

class LayerPicker {
 public:
  explicit LayerPicker(const SourceNetwork& source)
      : m_source(source), m_shapes(checkedShapes(source.model)) {
    for (const OnnxNode& node : source.model.nodes) m_maker[node.outputs[0]] = &node;
  }

  std::vector<Pick> imagePicks() const;
  std::vector<Pick> speechPicks() const;
  const std::map<std::string, OnnxShape>& shapes() const { return m_shapes; }

 private:
  bool isActivation(const OnnxNode& node) const;
  bool followsAddition(const OnnxNode& node) const;
  std::vector<Pick> stagePicks() const;
  std::vector<Pick> densePicks() const;
  const std::string& last() const { return m_source.model.outputs[0].name; }

  const SourceNetwork& m_source;
  std::map<std::string, OnnxShape> m_shapes;
  std::map<std::string, const OnnxNode*> m_maker;
};

bool LayerPicker::isActivation(const OnnxNode& node) const {
  const OnnxShape& shape = m_shapes.at(node.outputs[0]);
  const bool nonlinear =
      node.op == "Relu" || node.op == "LeakyRelu" || node.op == "Clip" || node.op == "Sigmoid";
  return nonlinear && shape.size() == 4 && shape[2] * shape[3] > 1;
}

bool LayerPicker::followsAddition(const OnnxNode& node) const {
  const auto maker = m_maker.find(node.inputs[0]);
  return maker != m_maker.end() && maker->second->op == "Add";
}

/// "pw3" out of ".../Conv2d_3_pointwise/Relu6", or nothing.
std::string mobileNetName(const std::string& value) {
  static const std::regex kPattern("Conv2d_([0-9]+)(_pointwise|_depthwise)?(/|$)");
  std::smatch match;
  if (!std::regex_search(value, match, kPattern)) return {};
  return (match[2] == "_pointwise" ? "pw" : match[2] == "_depthwise" ? "dw" : "conv") + match[1].str();
}

std::vector<Pick> LayerPicker::stagePicks() const {
  struct Stage {
    std::size_t node = 0;
    bool afterAddition = false;
  };
  std::map<std::pair<std::int64_t, std::int64_t>, Stage> stages;  // by size of the map
  std::vector<std::pair<std::int64_t, std::int64_t>> sizes;
  std::set<std::size_t> chosen;
  const auto& nodes = m_source.model.nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!isActivation(nodes[i])) continue;
    if (chosen.empty()) chosen.insert(i);
    const OnnxShape& shape = m_shapes.at(nodes[i].outputs[0]);
    const std::pair size{shape[2], shape[3]};
    if (!stages.contains(size)) sizes.push_back(size);
    Stage& stage = stages[size];
    const bool afterAddition = followsAddition(nodes[i]);
    if (!stage.afterAddition || afterAddition) stage = {i, afterAddition};
  }
  std::map<std::size_t, std::string> names;
  if (!chosen.empty()) names[*chosen.begin()] = "conv1";
  for (std::size_t i = 0; i < sizes.size(); ++i)
    names.emplace(stages[sizes[i]].node, "stage" + textOf(i + 1));
  std::vector<Pick> picks;
  for (const auto& [node, name] : names) {
    const std::string own = mobileNetName(nodes[node].outputs[0]);
    picks.push_back({nodes[node].outputs[0], own.empty() ? name : own});
  }
  return picks;
}

std::vector<Pick> LayerPicker::densePicks() const {
  const bool keras = m_source.kind == SourceNetwork::Kind::KerasLayers;
  std::vector<Pick> picks;
  std::map<std::string, std::string> activated;  // value -> its activation's value
  for (const OnnxNode& node : m_source.model.nodes)
    if (node.op == "Relu" || node.op == "Clip") activated[node.inputs[0]] = node.outputs[0];
  for (const OnnxNode& node : m_source.model.nodes) {
    if (node.op != "Gemm" || node.outputs[0] == last()) continue;
    const auto next = activated.find(node.outputs[0]);
    const std::string value = next == activated.end() ? node.outputs[0] : next->second;
    if (value != last()) picks.push_back({value, keras ? value : "fc" + textOf(picks.size() + 1)});
  }
  picks.push_back({last(), keras && m_shapes.at(last()).size() == 2 ? last() : "logits"});
  return picks;
}

std::vector<Pick> LayerPicker::imagePicks() const {
  std::vector<Pick> picks = stagePicks();
  for (const OnnxNode& node : m_source.model.nodes)
    if (node.op == "GlobalAveragePool" && node.outputs[0] != last())
      picks.push_back({node.outputs[0], "pool"});
  const std::vector<Pick> dense = densePicks();
  std::erase_if(picks, [&](const Pick& pick) { return pick.value == last(); });
  picks.insert(picks.end(), dense.begin(), dense.end());
  return picks;
}

std::vector<Pick> LayerPicker::speechPicks() const {
  std::vector<Pick> picks;
  for (const OnnxNode& node : m_source.model.nodes)
    if ((node.op == "MaxPool" || node.op == "AveragePool") && node.outputs[0] != last())
      picks.push_back({node.outputs[0], "block" + textOf(picks.size() + 1)});
  picks.push_back({last(), "embedding"});
  return picks;
}

/// Two picks may want one name (two pools, a Keras layer called "pool"): later ones get a number.
void makeUnique(std::vector<Pick>& picks) {
  std::set<std::string> names;
  for (Pick& pick : picks) {
    const std::string wanted = pick.name;
    for (int i = 2; !names.insert(pick.name).second; ++i) pick.name = wanted + "_" + textOf(i);
  }
}

void renameValues(OnnxModel& model, const std::vector<Pick>& picks) {
  std::map<std::string, std::string> names;
  for (const Pick& pick : picks) names[pick.value] = pick.name;
  const auto rename = [&](std::string& name) {
    const auto found = names.find(name);
    name = found == names.end() ? "/" + name : found->second;
  };
  for (OnnxTensor& tensor : model.initializers) rename(tensor.name);
  for (OnnxNode& node : model.nodes) {
    for (std::string& input : node.inputs) rename(input);
    for (std::string& output : node.outputs) rename(output);
    node.name = node.outputs[0];
  }
  for (OnnxValue& value : model.inputs) rename(value.name);
  for (OnnxValue& value : model.outputs) rename(value.name);
}

}  // namespace

bool isSpeechNetwork(const SourceNetwork& source) {
  const OnnxShape& input = source.model.inputs.at(0).dims;
  return input.size() == 4 && input[1] == 1;
}

std::vector<NetworkLayer> nameLayers(SourceNetwork& source) {
  std::vector<NetworkLayer> layers;
  std::vector<Pick> picks;
  {
    const LayerPicker picker(source);
    picks = isSpeechNetwork(source) ? picker.speechPicks() : picker.imagePicks();
    makeUnique(picks);
    for (const Pick& pick : picks) layers.push_back({pick.name, layerShape(picker.shapes().at(pick.value))});
  }
  renameValues(source.model, picks);
  return layers;
}

}  // namespace cortexscope
