// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/matrix.h"

namespace cortexscope {

inline constexpr Index kMelBands = 32;
inline constexpr Index kSpectrumBins = 257;  ///< of a frame of 512 samples

/// The mel matrix (257 x 32, row-major, float32) inside the speech front end's ONNX file, written as .npy.
/// Errors   MissingFile; BadFile if there is no such matrix, or not exactly one, or it holds negative or
///          non-finite values
void importMelMatrix(const std::filesystem::path& onnxSource, const std::filesystem::path& npyFile);

}  // namespace cortexscope
