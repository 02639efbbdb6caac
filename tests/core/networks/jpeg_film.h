// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace cortexscope::test {

/// Puts a JPEG picture, as it is, into a Matroska film of one frame. Throws std::runtime_error.
void writeJpegAsFilm(const std::filesystem::path& jpeg, const std::filesystem::path& film);

}  // namespace cortexscope::test
