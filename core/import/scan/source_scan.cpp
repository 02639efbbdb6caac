// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/scan/source_scan.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "import/scan/names.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

/// True if `path` lies in `folder` or is it; both canonical.
bool isInside(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

class Walker {
 public:
  Walker(const ScanLimits& limits, const Job& job, SourceScan& scan)
      : m_limits(limits), m_job(job), m_scan(scan) {}

  void walk() {
    m_waiting.push_back({fs::path(), 0});
    while (!m_waiting.empty() && !m_full) {
      const Folder next = std::move(m_waiting.back());
      m_waiting.pop_back();
      list(next);
    }
  }

 private:
  struct Folder {
    fs::path path;
    int depth;
  };

  void say(Severity severity, const fs::path& path, std::string what, std::string advice) {
    m_scan.findings.push_back(
        {severity, printable(path.generic_string()), "", std::move(what), std::move(advice)});
  }

  void list(const Folder& folder) {
    std::error_code error;
    fs::directory_iterator entry(m_scan.root / folder.path, error);
    const fs::path shown = folder.path.empty() ? fs::path(".") : folder.path;
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      const fs::path name = entry->path().filename();
      if (name.string().starts_with('.')) continue;
      if (++m_entries > m_limits.mostEntries) return stop();
      if (m_entries % 256 == 0) m_job.checkpoint(0, "looking through the folder");
      look(folder.path / name, *entry, folder.depth);
    }
    if (error)
      say(Severity::Error, shown, "this folder cannot be listed: " + error.message(),
          "give yourself permission to read it, or leave it out of the source");
  }

  void stop() {
    m_full = true;
    say(Severity::Error, ".",
        "holds more than " + textOf(m_limits.mostEntries) + " files and folders; the rest was not looked at",
        "give a folder further down");
  }

  void look(const fs::path& path, const fs::directory_entry& entry, int depth) {
    if (!isPrintableUtf8(path.filename().string())) {
      say(Severity::Warning, path,
          "its name holds bytes that are no text (line ends, or letters that are not UTF-8); it was left out",
          "rename it");
      return;
    }
    std::error_code error;
    const fs::file_status status = entry.symlink_status(error);
    switch (error ? fs::file_type::unknown : status.type()) {
      case fs::file_type::directory:
        return descend(path, depth);
      case fs::file_type::regular:
        return addFile(path);
      case fs::file_type::symlink:
        return lookThroughLink(path);
      default:
        say(Severity::Note, path, "is no regular file (a pipe, a socket or a device); it was not opened",
            "leave it out of the source");
    }
  }

  void descend(const fs::path& path, int depth) {
    if (depth < m_limits.deepest) return m_waiting.push_back({path, depth + 1});
    say(Severity::Warning, path,
        "lies more than " + textOf(m_limits.deepest) + " folders deep; it was not looked into",
        "give a folder further down");
  }

  void addFile(const fs::path& path) {
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(m_scan.root / path, error);
    if (error)
      return say(Severity::Error, path, "cannot be looked at: " + error.message(),
                 "give yourself permission to read it");
    m_scan.files.push_back({path, bytes, parseBidsName(path.filename().string())});
  }

  void lookThroughLink(const fs::path& path) {
    std::error_code error;
    const fs::path target = fs::canonical(m_scan.root / path, error);
    if (error == std::errc::no_such_file_or_directory)
      return say(
          Severity::Warning, path, "is a link to something that is not there; it was left out",
          "fetch its contents first (data sets kept with git-annex: get the file), or delete the link");
    if (error)
      return say(Severity::Warning, path, "is a link that cannot be followed: " + error.message(),
                 "delete it or replace it by the file itself");
    if (!isInside(target, m_scan.root))
      return say(Severity::Warning, path, "is a link that leaves the folder; it was not followed",
                 "copy what it points to into the folder, or give a folder that holds both");
    if (fs::is_regular_file(target, error)) return addFile(path);
    say(Severity::Note, path, "is a link to a folder; it was not followed",
        "nothing: a folder inside the source is read at its own place");
  }

  const ScanLimits& m_limits;
  const Job& m_job;
  SourceScan& m_scan;
  std::vector<Folder> m_waiting;
  std::size_t m_entries = 0;
  bool m_full = false;
};

}  // namespace

SourceScan scanSource(const fs::path& source, const ScanLimits& limits, const Job& job) {
  std::error_code error;
  SourceScan scan;
  scan.root = fs::canonical(source, error);
  require(!error, ErrorCode::MissingFile,
          [&] { return source.string() + ": cannot be found: " + error.message(); });
  require(fs::is_directory(scan.root, error), ErrorCode::BadFile,
          [&] { return source.string() + ": is a file; give the folder that holds it"; });
  Walker(limits, job, scan).walk();
  std::sort(scan.files.begin(), scan.files.end(), [](const ScannedFile& a, const ScannedFile& b) {
    return naturalLess(a.path.generic_string(), b.path.generic_string());
  });
  return scan;
}

}  // namespace cortexscope
