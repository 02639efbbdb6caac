// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/short_clips.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "import/scan/names.h"
#include "io/arrays/array_file.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrain = "Y_train";
constexpr const char* kTest = "Y_test";
constexpr const char* kOnsets = "run_onsets";
constexpr std::int64_t kMostRuns = 10'000;

/// "S01" for "responses/S01_responses.hdf", wherever that folder is.
std::optional<std::string> personOf(const fs::path& file, const std::string& folder,
                                    const std::string& ending) {
  if (lowerFolderName(file) != folder) return std::nullopt;
  if (!isHdf5Name(lowerCase(file.filename().string()))) return std::nullopt;
  const std::string stem = file.stem().string();
  if (!stem.ends_with(ending) || stem.size() == ending.size()) return std::nullopt;
  return stem.substr(0, stem.size() - ending.size());
}

/// First samples of the runs that one training array holds; empty where the file does not say them.
std::vector<std::int64_t> runOnsets(Source& source, const fs::path& file, const FileFacts& facts,
                                    std::int64_t samples) {
  const FileFacts::Dataset* dataset = arrayNamed(facts, kOnsets);
  if (dataset == nullptr || dataset->shape.size() != 1 || dataset->shape[0] < 1 ||
      dataset->shape[0] > kMostRuns)
    return {};
  try {
    std::vector<std::int64_t> onsets;
    for (const float value : readNumberArray(source.scan().root / file, kOnsets, source.readerJob()).values) {
      const std::int64_t least = onsets.empty() ? 0 : onsets.back() + 1;
      const bool fits = std::isfinite(value) && std::floor(value) == value &&
                        value >= static_cast<float>(least) && value < static_cast<float>(samples) &&
                        (!onsets.empty() || value == 0);
      require(fits, ErrorCode::BadFile, "they are not rising whole numbers from 0 below " + textOf(samples));
      onsets.push_back(static_cast<std::int64_t>(value));
    }
    return onsets;
  } catch (const Error& error) {
    source.say(Severity::Warning, file.generic_string(),
               std::string("the starts of its runs cannot be used: ") + printable(error.what()),
               "correct them, or take the training data as one run", kOnsets);
    return {};
  }
}

bool hasSizes(Source& source, const fs::path& file, const FileFacts::Dataset* dataset, const char* name,
              std::size_t dims, const char* words) {
  if (dataset != nullptr && dataset->shape.size() == dims) return true;
  source.say(Severity::Error, file.generic_string(),
             dataset == nullptr ? std::string("has no such data set")
                                : "has " + textOf(dataset->shape.size()) + " dimensions",
             std::string("expected are ") + words + "; leave the person out or correct the file", name);
  return false;
}

void addTraining(Source& source, Candidates& found, const std::string& person, const fs::path& file,
                 const FileFacts& facts, std::int64_t samples) {
  Candidate candidate{person, runNamed("train", "train"), FileRole::Array, file, kTrain, "native"};
  const std::vector<std::int64_t> onsets = runOnsets(source, file, facts, samples);
  if (onsets.empty()) return found.files.push_back(candidate);
  for (std::size_t i = 0; i < onsets.size(); ++i) {
    candidate.run = runNamed("train_run-" + textOf(i + 1), "train");
    candidate.run.film = std::string(i < 10 ? "train_0" : "train_") + textOf(i);
    candidate.firstSample = onsets[i];
    candidate.samples = (i + 1 < onsets.size() ? onsets[i + 1] : samples) - onsets[i];
    found.files.push_back(candidate);
  }
}

void addPerson(Source& source, Candidates& found, const std::string& person, const fs::path& file) {
  found.used.insert(file);
  const FileFacts* facts = source.header(file);
  if (facts == nullptr) return;
  const FileFacts::Dataset* train = arrayNamed(*facts, kTrain);
  const FileFacts::Dataset* test = arrayNamed(*facts, kTest);
  const bool trains = hasSizes(source, file, train, kTrain, 2, "samples x voxels");
  // The mean of the repeats, or the repeats themselves.
  const std::size_t testDims = test != nullptr && test->shape.size() == 2 ? 2 : 3;
  const bool tests = hasSizes(source, file, test, kTest, testDims, "repeats x samples x voxels");
  if (trains) addTraining(source, found, person, file, *facts, train->shape[0]);
  if (tests)
    found.files.push_back({person, runNamed("test", "test"), FileRole::Array, file, kTest, "native"});
  if (trains && tests && train->shape[1] != test->shape.back())
    source.say(Severity::Error, file.generic_string(),
               "Y_train has " + textOf(train->shape[1]) + " voxels, Y_test has " + textOf(test->shape.back()),
               "both must hold the same voxels in the same order", person);
}

/// Rows of X_train and X_test against those of the responses.
void checkFeatureRows(Source& source, const fs::path& file, const FileFacts& responses,
                      const fs::path& ofPerson) {
  const FileFacts* facts = source.header(file);
  if (facts == nullptr) return;
  const auto compare = [&](const char* features, const char* measured) {
    const FileFacts::Dataset* x = arrayNamed(*facts, features);
    const FileFacts::Dataset* y = arrayNamed(responses, measured);
    if (x == nullptr || y == nullptr || x->shape.empty() || y->shape.size() < 2) return;
    const std::int64_t samples = y->shape[y->shape.size() - 2];
    if (x->shape[0] != samples)
      source.say(Severity::Error, file.generic_string(),
                 "has " + textOf(x->shape[0]) + " rows; " + measured + " of " + ofPerson.generic_string() +
                     " has " + textOf(samples) + " samples",
                 "features and responses must have one row per sample", features);
  };
  compare("X_train", kTrain);
  compare("X_test", kTest);
}

}  // namespace

bool looksLikeShortClips(const SourceScan& scan) {
  return std::any_of(scan.files.begin(), scan.files.end(), [](const ScannedFile& file) {
    return personOf(file.path, "responses", "_responses").has_value();
  });
}

void findShortClips(Source& source, Candidates& found) {
  std::set<std::string> people, mapped;
  const FileFacts* first = nullptr;
  fs::path firstFile;
  for (const ScannedFile& file : source.files())
    if (const auto person = personOf(file.path, "responses", "_responses")) {
      addPerson(source, found, *person, file.path);
      people.insert(*person);
      if (first == nullptr) first = source.header(file.path), firstFile = file.path;
    }
  for (const ScannedFile& file : source.files()) {
    auto person = personOf(file.path, "mappers", "_mappers");
    if (!person) person = personOf(file.path, "mappers", "_mapper");
    if (person) {
      found.files.push_back({*person, ImportRun(), FileRole::Mapper, file.path});
      mapped.insert(*person);
    }
    if (first != nullptr && lowerFolderName(file.path) == "features")
      checkFeatureRows(source, file.path, *first, firstFile);
  }
  for (const std::string& person : people)
    if (!mapped.contains(person))
      source.say(Severity::Warning, "",
                 "there is no mapper, so nothing says where on the cortex the voxels are",
                 "add mappers/" + person + "_mappers.hdf", person);
}

}  // namespace cortexscope::importing
