// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/cell_shape.h"

#include <algorithm>

#include "base/text.h"
#include "import/layouts/spaces.h"
#include "import/scan/names.h"
#include "import/scan/wording.h"

namespace cortexscope::importing {
namespace {

std::string sizes(const std::vector<std::int64_t>& shape) {
  return shape.empty() ? "no size" : sizesText(shape);
}

/// Samples x vertices of one hemisphere's file; an empty optional if it holds none.
std::optional<std::vector<std::int64_t>> sideShape(DescribedCell& cell, const ImportFile& file) {
  const FileFacts* facts = cell.source.header(file.file);
  if (facts == nullptr) return std::nullopt;
  const char* side = file.role == FileRole::Left ? "left" : "right";
  if (!facts->hemisphere.empty() && facts->hemisphere != side && facts->hemisphere != "both")
    cell.error(file,
               "is the " + std::string(side) + " hemisphere by its name and the " + facts->hemisphere +
                   " one by its contents",
               "find out which is true and rename it or export it again");
  if (facts->shape && facts->shape->size() == 2 && facts->kind != "volume") return facts->shape;
  if (facts->shape && facts->vertices && facts->format != "GIFTI") {
    const std::vector<std::int64_t>& shape = *facts->shape;
    return std::vector<std::int64_t>{shape.size() > 3 ? shape[3] : 1, *facts->vertices};
  }
  cell.error(file,
             "has " + (facts->shape ? sizes(*facts->shape) : std::string("no")) +
                 " values per vertex (it is " +
                 (facts->kind.empty() ? "of unknown kind" : "a file of " + facts->kind) + ")",
             "a run needs samples x vertices");
  return std::nullopt;
}

void describeHemispheres(DescribedCell& cell) {
  const ImportFile* left = cell.cell.file(FileRole::Left);
  const ImportFile* right = cell.cell.file(FileRole::Right);
  if (left == nullptr || right == nullptr)
    return cell.error(left == nullptr ? *right : *left,
                      left == nullptr ? "the left hemisphere is missing" : "the right hemisphere is missing",
                      "add the file of the other hemisphere beside it");
  const auto leftShape = sideShape(cell, *left), rightShape = sideShape(cell, *right);
  if (!leftShape || !rightShape) return;
  if ((*leftShape)[0] != (*rightShape)[0])
    cell.error(*right,
               "has " + textOf((*rightShape)[0]) + " samples; the left hemisphere (" +
                   left->file.generic_string() + ") has " + textOf((*leftShape)[0]),
               "export both hemispheres of this run again");
  const bool isTemplate = isSharedSpace(cell.cell.space) && !cell.cell.space.empty();
  if (isTemplate && (*leftShape)[1] != (*rightShape)[1])
    cell.error(*right,
               "has " + textOf((*rightShape)[1]) + " vertices; the left hemisphere (" +
                   left->file.generic_string() + ") has " + textOf((*leftShape)[1]),
               "both hemispheres of a template have the same number");
  const std::string found = templateWithVertices((*leftShape)[1]);
  if (cell.cell.space.starts_with("fsaverage") && found != cell.cell.space)
    cell.error(*left,
               "has " + textOf((*leftShape)[1]) + " vertices" +
                   (found.empty() ? "" : ", as many as " + found) + "; its name says " + cell.cell.space,
               "correct the name or sample the responses on that surface again");
  if (cell.cell.space.empty()) cell.cell.space = found;
  cell.cell.shape = {(*leftShape)[0], (*leftShape)[1] + (*rightShape)[1]};
}

void describeVolume(DescribedCell& cell, const ImportFile& file) {
  const FileFacts* facts = cell.source.header(file.file);
  if (facts == nullptr || !facts->shape) return;
  std::vector<std::int64_t> shape = *facts->shape;
  shape.resize(std::max<std::size_t>(shape.size(), 4), 1);
  if (shape.size() > 4 &&
      std::any_of(shape.begin() + 4, shape.end(), [](std::int64_t size) { return size > 1; }))
    return cell.error(file, "has the sizes " + sizes(shape), "a run has x, y, z and time, nothing more");
  cell.cell.shape = {shape[3], shape[0], shape[1], shape[2]};
}

void describeGrayordinates(DescribedCell& cell, const ImportFile& file) {
  const FileFacts* facts = cell.source.header(file.file);
  if (facts == nullptr || !facts->shape) return;
  if (facts->format != "CIFTI-2" || facts->kind != "timeseries")
    return cell.error(file, "is no CIFTI-2 series (it is " + facts->format + ", " + facts->kind + ")",
                      "give the .dtseries.nii file of the run");
  cell.cell.shape = *facts->shape;
  if (facts->hemisphere != "both" && facts->columns.empty())  // parcels say no hemisphere
    cell.error(
        file,
        facts->hemisphere.empty() ? "holds no cortex" : "holds the " + facts->hemisphere + " cortex alone",
        "give a file with both hemispheres");
}

/// Arrays that stand on their side have the size of a template where the samples should be.
bool looksTurned(const std::vector<std::int64_t>& shape) {
  const auto known = [](std::int64_t count) {
    return count == 91282 || count == 59412 || !templateWithVertices(count).empty() ||
           (count % 2 == 0 && !templateWithVertices(count / 2).empty());
  };
  return shape[0] > shape[1] && known(shape[0]) && !known(shape[1]);
}

void describeArray(DescribedCell& cell, const ImportFile& file) {
  const FileFacts* facts = cell.source.header(file.file);
  if (facts == nullptr) return;
  std::vector<std::int64_t> shape = facts->shape.value_or(std::vector<std::int64_t>());
  std::string note;
  for (const FileFacts::Dataset& dataset : facts->datasets)
    if (dataset.name == file.array || facts->datasets.size() == 1) shape = dataset.shape, note = dataset.note;
  if (!note.empty())
    return cell.error(file, "cannot be used: " + printable(note), "save it as plain numbers");
  if (file.array.empty() && facts->datasets.size() > 1)
    return cell.error(file,
                      "holds " + textOf(facts->datasets.size()) + " data sets, none of them samples x values",
                      "save each run as an array of two dimensions");
  const bool repeats = cell.layout == ImportLayout::ShortClips && shape.size() == 3;
  if (shape.size() != 2 && !repeats)
    return cell.error(file,
                      (file.array.empty() ? "" : "\"" + printable(file.array) + "\" ") +
                          std::string("has the sizes ") + sizes(shape),
                      "a run is one array of samples x values");
  if (repeats) {
    cell.cell.repeats = shape[0];
    shape.erase(shape.begin());
  }
  if (looksTurned(shape))
    cell.error(file,
               "has the sizes " + sizes(shape) + ": " + textOf(shape[0]) +
                   " is the number of vertices of a template, where the samples should be",
               "turn it round (transpose): rows are samples, columns are vertices");
  cell.cell.shape = shape;
  if (cell.cell.samples > 0) cell.cell.shape[0] = cell.cell.samples;
}

}  // namespace

void describeShape(DescribedCell& cell) {
  for (const ImportFile& file : cell.cell.files) {
    if (file.role == FileRole::Volume) describeVolume(cell, file);
    if (file.role == FileRole::Grayordinates) describeGrayordinates(cell, file);
    if (file.role == FileRole::Array) describeArray(cell, file);
  }
  if (cell.cell.file(FileRole::Left) != nullptr || cell.cell.file(FileRole::Right) != nullptr)
    describeHemispheres(cell);
  if (!cell.cell.shape.empty()) cell.cell.samples = cell.cell.shape.front();
}

void checkCompanions(DescribedCell& cell) {
  const std::vector<std::int64_t>& shape = cell.cell.shape;
  const ImportFile* mask = cell.cell.file(FileRole::Mask);
  if (const FileFacts* facts =
          mask != nullptr && shape.size() == 4 ? cell.source.header(mask->file) : nullptr) {
    std::vector<std::int64_t> size = facts->shape.value_or(std::vector<std::int64_t>());
    size.resize(3, 1);
    if (!std::equal(size.begin(), size.end(), shape.begin() + 1))
      cell.error(*mask,
                 "has " + sizes(size) + " voxels; the run it belongs to has " +
                     sizes({shape.begin() + 1, shape.end()}),
                 "give the mask of the same space and resolution");
  }
  for (const FileRole role : {FileRole::Confounds, FileRole::Events}) {
    const ImportFile* table = cell.cell.file(role);
    if (table == nullptr || table->file.extension() != ".tsv") continue;
    const FileFacts* facts = cell.source.header(table->file);
    if (facts == nullptr || role == FileRole::Events || shape.empty() || facts->rows == shape.front())
      continue;
    cell.error(*table,
               "has " + textOf(facts->rows.value_or(0)) + " rows; the run it belongs to has " +
                   textOf(shape.front()) + " samples",
               "give the table of the same run, not cut");
  }
}

}  // namespace cortexscope::importing
