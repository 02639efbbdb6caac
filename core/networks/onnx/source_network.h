// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "networks/onnx/file.h"

namespace cortexscope {

/// A network as another program wrote it, turned into a graph that can be run, its values under the source's
/// names.
struct SourceNetwork {
  enum class Kind { KerasLayers, TensorFlowGraph, Onnx };

  /// Scaling at the graph's start, taken out of it: what follows gets multiplier * input + offset.
  struct InputScaling {
    double multiplier = 1, offset = 0;
  };

  Kind kind = Kind::Onnx;
  OnnxModel model;   ///< one input, one output, checked by checkedShapes()
  std::string name;  ///< the model's own name ("resnet50"), may be empty
  std::optional<InputScaling> inputScaling;
};

/// Side of the picture where the source leaves it open, the one ImageNet networks are trained with.
inline constexpr std::int64_t kDefaultImageSide = 224;

/// ONNX file of operator set 7 to 17 with one input of shape batch x ...: Max, Min and Clip with constants
/// become Clip, Identity, Dropout and Constant go, and so do Reshape and Transpose that only say how the
/// input lies in memory.
SourceNetwork readForeignOnnx(const std::filesystem::path& file);

}  // namespace cortexscope
