// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/onnx/protobuf.h"

#include <bit>
#include <cstring>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

using Kind = ProtobufField::Kind;

constexpr int kMaxVarintBytes = 10;
constexpr std::size_t kLengthBytes = 5;  // holds every length below 2^35

static_assert(std::endian::native == std::endian::little, "tensors are copied as they lie in memory");

template <class T>
T loaded(std::span<const std::byte> bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

}  // namespace

void ProtobufReader::fail(std::size_t position, const std::string& reason) const {
  throw Error(ErrorCode::BadFile, m_name + " at byte " + textOf(position) + ": " + reason);
}

std::uint64_t ProtobufReader::varint() {
  std::uint64_t value = 0;
  const std::size_t start = m_position;
  for (int i = 0; i < kMaxVarintBytes; ++i) {
    if (m_position == m_bytes.size()) fail(m_offset + start, "a number is cut off at the end");
    const auto byte = std::to_integer<std::uint64_t>(m_bytes[m_position++]);
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return value;
  }
  fail(m_offset + start, "a number has more than 10 bytes");
}

std::optional<ProtobufField> ProtobufReader::next() {
  if (m_position == m_bytes.size()) return std::nullopt;
  const std::size_t start = m_position;
  const std::uint64_t key = varint();
  if (key >> 3 == 0 || key >> 3 > 0x1fffffff)
    fail(m_offset + start, "field number " + textOf(key >> 3) + " is not legal");
  ProtobufField field;
  field.number = static_cast<std::uint32_t>(key >> 3);
  std::uint64_t length = 0;
  switch (key & 7) {
    case 0:
      field.kind = Kind::Varint;
      field.value = varint();
      break;
    case 1:
      field.kind = Kind::Fixed64;
      length = 8;
      break;
    case 2:
      field.kind = Kind::Bytes;
      length = varint();
      break;
    case 5:
      field.kind = Kind::Fixed32;
      length = 4;
      break;
    default:
      fail(m_offset + start, "field type " + textOf(key & 7) + " is not legal");
  }
  field.offset = m_offset + m_position;
  const std::size_t left = m_bytes.size() - m_position;
  if (length > left)
    fail(m_offset + start, "field " + textOf(field.number) + " claims " + textOf(length) + " bytes, " +
                               textOf(left) + " are left");
  field.bytes = m_bytes.subspan(m_position, static_cast<std::size_t>(length));
  m_position += static_cast<std::size_t>(length);
  if (field.kind == Kind::Fixed64) field.value = loaded<std::uint64_t>(field.bytes);
  if (field.kind == Kind::Fixed32) field.value = loaded<std::uint32_t>(field.bytes);
  return field;
}

void ProtobufReader::expect(const ProtobufField& field, Kind kind) const {
  if (field.kind != kind)
    fail(field.offset, "field " + textOf(field.number) + " is stored in an unexpected way");
}

ProtobufReader ProtobufReader::message(const ProtobufField& field, std::string name) const {
  expect(field, Kind::Bytes);
  return {field.bytes, std::move(name), field.offset};
}

std::string ProtobufReader::text(const ProtobufField& field, std::size_t maxBytes) const {
  expect(field, Kind::Bytes);
  if (field.bytes.size() > maxBytes)
    fail(field.offset,
         "a text has " + textOf(field.bytes.size()) + " bytes; at most " + textOf(maxBytes) + " are allowed");
  return {reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size()};
}

std::int64_t ProtobufReader::integer(const ProtobufField& field) const {
  expect(field, Kind::Varint);
  return static_cast<std::int64_t>(field.value);
}

float ProtobufReader::number(const ProtobufField& field) const {
  expect(field, Kind::Fixed32);
  return std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
}

void ProtobufReader::appendIntegers(const ProtobufField& field, std::vector<std::int64_t>& values,
                                    std::size_t maxCount) const {
  const auto add = [&](std::uint64_t value) {
    if (values.size() == maxCount)
      fail(field.offset, "a list has more than " + textOf(maxCount) + " numbers");
    values.push_back(static_cast<std::int64_t>(value));
  };
  if (field.kind == Kind::Varint) return add(field.value);
  ProtobufReader packed = message(field, m_name);
  while (packed.m_position < packed.m_bytes.size()) add(packed.varint());
}

void ProtobufReader::appendFloats(const ProtobufField& field, std::vector<float>& values,
                                  std::size_t maxCount) const {
  if (field.kind != Kind::Fixed32) expect(field, Kind::Bytes);
  const std::size_t count = field.bytes.size() / sizeof(float);
  if (field.bytes.size() % sizeof(float) != 0)
    fail(field.offset, "a list of floats has " + textOf(field.bytes.size()) + " bytes");
  if (count > maxCount - values.size())
    fail(field.offset, "a list has more than " + textOf(maxCount) + " numbers");
  if (count == 0) return;
  const std::size_t before = values.size();
  values.resize(before + count);
  std::memcpy(values.data() + before, field.bytes.data(), field.bytes.size());
}

void ProtobufWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) m_buffer.push_back(static_cast<char>(value | 0x80));
  m_buffer.push_back(static_cast<char>(value));
}

void ProtobufWriter::integer(std::uint32_t field, std::int64_t value) {
  varint(std::uint64_t{field} << 3);
  varint(static_cast<std::uint64_t>(value));
}

void ProtobufWriter::number(std::uint32_t field, float value) {
  varint(std::uint64_t{field} << 3 | 5);
  m_buffer.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void ProtobufWriter::text(std::uint32_t field, std::string_view value) {
  varint(std::uint64_t{field} << 3 | 2);
  varint(value.size());
  m_buffer.append(value);
}

void ProtobufWriter::floats(std::uint32_t field, std::span<const float> values) {
  text(field, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

void ProtobufWriter::integers(std::uint32_t field, std::span<const std::int64_t> values) {
  for (const std::int64_t value : values) integer(field, value);
}

std::size_t ProtobufWriter::begin(std::uint32_t field) {
  varint(std::uint64_t{field} << 3 | 2);
  m_buffer.append(kLengthBytes, '\0');
  return m_buffer.size();
}

void ProtobufWriter::end(std::size_t start) {
  std::size_t length = m_buffer.size() - start;
  for (std::size_t i = 0; i < kLengthBytes; ++i, length >>= 7) {
    const std::size_t more = i + 1 < kLengthBytes ? 0x80 : 0;
    m_buffer[start - kLengthBytes + i] = static_cast<char>((length & 0x7f) | more);
  }
}

}  // namespace cortexscope
