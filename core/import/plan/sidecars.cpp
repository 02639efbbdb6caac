// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/sidecars.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "import/scan/names.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMostSidecarBytes = std::size_t{16} << 20;
constexpr int kDeepestSidecar = 64;

/// A sidecar holds for every file in its folder and below whose name has all pairs of its own name.
bool holdsFor(const BidsName& sidecar, const BidsName& image) {
  return sidecar.suffix == image.suffix &&
         std::all_of(sidecar.entities.begin(), sidecar.entities.end(), [&](const auto& pair) {
           const auto found = image.entities.find(pair.first);
           return found != image.entities.end() && found->second == pair.second;
         });
}

/// "b.func.gii" -> "b.json"; other sidecars are found by their entities.
std::string sameNamed(const fs::path& image) {
  const std::string name = image.filename().string();
  for (const std::string_view ending :
       {".dtseries.nii", ".ptseries.nii", ".func.gii", ".nii.gz", ".func.gii.gz"})
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size()) + ".json";
  return image.stem().string() + ".json";
}

Json parsedSidecar(const fs::path& file) {
  const std::string text = readTextFile(file, kMostSidecarBytes);
  const auto shallow = [](int depth, Json::parse_event_t, Json&) {
    require(depth <= kDeepestSidecar, ErrorCode::BadFile,
            "its brackets nest deeper than " + textOf(kDeepestSidecar));
    return true;
  };
  try {
    Json json = Json::parse(text, shallow);
    require(json.is_object(), ErrorCode::BadFile, "it holds no object of names and values");
    return json;
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::BadFile, "it is no valid JSON: " + printable(error.what()));
  }
}

std::optional<double> numberIn(Source& source, const std::string& file, const Json& json, const char* key,
                               bool positive) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  const double value = found->is_number() ? found->get<double>() : std::nan("");
  if (std::isfinite(value) && (!positive || value > 0)) return value;
  source.say(Severity::Error, file,
             std::string("is ") + shown(found->dump(-1, ' ', true, Json::error_handler_t::replace)) +
                 ", not " + (positive ? "a number of seconds above 0" : "a number of seconds"),
             "correct it; BIDS counts in seconds", key);
  return std::nullopt;
}

}  // namespace

Sidecars::Sidecars(Source& source) : m_source(source) {
  for (const ScannedFile& file : source.files())
    if (file.path.extension() == ".json") m_files[file.path.parent_path()].push_back(&file);
}

Sidecar Sidecars::of(const fs::path& image) {
  Sidecar all;
  for (const fs::path& path : filesFor(image)) {
    const Sidecar& one = readOnce(path);
    if (!all.trSec && one.trSec) all.trSec = one.trSec, all.file = one.file;
    if (!all.startSec) all.startSec = one.startSec;
  }
  return all;
}

std::vector<fs::path> Sidecars::filesFor(const fs::path& image) const {
  const std::optional<BidsName> bids = parseBidsName(image.filename().string());
  const std::string same = sameNamed(image);
  std::vector<fs::path> paths;
  for (fs::path folder = image.parent_path();; folder = folder.parent_path()) {
    std::vector<std::pair<std::size_t, fs::path>> found;
    const auto here = m_files.find(folder);
    const std::size_t count = here == m_files.end() ? 0 : here->second.size();
    for (std::size_t i = 0; i < count; ++i) {
      const ScannedFile* file = here->second[i];
      if (folder == image.parent_path() && file->name() == same)
        found.emplace_back(SIZE_MAX, file->path);
      else if (bids && file->bids && holdsFor(*file->bids, *bids))
        found.emplace_back(file->bids->entities.size(), file->path);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [rank, path] : found) paths.push_back(path);
    if (folder.empty()) return paths;
  }
}

const Sidecar& Sidecars::readOnce(const fs::path& path) {
  const auto known = m_read.find(path);
  if (known != m_read.end()) return known->second;
  Sidecar& sidecar = m_read[path];
  sidecar.file = path.generic_string();
  try {
    const Json json = parsedSidecar(m_source.scan().root / path);
    sidecar.trSec = numberIn(m_source, sidecar.file, json, "RepetitionTime", true);
    sidecar.startSec = numberIn(m_source, sidecar.file, json, "StartTime", false);
  } catch (const Error& error) {
    m_source.say(Severity::Error, sidecar.file, std::string("cannot be used: ") + error.what(),
                 "correct or replace it");
  }
  return sidecar;
}

}  // namespace cortexscope::importing
