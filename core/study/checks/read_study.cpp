#include "study/checks/read_study.h"

#include "base/error.h"
#include "base/files.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "study/document/cortex_view.h"
#include "study/document/names.h"
#include "study/document/run_times.h"
#include "study/document/study_file.h"
#include "study/labels/study_labels.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

Index vertexCountOf(const Study& study) {
  return readSurface(study.path(study.cortex.leftSurface)).vertexCount() +
         readSurface(study.path(study.cortex.rightSurface)).vertexCount();
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
  checkFiles(study);
  checkRunTimes(study);
  checkLabels(study);
  if (study.people.empty()) return;
  const Index vertices = vertexCountOf(study);
  for (const Person& person : study.people) checkPerson(study, person, vertices);
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

}  // namespace cortexscope
