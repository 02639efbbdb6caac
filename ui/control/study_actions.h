// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>

#include "base/job.h"
#include "control/layers.h"
#include "import/make/import_study.h"
#include "study/document/study.h"
#include "study/labels/label_look.h"
#include "study/pipeline/results.h"

namespace cortexscope {

/// A study with everything the window needs, put together off the GUI thread.
struct LoadedStudy {
  Study study;
  Results results;
  LayerLimits limits;
  /// Results that no longer belong to the study's inputs and options, in words; empty if all do.
  std::vector<std::string> outdated = {};
  std::string outdatedUnknown = {};  ///< why that could not be found out; empty if it could
  Findings problems = {};            ///< what is known to be wrong or odd in the study's files
};

/// The long work that the window can ask for. Each runs on a worker thread.
struct StudyActions {
  std::function<LoadedStudy(const std::filesystem::path& folder, const Job&)> load;
  std::function<void(const Study&, const Job&)> train;
  /// Makes and trains the demo in `folder`.
  std::function<void(const std::filesystem::path& folder, const Job&)> makeDemo;
  std::function<ImportPlan(const std::filesystem::path& source, const ImportRequest&, const Job&)> planImport;
  /// Networks' folders are filled in.
  std::function<ImportOutcome(const ImportPlan&, const ImportChoices&, const Job&)> importStudy;
  // Label tables of a study; those that change it return it as it is then.
  std::function<LabelLook(const Study&, const std::filesystem::path& file, const Job&)> lookAtLabels;
  std::function<LabelSummary(const Study&, const NewLabels&, const Job&)> checkLabels;
  std::function<Study(const Study&, const NewLabels&, const Job&)> attachLabels;
  std::function<Study(const Study&, const std::string& table, const Job&)> removeLabels;
};

/// Where the program found its parts on this computer.
struct ProgramFolders {
  std::filesystem::path materials;  ///< the demo's films and networks; need not exist
  std::filesystem::path resources;
};

/// The program's own actions: readStudy, loadResults, runPipeline, makeDemoStudy, planImport, importStudy,
/// and those of label tables.
StudyActions programActions(const ProgramFolders& folders);

/// Where the window puts the demo: cortexscope/demo in the user's data folder.
std::filesystem::path demoFolder();

}  // namespace cortexscope
