// SPDX-License-Identifier: GPL-3.0-or-later
#include <bit>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/parsing/byte_reader.h"
#include "io/surfaces/gifti.h"
#include "io/surfaces/surface_files.h"

namespace cortexscope {
namespace {

std::string structureName(Hemisphere side) {
  return side == Hemisphere::Left ? "CortexLeft" : "CortexRight";
}

template <class T>
std::string littleEndianBytes(const T* values, Index count) {
  std::string bytes(static_cast<std::size_t>(count) * sizeof(T), '\0');
  for (Index i = 0; i < count; ++i) {
    const T value = numberAt<T>(reinterpret_cast<const char*>(values + i), std::endian::little);
    std::memcpy(bytes.data() + static_cast<std::size_t>(i) * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

}  // namespace

void writeGiftiSurface(const std::filesystem::path& file, const Surface& surface, Hemisphere side) {
  checkSurface(surface, file.string());
  require(surface.triangleCount() > 0, ErrorCode::BadShape,
          [&] { return file.string() + ": the surface to write has no triangles"; });
  gifti::OutputArray points{"NIFTI_INTENT_POINTSET",
                            {{"AnatomicalStructurePrimary", structureName(side)}},
                            {surface.vertexCount(), 3},
                            "NIFTI_TYPE_FLOAT32",
                            littleEndianBytes(surface.points.data(), surface.points.size()),
                            true};
  gifti::OutputArray triangles{"NIFTI_INTENT_TRIANGLE",
                               {},
                               {surface.triangleCount(), 3},
                               "NIFTI_TYPE_INT32",
                               littleEndianBytes(surface.triangles.data(), surface.triangles.size()),
                               false};
  writeFileAtomically(file, gifti::document({{}, nullptr, {std::move(points), std::move(triangles)}}));
}

void writeGiftiShape(const std::filesystem::path& file, const std::vector<NamedMap>& maps, Hemisphere side,
                     const std::string& description) {
  require(!maps.empty(), ErrorCode::BadShape, [&] { return file.string() + ": there is no map to write"; });
  gifti::Output output{
      {{"AnatomicalStructurePrimary", structureName(side)}, {"Description", description}}, nullptr, {}};
  for (const NamedMap& map : maps) {
    require(map.values.size() == maps.front().values.size() && map.values.size() > 0, ErrorCode::BadShape,
            [&] {
              return file.string() + ": the map \"" + map.name + "\" has " + textOf(map.values.size()) +
                     " values, the first one " + textOf(maps.front().values.size());
            });
    output.arrays.push_back({"NIFTI_INTENT_SHAPE",
                             {{"Name", map.name}},
                             {map.values.size()},
                             "NIFTI_TYPE_FLOAT32",
                             littleEndianBytes(map.values.data(), map.values.size()),
                             false});
  }
  writeFileAtomically(file, gifti::document(output));
}

void writeGiftiLabels(const std::filesystem::path& file, const Parcellation& regions, Hemisphere side) {
  require(!regions.keys.empty(), ErrorCode::BadShape,
          [&] { return file.string() + ": there are no labels to write"; });
  gifti::Output output{{{"AnatomicalStructurePrimary", structureName(side)}}, &regions.regions, {}};
  output.arrays.push_back({"NIFTI_INTENT_LABEL",
                           {{"Name", "regions"}},
                           {static_cast<Index>(regions.keys.size())},
                           "NIFTI_TYPE_INT32",
                           littleEndianBytes(regions.keys.data(), static_cast<Index>(regions.keys.size())),
                           false});
  writeFileAtomically(file, gifti::document(output));
}

}  // namespace cortexscope
