// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/public_layouts.h"

#include <QImage>
#include <array>
#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <string>

#include "core/cortex/meshes.h"
#include "core/import/measured_source.h"
#include "core/io/arrays/hdf5_spec.h"
#include "core/study/tiny_study.h"
#include "io/images/cifti.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "support/expect.h"

namespace cortexscope::test {
namespace {

namespace fs = std::filesystem;

void writeText(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// A data set of these sizes, made with the library itself.
template <class Values>
void addData(const Hdf5File& file, const std::string& name, const std::vector<hsize_t>& sizes, hid_t type,
             hid_t memory, const Values& values) {
  const hid_t space = H5Screate_simple(int(sizes.size()), sizes.data(), nullptr);
  const hid_t data = H5Dcreate2(file.id(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite(data, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(data);
  H5Sclose(space);
}

void addMatrix(const Hdf5File& file, const std::string& name, const std::vector<hsize_t>& sizes,
               const MatrixF& values) {
  addData(file, name, sizes, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values);
}

void addWhole(const Hdf5File& file, const std::string& name, const std::vector<int>& values) {
  addData(file, name, {values.size()}, H5T_STD_I32LE, H5T_NATIVE_INT, values);
}

/// A closed mesh with as many vertices as fsLR 32k has: 90 rings of 361 and two poles.
Surface ringSphere(float radiusMm) {
  constexpr int kRings = 90, kAround = 361;
  static_assert(kRings * kAround + 2 == kFsLrVertices);
  Surface sphere;
  sphere.points.resize(kFsLrVertices, 3);
  sphere.points.row(0) << 0, 0, radiusMm;
  sphere.points.row(kFsLrVertices - 1) << 0, 0, -radiusMm;
  std::vector<std::array<int, 3>> triangles;
  const auto at = [](int ring, int place) { return 1 + ring * kAround + place % kAround; };
  for (int ring = 0; ring < kRings; ++ring)
    for (int place = 0; place < kAround; ++place) {
      const double down = std::numbers::pi * (ring + 1) / (kRings + 1),
                   round = 2 * std::numbers::pi * place / kAround;
      sphere.points.row(at(ring, place)) << float(radiusMm * std::sin(down) * std::cos(round)),
          float(radiusMm * std::sin(down) * std::sin(round)), float(radiusMm * std::cos(down));
      if (ring == 0) triangles.push_back({0, at(0, place), at(0, place + 1)});
      if (ring + 1 == kRings) {
        triangles.push_back({int(kFsLrVertices) - 1, at(ring, place + 1), at(ring, place)});
        continue;
      }
      triangles.push_back({at(ring, place), at(ring + 1, place), at(ring + 1, place + 1)});
      triangles.push_back({at(ring, place), at(ring + 1, place + 1), at(ring, place + 1)});
    }
  sphere.triangles.resize(std::ssize(triangles), 3);
  for (std::size_t t = 0; t < triangles.size(); ++t)
    sphere.triangles.row(Index(t)) << triangles[t][0], triangles[t][1], triangles[t][2];
  return sphere;
}

BrainModel wallessModel(const char* structure, Index offset) {
  BrainModel model{structure, offset, kFsLrVertices, {}, {}};
  for (Index v = 0; v + kFsLrWall < kFsLrVertices; ++v) model.vertices.push_back(std::int32_t(v));
  return model;
}

void writePictures(const fs::path& folder, Index count, int seed) {
  fs::create_directories(folder);
  for (Index i = 0; i < count; ++i) {
    QImage picture(64, 48, QImage::Format_RGB888);
    picture.fill(QColor(int(i * 4) % 256, (seed * 40) % 256, int(i * 7) % 256));
    picture.save(QString::fromStdString((folder / ("picture_" + textOf(i) + ".png")).string()));
  }
}

/// Two voxels for each vertex but the last ten of each side.
struct ClipMapper {
  std::vector<double> weights;
  std::vector<int> voxels, starts{0};

  explicit ClipMapper(int person) {
    for (Index vertex = 0; vertex < 2 * kSmallHalf; ++vertex) {
      if (vertex % kSmallHalf < kSmallHalf - 10)
        for (const int i : {0, 1}) {
          voxels.push_back(int((3 * vertex + 11 * i + person) % kClipVoxels));
          weights.push_back(i == 0 ? 0.75 : 0.25);
        }
      starts.push_back(int(voxels.size()));
    }
  }
};

void writeMapper(const fs::path& path, int person) {
  const ClipMapper mapper(person);
  const Hdf5File file(path);
  addData(file, "voxel_to_fsaverage_data", {mapper.weights.size()}, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
          mapper.weights);
  addWhole(file, "voxel_to_fsaverage_indices", mapper.voxels);
  addWhole(file, "voxel_to_fsaverage_indptr", mapper.starts);
  addWhole(file, "voxel_to_fsaverage_shape", {2 * int(kSmallHalf), int(kClipVoxels)});
  addWhole(file, "voxel_to_flatmap_shape", {16, int(kClipVoxels)});
  addWhole(file, "flatmap_mask", {1, 0, 1});
  addWhole(file, "roi_mask_V1", std::vector<int>(std::size_t(kClipVoxels), 1));
}

template <class Number>
std::string bigEndian(Number number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += char(std::uint32_t(number) >> shift & 255);
  return bytes;
}

/// A FreeSurfer annotation: the medial wall and `parcels` parcels in order.
void writeAnnot(const fs::path& file, const std::string& side, Index parcels) {
  const auto code = [](Index region) { return std::uint32_t(1 + 20 * region); };
  std::string bytes = bigEndian(kSmallHalf);
  for (Index v = 0; v < kSmallHalf; ++v)
    bytes += bigEndian(v) + bigEndian(code(v < 10 ? 0 : 1 + v % parcels));
  bytes += bigEndian(1) + bigEndian(-2) + bigEndian(parcels + 1);
  const std::string origin = "made for a test";
  bytes += bigEndian(origin.size() + 1) + origin + '\0' + bigEndian(parcels + 1);
  for (Index region = 0; region <= parcels; ++region) {
    const std::string name = region == 0 ? "Background+FreeSurfer_Defined_Medial_Wall"
                                         : "7Networks_" + side + "_" + textOf(region);
    bytes += bigEndian(region) + bigEndian(name.size() + 1) + name + '\0' + bigEndian(code(region)) +
             bigEndian(0) + bigEndian(0) + bigEndian(0);
  }
  writeText(file, bytes);
}

}  // namespace

MatrixF recipeValues(int person, Index run, Index places) {
  return gaussian(kRecipeSamples, places, 300u + 10u * unsigned(person) + unsigned(run));
}

void writeBudapest(const fs::path& folder) {
  constexpr Index kHalf = 10242;
  for (Index run = 0; run < kRecipeRuns; ++run) {
    const std::string number = textOf(run + 1);
    const std::string stem =
        (folder / "derivatives/sub-sid000005/func/sub-sid000005_task-movie_run-").string() + number;
    writeText(stem + "_hemi-L_space-fsaverage5_bold.json", "{\"RepetitionTime\": 1}");
    writeText(stem + "_hemi-R_space-fsaverage5_bold.json", "{\"RepetitionTime\": 1}");
    const MatrixF values = recipeValues(0, run, 2 * kHalf);
    for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
      const bool left = side == Hemisphere::Left;
      std::vector<NamedMap> maps;
      for (Index t = 0; t < values.rows(); ++t)
        maps.push_back({"", values.row(t).segment(left ? 0 : kHalf, kHalf).transpose()});
      writeGiftiShape(stem + (left ? "_hemi-L" : "_hemi-R") + "_space-fsaverage5_bold.func.gii", maps, side,
                      "");
    }
    writeTsv(stem + "_desc-confounds_timeseries.tsv",
             {"trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"},
             measuredMotion(0, run).topRows(kRecipeSamples));
    fs::create_directories(folder / "films");
    writeTinyFilm(folder / "films" / ("part" + number + ".mkv"), kRecipeSamples);
  }
  writeMeasuredSurfaces(folder / "fsaverage5", 5);
}

void writeHcpMovies(const fs::path& folder) {
  const fs::path person = folder / "hcp/100610/MNINonLinear";
  static constexpr std::array kNames = {"tfMRI_MOVIE1_7T_AP", "tfMRI_MOVIE2_7T_PA", "tfMRI_MOVIE3_7T_PA"};
  constexpr Index kKept = kFsLrVertices - kFsLrWall;
  for (Index run = 0; run < kRecipeRuns; ++run) {
    const std::string name = kNames[std::size_t(run)];
    CiftiHeader header;
    header.rows.kind = CiftiRows::Kind::Series;
    header.rows.count = kRecipeSamples;
    header.rows.step = 1;
    header.columns.models = {wallessModel("CIFTI_STRUCTURE_CORTEX_LEFT", 0),
                             wallessModel("CIFTI_STRUCTURE_CORTEX_RIGHT", kKept)};
    const fs::path results = person / "Results" / name;
    fs::create_directories(results);
    writeCifti(results / (name + "_Atlas_MSMAll_hp2000_clean.dtseries.nii"), header,
               recipeValues(0, run, 2 * kKept));
    fs::create_directories(folder / "films");
    const fs::path film = folder / "films" / ("movie" + textOf(run + 1));
    writeTinyFilm(fs::path(film).concat(".mkv"), kRecipeSamples);
    fs::rename(fs::path(film).concat(".mkv"),
               fs::path(film).concat(".mp4"));  // films are known by their content
  }
  fs::create_directories(person / "fsaverage_LR32k");
  for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right})
    writeGiftiSurface(person / "fsaverage_LR32k" /
                          (std::string("100610.") + (side == Hemisphere::Left ? "L" : "R") +
                           ".midthickness_MSMAll.32k_fs_LR.surf.gii"),
                      ringSphere(50), side);
}

void writeShortClips(const fs::path& folder) {
  const fs::path clips = folder / "shortclips";
  for (const char* name : {"responses", "mappers", "stimuli"}) fs::create_directories(clips / name);
  for (int person = 0; person < 2; ++person) {
    const std::string id = "S0" + textOf(person + 1);
    const Hdf5File file(clips / "responses" / (id + "_responses.hdf"));
    MatrixF train(2 * kRecipeSamples, kClipVoxels), test(kClipRepeats * kRecipeSamples, kClipVoxels);
    train << recipeValues(person, 0, kClipVoxels), recipeValues(person, 1, kClipVoxels);
    for (Index repeat = 0; repeat < kClipRepeats; ++repeat)
      test.middleRows(repeat * kRecipeSamples, kRecipeSamples) =
          recipeValues(person, 9, kClipVoxels) + recipeValues(person, 2 + repeat, kClipVoxels);
    addMatrix(file, "Y_train", {2 * kRecipeSamples, kClipVoxels}, train);
    addMatrix(file, "Y_test", {kClipRepeats, kRecipeSamples, kClipVoxels}, test);
    addWhole(file, "run_onsets", {0, int(kRecipeSamples)});
    writeMapper(clips / "mappers" / (id + "_mappers.hdf"), person);
  }
  int seed = 0;
  for (const char* run : {"train_00", "train_01", "test"}) {
    Hdf5File stack(clips / "stimuli" / (std::string(run) + ".hdf"));
    stack.add("stimuli", {4, 6, 6, 3}, H5T_STD_U8LE);
    writePictures(clips / "stimuli" / run, 2 * kRecipeSamples * kClipPictures, ++seed);
  }
  writeMeasuredSurfaces(folder / "fsaverage", 2);
}

MatrixF mappedClips(const MatrixF& voxels, int person) {
  const ClipMapper mapper(person);
  MatrixF mapped = MatrixF::Constant(voxels.rows(), 2 * kSmallHalf, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t v = 0; v + 1 < mapper.starts.size(); ++v)
    if (mapper.starts[v] < mapper.starts[v + 1])
      mapped.col(Index(v)) = 0.75f * voxels.col(mapper.voxels[std::size_t(mapper.starts[v])]) +
                             0.25f * voxels.col(mapper.voxels[std::size_t(mapper.starts[v]) + 1]);
  return mapped;
}

void writeAlgonauts(const fs::path& folder) {
  const fs::path root = folder / "algonauts";
  // Sessions differ between people; what they saw does not.
  static constexpr std::array<std::array<const char*, 3>, 2> kSegments = {
      {{"ses-001_task-bourne01", "ses-001_task-bourne02", "ses-004_task-wolf01"},
       {"ses-002_task-bourne01", "ses-003_task-bourne02", "ses-001_task-wolf01"}}};
  for (int person = 0; person < 2; ++person) {
    const std::string id = "sub-0" + textOf(person + 1);
    fs::create_directories(root / "fmri" / id / "func");
    const Hdf5File file(
        root / "fmri" / id / "func" /
        (id + "_task-movie10_space-MNI152NLin2009cAsym_atlas-Schaefer18_parcel-1000Par7Net_bold.h5"));
    for (Index run = 0; run < kRecipeRuns; ++run)
      addMatrix(file, kSegments[std::size_t(person)][std::size_t(run)], {kRecipeSamples, kParcels},
                recipeValues(person, run, kParcels));
  }
  for (const char* film : {"bourne/bourne01", "bourne/bourne02", "wolf/wolf01"}) {
    const fs::path target = root / "stimuli/movies/movie10" / (std::string(film) + ".mkv");
    fs::create_directories(target.parent_path());
    writeTinyFilm(target, 2 * kRecipeSamples);
  }
  for (const std::string name : {"surfaces", "wrong"}) {
    writeMeasuredSurfaces(folder / name, 2);
    const Index parcels = name == "wrong" ? kParcels / 2 - 1 : kParcels / 2;
    writeAnnot(folder / name / "lh.Schaefer2018_1000Parcels_7Networks_order.annot", "LH", parcels);
    writeAnnot(folder / name / "rh.Schaefer2018_1000Parcels_7Networks_order.annot", "RH", parcels);
  }
}

Index parcelAt(Index vertex) {
  const Index place = vertex % kSmallHalf;
  if (place < 10) return -1;
  return place % (kParcels / 2) + (vertex < kSmallHalf ? 0 : kParcels / 2);
}

}  // namespace cortexscope::test
