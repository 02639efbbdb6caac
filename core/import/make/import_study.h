// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "import/plan/import_plan.h"
#include "preparation/cleaning_plan.h"
#include "study/document/study.h"
#include "study/labels/attach_labels.h"

namespace cortexscope {

/// The film of a run and its time, for sources that do not say them.
struct FilmChoice {
  std::filesystem::path file;          ///< empty: the one that the source names
  std::optional<double> filmStartSec;  ///< time in the film when it began to play; 0 if nobody says it
  std::optional<double> onsetSec;      ///< after the first recorded sample; else as events say, or 0
};

/// Networks that turn films into features.
struct NetworkChoice {
  std::filesystem::path materials;  ///< folder filled by packaging/fetch_materials.sh
  std::filesystem::path resources;  ///< this program's resources folder
  bool fast = false;                ///< the small image network of the materials
  std::filesystem::path own;        ///< an image network written by importNetwork, instead of the materials'
};

/// What a plan leaves open.
struct ImportChoices {
  std::filesystem::path study;           ///< folder to make
  bool replace = false;                  ///< a study that is there already makes room
  std::string title;                     ///< empty: the source's name
  std::optional<CleaningPlan> cleaning;  ///< empty: usualCleaning
  std::filesystem::path surfaces;        ///< folder of surfaces (and regions), beside those in the source
  std::optional<double> picturesPerSec;  ///< folders of pictures are films of this rate; empty: they are none
  int depths = 5;                        ///< between white and pial, for volumes
  bool keepVoxels = false;               ///< of volumes and short clips, instead of carrying them to vertices
  std::map<std::string, FilmChoice> films;  ///< by run; "" stands for all runs without a choice of their own
  std::vector<std::string> heldOut;         ///< runs; empty: chosen by name, by repeats, or the last one
  std::vector<NewLabels> labels;
  NetworkChoice networks;
  int threads = 0;
};

struct ImportOutcome {
  Study study;
  Findings findings;  ///< the plan's and those made while reading, errors first; kept in problems.json
};

/// Cleaning taken unless another one is chosen: drift of 128 s and slower, the six motion parameters where
/// every run has them, z-scores per run, means over repeats.
CleaningPlan usualCleaning(const ImportPlan& plan);

/// Makes a study of a recognised folder: reads every person's runs onto one cortex, cleans them, puts
/// the presentations of films after one another in one order for all people, and copies films, surfaces and
/// networks. Parcels go to all their vertices, by a parcellation among the surfaces; voxels of the short
/// clips by each person's mapper. With keepVoxels responses stay each person's voxels (of volumes those
/// between white and pial, in the masks of all runs), and one sparse matrix shows them on the cortex. Repeats
/// kept apart are averaged, and give a noise ceiling. Samples outside the film are left out after cleaning.
/// Vertices without values are 0 and counted. A person whose data cannot be used, or who lacks what most
/// have, is left out with an error among the findings; the others are imported.
///
/// The folder appears whole or not at all. Memory is bounded by one person's runs.
/// Errors   BadValue for a plan with errors, for runs without a film, for a time between samples that nobody
///          says, for voxels to be kept where there are none; BadShape for responses in another space or
///          density than the surfaces, with both names and counts; MissingFile for surfaces that are not
///          there, saying where they can be had; Io if the folder holds anything already (unless `replace` is
///          set and it is a study); as the readers'; Cancelled
ImportOutcome importStudy(const ImportPlan& plan, const ImportChoices& choices, const Job& job);

}  // namespace cortexscope
