// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/checks/read_study.h"

#include <iterator>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "study/document/cortex_regions.h"
#include "study/document/cortex_view.h"
#include "study/document/names.h"
#include "study/document/run_times.h"
#include "study/document/study_file.h"
#include "study/labels/study_labels.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

void requireFile(const Study& study, const fs::path& file) {
  if (!file.empty()) regularFileSize(study.path(file));
}

/// Film, network and label tables are checked one by one, so that one of them cannot hide what is wrong with
/// the others. `attempt` decides what becomes of a check's error.
template <class Attempt>
void checkStimuliAndLabels(const Study& study, const Attempt& attempt) {
  for (const Stimulus& film : study.stimuli)
    attempt("film " + film.id, [&] {
      requireFile(study, film.file);
      checkRunTimes(study, film);
    });
  for (const FeatureSpace& space : study.featureSpaces)
    attempt("feature space " + space.id, [&] {
      requireFile(study, space.network);
      requireFile(study, space.melMatrix);
    });
  attempt("label tables", [&] {
    std::vector<std::string> wordItems;
    for (const LabelTable& table : study.labels)
      for (const LabelItem& item : table.items)
        if (!table.embedding.empty()) wordItems.push_back(item.name);
    checkUnique(wordItems, "items of words");
  });
  for (const LabelTable& table : study.labels)
    attempt("label table " + table.id, [&] {
      checkLabelTable(study, table);
      if (table.embedding.empty())
        readLabels(study, table);
      else
        readWordLabels(study, table);
    });
}

/// Vertices of a file are those of the surface.
void checkVertices(const Study& study, const fs::path& file, Index count, Index vertices) {
  require(count == vertices, ErrorCode::BadShape, [&] {
    return file.string() + " has " + textOf(count) + " vertices, the surface " +
           study.path(study.cortex.leftSurface).string() + " and its right half have " + textOf(vertices) +
           " (space " + study.cortex.space + ")";
  });
}

/// Responses agree with the runs and with the surface, or with the voxels that are shown on it. Of responses
/// only the header is read.
void checkPerson(const Study& study, const Person& person, Index vertices) {
  const fs::path file = study.path(person.responses);
  const MappedMatrix responses(file);
  if (person.keepsVoxels()) {
    const fs::path matrix = study.path(person.voxelsToVertices);
    const CortexView view = cortexViewOf(study, person);
    checkVertices(study, matrix, view.voxels()->vertexCount(), vertices);
    require(responses.cols() == view.voxels()->voxelCount(), ErrorCode::BadShape, [&] {
      return file.string() + " has " + textOf(responses.cols()) + " voxels, " + matrix.string() + " has " +
             textOf(view.voxels()->voxelCount());
    });
  } else {
    checkVertices(study, file, responses.cols(), vertices);
  }
  require(responses.rows() == sampleCount(study.runs), ErrorCode::BadShape, [&] {
    return file.string() + " has " + textOf(responses.rows()) + " samples, the runs of the study have " +
           textOf(sampleCount(study.runs));
  });
}

/// What belongs to the surfaces has their vertices. Returns how many.
Index checkCortex(const Study& study) {
  const CortexFiles& files = study.cortex;
  const auto countOf = [&](const fs::path& left, const fs::path& right) {
    return readSurface(study.path(left)).vertexCount() + readSurface(study.path(right)).vertexCount();
  };
  const Index vertices = countOf(files.leftSurface, files.rightSurface);
  if (!files.leftInflated.empty())
    checkVertices(study, study.path(files.leftInflated), countOf(files.leftInflated, files.rightInflated),
                  vertices);
  if (!files.leftRegions.empty())
    checkVertices(study, study.path(files.leftRegions), std::ssize(readRegions(study).keys), vertices);
  if (!files.underlay.empty())
    checkVertices(study, study.path(files.underlay), readNpy(study.path(files.underlay)).size(), vertices);
  return vertices;
}

void checkStudy(const Study& study) {
  checkStimuliAndLabels(study, [](const std::string&, const auto& check) { check(); });
  const Index vertices = checkCortex(study);
  for (const Person& person : study.people) {
    requireFile(study, person.noiseCeiling);
    checkPerson(study, person, vertices);
  }
}

}  // namespace

Study readStudy(const fs::path& folder) {
  const Study study = readStudyFile(folder);
  try {
    checkStudy(study);
  } catch (const Error& error) {
    throw error.within((folder / "study.json").string());
  }
  return study;
}

OpenedStudy openStudy(const fs::path& folder) {
  OpenedStudy opened{readStudyFile(folder), {}};
  checkStimuliAndLabels(opened.study, [&](const std::string& place, const auto& check) {
    try {
      check();
    } catch (const Error& error) {
      opened.problems.push_back({Severity::Error, "study.json", place, error.what(),
                                 "put right what is named here; until then nothing new can be learned"});
    }
  });
  return opened;
}

}  // namespace cortexscope
