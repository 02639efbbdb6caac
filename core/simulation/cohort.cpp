// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulation/cohort.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "base/error.h"
#include "base/text.h"
#include "cortex/geometry.h"
#include "features/haemodynamics.h"
#include "features/reduction.h"
#include "stats/correlation.h"

namespace cortexscope {
namespace {

constexpr int kTraits = 2;
constexpr int kSmoothing = 60;  // neighbour-averaging steps of topographies and region edges
constexpr float kLeastShareOfPeak = 0.3f;
constexpr double kEarliestPeakSec = 4.5;  // of people's haemodynamic responses
constexpr double kPeakSpreadSec = 2.0;
constexpr double kAppraisalSec = 3.0;  // time constant of ratings

/// Seeds of independent random streams of one cohort.
enum class Stream : unsigned {
  Topography = 1,
  Direction,
  Trait,
  Private,
  Noise,
  Rating,
  RatingNoise,
  Shift,
  Haemodynamics,
  Selection
};

std::mt19937_64 generatorFor(unsigned seed, Stream stream, unsigned index, unsigned part = 0) {
  std::seed_seq sequence{seed, static_cast<unsigned>(stream), index, part};
  return std::mt19937_64(sequence);
}

/// In (0, 1).
double uniform(std::mt19937_64& generator) {
  return (static_cast<double>(generator() >> 11) + 0.5) * 0x1.0p-53;
}

/// Box-Muller on the generator's own bits: the standard library's normal distribution differs between
/// systems.
double standardNormal(std::mt19937_64& generator) {
  const double u = uniform(generator);
  const double v = uniform(generator);
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

void standardise(VectorD& series) {
  series.array() -= series.mean();
  const double sd = std::sqrt(series.squaredNorm() / double(series.size()));
  if (sd > 0) series /= sd;
}

/// Random orthonormal directions among `count` standardised series: count x min(wanted, count).
MatrixD randomDirections(Index count, Index wanted, std::mt19937_64& generator) {
  MatrixD directions(count, std::min(wanted, count));
  for (Index m = 0; m < directions.cols(); ++m) {
    for (Index k = 0; k < count; ++k) directions(k, m) = standardNormal(generator);
    for (Index earlier = 0; earlier < m; ++earlier)
      directions.col(m) -= directions.col(earlier).dot(directions.col(m)) * directions.col(earlier);
    directions.col(m).normalize();
  }
  return directions;
}

const LayerFeatures& layerNamed(const std::vector<LayerFeatures>& layers, const std::string& name) {
  for (const LayerFeatures& layer : layers)
    if (layer.layer == name) return layer;
  throw Error(ErrorCode::BadValue, "there is no layer \"" + name + "\" to simulate responses from");
}

void checkOptions(const CohortOptions& options, double samplePeriodSec) {
  const auto within = [](double value, double least, double most, const char* what) {
    require(value >= least && value <= most, ErrorCode::BadValue, [&] {
      return std::string(what) + " of a simulated cohort must lie between " + textOf(least) + " and " +
             textOf(most) + ", got " + textOf(value);
    });
  };
  require(options.people >= 1 && options.repeats >= 1 && options.latents >= 1, ErrorCode::BadValue,
          "a cohort needs at least one person, one presentation and one hidden component");
  require(options.span >= options.latents, ErrorCode::BadValue,
          "hidden components of a cohort cannot span more than the components they are chosen from");
  require(options.peakSignalShare > 0 && options.peakSignalShare < 1, ErrorCode::BadValue,
          "the signal share must lie between 0 and 1");
  within(options.individuality, 0, 5, "the individuality");
  within(options.privateShare, 0, 1, "the private share");
  within(options.noiseAutocorrelation, -0.99, 0.99, "the noise autocorrelation");
  within(options.ratings, 0, 26, "the number of ratings");
  within(options.ratingNoise, 0, 1, "the rating noise");
  within(samplePeriodSec, 0.01, 10, "the sample period");
}

}  // namespace

Cohort::Cohort(const Cortex& cortex, const Parcellation& regions, const std::vector<LayerFeatures>& layers,
               const std::vector<Drive>& drives, const Runs& runs, double samplePeriodSec,
               const CohortOptions& options)
    : m_cortex(cortex), m_runs(runs), m_periodSec(samplePeriodSec), m_options(options) {
  checkRuns(runs);
  checkOptions(options, samplePeriodSec);
  require(static_cast<Index>(regions.keys.size()) == cortex.vertexCount(), ErrorCode::BadShape, [&] {
    return "the regions cover " + textOf(regions.keys.size()) + " vertices, the cortex has " +
           textOf(cortex.vertexCount());
  });
  assignRegions(regions, drives);
  makeLatents(layers, drives);
  for (int a = 0; a < options.people; ++a)
    for (int b = a + 1; b < options.people; ++b) {
      double squared = 0;
      for (int k = 0; k < kTraits; ++k)
        squared += std::pow(traitsOf(a)[std::size_t(k)] - traitsOf(b)[std::size_t(k)], 2);
      m_truth.traitDistances.push_back(std::sqrt(squared));
    }
  for (int k = 0; k < options.ratings; ++k)
    m_truth.ratingNames.push_back(std::string("rating_") + char('a' + k));
}

void Cohort::assignRegions(const Parcellation& regions, const std::vector<Drive>& drives) {
  m_truth.layerOfVertex.assign(regions.keys.size(), -1);
  for (std::size_t d = 0; d < drives.size(); ++d)
    for (const std::string& part : drives[d].regions) {
      bool found = false;
      for (const Region& region : regions.regions) {
        if (region.name.find(part) == std::string::npos) continue;
        for (std::size_t v = 0; v < regions.keys.size(); ++v)
          if (regions.keys[v] == region.key) m_truth.layerOfVertex[v] = int(d), found = true;
      }
      require(found, ErrorCode::BadValue,
              [&] { return "no vertex lies in a region whose name holds \"" + part + "\""; });
    }

  // Strongest in the middle of the driven regions, weaker towards their edges.
  VectorF inside(static_cast<Index>(regions.keys.size()));
  for (Index v = 0; v < inside.size(); ++v)
    inside[v] = m_truth.layerOfVertex[std::size_t(v)] >= 0 ? 1.0f : 0.0f;
  const Index left = m_cortex.left.vertexCount();
  m_signalShare = inside;
  m_signalShare.head(left) = smoothOnSurface(m_cortex.left, inside.head(left), kSmoothing / 4);
  m_signalShare.tail(inside.size() - left) =
      smoothOnSurface(m_cortex.right, inside.tail(inside.size() - left), kSmoothing / 4);
  const float peak = static_cast<float>(m_options.peakSignalShare);
  for (Index v = 0; v < inside.size(); ++v)
    m_signalShare[v] = inside[v] > 0 ? peak * std::clamp(m_signalShare[v], kLeastShareOfPeak, 1.0f) : 0.0f;
}

void Cohort::makeLatents(const std::vector<LayerFeatures>& layers, const std::vector<Drive>& drives) {
  VectorD leak(static_cast<Index>(std::ceil(4.0 * kAppraisalSec / m_periodSec)));
  for (Index k = 0; k < leak.size(); ++k) leak[k] = std::exp(-m_periodSec * double(k) / kAppraisalSec);
  for (std::size_t d = 0; d < drives.size(); ++d) {
    MatrixF values = layerNamed(layers, drives[d].layer).values;
    require(values.rows() == sampleCount(m_runs), ErrorCode::BadShape, [&] {
      return "layer " + drives[d].layer + " has " + textOf(values.rows()) + " samples, the runs " +
             textOf(sampleCount(m_runs));
    });
    centrePerRun(values, m_runs);
    MatrixD scores = fitReduction(values, m_options.span).apply(values).cast<double>();
    for (Index k = 0; k < scores.cols(); ++k) scores.col(k).normalize();
    std::mt19937_64 selection = generatorFor(m_options.seed, Stream::Selection, static_cast<unsigned>(d));
    const MatrixD chosen = scores * randomDirections(scores.cols(), m_options.latents, selection);
    for (Index m = 0; m < chosen.cols(); ++m) {
      const unsigned index = static_cast<unsigned>(m_latents.size());
      Latent latent;
      latent.series = chosen.col(m);
      standardise(latent.series);
      latent.appraisal = convolvePerRun(latent.series, leak, m_runs);
      standardise(latent.appraisal);
      latent.topography = smoothField(index);
      latent.drive = int(d);
      std::mt19937_64 generator = generatorFor(m_options.seed, Stream::Direction, index);
      const double angle = 2.0 * std::numbers::pi * uniform(generator);
      latent.traitDirection = {std::cos(angle), std::sin(angle)};
      m_latents.push_back(std::move(latent));
    }
  }
}

/// A random map, smooth over each hemisphere, unit variance over vertices.
VectorF Cohort::smoothField(unsigned seed) const {
  std::mt19937_64 generator = generatorFor(m_options.seed, Stream::Topography, seed);
  VectorF field(m_cortex.vertexCount());
  for (Index v = 0; v < field.size(); ++v) field[v] = static_cast<float>(standardNormal(generator));
  const Index left = m_cortex.left.vertexCount();
  field.head(left) = smoothOnSurface(m_cortex.left, VectorF(field.head(left)), kSmoothing);
  field.tail(field.size() - left) =
      smoothOnSurface(m_cortex.right, VectorF(field.tail(field.size() - left)), kSmoothing);
  field.array() -= field.mean();
  return field / std::sqrt(field.squaredNorm() / float(field.size()));
}

std::vector<double> Cohort::traitsOf(int person) const {
  std::mt19937_64 generator = generatorFor(m_options.seed, Stream::Trait, unsigned(person));
  std::vector<double> traits;
  for (int k = 0; k < kTraits; ++k) traits.push_back(standardNormal(generator));
  return traits;
}

std::vector<double> Cohort::gainsOf(int person) const {
  const std::vector<double> traits = traitsOf(person);
  std::vector<double> gains;
  for (const Latent& latent : m_latents) {
    double along = 0;
    for (int k = 0; k < kTraits; ++k) along += latent.traitDirection[std::size_t(k)] * traits[std::size_t(k)];
    gains.push_back(std::exp(m_options.individuality * along));
  }
  return gains;
}

/// Noise-free responses, unit variance at driven vertices, 0 elsewhere.
MatrixF Cohort::signalOf(int person) const {
  const std::vector<double> gains = gainsOf(person);
  std::mt19937_64 generator = generatorFor(m_options.seed, Stream::Haemodynamics, unsigned(person));
  const double peakSec = kEarliestPeakSec + kPeakSpreadSec * uniform(generator);
  const VectorD response = haemodynamicResponse(m_periodSec, peakSec);
  MatrixF signal = MatrixF::Zero(sampleCount(m_runs), m_cortex.vertexCount());
  const float common = static_cast<float>(std::sqrt(1.0 - m_options.privateShare));
  const float apart = static_cast<float>(std::sqrt(m_options.privateShare));
  for (std::size_t m = 0; m < m_latents.size(); ++m) {
    const Latent& latent = m_latents[m];
    const unsigned privateSeed = 1000u + unsigned(person) * 1000u + unsigned(m);
    const VectorF weight = common * latent.topography + apart * smoothField(privateSeed);
    VectorD answered = convolvePerRun(latent.series, response, m_runs);
    standardise(answered);
    const VectorF series = answered.cast<float>();
    for (Index v = 0; v < signal.cols(); ++v)
      if (m_truth.layerOfVertex[std::size_t(v)] == latent.drive)
        signal.col(v) += static_cast<float>(gains[m]) * weight[v] * series;
  }
  for (Index v = 0; v < signal.cols(); ++v) {
    signal.col(v).array() -= signal.col(v).mean();
    const float sd = std::sqrt(signal.col(v).squaredNorm() / float(signal.rows()));
    if (sd > 0) signal.col(v) /= sd;
  }
  return signal;
}

/// Adds autocorrelated noise; averaging `repeats` presentations leaves noise of 1 / repeats the variance.
void Cohort::addNoise(int person, const MatrixF& signal, MatrixF& responses, const Job& job) const {
  const double phi = m_options.noiseAutocorrelation;
  const double innovation = std::sqrt(1.0 - phi * phi);
  responses.resize(signal.rows(), signal.cols());
  for (Index v = 0; v < signal.cols(); ++v) {
    if (v % 512 == 0) job.checkpoint(double(v) / double(signal.cols()), "simulating responses");
    std::mt19937_64 generator = generatorFor(m_options.seed, Stream::Noise, unsigned(person), unsigned(v));
    const double noiseSd = std::sqrt((1.0 - m_signalShare[v]) / m_options.repeats);
    const double signalSd = std::sqrt(double(m_signalShare[v]));
    for (const Run& run : m_runs) {
      double noise = standardNormal(generator);
      for (Index t = run.firstSample; t < run.endSample(); ++t) {
        responses(t, v) = static_cast<float>(signalSd * signal(t, v) + noiseSd * noise);
        noise = phi * noise + innovation * standardNormal(generator);
      }
    }
  }
}

MatrixD Cohort::ratingsOf(int person) const {
  const std::vector<double> gains = gainsOf(person);
  MatrixD ratings(sampleCount(m_runs), m_options.ratings);
  for (int k = 0; k < m_options.ratings; ++k) {
    std::mt19937_64 shared = generatorFor(m_options.seed, Stream::Rating, unsigned(k));
    VectorD rating = VectorD::Zero(ratings.rows());
    for (std::size_t m = 0; m < m_latents.size(); ++m)
      rating += gains[m] * standardNormal(shared) * m_latents[m].appraisal;
    standardise(rating);
    std::mt19937_64 own = generatorFor(m_options.seed, Stream::RatingNoise, unsigned(person * 100 + k));
    for (Index t = 0; t < rating.size(); ++t)
      rating[t] = std::sqrt(1.0 - m_options.ratingNoise) * rating[t] +
                  std::sqrt(m_options.ratingNoise) * standardNormal(own);
    ratings.col(k) = (4.0 + 1.2 * rating.array()).cwiseMax(1.0).cwiseMin(7.0);
  }
  return ratings;
}

std::string Cohort::personId(int index) {
  return std::string(index < 9 ? "P0" : "P") + textOf(index + 1);
}

SimulatedPerson Cohort::person(int index, const Job& job) const {
  require(index >= 0 && index < m_options.people, ErrorCode::BadValue,
          [&] { return "there is no simulated person " + textOf(index); });
  SimulatedPerson person;
  person.id = personId(index);
  person.traits = traitsOf(index);
  person.ratings = ratingsOf(index);
  MatrixF signal = signalOf(index);
  addNoise(index, signal, person.responses, job);
  if (m_options.shiftResponses) {
    std::mt19937_64 generator = generatorFor(m_options.seed, Stream::Shift, unsigned(index));
    const Index samples = person.responses.rows();
    const Index shift = samples / 5 + Index(generator() % std::uint64_t(samples * 3 / 5));
    MatrixF rotated(samples, person.responses.cols());
    for (Index t = 0; t < samples; ++t) rotated.row((t + shift) % samples) = person.responses.row(t);
    person.responses = std::move(rotated);
  }
  for (const Run& run : m_runs) {
    zscoreRows(person.responses, run.firstSample, run.sampleCount);
    zscoreRows(signal, run.firstSample, run.sampleCount);
  }
  std::vector<Index> rows = rowsOf(m_runs, true);
  if (rows.empty()) rows = rowsOf(m_runs, false);
  person.noiseCeiling = columnwisePearson(rowsOf(signal, rows), rowsOf(person.responses, rows));
  return person;
}

}  // namespace cortexscope
