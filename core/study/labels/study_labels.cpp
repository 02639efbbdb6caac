// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/labels/study_labels.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "decoding/decoder.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

/// A table's values for everybody: read once if all share it.
std::vector<LabelValues> valuesOfPeople(const Study& study, const LabelTable& table, const WordVectors* words,
                                        Unreadable people) {
  const auto read = [&](const Person* person) {
    try {
      return readLabelValues(study, table, person, words);
    } catch (const Error&) {
      if (people == Unreadable::Refused) throw;
      LabelValues unknown;
      unknown.items.assign(table.items.size(), MatrixD::Constant(sampleCount(study.runs), 1, std::nan("")));
      return unknown;
    }
  };
  if (!table.perPerson) return std::vector<LabelValues>(study.people.size(), read(nullptr));
  std::vector<LabelValues> values;
  for (const Person& person : study.people) values.push_back(read(&person));
  return values;
}

template <class Label, class Read>
std::vector<Label> ofAllTables(const Study& study, bool words, const Read& read) {
  std::vector<Label> all;
  for (const LabelTable& table : study.labels)
    if (table.embedding.empty() != words) std::ranges::move(read(table), std::back_inserter(all));
  return all;
}

}  // namespace

void requireKnownRuns(const Study& study, const LabelTable& table, const Person& person,
                      const std::string& item, const VectorD& truth) {
  const int known = allTrainingSamples(study.runs, truth).foldCount;
  require(known >= 2, ErrorCode::BadValue, [&] {
    const fs::path file =
        study.path(labelFiles(study, table, table.perPerson ? &person : nullptr).front().path);
    return file.string() + ": \"" + item + "\" is known in " + textOf(known) +
           " training runs; decoders need 2 or more to choose a penalty";
  });
}

std::vector<StudyLabel> readLabels(const Study& study) {
  return ofAllTables<StudyLabel>(study, false,
                                 [&](const LabelTable& table) { return readLabels(study, table); });
}

std::vector<StudyLabel> readLabels(const Study& study, const LabelTable& table, Unreadable people) {
  const std::vector<LabelValues> values = valuesOfPeople(study, table, nullptr, people);
  std::vector<StudyLabel> labels;
  for (std::size_t k = 0; k < table.items.size(); ++k) {
    StudyLabel& label =
        labels.emplace_back(StudyLabel{table.items[k], table.id, {table.items[k].name, table.perPerson, {}}});
    label.task.truth.resize(Index(study.people.size()), sampleCount(study.runs));
    for (std::size_t i = 0; i < values.size(); ++i)
      label.task.truth.row(Index(i)) = values[i].items[k].col(0).transpose();
  }
  return labels;
}

std::vector<WordLabel> readWordLabels(const Study& study) {
  return ofAllTables<WordLabel>(study, true,
                                [&](const LabelTable& table) { return readWordLabels(study, table); });
}

std::vector<WordLabel> readWordLabels(const Study& study, const LabelTable& table) {
  const WordVectors embedding = readWordVectors(study.path(table.embedding));
  std::vector<LabelValues> people = valuesOfPeople(study, table, &embedding, Unreadable::Refused);
  std::vector<WordLabel> labels;
  for (std::size_t k = 0; k < table.items.size() && !people.empty(); ++k) {
    WordLabel& label =
        labels.emplace_back(WordLabel{table.items[k], std::size_t(&table - study.labels.data()), {}, {}});
    for (LabelValues& values : people) {
      label.truth.push_back(std::move(values.items[k]));
      if (!table.perPerson && &values != &people.front()) continue;  // the same table for everybody
      label.unknown.count += values.unknown[k].count;
      if (label.unknown.examples.empty()) label.unknown.examples = values.unknown[k].examples;
    }
  }
  return labels;
}

}  // namespace cortexscope
