#include "label_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>

#include "base/error.h"
#include "study/labels/attach_labels.h"
#include "study/labels/label_source.h"
#include "study/study_file.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

/// In how many of some samples an item is known, over people: "75" or "70 to 75".
std::string knownText(const std::vector<LabelValues>& people, std::size_t item, const std::vector<Index>& rows) {
  Index fewest = Index(rows.size()), most = 0;
  for (const LabelValues& values : people) {
    const MatrixD& series = values.items[item];
    const Index known = std::count_if(rows.begin(), rows.end(), [&](Index row) { return std::isfinite(series(row, 0)); });
    fewest = std::min(fewest, known), most = std::max(most, known);
  }
  return fewest == most ? std::to_string(most) : fmt::format("{} to {}", fewest, most);
}

std::string rangeText(const std::vector<LabelValues>& people, std::size_t item) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const LabelValues& values : people)
    for (Index t = 0; t < values.items[item].rows(); ++t)
      if (const double value = values.items[item](t, 0); std::isfinite(value))
        least = std::min(least, value), most = std::max(most, value);
  return least > most ? "no numbers" : fmt::format("{:.6g} .. {:.6g}", least, most);
}

void listUnknown(const std::vector<LabelValues>& people) {
  UnknownWords all;
  for (const LabelValues& values : people) {
    for (const UnknownWords& unknown : values.unknown) {
      all.count += unknown.count;
      if (all.examples.empty()) all.examples = unknown.examples;
    }
  }
  if (all.count == 0) return;
  std::string text;
  for (const std::string& word : all.examples) text += (text.empty() ? "" : ", ") + word;
  std::printf("  warning: words that the embedding lacks, %ld in all: %s\n", all.count, text.c_str());
}

void listTable(const Study& study, const LabelTable& table) {
  WordVectors words;
  if (!table.embedding.empty()) words = readWordVectors(study.path(table.embedding));
  const WordVectors* embedding = table.embedding.empty() ? nullptr : &words;
  std::vector<LabelValues> people;
  if (!table.perPerson) people.push_back(readLabelValues(study, table, nullptr, embedding));
  for (const Person& person : study.people)
    if (table.perPerson) people.push_back(readLabelValues(study, table, &person, embedding));
  Index rows = 0;
  for (const LabelValues& values : people) rows += values.rowCount;
  std::printf("%s: by %s, %s, %ld rows, %s\n", table.id.c_str(), nameOf(table.timing).c_str(),
              table.perPerson ? "each person's own" : "shared", long(rows),
              (table.file.empty() ? "each person's ratings" : table.file.generic_string()).c_str());
  if (embedding != nullptr)
    std::printf("  words with %ld dimensions, %zu words in %s\n", long(words.vectors.cols()), words.words.size(),
                table.embedding.generic_string().c_str());
  const std::vector<Index> training = rowsOf(study.runs, false), heldOut = rowsOf(study.runs, true);
  for (std::size_t k = 0; k < table.items.size(); ++k)
    std::printf("  %-24s known in %s of %zu training and %s of %zu held-out samples%s\n", table.items[k].name.c_str(),
                knownText(people, k, training).c_str(), training.size(), knownText(people, k, heldOut).c_str(), heldOut.size(),
                embedding == nullptr ? (", " + rangeText(people, k)).c_str() : "");
  for (const std::string& warning : words.warnings) std::printf("  warning: %s: %s\n", table.embedding.c_str(), warning.c_str());
  for (const LabelValues& values : people)
    for (const std::string& warning : values.warnings) std::printf("  warning: %s\n", warning.c_str());
  listUnknown(people);
}

struct Choice {
  std::string folder, id, embedding;
  std::vector<std::string> files, people, items;
  LabelTiming timing = LabelTiming::Samples;
  double periodSec = 0;
};

/// "ratings" of "ratings_{person}.tsv".
std::string idOf(const fs::path& file) {
  std::string id = file.stem().string();
  for (const std::string mark : {"{person}", "{stimulus}"})
    if (const std::size_t at = id.find(mark); at != std::string::npos) id.erase(at, mark.size());
  id.erase(0, std::min(id.size(), id.find_first_not_of("_-. ")));
  id.erase(id.find_last_not_of("_-. ") + 1);
  return id;
}

NewLabels newLabels(const Choice& choice) {
  if (choice.people.empty() ? choice.files.size() > 1 : choice.people.size() != choice.files.size())
    throw CLI::ValidationError("--person", "is needed once for each --add if there are several");
  NewLabels labels{choice.id, {}, choice.timing, choice.periodSec, choice.embedding, choice.items};
  if (labels.id.empty()) labels.id = idOf(choice.files.front());
  for (std::size_t i = 0; i < choice.files.size(); ++i)
    labels.files.push_back({choice.people.empty() ? "" : choice.people[i], choice.files[i]});
  return labels;
}

void run(const Choice& choice) {
  Study study = readStudy(choice.folder);
  if (!choice.files.empty()) {
    study = attachLabels(study, newLabels(choice));
    std::printf("attached to %s; cortexscope-cli run computes what is missing\n", choice.folder.c_str());
    listTable(study, study.labels.back());
    return;
  }
  for (const LabelTable& table : study.labels) listTable(study, table);
  if (study.labels.empty()) std::puts("The study has no label tables.");
}

}  // namespace

void addLabels(CLI::App& app) {
  auto* command = app.add_subcommand("labels", "List a study's label tables, or attach one: checked first, then copied in");
  const auto choice = std::make_shared<Choice>();
  command->add_option("STUDY", choice->folder, "Study folder")->required();
  auto* add = command->add_option("--add", choice->files,
                                  "Table to attach (TSV or CSV); {stimulus} and {person} stand for ids. Again for each --person")
                  ->allow_extra_args(false);
  std::map<std::string, LabelTiming> timings;
  for (const auto& [timing, name] : kLabelTimings) timings[name] = timing;
  command->add_option("--timing", choice->timing, "What a row describes: samples, seconds or scenes")
      ->transform(CLI::CheckedTransformer(timings))
      ->type_name("TIMING")
      ->needs(add);
  command->add_option("--period", choice->periodSec, "Seconds of film a row describes (timing seconds)")
      ->check(CLI::PositiveNumber)
      ->needs(add);
  command->add_option("--embedding", choice->embedding, "Word vectors; the table then holds words")->needs(add);
  command->add_option("--person", choice->people, "Whose own table the --add of the same position is")
      ->allow_extra_args(false)
      ->needs(add);
  command->add_option("--items", choice->items, "Columns to use, between commas; else all that hold numbers, or words")
      ->delimiter(',')
      ->needs(add);
  command->add_option("--id", choice->id, "Name of the table; else that of the file")->needs(add);
  command->callback([choice] { run(*choice); });
}

}  // namespace cortexscope
