// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/arrays_taken.h"

#include <algorithm>

#include "base/text.h"
#include "import/scan/names.h"
#include "import/scan/wording.h"

namespace cortexscope::importing {
namespace {

constexpr std::size_t kMostRunsOfAFile = 1000;
constexpr std::size_t kMostOffered = 12;
constexpr const char* kHowToChoose =
    "choose with --array PATH, or --array FILE=PATH for one file (in the window: Data set)";

/// Names of the arrays that can be runs.
std::vector<std::string> runsIn(const std::vector<FileFacts::Dataset>& arrays) {
  std::vector<std::string> names;
  for (const FileFacts::Dataset& array : arrays)
    if (whyNoRun(array).empty()) names.push_back(array.name);
  return names;
}

/// What there is to choose: those that can be runs first, with sizes.
std::string offered(const FileFacts& facts) {
  std::vector<std::string> texts;
  for (const bool runs : {true, false})
    for (const FileFacts::Dataset& array : facts.datasets)
      if (whyNoRun(array).empty() == runs)
        texts.push_back(array.name + " (" + (array.shape.empty() ? array.dtype : sizesText(array.shape)) +
                        ")");
  return texts.empty() ? "none" : listed(texts);
}

bool differInValues(const ImportArrayFile& file) {
  std::set<std::int64_t> values;
  for (const FileFacts::Dataset& array : file.arrays)
    if (whyNoRun(array).empty()) values.insert(array.shape[1]);
  return values.size() > 1;
}

}  // namespace

std::optional<std::vector<std::string>> ArraysTaken::of(const std::filesystem::path& file,
                                                        const FileFacts& facts) {
  const std::optional<std::vector<std::string>> chosen = chosenIn(file, facts);
  std::vector<std::string> taken = chosen ? *chosen : runsIn(facts.datasets);
  const bool tooMany = !chosen && taken.size() > kMostRunsOfAFile;
  if (tooMany) {
    m_source.say(Severity::Error, file.generic_string(),
                 "holds " + textOf(taken.size()) + " data sets that can be responses, too many to be runs",
                 kHowToChoose);
    taken.clear();
  }
  if (facts.datasets.size() > 1) m_files.push_back({file, facts.datasets, taken, chosen.has_value()});
  const bool refused = tooMany || (chosen && chosen->empty());
  return refused ? std::nullopt : std::optional(taken);
}

void ArraysTaken::report(ImportLayout layout) {
  reportUnchosen();
  for (std::size_t i = 0; i < m_choices.size(); ++i)
    if (!m_met.contains(i)) reportUnmet(m_choices[i], layout);
}

/// Choices that name this file, else those for all files that it holds. Empty optional: nothing was chosen
/// for it.
std::optional<std::vector<std::string>> ArraysTaken::chosenIn(const std::filesystem::path& file,
                                                              const FileFacts& facts) {
  std::vector<std::string> own, general;
  bool isNamed = false, isGeneral = false;
  for (std::size_t i = 0; i < m_choices.size(); ++i) {
    const ArrayChoice& choice = m_choices[i];
    const bool named = namesFile(choice, file), there = arrayNamed(facts, choice.array) != nullptr;
    isGeneral = isGeneral || choice.file.empty();
    if (named || (choice.file.empty() && there)) m_met.insert(i);
    std::vector<std::string>& taken = named ? own : general;
    if (there && (named || choice.file.empty()) &&
        std::find(taken.begin(), taken.end(), choice.array) == taken.end())
      taken.push_back(choice.array);
    if (named && !there)
      m_source.say(Severity::Error, file.generic_string(),
                   facts.datasets.empty()
                       ? "holds one array without a name, so \"" + printable(choice.array) + "\" is not in it"
                       : "has no data set \"" + printable(choice.array) + "\"; there are " + offered(facts),
                   "choose one that is there");
    isNamed = isNamed || named;
  }
  if (isNamed) return own;
  if (!general.empty()) return general;
  const std::size_t runs = runsIn(facts.datasets).size();
  if (!isGeneral || runs < 2) return std::nullopt;
  m_source.say(Severity::Error, file.generic_string(),
               "holds none of the chosen data sets; there are " + offered(facts), kHowToChoose);
  return std::vector<std::string>();
}

/// Files of several arrays that nobody chose from, in one finding.
void ArraysTaken::reportUnchosen() {
  const ImportArrayFile* first = nullptr;
  std::size_t count = 0;
  bool differ = false;
  for (const ImportArrayFile& file : m_files) {
    if (file.chosen || file.taken.size() < 2) continue;
    const bool differs = differInValues(file);
    if (first == nullptr || (differs && !differ)) first = &file;
    differ = differ || differs;
    ++count;
  }
  if (first == nullptr) return;
  m_source.say(differ ? Severity::Warning : Severity::Note, first->file.generic_string(),
               "holds " + textOf(first->taken.size()) + " data sets that can be responses (" +
                   listed(first->taken) + "); each is taken as a run" +
                   (differ ? ", though they differ in their number of values" : "") +
                   (count > 1 ? "; so in " + textOf(count - 1) + " other files" : ""),
               std::string("nothing if they are runs; else ") + kHowToChoose);
}

void ArraysTaken::reportUnmet(const ArrayChoice& choice, ImportLayout layout) {
  if (layout != ImportLayout::Plain)
    return m_source.say(
        Severity::Error, "",
        "the data set \"" + printable(choice.array) + "\" is chosen, but this is no plain folder",
        "leave the choice out: layouts that are known say where responses are");
  std::vector<std::string> there;
  for (const ImportArrayFile& file : m_files)
    for (const std::string& name :
         choice.file.empty() ? runsIn(file.arrays) : std::vector{file.file.generic_string()})
      if (there.size() < kMostOffered && std::find(there.begin(), there.end(), name) == there.end())
        there.push_back(name);
  m_source.say(Severity::Error, "",
               choice.file.empty() ? "no file holds the data set \"" + printable(choice.array) + "\""
                                   : "no array file here is named \"" + printable(choice.file) + "\"",
               there.empty() ? "leave the choice out: no file here holds several data sets"
                             : "choose one of: " + listed(there));
}

}  // namespace cortexscope::importing
