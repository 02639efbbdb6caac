// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include <bit>
#include <limits>

#include "base/error.h"
#include "io/packing/zip.h"

namespace cortexscope::zip {
namespace {

constexpr std::uint16_t kVersion = 20;   // 2.0: plain members
constexpr std::uint16_t kFirstDay = 33;  // 1980-01-01, so that equal contents give equal bytes

template <class Number>
void put(std::string& out, Number number) {
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte) out += char(number >> 8 * byte & 0xff);
}

/// What the local header and the directory say alike, from the version to the extra field's length.
std::string factsOf(const NewMember& member) {
  const auto checksum = std::uint32_t(
      crc32_z(0, reinterpret_cast<const Bytef*>(member.contents.data()), member.contents.size()));
  const auto size = std::uint32_t(member.contents.size());
  std::string facts;
  put(facts, kVersion);
  put(facts, std::uint32_t{0});  // flags and method: stored
  put(facts, std::uint16_t{0});
  put(facts, kFirstDay);
  put(facts, checksum);
  put(facts, size);
  put(facts, size);
  put(facts, std::uint16_t(member.name.size()));
  put(facts, std::uint16_t{0});
  return facts;
}

std::string endRecord(std::size_t count, std::size_t size, std::size_t start) {
  std::string end = "PK\5\6";
  put(end, std::uint32_t{0});  // numbers of disks
  put(end, std::uint16_t(count));
  put(end, std::uint16_t(count));
  put(end, std::uint32_t(size));
  put(end, std::uint32_t(start));
  put(end, std::uint16_t{0});
  return end;
}

}  // namespace

std::string archiveOf(const std::vector<NewMember>& members) {
  constexpr std::size_t kMostBytes = std::numeric_limits<std::uint32_t>::max();
  std::string archive, directory;
  for (const NewMember& member : members) {
    const std::string facts = factsOf(member);
    directory += "PK\1\2";
    put(directory, kVersion);
    directory += facts;
    directory.append(10, '\0');  // no comment, first disk, no attributes
    put(directory, std::uint32_t(archive.size()));
    directory += member.name;
    archive += "PK\3\4" + facts + member.name;
    archive += member.contents;
    require(archive.size() + directory.size() < kMostBytes && members.size() < 0xffff, ErrorCode::Unsupported,
            "an archive of 4 GiB or more is not written");
  }
  const std::size_t start = archive.size();
  return archive + directory + endRecord(members.size(), directory.size(), start);
}

}  // namespace cortexscope::zip
