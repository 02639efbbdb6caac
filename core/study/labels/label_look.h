// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "io/tables/table.h"
#include "study/labels/attach_labels.h"

namespace cortexscope {

/// What a file of labels looks like before anybody said what it is.
struct LabelLook {
  struct Column {
    std::string name;
    bool saysWhen = false;  ///< time, onset, duration or the film
    bool numbers = false;   ///< some cell is a number
  };
  NewLabels guess;             ///< its name, its files and what its rows seem to describe
  std::string why;             ///< for the guess of what rows describe, in words
  std::filesystem::path file;  ///< that was looked at: the first one of a pattern
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  ///< the first ones
  std::size_t rowCount = 0;
  std::vector<std::string> warnings;
};

/// Looks at a table; `file` may hold {person} and {stimulus}. A file that belongs to one person (or film) by
/// its name becomes a pattern if everybody has a file of that pattern. Columns onset and duration mean
/// scenes, time or onset alone mean seconds, all else samples.
/// Errors   as readTable; Unsupported for more than 2000 columns
LabelLook lookAtLabels(const Study& study, const std::filesystem::path& file);

/// "ratings" of "ratings_{person}.tsv".
std::string labelIdOf(const std::filesystem::path& file);

/// Columns that say when, and of which film.
bool saysWhen(const std::string& column);
bool holdsNumbers(const Table& table, std::size_t column);

}  // namespace cortexscope
