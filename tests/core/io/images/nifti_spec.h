// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/io/format_bytes.h"

namespace cortexscope::test {

/// A NIfTI-1 or -2 file put together from its fields, 2 x 3 x 4 voxels holding 0, 1, 2, ... unless changed.
struct NiftiSpec {
  int version = 1;
  std::endian order = std::endian::little;
  std::vector<std::int64_t> dims{3, 2, 3, 4, 1, 1, 1, 1};
  std::int16_t type = 4, bits = 16;
  std::vector<double> pixdim{1, 2, 2, 3, 1, 1, 1, 1};
  double start = 352, slope = 0, intercept = 0;
  int qform = 0, sform = 1;
  std::array<double, 3> quaternion{0, 0, 0}, offset{0, 0, 0};
  std::array<double, 12> rows{2, 0, 0, -10, 0, 2, 0, -20, 0, 0, 3, -30};
  int units = 0, intent = 0;
  std::string extensions;  ///< bytes between the header's end and the voxels, after the flag
  std::string magic;
  std::string voxels;
};

class HeaderWriter {
 public:
  HeaderWriter(std::size_t size, std::endian order) : m_header(size, '\0'), m_order(order) {}
  template <class T>
  void put(std::size_t place, T value) {
    m_header.replace(place, sizeof(T), bytesOf(value, m_order));
  }
  void text(std::size_t place, std::string_view text) { m_header.replace(place, text.size(), text); }
  const std::string& bytes() const { return m_header; }

 private:
  std::string m_header;
  std::endian m_order;
};

inline std::string header1(const NiftiSpec& s) {
  HeaderWriter h(352, s.order);
  h.put<std::int32_t>(0, 348);
  for (std::size_t i = 0; i < 8; ++i) {
    h.put(40 + 2 * i, static_cast<std::int16_t>(s.dims[i]));
    h.put(76 + 4 * i, static_cast<float>(s.pixdim[i]));
  }
  h.put(68, static_cast<std::int16_t>(s.intent));
  h.put(123, static_cast<std::int8_t>(s.units));
  h.put(70, s.type);
  h.put(72, s.bits);
  h.put(108, static_cast<float>(s.start));
  h.put(112, static_cast<float>(s.slope));
  h.put(116, static_cast<float>(s.intercept));
  h.put(252, static_cast<std::int16_t>(s.qform));
  h.put(254, static_cast<std::int16_t>(s.sform));
  for (std::size_t i = 0; i < 3; ++i) {
    h.put(256 + 4 * i, static_cast<float>(s.quaternion[i]));
    h.put(268 + 4 * i, static_cast<float>(s.offset[i]));
  }
  for (std::size_t i = 0; i < 12; ++i) h.put(280 + 4 * i, static_cast<float>(s.rows[i]));
  h.text(344, s.magic.empty() ? std::string_view("n+1\0", 4) : std::string_view(s.magic));
  return h.bytes();
}

inline std::string header2(const NiftiSpec& s) {
  HeaderWriter h(544, s.order);
  h.put<std::int32_t>(0, 540);
  h.text(4, s.magic.empty() ? std::string_view("n+2\0\r\n\x1a\n", 8) : std::string_view(s.magic));
  h.put(12, s.type);
  h.put(14, s.bits);
  h.put(500, static_cast<std::int32_t>(s.units));
  h.put(504, static_cast<std::int32_t>(s.intent));
  for (std::size_t i = 0; i < 8; ++i) {
    h.put(16 + 8 * i, s.dims[i]);
    h.put(104 + 8 * i, s.pixdim[i]);
  }
  h.put(168, static_cast<std::int64_t>(s.start));
  h.put(176, s.slope);
  h.put(184, s.intercept);
  h.put(344, static_cast<std::int32_t>(s.qform));
  h.put(348, static_cast<std::int32_t>(s.sform));
  for (std::size_t i = 0; i < 3; ++i) {
    h.put(352 + 8 * i, s.quaternion[i]);
    h.put(376 + 8 * i, s.offset[i]);
  }
  for (std::size_t i = 0; i < 12; ++i) h.put(400 + 8 * i, s.rows[i]);
  return h.bytes();
}

template <class T>
NiftiSpec counting(NiftiSpec spec, std::int16_t type) {
  spec.type = type;
  spec.bits = 8 * sizeof(T);
  if (spec.version == 2) spec.start = 544;
  spec.voxels.clear();
  for (int i = 0; i < 24; ++i) spec.voxels += bytesOf(static_cast<T>(i), spec.order);
  return spec;
}
inline NiftiSpec good() {
  return counting<std::int16_t>(NiftiSpec(), 4);
}

inline std::string fileOf(const NiftiSpec& spec) {
  std::string header = spec.version == 1 ? header1(spec) : header2(spec);
  if (!spec.extensions.empty()) header[header.size() - 4] = 1;
  return header + spec.extensions + spec.voxels;
}

inline NiftiSpec typed(int index, NiftiSpec spec) {
  switch (index) {
    case 0:
      return counting<std::uint8_t>(spec, 2);
    case 1:
      return counting<std::int16_t>(spec, 4);
    case 2:
      return counting<std::int32_t>(spec, 8);
    case 3:
      return counting<float>(spec, 16);
    case 4:
      return counting<double>(spec, 64);
    case 5:
      return counting<std::int8_t>(spec, 256);
    case 6:
      return counting<std::uint16_t>(spec, 512);
    case 7:
      return counting<std::uint32_t>(spec, 768);
    case 8:
      return counting<std::int64_t>(spec, 1024);
    default:
      return counting<std::uint64_t>(spec, 1280);
  }
}

}  // namespace cortexscope::test
