#include "study/study_file.h"

#include <cmath>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "io/npy.h"
#include "io/surface_files.h"
#include "study/cortex_view.h"
#include "study/feature_step.h"
#include "study/label_step.h"
#include "study/labels/label_source.h"
#include "study/result_files.h"
#include "study/study_json.h"
#include "study/word_step.h"

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
  std::set<std::string> names, files;
  for (const std::string& id : ids) {
    require(!id.empty(), ErrorCode::BadFile, [&] { return "a name is empty among the " + what; });
    require(names.insert(id).second, ErrorCode::BadFile, [&] { return "two " + what + " are named \"" + id + "\""; });
    require(files.insert(fileNameOf(id)).second, ErrorCode::BadFile, [&] {
      return "two " + what + " would write the same file \"" + fileNameOf(id) + "\", one of them \"" + id + "\"";
    });
  }
}

void checkItems(const std::vector<LabelTable>& tables) {
  std::set<std::string> names{"time_sec"};  // the first column of every table of estimates
  for (const LabelTable& table : tables)
    for (const LabelItem& item : table.items)
      require(!item.name.empty() && names.insert(item.name).second, ErrorCode::BadFile, [&] {
        return "label table \"" + table.id + "\": the item name \"" + item.name +
               "\" is empty, used by another item, or the time column's";
      });
}

}  // namespace

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
  for (const FeatureSpace& space : study.featureSpaces) checkUnique(space.layers, "layers of " + space.id);
  checkItems(study.labels);
}

namespace {

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
  for (const int size : options.labelledSamples) positive(size, "labelledSamples");
  require(options.responseModel == "delays" || options.responseModel == "haemodynamic", ErrorCode::BadValue, [&] {
    return "options.responseModel is \"" + options.responseModel + "\"; delays or haemodynamic is expected";
  });
  const auto listed = [](const std::vector<int>& values, const char* name) {
    require(!values.empty(), ErrorCode::BadValue, [&] { return std::string("options.") + name + " is empty"; });
    std::set<int> seen;
    for (const int value : values)
      require(seen.insert(value).second, ErrorCode::BadValue,
              [&] { return std::string("options.") + name + " holds " + std::to_string(value) + " twice"; });
  };
  listed(options.delays, "delays");
  listed(options.decoderLags, "decoderLags");
  listed(options.featureLags, "featureLags");
}

Index vertexCountOf(const Study& study) {
  return readSurface(study.path(study.cortex.leftSurface)).vertexCount() +
         readSurface(study.path(study.cortex.rightSurface)).vertexCount();
}

/// What is drawn beside the surfaces may be missing, but not for one hemisphere alone.
void checkPairs(const CortexFiles& cortex) {
  const auto both = [](const fs::path& left, const fs::path& right, const char* what) {
    require(left.empty() == right.empty(), ErrorCode::BadFile,
            [&] { return std::string("cortex: ") + what + " are given for one hemisphere alone"; });
  };
  both(cortex.leftInflated, cortex.rightInflated, "inflated surfaces");
  both(cortex.leftRegions, cortex.rightRegions, "regions");
}

/// Every file that the study names is there.
void checkFiles(const Study& study) {
  const CortexFiles& cortex = study.cortex;
  std::vector<fs::path> files{cortex.leftSurface, cortex.rightSurface};
  for (const fs::path& file : {cortex.leftInflated, cortex.rightInflated, cortex.underlay,
                               cortex.leftRegions, cortex.rightRegions})
    if (!file.empty()) files.push_back(file);
  for (const Stimulus& stimulus : study.stimuli) files.push_back(stimulus.file);
  for (const FeatureSpace& space : study.featureSpaces) {
    files.push_back(space.network);
    if (!space.melMatrix.empty()) files.push_back(space.melMatrix);
  }
  for (const Person& person : study.people) {
    files.push_back(person.responses);
    if (!person.noiseCeiling.empty()) files.push_back(person.noiseCeiling);
    if (person.keepsVoxels()) files.push_back(person.voxelsToVertices);
  }
  for (const fs::path& file : files) regularFileSize(study.path(file));
}

/// Label tables agree with runs and films and hold their items.
void checkLabels(const Study& study) {
  std::vector<std::string> wordItems;
  for (const LabelTable& table : study.labels) {
    checkLabelTable(study, table);
    if (table.embedding.empty()) continue;
    for (const LabelItem& item : table.items) wordItems.push_back(item.name);
  }
  checkUnique(wordItems, "items of words");
  readLabels(study);
  readWordLabels(study);
}

/// Vertices of a file are those of the surface.
void checkVertices(const Study& study, const fs::path& file, Index count, Index vertices) {
  require(count == vertices, ErrorCode::BadShape, [&] {
    return file.string() + " has " + std::to_string(count) + " vertices, the surface " +
           study.path(study.cortex.leftSurface).string() + " and its right half have " + std::to_string(vertices) +
           " (space " + study.cortex.space + ")";
  });
}

/// Responses agree with the runs and with the surface, or with the voxels that are shown on it. Of responses only the
/// header is read.
void checkPerson(const Study& study, const Person& person, Index vertices) {
  const fs::path file = study.path(person.responses);
  const MappedMatrix responses(file);
  if (person.keepsVoxels()) {
    const fs::path matrix = study.path(person.voxelsToVertices);
    const CortexView view = cortexViewOf(study, person);
    checkVertices(study, matrix, view.voxels()->vertexCount(), vertices);
    require(responses.cols() == view.voxels()->voxelCount(), ErrorCode::BadShape, [&] {
      return file.string() + " has " + std::to_string(responses.cols()) + " voxels, " + matrix.string() + " has " +
             std::to_string(view.voxels()->voxelCount());
    });
  } else {
    checkVertices(study, file, responses.cols(), vertices);
  }
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
  checkPairs(study.cortex);
  checkFiles(study);
  checkRunTimes(study);
  checkLabels(study);
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
