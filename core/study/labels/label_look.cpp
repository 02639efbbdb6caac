// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/labels/label_look.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "base/time_axis.h"
#include "study/document/names.h"
#include "study/labels/label_source.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRowsShown = 50, kMostColumns = 2000;
constexpr std::array kTimingColumns{"time", "onset", "duration", "stimulus", "stim_file"};

bool isNumber(const std::string& cell) {
  double number = 0;
  const auto [stop, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  return error == std::errc() && stop == cell.data() + cell.size();
}

/// The files of a pattern, over people and films.
std::vector<fs::path> filesOf(const Study& study, const fs::path& pattern) {
  LabelTable table;
  table.file = pattern;
  table.perPerson = pattern.generic_string().find(kPersonMark) != std::string::npos;
  std::vector<fs::path> files;
  const auto add = [&](const Person* person) {
    for (const LabelFile& file : labelFiles(study, table, person)) files.push_back(file.path);
  };
  if (!table.perPerson) add(nullptr);
  for (const Person& person : study.people)
    if (table.perPerson) add(&person);
  return files;
}

/// The file's name with an id in it replaced by the id's mark, if all files of that pattern are there.
fs::path patternOf(const Study& study, const fs::path& file, const std::vector<std::string>& ids,
                   const char* mark) {
  if (ids.size() < 2 || file.generic_string().find(mark) != std::string::npos) return file;
  for (const std::string& id : ids) {
    std::string name = file.filename().string();
    const std::size_t at = name.find(id);
    if (id.empty() || at == std::string::npos) continue;
    const fs::path pattern = file.parent_path() / name.replace(at, id.size(), mark);
    const std::vector<fs::path> files = filesOf(study, pattern);
    const bool all = std::all_of(files.begin(), files.end(), [](const fs::path& one) {
      std::error_code error;
      return fs::is_regular_file(one, error);
    });
    if (all && std::find(files.begin(), files.end(), file) != files.end()) return pattern;
  }
  return file;
}

void guessTiming(const Study& study, LabelLook& look) {
  const auto has = [&](const char* name) {
    return std::any_of(look.columns.begin(), look.columns.end(),
                       [&](const LabelLook::Column& column) { return column.name == name; });
  };
  const Index samples = sampleCount(study.runs);
  if (has("onset") && has("duration")) {
    look.guess.timing = LabelTiming::Scenes;
    look.why = "it has the columns onset and duration";
  } else if (has("time") || has("onset")) {
    look.guess.timing = LabelTiming::Seconds;
    look.why = std::string("it has a column ") + (has("time") ? "time" : "onset");
  } else {
    look.guess.timing = LabelTiming::Samples;
    look.why = "it has no column of times, and " + textOf(look.rowCount) + " rows; the study has " +
               textOf(samples) + " samples";
  }
}

}  // namespace

bool saysWhen(const std::string& column) {
  return std::find(kTimingColumns.begin(), kTimingColumns.end(), column) != kTimingColumns.end();
}

bool holdsNumbers(const Table& table, std::size_t column) {
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [&](const auto& row) { return isNumber(row[column]); });
}

std::string labelIdOf(const fs::path& file) {
  std::string id = file.stem().string();
  for (const std::string mark : {kPersonMark, kStimulusMark})
    if (const std::size_t at = id.find(mark); at != std::string::npos) id.erase(at, mark.size());
  id.erase(0, std::min(id.size(), id.find_first_not_of("_-. ")));
  id.erase(id.find_last_not_of("_-. ") + 1);
  return id;
}

LabelLook lookAtLabels(const Study& study, const fs::path& file) {
  LabelLook look;
  std::vector<std::string> people, films;
  for (const Person& person : study.people) people.push_back(fileNameOf(person.id));
  for (const Stimulus& film : study.stimuli) films.push_back(fileNameOf(film.id));
  fs::path pattern = patternOf(study, fs::absolute(file), people, kPersonMark);
  pattern = patternOf(study, pattern, films, kStimulusMark);
  look.guess.files = {{"", pattern}};
  look.guess.id = labelIdOf(pattern);
  const std::vector<fs::path> files = filesOf(study, pattern);
  look.file = files.empty() ? pattern : files.front();
  const Table table = readTable(look.file);
  require(table.columns.size() <= kMostColumns, ErrorCode::Unsupported, [&] {
    return look.file.string() + ": has " + textOf(table.columns.size()) +
           " columns; a table of labels has at most " + textOf(kMostColumns);
  });
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    look.columns.push_back(
        {table.columns[column], saysWhen(table.columns[column]), holdsNumbers(table, column)});
  look.rows.assign(table.rows.begin(),
                   table.rows.begin() + std::ptrdiff_t(std::min(table.rows.size(), kRowsShown)));
  look.rowCount = table.rows.size();
  look.warnings = table.warnings;
  guessTiming(study, look);
  return look;
}

}  // namespace cortexscope
