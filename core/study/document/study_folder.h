// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace cortexscope {

/// A folder that appears whole or not at all: it is filled under another name beside its place and renamed at
/// the end. What was not committed goes with this object.
class NewStudyFolder {
 public:
  /// Errors   Io if something is at `place` already: anything but an empty folder, unless `replace` is set
  ///          and it is a study; if the folder around it cannot be written to
  NewStudyFolder(const std::filesystem::path& place, bool replace);
  ~NewStudyFolder();
  NewStudyFolder(const NewStudyFolder&) = delete;
  NewStudyFolder& operator=(const NewStudyFolder&) = delete;

  /// Where the folder is filled.
  const std::filesystem::path& path() const { return m_temporary; }
  /// Puts it in its place.
  /// Errors   Io; then the old study is there as before
  void commit();

 private:
  std::filesystem::path m_place, m_temporary;
  bool m_replace;
  bool m_committed = false;
};

}  // namespace cortexscope
