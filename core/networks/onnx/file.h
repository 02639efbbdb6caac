// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace cortexscope {

using OnnxShape = std::vector<std::int64_t>;

/// A constant of a graph, float32 or int64, in row-major order.
struct OnnxTensor {
  std::string name;
  OnnxShape dims;  ///< none: one value
  std::variant<std::vector<float>, std::vector<std::int64_t>> values;

  bool isFloat() const { return values.index() == 0; }
  const std::vector<float>& floats() const { return std::get<0>(values); }
  const std::vector<std::int64_t>& integers() const { return std::get<1>(values); }
};

using OnnxAttribute =
    std::variant<float, std::int64_t, std::string, std::vector<float>, std::vector<std::int64_t>, OnnxTensor>;

struct OnnxNode {
  std::string name;
  std::string op;
  std::vector<std::string> inputs;  ///< an empty name: left out
  std::vector<std::string> outputs;
  std::map<std::string, OnnxAttribute> attributes;

  /// The attribute, or `fallback` where absent.
  /// Errors   BadFile if it has another type
  std::int64_t integer(const std::string& attribute, std::int64_t fallback) const;
  float number(const std::string& attribute, float fallback) const;
  std::string text(const std::string& attribute, const std::string& fallback) const;
  std::vector<std::int64_t> integers(const std::string& attribute, std::vector<std::int64_t> fallback) const;
};

/// A graph's input or output.
struct OnnxValue {
  std::string name;
  OnnxShape dims;  ///< -1 where the file leaves a size open
};

/// What this program needs of an ONNX file: one graph of the standard operators, all weights inside.
struct OnnxModel {
  std::int64_t opset = 10;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> initializers;
  std::vector<OnnxValue> inputs;  ///< without the initializers, which old files list here too
  std::vector<OnnxValue> outputs;
  std::map<std::string, std::string> metadata;
};

/// Reads an ONNX file's structure. Every length and count is checked against the bytes that are there before
/// memory is taken; weights in other files are refused, so nothing but this file is ever read. Whether the
/// graph makes sense is another question: see onnx_shapes.h.
/// Errors   MissingFile; BadFile naming the place; Unsupported (operator domains, nested graphs, external
///          data, element types other than float32 and int64)
/// Limits   2 GiB a file, 100,000 nodes, 100,000 tensors, 8 dimensions
OnnxModel readOnnx(const std::filesystem::path& file);

/// The same from memory; errors do not name a file.
OnnxModel parseOnnx(std::span<const std::byte> bytes);

/// The bytes of an ONNX file.
/// Errors   OutOfMemory if they would pass 2 GiB, the format's limit
std::string serializeOnnx(const OnnxModel& model);

/// Writes an ONNX file atomically.
void writeOnnx(const std::filesystem::path& file, const OnnxModel& model);

/// "3x224x224", for messages; "?" where a size is open.
std::string shapeText(const OnnxShape& shape);

/// Product of the sizes.
/// Errors   BadFile if a size is negative or the product passes `limit`
std::int64_t elementCount(const OnnxShape& shape, std::int64_t limit = std::int64_t{1} << 40);

}  // namespace cortexscope
