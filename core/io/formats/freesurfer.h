#pragma once

#include <string>
#include <string_view>

#include "cortex/parcellation.h"
#include "cortex/surface.h"

// FreeSurfer's binary files, all big-endian. `contents` is the whole (unpacked) file, `file` its name for
// messages. Errors   BadFile naming the field, the byte and both numbers; Unsupported for formats recognised
// but not read

namespace cortexscope::freesurfer {

/// True if the file starts like a surface: triangles, or the older quadrangles (which readSurface refuses by
/// name).
bool isSurface(std::string_view contents);
Surface readSurface(std::string_view contents, const std::string& file);

/// True for the new layout (a mark of three 0xff bytes) and for the old one (24-bit counts that fit the
/// file's size).
bool isCurv(std::string_view contents);
VectorF readCurv(std::string_view contents, const std::string& file);

/// Either version of colour table. Region keys are the table's indices; vertices whose colour code is in no
/// entry get kNoRegion. Without a table every colour code becomes a region named by its number.
Parcellation readAnnot(std::string_view contents, const std::string& file);

}  // namespace cortexscope::freesurfer
