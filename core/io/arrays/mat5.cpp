// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/mat5.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "io/packing/gzip.h"
#include "io/parsing/byte_reader.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope::mat5 {
namespace {

constexpr std::size_t kHeaderBytes = 128, kOrderPlace = 126;
constexpr std::uint32_t kMatrix = 14, kCompressed = 15;
constexpr std::size_t kStartBytes = std::size_t{64}
                                    << 10;  // of a compressed variable: enough for its name and shape
constexpr std::size_t kMostVariables = 100000, kMostDims = 32;

std::endian orderOf(std::string_view contents) {
  return contents.substr(kOrderPlace, 2) == "IM" ? std::endian::little : std::endian::big;
}

/// A tagged piece of the file.
struct Element {
  std::uint32_t type = 0;
  std::uint64_t size = 0;  ///< that the tag claims
  std::string_view bytes;  ///< as many of them as are there
};

/// Takes the element at the reader's place and its padding. `whole` = it must all be there.
Element take(ByteReader& reader, std::endian order, bool whole) {
  const std::string_view tag = reader.bytes(4, "a tag");
  const auto first = numberAt<std::uint32_t>(tag.data(), order);
  Element element;
  if (first >> 16 != 0) {  // small: type, size and data in eight bytes
    element.type = first & 0xffff;
    element.size = first >> 16;
    require(element.size <= 4, ErrorCode::BadFile, [&] {
      return reader.file() + ": the small element at byte " + textOf(reader.position() - 4) + " claims " +
             textOf(element.size) + " bytes, more than 4";
    });
    element.bytes = reader.bytes(4, "a small element").substr(0, static_cast<std::size_t>(element.size));
    return element;
  }
  element.type = first;
  element.size = reader.number<std::uint32_t>("an element's size");
  const std::size_t there = std::min<std::size_t>(static_cast<std::size_t>(element.size), reader.remaining());
  require(there == element.size || !whole, ErrorCode::BadFile, [&] {
    return reader.file() + ": the element at byte " + textOf(reader.position() - 8) + " claims " +
           textOf(element.size) + " bytes; " + textOf(reader.remaining()) + " are left";
  });
  element.bytes = reader.bytes(there, "an element");
  if (element.type != kCompressed) reader.bytes(std::min(reader.remaining(), (8 - there % 8) % 8), "padding");
  return element;
}

struct ClassName {
  const char* name;
  bool numeric;
};
ClassName className(std::uint32_t number) {
  static constexpr ClassName kNames[] = {
      {"unknown", false}, {"cell", false},     {"struct", false}, {"object", false}, {"char", false},
      {"sparse", false},  {"float64", true},   {"float32", true}, {"int8", true},    {"uint8", true},
      {"int16", true},    {"uint16", true},    {"int32", true},   {"uint32", true},  {"int64", true},
      {"uint64", true},   {"function", false}, {"opaque", false}};
  return number < std::size(kNames) ? kNames[number] : kNames[0];
}

std::optional<NumberType> storedType(std::uint32_t code) {
  static constexpr NumberType kTypes[] = {NumberType::Int8,   NumberType::UInt8, NumberType::Int16,
                                          NumberType::UInt16, NumberType::Int32, NumberType::UInt32,
                                          NumberType::Float32};
  if (code >= 1 && code <= 7) return kTypes[code - 1];
  if (code == 9) return NumberType::Float64;
  if (code == 12) return NumberType::Int64;
  if (code == 13) return NumberType::UInt64;
  return std::nullopt;
}

/// Reads what comes before a variable's numbers and leaves the reader there.
ArrayInfo readStart(ByteReader& reader, std::endian order) {
  const Element flags = take(reader, order, true);
  require(flags.type == 6 && flags.size == 8, ErrorCode::BadFile,
          [&] { return reader.file() + ": a variable does not start with its array flags"; });
  const auto bits = numberAt<std::uint32_t>(flags.bytes.data(), order);
  const ClassName kind = className(bits & 0xff);
  const bool complex = (bits & 0x800) != 0, logical = (bits & 0x200) != 0;
  ArrayInfo info;
  info.dtype = logical ? "bool" : kind.name;
  info.numeric = kind.numeric && !complex;
  if (complex) info.dtype = "complex";
  if (!info.numeric) info.note = "holds no real numbers (" + info.dtype + ")";
  if ((bits & 0xff) == 17) return info;  // an object of MATLAB's own, without shape or name
  const Element dims = take(reader, order, true);
  require(dims.type == 5 && dims.size % 4 == 0 && dims.size / 4 >= 2 && dims.size / 4 <= kMostDims,
          ErrorCode::BadFile, [&] { return reader.file() + ": a variable's dimensions are damaged"; });
  for (std::size_t i = 0; i < dims.size / 4; ++i) {
    info.shape.push_back(numberAt<std::int32_t>(dims.bytes.data() + 4 * i, order));
    require(info.shape.back() >= 0, ErrorCode::BadFile, [&] {
      return reader.file() + ": a variable has the negative dimension " + textOf(info.shape.back());
    });
  }
  info.name = std::string(take(reader, order, true).bytes);
  return info;
}

/// Calls `action` with each variable's matrix element until it says stop. Compressed ones are unpacked as far
/// as their start reaches, number `whole` to its end.
void forVariables(std::string_view contents, const std::string& file, std::optional<std::size_t> whole,
                  const std::function<bool(std::string_view matrix, std::shared_ptr<const void>)>& action) {
  require(isFile(contents), ErrorCode::BadFile, [&] { return file + ": is no MATLAB 5 file"; });
  const std::endian order = orderOf(contents);
  ByteReader reader(contents, order, file);
  reader.bytes(kHeaderBytes, "the header");
  for (std::size_t count = 0; reader.remaining() > 0; ++count) {
    require(count < kMostVariables, ErrorCode::Unsupported,
            [&] { return file + ": has more than " + textOf(kMostVariables) + " variables"; });
    const std::string place = file + ", variable " + textOf(count + 1);
    Element element = take(reader, order, true);
    std::shared_ptr<std::string> unpacked;
    if (element.type == kCompressed) {
      const std::size_t most = std::min<std::size_t>(mostUnpackedFrom(element.bytes.size()), UINT32_MAX - 1);
      unpacked = std::make_shared<std::string>(
          inflateStart(element.bytes, whole == count ? most : kStartBytes, place));
      ByteReader inner(*unpacked, order, place);
      element = take(inner, order, false);
    }
    if (!action(element.type == kMatrix ? element.bytes : std::string_view(), unpacked)) return;
  }
}

std::vector<ArrayInfo> allVariables(std::string_view contents, const std::string& file) {
  std::vector<ArrayInfo> infos;
  forVariables(
      contents, file, std::nullopt, [&](std::string_view matrix, const std::shared_ptr<const void>&) {
        ByteReader reader(matrix, orderOf(contents), file + ", variable " + textOf(infos.size() + 1));
        infos.push_back(matrix.empty() ? ArrayInfo() : readStart(reader, orderOf(contents)));
        return true;
      });
  return infos;
}

RawArray numbersOf(std::string_view matrix, std::endian order, const std::string& place) {
  ByteReader reader(matrix, order, place);
  const ArrayInfo info = readStart(reader, order);
  require(info.numeric, ErrorCode::Unsupported, [&] { return place + ": " + info.note; });
  const Element data = take(reader, order, true);
  const auto type = storedType(data.type);
  require(type.has_value(), ErrorCode::BadFile,
          [&] { return place + ": its numbers have the unknown type " + textOf(data.type); });
  const std::int64_t count = checkedCount(info.shape, bytesPerNumber(*type), place);
  require(static_cast<std::uint64_t>(count) * bytesPerNumber(*type) == data.bytes.size(), ErrorCode::BadFile,
          [&] {
            return place + ": its shape " + shapeWords(info.shape) + " needs " + textOf(count) +
                   " numbers of " + textOf(bytesPerNumber(*type)) + " bytes; it has " +
                   textOf(data.bytes.size()) + " bytes";
          });
  return {place, info.shape, {*type, order}, true, data.bytes, nullptr};
}

}  // namespace

bool isFile(std::string_view start) {
  if (start.size() < kHeaderBytes) return false;
  const std::string_view order = start.substr(kOrderPlace, 2);
  return (order == "IM" && start.substr(124, 2) == std::string_view("\0\1", 2)) ||
         (order == "MI" && start.substr(124, 2) == std::string_view("\1\0", 2));
}

std::vector<ArrayInfo> list(std::string_view contents, const std::string& file) {
  std::vector<ArrayInfo> infos = allVariables(contents, file);
  std::erase_if(infos,
                [](const ArrayInfo& info) { return info.name.empty(); });  // MATLAB's own, and no variables
  return infos;
}

RawArray read(std::string_view contents, const std::string& name, const std::string& file) {
  const std::string place = file + ", variable \"" + shown(name) + "\"";
  const std::vector<ArrayInfo> all = allVariables(contents, file);
  const auto wanted =
      std::find_if(all.begin(), all.end(), [&](const ArrayInfo& info) { return info.name == name; });
  require(wanted != all.end(), ErrorCode::BadValue, [&] { return place + ": is not there"; });
  const auto index = static_cast<std::size_t>(wanted - all.begin());
  std::optional<RawArray> found;
  std::size_t at = 0;
  forVariables(contents, file, index, [&](std::string_view matrix, std::shared_ptr<const void> owner) {
    if (at++ != index) return true;
    found = numbersOf(matrix, orderOf(contents), place);
    found->owner = std::move(owner);
    return false;
  });
  return std::move(found.value());
}

}  // namespace cortexscope::mat5
