// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/study_keys.h"

#include <filesystem>
#include <set>

#include "base/digest.h"
#include "base/error.h"
#include "study/labels/label_source.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

// Raise one when the step itself changes its results.
constexpr const char* kExtractionVersion = "1";
constexpr const char* kEncoderVersion = "2";
constexpr const char* kLabelVersion = "7";

/// Digests of whole files, each read once: all runs of a film share it, and all runs of a space its network.
class FileDigests {
 public:
  FileDigests(const Study& study, std::size_t fileCount, const Job& job)
      : m_study(study), m_count(double(fileCount)), m_job(job) {}

  const std::string& of(const fs::path& relative) {
    const auto [place, isNew] = m_digests.try_emplace(m_study.path(relative).lexically_normal());
    if (!isNew) return place->second;
    const double before = double(m_digests.size()) - 1;
    place->second =
        Digest().addFile(place->first, m_job.part(before / m_count, (before + 1) / m_count)).hex();
    return place->second;
  }

 private:
  const Study& m_study;
  double m_count;
  const Job& m_job;
  std::map<fs::path, std::string> m_digests;
};

/// Every file that a key depends on.
std::set<fs::path> inputsOf(const Study& study) {
  std::set<fs::path> files;
  for (const Run& run : study.runs) files.insert(study.stimulus(run.stimulus).file);
  for (const FeatureSpace& space : study.featureSpaces) files.insert({space.network, space.melMatrix});
  for (const Person& person : study.people) files.insert({person.responses, person.voxelsToVertices});
  for (const LabelTable& table : study.labels)
    for (const fs::path& file : filesOf(study, table)) files.insert(file);
  files.erase(fs::path());
  return files;
}

std::string extractionKey(const Study& study, const FeatureSpace& space, const Run& run, FileDigests& files) {
  Digest digest;
  digest.add(kExtractionVersion)
      .add(files.of(study.stimulus(run.stimulus).file))
      .add(files.of(space.network));
  if (!space.melMatrix.empty()) digest.add(files.of(space.melMatrix));
  for (const std::string& layer : space.layers) digest.add("layer " + layer);
  digest.add(space.modality).add(run.stimulusStartSec).add(run.sampleCount);
  return digest.add(study.samplePeriodSec).hex();
}

std::string featureKey(const Study& study, const std::vector<std::vector<std::string>>& extraction) {
  Digest digest;
  for (std::size_t s = 0; s < study.featureSpaces.size(); ++s) {
    digest.add(study.featureSpaces[s].id).add(study.featureSpaces[s].components);
    for (std::size_t r = 0; r < study.runs.size(); ++r)
      digest.add(extraction[s][r]).add(study.runs[r].heldOut ? "held out" : "training");
  }
  digest.add(study.options.responseModel);
  for (const int delay : study.options.delays) digest.add(delay);
  return digest.hex();
}

std::string encoderKey(const Study& study, const Person& person, const std::string& features,
                       FileDigests& files) {
  Digest digest;
  digest.add(kEncoderVersion).add(features).add(files.of(person.responses));
  return digest.add(study.options.penalties).add(study.simulated ? "simulated" : "measured").hex();
}

std::string activationKey(const Study& study, const Person& person, const std::string& encoder,
                          FileDigests& files) {
  Digest digest;
  digest.add(encoder).add(study.options.permutations).add(study.options.seed);
  if (person.keepsVoxels()) digest.add(files.of(person.voxelsToVertices));
  return digest.hex();
}

void addTable(Digest& digest, const Study& study, const LabelTable& table, FileDigests& files) {
  digest.add(int(table.timing)).add(table.periodSec);
  for (const LabelItem& item : table.items) digest.add(item.name);
  for (const fs::path& file : filesOf(study, table)) digest.add(files.of(file));
  if (!table.embedding.empty()) digest.add("words").add(study.options.permutations);
}

std::string labelKey(const Study& study, const std::map<std::string, std::string>& encoders,
                     FileDigests& files) {
  Digest digest;
  digest.add(kLabelVersion);
  for (const Person& person : study.people) digest.add(person.id).add(encoders.at(person.id));
  for (const LabelTable& table : study.labels) addTable(digest, study, table, files);
  for (const int lag : study.options.decoderLags) digest.add("lag").add(lag);
  for (const int lag : study.options.featureLags) digest.add("feature lag").add(lag);
  for (const int size : study.options.labelledSamples) digest.add("labelled").add(size);
  digest.add(study.options.decoderVertices).add(study.options.learningCurveDraws);
  return digest.add(study.options.seed).hex();
}

}  // namespace

StudyKeys studyKeys(const Study& study, const Job& job) {
  FileDigests files(study, inputsOf(study).size(), job);
  StudyKeys keys;
  for (const FeatureSpace& space : study.featureSpaces) {
    std::vector<std::string>& ofSpace = keys.extraction.emplace_back();
    for (const Run& run : study.runs) ofSpace.push_back(extractionKey(study, space, run, files));
  }
  keys.features = featureKey(study, keys.extraction);
  for (const Person& person : study.people) {
    try {
      keys.encoder[person.id] = encoderKey(study, person, keys.features, files);
      keys.activation[person.id] = activationKey(study, person, keys.encoder[person.id], files);
    } catch (const Error& error) {
      throw error.within("person " + person.id);
    }
  }
  keys.labels = labelKey(study, keys.encoder, files);
  return keys;
}

}  // namespace cortexscope
