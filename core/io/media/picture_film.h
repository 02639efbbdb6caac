// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "base/job.h"
#include "io/media/media.h"

namespace cortexscope {

/// One picture file, PNG or JPEG by content.
/// Errors   MissingFile; Unsupported for other formats; BadFile if it cannot be decoded
/// Limits   as films: 16384 pixels a side, 100 million pixels
VideoFrame readPicture(const std::filesystem::path& file);

/// Writes pictures as a film without sound, each shown 1 / `picturesPerSec` seconds, one after the other.
/// FFV1 in Matroska: every picture has the bits that readPicture gives, and every one is a key frame.
///
/// film     ends in .mkv; what was there is overwritten
/// Errors   BadValue for no picture or a rate outside 0.01 .. 1000; BadShape if a picture has another size
///          than the first, with both; as readPicture; Io; Cancelled
void writePictureFilm(const std::filesystem::path& film, const std::vector<std::filesystem::path>& pictures,
                      double picturesPerSec, const Job& job = {});

}  // namespace cortexscope
