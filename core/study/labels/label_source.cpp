// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/labels/label_source.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "io/tables/table.h"
#include "study/document/names.h"
#include "study/labels/label_times.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kExamplesShown = 8;

std::string filledIn(std::string text, const std::string& mark, const std::string& id) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + id.size()))
    text.replace(at, mark.size(), id);
  return text;
}

bool isShown(const Study& study, const Stimulus& stimulus) {
  return std::any_of(study.runs.begin(), study.runs.end(),
                     [&](const Run& run) { return run.stimulus == stimulus.id; });
}

std::vector<std::string_view> wordsOf(std::string_view cell) {
  constexpr std::string_view kSeparators = " \t\r\n,;";
  std::vector<std::string_view> words;
  if (cell == "n/a" || cell == "N/A") return words;
  while (true) {
    const std::size_t start = cell.find_first_not_of(kSeparators);
    if (start == std::string_view::npos) return words;
    cell.remove_prefix(start);
    const std::size_t end = std::min(cell.size(), cell.find_first_of(kSeparators));
    words.push_back(cell.substr(0, end));
    cell.remove_prefix(end);
  }
}

void noteUnknown(UnknownWords& unknown, std::string_view word) {
  ++unknown.count;
  std::vector<std::string>& seen = unknown.examples;
  if (seen.size() < kExamplesShown && std::find(seen.begin(), seen.end(), word) == seen.end())
    seen.emplace_back(word);
}

/// Rows x dimensions.
MatrixD vectorCells(const Table& table, const std::string& item, const WordVectors& words,
                    const fs::path& file, UnknownWords& unknown) {
  std::size_t column = 0;
  try {
    column = table.column(item);
  } catch (const Error& error) {
    throw error.within(file.string());
  }
  MatrixD vectors = MatrixD::Constant(Index(table.rows.size()), words.vectors.cols(),
                                      std::numeric_limits<double>::quiet_NaN());
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(words.vectors.cols());
    int known = 0;
    for (const std::string_view word : wordsOf(table.rows[row][column])) {
      if (const std::optional<Index> found = words.row(word))
        sum += words.vectors.row(*found).cast<double>(), ++known;
      else
        noteUnknown(unknown, word);
    }
    if (known > 0) vectors.row(Index(row)) = sum / double(known);
  }
  return vectors;
}

/// Rows x 1.
MatrixD numberCells(const Table& table, const std::string& item, const fs::path& file) {
  const std::vector<double> column = numericColumn(table, item, file);
  for (std::size_t row = 0; row < column.size(); ++row)
    require(!std::isinf(column[row]), ErrorCode::BadFile, [&] {
      return file.string() + ": line " + textOf(table.lines[row]) + ": the number in column \"" + item +
             "\" is infinite";
    });
  return Eigen::Map<const VectorD>(column.data(), Index(column.size()));
}

void checkRowsAreSamples(const Study& study, const Table& rows, const fs::path& file) {
  require(Index(rows.rows.size()) == sampleCount(study.runs), ErrorCode::BadShape, [&] {
    return file.string() + ": has " + textOf(rows.rows.size()) + " rows, the study has " +
           textOf(sampleCount(study.runs)) + " samples";
  });
}

/// Values of another file of the table where this one's are unknown: files belong to different films.
void merge(MatrixD& into, const MatrixD& values) {
  if (into.size() == 0)
    into = values;
  else
    into = into.array().isNaN().select(values, into);
}

}  // namespace

std::vector<LabelFile> labelFiles(const Study& study, const LabelTable& table, const Person* person) {
  std::string pattern =
      (person != nullptr && table.file.empty() ? person->ratings : table.file).generic_string();
  if (person != nullptr) pattern = filledIn(pattern, kPersonMark, fileNameOf(person->id));
  if (pattern.find(kStimulusMark) == std::string::npos) return {{pattern, std::nullopt}};
  std::vector<LabelFile> files;
  for (std::size_t i = 0; i < study.stimuli.size(); ++i)
    if (isShown(study, study.stimuli[i]))
      files.push_back({filledIn(pattern, kStimulusMark, fileNameOf(study.stimuli[i].id)), i});
  return files;
}

std::vector<fs::path> filesOf(const Study& study, const LabelTable& table) {
  std::vector<fs::path> files;
  const auto add = [&](const Person* person) {
    for (const LabelFile& file : labelFiles(study, table, person)) files.push_back(file.path);
  };
  if (!table.perPerson) add(nullptr);
  for (const Person& person : study.people)
    if (table.perPerson) add(&person);
  if (table.embedding.empty()) return files;
  files.push_back(table.embedding);
  if (const fs::path list = wordListBeside(table.embedding); !list.empty()) files.push_back(list);
  return files;
}

void checkLabelTable(const Study& study, const LabelTable& table) {
  const std::string name = "the label table \"" + table.id + "\"", file = table.file.generic_string();
  require(table.perPerson || !table.file.empty(), ErrorCode::BadFile,
          [&] { return name + " names no file"; });
  require(table.file.empty() || table.perPerson == (file.find(kPersonMark) != std::string::npos),
          ErrorCode::BadFile, [&] {
            return name +
                   (table.perPerson ? " is each person's own, so its file needs a {person}: "
                                    : " is shared, but its file names a {person}: ") +
                   file;
          });
  require(table.timing != LabelTiming::Samples || file.find(kStimulusMark) == std::string::npos,
          ErrorCode::BadFile, [&] {
            return name + " has a row per sample of all runs, so it cannot have a file per film: " + file;
          });
  require(std::isfinite(table.periodSec) && table.periodSec >= 0, ErrorCode::BadValue,
          [&] { return name + ": periodSec must be above 0"; });
  require(table.periodSec == 0 || table.timing == LabelTiming::Seconds, ErrorCode::BadValue,
          [&] { return name + ": periodSec belongs to the timing \"seconds\" alone"; });
  for (const Person& person : study.people)
    require(!table.perPerson || !table.file.empty() || !person.ratings.empty(), ErrorCode::BadFile, [&] {
      return "person \"" + person.id + "\" has no ratings, which the label table \"" + table.id + "\" needs";
    });
}

LabelValues readLabelValues(const Study& study, const LabelTable& table, const Person* person,
                            const WordVectors* words) {
  LabelValues values;
  values.items.resize(table.items.size());
  values.unknown.resize(table.items.size());
  const std::vector<LabelFile> files = labelFiles(study, table, person);
  for (const LabelFile& part : files) {
    const fs::path file = study.path(part.path);
    const Table rows = readTable(file);
    for (const std::string& warning : rows.warnings)
      values.warnings.push_back(file.string() + ": " + warning);
    values.rowCount += Index(rows.rows.size());
    std::vector<FilmSpan> spans;
    if (table.timing == LabelTiming::Samples)
      checkRowsAreSamples(study, rows, file);
    else
      spans = spansOfRows(study, table, rows, file, part.stimulus);
    for (std::size_t k = 0; k < table.items.size(); ++k) {
      const std::string& item = table.items[k].name;
      const MatrixD cells = words != nullptr ? vectorCells(rows, item, *words, file, values.unknown[k])
                                             : numberCells(rows, item, file);
      merge(values.items[k],
            table.timing == LabelTiming::Samples ? cells : onStudyClock(study, spans, cells));
    }
  }
  for (std::size_t k = 0; k < table.items.size(); ++k)
    require(values.items[k].array().isFinite().any(), ErrorCode::BadValue, [&] {
      return study.path(files.front().path).string() + ": \"" + table.items[k].name +
             "\" has no value for any sample of the study";
    });
  return values;
}

}  // namespace cortexscope
