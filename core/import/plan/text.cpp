// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "import/scan/names.h"
#include "import/scan/wording.h"

namespace cortexscope {
namespace {

constexpr std::size_t kMostShown = 40;  ///< findings of one severity
constexpr std::size_t kMostListed = 12;
constexpr std::size_t kWidest = 110;  ///< of a table with people as rows, where runs would fit the other way

using TextRows = std::vector<std::vector<std::string>>;

/// Letters as a terminal counts them: bytes of UTF-8 that start one.
std::size_t letters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string cellText(const std::optional<ImportCell>& cell) {
  if (!cell) return "-";
  if (cell->shape.empty()) return "?";
  return (cell->repeats > 1 ? textOf(cell->repeats) + " x " : "") + importing::sizesText(cell->shape);
}

TextRows peopleByRuns(const ImportPlan& plan) {
  TextRows rows{{""}};
  for (const ImportRun& run : plan.runs) rows[0].push_back(printable(run.id));
  for (std::size_t person = 0; person < plan.people.size(); ++person) {
    rows.push_back({printable(plan.people[person])});
    for (const auto& cell : plan.cells[person]) rows.back().push_back(cellText(cell));
  }
  return rows;
}

TextRows turned(const TextRows& rows) {
  TextRows other(rows.front().size());
  for (const std::vector<std::string>& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) other[i].push_back(row[i]);
  return other;
}

std::vector<std::size_t> widthsOf(const TextRows& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const std::vector<std::string>& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], letters(row[i]));
  return widths;
}

std::string aligned(const TextRows& rows) {
  const std::vector<std::size_t> widths = widthsOf(rows);
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i)
      line += " " + row[i] + std::string(widths[i] - letters(row[i]) + 1, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string tableText(const ImportPlan& plan) {
  if (plan.people.empty()) return {};
  const TextRows rows = peopleByRuns(plan);
  std::size_t width = 0;
  for (const std::size_t column : widthsOf(rows)) width += column + 2;
  const bool turn = width > kWidest && plan.runs.size() > plan.people.size();
  return "\n" + aligned(turn ? turned(rows) : rows);
}

std::string timesText(const ImportPlan& plan) {
  std::set<std::string> times;
  for (const auto& person : plan.cells)
    for (const auto& cell : person)
      if (cell && cell->trSec) times.insert(fmt::format("{:.6g}", *cell->trSec));
  if (times.empty()) return "unknown";
  return fmt::format("{} s", fmt::join(times, ", "));
}

std::string besideText(const ImportPlan& plan) {
  std::string text;
  const auto list = [&](const char* title, const auto& values, auto describe) {
    if (values.empty()) return;
    text += fmt::format("\n{} ({}):\n", title, values.size());
    for (std::size_t i = 0; i < std::min(values.size(), kMostListed); ++i)
      text += "  " + printable(values[i].file.generic_string()) + printable(describe(values[i])) + "\n";
    if (values.size() > kMostListed) text += fmt::format("  and {} more\n", values.size() - kMostListed);
  };
  list("Stimuli", plan.stimuli, [](const ImportStimulus& stimulus) {
    std::string more = ": " + stimulus.kind;
    if (stimulus.durationSec) more += fmt::format(", {:.2f} s", *stimulus.durationSec);
    if (stimulus.width && stimulus.height)
      more += fmt::format(", {} x {} pixels", *stimulus.width, *stimulus.height);
    return stimulus.pictures > 0 ? more + fmt::format(", {} pictures", stimulus.pictures) : more;
  });
  list("Tables", plan.tables, [](const ImportTable& table) {
    return fmt::format(": {} rows, {} columns", table.rows, table.columns.size()) +
           (table.person.empty() ? "" : ", of " + table.person);
  });
  list("Features", plan.features, [](const ImportFeatures& features) {
    std::string more;
    for (const FileFacts::Dataset& array : features.arrays)
      more += fmt::format("{} {} {}", more.empty() ? ":" : ",", array.name, fmt::join(array.shape, " x "));
    return more;
  });
  list("Surfaces", plan.surfaces, [](const ImportSurface& surface) {
    return ": " + surface.side + " " + surface.kind +
           (surface.vertices ? fmt::format(", {} vertices", *surface.vertices) : std::string());
  });
  return text;
}

std::string findingsText(const ImportPlan& plan, Severity severity, const char* title) {
  const std::size_t count = countOf(plan.findings, severity);
  if (count == 0) return {};
  std::string text = fmt::format("\n{} ({}):\n", title, count);
  std::size_t shown = 0;
  for (const Finding& finding : plan.findings) {
    if (finding.severity != severity || ++shown > kMostShown) continue;
    std::string subject = printable(finding.file);
    if (!finding.place.empty()) subject += (subject.empty() ? "" : ", ") + printable(finding.place);
    text += "  " + (subject.empty() ? "" : subject + ": ") + printable(finding.what) + "\n";
    if (!finding.advice.empty()) text += "    -> " + printable(finding.advice) + "\n";
  }
  if (count > kMostShown) text += fmt::format("  and {} more; --json lists them all\n", count - kMostShown);
  return text;
}

}  // namespace

std::string importText(const ImportPlan& plan) {
  std::string text = printable(plan.source.string()) + ": " + nameOf(plan.layout) + "\n";
  if (!plan.people.empty())
    text += fmt::format("people: {}, runs: {}, space: {}, TR: {}{}\n", plan.people.size(), plan.runs.size(),
                        plan.space.empty() ? "not named" : printable(plan.space), timesText(plan),
                        plan.holdsVoxels() ? "; voxels can be kept" : "");
  text += tableText(plan) + besideText(plan);
  text += findingsText(plan, Severity::Error, "Errors");
  text += findingsText(plan, Severity::Warning, "Warnings");
  text += findingsText(plan, Severity::Note, "Notes");
  return text;
}

}  // namespace cortexscope
