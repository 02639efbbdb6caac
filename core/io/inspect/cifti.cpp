// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "io/images/cifti.h"
#include "io/images/image.h"
#include "io/inspect/kinds.h"

namespace cortexscope::inspection {
namespace {

void describeModels(const CiftiColumns& columns, FileFacts& facts) {
  bool left = false, right = false;
  for (const BrainModel& model : columns.models) {
    facts.brainModels.push_back({model.structure, model.offset, model.count(), model.surfaceVertices});
    left = left || model.structure == "CIFTI_STRUCTURE_CORTEX_LEFT";
    right = right || model.structure == "CIFTI_STRUCTURE_CORTEX_RIGHT";
    if (model.isSurface() && facts.space.empty()) facts.space = templateWithVertices(model.surfaceVertices);
  }
  if (left || right) facts.hemisphere = left && right ? "both" : left ? "left" : "right";
}

void describeRows(const CiftiRows& rows, FileFacts& facts) {
  facts.kind = rows.kind == CiftiRows::Kind::Series   ? "timeseries"
               : rows.kind == CiftiRows::Kind::Labels ? "labels"
                                                      : "morphometry";
  if (rows.kind == CiftiRows::Kind::Series && rows.unit == "SECOND") facts.trSec = rows.step;
  facts.maps = rows.names;
  if (!rows.labelTables.empty())
    for (const Region& region : rows.labelTables.front()) facts.labelNames.push_back(region.name);
}

}  // namespace

namespace {

void describe(const CiftiHeader& header, FileFacts& facts) {
  describeRows(header.rows, facts);
  describeModels(header.columns, facts);
  if (!header.columns.dense())
    for (const CiftiParcel& parcel : header.columns.parcels) facts.columns.push_back(parcel.name);
  if (header.columns.volumeSize[0] > 0) facts.affine = header.columns.mmFromVoxel;
  facts.format = "CIFTI-2";
  facts.shape = {{header.rows.count, header.columns.count()}};
  facts.dtype = nameOf(header.storedType);
  facts.warnings = header.warnings;
}

}  // namespace

void ciftiHeader(const std::filesystem::path& file, FileFacts& facts) {
  describe(readCiftiHeader(file), facts);
}

void cifti(const std::filesystem::path& file, const Job& job, FileFacts& facts) {
  const CiftiHeader header = readCiftiHeader(file);
  describe(header, facts);
  if (header.rows.kind == CiftiRows::Kind::Labels) {  // read whole, so that keys are compared with the table
    const CiftiMatrix matrix = readCifti(file, job);
    facts.numbers = summaryOf(matrix.values);
    facts.warnings = matrix.header.warnings;
    return;
  }
  ImageReader reader(file);
  facts.numbers = summaryOf(reader, job);
  facts.warnings = reader.info().warnings;
}

}  // namespace cortexscope::inspection
