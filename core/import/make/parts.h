#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cortex/surface.h"
#include "preparation/kept_voxels.h"
#include "preparation/regressors.h"
#include "import/make/import_study.h"

// The steps of importStudy.

namespace cortexscope::importing {

/// What all steps look at and add to.
struct Importing {
  const ImportPlan& plan;
  const ImportChoices& choices;
  CleaningPlan cleaning;
  double trSec = 0;
  Study& study;
  ImportFindings& findings;
  std::vector<bool> isIn{};  ///< [person]: still part of the study

  void say(ImportSeverity severity, std::string file, std::string place, std::string what,
           std::string advice) {
    findings.push_back({severity, std::move(file), std::move(place), std::move(what), std::move(advice)});
  }
  void leaveOut(std::size_t person, const std::string& place, const std::string& why);
  std::size_t peopleLeft() const;
  std::filesystem::path source(const std::filesystem::path& relative) const { return plan.source / relative; }
};

/// True if the plan has a step of this kind.
template <class Step>
bool has(const CleaningPlan& plan) {
  for (const CleaningStep& step : plan)
    if (std::holds_alternative<Step>(step)) return true;
  return false;
}

/// A film in the source or given by hand.
struct Film {
  std::filesystem::path file;  ///< absolute
  std::string id;
  double durationSec = 0;  ///< 0 if it does not say
  bool hasPicture = false, hasSound = false;
  std::vector<std::filesystem::path> pictures{};  ///< of a folder of pictures, in their order; none for films
};

/// A stretch of film that one person saw in one run.
struct Shown {
  std::size_t film = 0;
  double onsetSec = 0;      ///< after the start of the run's first sample
  double filmStartSec = 0;  ///< time in the film at the onset
  double durationSec = 0;   ///< 0: to the film's end
};

struct FilmsShown {
  std::vector<Film> films;
  std::vector<std::vector<std::vector<Shown>>> shown;  ///< [person][run], rising onsets
};

/// Errors   BadValue naming the runs whose film nobody says, or the films that are not there
FilmsShown filmsShown(Importing& importing);

/// Copies films into the study (links them where the disk can), makes films of folders of pictures, and lists
/// them there.
void addFilms(Importing& importing, const std::vector<Film>& films, const Job& job);

/// One presentation of a stretch: samples of a recorded run.
struct Presentation {
  std::size_t run = 0;
  Index firstSample = 0;  ///< counted before any are dropped
};

/// A run of the study and where each person's data for it are.
struct PlannedRun {
  Run run;
  std::vector<std::vector<Presentation>> presentations;  ///< [person]; several are averaged
};

/// The study's runs in their order, with some held out; people who lack one are left out.
/// Errors   BadValue for a held-out run that is not there; BadShape for data too short to learn from and test
std::vector<PlannedRun> plannedRuns(Importing& importing, const FilmsShown& shown);

/// Meshes that responses are on, and those between which volumes are sampled.
struct ImportCortex {
  Cortex shown;  ///< pial where there is one
  struct Sheets {
    Surface white, pial;
  };
  std::vector<std::pair<Sheets, Sheets>>
      between;  ///< left and right [person]; one for all; none without volumes
  Index parcels = 0;              ///< of layouts with parcels; else 0
  std::vector<Index> parcelOf{};  ///< [vertex], -1 outside
  const std::pair<Sheets, Sheets>& sheetsOf(std::size_t person) const {
    return between.size() == 1 ? between.front() : between[person];
  }
};

/// Finds the surfaces and writes them into the study.
ImportCortex addCortex(Importing& importing, const Job& job);

/// Files that may be there beside the surfaces; empty where not.
struct CortexExtras {
  std::filesystem::path leftInflated, rightInflated;
};
/// Writes the surfaces into the study with their inflated shape and sulcal depth, made where they are not
/// given, and with the regions in the folder of surfaces that was given.
void writeCortex(Importing& importing, const Cortex& cortex, const CortexExtras& extras, const Job& job);

struct KeptClips;  // import_places.h

/// One run as it was recorded, on the study's vertices or in the person's voxels.
struct Recorded {
  MatrixF values;  ///< samples x targets; NaN where there is none
  std::optional<double> coverage;
  std::vector<std::string> notes;
};
/// voxels   to be kept; nullptr: responses are carried to the vertices
/// Errors   as the readers'; BadShape as checkResponseSpace and readVoxels; Unsupported for CIFTI parcels
Recorded readRecorded(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                      std::size_t run, const KeptVoxels* voxels, KeptClips& kept, const Job& job);

/// The confounds of a run's table; none without one.
Confounds confoundsOf(const Importing& importing, const ImportCell& cell);

/// Reads, cleans and writes the responses of all people who are still in, one after the other.
void addPeople(Importing& importing, const ImportCortex& cortex, const std::vector<PlannedRun>& runs,
               const Job& job);

/// The networks that fit the films: pictures without sound need no network for sound.
void addNetworks(Importing& importing, const std::vector<Film>& films, const Job& job);

}  // namespace cortexscope::importing
