// SPDX-License-Identifier: GPL-3.0-or-later
#include "label_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "base/error.h"
#include "study/checks/read_study.h"
#include "study/labels/attach_labels.h"
#include "study/labels/label_look.h"
#include "study/labels/label_summary.h"
#include "word_choice.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

std::string rangeText(const LabelItemSummary& item) {
  return std::isfinite(item.least) ? fmt::format("{:.6g} .. {:.6g}", item.least, item.most) : "no numbers";
}

void listTable(const Study& study, const LabelTable& table) {
  const LabelSummary summary = summarizeLabels(study, table);
  const bool words = !table.embedding.empty();
  std::printf("%s: by %s, %s, %ld rows, %s\n", table.id.c_str(), nameOf(table.timing).c_str(),
              table.perPerson ? "each person's own" : "shared", long(summary.rows),
              (table.file.empty() ? "each person's ratings" : table.file.generic_string()).c_str());
  if (words)
    std::printf("  words with %ld dimensions, %zu words in %s\n", long(summary.dimensions), summary.words,
                table.embedding.generic_string().c_str());
  for (const LabelItemSummary& item : summary.items)
    std::printf("  %-24s known in %s of %zu training and %s of %zu held-out samples%s\n", item.name.c_str(),
                textOf(item.training).c_str(), summary.trainingSamples, textOf(item.heldOut).c_str(),
                summary.heldOutSamples, words ? "" : (", " + rangeText(item)).c_str());
  for (const std::string& warning : summary.warnings) std::printf("  warning: %s\n", warning.c_str());
  if (summary.unknown.count == 0) return;
  std::printf("  warning: words that the embedding lacks, %ld in all: %s\n", summary.unknown.count,
              fmt::format("{}", fmt::join(summary.unknown.examples, ", ")).c_str());
}

struct Choice {
  std::string folder, id, embedding, removed;
  std::vector<std::string> files, people, items;
  LabelTiming timing = LabelTiming::Samples;
  double periodSec = 0;
};

NewLabels newLabels(const Choice& choice) {
  if (choice.people.empty() ? choice.files.size() > 1 : choice.people.size() != choice.files.size())
    throw CLI::ValidationError("--person", "is needed once for each --add if there are several");
  NewLabels labels{choice.id, {}, choice.timing, choice.periodSec, choice.embedding, choice.items};
  if (labels.id.empty()) labels.id = labelIdOf(choice.files.front());
  for (std::size_t i = 0; i < choice.files.size(); ++i)
    labels.files.push_back({choice.people.empty() ? "" : choice.people[i], choice.files[i]});
  return labels;
}

void run(const Choice& choice) {
  Study study = readStudy(choice.folder);
  if (!choice.removed.empty()) {
    study = removeLabels(study, choice.removed);
    std::printf("\"%s\" is no longer part of %s\n", choice.removed.c_str(), choice.folder.c_str());
  }
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
  auto* command = app.add_subcommand(
      "labels", "List a study's label tables, or attach one: checked first, then copied in");
  const auto choice = std::make_shared<Choice>();
  command->add_option("STUDY", choice->folder, "Study folder")->required();
  auto* add =
      command
          ->add_option(
              "--add", choice->files,
              "Table to attach (TSV or CSV); {stimulus} and {person} stand for ids. Again for each --person")
          ->allow_extra_args(false);
  std::vector<std::pair<std::string, LabelTiming>> timings;
  for (const auto& [timing, name] : kLabelTimings) timings.emplace_back(name, timing);
  takeOneOf(command->add_option("--timing", choice->timing, "What a row describes"), timings)
      ->type_name("TIMING")
      ->needs(add);
  command->add_option("--period", choice->periodSec, "Seconds of film a row describes (timing seconds)")
      ->check(CLI::PositiveNumber)
      ->needs(add);
  command->add_option("--embedding", choice->embedding, "Word vectors; the table then holds words")
      ->needs(add);
  command->add_option("--person", choice->people, "Whose own table the --add of the same position is")
      ->allow_extra_args(false)
      ->needs(add);
  command
      ->add_option("--items", choice->items,
                   "Columns to use, between commas; else all that hold numbers, or words")
      ->delimiter(',')
      ->needs(add);
  command->add_option("--id", choice->id, "Name of the table; else that of the file")->needs(add);
  command
      ->add_option("--remove", choice->removed,
                   "Table to take out of the study; its copies in the study are deleted")
      ->type_name("NAME")
      ->excludes(add);
  command->callback([choice] { run(*choice); });
}

}  // namespace cortexscope
