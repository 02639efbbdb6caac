#include "encoding/fit_folder.h"

#include <cstring>
#include <fstream>
#include <mutex>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "io/npy.h"
#include "io/npy_columns.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

void failUnless(bool good, const fs::path& file, const char* what) {
  require(good, ErrorCode::Io, [&] { return file.string() + ": " + what; });
}

std::vector<char> bytesOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

struct FitFolder::State {
  fs::path folder, partial;
  Index strip = 0;
  VectorD penalty;
  VectorF score;
  std::vector<char> done;
  std::unique_ptr<NpyColumnWriter> weights;
  std::fstream choices, manifest;  // per target: penalty and score as float64; per strip: a byte
  mutable std::mutex mutex;

  void openFresh(const std::string& key);
  bool resume(const std::string& key);
  void readChoices();
};

/// An earlier run's files, if they are of this very fit.
bool FitFolder::State::resume(const std::string& key) {
  const std::vector<char> bytes = bytesOf(partial / "manifest");
  if (bytes.size() != key.size() + done.size() || std::memcmp(bytes.data(), key.data(), key.size()) != 0)
    return false;
  done.assign(bytes.begin() + static_cast<std::ptrdiff_t>(key.size()), bytes.end());
  return true;
}

void FitFolder::State::openFresh(const std::string& key) {
  std::error_code ignored;
  fs::remove_all(partial, ignored);
  fs::create_directories(partial, ignored);
  std::ofstream(partial / "choices", std::ios::binary);
  std::ofstream out(partial / "manifest", std::ios::binary);
  out << key;
  out.write(done.data(), static_cast<std::streamsize>(done.size()));
  failUnless(bool(out), partial / "manifest", "cannot be written");
}

void FitFolder::State::readChoices() {
  const std::vector<char> bytes = bytesOf(partial / "choices");
  for (Index t = 0; t < penalty.size(); ++t) {
    double pair[2];
    const auto at = static_cast<std::size_t>(t) * sizeof(pair);
    if (done[static_cast<std::size_t>(t / strip)] == 0 || at + sizeof(pair) > bytes.size()) continue;
    std::memcpy(pair, bytes.data() + at, sizeof(pair));
    penalty[t] = pair[0];
    score[t] = static_cast<float>(pair[1]);
  }
}

FitFolder::FitFolder(const fs::path& folder, const std::string& key, Index features, Index samples,
                     Index targets, bool weights)
    : m_state(std::make_unique<State>()) {
  State& s = *m_state;
  s.folder = folder;
  s.partial = folder / "partial";
  s.strip = stripTargets(samples, targets);
  s.penalty.setZero(targets);
  s.score.setZero(targets);
  s.done.assign(static_cast<std::size_t>((targets + s.strip - 1) / s.strip), 0);
  if (!s.resume(key)) s.openFresh(key);
  const auto mode = std::ios::binary | std::ios::in | std::ios::out;
  s.choices.open(s.partial / "choices", mode);
  s.manifest.open(s.partial / "manifest", mode);
  failUnless(bool(s.choices) && bool(s.manifest), s.partial, "cannot be written");
  s.manifest.seekp(static_cast<std::streamoff>(key.size()));
  s.readChoices();
  if (weights) s.weights = std::make_unique<NpyColumnWriter>(s.partial / "weights.npy", features, targets);
  s.folder = folder;
}

FitFolder::~FitFolder() = default;

bool FitFolder::has(Index strip) const {
  return m_state->done[static_cast<std::size_t>(strip)] != 0;
}
const VectorD& FitFolder::penalty() const {
  return m_state->penalty;
}
const VectorF& FitFolder::score() const {
  return m_state->score;
}

void FitFolder::put(Index strip, const StripResult& result) {
  State& s = *m_state;
  if (s.weights) s.weights->write(result.first, result.weights);
  const std::lock_guard lock(s.mutex);
  s.choices.seekp(result.first * Index(2 * sizeof(double)));
  for (Index t = 0; t < result.penalty.size(); ++t) {
    const double pair[2] = {result.penalty[t], double(result.score[t])};
    s.choices.write(reinterpret_cast<const char*>(pair), sizeof(pair));
    s.penalty[result.first + t] = result.penalty[t];
    s.score[result.first + t] = result.score[t];
  }
  s.choices.flush();
  failUnless(bool(s.choices), s.partial / "choices", "could not be written");
  const auto end = static_cast<std::streamoff>(fs::file_size(s.partial / "manifest"));
  s.manifest.seekp(end - static_cast<std::streamoff>(s.done.size()) + strip);
  s.manifest.put(1);
  s.manifest.flush();
  failUnless(bool(s.manifest), s.partial / "manifest", "could not be written");
}

void FitFolder::finish() {
  State& s = *m_state;
  writeNpyVector(s.folder / "best_alpha.npy",
                 std::span<const double>(s.penalty.data(), std::size_t(s.penalty.size())));
  writeNpyVector(s.folder / "cv_score.npy",
                 std::span<const float>(s.score.data(), std::size_t(s.score.size())));
  if (s.weights) {
    s.weights.reset();
    replaceFile(s.partial / "weights.npy", s.folder / "weights.npy");
  }
  s.choices.close();
  s.manifest.close();
  std::error_code ignored;
  fs::remove_all(s.partial, ignored);
}

}  // namespace cortexscope
