// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/document/study_file.h"

#include <cmath>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "study/document/names.h"
#include "study/document/study_json.h"

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
            [&] { return file.string() + ": brackets nest deeper than " + textOf(kMaxJsonDepth); });
  }
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
  for (const int size : options.labelledSamples) positive(size, "labelledSamples");
  require(options.responseModel == "delays" || options.responseModel == "haemodynamic", ErrorCode::BadValue,
          [&] {
            return "options.responseModel is \"" + options.responseModel +
                   "\"; delays or haemodynamic is expected";
          });
  const auto listed = [](const std::vector<int>& values, const char* name) {
    require(!values.empty(), ErrorCode::BadValue,
            [&] { return std::string("options.") + name + " is empty"; });
    std::set<int> seen;
    for (const int value : values)
      require(seen.insert(value).second, ErrorCode::BadValue,
              [&] { return std::string("options.") + name + " holds " + textOf(value) + " twice"; });
  };
  listed(options.delays, "delays");
  listed(options.decoderLags, "decoderLags");
  listed(options.featureLags, "featureLags");
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

/// All that the text alone can tell.
void checkText(const Study& study) {
  checkNames(study);
  checkOptions(study.options);
  require(std::isfinite(study.samplePeriodSec) && study.samplePeriodSec > 0, ErrorCode::BadValue,
          "samplePeriodSec must be above 0");
  checkRuns(study.runs);
  for (const Run& run : study.runs) study.stimulus(run.stimulus);
  checkPairs(study.cortex);
}

}  // namespace

Study readStudyFile(const fs::path& folder) {
  const fs::path file = folder / "study.json";
  const std::string text = readTextFile(file);
  checkDepth(text, file);
  try {
    Study study = studyFromJson(nlohmann::json::parse(text));
    study.folder = folder;
    checkText(study);
    return study;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": is not valid JSON: " + error.what());
  } catch (const Error& error) {
    throw error.within(file.string());
  }
}

void writeStudy(const Study& study) {
  writeFileAtomically(study.folder / "study.json", studyToJson(study).dump(2) + "\n");
}

}  // namespace cortexscope
