// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/study_actions.h"

#include <QStandardPaths>

#include "base/error.h"
#include "demo/demo.h"
#include "study/checks/read_study.h"
#include "study/document/findings.h"
#include "study/pipeline/pipeline.h"

namespace cortexscope {

namespace {

/// An input that is gone is no reason not to look at what was computed from it.
void findOutdated(LoadedStudy& loaded, const Job& job) {
  job.checkpoint(0, "comparing results with inputs");
  try {
    loaded.outdated = outdatedResults(loaded.study, job);
  } catch (const Error& error) {
    loaded.outdatedUnknown = error.what();
  }
}

LoadedStudy load(const std::filesystem::path& folder, const Job& job) {
  LoadedStudy loaded;
  job.checkpoint(0.0, "reading the study");
  OpenedStudy opened = openStudy(folder);
  loaded.study = std::move(opened.study);
  loaded.problems = readProblems(folder);
  job.checkpoint(0.2, "reading results");
  loaded.results = loadResults(loaded.study);
  for (const Findings* found : {&opened.problems, &loaded.results.problems})
    loaded.problems.insert(loaded.problems.end(), found->begin(), found->end());
  job.checkpoint(0.6, "finding colour limits");
  loaded.limits = layerLimits(loaded.results);
  findOutdated(loaded, job.part(0.7, 1));
  return loaded;
}

void makeDemo(const std::filesystem::path& folder, const ProgramFolders& folders, const Job& job) {
  DemoOptions options;
  options.materials = folders.materials;
  options.resources = folders.resources;
  const Study study = makeDemoStudy(folder, options, job.part(0, 0.6));
  runPipeline(study, {}, job.part(0.6, 1));
}

ImportOutcome import(const ImportPlan& plan, ImportChoices choices, const ProgramFolders& folders,
                     const Job& job) {
  choices.networks.materials = folders.materials;
  choices.networks.resources = folders.resources;
  return importStudy(plan, choices, job);
}

}  // namespace

StudyActions programActions(const ProgramFolders& folders) {
  return {.load = load,
          .train = [](const Study& study, const Job& job) { runPipeline(readStudy(study.folder), {}, job); },
          .makeDemo = [folders](const std::filesystem::path& folder,
                                const Job& job) { makeDemo(folder, folders, job); },
          .planImport = planImport,
          .importStudy = [folders](const ImportPlan& plan, const ImportChoices& choices,
                                   const Job& job) { return import(plan, choices, folders, job); },
          .lookAtLabels = [](const Study& study, const std::filesystem::path& file,
                             const Job&) { return lookAtLabels(study, file); },
          .checkLabels = [](const Study& study, const NewLabels& labels,
                            const Job&) { return checkLabels(study, labels); },
          .attachLabels = [](const Study& study, const NewLabels& labels,
                             const Job&) { return attachLabels(study, labels); },
          .removeLabels = [](const Study& study, const std::string& table,
                             const Job&) { return removeLabels(study, table); }};
}

std::filesystem::path demoFolder() {
  const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
  return std::filesystem::path(data.toStdString()) / "cortexscope" / "demo";
}

}  // namespace cortexscope
