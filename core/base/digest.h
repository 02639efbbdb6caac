// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/job.h"
#include "base/text.h"

namespace cortexscope {

/// SHA-256 over a sequence of named parts: the key of a step's inputs and options.
/// Each part is framed by its length, so ("ab","c") and ("a","bc") differ.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  Digest& add(std::string_view text);
  Digest& add(const char* text) { return add(std::string_view(text)); }
  Digest& add(double number);  ///< exactly, in every locale alike
  Digest& add(std::integral auto number) { return add(std::string_view(textOf(number))); }
  Digest& add(std::span<const std::byte> bytes);
  /// The file's contents as one part, read in blocks; throws MissingFile, BadFile (not a regular file), Io or
  /// Cancelled.
  Digest& addFile(const std::filesystem::path& file, const Job& job = {});

  /// Lower-case hexadecimal of everything added so far; the digest can go on being used.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace cortexscope
