// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/labels/label_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "study/labels/study_labels.h"

namespace cortexscope {
namespace {

Index knownIn(const MatrixD& series, const std::vector<Index>& rows) {
  return std::count_if(rows.begin(), rows.end(), [&](Index row) { return std::isfinite(series(row, 0)); });
}

CountRange knownOver(const std::vector<LabelValues>& people, std::size_t item,
                     const std::vector<Index>& rows) {
  CountRange range{Index(rows.size()), 0};
  for (const LabelValues& values : people) {
    const Index known = knownIn(values.items[item], rows);
    range = {std::min(range.fewest, known), std::max(range.most, known)};
  }
  return range;
}

LabelItemSummary itemSummary(const Study& study, const LabelTable& table,
                             const std::vector<LabelValues>& people, std::size_t item) {
  LabelItemSummary summary{table.items[item].name, knownOver(people, item, rowsOf(study.runs, false)),
                           knownOver(people, item, rowsOf(study.runs, true))};
  summary.least = summary.most = std::numeric_limits<double>::quiet_NaN();
  for (const LabelValues& values : people) {
    const MatrixD& series = values.items[item];
    for (Index t = 0; table.embedding.empty() && t < series.rows(); ++t)
      if (std::isfinite(series(t, 0)))
        summary.least = std::fmin(summary.least, series(t, 0)),
        summary.most = std::fmax(summary.most, series(t, 0));
  }
  return summary;
}

/// As `requireKnownRuns` says it, once per item.
void warnOfUnlearnable(const Study& study, const LabelTable& table, const std::vector<LabelValues>& people,
                       LabelSummary& summary) {
  for (std::size_t k = 0; k < table.items.size(); ++k) {
    try {
      for (std::size_t i = 0; i < people.size(); ++i)
        requireKnownRuns(study, table, study.people[i], table.items[k].name, people[i].items[k].col(0));
    } catch (const Error& error) {
      summary.warnings.push_back(error.what());
    }
  }
}

}  // namespace

std::string textOf(const CountRange& range) {
  return range.fewest == range.most ? textOf(range.most) : textOf(range.fewest) + " to " + textOf(range.most);
}

LabelSummary summarizeLabels(const Study& study, const LabelTable& table) {
  LabelSummary summary;
  WordVectors words;
  if (!table.embedding.empty()) words = readWordVectors(study.path(table.embedding));
  const WordVectors* embedding = table.embedding.empty() ? nullptr : &words;
  std::vector<LabelValues> people;
  if (!table.perPerson) people.push_back(readLabelValues(study, table, nullptr, embedding));
  for (const Person& person : study.people)
    if (table.perPerson) people.push_back(readLabelValues(study, table, &person, embedding));
  summary.trainingSamples = rowsOf(study.runs, false).size();
  summary.heldOutSamples = rowsOf(study.runs, true).size();
  summary.words = words.words.size();
  summary.dimensions = words.vectors.cols();
  for (const std::string& warning : words.warnings)
    summary.warnings.push_back(table.embedding.string() + ": " + warning);
  for (const LabelValues& values : people) {
    summary.rows += values.rowCount;
    for (const std::string& warning : values.warnings) summary.warnings.push_back(warning);
    for (const UnknownWords& unknown : values.unknown) {
      summary.unknown.count += unknown.count;
      if (summary.unknown.examples.empty()) summary.unknown.examples = unknown.examples;
    }
  }
  for (std::size_t k = 0; k < table.items.size(); ++k)
    summary.items.push_back(itemSummary(study, table, people, k));
  warnOfUnlearnable(study, table, people, summary);
  return summary;
}

}  // namespace cortexscope
