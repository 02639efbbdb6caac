// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/npy_header.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "io/parsing/foreign_file.h"
#include "io/parsing/python_literal.h"

namespace cortexscope {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;
constexpr std::size_t kMostDims = 32;
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kGrowthDigits = 21;  // room that NumPy leaves so that the first size may grow in place

struct HeaderText {
  std::string_view dictionary;
  std::size_t dataOffset = 0;
};

/// Finds the dictionary between the fixed bytes in front and the numbers behind.
HeaderText locateHeader(std::string_view text) {
  const std::string foreign = foreignFileReason(text.substr(0, 512));
  require(foreign.empty(), ErrorCode::BadFile, foreign);
  require(text.size() >= 10, ErrorCode::BadFile, [&] {
    return "the file ends after " + textOf(text.size()) + " bytes, before the header's length (10 bytes)";
  });
  require(text.substr(0, 6) == kMagic, ErrorCode::BadFile,
          "the first six bytes are not those of a NumPy array (0x93 \"NUMPY\")");
  const auto byteAt = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[i]));
  };
  const std::size_t major = byteAt(6);
  require(major >= 1 && major <= 3 && byteAt(7) == 0, ErrorCode::Unsupported, [&] {
    return "format version " + textOf(major) + "." + textOf(byteAt(7)) + " is not one of 1.0 to 3.0";
  });
  const std::size_t start = major == 1 ? 10 : 12;
  std::size_t length = byteAt(8) | byteAt(9) << 8;
  if (major > 1 && text.size() >= start) length |= byteAt(10) << 16 | byteAt(11) << 24;
  require(text.size() >= start && length <= text.size() - start, ErrorCode::BadFile, [&] {
    return "the header claims " + textOf(length) + " bytes at byte " + textOf(start) + ", the file has " +
           textOf(text.size());
  });
  require(length <= kMaxHeaderBytes, ErrorCode::BadFile, [&] {
    return "the header claims " + textOf(length) + " bytes, more than " + textOf(kMaxHeaderBytes);
  });
  return {text.substr(start, length), start + length};
}

struct Entries {
  const PythonLiteral* descr = nullptr;
  const PythonLiteral* fortranOrder = nullptr;
  const PythonLiteral* shape = nullptr;
};

Entries entriesOf(const PythonLiteral& literal) {
  const auto* dict = std::get_if<PythonLiteral::Dict>(&literal.value);
  require(dict != nullptr, ErrorCode::BadFile, "the header is not a dictionary");
  Entries entries;
  for (std::size_t i = 0; i < dict->keys.size(); ++i) {
    const std::string& key = dict->keys[i];
    const PythonLiteral& value = dict->values[i];
    if (key == "descr")
      entries.descr = &value;
    else if (key == "fortran_order")
      entries.fortranOrder = &value;
    else if (key == "shape")
      entries.shape = &value;
    else
      throw Error(ErrorCode::BadFile, "the header has an unknown key '" + key + "'");
  }
  const auto present = [](const PythonLiteral* value, const char* key) {
    require(value != nullptr, ErrorCode::BadFile,
            [&] { return std::string("the header lacks the key '") + key + "'"; });
  };
  present(entries.descr, "descr");
  present(entries.fortranOrder, "fortran_order");
  present(entries.shape, "shape");
  return entries;
}

[[noreturn]] void refuseType(const std::string& type) {
  std::string what = "is not a number type this program reads (b1, i1 to i8, u1 to u8, f2, f4, f8)";
  const char kind = type.size() > 1 ? type[1] : '\0';
  if (kind == 'O') what = "holds Python objects (a pickle), which are never loaded";
  if (kind == 'S' || kind == 'U' || kind == 'a') what = "holds text where numbers are needed";
  if (kind == 'c') what = "holds complex numbers where real ones are needed";
  if (kind == 'V') what = "holds structures where numbers are needed";
  throw Error(ErrorCode::Unsupported, "the type '" + type + "' " + what);
}

NumberType numberType(const std::string& type, std::string_view name) {
  struct Known {
    std::string_view name;
    NumberType type;
  };
  static constexpr Known kKnown[] = {
      {"b1", NumberType::Bool},    {"i1", NumberType::Int8},    {"u1", NumberType::UInt8},
      {"i2", NumberType::Int16},   {"u2", NumberType::UInt16},  {"i4", NumberType::Int32},
      {"u4", NumberType::UInt32},  {"i8", NumberType::Int64},   {"u8", NumberType::UInt64},
      {"f2", NumberType::Float16}, {"f4", NumberType::Float32}, {"f8", NumberType::Float64}};
  for (const Known& known : kKnown)
    if (known.name == name) return known.type;
  refuseType(type);
}

void readType(const PythonLiteral& literal, NpyHeader& header) {
  require(!std::holds_alternative<PythonLiteral::List>(literal.value), ErrorCode::Unsupported,
          "the array holds structures where numbers are needed");
  const auto* type = std::get_if<std::string>(&literal.value);
  require(type != nullptr, ErrorCode::BadFile, "the header's 'descr' is not a text");
  const std::string_view order = std::string_view(*type).substr(0, 1);
  if (order.find_first_of("<>|=") == std::string_view::npos) refuseType(*type);
  header.numbers.type =
      numberType(*type, std::string_view(*type).substr(std::min<std::size_t>(1, type->size())));
  if (order == "|" && bytesPerNumber(header.numbers.type) > 1) refuseType(*type);
  header.numbers.order = order == ">" ? std::endian::big : std::endian::little;
}

void readShape(const PythonLiteral& literal, NpyHeader& header) {
  const auto* tuple = std::get_if<PythonLiteral::List>(&literal.value);
  require(tuple != nullptr && tuple->isTuple, ErrorCode::BadFile, "the header's 'shape' is not a tuple");
  for (const PythonLiteral& item : tuple->items) {
    const auto* size = std::get_if<std::int64_t>(&item.value);
    require(size != nullptr, ErrorCode::BadFile,
            "the header's 'shape' holds something else than whole numbers");
    require(*size >= 0, ErrorCode::BadFile,
            [&] { return "the header's 'shape' holds the negative size " + textOf(*size); });
    header.shape.push_back(*size);
  }
  require(header.shape.size() <= kMostDims, ErrorCode::BadFile, [&] {
    return "the array has " + textOf(header.shape.size()) + " dimensions; NumPy knows at most " +
           textOf(kMostDims);
  });
}

void checkSize(const NpyHeader& header, std::uint64_t fileBytes) {
  const std::size_t each = bytesPerNumber(header.numbers.type);
  const auto count = static_cast<std::uint64_t>(checkedCount(header.shape, each, "the header"));
  const std::uint64_t present = fileBytes - header.dataOffset;
  require(count * each == present, ErrorCode::BadFile, [&] {
    return "the shape " + shapeWords(header.shape) + " of " + textOf(each) + "-byte numbers needs " +
           textOf(count * each) + " bytes after the header, the file has " + textOf(present);
  });
}

}  // namespace

NpyHeader parseNpyHeader(std::string_view bytes, const std::string& place) {
  return parseNpyHeader(bytes, bytes.size(), place);
}

NpyHeader parseNpyHeader(std::string_view start, std::uint64_t fileBytes, const std::string& place) {
  try {
    const HeaderText text = locateHeader(start);
    const PythonLiteral literal = parsePythonLiteral(text.dictionary);
    const Entries entries = entriesOf(literal);
    NpyHeader header;
    header.dataOffset = text.dataOffset;
    readType(*entries.descr, header);
    const bool* fortranOrder = std::get_if<bool>(&entries.fortranOrder->value);
    require(fortranOrder != nullptr, ErrorCode::BadFile, "the header's 'fortran_order' is not True or False");
    header.fortranOrder = *fortranOrder;
    readShape(*entries.shape, header);
    checkSize(header, fileBytes);
    return header;
  } catch (const Error& error) {
    throw error.within(place + ": cannot be read as a NumPy array");
  }
}

RawArray npyArray(std::string_view bytes, std::shared_ptr<const void> owner, const std::string& place) {
  NpyHeader header = parseNpyHeader(bytes, place);
  return {place,
          std::move(header.shape),
          header.numbers,
          header.fortranOrder,
          bytes.substr(header.dataOffset),
          std::move(owner)};
}

std::string npyHeaderText(const std::vector<std::int64_t>& shape, std::string_view type) {
  std::string sizes;
  for (const std::int64_t size : shape) sizes += textOf(size) + ", ";
  if (shape.size() == 1) sizes.pop_back();               // (5,)
  if (shape.size() > 1) sizes.resize(sizes.size() - 2);  // (5, 4)
  std::string dictionary =
      "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (" + sizes + "), }";
  if (!shape.empty()) dictionary.append(kGrowthDigits - textOf(shape[0]).size(), ' ');
  const std::size_t unpadded = 10 + dictionary.size() + 1;
  dictionary.append(kAlignment - unpadded % kAlignment, ' ');
  dictionary += '\n';
  std::string text(kMagic);
  text += {'\1', '\0', static_cast<char>(dictionary.size() & 255), static_cast<char>(dictionary.size() >> 8)};
  return text + dictionary;
}

}  // namespace cortexscope
