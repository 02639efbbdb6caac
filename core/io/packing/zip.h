// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// ZIP archives, also with 64-bit sizes, from their central directory. Source: APPNOTE.TXT 6.3 of PKWARE.

namespace cortexscope::zip {

struct Member {
  std::string name;
  std::uint64_t packedSize = 0;
  std::uint64_t size = 0;  ///< unpacked, as the directory says
  std::uint32_t checksum = 0;
  std::uint64_t headerStart = 0;
  int method = 0;  ///< 0 stored, 8 deflated
};

/// The members of an archive in memory. Names are texts for people: nothing is ever unpacked to a path.
/// Errors   BadFile (directory cut or pointing outside the file, a name twice or one that leaves the folder);
///          Unsupported (encrypted, split over several files, other methods than stored and deflated)
/// Limits   100,000 members
std::vector<Member> members(std::string_view archive, const std::string& file);

/// Where in a file a member is, for messages.
std::string placeOf(const Member& member, const std::string& file);

/// A member's bytes, checked against size and checksum.
/// Errors   BadFile; Unsupported for members of more than 4 GiB
std::string contentsOf(std::string_view archive, const Member& member, const std::string& file);

/// The first `most` bytes of a member, fewer only where it ends before; not checked against the checksum.
/// Errors   as contentsOf
std::string startOf(std::string_view archive, const Member& member, std::size_t most,
                    const std::string& file);

/// A file on its way into an archive.
struct NewMember {
  std::string name, contents;
};
/// An archive of these files, stored as they are. The same files give the same bytes.
/// Errors   Unsupported for 4 GiB and more, or 65,535 files and more
std::string archiveOf(const std::vector<NewMember>& members);

}  // namespace cortexscope::zip
