// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/layout.h"

namespace cortexscope {

std::string nameOf(ImportLayout layout) {
  switch (layout) {
    case ImportLayout::Unknown:
      return "not recognised";
    case ImportLayout::Hcp:
      return "Human Connectome Project";
    case ImportLayout::ShortClips:
      return "short clips (voxelwise tutorials)";
    case ImportLayout::Fmriprep:
      return "fMRIPrep derivatives";
    case ImportLayout::Parcels:
      return "parcel series (CNeuroMod, Algonauts)";
    case ImportLayout::BidsRaw:
      return "raw BIDS";
    case ImportLayout::Plain:
      return "plain folder";
  }
  return {};
}

}  // namespace cortexscope
