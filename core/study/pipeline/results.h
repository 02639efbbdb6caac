// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cortex/parcellation.h"
#include "cortex/surface.h"
#include "study/document/cortex_view.h"
#include "study/document/findings.h"
#include "study/document/study.h"

namespace cortexscope {

/// What is known about one person after the encoders ran, seen on the cortex. Matrices are samples x vertices
/// (left first), in z units of the response, over all runs of the study; files are mapped, rows are read when
/// touched. Where voxels were kept, the encoders' targets were those, and each number here is a weighted mean
/// of voxels' own (q: the q of the voxel that weighs most); NaN at vertices that no voxel reaches.
struct PersonResults {
  std::string id;
  CortexView view{};                             ///< says whether voxels were kept
  std::shared_ptr<const CortexSeries> measured;  ///< what was recorded (or simulated)
  std::shared_ptr<const CortexSeries>
      predicted;         ///< out of fold in training runs; held-out runs never fitted
  VectorF heldOutR;      ///< per vertex
  VectorF q;             ///< BH-adjusted permutation p of heldOutR
  VectorF noiseCeiling;  ///< per vertex, empty if unknown
};

/// The words nearest to each sample's vector, nearest first; none where it is unknown.
using NearestWords = std::vector<std::vector<std::string>>;

/// Estimates of one label for all people, one value per study sample. For words these are the cosines of
/// estimated and true vectors, without a truth; btlR and tlR are means over dimensions.
struct LabelEstimates {
  LabelItem item;
  std::string table;  ///< id of its LabelTable
  bool perPerson = false;
  MatrixD truth;              ///< people x samples (the same row for everybody if shared); NaN = unknown
  MatrixD btl;                ///< people x samples, through the person's brain
  MatrixD tl;                 ///< people x samples, straight from the features
  VectorD btlR, tlR;          ///< per person, held-out runs; NaN where the label is constant there
  double pBtlAgainstTl = 1;   ///< paired over people, two-sided
  MatrixD measuredDistance;   ///< people x people, correlation distance of estimates from measured responses
  MatrixD predictedDistance;  ///< the same from predicted responses
  double individualRho = 0;   ///< rank correlation of the two
  double individualP = 1;     ///< Mantel's test
  std::vector<NearestWords> truthWords, btlWords, tlWords;  ///< per person, for words alone
};

/// Everything the window shows, loaded from a study folder. Parts that are not computed yet are empty.
struct Results {
  Cortex anatomical;
  Cortex inflated;       ///< without vertices if the study has none
  VectorF underlay;      ///< sulcal depth per vertex, positive in sulci; empty if the study has none
  Parcellation regions;  ///< without keys if the study has none
  std::vector<PersonResults> people;   ///< in study order; predicted is null before a person's encoder ran
  std::vector<LabelEstimates> labels;  ///< empty before the label step
  std::string summaryJson;             ///< results/summary.json as text, empty before
  Findings problems{};                 ///< what could not be loaded
};

/// Loads what is there. What cannot be read or does not fit is left out and named in `problems`; somebody
/// without responses or results stands there all the same, with null series, and NaN among the label
/// estimates. Numbers belong to people by their ids: people who were added, left out or moved since change
/// nobody else's.
/// Errors   as readSurface for the two surfaces, without which nothing can be shown
Results loadResults(const Study& study);

}  // namespace cortexscope
