// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/import_study.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "import/make/cortex.h"
#include "import/make/films.h"
#include "import/make/importing.h"
#include "import/make/networks.h"
#include "import/make/people.h"
#include "import/make/presentations.h"
#include "import/make/repeats.h"
#include "import/make/runs.h"
#include "import/make/voxels.h"
#include "import/scan/names.h"
#include "io/tables/table.h"
#include "preparation/volume_sampling.h"
#include "study/checks/read_study.h"
#include "study/document/findings.h"
#include "study/document/study_file.h"
#include "study/document/study_folder.h"

namespace cortexscope {
namespace importing {
namespace {

constexpr double kLongDataSec = 1800;  ///< beyond which free delays can be learned
const std::vector<std::string> kMotion{"trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"};

/// The person whom an error is about; none if it is about more than one person's data.
std::optional<std::size_t> personOf(const ImportPlan& plan, const Finding& finding) {
  for (std::size_t person = 0; person < plan.people.size(); ++person) {
    if (finding.place == plan.people[person] || finding.place.starts_with(plan.people[person] + " "))
      return person;
    for (const auto& cell : plan.cells[person])
      if (cell && std::any_of(cell->files.begin(), cell->files.end(), [&](const ImportFile& file) {
            return printable(file.file.generic_string()) == finding.file;
          }))
        return person;
  }
  return std::nullopt;
}

/// Voxels without their places cannot be drawn.
void leaveOutUnmapped(Importing& importing) {
  if (importing.plan.layout != ImportLayout::ShortClips) return;
  for (std::size_t person = 0; person < importing.plan.people.size(); ++person)
    for (const auto& cell : importing.plan.cells[person])
      if (importing.isIn[person] && cell && cell->file(FileRole::Mapper) == nullptr)
        importing.leaveOut(person, importing.plan.people[person],
                           "there is no mapper, so nothing says where on the cortex the voxels are");
  require(importing.peopleLeft() > 0, ErrorCode::MissingFile, [&] {
    return importing.plan.source.string() +
           ": holds voxels of the cortex, and no file mappers/PERSON_mappers.hdf says where they are";
  });
}

/// Errors about one person's data leave that person out; any other stands in the way.
void leaveOutBroken(Importing& importing) {
  std::string others;
  for (const Finding& finding : importing.plan.findings) {
    if (finding.severity != Severity::Error) continue;
    if (const auto person = personOf(importing.plan, finding))
      importing.isIn[*person] = false;
    else
      others += "\n  " + findingText(finding);
  }
  require(others.empty(), ErrorCode::BadValue,
          [&] { return importing.plan.source.string() + ": cannot be imported as it is:" + others; });
  for (std::size_t person = 0; person < importing.plan.people.size(); ++person)
    if (!importing.isIn[person])
      importing.say(Severity::Note, "", importing.plan.people[person],
                    "is not in the study because of errors in this person's files",
                    "correct them, or import without this person (--leave-out)");
  std::string all;
  for (const Finding& finding : importing.plan.findings)
    if (finding.severity == Severity::Error) all += "\n  " + findingText(finding);
  require(importing.peopleLeft() > 0, ErrorCode::BadValue,
          [&] { return importing.plan.source.string() + ": nobody's data can be used:" + all; });
}

/// A study has one time between samples; the plan refuses runs that differ.
void settleTime(Importing& importing) {
  std::set<std::string> from;
  for (std::size_t person = 0; person < importing.plan.people.size(); ++person)
    for (std::size_t run = 0; run < importing.plan.runs.size(); ++run) {
      const auto& cell = importing.plan.cells[person][run];
      if (!cell || !importing.isIn[person]) continue;
      require(cell->trSec.has_value(), ErrorCode::BadValue, [&] {
        return importing.plan.place(person, run) +
               ": nobody says the time between samples (TR); give --tr SEC, or write {\"RepetitionTime\": "
               "SEC} into a JSON "
               "file of the same name";
      });
      if (importing.trSec == 0) importing.trSec = *cell->trSec;
      from.insert(cell->trFrom);
    }
  const bool several = from.size() > 1;
  for (const std::string& one : from) {
    std::string& said = importing.study.origin.trFrom;
    const std::string name = several && one.ends_with(".json") ? "JSON files beside the images" : one;
    if (said.find(name) == std::string::npos) said += (said.empty() ? "" : ", ") + name;
  }
  importing.study.samplePeriodSec = importing.trSec;
}

/// Delays in samples that cover these seconds.
std::vector<int> samplesBetween(double fromSec, double toSec, double trSec) {
  std::vector<int> samples;
  for (auto i = int(std::lround(fromSec / trSec)); i <= int(std::lround(toSec / trSec)); ++i)
    samples.push_back(i);
  return samples;
}

void chooseOptions(Importing& importing) {
  const double tr = importing.trSec;
  StudyOptions& options = importing.study.options;
  const double seconds = tr * double(rowsOf(importing.study.runs, false).size());
  options.responseModel = seconds < kLongDataSec ? "haemodynamic" : "delays";
  options.delays = samplesBetween(2, 8, tr);
  options.decoderLags = samplesBetween(3, 6, tr);
  options.featureLags = samplesBetween(-2, 0, tr);
  importing.say(Severity::Note, "", "",
                textOf(std::lround(seconds / 60)) + " minutes to learn from: the response model is \"" +
                    options.responseModel + "\"",
                "change options in study.json if another one was meant");
}

void addOrigin(Importing& importing) {
  StudyOrigin& origin = importing.study.origin;
  const auto hasVolumes = [](const auto& cells) {
    return std::any_of(cells.begin(), cells.end(),
                       [](const auto& cell) { return cell && cell->file(FileRole::Volume) != nullptr; });
  };
  origin.source = printable(importing.plan.source.string());
  origin.layout = nameOf(importing.plan.layout);
  origin.space = importing.plan.space;
  origin.cleaning = importing.cleaning;
  if (std::any_of(importing.plan.cells.begin(), importing.plan.cells.end(), hasVolumes))
    origin.depths = evenDepths(importing.choices.depths);
}

/// Of the people who are in.
bool haveMotion(const ImportPlan& plan, const std::vector<bool>& isIn) {
  for (std::size_t person = 0; person < plan.people.size(); ++person)
    for (const auto& cell : plan.cells[person]) {
      if (!isIn[person] || !cell) continue;
      const ImportFile* table = cell->file(FileRole::Confounds);
      if (table == nullptr || table->file.extension() != ".tsv") return false;
      const std::vector<std::string> columns = readTable(plan.source / table->file).columns;
      for (const std::string& name : kMotion)
        if (std::find(columns.begin(), columns.end(), name) == columns.end()) return false;
    }
  return true;
}

CleaningPlan usualCleaningOf(const ImportPlan& plan, const std::vector<bool>& isIn) {
  CleaningPlan cleaning{DetrendCosine{}};
  if (haveMotion(plan, isIn)) cleaning.push_back(RegressConfounds{kMotion});
  cleaning.push_back(ZScore{});
  cleaning.push_back(AverageRepeats{});
  return cleaning;
}

/// Tables of people who were left out are left out as well.
void addLabels(Importing& importing) {
  const std::vector<std::string>& asked = importing.plan.leftOut;
  const auto isLeftOut = [&](const LabelsOfPerson& file) {
    if (std::find(asked.begin(), asked.end(), file.person) != asked.end()) return true;
    for (std::size_t person = 0; person < importing.plan.people.size(); ++person)
      if (importing.plan.people[person] == file.person) return !importing.isIn[person];
    return false;
  };
  for (NewLabels labels : importing.choices.labels) {
    std::erase_if(labels.files, isLeftOut);
    if (!labels.files.empty()) importing.study = attachLabels(importing.study, labels);
  }
}

void fillStudy(Importing& importing, const Job& job) {
  const Presentations presentations = findPresentations(importing);
  const std::vector<PlannedRun> runs = plannedRuns(importing, presentations);
  for (const PlannedRun& planned : runs) importing.study.runs.push_back(planned.run);
  const ImportCortex cortex = addCortex(importing, job.part(0, 0.08));
  addFilms(importing, presentations.films, job.part(0.08, 0.1));
  addPeople(importing, cortex, runs, job.part(0.1, 0.9));
  job.checkpoint(0.9, "importing networks");
  addNetworks(importing, presentations.films, job.part(0.9, 1));
  chooseOptions(importing);
  addLabels(importing);
  addOrigin(importing);
}

}  // namespace

}  // namespace importing

CleaningPlan usualCleaning(const ImportPlan& plan) {
  return importing::usualCleaningOf(plan, std::vector<bool>(plan.people.size(), true));
}

ImportOutcome importStudy(const ImportPlan& plan, const ImportChoices& choices, const Job& job) {
  require(!plan.people.empty(), ErrorCode::BadValue,
          [&] { return plan.source.string() + ": holds no responses of people"; });
  NewStudyFolder folder(choices.study, choices.replace);
  ImportOutcome outcome{{}, plan.findings};
  Study& study = outcome.study;
  study.folder = folder.path();
  study.title = choices.title.empty() ? printable(plan.source.filename().string()) : choices.title;
  const ImportPlan apart = importing::repeatsApart(plan);
  importing::Importing importing{apart, choices, {}, 0, study, outcome.findings, {}};
  importing.isIn.assign(plan.people.size(), true);
  importing::leaveOutBroken(importing);
  importing::leaveOutUnmapped(importing);
  if (choices.keepVoxels) importing::requireVoxels(importing);
  importing.cleaning =
      choices.cleaning ? *choices.cleaning : importing::usualCleaningOf(plan, importing.isIn);
  checkPlan(importing.cleaning);
  importing::settleTime(importing);
  importing::fillStudy(importing, job);
  std::stable_sort(outcome.findings.begin(), outcome.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  writeStudy(study);
  writeProblems(study.folder, outcome.findings);
  study = readStudy(study.folder);
  job.checkpoint(1, "putting the study in its place");
  folder.commit();
  study.folder = choices.study;
  return outcome;
}

}  // namespace cortexscope
