// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "networks/onnx/file.h"

namespace cortexscope {

/// Sizes of everything a node may take as input.
struct OnnxScope {
  std::map<std::string, OnnxShape> values;     ///< computed by the graph
  std::map<std::string, OnnxShape> constants;  ///< initializers
};

/// Shape of a node's only output, after checking that its inputs and attributes are legal and fit together.
/// Handles   Conv (2-D), Gemm, BatchNormalization, Relu, LeakyRelu, Sigmoid, Clip and Pad (attribute form, as
///           up to operator set 10), Softmax, Add (same shapes), Concat, MaxPool, AveragePool,
///           GlobalAveragePool, Flatten
/// Errors   Unsupported naming any other operator or option; BadFile with both numbers where sizes do not fit
OnnxShape outputShape(const OnnxNode& node, const OnnxScope& scope);

/// Checks that a model can be run here and returns the shape of every value, batch included: operator set 7
/// to 10, one input with known sizes and batch 1, every name made once and before it is used (so no circles),
/// every weight finite, every node legal.
/// Errors   Unsupported, BadFile
/// Limits   2^26 values a layer, 2^28 in all
std::map<std::string, OnnxShape> checkedShapes(const OnnxModel& model);

/// Padding before and after one axis under TensorFlow's SAME rule: ceil(size / stride) outputs; an odd rest
/// goes after.
struct SamePadding {
  std::int64_t before = 0, after = 0;
};
SamePadding samePadding(std::int64_t size, std::int64_t kernel, std::int64_t stride,
                        std::int64_t dilation = 1);

}  // namespace cortexscope
