#include <algorithm>

#include "io/table.h"
#include "study/import/import_study_parts.h"
#include "study/result_files.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// Copies a table of numbers into the study and returns its items.
std::vector<LabelItem> addTable(Importing& importing, const fs::path& source, const fs::path& relative,
                                const std::string& kind) {
  const Table table = readTable(source);
  const Index samples = sampleCount(importing.study.runs);
  require(Index(table.rows.size()) == samples, ErrorCode::BadShape, [&] {
    return source.string() + ": has " + std::to_string(table.rows.size()) + " rows, the study has " +
           std::to_string(samples) + " samples of " + std::to_string(importing.study.samplePeriodSec) +
           " s (one row per sample, runs in the study's order)";
  });
  MatrixD values(samples, Index(table.columns.size()));
  std::vector<LabelItem> items;
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    const std::vector<double> column = numericColumn(table, table.columns[k], source);
    values.col(Index(k)) = Eigen::Map<const VectorD>(column.data(), samples);
    items.push_back({table.columns[k], table.columns[k], "", kind});
  }
  writeTsv(importing.study.path(relative), table.columns, values);
  return items;
}

bool sameNames(const std::vector<LabelItem>& a, const std::vector<LabelItem>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const LabelItem& x, const LabelItem& y) { return x.name == y.name; });
}

/// Everybody's own ratings of the same items, or none.
void addRatings(Importing& importing) {
  LabelTable ratings{"ratings", true, {}, {}};
  for (const LabelFile& label : importing.choices.labels) {
    if (label.person.empty()) continue;
    const auto isMeant = [&](const Person& person) { return person.id == label.person; };
    auto& people = importing.study.people;
    const auto person = std::find_if(people.begin(), people.end(), isMeant);
    require(person != people.end(), ErrorCode::BadValue,
            [&] { return label.file.string() + ": the study has no person \"" + label.person + "\""; });
    person->ratings = fs::path("inputs/people") / fileNameOf(person->id) / "ratings.tsv";
    const std::vector<LabelItem> items = addTable(importing, label.file, person->ratings, "rating");
    if (ratings.items.empty()) ratings.items = items;
    require(sameNames(items, ratings.items), ErrorCode::BadShape, [&] {
      return label.file.string() + ": does not hold the same columns as the other people's ratings";
    });
  }
  if (ratings.items.empty()) return;
  for (const Person& person : importing.study.people)
    require(!person.ratings.empty(), ErrorCode::BadShape,
            [&] { return "person " + person.id + " has no table of ratings, others have"; });
  importing.study.labels.push_back(std::move(ratings));
}

}  // namespace

void addLabels(Importing& importing) {
  for (const LabelFile& label : importing.choices.labels) {
    if (!label.person.empty()) continue;
    const std::string id = fileNameOf(label.file.stem().string());
    const fs::path relative = fs::path("inputs/labels") / (id + ".tsv");
    importing.study.labels.push_back(
        {id, false, relative, addTable(importing, label.file, relative, "both")});
  }
  addRatings(importing);
}

}  // namespace cortexscope::importing
