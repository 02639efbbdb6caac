#include "study/study_file.h"

#include <cmath>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "io/npy.h"
#include "io/surface_files.h"
#include "study/study_json.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxJsonDepth = 64;

/// Brackets are counted before parsing, so that a text of nothing but brackets cannot exhaust the stack.
void checkDepth(const std::string& text, const fs::path& file) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
      continue;
    }
    quoted = c == '"';
    depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    require(depth <= kMaxJsonDepth, ErrorCode::BadFile,
            [&] { return file.string() + ": brackets nest deeper than " + std::to_string(kMaxJsonDepth); });
  }
}

void checkUnique(const std::vector<std::string>& ids, const std::string& what) {
  std::set<std::string> seen;
  for (const std::string& id : ids)
    require(!id.empty() && seen.insert(id).second, ErrorCode::BadFile,
            [&] { return "two " + what + " are named \"" + id + "\""; });
}

void checkNames(const Study& study) {
  const auto ids = [](const auto& values) {
    std::vector<std::string> list;
    for (const auto& value : values) list.push_back(value.id);
    return list;
  };
  checkUnique(ids(study.stimuli), "stimuli");
  checkUnique(ids(study.runs), "runs");
  checkUnique(ids(study.people), "people");
  checkUnique(ids(study.labels), "label tables");
  checkUnique(ids(study.featureSpaces), "feature spaces");
}

void checkOptions(const StudyOptions& options) {
  const auto positive = [](double value, const char* name) {
    require(std::isfinite(value) && value > 0, ErrorCode::BadValue,
            [&] { return std::string("options.") + name + " must be above 0"; });
  };
  positive(options.penalties, "penalties");
  positive(options.decoderVertices, "decoderVertices");
  positive(options.significanceLevel, "significanceLevel");
  positive(options.permutations, "permutations");
  positive(options.learningCurveDraws, "learningCurveDraws");
  require(!options.delays.empty(), ErrorCode::BadValue, "options.delays is empty");
  require(!options.decoderLags.empty(), ErrorCode::BadValue, "options.decoderLags is empty");
}

Index vertexCountOf(const Study& study) {
  return readSurface(study.path(study.cortex.leftSurface)).vertexCount() +
         readSurface(study.path(study.cortex.rightSurface)).vertexCount();
}

/// Responses agree with the runs and with the surface; only headers are read.
void checkPerson(const Study& study, const Person& person, Index vertices) {
  const fs::path file = study.path(person.responses);
  const MappedMatrix responses(file);
  const fs::path surface = study.path(study.cortex.leftSurface);
  require(responses.cols() == vertices, ErrorCode::BadShape, [&] {
    return file.string() + " has " + std::to_string(responses.cols()) + " vertices, the surface " + surface.string() +
           " and its right half have " + std::to_string(vertices) + " (space " + study.cortex.space + ")";
  });
  require(responses.rows() == sampleCount(study.runs), ErrorCode::BadShape, [&] {
    return file.string() + " has " + std::to_string(responses.rows()) + " samples, the runs of the study have " +
           std::to_string(sampleCount(study.runs));
  });
}

void checkStudy(const Study& study) {
  checkNames(study);
  checkOptions(study.options);
  require(std::isfinite(study.samplePeriodSec) && study.samplePeriodSec > 0, ErrorCode::BadValue,
          "samplePeriodSec must be above 0");
  checkRuns(study.runs);
  for (const Run& run : study.runs) study.stimulus(run.stimulus);
  for (const Stimulus& stimulus : study.stimuli) regularFileSize(study.path(stimulus.file));
  for (const FeatureSpace& space : study.featureSpaces) regularFileSize(study.path(space.network));
  if (study.people.empty()) return;
  const Index vertices = vertexCountOf(study);
  for (const Person& person : study.people) checkPerson(study, person, vertices);
}

}  // namespace

Study readStudy(const fs::path& folder) {
  const fs::path file = folder / "study.json";
  const std::string text = readTextFile(file);
  checkDepth(text, file);
  Study study;
  try {
    study = studyFromJson(nlohmann::json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": is not valid JSON: " + error.what());
  } catch (const Error& error) {
    throw error.within(file.string());
  }
  study.folder = folder;
  try {
    checkStudy(study);
  } catch (const Error& error) {
    throw error.within(file.string());
  }
  return study;
}

void writeStudy(const Study& study) {
  writeFileAtomically(study.folder / "study.json", studyToJson(study).dump(2) + "\n");
}

}  // namespace cortexscope
