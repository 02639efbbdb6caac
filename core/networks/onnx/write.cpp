// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"
#include "base/text.h"
#include "networks/onnx/file.h"
#include "networks/onnx/protobuf.h"

namespace cortexscope {
namespace {

constexpr std::int64_t kIrVersion = 5;  // the one that came with operator set 10
constexpr std::size_t kMaxBytes = (std::size_t{1} << 31) - 1;

void writeTensor(ProtobufWriter& out, std::uint32_t field, const OnnxTensor& tensor) {
  const std::size_t start = out.begin(field);
  out.integers(1, tensor.dims);
  out.integer(2, tensor.isFloat() ? 1 : 7);
  out.text(8, tensor.name);
  if (tensor.isFloat())
    out.floats(9, tensor.floats());
  else
    out.text(9, {reinterpret_cast<const char*>(tensor.integers().data()),
                 tensor.integers().size() * sizeof(std::int64_t)});
  out.end(start);
}

void writeAttributeValue(ProtobufWriter& out, const OnnxAttribute& value) {
  if (const auto* number = std::get_if<float>(&value)) {
    out.number(2, *number);
    out.integer(20, 1);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out.integer(3, *integer);
    out.integer(20, 2);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.text(4, *text);
    out.integer(20, 3);
  } else if (const auto* tensor = std::get_if<OnnxTensor>(&value)) {
    writeTensor(out, 5, *tensor);
    out.integer(20, 4);
  } else if (const auto* floats = std::get_if<std::vector<float>>(&value)) {
    for (const float item : *floats) out.number(7, item);
    out.integer(20, 6);
  } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) {
    out.integers(8, *integers);
    out.integer(20, 7);
  }
}

void writeNode(ProtobufWriter& out, const OnnxNode& node) {
  const std::size_t start = out.begin(1);
  for (const std::string& input : node.inputs) out.text(1, input);
  for (const std::string& output : node.outputs) out.text(2, output);
  out.text(3, node.name);
  out.text(4, node.op);
  for (const auto& [name, value] : node.attributes) {
    const std::size_t attribute = out.begin(5);
    out.text(1, name);
    writeAttributeValue(out, value);
    out.end(attribute);
  }
  out.end(start);
}

void writeValue(ProtobufWriter& out, std::uint32_t field, const OnnxValue& value) {
  const std::size_t start = out.begin(field);
  out.text(1, value.name);
  const std::size_t type = out.begin(2);
  const std::size_t tensor = out.begin(1);
  out.integer(1, 1);
  const std::size_t shape = out.begin(2);
  for (const std::int64_t size : value.dims) {
    const std::size_t dim = out.begin(1);
    if (size >= 0)
      out.integer(1, size);
    else
      out.text(2, "open");
    out.end(dim);
  }
  for (const std::size_t message : {shape, tensor, type, start}) out.end(message);
}

void checkSize(const OnnxModel& model) {
  std::size_t bytes = 0;
  for (const OnnxTensor& tensor : model.initializers)
    bytes += tensor.isFloat() ? tensor.floats().size() * 4 : tensor.integers().size() * 8;
  require(bytes < kMaxBytes - (std::size_t{64} << 20), ErrorCode::OutOfMemory, [&] {
    return "the network's weights take " + textOf(bytes) + " bytes; an ONNX file holds less than 2 GiB";
  });
}

}  // namespace

std::string serializeOnnx(const OnnxModel& model) {
  checkSize(model);
  ProtobufWriter out;
  out.integer(1, kIrVersion);
  out.text(2, "CortexScope");
  const std::size_t graph = out.begin(7);
  for (const OnnxNode& node : model.nodes) writeNode(out, node);
  out.text(2, "network");
  for (const OnnxTensor& tensor : model.initializers) writeTensor(out, 5, tensor);
  for (const OnnxValue& value : model.inputs) writeValue(out, 11, value);
  for (const OnnxValue& value : model.outputs) writeValue(out, 12, value);
  out.end(graph);
  const std::size_t opset = out.begin(8);
  out.text(1, "");
  out.integer(2, model.opset);
  out.end(opset);
  for (const auto& [key, value] : model.metadata) {
    const std::size_t entry = out.begin(14);
    out.text(1, key);
    out.text(2, value);
    out.end(entry);
  }
  return out.take();
}

}  // namespace cortexscope
