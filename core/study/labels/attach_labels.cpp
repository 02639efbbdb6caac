#include "study/labels/attach_labels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "io/table.h"
#include "study/label_step.h"
#include "study/labels/label_source.h"
#include "study/result_files.h"
#include "study/study_file.h"
#include "study/word_step.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTimingColumns{"time", "onset", "duration", "stimulus", "stim_file"};

struct Copy {
  fs::path source;
  fs::path target;  ///< relative to the study
};

bool holdsMark(const fs::path& file, const char* mark) { return file.generic_string().find(mark) != std::string::npos; }

/// The study with nothing but the new table, read from the files as they were given.
Study asGiven(const Study& study, const NewLabels& labels) {
  Study given = study;
  const fs::path first = fs::absolute(labels.files.front().file);
  LabelTable table{labels.id, false, first, {}, labels.timing, labels.periodSec,
                   labels.embedding.empty() ? fs::path() : fs::absolute(labels.embedding)};
  table.perPerson = !labels.files.front().person.empty() || holdsMark(first, "{person}");
  if (!labels.files.front().person.empty()) {
    table.file.clear();
    for (Person& person : given.people) person.ratings.clear();
    for (const LabelsOfPerson& own : labels.files) {
      const auto person = std::find_if(given.people.begin(), given.people.end(), [&](const Person& p) { return p.id == own.person; });
      require(person != given.people.end(), ErrorCode::BadValue, [&] { return "the study has no person \"" + own.person + "\""; });
      require(person->ratings.empty(), ErrorCode::BadValue, [&] { return "person \"" + own.person + "\" is given two tables"; });
      person->ratings = fs::absolute(own.file);
    }
    for (const Person& person : given.people)
      require(!person.ratings.empty(), ErrorCode::BadValue, [&] {
        return "person \"" + person.id + "\" is given no table: a table of each person's own needs one for everybody";
      });
  }
  given.labels = {table};
  return given;
}

bool isNumber(const std::string& cell) {
  double number = 0;
  const auto [stop, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  return error == std::errc() && stop == cell.data() + cell.size();
}

/// Columns that hold numbers, or text if words are wanted, besides those that say when.
std::vector<std::string> usableColumns(const fs::path& file, bool words) {
  const Table table = readTable(file);
  std::vector<std::string> columns;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (std::find(kTimingColumns.begin(), kTimingColumns.end(), table.columns[c]) != kTimingColumns.end()) continue;
    const bool numbers = std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return isNumber(row[c]); });
    if (numbers != words) columns.push_back(table.columns[c]);
  }
  require(!columns.empty(), ErrorCode::BadValue, [&] {
    return file.string() + ": no column holds " + (words ? "words" : "numbers (for words an embedding is needed)");
  });
  return columns;
}

/// Files of the table as given and where they go.
std::vector<Copy> copiesFor(const Study& given, const LabelTable& attached) {
  std::vector<Copy> copies;
  const LabelTable& table = given.labels.front();
  const auto add = [&](const Person* person) {
    const std::vector<LabelFile> from = labelFiles(given, table, person), to = labelFiles(given, attached, person);
    for (std::size_t i = 0; i < from.size(); ++i) copies.push_back({from[i].path, to[i].path});
  };
  if (!table.perPerson) add(nullptr);
  for (const Person& person : given.people)
    if (table.perPerson) add(&person);
  if (table.embedding.empty()) return copies;
  copies.push_back({table.embedding, attached.embedding});
  const fs::path list = wordListBeside(table.embedding);
  if (!list.empty()) copies.push_back({list, wordListBeside(attached.embedding)});
  return copies;
}

bool sameBytes(const fs::path& a, const fs::path& b) {
  if (regularFileSize(a) != regularFileSize(b)) return false;
  const MappedFile left(a), right(b);
  return std::ranges::equal(left.bytes(), right.bytes());
}

/// Copies all or nothing; files that are there with the same bytes stay.
void copyAll(const Study& study, const std::vector<Copy>& copies) {
  std::vector<fs::path> made;
  try {
    for (const Copy& copy : copies) {
      const fs::path target = study.path(copy.target);
      if (fs::exists(target)) {
        require(sameBytes(copy.source, target), ErrorCode::Io,
                [&] { return target.string() + ": is there already and holds something else than " + copy.source.string(); });
        continue;
      }
      const PendingFile pending(target);
      std::error_code error;
      fs::copy_file(copy.source, pending.path(), error);
      require(!error, ErrorCode::Io, [&] { return target.string() + ": cannot be written: " + error.message(); });
      pending.commit();
      made.push_back(target);
    }
  } catch (const Error&) {
    for (const fs::path& file : made) fs::remove(file);
    throw;
  }
}

}  // namespace

Study attachLabels(const Study& study, const NewLabels& labels) {
  Study given = asGiven(study, labels), whole = study;
  LabelTable& table = given.labels.front();
  const Person* first = table.perPerson && !study.people.empty() ? &given.people.front() : nullptr;
  const bool words = !table.embedding.empty(), perFilm = holdsMark(labels.files.front().file, "{stimulus}");
  const std::vector<LabelFile> files = labelFiles(given, table, first);
  require(!files.empty(), ErrorCode::BadValue, "no run shows a film that the labels could belong to");
  for (const std::string& name : labels.items.empty() ? usableColumns(files.front().path, words) : labels.items)
    table.items.push_back({name, name, "", "both"});

  LabelTable attached = table;
  const fs::path folder = fs::path("inputs/labels") / fileNameOf(labels.id);
  const std::string ending = files.front().path.extension().string();
  attached.file = folder / (table.perPerson ? (perFilm ? "{person}/{stimulus}" : "{person}") : perFilm ? "{stimulus}" : "all");
  attached.file += ending;
  if (words) attached.embedding = folder / ("embedding" + labels.embedding.extension().string());
  whole.labels.push_back(attached);

  checkNames(whole);
  checkLabelTable(given, table);
  readLabels(given);
  readWordLabels(given);
  copyAll(study, copiesFor(given, attached));
  writeStudy(whole);
  return whole;
}

}  // namespace cortexscope
