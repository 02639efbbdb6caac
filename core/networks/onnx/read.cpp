// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "networks/onnx/file.h"
#include "networks/onnx/protobuf.h"

// Field numbers are those of onnx.proto (ONNX 1.x), which never change their meaning.

namespace cortexscope {
namespace {

constexpr std::size_t kMaxNodes = 100000;
constexpr std::size_t kMaxTensors = 100000;
constexpr std::size_t kMaxDims = 8;
constexpr std::size_t kMaxPerNode = 1024;  // inputs, outputs, attributes
constexpr std::size_t kMaxNameBytes = 4096;
constexpr std::size_t kMaxListLength = std::size_t{1} << 20;
constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxMetadata = 1000;
constexpr std::int64_t kFloat = 1;
constexpr std::int64_t kInt64 = 7;

template <class T>
T& appended(std::vector<T>& list, std::size_t limit, const char* what) {
  require(list.size() < limit, ErrorCode::BadFile,
          [&] { return std::string("has more than ") + textOf(limit) + " " + what; });
  return list.emplace_back();
}

struct RawTensor {
  OnnxTensor tensor;
  std::int64_t type = 0;
  std::optional<ProtobufField> raw;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
};

std::vector<float> floatsOf(RawTensor& parts, std::size_t count, const ProtobufReader& reader) {
  if (!parts.raw) return std::move(parts.floats);
  std::vector<float> values;
  if (parts.raw->kind == ProtobufField::Kind::Bytes && parts.raw->bytes.size() == count * sizeof(float))
    reader.appendFloats(*parts.raw, values, count);
  else
    values.resize(0);
  return values;
}

std::vector<std::int64_t> integersOf(RawTensor& parts, std::size_t count) {
  if (!parts.raw) return std::move(parts.integers);
  std::vector<std::int64_t> values;
  if (parts.raw->bytes.size() != count * sizeof(std::int64_t) || count == 0) return values;
  values.resize(count);
  std::memcpy(values.data(), parts.raw->bytes.data(), parts.raw->bytes.size());
  return values;
}

OnnxTensor finished(RawTensor& parts, const ProtobufReader& reader, std::size_t offset) {
  OnnxTensor& tensor = parts.tensor;
  const std::string label = "tensor \"" + tensor.name + "\"";
  if (parts.type != kFloat && parts.type != kInt64)
    unsupported(label + " has element type " + textOf(parts.type) + "; only float32 and int64 are read");
  std::size_t count = 0;
  try {
    count = static_cast<std::size_t>(elementCount(tensor.dims));
  } catch (const Error& error) {
    throw error.within(label);
  }
  std::size_t found = 0;
  if (parts.type == kFloat) {
    tensor.values = floatsOf(parts, count, reader);
    found = tensor.floats().size();
  } else {
    tensor.values = integersOf(parts, count);
    found = tensor.integers().size();
  }
  if (found != count) {
    const std::string stored =
        parts.raw ? textOf(parts.raw->bytes.size()) + " bytes of raw data" : textOf(found) + " values";
    reader.fail(offset, label + " of shape " + shapeText(tensor.dims) + " needs " + textOf(count) +
                            " values, the file holds " + stored);
  }
  return std::move(tensor);
}

OnnxTensor tensorOf(ProtobufReader reader, std::size_t offset) {
  RawTensor parts;
  while (const auto field = reader.next()) {
    switch (field->number) {
      case 1:
        reader.appendIntegers(*field, parts.tensor.dims, kMaxDims);
        break;
      case 2:
        parts.type = reader.integer(*field);
        break;
      case 4:
        reader.appendFloats(*field, parts.floats, field->bytes.size() / 4 + parts.floats.size());
        break;
      case 7:
        reader.appendIntegers(*field, parts.integers, kMaxListLength);
        break;
      case 8:
        parts.tensor.name = reader.text(*field, kMaxNameBytes);
        break;
      case 9:
        parts.raw = *field;
        break;
      case 3:
        unsupported("a tensor is stored in segments");
      case 13:
        unsupported("tensor \"" + parts.tensor.name +
                    "\" keeps its data in another file; only this file is read");
      case 14:
        if (reader.integer(*field) != 0)
          unsupported("tensor \"" + parts.tensor.name +
                      "\" keeps its data in another file; only this file is read");
        break;
      default:
        break;
    }
  }
  return finished(parts, reader, offset);
}

struct RawAttribute {
  std::string name;
  std::int64_t type = 0;
  std::optional<OnnxAttribute> single;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
};

void readAttributeField(const ProtobufReader& reader, const ProtobufField& field, RawAttribute& attribute) {
  switch (field.number) {
    case 1:
      attribute.name = reader.text(field, kMaxNameBytes);
      break;
    case 2:
      attribute.single = reader.number(field);
      break;
    case 3:
      attribute.single = reader.integer(field);
      break;
    case 4:
      attribute.single = reader.text(field, kMaxTextBytes);
      break;
    case 5:
      attribute.single = tensorOf(reader.message(field, "tensor"), field.offset);
      break;
    case 7:
      reader.appendFloats(field, attribute.floats, kMaxListLength);
      break;
    case 8:
      reader.appendIntegers(field, attribute.integers, kMaxListLength);
      break;
    case 6:
    case 11:
      unsupported("attribute \"" + attribute.name + "\" holds a graph inside the graph");
    case 9:
    case 10:
    case 14:
    case 15:
    case 21:
    case 22:
    case 23:
      unsupported("attribute \"" + attribute.name + "\" is of a kind that is not read");
    case 20:
      attribute.type = reader.integer(field);
      break;
    default:
      break;
  }
}

void readAttribute(ProtobufReader reader, OnnxNode& node) {
  RawAttribute attribute;
  while (const auto field = reader.next()) readAttributeField(reader, *field, attribute);
  // A list may be empty: then only the type says that it is one.
  if (attribute.type == 6 || !attribute.floats.empty()) attribute.single = std::move(attribute.floats);
  if (attribute.type == 7 || !attribute.integers.empty()) attribute.single = std::move(attribute.integers);
  require(attribute.single.has_value(), ErrorCode::BadFile,
          [&] { return "attribute \"" + attribute.name + "\" has no value"; });
  require(node.attributes.size() < kMaxPerNode, ErrorCode::BadFile,
          "has more than " + textOf(kMaxPerNode) + " attributes");
  const bool isNew = node.attributes.emplace(attribute.name, std::move(*attribute.single)).second;
  require(isNew, ErrorCode::BadFile, [&] { return "attribute \"" + attribute.name + "\" appears twice"; });
}

OnnxNode nodeOf(ProtobufReader reader) {
  OnnxNode node;
  std::string domain;
  while (const auto field = reader.next()) {
    switch (field->number) {
      case 1:
        appended(node.inputs, kMaxPerNode, "inputs") = reader.text(*field, kMaxNameBytes);
        break;
      case 2:
        appended(node.outputs, kMaxPerNode, "outputs") = reader.text(*field, kMaxNameBytes);
        break;
      case 3:
        node.name = reader.text(*field, kMaxNameBytes);
        break;
      case 4:
        node.op = reader.text(*field, kMaxNameBytes);
        break;
      case 5:
        readAttribute(reader.message(*field, "attribute"), node);
        break;
      case 7:
        domain = reader.text(*field, kMaxNameBytes);
        break;
      default:
        break;
    }
  }
  if (!domain.empty() && domain != "ai.onnx")
    unsupported("operator " + node.op + " of domain \"" + domain + "\" is not a standard one");
  return node;
}

std::int64_t dimOf(ProtobufReader reader) {
  std::int64_t size = -1;
  while (const auto field = reader.next())
    if (field->number == 1) size = reader.integer(*field);
  require(size >= -1, ErrorCode::BadFile, [&] { return "a size is negative: " + textOf(size); });
  return size;
}

OnnxShape shapeOf(ProtobufReader reader) {
  OnnxShape dims;
  while (const auto field = reader.next()) {
    if (field->number != 1) continue;
    require(dims.size() < kMaxDims, ErrorCode::BadFile,
            "a shape has more than " + textOf(kMaxDims) + " sizes");
    dims.push_back(dimOf(reader.message(*field, "size")));
  }
  return dims;
}

OnnxValue valueOf(ProtobufReader reader) {
  OnnxValue value;
  while (const auto field = reader.next()) {
    if (field->number == 1) value.name = reader.text(*field, kMaxNameBytes);
    if (field->number != 2) continue;
    ProtobufReader type = reader.message(*field, "type");
    while (const auto typeField = type.next()) {
      if (typeField->number != 1) continue;
      ProtobufReader tensor = type.message(*typeField, "tensor type");
      while (const auto part = tensor.next())
        if (part->number == 2) value.dims = shapeOf(tensor.message(*part, "shape"));
    }
  }
  return value;
}

/// Old files list every initializer among the inputs too.
void dropInitializersFromInputs(OnnxModel& model) {
  std::set<std::string> names;
  for (const OnnxTensor& tensor : model.initializers) names.insert(tensor.name);
  std::erase_if(model.inputs, [&](const OnnxValue& value) { return names.contains(value.name); });
}

void readGraph(ProtobufReader reader, OnnxModel& model) {
  while (const auto field = reader.next()) {
    switch (field->number) {
      case 1: {
        const std::string label = "node " + textOf(model.nodes.size());
        OnnxNode& node = appended(model.nodes, kMaxNodes, "nodes");
        try {
          node = nodeOf(reader.message(*field, label));
        } catch (const Error& error) {
          throw error.within(label);
        }
        break;
      }
      case 5:
        appended(model.initializers, kMaxTensors, "initializers") = tensorOf(
            reader.message(*field, "initializer " + textOf(model.initializers.size())), field->offset);
        break;
      case 11:
        appended(model.inputs, kMaxTensors, "inputs") = valueOf(reader.message(*field, "input"));
        break;
      case 12:
        appended(model.outputs, kMaxPerNode, "outputs") = valueOf(reader.message(*field, "output"));
        break;
      case 15:
        unsupported("sparse weights are not read");
      default:
        break;
    }
  }
  dropInitializersFromInputs(model);
}

/// An operator set entry: the version if it is the standard set's.
std::optional<std::int64_t> standardOpset(ProtobufReader reader) {
  std::string domain;
  std::int64_t version = 0;
  while (const auto field = reader.next()) {
    if (field->number == 1) domain = reader.text(*field, kMaxNameBytes);
    if (field->number == 2) version = reader.integer(*field);
  }
  if (domain.empty() || domain == "ai.onnx") return version;
  return std::nullopt;
}

void readMetadata(ProtobufReader reader, OnnxModel& model) {
  std::string key, value;
  while (const auto field = reader.next()) {
    if (field->number == 1) key = reader.text(*field, kMaxNameBytes);
    if (field->number == 2) value = reader.text(*field, kMaxTextBytes);
  }
  require(model.metadata.size() < kMaxMetadata, ErrorCode::BadFile,
          "has more than " + textOf(kMaxMetadata) + " metadata entries");
  model.metadata[key] = std::move(value);
}

}  // namespace

OnnxModel parseOnnx(std::span<const std::byte> bytes) {
  OnnxModel model;
  model.opset = 0;
  int graphs = 0;
  ProtobufReader reader(bytes, "ONNX model");
  while (const auto field = reader.next()) {
    switch (field->number) {
      case 7:
        require(++graphs == 1, ErrorCode::BadFile, "holds more than one graph");
        readGraph(reader.message(*field, "graph"), model);
        break;
      case 8:
        if (const auto version = standardOpset(reader.message(*field, "operator set")))
          model.opset = *version;
        break;
      case 14:
        readMetadata(reader.message(*field, "metadata"), model);
        break;
      case 25:
        unsupported("functions defined inside the file are not read");
      default:
        break;
    }
  }
  require(graphs == 1, ErrorCode::BadFile, "is not an ONNX model: it holds no graph");
  require(model.opset >= 1, ErrorCode::BadFile, "names no version of the standard operators");
  return model;
}

}  // namespace cortexscope
