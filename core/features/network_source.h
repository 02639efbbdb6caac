#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/job.h"
#include "features/onnx_file.h"

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

/// TensorFlow.js layers model: a Keras Sequential or functional model without shared layers.
/// Handles  Conv2D, DepthwiseConv2D, BatchNormalization (folded into the convolution before it), Activation,
/// ReLU, Add,
///          ZeroPadding2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Dense, Dropout, Flatten of
///          1 x 1 maps A softmax at the very end is left out: the last layer's values are the logits.
SourceNetwork readTfjsLayers(const nlohmann::json& model, const std::filesystem::path& folder,
                             const Job& job);

/// TensorFlow.js graph model.
/// Handles  Conv2D and DepthwiseConv2dNative, plain or fused, BiasAdd, Relu, Relu6, Add of two layers, Mean
/// over the
///          picture, MaxPool, Squeeze, Identity, Softmax at the end (left out), and Mul, Sub, Add of one
///          number on the input
SourceNetwork readTfjsGraph(const nlohmann::json& model, const std::filesystem::path& folder, const Job& job);

/// ONNX file of operator set 7 to 17 with one input of shape batch x ...: Max, Min and Clip with constants
/// become Clip, Identity, Dropout and Constant go, and so do Reshape and Transpose that only say how the
/// input lies in memory.
SourceNetwork readForeignOnnx(const std::filesystem::path& file);

}  // namespace cortexscope
