// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/recovery.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/arrays/npy.h"
#include "stats/correlation.h"
#include "stats/mantel.h"
#include "study/pipeline/label_json.h"
#include "study/pipeline/result_files.h"

namespace cortexscope {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

double median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  const std::size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(middle), values.end());
  return values[middle];
}

/// Names of all encoding spaces in the order of the rows of space_r.
std::vector<std::string> spaceNames(const Study& study) {
  std::vector<std::string> names;
  for (const FeatureSpace& space : study.featureSpaces)
    for (const std::string& layer : space.layers) names.push_back(space.id + "/" + layer);
  return names;
}

struct VertexCounts {
  std::vector<double> ratios;  // r / ceiling at signal vertices of all people
  double noiseSum = 0;
  Index noise = 0, noiseSignificant = 0, signal = 0, signalSignificant = 0;
};

void countPerson(const Study& study, const Person& person, const VectorF& drive, VertexCounts& counts) {
  const ResultFiles files(study);
  const VectorF r = readNpy(files.person(person.id, "heldout_r", ".npy")).col(0);
  const VectorF q = readNpy(files.person(person.id, "heldout_q", ".npy")).col(0);
  const VectorF ceiling = person.noiseCeiling.empty()
                              ? VectorF(VectorF::Zero(r.size()))
                              : VectorF(readNpy(study.path(person.noiseCeiling)).col(0));
  for (Index v = 0; v < r.size(); ++v) {
    const bool significant = q[v] < study.options.significanceLevel;
    if (drive[v] < 0) {
      counts.noiseSum += r[v];
      ++counts.noise;
      counts.noiseSignificant += significant;
    } else {
      if (ceiling[v] > 0) counts.ratios.push_back(r[v] / ceiling[v]);
      ++counts.signal;
      counts.signalSignificant += significant;
    }
  }
}

/// Mean depth (position among its modality's layers) of the best single layer over each driven region's
/// vertices.
std::vector<double> preferredDepths(const Study& study, const VectorF& drive, std::size_t drives,
                                    const std::vector<std::string>& driveLayers) {
  const std::vector<std::string> spaces = spaceNames(study);
  std::vector<double> sum(drives, 0.0), count(drives, 0.0);
  for (const Person& person : study.people) {
    const MatrixF r = readNpy(ResultFiles(study).person(person.id, "space_r", ".npy"));
    for (Index v = 0; v < drive.size(); ++v) {
      if (drive[v] < 0) continue;
      const std::size_t d = std::size_t(drive[v]);
      const std::string modality = driveLayers[d].substr(0, driveLayers[d].find('/'));
      int depth = 0, best = -1;
      float bestR = 0;
      for (std::size_t s = 0; s < spaces.size(); ++s) {
        if (!spaces[s].starts_with(modality + "/")) continue;
        if (r(Index(s), v) > bestR) bestR = r(Index(s), v), best = depth;
        ++depth;
      }
      if (best >= 0) sum[d] += best, count[d] += 1;
    }
  }
  for (std::size_t d = 0; d < drives; ++d) sum[d] = count[d] > 0 ? sum[d] / count[d] : std::nan("");
  return sum;
}

/// Rank correlation of true and recovered order within each modality, and the depths themselves.
Json layerOrder(const Study& study, const VectorF& drive, const nlohmann::json& truth) {
  std::vector<std::string> layers;
  for (const auto& entry : truth.at("drives")) layers.push_back(entry.at("layer").get<std::string>());
  const std::vector<double> depths = preferredDepths(study, drive, layers.size(), layers);
  Json json = Json::array();
  for (const FeatureSpace& space : study.featureSpaces) {
    std::vector<double> expected, recovered;
    Json regions = Json::array();
    for (std::size_t d = 0; d < layers.size(); ++d) {
      if (!layers[d].starts_with(space.id + "/")) continue;
      if (std::isfinite(depths[d])) {  // no vertex of the regions was predicted by any layer otherwise
        expected.push_back(double(regions.size()));
        recovered.push_back(depths[d]);
      }
      regions.push_back({{"layer", layers[d]},
                         {"regions", truth.at("drives")[d].at("regions")},
                         {"meanPreferredDepth", numberOrNull(depths[d])}});
    }
    json.push_back(
        {{"modality", space.id}, {"rho", numberOrNull(spearman(expected, recovered))}, {"regions", regions}});
  }
  return json;
}

/// Do people near each other in trait space get similar estimates?
Json structureRecovery(const Study& study, const nlohmann::json& truth, const nlohmann::json& statistics,
                       const Job& job) {
  const auto traits = truth.at("traitDistances").get<std::vector<double>>();
  if (traits.size() < 3) return nullptr;
  std::vector<double> shared(traits.size(), 0.0), own(traits.size(), 0.0);
  for (std::size_t k = 0; k < statistics.at("individualDifferences").size(); ++k) {
    const auto distances =
        statistics.at("individualDifferences")[k].at("predictedDistances").get<std::vector<double>>();
    std::vector<double>& sum = statistics.at("labels")[k].at("perPerson").get<bool>() ? own : shared;
    for (std::size_t i = 0; i < sum.size() && i < distances.size(); ++i) sum[i] += distances[i];
  }
  const MantelResult onShared = mantelTest(traits, shared, 10000, study.options.seed, job);
  const MantelResult onOwn = mantelTest(traits, own, 10000, study.options.seed, job);
  return {{"sharedLabels", {{"rho", onShared.rho}, {"p", onShared.p}}},
          {"ownRatings", {{"rho", onOwn.rho}, {"p", onOwn.p}}}};
}

}  // namespace

void writeTruth(const Study& study, const CohortTruth& truth, const std::vector<Drive>& drives) {
  Json json;
  json["simulated"] = true;
  json["drives"] = Json::array();
  for (const Drive& drive : drives)
    json["drives"].push_back({{"layer", drive.layer}, {"regions", drive.regions}});
  json["traitDistances"] = truth.traitDistances;
  writeFileAtomically(study.path("inputs/simulation/truth.json"), json.dump(2) + "\n");
  VectorF drive(Index(truth.layerOfVertex.size()));
  for (Index v = 0; v < drive.size(); ++v) drive[v] = float(truth.layerOfVertex[std::size_t(v)]);
  writeNpy(study.path("inputs/simulation/drive_of_vertex.npy"), drive);
}

Json recoveryReport(const Study& study, const nlohmann::json& labelStatistics, const Job& job) {
  if (!study.simulated || !fs::exists(study.path("inputs/simulation/truth.json"))) return nullptr;
  const nlohmann::json truth =
      nlohmann::json::parse(readTextFile(study.path("inputs/simulation/truth.json")));
  const fs::path driveFile = study.path("inputs/simulation/drive_of_vertex.npy");
  const VectorF drive = readNpy(driveFile).col(0);
  for (const Person& person : study.people) {
    if (person.keepsVoxels()) return nullptr;  // the truth is known per vertex
    const Index vertices = MappedMatrix(study.path(person.responses)).cols();
    require(drive.size() == vertices, ErrorCode::BadShape, [&] {
      return driveFile.string() + ": has " + textOf(drive.size()) + " vertices, " + person.id + " has " +
             textOf(vertices);
    });
  }
  VertexCounts counts;
  for (const Person& person : study.people) countPerson(study, person, drive, counts);
  Json json;
  json["medianRatioToCeiling"] = numberOrNull(median(counts.ratios));
  json["signalVerticesSignificant"] = numberOrNull(double(counts.signalSignificant) / double(counts.signal));
  json["noiseVerticesMeanR"] = numberOrNull(counts.noiseSum / double(counts.noise));
  json["noiseVerticesSignificant"] = numberOrNull(double(counts.noiseSignificant) / double(counts.noise));
  json["layerOrder"] = layerOrder(study, drive, truth);
  json["individualStructure"] = structureRecovery(study, truth, labelStatistics, job);
  return json;
}

}  // namespace cortexscope
