#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "io/arrays/array_file.h"
#include "import/plan/parts.h"

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
  if (lowerCase(file.parent_path().filename().string()) != folder) return std::nullopt;
  const std::string stem = file.stem().string(), extension = lowerCase(file.extension().string());
  if (extension != ".hdf" && extension != ".hdf5" && extension != ".h5") return std::nullopt;
  if (!stem.ends_with(ending) || stem.size() == ending.size()) return std::nullopt;
  return stem.substr(0, stem.size() - ending.size());
}

const FileFacts::Dataset* datasetNamed(const FileFacts& facts, const std::string& name) {
  for (const FileFacts::Dataset& dataset : facts.datasets)
    if (dataset.name == name) return &dataset;
  return nullptr;
}

/// First samples of the runs that one training array holds; empty where the file does not say them.
std::vector<std::int64_t> runOnsets(Draft& draft, const fs::path& file, const FileFacts& facts,
                                    std::int64_t samples) {
  const FileFacts::Dataset* dataset = datasetNamed(facts, kOnsets);
  if (dataset == nullptr || dataset->shape.size() != 1 || dataset->shape[0] < 1 ||
      dataset->shape[0] > kMostRuns)
    return {};
  try {
    std::vector<std::int64_t> onsets;
    for (const float value : readNumberArray(draft.scan.root / file, kOnsets, draft.headers.job()).values) {
      const std::int64_t least = onsets.empty() ? 0 : onsets.back() + 1;
      const bool fits = std::isfinite(value) && std::floor(value) == value &&
                        value >= static_cast<float>(least) && value < static_cast<float>(samples) &&
                        (!onsets.empty() || value == 0);
      require(fits, ErrorCode::BadFile,
              "they are not rising whole numbers from 0 below " + std::to_string(samples));
      onsets.push_back(static_cast<std::int64_t>(value));
    }
    return onsets;
  } catch (const Error& error) {
    draft.say(ImportSeverity::Warning, file.generic_string(),
              std::string("the starts of its runs cannot be used: ") + printable(error.what()),
              "correct them, or take the training data as one run", kOnsets);
    return {};
  }
}

bool hasSizes(Draft& draft, const fs::path& file, const FileFacts::Dataset* dataset, const char* name,
              std::size_t dims, const char* words) {
  if (dataset != nullptr && dataset->shape.size() == dims) return true;
  draft.say(ImportSeverity::Error, file.generic_string(),
            dataset == nullptr ? std::string("has no such data set")
                               : "has " + std::to_string(dataset->shape.size()) + " dimensions",
            std::string("expected are ") + words + "; leave the person out or correct the file", name);
  return false;
}

void addTraining(Draft& draft, const std::string& person, const fs::path& file, const FileFacts& facts,
                 std::int64_t samples) {
  Candidate candidate{person, runNamed("train", "train"), FileRole::Array, file, kTrain, "native"};
  const std::vector<std::int64_t> onsets = runOnsets(draft, file, facts, samples);
  if (onsets.empty()) return draft.candidates.push_back(candidate);
  for (std::size_t i = 0; i < onsets.size(); ++i) {
    candidate.run = runNamed("train_run-" + std::to_string(i + 1), "train");
    candidate.run.film = std::string(i < 10 ? "train_0" : "train_") + std::to_string(i);
    candidate.firstSample = onsets[i];
    candidate.samples = (i + 1 < onsets.size() ? onsets[i + 1] : samples) - onsets[i];
    draft.candidates.push_back(candidate);
  }
}

void addPerson(Draft& draft, const std::string& person, const fs::path& file) {
  draft.used.insert(file);
  const FileFacts* facts = draft.headers.of(file);
  if (facts == nullptr) return;
  const FileFacts::Dataset* train = datasetNamed(*facts, kTrain);
  const FileFacts::Dataset* test = datasetNamed(*facts, kTest);
  const bool trains = hasSizes(draft, file, train, kTrain, 2, "samples x voxels");
  // The mean of the repeats, or the repeats themselves.
  const std::size_t testDims = test != nullptr && test->shape.size() == 2 ? 2 : 3;
  const bool tests = hasSizes(draft, file, test, kTest, testDims, "repeats x samples x voxels");
  if (trains) addTraining(draft, person, file, *facts, train->shape[0]);
  if (tests)
    draft.candidates.push_back({person, runNamed("test", "test"), FileRole::Array, file, kTest, "native"});
  if (trains && tests && train->shape[1] != test->shape.back())
    draft.say(ImportSeverity::Error, file.generic_string(),
              "Y_train has " + std::to_string(train->shape[1]) + " voxels, Y_test has " +
                  std::to_string(test->shape.back()),
              "both must hold the same voxels in the same order", person);
}

/// Rows of X_train and X_test against those of the responses.
void checkFeatureRows(Draft& draft, const fs::path& file, const FileFacts& responses,
                      const fs::path& ofPerson) {
  const FileFacts* facts = draft.headers.of(file);
  if (facts == nullptr) return;
  const auto compare = [&](const char* features, const char* measured) {
    const FileFacts::Dataset* x = datasetNamed(*facts, features);
    const FileFacts::Dataset* y = datasetNamed(responses, measured);
    if (x == nullptr || y == nullptr || x->shape.empty() || y->shape.size() < 2) return;
    const std::int64_t samples = y->shape[y->shape.size() - 2];
    if (x->shape[0] != samples)
      draft.say(ImportSeverity::Error, file.generic_string(),
                "has " + std::to_string(x->shape[0]) + " rows; " + measured + " of " +
                    ofPerson.generic_string() + " has " + std::to_string(samples) + " samples",
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

void findShortClips(Draft& draft) {
  std::set<std::string> people, mapped;
  const FileFacts* first = nullptr;
  fs::path firstFile;
  for (const ScannedFile& file : draft.scan.files)
    if (const auto person = personOf(file.path, "responses", "_responses")) {
      addPerson(draft, *person, file.path);
      people.insert(*person);
      if (first == nullptr) first = draft.headers.of(file.path), firstFile = file.path;
    }
  for (const ScannedFile& file : draft.scan.files) {
    auto person = personOf(file.path, "mappers", "_mappers");
    if (!person) person = personOf(file.path, "mappers", "_mapper");
    if (person) {
      draft.candidates.push_back({*person, ImportRun(), FileRole::Mapper, file.path});
      mapped.insert(*person);
    }
    if (first != nullptr && lowerCase(file.path.parent_path().filename().string()) == "features")
      checkFeatureRows(draft, file.path, *first, firstFile);
  }
  for (const std::string& person : people)
    if (!mapped.contains(person))
      draft.say(ImportSeverity::Warning, "",
                "there is no mapper, so nothing says where on the cortex the voxels are",
                "add mappers/" + person + "_mappers.hdf",
                person);
}

}  // namespace cortexscope::importing
