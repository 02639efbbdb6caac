// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/hdf5_process.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <limits>
#include <memory>

#include "base/child_process.h"
#include "base/error.h"
#include "base/process_limits.h"
#include "base/text.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope::hdf5 {
namespace {

constexpr std::size_t kMostListBytes = std::size_t{64} << 20;
constexpr std::chrono::seconds kLongestSilence{20};

/// Fields of the child's output, ended by NUL bytes. The child parsed a hostile file, so nothing it says is
/// trusted.
class FieldReader {
 public:
  FieldReader(std::string_view output, std::string file) : m_left(output), m_file(std::move(file)) {}

  bool atEnd() const { return m_left.empty(); }
  std::string_view rest() const { return m_left; }

  std::string next() {
    const std::size_t end = m_left.find('\0');
    if (end == std::string_view::npos) fail();
    std::string text(m_left.substr(0, end));
    m_left.remove_prefix(end + 1);
    return text;
  }

  std::vector<std::int64_t> sizes() {
    constexpr std::size_t kMostDims = 32;
    const std::string text = next();
    std::vector<std::int64_t> sizes;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
      std::uint64_t size = 0;
      const auto [stop, error] = std::from_chars(at, end, size);
      if (error != std::errc() || sizes.size() == kMostDims) fail();
      // An honest size beyond 63 bits does not exist; the largest is what a message can say of it.
      sizes.push_back(static_cast<std::int64_t>(std::min<std::uint64_t>(size, INT64_MAX)));
      at = stop < end && *stop == 'x' ? stop + 1 : stop;
      if (at == stop && at < end) fail();
    }
    return sizes;
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorCode::BadFile, m_file + ": the HDF5 library gave no sense for it");
  }

  std::string_view m_left;
  std::string m_file;
};

ChildResult run(const std::filesystem::path& file, std::vector<std::string> arguments, std::size_t mostBytes,
                const Job& job) {
  const std::string name = file.string();
  // An absolute path cannot be taken for an option and does not depend on the folder of the other process.
  arguments.insert(arguments.begin() + 1, std::filesystem::absolute(file).string());
  ChildResult result =
      runChild(programBeside("cortexscope-reader"), arguments, mostBytes, kLongestSilence, job);
  const auto bad = [&](const std::string& reason) { throw Error(ErrorCode::BadFile, name + ": " + reason); };
  if (result.tooLong)
    bad("the HDF5 library did not get through it within 20 s, so it is damaged or made to hang");
  if (result.tooMuch) bad("the HDF5 library gave more data than the file declares");
  if (result.signal != 0)
    bad("the HDF5 library crashed on it (signal " + textOf(result.signal) + ", " +
        ::strsignal(result.signal) + "), so it is damaged or hostile; nothing else was harmed");
  if (result.exitStatus == kChildUnsupported)
    throw Error(ErrorCode::Unsupported, name + ": " + result.errors);
  if (result.exitStatus != 0)
    bad(result.errors.empty() ? "the HDF5 library cannot read it" : std::string(result.errors));
  return result;
}

NumberType typeNamed(const std::string& name, const std::string& place) {
  static constexpr std::array kTypes{
      NumberType::Int8,   NumberType::UInt8, NumberType::Int16,  NumberType::UInt16,  NumberType::Int32,
      NumberType::UInt32, NumberType::Int64, NumberType::UInt64, NumberType::Float32, NumberType::Float64};
  for (const NumberType type : kTypes)
    if (nameOf(type) == name) return type;
  throw Error(ErrorCode::BadFile, place + ": the HDF5 library gave no sense for it");
}

}  // namespace

std::vector<ArrayInfo> listFile(const std::filesystem::path& file, const Job& job) {
  const ChildResult result = run(file, {"list"}, kMostListBytes, job);
  FieldReader fields(result.output, file.string());
  std::vector<ArrayInfo> infos;
  while (!fields.atEnd()) {
    ArrayInfo info;
    info.name = fields.next();
    info.dtype = fields.next();
    info.shape = fields.sizes();
    info.numeric = fields.next() == "1";
    info.note = fields.next();
    infos.push_back(std::move(info));
  }
  return infos;
}

RawArray readDataset(const std::filesystem::path& file, const ArrayInfo& dataset, bool columnMajor,
                     const Job& job) {
  const std::string place = file.string() + ", data set \"" + shown(dataset.name) + "\"";
  constexpr std::size_t kWidest = 8, kMostFieldBytes = 4096;
  const std::int64_t count = checkedCount(dataset.shape, kWidest, place);
  auto result = std::make_shared<ChildResult>(
      run(file, {"read", dataset.name}, static_cast<std::size_t>(count) * kWidest + kMostFieldBytes, job));
  FieldReader fields(result->output, file.string());
  RawArray array;
  array.place = place;
  array.numbers = {typeNamed(fields.next(), place), std::endian::little};
  array.shape = fields.sizes();
  array.bytes = fields.rest();
  const auto needed =
      static_cast<std::size_t>(checkedCount(array.shape, bytesPerNumber(array.numbers.type), place)) *
      bytesPerNumber(array.numbers.type);
  require(needed == array.bytes.size(), ErrorCode::BadFile, [&] {
    return place + ": its shape " + shapeWords(array.shape) + " needs " + textOf(needed) + " bytes; " +
           textOf(array.bytes.size()) + " came";
  });
  array.columnMajor = columnMajor;
  if (columnMajor) std::reverse(array.shape.begin(), array.shape.end());
  array.owner = std::move(result);
  return array;
}

}  // namespace cortexscope::hdf5
