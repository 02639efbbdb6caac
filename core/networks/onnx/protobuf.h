// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to networks/onnx.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cortexscope {

/// One field of a protobuf message, its length already checked against the message that holds it.
struct ProtobufField {
  enum class Kind { Varint, Fixed64, Bytes, Fixed32 };
  std::uint32_t number = 0;
  Kind kind = Kind::Varint;
  std::uint64_t value = 0;           ///< of a varint or a fixed field
  std::span<const std::byte> bytes;  ///< of a Bytes field
  std::size_t offset = 0;            ///< where the contents start in the file
};

/// Walks over the fields of one message in memory. Never copies, never reads past the message, never
/// recurses: who wants a nested message asks for it with message(), so the nesting is that of the caller's
/// code.
/// Errors   all BadFile, naming the message and the byte where it went wrong
class ProtobufReader {
 public:
  /// `name` is how errors call this message ("graph", "node 12"); `offset` its first byte's place in the
  /// file.
  ProtobufReader(std::span<const std::byte> bytes, std::string name, std::size_t offset = 0)
      : m_bytes(bytes), m_name(std::move(name)), m_offset(offset) {}

  /// The next field, or nothing at the message's end. Groups (removed from protobuf long ago) are refused.
  std::optional<ProtobufField> next();

  ProtobufReader message(const ProtobufField& field, std::string name) const;
  std::string text(const ProtobufField& field, std::size_t maxBytes) const;
  std::int64_t integer(const ProtobufField& field) const;
  float number(const ProtobufField& field) const;

  /// Adds the values of a repeated field, packed or one by one; more than `maxCount` in all are refused.
  void appendIntegers(const ProtobufField& field, std::vector<std::int64_t>& values,
                      std::size_t maxCount) const;
  void appendFloats(const ProtobufField& field, std::vector<float>& values, std::size_t maxCount) const;

  [[noreturn]] void fail(std::size_t position, const std::string& reason) const;

 private:
  std::uint64_t varint();
  void expect(const ProtobufField& field, ProtobufField::Kind kind) const;

  std::span<const std::byte> m_bytes;
  std::string m_name;
  std::size_t m_offset = 0;
  std::size_t m_position = 0;
};

/// Puts protobuf messages together in one buffer. A message's length takes five bytes, filled in by end().
class ProtobufWriter {
 public:
  void integer(std::uint32_t field, std::int64_t value);
  void number(std::uint32_t field, float value);
  void text(std::uint32_t field, std::string_view value);
  void floats(std::uint32_t field, std::span<const float> values);
  void integers(std::uint32_t field, std::span<const std::int64_t> values);

  /// Opens a nested message; give the result to end() once its fields are written.
  std::size_t begin(std::uint32_t field);
  void end(std::size_t start);

  std::string take() { return std::move(m_buffer); }

 private:
  void varint(std::uint64_t value);

  std::string m_buffer;
};

}  // namespace cortexscope
