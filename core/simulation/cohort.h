// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"
#include "cortex/parcellation.h"
#include "cortex/surface.h"
#include "features/feature_series.h"

namespace cortexscope {

/// Regions (by a part of their names, so that "Calcarine" takes both hemispheres) driven by one layer.
struct Drive {
  std::string layer;
  std::vector<std::string> regions;
};

struct CohortOptions {
  int people = 8;
  unsigned seed = 1;
  int repeats = 4;  ///< presentations of every run, averaged in the responses
  int latents = 4;  ///< hidden components of each driving layer
  int span = 4;     ///< leading principal components of a layer that these are random directions among,
                    ///< all alike: a brain does not just follow what varies most in a network
  double peakSignalShare =
      0.5;  ///< share of one presentation's variance that is signal, in the middle of a region
  double individuality = 0.8;  ///< 0: everybody's gains are equal; gains are exp(individuality * trait)
  double privateShare =
      0.15;  ///< share of a vertex's tuning that is random per person and structured by nothing
  double noiseAutocorrelation = 0.4;  ///< of one sample to the next
  int ratings = 6;                    ///< items rated by every person
  double ratingNoise = 0.3;           ///< share of a rating's variance that is noise
  bool shiftResponses =
      false;  ///< negative control: each person's responses rotated in time by a random amount
};

/// One simulated person. Everything is in the study's sample order.
struct SimulatedPerson {
  std::string id;
  MatrixF responses;           ///< samples x vertices: mean over repeats, z-scored per run
  MatrixD ratings;             ///< samples x items, 1..7
  VectorF noiseCeiling;        ///< r of the noise-free signal with `responses` over the held-out runs: what a
                               ///< perfect model would reach; 0 where the vertex carries noise only
  std::vector<double> traits;  ///< position of the person: what individual differences come from
};

/// What all simulated people share, and the truth behind them.
struct CohortTruth {
  std::vector<int> layerOfVertex;      ///< index into drives, -1 for noise only
  std::vector<double> traitDistances;  ///< Euclidean, all pairs, order of mantel.h
  std::vector<std::string> ratingNames;
};

/// Simulates responses and ratings of people who see a film, from the film's real features and a known truth.
///
///   hidden components  s = leading principal components of each driving layer over the film, unit variance
///   gains              g_i = exp(individuality * <direction of component, traits of person i>), so people
///   near each
///                      other in trait space resemble each other
///   response           y = sqrt(share) z(HRF * sum_m g_im w_m(v) s_m) + sqrt(1 - share) AR(1) noise, w
///   smooth over cortex rating k           z(leak * sum_m g_im c_km s_m) + noise, carried to a 1..7 scale:
///   the same gains drive brain and
///                      rating, and a rating follows the film within seconds
///
/// Every person's haemodynamic response has its own peak, 4.5 to 6.5 s; appraisal of a film integrates over a
/// few seconds with a leak; runs are independent, with no stimulus before a run's first sample.
class Cohort {
 public:
  /// layers  features of the whole study, at least those named in `drives`
  /// Errors  BadValue naming a layer or region that is not there, or an option out of range; BadShape
  Cohort(const Cortex& cortex, const Parcellation& regions, const std::vector<LayerFeatures>& layers,
         const std::vector<Drive>& drives, const Runs& runs, double samplePeriodSec,
         const CohortOptions& options);

  const CohortTruth& truth() const { return m_truth; }

  /// "P01" for person 0.
  static std::string personId(int index);

  /// Person 0 .. people-1; the same whatever the order asked and the number of people.
  SimulatedPerson person(int index, const Job& job) const;

 private:
  struct Latent {
    VectorD series;      // samples, unit variance: what the film shows
    VectorD appraisal;   // samples: leaky integral of the series, what a rating follows
    VectorF topography;  // vertices: smooth weight of this component
    std::vector<double> traitDirection;
    int drive = 0;
  };

  void makeLatents(const std::vector<LayerFeatures>& layers, const std::vector<Drive>& drives);
  void assignRegions(const Parcellation& regions, const std::vector<Drive>& drives);
  VectorF smoothField(unsigned seed) const;
  std::vector<double> traitsOf(int person) const;
  std::vector<double> gainsOf(int person) const;
  MatrixF signalOf(int person) const;
  MatrixD ratingsOf(int person) const;
  void addNoise(int person, const MatrixF& signal, MatrixF& responses, const Job& job) const;

  const Cortex& m_cortex;
  Runs m_runs;
  double m_periodSec;
  CohortOptions m_options;
  CohortTruth m_truth;
  std::vector<Latent> m_latents;
  VectorF m_signalShare;  // vertices, of one presentation
};

}  // namespace cortexscope
