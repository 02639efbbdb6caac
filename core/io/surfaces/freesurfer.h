// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cortex/parcellation.h"
#include "cortex/surface.h"

// FreeSurfer's surfaces and what belongs to their vertices; binary files are big-endian. `contents` is the
// whole (unpacked) file, `file` its name for messages. Errors   BadFile naming the field, the byte and both
// numbers; Unsupported for formats recognised but not read

namespace cortexscope::freesurfer {

/// True if the file starts like a surface: triangles, or the older quadrangles.
bool isSurface(std::string_view contents);
/// True for the two older layouts, with coordinates as numbers of 4 bytes or as hundredths of a mm.
bool isQuadSurface(std::string_view contents);
/// Quadrangles become two triangles each, along the diagonal that FreeSurfer itself takes.
Surface readSurface(std::string_view contents, const std::string& file);

/// Three bytes as a number, as the old formats count: the first is the highest.
inline std::int32_t number24(std::string_view bytes) {
  std::int32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

/// Some vertices of a surface, cut out and flattened.
struct Patch {
  std::vector<std::int32_t> vertices;  ///< indices into the whole surface, from 0
  std::vector<bool> onBorder;          ///< one per vertex: lies on a cut
  Points points;                       ///< mm; z is 0 once flattened
};
bool isPatch(std::string_view contents);
Patch readPatch(std::string_view contents, const std::string& file);

/// Some vertices of a surface with a value each; text.
struct VertexLabel {
  std::vector<std::int32_t> vertices;  ///< from 0; -1: a place in a volume that belongs to no vertex
  Points points;                       ///< mm
  VectorF values;
};
bool isLabel(std::string_view contents);
VertexLabel readLabel(std::string_view contents, const std::string& file);

/// True for the new layout (a mark of three 0xff bytes) and for the old one (24-bit counts that fit the
/// file's size).
bool isCurv(std::string_view contents);
VectorF readCurv(std::string_view contents, const std::string& file);

/// Either version of colour table. Region keys are the table's indices; vertices whose colour code is in no
/// entry get kNoRegion. Without a table every colour code becomes a region named by its number, with a
/// warning.
Parcellation readAnnot(std::string_view contents, const std::string& file);

}  // namespace cortexscope::freesurfer
