// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/stimuli.h"

#include <map>

#include "base/text.h"
#include "import/scan/names.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProbed = 300;  ///< films whose headers are read

void addMedia(Source& source, const ScannedFile& file, bool film, std::size_t& probed, ImportPlan& plan) {
  ImportStimulus stimulus{file.path, film ? "film" : "sound", {}, {}, {}, {}, 0};
  if (probed++ < kMostProbed) {
    const FileFacts* facts = source.header(file.path);
    if (facts == nullptr) return;
    stimulus.durationSec = facts->durationSec;
    stimulus.framesPerSec = facts->framesPerSec;
    stimulus.width = facts->width;
    stimulus.height = facts->height;
  }
  plan.stimuli.push_back(std::move(stimulus));
}

}  // namespace

void findStimuli(Source& source, const std::set<std::filesystem::path>& used, ImportPlan& plan) {
  std::map<fs::path, std::int64_t> pictures;
  std::size_t probed = 0;
  for (const ScannedFile& file : source.files()) {
    const std::string name = lowerCase(file.name());
    if (isFilmName(name) || isSoundName(name)) addMedia(source, file, isFilmName(name), probed, plan);
    if (isPictureName(name) && lowerFolderName(file.path) != "figures") ++pictures[file.path.parent_path()];
    if (!isHdf5Name(name) || lowerFolderName(file.path) != "stimuli" || used.contains(file.path)) continue;
    if (const FileFacts* facts = source.header(file.path))
      for (const FileFacts::Dataset& dataset : facts->datasets)
        if (dataset.shape.size() >= 3)
          plan.stimuli.push_back({file.path, "pictures", {}, {}, {}, {}, dataset.shape[0]});
  }
  for (const auto& [folder, count] : pictures)
    if (count > 1) plan.stimuli.push_back({folder, "pictures", {}, {}, {}, {}, count, true});
  if (probed > kMostProbed)
    source.say(Severity::Note, "",
               "there are " + textOf(probed) + " films and sounds; the headers of the first " +
                   textOf(kMostProbed) + " were read",
               "nothing: the others are looked at when they are used");
}

}  // namespace cortexscope::importing
