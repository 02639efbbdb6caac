// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/job.h"
#include "import/layouts/array_choice.h"
#include "import/layouts/file_role.h"
#include "import/layouts/import_run.h"
#include "import/layouts/layout.h"
#include "import/scan/source_scan.h"
#include "io/inspect/file_facts.h"
#include "study/document/findings.h"

namespace cortexscope {

struct ImportFile {
  FileRole role = FileRole::Array;
  std::filesystem::path file;  ///< relative to the source
  std::string array;           ///< name of the data set in it; empty where the file holds just one
};

/// One person's data of one run, as headers describe them.
struct ImportCell {
  std::vector<ImportFile> files;
  std::vector<std::int64_t> shape;  ///< samples x vertices (left first) or values, or samples x voxels of x,
                                    ///< y, z; empty where no header could be read
  std::int64_t samples = 0;         ///< of this run
  std::int64_t firstSample = 0;     ///< in an array that holds several runs
  std::int64_t repeats = 1;         ///< presentations kept apart in the array, slowest dimension
  std::optional<double> trSec;      ///< empty where neither header nor sidecar say it, or where they disagree
  std::string trFrom;               ///< what said it: "header", a JSON file, "given"
  std::optional<double> startSec;   ///< of the first sample after slice timing, where the sidecar says it
  std::string space;

  const ImportFile* file(FileRole role) const;  ///< null if there is none
  bool holdsVoxels()
      const;  ///< which could be kept: a volume, or an array that a mapper carries to the cortex
};

struct ImportStimulus {
  std::filesystem::path file;  ///< a film or sound, or a folder of pictures
  std::string kind;            ///< "film", "sound" or "pictures"
  std::optional<double> durationSec, framesPerSec;
  std::optional<int> width, height;  ///< pixels
  std::int64_t pictures = 0;         ///< in a folder (or array) of pictures
  bool isFolder = false;             ///< of pictures, which can be shown as a film
};

/// A table that may hold labels: one row per sample, event or picture; which one is for its owner to say.
struct ImportTable {
  std::filesystem::path file;
  std::string person;  ///< empty where it belongs to all
  std::vector<std::string> columns;
  std::int64_t rows = 0;
};

struct ImportSurface {
  std::filesystem::path file;
  std::string person;  ///< empty for templates
  std::string side;    ///< "left", "right" or empty
  std::string kind;    ///< "pial", "white", "midthickness", "inflated", ...
  std::string space;   ///< empty for the person's own mesh
  std::optional<std::int64_t> vertices;
};

/// Features that somebody computed already.
struct ImportFeatures {
  std::filesystem::path file;
  std::vector<FileFacts::Dataset> arrays;
};

/// What a folder holds, seen from names and headers: people x runs, what is beside them, and what does not
/// fit.
struct ImportPlan {
  std::filesystem::path source;  ///< canonical
  ImportLayout layout = ImportLayout::Unknown;
  std::vector<std::string> spaces;  ///< all that responses are there in, the preferred one first
  std::string space;                ///< the one taken
  std::vector<std::string> people;
  std::vector<ImportRun> runs;
  std::vector<std::string> leftOut;  ///< people and runs that the request names, not among those above
  std::vector<std::vector<std::optional<ImportCell>>> cells;  ///< [person][run]
  std::vector<ImportStimulus> stimuli;
  std::vector<ImportTable> tables;
  std::vector<ImportSurface> surfaces;
  std::vector<ImportFeatures> features;
  std::vector<ImportArrayFile> arrayFiles;  ///< files of several arrays in plain folders
  Findings findings;                        ///< errors first, then warnings, then notes

  bool importable() const { return !hasErrors(findings); }
  bool holdsVoxels() const;  ///< in every cell, and there is one
  /// "sub-01 task-film_run-1": the place of a finding about that cell.
  std::string place(std::size_t person, std::size_t run) const { return people[person] + " " + runs[run].id; }
};

struct ImportRequest {
  std::string space;    ///< "fsaverage5", "fsLR", "MNI152NLin2009cAsym_res-2"; empty: the preferred one
  std::string task;     ///< this task alone, small and capital letters alike; empty: all
  std::string session;  ///< this session alone, with or without "ses-"; empty: all
  std::vector<std::string> leaveOut;  ///< people and runs, by name
  std::optional<double> trSec;  ///< time between samples, for files that do not say it or say it wrongly
  ScanLimits limits;
  std::vector<ArrayChoice> arrays{};  ///< in plain folders
};

/// Recognises a folder and says what would be imported from it. Reads names, headers, JSON sidecars and
/// tables, never the values of an image. Whatever is wrong below the folder becomes a finding.
///
/// Spaces are preferred in this order: fsaverage5, fsaverage6, fsaverage, other fsaverage, fsLR with 91k
/// grayordinates, other fsLR (on the mesh that people share already), MNI volumes, other named volumes, T1w,
/// volumes without a name, fsnative. A session is part of a run's name only where some person has the same
/// run in two of them.
/// Errors   MissingFile, BadFile for `folder` itself alone; Cancelled
ImportPlan planImport(const std::filesystem::path& folder, const ImportRequest& request = {},
                      const Job& job = {});

}  // namespace cortexscope
