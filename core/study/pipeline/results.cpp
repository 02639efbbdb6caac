// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/results.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "decoding/individual_differences.h"
#include "decoding/vector_labels.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "study/document/cortex_regions.h"
#include "study/labels/study_labels.h"
#include "study/pipeline/result_files.h"
#include "study/pipeline/word_step.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

Cortex loadCortex(const Study& study, const fs::path& left, const fs::path& right) {
  return {readSurface(study.path(left)), readSurface(study.path(right)), study.cortex.space};
}

/// How many targets there have to be, and what they are called.
struct Targets {
  Index count;
  std::string name;
};

VectorF loadVector(const fs::path& file, const Targets& targets) {
  const MatrixF values = readNpy(file);
  require(values.size() == targets.count, ErrorCode::BadShape, [&] {
    return file.string() + ": has " + textOf(values.size()) + " values, there are " + textOf(targets.count) +
           " " + targets.name;
  });
  return Eigen::Map<const VectorF>(values.data(), values.size());
}

std::shared_ptr<const CortexSeries> loadSeries(const fs::path& file, const Study& study,
                                               const Targets& targets, const CortexView& view) {
  const MappedMatrix series(file);
  require(series.rows() == sampleCount(study.runs) && series.cols() == targets.count, ErrorCode::BadShape,
          [&] {
            return file.string() + ": is " + textOf(series.rows()) + " x " + textOf(series.cols()) +
                   ", the study has " + textOf(sampleCount(study.runs)) + " samples and " +
                   textOf(targets.count) + " " + targets.name;
          });
  return std::make_shared<const CortexSeries>(series, view);
}

/// What is wrong with a part of a study's files is a problem of the study; the other parts are shown all the
/// same. Training makes results anew, so that a damaged one is no reason not to train.
template <class Part>
void attempt(Findings& problems, Severity severity, const std::string& place, const char* advice,
             const Part& part) {
  try {
    part();
  } catch (const Error& error) {
    problems.push_back({severity, {}, place, error.what(), advice});
  }
}

Targets targetsOf(const Study& study, const Person& person, const CortexView& view, Index vertices) {
  const KeptVoxels* voxels = view.voxels();
  require(voxels == nullptr || voxels->vertexCount() == vertices, ErrorCode::BadShape, [&] {
    return study.path(person.voxelsToVertices).string() + ": has " + textOf(voxels->vertexCount()) +
           " vertices, the surface has " + textOf(vertices);
  });
  return {voxels != nullptr ? voxels->voxelCount() : vertices, person.targets()};
}

PersonResults loadPerson(const Study& study, const Person& person, Index vertices, Findings& problems) {
  const ResultFiles files(study);
  const std::string place = "person " + person.id;
  PersonResults results;
  results.id = person.id;
  attempt(problems, Severity::Error, place,
          "put the responses in order, or take the person out of study.json", [&] {
            results.view = cortexViewOf(study, person);
            const Targets targets = targetsOf(study, person, results.view, vertices);
            results.measured = loadSeries(study.path(person.responses), study, targets, results.view);
            if (!person.noiseCeiling.empty())
              results.noiseCeiling =
                  results.view.onCortex(loadVector(study.path(person.noiseCeiling), targets));
          });
  const fs::path predicted = files.person(person.id, "predicted", ".npy"),
                 r = files.person(person.id, "heldout_r", ".npy"),
                 q = files.person(person.id, "heldout_q", ".npy");
  if (!fs::exists(predicted) || !fs::exists(r) || !fs::exists(q))
    return results;  // not there, or stopped on the way
  attempt(problems, Severity::Warning, place, "train again", [&] {
    const Targets targets = targetsOf(study, person, results.view, vertices);
    const auto series = loadSeries(predicted, study, targets, results.view);
    VectorF heldOutR = loadVector(r, targets);
    results.q = results.view.ofHeaviest(loadVector(q, targets));
    results.heldOutR = results.view.onCortex(heldOutR);
    results.predicted = series;
  });
  return results;
}

double numberOr(const nlohmann::json& value, double otherwise) {
  return value.is_number() ? value.get<double>() : otherwise;
}

/// A number per person of the study, NaN for those who have none.
VectorD numbersOfPeople(const Study& study, const nlohmann::json& byId) {
  VectorD values = VectorD::Constant(Index(study.people.size()), std::nan(""));
  for (Index i = 0; i < values.size(); ++i)
    if (const auto own = byId.find(study.people[std::size_t(i)].id); own != byId.end())
      values[i] = numberOr(*own, std::nan(""));
  return values;
}

/// Distances of the people that `individual` names, as a matrix of the study's people; NaN for those it does
/// not name.
MatrixD distancesOfPeople(const Study& study, const nlohmann::json& individual, const char* which) {
  const auto ids = individual.at("people").get<std::vector<std::string>>();
  std::vector<double> pairs;
  for (const nlohmann::json& distance : individual.at(which))
    pairs.push_back(numberOr(distance, std::nan("")));
  const MatrixD known = distanceMatrix(pairs, std::ssize(ids));
  const Index people = std::ssize(study.people);
  std::vector<Index> place;  // of the study's people among those; -1: not there
  for (const Person& person : study.people) {
    const auto found = std::find(ids.begin(), ids.end(), person.id);
    place.push_back(found == ids.end() ? -1 : found - ids.begin());
  }
  MatrixD matrix = MatrixD::Constant(people, people, std::nan(""));
  for (Index a = 0; a < people; ++a)
    for (Index b = 0; b < people; ++b) {
      const Index from = place[std::size_t(a)], to = place[std::size_t(b)];
      if (from >= 0 && to >= 0) matrix(a, b) = known(from, to);
    }
  return matrix;
}

/// One method's estimates of a label, people x samples; NaN for people whom its statistics do not know.
/// Tables are read once each.
class EstimateTables {
 public:
  explicit EstimateTables(const Study& study) : m_study(study) {}

  MatrixD of(const std::string& label, const std::string& method, const nlohmann::json& knownPeople) {
    MatrixD estimates =
        MatrixD::Constant(Index(m_study.people.size()), sampleCount(m_study.runs), std::nan(""));
    for (Index i = 0; i < estimates.rows(); ++i) {
      const std::string& id = m_study.people[std::size_t(i)].id;
      if (!knownPeople.contains(id)) continue;
      const fs::path file = ResultFiles(m_study).label(id + "_" + method, ".tsv");
      const std::vector<double> column = numericColumn(tableOf(file), label, file);
      estimates.row(i) = Eigen::Map<const VectorD>(column.data(), Index(column.size())).transpose();
    }
    return estimates;
  }

 private:
  const Table& tableOf(const fs::path& file) {
    if (const auto known = m_tables.find(file); known != m_tables.end()) return known->second;
    Table table = readTable(file);
    require(Index(table.rows.size()) == sampleCount(m_study.runs), ErrorCode::BadShape, [&] {
      return file.string() + ": has " + textOf(table.rows.size()) + " rows, the study has " +
             textOf(sampleCount(m_study.runs)) + " samples";
    });
    return m_tables[file] = std::move(table);
  }

  const Study& m_study;
  std::map<fs::path, Table> m_tables;
};

void fillStatistics(const Study& study, const nlohmann::json& label, const nlohmann::json& individual,
                    LabelEstimates& estimates) {
  estimates.btlR = numbersOfPeople(study, label.at("btl").at("perPerson"));
  estimates.tlR = numbersOfPeople(study, label.at("tl").at("perPerson"));
  estimates.pBtlAgainstTl = numberOr(label.at("p"), 1);
  estimates.individualRho = numberOr(individual.at("rho"), 0);
  estimates.individualP = numberOr(individual.at("p"), 1);
  estimates.measuredDistance = distancesOfPeople(study, individual, "measuredDistances");
  estimates.predictedDistance = distancesOfPeople(study, individual, "predictedDistances");
}

/// Cosines over time and words of one person.
void loadWordsOf(const Study& study, const LabelTable& table, const LabelItem& item, Index person,
                 LabelEstimates& estimates) {
  const std::string& id = study.people[std::size_t(person)].id;
  const std::string owner = table.perPerson ? id : "";
  const MatrixD truth = readWordEstimates(study, owner, "truth", item);
  const auto place = std::size_t(person);
  estimates.truthWords[place] = readNearestWords(study, owner, "truth", item);
  for (const auto& [method, cosines, words] : {std::tuple{"btl", &estimates.btl, &estimates.btlWords},
                                               std::tuple{"tl", &estimates.tl, &estimates.tlWords}}) {
    const MatrixD vectors = readWordEstimates(study, id, method, item);
    require(vectors.cols() == truth.cols(), ErrorCode::BadShape, [&] {
      return "\"" + item.name + "\" of " + id + " has " + textOf(vectors.cols()) + " dimensions, its truth " +
             textOf(truth.cols());
    });
    cosines->row(person) = cosineBySample(truth, vectors, study.runs).transpose();
    (*words)[place] = readNearestWords(study, id, method, item);
  }
}

/// One item of words: cosines over time and the words themselves; `entry` holds its statistics.
LabelEstimates loadWords(const Study& study, const LabelTable& table, const LabelItem& item,
                         const nlohmann::json& entry) {
  LabelEstimates estimates;
  estimates.item = item;
  estimates.item.unit = "cosine with the true words' vector";
  estimates.table = table.id;
  estimates.perPerson = table.perPerson;
  const Index people = Index(study.people.size()), samples = sampleCount(study.runs);
  estimates.btl = estimates.tl = MatrixD::Constant(people, samples, std::nan(""));
  const NearestWords unknown(static_cast<std::size_t>(samples));
  const std::vector<NearestWords> none(study.people.size(), unknown);
  estimates.truthWords = estimates.btlWords = estimates.tlWords = none;
  for (Index i = 0; i < people; ++i)
    if (entry.at("btl").at("perPerson").contains(study.people[std::size_t(i)].id))
      loadWordsOf(study, table, item, i, estimates);
  nlohmann::json like = entry;  // the fields of a number's statistics
  like["p"] = entry.at("comparison").at("p");
  fillStatistics(study, like, entry.at("individual"), estimates);
  return estimates;
}

/// The entry of a list whose `key` is this name; null if there is none.
const nlohmann::json* entryNamed(const nlohmann::json& list, const char* key, const std::string& name) {
  for (const nlohmann::json& entry : list)
    if (entry.at(key).get<std::string>() == name) return &entry;
  return nullptr;
}

/// Estimates of a table's labels that are numbers. Labels may have come since: those without estimates are
/// left out.
std::vector<LabelEstimates> loadNumbers(const Study& study, const LabelTable& table,
                                        const nlohmann::json& statistics, EstimateTables& tables) {
  std::vector<LabelEstimates> all;
  for (const StudyLabel& label : readLabels(study, table, Unreadable::Unknown)) {
    const nlohmann::json *known = entryNamed(statistics.at("labels"), "name", label.item.name),
                         *differences =
                             entryNamed(statistics.at("individualDifferences"), "label", label.item.name);
    if (known == nullptr || differences == nullptr) continue;
    LabelEstimates& estimates = all.emplace_back();
    estimates.item = label.item;
    estimates.table = label.table;
    estimates.perPerson = label.task.perPerson;
    estimates.truth = label.task.truth;
    estimates.btl = tables.of(label.item.name, "btl", known->at("btl").at("perPerson"));
    estimates.tl = tables.of(label.item.name, "tl", known->at("tl").at("perPerson"));
    fillStatistics(study, *known, *differences, estimates);
  }
  return all;
}

std::vector<LabelEstimates> loadWordItems(const Study& study, const LabelTable& table,
                                          const nlohmann::json& statistics) {
  std::vector<LabelEstimates> all;
  const nlohmann::json words = statistics.value("wordVectors", nlohmann::json::array());
  for (const LabelItem& item : table.items)
    if (const nlohmann::json* entry = entryNamed(words, "name", item.name))
      all.push_back(loadWords(study, table, item, *entry));
  return all;
}

/// Numbers first, then words.
std::vector<LabelEstimates> loadLabels(const Study& study, Findings& problems) {
  const fs::path file = ResultFiles(study).label("statistics", ".json");
  if (!fs::exists(file)) return {};
  std::vector<LabelEstimates> numbers, words;
  try {
    const nlohmann::json statistics = nlohmann::json::parse(readTextFile(file));
    EstimateTables tables(study);
    for (const LabelTable& table : study.labels)
      attempt(problems, Severity::Warning, "label table " + table.id, "train again", [&] {
        const bool isNumbers = table.embedding.empty();
        std::ranges::move(isNumbers ? loadNumbers(study, table, statistics, tables)
                                    : loadWordItems(study, table, statistics),
                          std::back_inserter(isNumbers ? numbers : words));
      });
  } catch (const nlohmann::json::exception& error) {
    problems.push_back({Severity::Warning,
                        {},
                        "label estimates",
                        file.string() + ": is not what this version writes: " + error.what(),
                        "train again"});
    return {};
  }
  std::ranges::move(words, std::back_inserter(numbers));
  return numbers;
}

/// What is drawn beside the surfaces.
void loadCortexExtras(const Study& study, Results& results) {
  const CortexFiles& files = study.cortex;
  const Index vertices = results.anatomical.vertexCount();
  const auto requireVertices = [&](const fs::path& file, Index count) {
    require(count == vertices, ErrorCode::BadShape, [&] {
      return study.path(file).string() + " and its right half have " + textOf(count) +
             " vertices, the surfaces have " + textOf(vertices);
    });
  };
  const char* advice = "put the right file there, or take it out of study.json";
  if (!files.leftInflated.empty())
    attempt(results.problems, Severity::Error, "inflated surface", advice, [&] {
      Cortex inflated = loadCortex(study, files.leftInflated, files.rightInflated);
      requireVertices(files.leftInflated, inflated.vertexCount());
      require(inflated.left.vertexCount() == results.anatomical.left.vertexCount(), ErrorCode::BadShape,
              study.path(files.leftInflated).string() + ": has other vertices than the left surface");
      results.inflated = std::move(inflated);
    });
  if (!files.underlay.empty())
    attempt(results.problems, Severity::Error, "sulcal depth", advice, [&] {
      results.underlay = loadVector(study.path(files.underlay), {vertices, "vertices"});
    });
  attempt(results.problems, Severity::Error, "regions", advice, [&] {
    Parcellation regions = readRegions(study);
    if (!regions.keys.empty()) requireVertices(files.leftRegions, std::ssize(regions.keys));
    results.regions = std::move(regions);
  });
}

}  // namespace

Results loadResults(const Study& study) {
  Results results;
  results.anatomical = loadCortex(study, study.cortex.leftSurface, study.cortex.rightSurface);
  loadCortexExtras(study, results);
  const Index vertices = results.anatomical.vertexCount();
  for (const Person& person : study.people)
    results.people.push_back(loadPerson(study, person, vertices, results.problems));
  results.labels = loadLabels(study, results.problems);
  attempt(results.problems, Severity::Warning, "summary", "train again", [&] {
    if (fs::exists(ResultFiles(study).summary()))
      results.summaryJson = readTextFile(ResultFiles(study).summary());
  });
  return results;
}

}  // namespace cortexscope
