// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/import/source_folder.h"

namespace cortexscope::test {

// Names as fMRIPrep gives them, and whole folders of them without a fault.

inline std::string stem(const std::string& person, const std::string& run = "1") {
  return "sub-" + person + "/func/sub-" + person + "_task-film_run-" + run + "_";
}
inline std::string leftOf(const std::string& person, const std::string& run = "1") {
  return stem(person, run) + "hemi-L_space-fsaverage5_bold.func.gii";
}
inline std::string rightOf(const std::string& person, const std::string& run = "1") {
  return stem(person, run) + "hemi-R_space-fsaverage5_bold.func.gii";
}
inline std::string imageOf(const std::string& person, const std::string& run = "1") {
  return stem(person, run) + "space-MNI152NLin2009cAsym_desc-preproc_bold.nii.gz";
}

/// Three people with two runs on fsaverage5, without a fault.
inline void makeSurfaces(const SourceFolder& folder) {
  for (const char* person : {"01", "02", "03"})
    for (const char* run : {"1", "2"}) {
      folder.series(leftOf(person, run), 10242, 3);
      folder.series(rightOf(person, run), 10242, 3);
    }
}

/// Three people with two runs as volumes, without a fault.
inline void makeVolumes(const SourceFolder& folder) {
  for (const char* person : {"01", "02", "03"})
    for (const char* run : {"1", "2"}) folder.volume(imageOf(person, run), {3, 4, 5, 6}, 2);
}

}  // namespace cortexscope::test
