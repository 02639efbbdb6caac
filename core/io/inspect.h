#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/job.h"
#include "io/file_facts.h"

namespace cortexscope {

/// Says what a file of data is, by its content: every format that io reads. Values are read through once, in
/// blocks.
/// Errors   MissingFile; BadFile, Unsupported as the format's reader says them
FileFacts inspectData(const std::filesystem::path& file, const Job& job);

/// True if the bytes and the name are those of a network in ONNX form, which io does not read.
bool looksLikeNetwork(const std::filesystem::path& file);

}  // namespace cortexscope
