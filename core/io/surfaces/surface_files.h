// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cortex/parcellation.h"
#include "cortex/surface.h"

namespace cortexscope {

/// Reads one mesh, format by content: GIFTI (.surf.gii, also gzipped), FreeSurfer surface (triangles or
/// quadrangles), MNI/BIC text polygons (.obj, also gzipped).
/// Errors   MissingFile; BadFile naming the place (line, byte, field) and both numbers; Unsupported
Surface readSurface(const std::filesystem::path& file);

/// Reads a mesh that holds both hemispheres as two equal, unconnected halves, left first (MNI/BIC files).
/// Errors   BadShape if the halves are connected or differ in size
std::pair<Surface, Surface> readTwoHemisphereSurface(const std::filesystem::path& file);

/// Values per vertex, one row per map or time step.
struct VertexMaps {
  MatrixF values;                     ///< maps x vertices
  std::vector<std::string> names;     ///< one per map; "" where the file gives none
  std::optional<double> trSec;        ///< where the file says it of a series
  std::vector<std::string> warnings;  ///< odd but usable things, each a sentence with the file
};

/// Reads FreeSurfer curv (old and new), MGH and NIfTI with one dimension in space, GIFTI (.func, .shape,
/// .time: all its arrays), plain text numbers (one map); .gz of these.
/// Errors   MissingFile; BadFile naming the place and both numbers; Unsupported
VertexMaps readVertexMaps(const std::filesystem::path& file);

/// The first map of readVertexMaps.
VectorF readVertexValues(const std::filesystem::path& file);

/// Regions of one hemisphere or cortex: FreeSurfer .annot, GIFTI .label.gii.
Parcellation readParcellation(const std::filesystem::path& file);

/// Regions given as plain text: one code per vertex (`valuesFile`), and lines of code and name
/// (`labelsFile`).
Parcellation readTextParcellation(const std::filesystem::path& valuesFile,
                                  const std::filesystem::path& labelsFile);

void writeGiftiSurface(const std::filesystem::path& file, const Surface& surface, Hemisphere side);

/// One map per entry; `description` goes into the file's metadata (the word "simulated" with it where it
/// applies).
struct NamedMap {
  std::string name;
  VectorF values;
};
void writeGiftiShape(const std::filesystem::path& file, const std::vector<NamedMap>& maps, Hemisphere side,
                     const std::string& description);
void writeGiftiLabels(const std::filesystem::path& file, const Parcellation& regions, Hemisphere side);

}  // namespace cortexscope
