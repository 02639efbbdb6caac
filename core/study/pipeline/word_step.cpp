// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/word_step.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/parallel.h"
#include "base/text.h"
#include "decoding/vector_labels.h"
#include "io/arrays/npy.h"
#include "io/tables/table.h"
#include "stats/mantel.h"
#include "study/pipeline/label_json.h"
#include "study/pipeline/result_files.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr Index kNearestShown = 5;

/// One item's estimates by one method, per person, samples x dimensions.
using Vectors = std::vector<MatrixD>;

std::vector<LabelTask> tasksOf(const WordLabel& label, bool perPerson) {
  const Index people = Index(label.truth.size()), samples = label.truth.front().rows();
  std::vector<LabelTask> tasks;
  for (Index d = 0; d < label.truth.front().cols(); ++d) {
    LabelTask& task = tasks.emplace_back(
        LabelTask{label.item.name + ", dimension " + textOf(d + 1), perPerson, MatrixD(people, samples)});
    for (Index i = 0; i < people; ++i) task.truth.row(i) = label.truth[std::size_t(i)].col(d).transpose();
  }
  return tasks;
}

Vectors vectorsOf(const TransferReport& report, MatrixD LabelReport::*estimate) {
  const MatrixD& first = report.labels.front().*estimate;
  Vectors vectors(std::size_t(first.rows()), MatrixD(first.cols(), Index(report.labels.size())));
  for (std::size_t d = 0; d < report.labels.size(); ++d)
    for (std::size_t i = 0; i < vectors.size(); ++i)
      vectors[i].col(Index(d)) = (report.labels[d].*estimate).row(Index(i)).transpose();
  return vectors;
}

std::string nameOf(const std::string& who, const std::string& method, const LabelItem& item) {
  return (who.empty() ? "" : who + "_") + method + "_" + item.name;
}

/// Writes what one method says for one person; the nearest words are looked up in the whole embedding.
class WordWriter {
 public:
  WordWriter(const Study& study, const WordLabel& label, const WordVectors& embedding)
      : m_study(study), m_label(label), m_embedding(embedding) {}

  std::vector<fs::path> write(const std::string& who, const std::string& method, const MatrixD& vectors,
                              const Job& job) const {
    const ResultFiles files(m_study);
    const std::string name = nameOf(who, method, m_label.item);
    const fs::path array = files.label(name + "_vectors", ".npy"),
                   table = files.label(name + "_words", ".tsv");
    const std::string what =
        method == "truth" ? "word vectors of the label table" : "estimated word vectors, " + method;
    files.write(array, MatrixF(vectors.cast<float>()), what + "; NaN = unknown", "samples",
                "dimensions of the embedding");
    writeFileAtomically(table, wordsText(vectors, job));
    fs::path sidecar = table;
    const Json json{{"what", "words nearest to " + what + ", nearest first, with their cosines"},
                    {"method", method},
                    {"person", who},
                    {"embedding", m_study.labels[m_label.table].embedding.generic_string()},
                    {"simulated", m_study.simulated},
                    {"simulationNote", m_study.simulationNote}};
    writeFileAtomically(sidecar.replace_extension(".json"), json.dump(2) + "\n");
    return {array, table};
  }

 private:
  std::string wordsText(const MatrixD& vectors, const Job& job) const {
    std::string text = "time_sec";
    for (Index k = 1; k <= kNearestShown; ++k) text += fmt::format("\tword_{}\tcosine_{}", k, k);
    const MatrixF known =
        vectors.array().isNaN().select(0, vectors).cast<float>();  // without length: no neighbours
    const auto nearest = nearestRows(known, m_embedding.vectors, kNearestShown, job);
    for (std::size_t t = 0; t < nearest.size(); ++t) {
      text += fmt::format("\n{:.7g}", m_study.samplePeriodSec * double(t));
      for (std::size_t k = 0; k < std::size_t(kNearestShown); ++k) {
        if (k < nearest[t].size())
          text += fmt::format("\t{}\t{:.4f}", m_embedding.words[std::size_t(nearest[t][k].row)],
                              nearest[t][k].cosine);
        else
          text += "\tn/a\tn/a";
      }
    }
    return text + "\n";
  }

  const Study& m_study;
  const WordLabel& m_label;
  const WordVectors& m_embedding;
};

Json scoresToJson(const Study& study, const VectorScores& scores) {
  return {{"meanR", numberOrNull(finiteMean(scores.meanR))},
          {"perPerson", byPerson(study, scores.meanR)},
          {"cosine", numberOrNull(finiteMean(scores.cosine))},
          {"rankAccuracy", numberOrNull(scores.meanRankAccuracy)},
          {"rankAccuracyPerPerson", byPerson(study, scores.rankAccuracy)},
          {"chance", numberOrNull(scores.chance)},
          {"p", numberOrNull(scores.p)}};
}

/// Do people whose measured brains give like vectors get like vectors through their predicted ones?
Json individualDifferences(const Study& study, const Vectors& measured, const Vectors& btl,
                           const TransferOptions& options, const Job& job) {
  const std::vector<Index> heldOut = rowsOf(study.runs, true);
  const std::vector<double> a = vectorPairDistances(measured, heldOut), b = vectorPairDistances(btl, heldOut);
  MantelResult result;
  if (study.people.size() >= 3) result = mantelTest(a, b, options.mantelPermutations, options.seed, job);
  return individualToJson(study, result, a, b);
}

Json curveToJson(const WordLabel& label, const TransferReport& report) {
  Json curve = Json::array();
  for (const LearningPoint& point : report.learningCurve) {
    const MatrixD &btl = point.scores.btlR, &tl = point.scores.tlR;
    curve.push_back({{"labelledSamples", point.labelledSamples},
                     {"byTable", Json::array({{{"table", label.item.name},
                                               {"btl", numberOrNull(finiteMean(VectorD(btl.reshaped())))},
                                               {"tl", numberOrNull(finiteMean(VectorD(tl.reshaped())))},
                                               {"comparison", comparisonToJson(point.comparison)}}})}});
  }
  return curve;
}

/// Estimates, files and statistics of one item.
class WordItem {
 public:
  WordItem(const Study& study, const WordLabel& label, const WordVectors& embedding,
           const TransferOptions& options)
      : m_study(study),
        m_label(label),
        m_table(study.labels[label.table]),
        m_writer(study, label, embedding),
        m_options(options) {}

  Json estimate(const TransferInputs& inputs, std::vector<fs::path>& written, const Job& job) const {
    TransferOptions options = m_options;
    options.mantelPermutations = 0;  // people are compared by whole vectors, below
    const TransferReport report =
        compareTransfer(inputs, tasksOf(m_label, m_table.perPerson), options, job.part(0, 0.7));
    Json json{{"name", m_label.item.name},
              {"title", m_label.item.title},
              {"table", m_table.id},
              {"perPerson", m_table.perPerson},
              {"dimensions", m_label.truth.front().cols()},
              {"unknownWords", {{"count", m_label.unknown.count}, {"examples", m_label.unknown.examples}}}};
    const Vectors btl = vectorsOf(report, &LabelReport::btl), tl = vectorsOf(report, &LabelReport::tl),
                  measured = vectorsOf(report, &LabelReport::measured);
    json["btl"] = method("btl", btl, written, job.part(0.7, 0.8));
    json["tl"] = method("tl", tl, written, job.part(0.8, 0.9));
    json["measured"] = method("measured", measured, written, job.part(0.9, 0.98));
    json["comparison"] = comparisonToJson(report.learningCurve.back().comparison);
    json["individual"] = individualDifferences(m_study, measured, btl, m_options, job.part(0.98, 1));
    json["learningCurve"] = curveToJson(m_label, report);
    writeTruth(written, job);
    return json;
  }

 private:
  Json method(const std::string& name, const Vectors& vectors, std::vector<fs::path>& written,
              const Job& job) const {
    std::vector<std::vector<fs::path>> files(vectors.size());
    parallelFor(Index(vectors.size()), m_options.threads, [&](Index i) {
      files[std::size_t(i)] =
          m_writer.write(m_study.people[std::size_t(i)].id, name, vectors[std::size_t(i)], job.part(0, 0.5));
    });
    for (const auto& some : files) written.insert(written.end(), some.begin(), some.end());
    const VectorScoreOptions options{m_study.options.permutations, m_study.options.seed, m_options.threads};
    return scoresToJson(m_study,
                        scoreVectors(m_label.truth, vectors, m_study.runs, options, job.part(0.5, 1)));
  }

  void writeTruth(std::vector<fs::path>& written, const Job& job) const {
    for (std::size_t i = 0; i < (m_table.perPerson ? m_study.people.size() : 1); ++i)
      for (fs::path& file :
           m_writer.write(m_table.perPerson ? m_study.people[i].id : "", "truth", m_label.truth[i], job))
        written.push_back(std::move(file));
  }

  const Study& m_study;
  const WordLabel& m_label;
  const LabelTable& m_table;
  WordWriter m_writer;
  const TransferOptions& m_options;
};

void requireSamples(const Study& study, const fs::path& file, Index rows) {
  require(rows == sampleCount(study.runs), ErrorCode::BadShape, [&] {
    return file.string() + ": has " + textOf(rows) + " rows, the study has " +
           textOf(sampleCount(study.runs)) + " samples";
  });
}

}  // namespace

Json estimateWords(const Study& study, const std::vector<WordLabel>& labels, const TransferInputs& inputs,
                   const TransferOptions& options, std::vector<fs::path>& written, const Job& job) {
  for (const WordLabel& label : labels)
    for (std::size_t i = 0; i < study.people.size(); ++i)
      requireKnownRuns(study, study.labels[label.table], study.people[i], label.item.name,
                       label.truth[i].col(0));
  Json all = Json::array();
  WordVectors embedding;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const Job part = job.part(double(k) / double(labels.size()), double(k + 1) / double(labels.size()));
    if (k == 0 || labels[k].table != labels[k - 1].table)
      embedding = readWordVectors(study.path(study.labels[labels[k].table].embedding));
    all.push_back(WordItem(study, labels[k], embedding, options).estimate(inputs, written, part));
  }
  return all;
}

MatrixD readWordEstimates(const Study& study, const std::string& who, const std::string& method,
                          const LabelItem& item) {
  const fs::path file = ResultFiles(study).label(nameOf(who, method, item) + "_vectors", ".npy");
  const MatrixF vectors = readNpy(file);
  requireSamples(study, file, vectors.rows());
  return vectors.cast<double>();
}

std::vector<std::vector<std::string>> readNearestWords(const Study& study, const std::string& who,
                                                       const std::string& method, const LabelItem& item) {
  const fs::path file = ResultFiles(study).label(nameOf(who, method, item) + "_words", ".tsv");
  const Table table = readTable(file);
  requireSamples(study, file, Index(table.rows.size()));
  std::vector<std::vector<std::string>> nearest;
  for (const std::vector<std::string>& row : table.rows) {
    std::vector<std::string>& words = nearest.emplace_back();
    for (std::size_t cell = 1; cell < row.size(); cell += 2)
      if (row[cell] != "n/a") words.push_back(row[cell]);
  }
  return nearest;
}

}  // namespace cortexscope
