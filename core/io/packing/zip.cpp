// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/packing/zip.h"

#include <zlib.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "io/packing/gzip.h"
#include "io/parsing/byte_reader.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope::zip {
namespace {

constexpr std::string_view kEnd = "PK\5\6", kEnd64 = "PK\6\6", kEnd64Place = "PK\6\7", kEntry = "PK\1\2",
                           kLocal = "PK\3\4";
constexpr std::size_t kEndBytes = 22, kEnd64PlaceBytes = 20, kLocalBytes = 30;
constexpr std::size_t kLongestComment = 65535;
constexpr std::uint64_t kMostMembers = 100000;
constexpr std::uint32_t kIn64 = 0xffffffff;

struct Directory {
  std::uint64_t count = 0, size = 0, start = 0;
};

std::string_view slice(std::string_view archive, std::uint64_t start, std::uint64_t size,
                       const std::string& what) {
  require(start <= archive.size() && size <= archive.size() - start, ErrorCode::BadFile, [&] {
    return what + " claims " + textOf(size) + " bytes at byte " + textOf(start) + "; the file has " +
           textOf(archive.size());
  });
  return archive.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(size));
}

/// The record at the end may be followed by a comment of up to 64 KiB, so it is looked for from behind.
std::size_t endRecord(std::string_view archive, const std::string& file) {
  const std::size_t from = archive.size() - std::min(archive.size(), kEndBytes + kLongestComment);
  const std::size_t found = archive.rfind(kEnd);
  require(found != std::string_view::npos && found >= from && archive.size() - found >= kEndBytes,
          ErrorCode::BadFile, [&] {
            return file + ": has no zip directory at its end, so it is cut or no zip archive; it has " +
                   textOf(archive.size()) + " bytes";
          });
  return found;
}

Directory directory(std::string_view archive, const std::string& file) {
  const std::size_t end = endRecord(archive, file);
  ByteReader reader(archive.substr(end), std::endian::little, file);
  reader.bytes(4, "the end record's mark");
  const auto disk = reader.number<std::uint16_t>("the disk number");
  const auto firstDisk = reader.number<std::uint16_t>("the first disk's number");
  require(disk == firstDisk, ErrorCode::Unsupported,
          [&] { return file + ": is a zip archive in several files"; });
  reader.number<std::uint16_t>("the count on this disk");
  Directory found;
  found.count = reader.number<std::uint16_t>("the count of members");
  found.size = reader.number<std::uint32_t>("the directory's size");
  found.start = reader.number<std::uint32_t>("the directory's place");
  const bool in64 = found.count == 0xffff || found.size == kIn64 || found.start == kIn64;
  if (!in64 || end < kEnd64PlaceBytes || archive.substr(end - kEnd64PlaceBytes, 4) != kEnd64Place)
    return found;
  const auto place =
      numberAt<std::uint64_t>(archive.data() + end - kEnd64PlaceBytes + 8, std::endian::little);
  ByteReader wide(slice(archive, place, 56, file + ": the 64-bit end record"), std::endian::little, file);
  require(wide.bytes(4, "the 64-bit end record") == kEnd64, ErrorCode::BadFile,
          [&] { return file + ": byte " + textOf(place) + " holds no 64-bit end record"; });
  wide.bytes(28, "the 64-bit end record");
  found.count = wide.number<std::uint64_t>("the count of members");
  found.size = wide.number<std::uint64_t>("the directory's size");
  found.start = wide.number<std::uint64_t>("the directory's place");
  return found;
}

/// Sizes that do not fit 32 bits stand in an extra field, in this order, only those that do not fit.
void readWideSizes(std::string_view extra, const std::string& file, Member& member) {
  ByteReader reader(extra, std::endian::little, file);
  while (reader.remaining() >= 4) {
    const auto id = reader.number<std::uint16_t>("an extra field");
    const auto size = reader.number<std::uint16_t>("an extra field");
    ByteReader field(reader.bytes(size, "an extra field"), std::endian::little, file);
    if (id != 1) continue;
    for (std::uint64_t* value : {&member.size, &member.packedSize, &member.headerStart})
      if (*value == kIn64) *value = field.number<std::uint64_t>("a 64-bit size");
  }
}

void checkName(const std::string& name, const std::string& file, std::set<std::string>& seen) {
  const bool leaves = name.starts_with('/') || name.starts_with("../") ||
                      name.find("/../") != std::string::npos || name.find('\\') != std::string::npos ||
                      name.find('\0') != std::string::npos;
  require(!leaves, ErrorCode::BadFile, [&] {
    return file + ": the member \"" + shown(name) + "\" has a name that leaves the archive's folder";
  });
  require(seen.insert(name).second, ErrorCode::BadFile,
          [&] { return file + ": has two members named \"" + shown(name) + "\""; });
}

Member readEntry(ByteReader& reader, const std::string& file) {
  require(reader.bytes(4, "a directory entry") == kEntry, ErrorCode::BadFile, [&] {
    return file + ": the directory entry at byte " + textOf(reader.position() - 4) +
           " of the directory does not start with its mark";
  });
  Member member;
  reader.bytes(4, "a directory entry");
  const auto flags = reader.number<std::uint16_t>("an entry's flags");
  member.method = reader.number<std::uint16_t>("an entry's method");
  reader.bytes(4, "an entry's time");
  member.checksum = reader.number<std::uint32_t>("an entry's checksum");
  member.packedSize = reader.number<std::uint32_t>("an entry's packed size");
  member.size = reader.number<std::uint32_t>("an entry's size");
  const auto nameBytes = reader.number<std::uint16_t>("an entry's name");
  const auto extraBytes = reader.number<std::uint16_t>("an entry's extra field");
  const auto commentBytes = reader.number<std::uint16_t>("an entry's comment");
  reader.bytes(8, "a directory entry");
  member.headerStart = reader.number<std::uint32_t>("an entry's place");
  member.name = reader.bytes(nameBytes, "an entry's name");
  readWideSizes(reader.bytes(extraBytes, "an entry's extra field"), file, member);
  reader.bytes(commentBytes, "an entry's comment");
  require((flags & 1) == 0, ErrorCode::Unsupported,
          [&] { return file + ": the member \"" + shown(member.name) + "\" is encrypted"; });
  return member;
}

}  // namespace

std::vector<Member> members(std::string_view archive, const std::string& file) {
  const Directory found = directory(archive, file);
  const std::string_view entries = slice(archive, found.start, found.size, file + ": the zip directory");
  require(found.count <= kMostMembers && found.count <= found.size / 46, ErrorCode::BadFile, [&] {
    return file + ": the zip directory claims " + textOf(found.count) + " members; its " +
           textOf(found.size) + " bytes cannot hold them";
  });
  std::vector<Member> all;
  std::set<std::string> seen;
  ByteReader reader(entries, std::endian::little, file);
  for (std::uint64_t i = 0; i < found.count; ++i) {
    all.push_back(readEntry(reader, file));
    checkName(all.back().name, file, seen);
  }
  return all;
}

std::string placeOf(const Member& member, const std::string& file) {
  return file + ", member \"" + shown(member.name) + "\"";
}

namespace {

/// A member's bytes as they lie in the archive.
std::string_view packedBytes(std::string_view archive, const Member& member, const std::string& place) {
  const std::string_view local = slice(archive, member.headerStart, kLocalBytes, place + ": its header");
  require(local.starts_with(kLocal), ErrorCode::BadFile,
          [&] { return place + ": byte " + textOf(member.headerStart) + " holds no header of a member"; });
  const auto skipped = numberAt<std::uint16_t>(local.data() + 26, std::endian::little) +
                       numberAt<std::uint16_t>(local.data() + 28, std::endian::little);
  require(member.method == 0 || member.method == 8, ErrorCode::Unsupported, [&] {
    return place + ": is packed by method " + textOf(member.method) + "; stored and deflated are read";
  });
  require(member.method == 8 || member.size == member.packedSize, ErrorCode::BadFile, [&] {
    return place + ": is stored as it is, but claims " + textOf(member.size) + " bytes in " +
           textOf(member.packedSize);
  });
  return slice(archive, member.headerStart + kLocalBytes + static_cast<std::uint64_t>(skipped),
               member.packedSize, place);
}

}  // namespace

std::string contentsOf(std::string_view archive, const Member& member, const std::string& file) {
  const std::string place = placeOf(member, file);
  const std::string_view packed = packedBytes(archive, member, place);
  const std::string bytes = member.method == 0
                                ? std::string(packed)
                                : inflateRaw(packed, static_cast<std::size_t>(member.size), place);
  const uLong checksum = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  require(checksum == member.checksum, ErrorCode::BadFile,
          [&] { return place + ": its checksum does not fit"; });
  return bytes;
}

std::string startOf(std::string_view archive, const Member& member, std::size_t most,
                    const std::string& file) {
  const std::string place = placeOf(member, file);
  const std::string_view packed = packedBytes(archive, member, place);
  return member.method == 0 ? std::string(packed.substr(0, most))
                            : inflateRawStart(packed, most, member.size, place);
}

}  // namespace cortexscope::zip
