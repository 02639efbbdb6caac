// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/inspect_network.h"

#include "base/error.h"
#include "networks/onnx/file.h"
#include "networks/onnx/shapes.h"

namespace cortexscope {

FileFacts inspectNetwork(const std::filesystem::path& file) {
  const OnnxModel model = readOnnx(file);
  FileFacts facts;
  facts.file = file.string();
  facts.format = "ONNX";
  facts.kind = "network";
  std::map<std::string, OnnxShape> shapes;
  try {
    shapes = checkedShapes(model);
  } catch (const Error& error) {
    facts.warnings.push_back(facts.file + ": cannot be run here as it is: " + error.what());
  }
  for (const OnnxValue& input : model.inputs) facts.inputs.push_back({input.name, {}, input.dims, true});
  for (const OnnxNode& node : model.nodes) {
    FileFacts::Layer layer{node.outputs.empty() ? node.name : node.outputs.front(), node.op, {}, false};
    if (const auto found = shapes.find(layer.name); found != shapes.end()) {
      layer.shape = found->second;
      layer.shapeKnown = true;
    }
    facts.layers.push_back(std::move(layer));
  }
  return facts;
}

}  // namespace cortexscope
