// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/networks/plain_network.h"

// TensorFlow.js models put together by hand.
namespace cortexscope::test {

class TfjsFiles {
 public:
  using json = nlohmann::json;

  void addWeights(const std::string& name, const std::vector<int>& shape, const std::vector<float>& values) {
    m_weights.push_back({{"name", name}, {"shape", shape}, {"dtype", "float32"}});
    m_data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  }
  void addIntegers(const std::string& name, const std::vector<std::int32_t>& values) {
    m_weights.push_back({{"name", name}, {"shape", {values.size()}}, {"dtype", "int32"}});
    m_data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::int32_t));
  }
  void addKernel(const std::string& name, const Kernel& kernel) {
    addWeights(name, {kernel.height, kernel.width, kernel.inputs, kernel.outputs}, kernel.values);
  }
  void addNormalization(const std::string& name, const Normalization& by) {
    const int count = static_cast<int>(by.gamma.size());
    addWeights(name + "/gamma", {count}, by.gamma);
    addWeights(name + "/beta", {count}, by.beta);
    addWeights(name + "/moving_mean", {count}, by.mean);
    addWeights(name + "/moving_variance", {count}, by.variance);
  }

  /// A layer of a Keras model; `config` needs no name.
  void addLayer(const std::string& type, const std::string& name, json config,
                const std::vector<std::string>& inputs) {
    config["name"] = name;
    json nodes = json::array();
    for (const std::string& input : inputs) nodes.push_back({input, 0, 0, json::object()});
    m_layers.push_back({{"class_name", type},
                        {"name", name},
                        {"config", config},
                        {"inbound_nodes", inputs.empty() ? json::array() : json::array({nodes})}});
  }
  void addNode(const std::string& op, const std::string& name, const std::vector<std::string>& inputs,
               json attributes = json::object()) {
    m_nodes.push_back({{"op", op}, {"name", name}, {"input", inputs}, {"attr", attributes}});
  }

  json layersModel(const std::string& modelName) const {
    const json config{
        {"name", modelName}, {"layers", m_layers}, {"output_layers", {{m_layers.back().at("name"), 0, 0}}}};
    return {{"modelTopology", {{"model_config", {{"class_name", "Model"}, {"config", config}}}}},
            {"weightsManifest", manifest()}};
  }
  json graphModel() const {
    return {
        {"format", "graph-model"}, {"modelTopology", {{"node", m_nodes}}}, {"weightsManifest", manifest()}};
  }
  json manifest() const { return json::array({{{"paths", {"a.bin", "b.bin"}}, {"weights", m_weights}}}); }

  /// Writes the model and its weights in two shards, cut at an odd place.
  std::filesystem::path write(const std::filesystem::path& folder, const json& model) const {
    std::filesystem::create_directories(folder);
    const std::size_t cut = m_data.size() / 3 | 1;
    std::ofstream(folder / "a.bin", std::ios::binary) << m_data.substr(0, cut);
    std::ofstream(folder / "b.bin", std::ios::binary) << m_data.substr(std::min(cut, m_data.size()));
    std::ofstream(folder / "model.json") << model.dump();
    return folder / "model.json";
  }

 private:
  json m_weights = json::array(), m_layers = json::array(), m_nodes = json::array();
  std::string m_data;
};

}  // namespace cortexscope::test
