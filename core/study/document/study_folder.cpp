// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/study_folder.h"

#include "base/error.h"
#include "base/files.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

void checkFree(const fs::path& place, bool replace) {
  std::error_code error;
  if (!fs::exists(place, error)) return;
  require(fs::is_directory(place), ErrorCode::Io,
          [&] { return place.string() + ": is there already and no folder"; });
  if (fs::is_empty(place, error)) return;
  const bool isStudy = fs::exists(place / "study.json");
  require(isStudy, ErrorCode::Io, [&] {
    return place.string() + ": holds other files already; choose a new folder, nothing there was touched";
  });
  require(replace, ErrorCode::Io, [&] {
    return place.string() +
           ": holds a study already, which is only overwritten if that is asked for (--replace)";
  });
}

void renameFolder(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  require(!error, ErrorCode::Io,
          [&] { return to.string() + ": cannot be put in its place: " + error.message(); });
}

}  // namespace

NewStudyFolder::NewStudyFolder(const fs::path& place, bool replace) : m_replace(replace) {
  std::error_code error;
  m_place = fs::weakly_canonical(fs::absolute(place), error);
  require(!error && m_place.has_filename(), ErrorCode::Io,
          [&] { return place.string() + ": is no name for a new folder"; });
  checkFree(m_place, replace);
  m_temporary = temporaryPathFor(m_place);
  fs::create_directories(m_temporary, error);
  require(!error, ErrorCode::Io,
          [&] { return m_temporary.string() + ": cannot be made: " + error.message(); });
}

NewStudyFolder::~NewStudyFolder() {
  std::error_code error;
  if (!m_committed) fs::remove_all(m_temporary, error);
}

void NewStudyFolder::commit() {
  checkFree(m_place, m_replace);
  std::error_code error;
  fs::remove(m_place, error);  // an empty folder; a full one is kept
  if (!fs::exists(m_place)) {
    renameFolder(m_temporary, m_place);
    m_committed = true;
    return;
  }
  const fs::path old = temporaryPathFor(m_place);
  renameFolder(m_place, old);
  try {
    renameFolder(m_temporary, m_place);
  } catch (...) {
    fs::rename(old, m_place, error);
    throw;
  }
  m_committed = true;
  fs::remove_all(old, error);
}

}  // namespace cortexscope
