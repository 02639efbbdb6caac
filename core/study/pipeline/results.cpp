#include "study/pipeline/results.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "decoding/individual_differences.h"
#include "decoding/vector_labels.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
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
    return file.string() + ": has " + std::to_string(values.size()) + " values, there are " +
           std::to_string(targets.count) + " " + targets.name;
  });
  return Eigen::Map<const VectorF>(values.data(), values.size());
}

std::shared_ptr<const CortexSeries> loadSeries(const fs::path& file, const Study& study, const Targets& targets,
                                               const CortexView& view) {
  const MappedMatrix series(file);
  require(series.rows() == sampleCount(study.runs) && series.cols() == targets.count, ErrorCode::BadShape, [&] {
    return file.string() + ": is " + std::to_string(series.rows()) + " x " + std::to_string(series.cols()) +
           ", the study has " + std::to_string(sampleCount(study.runs)) + " samples and " + std::to_string(targets.count) +
           " " + targets.name;
  });
  return std::make_shared<const CortexSeries>(series, view);
}

PersonResults loadPerson(const Study& study, const Person& person, Index vertices) {
  const ResultFiles files(study);
  PersonResults results;
  results.id = person.id;
  results.view = cortexViewOf(study, person);
  const KeptVoxels* voxels = results.view.voxels();
  require(voxels == nullptr || voxels->vertexCount() == vertices, ErrorCode::BadShape, [&] {
    return study.path(person.voxelsToVertices).string() + ": has " + std::to_string(voxels->vertexCount()) +
           " vertices, the surface has " + std::to_string(vertices);
  });
  const Targets targets{voxels != nullptr ? voxels->voxelCount() : vertices, person.targets()};
  results.measured = loadSeries(study.path(person.responses), study, targets, results.view);
  if (!person.noiseCeiling.empty())
    results.noiseCeiling = results.view.onCortex(loadVector(study.path(person.noiseCeiling), targets));
  const fs::path predicted = files.person(person.id, "predicted", ".npy"), r = files.person(person.id, "heldout_r", ".npy"),
                 q = files.person(person.id, "heldout_q", ".npy");
  if (!fs::exists(predicted) || !fs::exists(r) || !fs::exists(q)) return results;  // not there, or stopped on the way
  results.predicted = loadSeries(predicted, study, targets, results.view);
  results.heldOutR = results.view.onCortex(loadVector(r, targets));
  results.q = results.view.ofHeaviest(loadVector(q, targets));
  return results;
}

VectorD numbersFrom(const nlohmann::json& list) {
  VectorD values(Index(list.size()));
  for (Index i = 0; i < values.size(); ++i)
    values[i] = list[std::size_t(i)].is_number() ? list[std::size_t(i)].get<double>() : std::nan("");
  return values;
}

/// Estimates of one method: per person, samples x labels.
std::vector<MatrixD> loadEstimates(const Study& study, const std::vector<StudyLabel>& labels, const std::string& method) {
  std::vector<MatrixD> estimates;
  for (const Person& person : study.people) {
    const fs::path file = ResultFiles(study).label(person.id + "_" + method, ".tsv");
    const Table table = readTable(file);
    require(Index(table.rows.size()) == sampleCount(study.runs), ErrorCode::BadShape, [&] {
      return file.string() + ": has " + std::to_string(table.rows.size()) + " rows, the study has " +
             std::to_string(sampleCount(study.runs)) + " samples";
    });
    MatrixD& values = estimates.emplace_back(Index(table.rows.size()), Index(labels.size()));
    for (std::size_t k = 0; k < labels.size(); ++k) {
      const std::vector<double> column = numericColumn(table, labels[k].item.name, file);
      values.col(Index(k)) = Eigen::Map<const VectorD>(column.data(), Index(column.size()));
    }
  }
  return estimates;
}

MatrixD rowsPerPerson(const std::vector<MatrixD>& estimates, Index label) {
  MatrixD rows(Index(estimates.size()), estimates.front().rows());
  for (Index person = 0; person < rows.rows(); ++person)
    rows.row(person) = estimates[std::size_t(person)].col(label).transpose();
  return rows;
}

void fillStatistics(LabelEstimates& estimates, const nlohmann::json& label, const nlohmann::json& individual, Index people) {
  const auto number = [](const nlohmann::json& value, double otherwise) {
    return value.is_number() ? value.get<double>() : otherwise;
  };
  estimates.btlR = numbersFrom(label.at("btl").at("perPerson"));
  estimates.tlR = numbersFrom(label.at("tl").at("perPerson"));
  estimates.pBtlAgainstTl = number(label.at("p"), 1);
  estimates.individualRho = number(individual.at("rho"), 0);
  estimates.individualP = number(individual.at("p"), 1);
  estimates.measuredDistance = distanceMatrix(individual.at("measuredDistances").get<std::vector<double>>(), people);
  estimates.predictedDistance = distanceMatrix(individual.at("predictedDistances").get<std::vector<double>>(), people);
}

/// One item of words: cosines over time and the words themselves; `entry` holds its statistics.
LabelEstimates loadWords(const Study& study, const LabelTable& table, const LabelItem& item, const nlohmann::json& entry) {
  LabelEstimates estimates;
  estimates.item = item;
  estimates.item.unit = "cosine with the true words' vector";
  estimates.table = table.id;
  estimates.perPerson = table.perPerson;
  const Index people = Index(study.people.size());
  estimates.btl.resize(people, sampleCount(study.runs));
  estimates.tl = estimates.btl;
  for (Index i = 0; i < people; ++i) {
    const std::string& id = study.people[std::size_t(i)].id;
    const std::string owner = table.perPerson ? id : "";
    const MatrixD truth = readWordEstimates(study, owner, "truth", item);
    estimates.truthWords.push_back(readNearestWords(study, owner, "truth", item));
    for (const auto& [method, cosines, words] : {std::tuple{"btl", &estimates.btl, &estimates.btlWords},
                                                 std::tuple{"tl", &estimates.tl, &estimates.tlWords}}) {
      const MatrixD vectors = readWordEstimates(study, id, method, item);
      require(vectors.cols() == truth.cols(), ErrorCode::BadShape, [&] {
        return "\"" + item.name + "\" of " + id + " has " + std::to_string(vectors.cols()) + " dimensions, its truth " +
               std::to_string(truth.cols());
      });
      cosines->row(i) = cosineBySample(truth, vectors, study.runs).transpose();
      words->push_back(readNearestWords(study, id, method, item));
    }
  }
  nlohmann::json like = entry;  // the fields of a number's statistics
  like["p"] = entry.at("comparison").at("p");
  fillStatistics(estimates, like, entry.at("individual"), people);
  return estimates;
}

/// The entry of a list whose `key` is this name; null if there is none.
const nlohmann::json* entryNamed(const nlohmann::json& list, const char* key, const std::string& name) {
  for (const nlohmann::json& entry : list)
    if (entry.at(key).get<std::string>() == name) return &entry;
  return nullptr;
}

/// Estimates of labels that are numbers. Tables may have come or gone since: labels without estimates are left out.
std::vector<LabelEstimates> loadNumbers(const Study& study, const nlohmann::json& statistics) {
  const nlohmann::json &known = statistics.at("labels"), &differences = statistics.at("individualDifferences");
  std::vector<StudyLabel> labels = readLabels(study);
  std::erase_if(labels, [&](const StudyLabel& label) {
    return entryNamed(known, "name", label.item.name) == nullptr || entryNamed(differences, "label", label.item.name) == nullptr;
  });
  const std::vector<MatrixD> btl = loadEstimates(study, labels, "btl"), tl = loadEstimates(study, labels, "tl");
  std::vector<LabelEstimates> all;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const StudyLabel& label = labels[k];
    LabelEstimates& estimates = all.emplace_back();
    estimates.item = label.item;
    estimates.table = label.table;
    estimates.perPerson = label.task.perPerson;
    estimates.truth = label.task.truth;
    estimates.btl = rowsPerPerson(btl, Index(k));
    estimates.tl = rowsPerPerson(tl, Index(k));
    fillStatistics(estimates, *entryNamed(known, "name", label.item.name),
                   *entryNamed(differences, "label", label.item.name), Index(study.people.size()));
  }
  return all;
}

std::vector<LabelEstimates> loadLabels(const Study& study) {
  const fs::path file = ResultFiles(study).label("statistics", ".json");
  if (!fs::exists(file)) return {};
  try {
    const nlohmann::json statistics = nlohmann::json::parse(readTextFile(file));
    std::vector<LabelEstimates> all = loadNumbers(study, statistics);
    const nlohmann::json words = statistics.value("wordVectors", nlohmann::json::array());
    for (const LabelTable& table : study.labels)
      for (const LabelItem& item : table.items)
        if (const nlohmann::json* entry = table.embedding.empty() ? nullptr : entryNamed(words, "name", item.name))
          all.push_back(loadWords(study, table, item, *entry));
    return all;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": does not fit the study: " + error.what());
  }
}

/// Both hemispheres' regions; where the two files use one key for different names, the right one gets a new key.
Parcellation joinRegions(Parcellation joint, const Parcellation& right) {
  std::map<std::int32_t, std::string> names;
  std::int32_t free = 0;
  for (const Parcellation* side : {&std::as_const(joint), &right})
    for (const Region& region : side->regions) free = std::max(free, region.key);
  for (const Region& region : joint.regions) names.try_emplace(region.key, region.name);
  std::map<std::int32_t, std::int32_t> newKeys;
  for (Region region : right.regions) {
    const auto known = names.find(region.key);
    if (known != names.end() && known->second == region.name) continue;
    if (known != names.end()) {
      require(free < std::numeric_limits<std::int32_t>::max(), ErrorCode::Unsupported, "the regions' keys leave no free one");
      newKeys[region.key] = ++free;
      region.key = free;
    }
    joint.regions.push_back(region);
  }
  for (const std::int32_t key : right.keys) {
    const auto changed = newKeys.find(key);
    joint.keys.push_back(changed == newKeys.end() ? key : changed->second);
  }
  return joint;
}

}  // namespace

Parcellation loadRegions(const Study& study) {
  if (study.cortex.leftRegions.empty()) return {};
  const Parcellation left = readParcellation(study.path(study.cortex.leftRegions));
  const Parcellation right = readParcellation(study.path(study.cortex.rightRegions));
  return joinRegions(left, right);
}

Results loadResults(const Study& study) {
  Results results;
  results.anatomical = loadCortex(study, study.cortex.leftSurface, study.cortex.rightSurface);
  if (!study.cortex.leftInflated.empty())
    results.inflated = loadCortex(study, study.cortex.leftInflated, study.cortex.rightInflated);
  const Index vertices = results.anatomical.vertexCount();
  if (!study.cortex.underlay.empty())
    results.underlay = loadVector(study.path(study.cortex.underlay), {vertices, "vertices"});
  results.regions = loadRegions(study);
  for (const Person& person : study.people) results.people.push_back(loadPerson(study, person, vertices));
  results.labels = loadLabels(study);
  if (fs::exists(ResultFiles(study).summary())) results.summaryJson = readTextFile(ResultFiles(study).summary());
  return results;
}

}  // namespace cortexscope
