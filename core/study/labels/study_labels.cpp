#include "study/labels/study_labels.h"

#include "base/error.h"
#include "decoding/decoder.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

void addTable(const Study& study, std::size_t position, std::vector<WordLabel>& labels) {
  const LabelTable& table = study.labels[position];
  const WordVectors embedding = readWordVectors(study.path(table.embedding));
  std::vector<LabelValues> perPerson;
  if (table.perPerson)
    for (const Person& person : study.people) perPerson.push_back(readLabelValues(study, table, &person, &embedding));
  else
    perPerson.assign(study.people.size(), readLabelValues(study, table, nullptr, &embedding));
  for (std::size_t k = 0; k < table.items.size() && !perPerson.empty(); ++k) {
    WordLabel& label = labels.emplace_back(WordLabel{table.items[k], position, {}, {}});
    for (LabelValues& values : perPerson) {
      label.truth.push_back(std::move(values.items[k]));
      if (!table.perPerson && &values != &perPerson.front()) continue;  // the same table for everybody
      label.unknown.count += values.unknown[k].count;
      if (label.unknown.examples.empty()) label.unknown.examples = values.unknown[k].examples;
    }
  }
}

}  // namespace

void requireKnownRuns(const Study& study, const LabelTable& table, const Person& person, const std::string& item,
                      const VectorD& truth) {
  const int known = allTrainingSamples(study.runs, truth).foldCount;
  require(known >= 2, ErrorCode::BadValue, [&] {
    const fs::path file = study.path(labelFiles(study, table, table.perPerson ? &person : nullptr).front().path);
    return file.string() + ": \"" + item + "\" is known in " + std::to_string(known) +
           " training runs; decoders need 2 or more to choose a penalty";
  });
}

std::vector<StudyLabel> readLabels(const Study& study) {
  std::vector<StudyLabel> labels;
  for (const LabelTable& table : study.labels) {
    if (!table.embedding.empty()) continue;
    std::vector<LabelValues> perPerson;
    if (table.perPerson)
      for (const Person& person : study.people) perPerson.push_back(readLabelValues(study, table, &person, nullptr));
    else
      perPerson.assign(study.people.size(), readLabelValues(study, table, nullptr, nullptr));
    for (std::size_t k = 0; k < table.items.size(); ++k) {
      StudyLabel label{table.items[k], table.id, {table.items[k].name, table.perPerson, {}}};
      label.task.truth.resize(Index(study.people.size()), sampleCount(study.runs));
      for (std::size_t i = 0; i < perPerson.size(); ++i)
        label.task.truth.row(Index(i)) = perPerson[i].items[k].col(0).transpose();
      labels.push_back(std::move(label));
    }
  }
  return labels;
}

std::vector<WordLabel> readWordLabels(const Study& study) {
  std::vector<WordLabel> labels;
  for (std::size_t position = 0; position < study.labels.size(); ++position)
    if (!study.labels[position].embedding.empty()) addTable(study, position, labels);
  return labels;
}

}  // namespace cortexscope
