// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/findings.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::array kSeverities = {Severity::Error, Severity::Warning, Severity::Note};
constexpr std::size_t kMostInMessage = 20;
constexpr const char* kFormat = "cortexscope-problems";

fs::path problemsFile(const fs::path& studyFolder) {
  return studyFolder / "problems.json";
}

Severity severityOf(const std::string& name) {
  for (const Severity severity : kSeverities)
    if (nameOf(severity) == name) return severity;
  throw Error(ErrorCode::BadFile, "the severity \"" + name + "\" is none of error, warning and note");
}

Finding findingFrom(const Json& json) {
  return {severityOf(json.at("severity")), json.at("file"), json.at("place"), json.at("what"),
          json.at("advice")};
}

}  // namespace

std::string nameOf(Severity severity) {
  static constexpr std::array kNames = {"error", "warning", "note"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string findingText(const Finding& finding) {
  std::string text = finding.file;
  if (!finding.place.empty()) text += (text.empty() ? "" : ", ") + finding.place;
  text += (text.empty() ? "" : ": ") + finding.what;
  return finding.advice.empty() ? text : text + " -> " + finding.advice;
}

Json findingsToJson(const Findings& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings)
    list.push_back({{"severity", nameOf(finding.severity)},
                    {"file", finding.file},
                    {"place", finding.place},
                    {"what", finding.what},
                    {"advice", finding.advice}});
  return list;
}

void writeProblems(const fs::path& studyFolder, const Findings& findings) {
  const Json json{{"format", kFormat}, {"version", 1}, {"problems", findingsToJson(findings)}};
  // Names of files may hold bytes that are no text.
  writeFileAtomically(problemsFile(studyFolder),
                      json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Findings readProblems(const fs::path& studyFolder) {
  const fs::path file = problemsFile(studyFolder);
  Findings findings;
  if (!fs::exists(file)) return findings;
  try {
    const Json json = Json::parse(readTextFile(file));
    require(json.at("format") == kFormat && json.at("version") == 1, ErrorCode::BadFile,
            "is no list of problems that this program reads");
    for (const Json& finding : json.at("problems")) findings.push_back(findingFrom(finding));
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": is no list of problems: " + error.what());
  } catch (const Error& error) {
    throw error.within(file.string());
  }
  return findings;
}

void refuseOpenErrors(const fs::path& studyFolder) {
  std::size_t count = 0;
  std::string list;
  for (const Finding& finding : readProblems(studyFolder))
    if (finding.severity == Severity::Error && ++count <= kMostInMessage)
      list += "\n  " + findingText(finding);
  require(count == 0, ErrorCode::BadValue, [&] {
    return studyFolder.string() + ": nothing is learned while " + textOf(count) +
           (count == 1 ? " problem is" : " problems are") +
           " open; import again without what is wrong (--leave-out), or correct it:" + list +
           (count > kMostInMessage ? "\n  and " + textOf(count - kMostInMessage) + " more" : "");
  });
}

}  // namespace cortexscope
