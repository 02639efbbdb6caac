// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/responses.h"

#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "import/make/parcels.h"
#include "import/make/voxels.h"
#include "io/arrays/array_file.h"
#include "io/images/cifti.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "preparation/space_check.h"
#include "preparation/volume_sampling.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

constexpr float kNoValue = std::numeric_limits<float>::quiet_NaN();

/// Reads one cell in whatever form it is.
struct CellReader {
  const Importing& importing;
  const ImportCortex& cortex;
  std::size_t person;
  const ImportCell& cell;
  const KeptVoxels* voxels;
  KeptClips& kept;
  const Job& job;

  Recorded read() const {
    if (const ImportFile* file = cell.file(FileRole::Volume)) return fromVolumes(*file);
    if (const ImportFile* file = cell.file(FileRole::Grayordinates)) return fromGrayordinates(*file);
    if (cell.file(FileRole::Left) != nullptr) return fromHemispheres();
    const ImportFile *array = cell.file(FileRole::Array), *mapper = cell.file(FileRole::Mapper);
    if (array != nullptr) return mapper != nullptr ? fromClips(*array, *mapper) : fromArray(*array);
    throw Error(ErrorCode::MissingFile, "there are no responses");
  }

  fs::path path(const ImportFile& file) const { return importing.source(file.file); }
  Index left() const { return cortex.mesh.left.vertexCount(); }
  Index right() const { return cortex.mesh.right.vertexCount(); }

  /// Responses against the surfaces, by name and by number. `files` stands in front of the message.
  void check(Index count, const fs::path& file, Recorded& recorded) const {
    const std::string& said = importing.plan.space;
    try {
      recorded.notes = checkResponseSpace({said, count}, {cortex.mesh.space, left(), right()});
    } catch (const Error& error) {
      throw error.within(file.string());
    }
  }

  void checkSide(Index count, Index expected, const fs::path& file) const {
    require(count == expected, ErrorCode::BadShape, [&] {
      return file.string() + ": has " + textOf(count) + " vertices, the surface of that hemisphere has " +
             textOf(expected) + " (" + cortex.mesh.space + "); responses are never cut to fit";
    });
  }

  Recorded fromHemispheres() const {
    const fs::path leftFile = path(*cell.file(FileRole::Left)), rightFile = path(*cell.file(FileRole::Right));
    const VertexMaps leftMaps = readVertexMaps(leftFile);
    job.checkpoint(0.3, "reading responses");
    const VertexMaps rightMaps = readVertexMaps(rightFile);
    job.checkpoint(0.6, "reading responses");
    Recorded recorded;
    check(leftMaps.values.cols() + rightMaps.values.cols(), leftFile, recorded);
    checkSide(leftMaps.values.cols(), left(), leftFile);
    checkSide(rightMaps.values.cols(), right(), rightFile);
    require(leftMaps.values.rows() == rightMaps.values.rows(), ErrorCode::BadShape, [&] {
      return rightFile.string() + ": has " + textOf(rightMaps.values.rows()) + " samples, " +
             leftFile.string() + " has " + textOf(leftMaps.values.rows());
    });
    recorded.values.resize(leftMaps.values.rows(), left() + right());
    recorded.values << leftMaps.values, rightMaps.values;
    return recorded;
  }

  /// Columns go to the vertices that the file names; the others, as the medial wall, have no value.
  Recorded fromGrayordinates(const ImportFile& file) const {
    const fs::path full = path(file);
    const CiftiMatrix matrix = readCifti(full, job);
    require(matrix.header.columns.dense(), ErrorCode::Unsupported, [&] {
      return full.string() +
             ": holds parcels; a study needs values per vertex, so give the .dtseries.nii file";
    });
    Recorded recorded;
    recorded.values = MatrixF::Constant(matrix.values.rows(), left() + right(), kNoValue);
    Index vertices = 0;
    for (const BrainModel& model : matrix.header.columns.models) {
      const bool isLeft = model.structure == "CIFTI_STRUCTURE_CORTEX_LEFT";
      if (!isLeft && model.structure != "CIFTI_STRUCTURE_CORTEX_RIGHT") continue;
      vertices += model.surfaceVertices;
      checkSide(model.surfaceVertices, isLeft ? left() : right(), full);
      for (Index i = 0; i < model.count(); ++i)
        recorded.values.col((isLeft ? 0 : left()) + model.vertices[std::size_t(i)]) =
            matrix.values.col(model.offset + i);
    }
    check(vertices, full, recorded);
    return recorded;
  }

  Recorded fromVolumes(const ImportFile& file) const {
    const fs::path full = path(file);
    if (voxels != nullptr) return {readVoxels(*voxels, full, job), std::nullopt, {}};
    std::optional<Volume> mask;
    if (const ImportFile* maskFile = cell.file(FileRole::Mask)) mask = readVolume(path(*maskFile));
    const SurfaceSampling sampling = samplingOf(importing, cortex, person, gridOf(ImageReader(full).info()),
                                                mask ? &*mask : nullptr, job.part(0, 0.2));
    Recorded recorded;
    recorded.values = sampleImage(sampling, full, importing.choices.threads, job.part(0.2, 1));
    recorded.coverage = sampling.coverage.shareInside();
    return recorded;
  }

  /// The samples of repeats that are kept apart follow each other.
  const MatrixF& clipsIn(const fs::path& full, const std::string& array) const {
    if (kept.file == full && kept.array == array) return kept.rows;
    kept.rows.resize(0, 0);  // before the next one comes
    const NumberArray numbers = readNumberArray(full, array, job);
    const Index cols = numbers.shape.empty() ? 0 : numbers.shape.back();
    require(cols > 0, ErrorCode::BadShape, [&] { return full.string() + ": holds no voxels"; });
    kept.rows = Eigen::Map<const MatrixF>(numbers.values.data(), std::ssize(numbers.values) / cols, cols);
    kept.file = full;
    kept.array = array;
    return kept.rows;
  }

  Recorded fromClips(const ImportFile& file, const ImportFile& mapper) const {
    const fs::path full = path(file);
    Recorded recorded;
    recorded.values = ownRows(clipsIn(full, file.array), full);
    if (voxels == nullptr) recorded.values = mapped(recorded.values, path(mapper), full);
    require(voxels == nullptr || recorded.values.cols() == voxels->voxelCount(), ErrorCode::BadShape, [&] {
      return full.string() + ": has " + textOf(recorded.values.cols()) + " voxels, the mapper has " +
             textOf(voxels->voxelCount());
    });
    return recorded;
  }

  /// This run's samples of an array that may hold several.
  MatrixF ownRows(const MatrixF& values, const fs::path& file) const {
    require(values.rows() >= cell.firstSample + cell.samples, ErrorCode::BadShape, [&] {
      return file.string() + ": has " + textOf(values.rows()) + " samples, the run ends at " +
             textOf(cell.firstSample + cell.samples);
    });
    return values.middleRows(cell.firstSample, cell.samples);
  }

  MatrixF mapped(const MatrixF& recorded, const fs::path& mapperFile, const fs::path& file) const {
    if (!kept.mapper) kept.mapper = readVoxelMapper(mapperFile, job);
    const VoxelMapper& mapper = *kept.mapper;
    checkSide(mapper.rows() / 2, left(), mapperFile);
    checkSide(mapper.rows() / 2, right(), mapperFile);
    try {
      return onVertices(mapper, recorded);
    } catch (const Error& error) {
      throw error.within(file.string());
    }
  }

  MatrixF spread(const MatrixF& parcels, const fs::path& file) const {
    require(parcels.cols() == cortex.parcels, ErrorCode::BadShape, [&] {
      return file.string() + ": has " + textOf(parcels.cols()) + " parcels, the parcellation has " +
             textOf(cortex.parcels);
    });
    return onVertices(cortex.parcelOf, parcels);
  }

  Recorded fromArray(const ImportFile& file) const {
    const fs::path full = path(file);
    Recorded recorded;
    recorded.values = ownRows(readArrayMatrix(full, file.array, job), full);
    if (cortex.parcels > 0)
      recorded.values = spread(recorded.values, full);
    else
      check(recorded.values.cols(), full, recorded);
    return recorded;
  }
};

}  // namespace

Recorded readRecorded(const Importing& importing, const ImportCortex& cortex, std::size_t person,
                      std::size_t run, const KeptVoxels* voxels, KeptClips& kept, const Job& job) {
  const ImportCell& cell = *importing.plan.cells[person][run];
  Recorded recorded = CellReader{importing, cortex, person, cell, voxels, kept, job}.read();
  require(recorded.values.rows() == cell.samples, ErrorCode::BadShape, [&] {
    return "has " + textOf(recorded.values.rows()) + " samples; its header says " + textOf(cell.samples);
  });
  return recorded;
}

Confounds confoundsOf(const Importing& importing, const ImportCell& cell) {
  const ImportFile* table = cell.file(FileRole::Confounds);
  if (table == nullptr || table->file.extension() != ".tsv") return {};
  for (const CleaningStep& step : importing.cleaning)
    if (const auto* regress = std::get_if<RegressConfounds>(&step))
      return confoundsFromTable(readTable(importing.source(table->file)), regress->columns,
                                importing.source(table->file));
  return {};
}

}  // namespace cortexscope::importing
