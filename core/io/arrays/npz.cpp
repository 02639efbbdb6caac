// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/npz.h"

#include <cmath>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "io/arrays/npy_header.h"
#include "io/packing/zip.h"

namespace cortexscope {
namespace {

template <class Number>
std::string npyBytes(const std::vector<std::int64_t>& shape, const char* type, const Number* values,
                     std::size_t count) {
  return npyHeaderText(shape, type).append(reinterpret_cast<const char*>(values), count * sizeof(Number));
}

template <class Number>
std::string npyVector(const char* type, std::span<const Number> values) {
  return npyBytes({std::int64_t(values.size())}, type, values.data(), values.size());
}

}  // namespace

NpzReader::NpzReader(const std::filesystem::path& file)
    : m_file(file), m_mapped(std::make_shared<const MappedFile>(file)) {
  zip::members(m_mapped->text(), file.string());
}

bool NpzReader::has(const std::string& name) const {
  for (const zip::Member& member : zip::members(m_mapped->text(), m_file.string()))
    if (member.name == name + ".npy") return true;
  return false;
}

std::string NpzReader::bytes(const std::string& name) const {
  for (const zip::Member& member : zip::members(m_mapped->text(), m_file.string()))
    if (member.name == name + ".npy") return zip::contentsOf(m_mapped->text(), member, m_file.string());
  throw Error(ErrorCode::BadFile, m_file.string() + ": has no array \"" + name + "\"");
}

MatrixD NpzReader::numbers(const std::string& name) const {
  const auto contents = std::make_shared<const std::string>(bytes(name));
  return matrixDoubleOf(npyArray(*contents, contents, m_file.string() + ", \"" + name + "\""));
}

std::vector<std::int64_t> NpzReader::wholeNumbers(const std::string& name, std::int64_t largest) const {
  const MatrixD read = numbers(name);
  const std::string place = m_file.string() + ", \"" + name + "\": ";
  require(read.cols() == 1, ErrorCode::BadFile, [&] { return place + "is no list of numbers"; });
  std::vector<std::int64_t> whole(std::size_t(read.rows()));
  for (Index i = 0; i < read.rows(); ++i) {
    const double value = read(i, 0);
    require(value >= 0 && value <= double(largest) && std::floor(value) == value, ErrorCode::BadFile, [&] {
      return place + "has the value " + textOf(value) + " in place " + textOf(i) +
             "; whole numbers from 0 to " + textOf(largest) + " are expected";
    });
    whole[std::size_t(i)] = std::int64_t(value);
  }
  return whole;
}

void NpzWriter::add(const std::string& name, std::span<const float> values) {
  m_arrays.emplace_back(name, npyVector("<f4", values));
}
void NpzWriter::add(const std::string& name, std::span<const std::int32_t> values) {
  m_arrays.emplace_back(name, npyVector("<i4", values));
}
void NpzWriter::add(const std::string& name, std::span<const std::int64_t> values) {
  m_arrays.emplace_back(name, npyVector("<i8", values));
}
void NpzWriter::add(const std::string& name, const MatrixD& values) {
  m_arrays.emplace_back(
      name, npyBytes({values.rows(), values.cols()}, "<f8", values.data(), std::size_t(values.size())));
}
void NpzWriter::addText(const std::string& name, const std::string& text) {
  const std::string type = "|S" + textOf(text.size());
  m_arrays.emplace_back(name, npyBytes({}, type.c_str(), text.data(), text.size()));
}

void NpzWriter::write(const std::filesystem::path& file) const {
  std::vector<zip::NewMember> members;
  for (const auto& [name, bytes] : m_arrays) members.push_back({name + ".npy", bytes});
  writeFileAtomically(file, zip::archiveOf(members));
}

}  // namespace cortexscope
