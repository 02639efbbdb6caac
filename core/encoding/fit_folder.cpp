// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding/fit_folder.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <mutex>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "io/arrays/npy.h"
#include "io/arrays/npy_columns.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

void failUnless(bool good, const fs::path& file, const char* what) {
  require(good, ErrorCode::Io, [&] { return file.string() + ": " + what; });
}

std::vector<char> readBytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

struct FitFolder::State {
  /// As it lies in the manifest.
  struct Entry {
    Index done = 0;
    StripCounts counts;
  };
  /// As it lies in the file of choices.
  struct Choice {
    double penalty = 0;
    float score = 0, intercept = 0;
  };

  fs::path folder, partial;
  Outputs outputs;
  std::vector<Choice> choices;  // per target
  std::vector<Entry> manifest;  // per strip
  std::unique_ptr<NpyColumnWriter> weights;
  std::fstream choicesFile, manifestFile;
  std::streamoff manifestStart = 0;
  mutable std::mutex mutex;

  void openFresh(const std::string& key);
  bool resume(const std::string& key);
  void write(const char* name, float Choice::*member) const;
};

/// An earlier run's files, if they are of this very fit.
bool FitFolder::State::resume(const std::string& key) {
  const std::vector<char> entries = readBytes(partial / "manifest"), chosen = readBytes(partial / "choices");
  const std::size_t size = manifest.size() * sizeof(Entry);
  if (entries.size() != key.size() + size || std::memcmp(entries.data(), key.data(), key.size()) != 0)
    return false;
  std::memcpy(static_cast<void*>(manifest.data()), entries.data() + key.size(), size);
  std::memcpy(static_cast<void*>(choices.data()), chosen.data(),
              std::min(chosen.size(), choices.size() * sizeof(Choice)));
  return true;
}

void FitFolder::State::openFresh(const std::string& key) {
  std::error_code ignored;
  fs::remove_all(partial, ignored);
  fs::create_directories(partial, ignored);
  std::ofstream(partial / "choices", std::ios::binary);
  std::ofstream out(partial / "manifest", std::ios::binary);
  out << key;
  out.write(reinterpret_cast<const char*>(manifest.data()),
            static_cast<std::streamsize>(manifest.size() * sizeof(Entry)));
  failUnless(bool(out), partial / "manifest", "cannot be written");
}

FitFolder::FitFolder(const fs::path& folder, const std::string& key, const RidgePlan& plan, Outputs outputs)
    : m_state(std::make_unique<State>()) {
  State& s = *m_state;
  s.folder = folder;
  s.partial = folder / "partial";
  s.outputs = outputs;
  s.choices.resize(static_cast<std::size_t>(plan.targets));
  s.manifest.resize(static_cast<std::size_t>(plan.stripCount()));
  s.manifestStart = static_cast<std::streamoff>(key.size());
  if (!s.resume(key)) s.openFresh(key);
  const auto mode = std::ios::binary | std::ios::in | std::ios::out;
  s.choicesFile.open(s.partial / "choices", mode);
  s.manifestFile.open(s.partial / "manifest", mode);
  failUnless(bool(s.choicesFile) && bool(s.manifestFile), s.partial, "cannot be written");
  if (outputs.weights)
    s.weights = std::make_unique<NpyColumnWriter>(s.partial / "weights.npy", plan.features, plan.targets);
}

FitFolder::~FitFolder() = default;

std::optional<StripCounts> FitFolder::finished(Index strip) const {
  const std::lock_guard lock(m_state->mutex);
  const State::Entry& entry = m_state->manifest[static_cast<std::size_t>(strip)];
  return entry.done != 0 ? std::optional(entry.counts) : std::nullopt;
}

void FitFolder::put(Index strip, const StripResult& result, const StripCounts& counts) {
  State& s = *m_state;
  if (s.weights) s.weights->write(result.first, result.weights);
  const std::lock_guard lock(s.mutex);
  State::Choice* chosen = s.choices.data() + result.first;
  const Index count = result.penalty.size();
  for (Index t = 0; t < count; ++t) chosen[t] = {result.penalty[t], result.score[t], result.intercept[t]};
  const auto choiceBytes = static_cast<std::streamoff>(sizeof(State::Choice));
  s.choicesFile.seekp(result.first * choiceBytes);
  s.choicesFile.write(reinterpret_cast<const char*>(chosen), count * choiceBytes);
  s.choicesFile.flush();
  failUnless(bool(s.choicesFile), s.partial / "choices", "could not be written");
  State::Entry& entry = s.manifest[static_cast<std::size_t>(strip)];
  entry = {1, counts};
  s.manifestFile.seekp(s.manifestStart + strip * static_cast<std::streamoff>(sizeof(entry)));
  s.manifestFile.write(reinterpret_cast<const char*>(&entry), sizeof(entry));
  s.manifestFile.flush();
  failUnless(bool(s.manifestFile), s.partial / "manifest", "could not be written");
}

void FitFolder::State::write(const char* name, float Choice::*member) const {
  std::vector<float> values;
  for (const Choice& choice : choices) values.push_back(choice.*member);
  writeNpyVector(folder / name, std::span<const float>(values));
}

void FitFolder::finish() {
  State& s = *m_state;
  std::error_code ignored;
  fs::remove(s.folder / "weights.npy", ignored);
  fs::remove(s.folder / "intercept.npy", ignored);
  std::vector<double> penalties;
  for (const State::Choice& choice : s.choices) penalties.push_back(choice.penalty);
  writeNpyVector(s.folder / "best_alpha.npy", std::span<const double>(penalties));
  s.write("cv_score.npy", &State::Choice::score);
  if (s.outputs.intercept) s.write("intercept.npy", &State::Choice::intercept);
  if (s.weights) {
    s.weights.reset();
    replaceFile(s.partial / "weights.npy", s.folder / "weights.npy");
  }
  s.choicesFile.close();
  s.manifestFile.close();
  fs::remove_all(s.partial, ignored);
}

}  // namespace cortexscope
