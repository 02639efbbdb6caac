// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to io/media.

#include <filesystem>
#include <string>
#include <vector>

namespace cortexscope {

/// What a RIFF WAVE file says of itself that its bytes do not bear out, which FFmpeg passes over in silence:
/// more or less sound than is there, samples of 0 bytes. Empty for any other file.
std::vector<std::string> wavHeaderWarnings(const std::filesystem::path& file);

}  // namespace cortexscope
