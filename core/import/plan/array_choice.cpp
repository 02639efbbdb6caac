#include "import/plan/array_choice.h"

#include <algorithm>
#include <array>

#include "import/scan/bids_name.h"
#include "import/plan/parts.h"

namespace cortexscope {
namespace {

constexpr std::array kArrayEndings = {"*", ".npy", ".npz", ".mat", ".h5", ".hdf5", ".hdf"};

/// A pattern of letters and * against a whole text, in at most pattern x text steps.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string withoutSlash(std::string path) {
  path.erase(0, std::min(path.size(), path.find_first_not_of('/')));
  return path;
}

std::string sizesOf(const FileFacts::Dataset& array) {
  std::string text;
  for (const std::int64_t size : array.shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

}  // namespace

ArrayChoice arrayChoiceOf(const std::string& argument) {
  for (std::size_t at = argument.find('='); at != std::string::npos; at = argument.find('=', at + 1)) {
    const std::string file = lowerCase(argument.substr(0, at));
    if (std::any_of(kArrayEndings.begin(), kArrayEndings.end(), [&](const char* ending) { return file.ends_with(ending); }))
      return {argument.substr(0, at), withoutSlash(argument.substr(at + 1))};
  }
  return {"", withoutSlash(argument)};
}

bool namesFile(const ArrayChoice& choice, const std::filesystem::path& file) {
  if (choice.file.empty()) return false;
  return fits(choice.file, file.filename().string()) || fits(choice.file, file.generic_string());
}

std::string whyNoRun(const FileFacts::Dataset& array) {
  if (!array.note.empty()) return array.note;
  if (array.shape.size() != 2)
    return "has " + std::to_string(array.shape.size()) + (array.shape.size() == 1 ? " dimension" : " dimensions") +
           "; a run has two, samples x values";
  if (array.shape[0] < 2 || array.shape[1] < 2) return "is " + sizesOf(array) + "; a run has several samples of several values";
  return {};
}

namespace importing {
namespace {

constexpr std::size_t kMostRunsOfAFile = 1000;
constexpr std::size_t kMostListed = 12;

const FileFacts::Dataset* arrayNamed(const FileFacts& facts, const std::string& name) {
  for (const FileFacts::Dataset& array : facts.datasets)
    if (array.name == name) return &array;
  return nullptr;
}

std::string listed(const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kMostListed); ++i) text += (i == 0 ? "" : ", ") + printable(values[i]);
  return values.size() > kMostListed ? text + " and " + std::to_string(values.size() - kMostListed) + " more" : text;
}

std::vector<std::string> namesOf(const std::vector<FileFacts::Dataset>& arrays, bool runsAlone) {
  std::vector<std::string> names;
  for (const FileFacts::Dataset& array : arrays)
    if (!runsAlone || whyNoRun(array).empty()) names.push_back(array.name);
  return names;
}

/// What there is to choose: those that can be runs first, with sizes.
std::string offered(const FileFacts& facts) {
  std::vector<std::string> texts;
  for (const bool runs : {true, false})
    for (const FileFacts::Dataset& array : facts.datasets)
      if (whyNoRun(array).empty() == runs && texts.size() <= kMostListed)
        texts.push_back(array.name + " (" + (array.shape.empty() ? array.dtype : sizesOf(array)) + ")");
  std::string text = listed({texts.begin(), texts.begin() + std::ptrdiff_t(std::min(texts.size(), kMostListed))});
  if (facts.datasets.size() > kMostListed) text += " and " + std::to_string(facts.datasets.size() - kMostListed) + " more";
  return text.empty() ? "none" : text;
}

constexpr const char* kHowToChoose = "choose with --array PATH, or --array FILE=PATH for one file (in the window: Data set)";

/// Choices that name this file, else those for all files that it holds. Empty optional: nothing was chosen for it.
std::optional<std::vector<std::string>> chosenIn(Draft& draft, const std::filesystem::path& file, const FileFacts& facts) {
  std::vector<std::string> own, general;
  bool isNamed = false, isGeneral = false;
  for (std::size_t i = 0; i < draft.options.arrays.size(); ++i) {
    const ArrayChoice& choice = draft.options.arrays[i];
    const bool named = namesFile(choice, file), there = arrayNamed(facts, choice.array) != nullptr;
    isGeneral = isGeneral || choice.file.empty();
    if (named || (choice.file.empty() && there)) draft.choicesMet.insert(i);
    std::vector<std::string>& taken = named ? own : general;
    if (there && (named || choice.file.empty()) && std::find(taken.begin(), taken.end(), choice.array) == taken.end())
      taken.push_back(choice.array);
    if (named && !there)
      draft.say(ImportSeverity::Error, file.generic_string(),
                facts.datasets.empty() ? "holds one array without a name, so \"" + printable(choice.array) + "\" is not in it"
                                       : "has no data set \"" + printable(choice.array) + "\"; there are " + offered(facts),
                "choose one that is there");
    isNamed = isNamed || named;
  }
  if (isNamed) return own;
  if (!general.empty()) return general;
  const std::size_t runs = namesOf(facts.datasets, true).size();
  if (!isGeneral || runs < 2) return std::nullopt;
  draft.say(ImportSeverity::Error, file.generic_string(), "holds none of the chosen data sets; there are " + offered(facts),
            kHowToChoose);
  return std::vector<std::string>();
}

bool differInValues(const ImportArrayFile& file) {
  std::set<std::int64_t> values;
  for (const FileFacts::Dataset& array : file.arrays)
    if (whyNoRun(array).empty()) values.insert(array.shape[1]);
  return values.size() > 1;
}

/// Files of several arrays that nobody chose from, in one finding.
void reportUnchosen(Draft& draft) {
  const ImportArrayFile* first = nullptr;
  std::size_t count = 0;
  bool differ = false;
  for (const ImportArrayFile& file : draft.plan.arrayFiles) {
    if (file.chosen || file.taken.size() < 2) continue;
    const bool differs = differInValues(file);
    if (first == nullptr || (differs && !differ)) first = &file;
    differ = differ || differs;
    ++count;
  }
  if (first == nullptr) return;
  draft.say(differ ? ImportSeverity::Warning : ImportSeverity::Note, first->file.generic_string(),
            "holds " + std::to_string(first->taken.size()) + " data sets that can be responses (" + listed(first->taken) +
                "); each is taken as a run" + (differ ? ", though they differ in their number of values" : "") +
                (count > 1 ? "; so in " + std::to_string(count - 1) + " other files" : ""),
            std::string("nothing if they are runs; else ") + kHowToChoose);
}

}  // namespace

std::vector<std::string> arraysTaken(Draft& draft, const std::filesystem::path& file, const FileFacts& facts, bool& refused) {
  const std::optional<std::vector<std::string>> chosen = chosenIn(draft, file, facts);
  std::vector<std::string> taken = chosen ? *chosen : namesOf(facts.datasets, true);
  refused = chosen && chosen->empty();
  if (!chosen && taken.size() > kMostRunsOfAFile) {
    draft.say(ImportSeverity::Error, file.generic_string(),
              "holds " + std::to_string(taken.size()) + " data sets that can be responses, too many to be runs", kHowToChoose);
    taken.clear();
    refused = true;
  }
  if (facts.datasets.size() > 1) draft.plan.arrayFiles.push_back({file, facts.datasets, taken, chosen.has_value()});
  return taken;
}

void reportArrays(Draft& draft) {
  reportUnchosen(draft);
  for (std::size_t i = 0; i < draft.options.arrays.size(); ++i) {
    if (draft.choicesMet.contains(i)) continue;
    const ArrayChoice& choice = draft.options.arrays[i];
    if (draft.plan.layout != ImportLayout::Plain) {
      draft.say(ImportSeverity::Error, "", "the data set \"" + printable(choice.array) + "\" is chosen, but this is no plain folder",
                "leave the choice out: layouts that are known say where responses are");
      continue;
    }
    std::vector<std::string> there;
    for (const ImportArrayFile& file : draft.plan.arrayFiles)
      for (const std::string& name : choice.file.empty() ? namesOf(file.arrays, true) : std::vector{file.file.generic_string()})
        if (there.size() < kMostListed && std::find(there.begin(), there.end(), name) == there.end()) there.push_back(name);
    draft.say(ImportSeverity::Error, "",
              choice.file.empty() ? "no file holds the data set \"" + printable(choice.array) + "\""
                                  : "no array file here is named \"" + printable(choice.file) + "\"",
              there.empty() ? "leave the choice out: no file here holds several data sets" : "choose one of: " + listed(there));
  }
}

}  // namespace importing
}  // namespace cortexscope
