// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "io/parsing/byte_reader.h"

namespace cortexscope::nifti {

/// Byte places of the header fields that are read, and access to them in the file's byte order.
/// Private to io.
class Fields {
 public:
  Fields(std::string_view start, int version, std::endian order)
      : m_start(start), m_version(version), m_order(order) {}

  bool second() const { return m_version == 2; }
  std::int64_t dim(std::size_t i) const {
    return second() ? at<std::int64_t>(16 + 8 * i) : at<std::int16_t>(40 + 2 * i);
  }
  int type() const { return second() ? at<std::int16_t>(12) : at<std::int16_t>(70); }
  int bitsPerVoxel() const { return second() ? at<std::int16_t>(14) : at<std::int16_t>(72); }
  double pixdim(std::size_t i) const { return second() ? at<double>(104 + 8 * i) : real(76 + 4 * i); }
  double dataStart() const { return second() ? static_cast<double>(at<std::int64_t>(168)) : real(108); }
  double slope() const { return second() ? at<double>(176) : real(112); }
  double intercept() const { return second() ? at<double>(184) : real(116); }
  int units() const { return second() ? at<std::int32_t>(500) : at<std::int8_t>(123); }
  int intent() const { return second() ? at<std::int32_t>(504) : at<std::int16_t>(68); }
  int qformCode() const { return second() ? at<std::int32_t>(344) : at<std::int16_t>(252); }
  int sformCode() const { return second() ? at<std::int32_t>(348) : at<std::int16_t>(254); }
  double quaternion(std::size_t i) const { return second() ? at<double>(352 + 8 * i) : real(256 + 4 * i); }
  double offset(std::size_t i) const { return second() ? at<double>(376 + 8 * i) : real(268 + 4 * i); }
  double sform(std::size_t row, std::size_t col) const {
    return second() ? at<double>(400 + 32 * row + 8 * col) : real(280 + 16 * row + 4 * col);
  }

 private:
  template <class T>
  T at(std::size_t place) const {
    return numberAt<T>(m_start.data() + place, m_order);
  }
  double real(std::size_t place) const { return static_cast<double>(at<float>(place)); }

  std::string_view m_start;
  int m_version;
  std::endian m_order;
};

}  // namespace cortexscope::nifti
