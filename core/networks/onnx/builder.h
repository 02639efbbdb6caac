// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "networks/onnx/file.h"
#include "networks/onnx/shapes.h"

namespace cortexscope {

/// A 2-D convolution in ONNX order.
struct Convolution {
  OnnxShape weightDims;  ///< outputs x (inputs / groups) x height x width
  std::vector<float> weights;
  std::vector<float> bias;  ///< one per output, or empty
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 2> dilations{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  ///< top, left, bottom, right
  std::int64_t groups = 1;
};

/// Puts an ONNX graph (operator set 10) together node by node; every node's shapes are checked when it is
/// added.
/// Errors   those of outputShape()
class OnnxBuilder {
 public:
  OnnxBuilder(const std::string& input, const OnnxShape& shape);

  bool has(const std::string& value) const { return m_scope.values.contains(value); }
  /// Errors   BadFile for a value nobody made
  const OnnxShape& shape(const std::string& value) const;

  /// Adds a node with one output and no constants.
  void add(const std::string& output, const std::string& op, std::vector<std::string> inputs,
           std::map<std::string, OnnxAttribute> attributes = {});
  void addConvolution(const std::string& output, const std::string& input, Convolution convolution);
  /// Output = input * weights + bias; weights inputs x outputs.
  void addDense(const std::string& output, const std::string& input, const OnnxTensor& weights,
                std::vector<float> bias);
  /// output = scale * input + shift per channel.
  void addScaleShift(const std::string& output, const std::string& input, const std::vector<double>& scale,
                     const std::vector<double>& shift);
  void addClip(const std::string& output, const std::string& input, float least, float most);

  /// Multiplies a convolution's outputs by `scale` and adds `shift`, inside its weights (computed in
  /// float64).
  /// Returns  false, changing nothing, if `value` is not a convolution's own output
  bool foldIntoConvolution(const std::string& value, const std::vector<double>& scale,
                           const std::vector<double>& shift);

  OnnxModel take(const std::string& output) &&;

 private:
  void addConstant(const std::string& name, const OnnxShape& dims, std::vector<float> values);

  OnnxModel m_model;
  OnnxScope m_scope;
  std::map<std::string, std::size_t> m_convolutions;  // output -> node
  std::map<std::string, std::size_t> m_constants;     // name -> initializer
};

}  // namespace cortexscope
