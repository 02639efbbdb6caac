// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "study/document/study.h"
#include "study/labels/label_summary.h"

namespace cortexscope {

/// A file of labels that is to become part of a study. `file` may hold {stimulus} and {person}, which stand
/// for ids.
struct LabelsOfPerson {
  std::string person;  ///< id; empty: shared by all, or by each person's own if `file` holds {person}
  std::filesystem::path file;
};

struct NewLabels {
  std::string id;
  std::vector<LabelsOfPerson> files;  ///< one, or one for every person
  LabelTiming timing = LabelTiming::Samples;
  double periodSec = 0;
  std::filesystem::path embedding{};
  std::vector<std::string>
      items{};  ///< columns; empty: all that hold numbers (with an embedding: all that hold text)
};

/// Checks the files against the study, copies them and the embedding to inputs/labels/<id> and writes
/// study.json last: the study has the whole table afterwards, or is as it was. Returns the study with the
/// table.
/// Errors   as checkNames, checkLabelTable and readLabelValues, naming the given files; BadValue (a person
///          without a table, no column to use); Io (a file of that name is there already and holds something
///          else)
Study attachLabels(const Study& study, const NewLabels& labels);

/// What attachLabels would attach, without a change to the study.
/// Errors   as attachLabels, but for files that are there already
LabelSummary checkLabels(const Study& study, const NewLabels& labels);

/// Takes a table out of study.json, then deletes its files below inputs/labels/<id> that no other table uses;
/// files elsewhere stay. Returns the study without the table.
/// Errors   BadValue naming the tables that are there; Io
Study removeLabels(const Study& study, const std::string& id);

}  // namespace cortexscope
