// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/parcels.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "import/scan/names.h"
#include "import/scan/source_scan.h"
#include "io/images/cifti.h"
#include "io/surfaces/surface_files.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// A parcellation of both hemispheres, not yet known to fit.
struct Labels {
  std::string name;  ///< of its file or files
  Parcellation left, right;
};

bool endsIn(const fs::path& file, const char* ending) {
  return lowerCase(file.filename().string()).ends_with(ending);
}

/// The file of the right hemisphere that goes with this one of the left; as it was if the name says no side.
std::string partnerOf(std::string name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSides{
      {{"lh.", "rh."}, {"hemi-l", "hemi-r"}, {".l.", ".r."}, {"_l.", "_r."}, {"left", "right"}}};
  for (const auto& [left, right] : kSides) {
    const std::size_t at = name.find(left);
    if (at != std::string::npos) return name.replace(at, left.size(), right);
  }
  return name;
}

/// Label files of the given folder and the source, absolute.
std::vector<fs::path> labelFiles(const Importing& importing) {
  std::vector<fs::path> files;
  std::set<fs::path> folders{importing.plan.source};
  if (!importing.choices.surfaces.empty()) folders.insert(fs::canonical(importing.choices.surfaces));
  for (const fs::path& folder : folders)
    for (const ScannedFile& file : scanSource(folder).files)
      for (const char* ending : {".annot", ".label.gii", ".label.gii.gz", ".dlabel.nii"})
        if (endsIn(file.path, ending)) files.push_back(folder / file.path);
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

Parcellation sideOf(const CiftiMatrix& matrix, const char* structure) {
  Parcellation side;
  for (const BrainModel& model : matrix.header.columns.models) {
    if (model.structure != structure) continue;
    side.regions = matrix.header.rows.labelTables.at(0);
    side.keys.assign(std::size_t(model.surfaceVertices), kNoRegion);
    for (Index i = 0; i < model.count(); ++i)
      side.keys[std::size_t(model.vertices[std::size_t(i)])] =
          std::int32_t(matrix.values(0, model.offset + i));
  }
  return side;
}

Labels readGrayordinateLabels(const fs::path& file) {
  const CiftiMatrix matrix = readCifti(file);
  require(matrix.header.rows.kind == CiftiRows::Kind::Labels && matrix.header.columns.dense(),
          ErrorCode::Unsupported, [&] { return file.string() + ": holds no labels of vertices"; });
  return {file.string(), sideOf(matrix, "CIFTI_STRUCTURE_CORTEX_LEFT"),
          sideOf(matrix, "CIFTI_STRUCTURE_CORTEX_RIGHT")};
}

/// All parcellations there are; those that cannot be read are named in `unread`.
std::vector<Labels> allLabels(const Importing& importing, std::string& unread) {
  const std::vector<fs::path> files = labelFiles(importing);
  std::map<std::string, fs::path> byLowerName;
  for (const fs::path& file : files) byLowerName[lowerCase(file.string())] = file;
  std::vector<Labels> all;
  for (const fs::path& file : files) {
    const std::string name = lowerCase(file.filename().string());
    const std::string folder = lowerCase(file.parent_path().string()) + "/";
    const auto right = byLowerName.find(folder + partnerOf(name));
    try {
      if (name.ends_with(".dlabel.nii"))
        all.push_back(readGrayordinateLabels(file));
      else if (partnerOf(name) != name && right != byLowerName.end())
        all.push_back({file.string() + " and " + right->second.filename().string(), readParcellation(file),
                       readParcellation(right->second)});
    } catch (const Error& error) {
      unread += "\n  " + printable(error.what());
    }
  }
  return all;
}

/// Labels of places that are no parcels: the medial wall, or nothing.
bool isNothing(const std::string& name) {
  const std::string lower = lowerCase(name);
  return lower.empty() || lower == "???" || lower == "unknown" || lower == "none" ||
         lower.starts_with("background") || lower.find("medial_wall") != std::string::npos ||
         lower.find("medial wall") != std::string::npos;
}

/// Column of each key.
using Columns = std::map<std::int32_t, Index>;

Columns columnsOf(const Parcellation& side, Index first) {
  Columns columns;
  for (const Region& region : side.regions)
    if (!isNothing(region.name)) columns[region.key] = 0;
  for (auto& [key, column] : columns) column = first++;
  return columns;
}

/// True if both hemispheres are told apart by the labels of one table.
bool shareOneTable(const Labels& labels, const Columns& left, const Columns& right) {
  const auto sameName = [](const Region& a, const Region& b) { return a.key == b.key && a.name == b.name; };
  if (!std::equal(labels.left.regions.begin(), labels.left.regions.end(), labels.right.regions.begin(),
                  labels.right.regions.end(), sameName))
    return false;
  const std::set<std::int32_t> onRight(labels.right.keys.begin(), labels.right.keys.end());
  return std::none_of(labels.left.keys.begin(), labels.left.keys.end(), [&](std::int32_t key) {
    return left.contains(key) && right.contains(key) && onRight.contains(key);
  });
}

struct Placed {
  std::string name;
  Index parcels = 0;
  std::vector<Index> columnOf;  ///< [vertex]
};

Placed placed(const Labels& labels) {
  const Columns left = columnsOf(labels.left, 0);
  Columns right = columnsOf(labels.right, std::ssize(left));
  Index parcels = std::ssize(left) + std::ssize(right);
  if (shareOneTable(labels, left, right)) right = left, parcels = std::ssize(left);
  Placed found{labels.name, parcels, {}};
  const auto add = [&](const Parcellation& side, const Columns& columns) {
    for (const std::int32_t key : side.keys) {
      const auto column = columns.find(key);
      found.columnOf.push_back(column == columns.end() ? -1 : column->second);
    }
  };
  add(labels.left, left);
  add(labels.right, right);
  return found;
}

void sayWhatItMeans(Importing& importing, const Placed& found) {
  const std::set<Index> used(found.columnOf.begin(), found.columnOf.end());
  const auto inside =
      std::count_if(found.columnOf.begin(), found.columnOf.end(), [](Index column) { return column >= 0; });
  const Index empty = found.parcels - std::ssize(used) + (used.contains(-1) ? 1 : 0);
  importing.say(Severity::Note, found.name, "",
                textOf(found.parcels) + " parcels are shown on " + textOf(inside) +
                    " vertices; all vertices of a parcel share one series, so numbers of vertices (of "
                    "significant ones, too) count a parcel as often as it has vertices",
                "read maps by parcels");
  if (empty > 0)
    importing.say(Severity::Warning, found.name, "",
                  textOf(empty) + " parcels have no vertex on this cortex; their series are left out",
                  "take a finer surface if they matter");
}

}  // namespace

std::vector<Index> parcelsOfVertices(Importing& importing, const Cortex& cortex, Index parcels) {
  const std::string need =
      importing.plan.source.string() + ": has series of " + textOf(parcels) +
      " parcels, for which a parcellation of the surfaces is needed (lh. and rh. .annot, "
      "two .label.gii, or a .dlabel.nii in the folder of --surfaces)";
  std::string others;
  std::vector<Placed> fitting;
  for (const Labels& labels : allLabels(importing, others)) {
    Placed found = placed(labels);
    const bool onMesh = std::ssize(labels.left.keys) == cortex.left.vertexCount() &&
                        std::ssize(labels.right.keys) == cortex.right.vertexCount();
    others += "\n  " + labels.name + ": " + textOf(found.parcels) + " parcels on " +
              textOf(labels.left.keys.size()) + " + " + textOf(labels.right.keys.size()) + " vertices";
    if (onMesh && found.parcels == parcels) fitting.push_back(std::move(found));
  }
  require(!others.empty(), ErrorCode::MissingFile, [&] { return need + "; none is there"; });
  require(!fitting.empty(), ErrorCode::BadShape, [&] {
    return need + "; none with " + textOf(parcels) + " parcels on " + textOf(cortex.left.vertexCount()) +
           " + " + textOf(cortex.right.vertexCount()) + " vertices is there, but:" + others;
  });
  require(fitting.size() == 1, ErrorCode::BadValue, [&] {
    return need + "; " + fitting[0].name + " and " + fitting[1].name +
           " both fit, and nothing says which is meant: leave one of them in the folder";
  });
  sayWhatItMeans(importing, fitting.front());
  return std::move(fitting.front().columnOf);
}

MatrixF onVertices(const std::vector<Index>& parcelOf, const MatrixF& parcels) {
  MatrixF values =
      MatrixF::Constant(parcels.rows(), std::ssize(parcelOf), std::numeric_limits<float>::quiet_NaN());
  for (Index vertex = 0; vertex < values.cols(); ++vertex)
    if (const Index parcel = parcelOf[std::size_t(vertex)]; parcel >= 0)
      values.col(vertex) = parcels.col(parcel);
  return values;
}

}  // namespace cortexscope::importing
