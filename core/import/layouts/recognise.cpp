// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/recognise.h"

#include <array>

#include "import/layouts/arrays_taken.h"
#include "import/layouts/bids.h"
#include "import/layouts/hcp.h"
#include "import/layouts/plain.h"
#include "import/layouts/short_clips.h"

namespace cortexscope::importing {
namespace {

struct LayoutRule {
  ImportLayout layout;
  bool (*looksLike)(const SourceScan&);
  void (*find)(Source&, Candidates&);
};

/// The most telling first: fMRIPrep's results may lie inside a raw data set.
constexpr std::array kLayouts = {LayoutRule{ImportLayout::Hcp, looksLikeHcp, findHcp},
                                 LayoutRule{ImportLayout::ShortClips, looksLikeShortClips, findShortClips},
                                 LayoutRule{ImportLayout::Fmriprep, looksLikeFmriprep, findFmriprep},
                                 LayoutRule{ImportLayout::Parcels, looksLikeParcels, findParcels},
                                 LayoutRule{ImportLayout::BidsRaw, looksLikeBidsRaw, findBidsRaw}};

std::vector<const LayoutRule*> fittingRules(const SourceScan& scan) {
  std::vector<const LayoutRule*> fitting;
  for (const LayoutRule& rule : kLayouts)
    if (rule.looksLike(scan)) fitting.push_back(&rule);
  return fitting;
}

void sayOtherLayouts(Source& source, const std::vector<const LayoutRule*>& fitting) {
  const bool rawBeneath =
      fitting.front()->layout == ImportLayout::Fmriprep && fitting.back()->layout == ImportLayout::BidsRaw;
  if (fitting.size() < (rawBeneath ? 3U : 2U)) return;
  std::string others;
  for (std::size_t i = 1; i < fitting.size(); ++i)
    others += (others.empty() ? "" : ", ") + nameOf(fitting[i]->layout);
  source.say(Severity::Warning, "", "the folder also looks like: " + others,
             "give the folder of one layout alone if that one was meant");
}

}  // namespace

Candidates recognise(Source& source, const std::vector<ArrayChoice>& arrays) {
  const std::vector<const LayoutRule*> fitting = fittingRules(source.scan());
  Candidates found;
  ArraysTaken taken(source, arrays);
  if (fitting.empty()) {
    findPlain(source, taken, found);
    found.arrayFiles = taken.files();
    const bool nothing = found.files.empty() && found.arrayFiles.empty();
    found.layout = nothing ? ImportLayout::Unknown : ImportLayout::Plain;
  } else {
    found.layout = fitting.front()->layout;
    fitting.front()->find(source, found);
  }
  taken.report(found.layout);
  if (!fitting.empty()) sayOtherLayouts(source, fitting);
  return found;
}

}  // namespace cortexscope::importing
