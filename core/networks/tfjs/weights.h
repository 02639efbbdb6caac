// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to networks/tfjs.

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/job.h"
#include "networks/onnx/file.h"

namespace cortexscope {

/// The tensors of a TensorFlow.js model, by name, in TensorFlow's layout (height, width, inputs, outputs).
class TfjsWeights {
 public:
  /// Reads the shards that `manifest` (the model's weightsManifest) names, inside `folder` only: absolute
  /// paths, paths that leave the folder and links that lead out of it are refused before anything is opened.
  /// Errors   MissingFile; BadFile where the shards' bytes and the tensors' shapes disagree, with both
  ///          numbers; Unsupported for compressed (quantised) tensors and types other than float32 and int32
  TfjsWeights(const nlohmann::json& manifest, const std::filesystem::path& folder, const Job& job);

  bool has(const std::string& name) const { return m_tensors.contains(name); }
  const OnnxTensor& tensor(const std::string& name) const;
  /// A float tensor of the expected shape.
  /// Errors   BadFile naming both shapes, or that it is missing
  const std::vector<float>& floats(const std::string& name, const OnnxShape& expected) const;

 private:
  std::map<std::string, OnnxTensor> m_tensors;
};

/// (height, width, inputs, outputs) to (outputs, inputs, height, width).
OnnxTensor convolutionWeights(const OnnxTensor& kernel);

/// (height, width, inputs, multiplier) to (inputs * multiplier, 1, height, width).
OnnxTensor depthwiseWeights(const OnnxTensor& kernel);

}  // namespace cortexscope
