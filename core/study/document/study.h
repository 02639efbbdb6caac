// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time_axis.h"
#include "preparation/cleaning_plan.h"

namespace cortexscope {

/// A film (or sound) shown to the people of a study.
struct Stimulus {
  std::string id;
  std::string title;
  std::filesystem::path file;  ///< relative to the study folder
  std::string credit;          ///< shown wherever the film or its frames are shown
};

/// Features that drive encoders: the layers of one network.
struct FeatureSpace {
  std::string id;                   ///< "visual", "auditory"
  std::string modality;             ///< "visual" or "auditory"
  std::filesystem::path network;    ///< ONNX, relative
  std::filesystem::path melMatrix;  ///< auditory only: .npy, relative
  std::vector<std::string> layers;  ///< shallow to deep
  int components = 10;              ///< principal components kept per layer
};

/// One person and what was recorded (or simulated) for them.
struct Person {
  std::string id;                   ///< "P01"
  std::filesystem::path responses;  ///< samples x targets .npy, z-scored per run; relative. Targets are the
                                    ///< vertices of the cortex, or this person's voxels
  std::filesystem::path ratings;    ///< this person's own label table (TSV over samples), or empty
  int repeats = 1;                  ///< presentations averaged in `responses`
  std::filesystem::path noiseCeiling;  ///< highest r reachable per target (.npy), or empty if unknown
  Index maskedTargets = 0;  ///< without measured values, 0 throughout `responses`; imported people alone
  std::optional<double> coverage{};  ///< share of the cortex inside the images, 0..1; sampled volumes alone
  std::filesystem::path
      voxelsToVertices{};  ///< .npz (preparation/kept_voxels.h) where voxels are kept, else empty

  bool keepsVoxels() const { return !voxelsToVertices.empty(); }
  const char* targets() const { return keepsVoxels() ? "voxels" : "vertices"; }
};

/// Where measured responses came from and what was done to them on the way in.
struct StudyOrigin {
  std::string source;          ///< folder that was imported; empty for studies that were not
  std::string layout;          ///< how it was recognised
  std::string space;           ///< of the responses there
  std::string trFrom;          ///< what said the time between samples
  std::vector<double> depths;  ///< of the cortex at which volumes were sampled, 0 = white .. 1 = pial
  CleaningPlan cleaning;
};

/// One label to estimate, sampled once per study sample.
struct LabelItem {
  std::string name;
  std::string title;
  std::string unit;  ///< scale in words
  std::string kind;  ///< "visual", "auditory", "both", "rating"
};

/// What a row of a label table describes; see study/labels/label_times.h.
enum class LabelTiming {
  Samples,  ///< one sample of the study, all runs in order
  Seconds,  ///< a moment of the film (column `time` or `onset`) or the next `periodSec` of it
  Scenes,   ///< a stretch of the film (columns `onset` and `duration`)
};

/// What files and commands call them.
inline constexpr std::array kLabelTimings{std::pair{LabelTiming::Samples, "samples"},
                                          std::pair{LabelTiming::Seconds, "seconds"},
                                          std::pair{LabelTiming::Scenes, "scenes"}};
std::string nameOf(LabelTiming timing);

/// A table of label items: shared by all people, or each person's own.
struct LabelTable {
  std::string id;  ///< "scene", "ratings"
  bool perPerson = false;
  std::filesystem::path file;  ///< TSV, rows x items; relative; {stimulus} and {person} stand for ids. Empty
                               ///< for a person's own table: Person::ratings
  std::vector<LabelItem> items;
  LabelTiming timing = LabelTiming::Samples;
  double periodSec = 0;  ///< LabelTiming::Seconds alone: film time a row describes; 0 = by its times
  std::filesystem::path
      embedding{};  ///< word vectors (io/tables/word_vectors.h), then items hold words; empty = numbers
};

struct CortexFiles {
  std::string space;
  std::filesystem::path leftSurface, rightSurface;    ///< anatomical (pial) meshes, GIFTI or FreeSurfer
  std::filesystem::path leftInflated, rightInflated;  ///< same triangles; both or none
  std::filesystem::path underlay;  ///< sulcal depth, one value per vertex (.npy), left first; or empty
  std::filesystem::path leftRegions, rightRegions;  ///< GIFTI labels or .annot; both or none
  std::string credit;
};

/// Everything the method leaves open, with the defaults used here.
struct StudyOptions {
  /// How features become responses: "delays" (free, for hours of data) or "haemodynamic" (canonical response
  /// and its derivative in peak time, for minutes).
  std::string responseModel = "delays";
  std::vector<int> delays{2, 3, 4, 5, 6, 7, 8};  ///< samples; features before responses
  std::vector<int> decoderLags{3, 4, 5, 6};      ///< samples; responses after labels, for BTL
  std::vector<int> featureLags{-2, -1,
                               0};  ///< samples; features around labels, for TL: no delay by blood flow
  int penalties = 20;               ///< grid size of ridge penalties
  int decoderVertices = 2000;       ///< best vertices (or voxels) by cross-validation on training runs
  double significanceLevel = 0.05;  ///< on BH-adjusted p
  int permutations = 1000;
  std::vector<int> labelledSamples{20, 40, 80};  ///< learning curve; the full training set is added
  int learningCurveDraws = 10;
  unsigned seed = 1;
};

/// The document: what a study folder's study.json says. Paths are relative to `folder`.
struct Study {
  std::filesystem::path folder;
  std::string title;
  bool simulated = false;  ///< responses (and ratings) were simulated; said wherever they are seen or saved
  std::string simulationNote;  ///< one sentence on how
  StudyOrigin origin;
  double samplePeriodSec = 1.0;
  std::vector<Stimulus> stimuli;
  Runs runs;
  std::vector<FeatureSpace> featureSpaces;
  CortexFiles cortex;
  std::vector<Person> people;
  std::vector<LabelTable> labels;
  StudyOptions options;

  const Stimulus& stimulus(const std::string& id) const;  ///< throws BadValue if there is none
  std::filesystem::path path(const std::filesystem::path& relative) const { return folder / relative; }
  std::filesystem::path results() const { return folder / "results"; }
};

}  // namespace cortexscope
