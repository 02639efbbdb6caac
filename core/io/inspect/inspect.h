// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/job.h"
#include "io/inspect/file_facts.h"

namespace cortexscope {

/// Says what a file of data is, by its content: every format that io reads. Values are read through once, in
/// blocks.
/// Errors   MissingFile; BadFile, Unsupported as the format's reader says them
FileFacts inspectData(const std::filesystem::path& file, const Job& job);

/// The same from headers alone, in a time that does not grow with the number of values: no `numbers`, and of
/// GIFTI the sizes that its first array claims. Tables are read whole; a compressed image whose last bytes do
/// not confirm the declared size is unpacked once, to tell a cut file from an unusual one.
/// Errors   as inspectData, without damage inside the values; Unsupported for FreeSurfer and MNI files and
///          networks, which have no header worth the name
FileFacts inspectHeader(const std::filesystem::path& file, const Job& job = {});

/// True if the bytes and the name are those of a network in ONNX form, which io does not read.
bool looksLikeNetwork(const std::filesystem::path& file);

}  // namespace cortexscope
