// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_command.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "import/make/import_study.h"
#include "import/plan/import_plan.h"
#include "import/plan/json.h"
#include "import/plan/text.h"
#include "preparation/cleaning_json.h"
#include "program_paths.h"
#include "study/document/findings.h"
#include "terminal_job.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

struct ImportCommand {
  std::string source, cleaning;
  ImportRequest request;
  ImportChoices choices;
  std::vector<std::string> films, filmStarts, filmOnsets, labels, arrays;
  bool dryRun = false, asJson = false;
};

struct NamedText {
  std::string name, text;
};

/// "run-1=film.mp4" in two; what has no "=" is for all.
NamedText namedText(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  // A "=" after a "/" belongs to the name of a file.
  if (equals == std::string::npos || argument.find('/') < equals) return {"", argument};
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

double secondsIn(const NamedText& time, const char* option, double least) {
  std::size_t used = 0;
  double seconds = 0;
  try {
    seconds = std::stod(time.text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != time.text.size() || !(seconds >= least) || !std::isfinite(seconds))
    throw CLI::ValidationError(option, least < 0 ? "seconds are expected, for a run: RUN=SEC"
                                                 : "seconds of 0 or more are expected, for a run: RUN=SEC");
  return seconds;
}

CleaningPlan cleaningIn(const fs::path& file) {
  try {
    return cleaningFromJson(nlohmann::json::parse(readTextFile(file)));
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": is not valid JSON: " + error.what());
  } catch (const Error& error) {
    throw error.within(file.string());
  }
}

void takeChoices(ImportCommand& command) {
  ImportChoices& choices = command.choices;
  for (const std::string& argument : command.films) {
    const NamedText film = namedText(argument);
    choices.films[film.name].file = film.text;
  }
  for (const std::string& argument : command.filmStarts) {
    const NamedText start = namedText(argument);
    choices.films[start.name].filmStartSec = secondsIn(start, "--film-start", 0);
  }
  for (const std::string& argument : command.filmOnsets) {
    const NamedText onset = namedText(argument);
    choices.films[onset.name].onsetSec = secondsIn(onset, "--film-onset", -1e6);
  }
  for (const std::string& argument : command.arrays)
    command.request.arrays.push_back(arrayChoiceOf(argument));
  NewLabels ratings{"ratings", {}};
  for (const std::string& argument : command.labels) {
    const NamedText table = namedText(argument);
    const LabelsOfPerson file{table.name, table.text};
    if (table.name.empty())
      choices.labels.push_back({file.file.stem().string(), {file}});
    else
      ratings.files.push_back(file);
  }
  if (!ratings.files.empty()) choices.labels.push_back(ratings);
  if (!command.cleaning.empty()) choices.cleaning = cleaningIn(command.cleaning);
  choices.networks.resources = resourceFolder();
}

std::string outcomeText(const ImportOutcome& outcome, const fs::path& folder) {
  const Study& study = outcome.study;
  std::string text = folder.string() + ": " + textOf(study.people.size()) + " people, " +
                     textOf(study.runs.size()) + " runs, " + textOf(sampleCount(study.runs)) +
                     " samples, space " + study.cortex.space + "\n";
  for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Note})
    for (const Finding& finding : outcome.findings)
      if (finding.severity == severity) text += "  " + nameOf(severity) + ": " + findingText(finding) + "\n";
  return text;
}

std::string outcomeJson(const ImportOutcome& outcome, const fs::path& folder) {
  using Json = nlohmann::ordered_json;
  const Study& study = outcome.study;
  Json json{{"study", folder.string()},
            {"people", Json::array()},
            {"runs", Json::array()},
            {"samples", sampleCount(study.runs)},
            {"samplePeriodSec", study.samplePeriodSec},
            {"space", study.cortex.space},
            {"findings", findingsToJson(outcome.findings)}};
  for (const Person& person : study.people) json["people"].push_back(person.id);
  for (const Run& run : study.runs) json["runs"].push_back(run.id);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void runImport(ImportCommand& command, int badInput) {
  if (!command.dryRun && command.choices.study.empty())
    throw CLI::RequiredError("--study DIR (or --dry-run)");
  takeChoices(command);
  TerminalJob terminal;
  const Job job = terminal.job();
  const ImportPlan plan = planImport(command.source, command.request, job.part(0, command.dryRun ? 1 : 0.1));
  if (command.dryRun) {
    terminal.finish();
    const std::string text = command.asJson ? importJson(plan) + "\n" : importText(plan);
    std::fputs(text.c_str(), stdout);
    if (!plan.importable()) throw CLI::RuntimeError(badInput);
    return;
  }
  const ImportOutcome outcome = importStudy(plan, command.choices, job.part(0.1, 1));
  terminal.finish();
  const std::string text = command.asJson ? outcomeJson(outcome, command.choices.study)
                                          : outcomeText(outcome, command.choices.study);
  std::fputs(text.c_str(), stdout);
  if (!hasErrors(outcome.findings)) return;
  std::fputs("The study is there, but nothing is learned from it while these errors are open.\n", stderr);
  throw CLI::RuntimeError(badInput);
}

void addSourceOptions(CLI::App& command, ImportCommand& choice) {
  command.add_option("SOURCE", choice.source, "Folder to look through; nothing in it is changed")->required();
  command.add_option("--space", choice.request.space,
                     "Space to take, as file names say it (fsaverage5, fsLR)");
  command.add_option("--task", choice.request.task, "Only runs of this task");
  command.add_option("--session", choice.request.session, "Only runs of this session");
  command.add_option("--leave-out", choice.request.leaveOut, "People and runs to leave out, by name")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command
      .add_option("--tr", choice.request.trSec,
                  "Time between samples, where files do not say it or say it wrongly")
      ->check(CLI::Range(0.01, 60.0))
      ->type_name("SEC");
  command
      .add_option("--array", choice.arrays,
                  "Data set that holds the responses, where files (HDF5, MATLAB, npz) of a plain folder hold "
                  "several; for a "
                  "file, or names with *: FILE=PATH. Several: each is a run")
      ->allow_extra_args(false)
      ->type_name("[FILE=]PATH");
  command.add_flag("--dry-run", choice.dryRun,
                   "Look at names and headers alone; print people x runs and what does not fit");
  command.add_flag("--json", choice.asJson, "Print one JSON object");
}

void addStudyOptions(CLI::App& command, ImportCommand& choice) {
  ImportChoices& choices = choice.choices;
  choices.networks.materials = defaultMaterials();
  command.add_option("--study", choices.study, "Study folder to make; it appears whole or not at all")
      ->type_name("DIR");
  command.add_flag("--replace", choices.replace, "A study that is there already makes room");
  command.add_option("--title", choices.title, "Title of the study");
  command.add_option("--film", choice.films, "Film of a run, or of all runs: RUN=FILE or FILE")
      ->allow_extra_args(false)
      ->type_name("[RUN=]FILE");
  command.add_option("--film-start", choice.filmStarts, "Second of the film at which it began in a run")
      ->allow_extra_args(false)
      ->type_name("[RUN=]SEC");
  command
      .add_option("--film-onset", choice.filmOnsets,
                  "Seconds after the first recorded sample at which the film began")
      ->allow_extra_args(false)
      ->type_name("[RUN=]SEC");
  command.add_option("--surfaces", choices.surfaces, "Folder with surfaces (and regions) of the cortex")
      ->type_name("FOLDER");
  command
      .add_option("--pictures-per-sec", choices.picturesPerSec,
                  "Folders of pictures (PNG, JPEG, in order of their names) are films of this rate")
      ->check(CLI::Range(0.01, 1000.0))
      ->type_name("RATE");
  command
      .add_option("--depths", choices.depths,
                  "Depths between white and pial surface at which volumes are sampled")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command.add_flag(
      "--keep-voxels", choices.keepVoxels,
      "Learn from voxels of volumes or short clips, and show means of them on the cortex, instead of "
      "carrying responses to its vertices first");
  command.add_option("--cleaning", choice.cleaning, "JSON list of cleaning steps, as in a study's origin")
      ->type_name("FILE");
  command.add_option("--held-out", choices.heldOut, "Runs that are never fitted to")
      ->allow_extra_args(false)
      ->type_name("RUN");
  command
      .add_option("--labels", choice.labels,
                  "Label table, one row per sample; PERSON=FILE for a person's own ratings")
      ->allow_extra_args(false)
      ->type_name("[PERSON=]FILE");
  command.add_flag("--fast", choices.networks.fast, "Use the small image network");
  command
      .add_option("--materials", choices.networks.materials, "Folder filled by packaging/fetch_materials.sh")
      ->capture_default_str();
  command
      .add_option("--network", choices.networks.own,
                  "Image network (import-network) instead of the materials'")
      ->type_name("FILE");
  command.add_option("--threads", choices.threads, "Threads, 0 = one per core; results do not depend on it")
      ->check(CLI::Range(0, 1024));
}

}  // namespace

void addImport(CLI::App& app, int badInput) {
  auto* command = app.add_subcommand(
      "import",
      "Make a study of a folder of responses (fMRIPrep, HCP, short clips, parcels, plain), or say with "
      "--dry-run what is in it");
  const auto choice = std::make_shared<ImportCommand>();
  addSourceOptions(*command, *choice);
  addStudyOptions(*command, *choice);
  command->callback([choice, badInput] { runImport(*choice, badInput); });
}

}  // namespace cortexscope
