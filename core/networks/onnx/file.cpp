// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/onnx/file.h"

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/parsing/foreign_file.h"

namespace cortexscope {
namespace {

constexpr std::uintmax_t kMaxFileBytes = (std::uintmax_t{1} << 31) - 1;  // protobuf's own limit

template <class T>
T attributeOr(const OnnxNode& node, const std::string& name, T fallback) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return fallback;
  const T* value = std::get_if<T>(&found->second);
  require(value != nullptr, ErrorCode::BadFile, [&] {
    return node.op + " node \"" + node.name + "\": attribute " + name + " has an unexpected type";
  });
  return *value;
}

}  // namespace

std::int64_t OnnxNode::integer(const std::string& attribute, std::int64_t fallback) const {
  return attributeOr(*this, attribute, fallback);
}

float OnnxNode::number(const std::string& attribute, float fallback) const {
  return attributeOr(*this, attribute, fallback);
}

std::string OnnxNode::text(const std::string& attribute, const std::string& fallback) const {
  return attributeOr(*this, attribute, fallback);
}

std::vector<std::int64_t> OnnxNode::integers(const std::string& attribute,
                                             std::vector<std::int64_t> fallback) const {
  return attributeOr(*this, attribute, std::move(fallback));
}

OnnxModel readOnnx(const std::filesystem::path& file) {
  const std::uintmax_t size = regularFileSize(file);
  require(size <= kMaxFileBytes, ErrorCode::BadFile, [&] {
    return file.string() + ": has " + textOf(size) + " bytes; an ONNX file has at most " +
           textOf(kMaxFileBytes);
  });
  try {
    const std::string contents = readTextFile(file, static_cast<std::size_t>(kMaxFileBytes));
    const std::string foreign = foreignFileReason(std::string_view(contents).substr(0, 512));
    require(!contents.empty() && foreign.empty(), ErrorCode::BadFile,
            [&] { return foreign.empty() ? "is empty" : foreign; });
    return parseOnnx(std::as_bytes(std::span(contents)));
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(file.string())) throw;
    throw error.within(file.string());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory,
                file.string() + ": not enough memory to read " + textOf(size) + " bytes");
  }
}

void writeOnnx(const std::filesystem::path& file, const OnnxModel& model) {
  writeFileAtomically(file, serializeOnnx(model));
}

std::string shapeText(const OnnxShape& shape) {
  if (shape.empty()) return "one value";
  std::string text;
  for (const std::int64_t size : shape) {
    if (!text.empty()) text += 'x';
    text += size < 0 ? std::string("?") : textOf(size);
  }
  return text;
}

std::int64_t elementCount(const OnnxShape& shape, std::int64_t limit) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    require(size >= 0, ErrorCode::BadFile, [&] {
      return "a size is negative: " + textOf(size) + " in a shape of " + textOf(shape.size()) + " sizes";
    });
    require(size == 0 || count <= limit / size, ErrorCode::BadFile,
            [&] { return "shape " + shapeText(shape) + " has more than " + textOf(limit) + " values"; });
    count *= size;
  }
  return count;
}

}  // namespace cortexscope
