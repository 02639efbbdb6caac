// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/labels/attach_labels.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "io/tables/table.h"
#include "study/document/names.h"
#include "study/document/study_file.h"
#include "study/labels/label_look.h"
#include "study/labels/label_source.h"
#include "study/labels/study_labels.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

struct Copy {
  fs::path source;
  fs::path target;  ///< relative to the study
};

/// Where the files of an attached table lie in the study.
fs::path folderOf(const std::string& id) {
  return fs::path("inputs/labels") / fileNameOf(id);
}

bool holdsMark(const fs::path& file, const char* mark) {
  return file.generic_string().find(mark) != std::string::npos;
}

/// The study with nothing but the new table, read from the files as they were given.
Study asGiven(const Study& study, const NewLabels& labels) {
  Study given = study;
  const fs::path first = fs::absolute(labels.files.front().file);
  LabelTable table{labels.id,
                   false,
                   first,
                   {},
                   labels.timing,
                   labels.periodSec,
                   labels.embedding.empty() ? fs::path() : fs::absolute(labels.embedding)};
  table.perPerson = !labels.files.front().person.empty() || holdsMark(first, kPersonMark);
  if (!labels.files.front().person.empty()) {
    table.file.clear();
    for (Person& person : given.people) person.ratings.clear();
    for (const LabelsOfPerson& own : labels.files) {
      const auto person = std::find_if(given.people.begin(), given.people.end(),
                                       [&](const Person& p) { return p.id == own.person; });
      require(person != given.people.end(), ErrorCode::BadValue,
              [&] { return "the study has no person \"" + own.person + "\""; });
      require(person->ratings.empty(), ErrorCode::BadValue,
              [&] { return "person \"" + own.person + "\" is given two tables"; });
      person->ratings = fs::absolute(own.file);
    }
    for (const Person& person : given.people)
      require(!person.ratings.empty(), ErrorCode::BadValue, [&] {
        return "person \"" + person.id +
               "\" is given no table: a table of each person's own needs one for everybody";
      });
  }
  given.labels = {table};
  return given;
}

/// Columns that hold numbers, or text if words are wanted, besides those that say when.
std::vector<std::string> usableColumns(const fs::path& file, bool words) {
  const Table table = readTable(file);
  std::vector<std::string> columns;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (!saysWhen(table.columns[c]) && holdsNumbers(table, c) != words) columns.push_back(table.columns[c]);
  }
  require(!columns.empty(), ErrorCode::BadValue, [&] {
    return file.string() + ": no column holds " +
           (words ? "words" : "numbers (for words an embedding is needed)");
  });
  return columns;
}

/// Files of the table as given and where they go.
std::vector<Copy> copiesFor(const Study& given, const LabelTable& attached) {
  std::vector<Copy> copies;
  const LabelTable& table = given.labels.front();
  const auto add = [&](const Person* person) {
    const std::vector<LabelFile> from = labelFiles(given, table, person),
                                 to = labelFiles(given, attached, person);
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
        require(sameBytes(copy.source, target), ErrorCode::Io, [&] {
          return target.string() + ": is there already and holds something else than " + copy.source.string();
        });
        continue;
      }
      const PendingFile pending(target);
      std::error_code error;
      fs::copy_file(copy.source, pending.path(), error);
      require(!error, ErrorCode::Io,
              [&] { return target.string() + ": cannot be written: " + error.message(); });
      pending.commit();
      made.push_back(target);
    }
  } catch (const Error&) {
    for (const fs::path& file : made) fs::remove(file);
    throw;
  }
}

/// New labels after all checks.
struct Checked {
  Study given;          ///< the study with nothing but the table, read from the files as they were given
  LabelTable attached;  ///< as it will be in the study
  Study whole;          ///< the study with it
};

Checked checked(const Study& study, const NewLabels& labels) {
  require(!labels.files.empty(), ErrorCode::BadValue, "no file of labels is given");
  Study given = asGiven(study, labels), whole = study;
  LabelTable& table = given.labels.front();
  const Person* first = table.perPerson && !study.people.empty() ? &given.people.front() : nullptr;
  const bool words = !table.embedding.empty(), perFilm = holdsMark(labels.files.front().file, kStimulusMark);
  const std::vector<LabelFile> files = labelFiles(given, table, first);
  require(!files.empty(), ErrorCode::BadValue, "no run shows a film that the labels could belong to");
  for (const std::string& name :
       labels.items.empty() ? usableColumns(files.front().path, words) : labels.items)
    table.items.push_back({name, name, "", "both"});

  LabelTable attached = table;
  const fs::path folder = folderOf(labels.id);
  const std::string ending = files.front().path.extension().string();
  attached.file = folder / (table.perPerson ? (perFilm ? "{person}/{stimulus}" : "{person}")
                            : perFilm       ? "{stimulus}"
                                            : "all");
  attached.file += ending;
  if (words) attached.embedding = folder / ("embedding" + labels.embedding.extension().string());
  whole.labels.push_back(attached);

  checkNames(whole);
  checkLabelTable(given, table);
  readLabels(given);
  readWordLabels(given);
  return {std::move(given), std::move(attached), std::move(whole)};
}

std::set<fs::path> normalFilesOf(const Study& study, const LabelTable& table) {
  std::set<fs::path> files;
  for (const fs::path& file : filesOf(study, table)) files.insert(file.lexically_normal());
  return files;
}

/// Deletes files of a folder and the folders that are empty then.
void deleteBelow(const Study& study, const fs::path& folder, const std::set<fs::path>& files) {
  std::error_code error;
  for (const fs::path& file : files) {
    const fs::path inside = file.lexically_relative(folder);
    if (inside.empty() || *inside.begin() == "..") continue;
    fs::remove(study.path(file), error);
    for (fs::path parent = file.parent_path(); parent != folder.parent_path(); parent = parent.parent_path())
      fs::remove(study.path(parent), error);  // a folder that still holds something stays
  }
}

}  // namespace

Study attachLabels(const Study& study, const NewLabels& labels) {
  const Checked ready = checked(study, labels);
  copyAll(study, copiesFor(ready.given, ready.attached));
  writeStudy(ready.whole);
  return ready.whole;
}

LabelSummary checkLabels(const Study& study, const NewLabels& labels) {
  const Checked ready = checked(study, labels);
  return summarizeLabels(ready.given, ready.given.labels.front());
}

Study removeLabels(const Study& study, const std::string& id) {
  const auto isMeant = [&](const LabelTable& table) { return table.id == id; };
  const auto table = std::find_if(study.labels.begin(), study.labels.end(), isMeant);
  require(table != study.labels.end(), ErrorCode::BadValue, [&] {
    std::string names;
    for (const LabelTable& other : study.labels) names += (names.empty() ? "" : ", ") + other.id;
    return "the study has no label table \"" + id + "\"; there are " + (names.empty() ? "none" : names);
  });
  Study left = study;
  std::erase_if(left.labels, isMeant);
  std::set<fs::path> files = normalFilesOf(study, *table);
  const bool ratings = table->file.empty();
  if (ratings && std::none_of(left.labels.begin(), left.labels.end(),
                              [](const LabelTable& other) { return other.file.empty(); }))
    for (Person& person : left.people) person.ratings.clear();
  for (const LabelTable& other : left.labels)
    for (const fs::path& file : normalFilesOf(left, other)) files.erase(file);
  writeStudy(left);
  deleteBelow(study, folderOf(id), files);
  return left;
}

}  // namespace cortexscope
