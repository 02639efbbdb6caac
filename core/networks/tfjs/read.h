// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "base/job.h"
#include "networks/onnx/source_network.h"

namespace cortexscope {

/// TensorFlow.js layers model: a Keras Sequential or functional model without shared layers.
/// Handles  Conv2D, DepthwiseConv2D, BatchNormalization (folded into the convolution before it), Activation,
///          ReLU, Add, ZeroPadding2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Dense, Dropout,
///          Flatten of 1 x 1 maps
/// A softmax at the very end is left out: the last layer's values are the logits.
SourceNetwork readTfjsLayers(const nlohmann::json& model, const std::filesystem::path& folder,
                             const Job& job);

/// TensorFlow.js graph model.
/// Handles  Conv2D and DepthwiseConv2dNative, plain or fused, BiasAdd, Relu, Relu6, Add of two layers, Mean
///          over the picture, MaxPool, Squeeze, Identity, Softmax at the end (left out), and Mul, Sub, Add of
///          one number on the input
SourceNetwork readTfjsGraph(const nlohmann::json& model, const std::filesystem::path& folder, const Job& job);

}  // namespace cortexscope
