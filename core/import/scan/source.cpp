// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/scan/source.h"

#include <new>

#include "base/error.h"
#include "import/scan/names.h"
#include "io/inspect/inspect.h"

namespace cortexscope::importing {

Source::Source(SourceScan scan, const Job& job)
    : m_scan(std::move(scan)),
      m_job(job),
      m_readers({}, [this](double, std::string_view) { progress(m_fraction); }) {}

const FileFacts* Source::header(const std::filesystem::path& file) {
  const auto known = m_headers.find(file);
  if (known != m_headers.end()) return known->second.get();
  std::unique_ptr<FileFacts>& facts = m_headers[file];
  const auto bad = [&](const std::string& reason) {
    say(Severity::Error, file.generic_string(), "cannot be used: " + printable(withoutRoot(reason, file)),
        "replace it by a good copy, or take it out of the folder");
  };
  try {
    auto read = std::make_unique<FileFacts>(inspectHeader(m_scan.root / file, m_readers));
    for (const std::string& warning : read->warnings)
      say(Severity::Warning, file.generic_string(), printable(withoutRoot(warning, file)),
          "nothing, if that is as it should be");
    facts = std::move(read);
  } catch (const Error& error) {
    bad(error.what());
  } catch (const std::bad_alloc&) {
    bad("needs more memory than there is");
  } catch (const std::exception& error) {  // what libraries throw, such as a path that cannot be looked at
    bad(error.what());
  }
  return facts.get();
}

void Source::progress(double fraction) {
  m_fraction = fraction;
  m_job.checkpoint(fraction, "reading headers");
}

void Source::say(Severity severity, const std::string& file, std::string what, std::string advice,
                 std::string place) {
  m_scan.findings.push_back(
      {severity, printable(file), std::move(place), std::move(what), std::move(advice)});
}

std::string Source::withoutRoot(std::string message, const std::filesystem::path& file) const {
  const std::string full = (m_scan.root / file).string() + ": ";
  if (message.starts_with(full)) message.erase(0, full.size());
  const std::string folder = m_scan.root.string() + "/";
  for (std::size_t at = message.find(folder); at != std::string::npos; at = message.find(folder))
    message.erase(at, folder.size());
  return message;
}

}  // namespace cortexscope::importing
