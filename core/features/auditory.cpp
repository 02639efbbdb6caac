// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/auditory.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "base/error.h"
#include "base/text.h"
#include "features/mel_front_end.h"

namespace cortexscope {
namespace {

constexpr Index kWindowFrames = 76;
constexpr Index kFramesPerRead = 1000;
constexpr double kFrameSec = static_cast<double>(kMelHopSamples) / kSpeechRateHz;
/// From a window's first sample to the middle of its 76 overlapping frames.
constexpr Index kWindowCentreSamples = (kMelHopSamples * (kWindowFrames - 1) + kMelFrameSamples) / 2;
constexpr double kMelPart = 0.1;    // of the whole work, for the progress bar
constexpr double kRounding = 1e-9;  // a centre on the border of two samples belongs to the later one

/// Window w is centred at (first + w) * hopSec.
struct Windows {
  Index first = 0;
  std::vector<Index> sampleOf;  ///< the sample that holds each window's centre
  int hopFrames = 1;

  Index count() const { return static_cast<Index>(sampleOf.size()); }
  Index frameCount() const { return count() == 0 ? 0 : (count() - 1) * hopFrames + kWindowFrames; }
  Index firstAudioSample() const { return first * hopFrames * kMelHopSamples - kWindowCentreSamples; }
};

void check(const TimeAxis& times, const Network& network, const AuditoryOptions& options) {
  constexpr double kLongestSec = 1e7;
  require(times.sampleCount >= 0 && std::isfinite(times.startSec) && times.periodSec > 0 &&
              std::abs(times.startSec) <= kLongestSec && std::abs(times.endSec()) <= kLongestSec,
          ErrorCode::BadValue, [&] {
            return "the samples' times are not legal: " + textOf(times.sampleCount) + " samples of " +
                   textOf(times.periodSec) + " s from " + textOf(times.startSec) + " s";
          });
  const double hopSec = kFrameSec * options.hopFrames;
  require(options.hopFrames >= 1 && hopSec <= times.periodSec * (1.0 + kRounding), ErrorCode::BadValue, [&] {
    return "the step between sound windows must be at least 1 mel frame and at most a sample of " +
           textOf(times.periodSec) + " s, got " + textOf(options.hopFrames) + " frames of " +
           textOf(kFrameSec) + " s";
  });
  Index values = 1;
  for (const int size : network.info().inputShape) values *= size;
  require(values == kWindowFrames * kMelBands, ErrorCode::BadShape, [&] {
    return "network \"" + network.info().title + "\" takes " + textOf(values) +
           " values at a time, a sound window has " + textOf(kWindowFrames * kMelBands);
  });
}

Windows windowsInside(const TimeAxis& times, int hopFrames) {
  Windows windows;
  windows.hopFrames = hopFrames;
  const double hopSec = kFrameSec * hopFrames;
  windows.first = static_cast<Index>(std::ceil(times.startSec / hopSec - kRounding));
  for (Index window = windows.first;; ++window) {
    const double offset = static_cast<double>(window) * hopSec - times.startSec;
    const auto sample = static_cast<Index>(std::floor(offset / times.periodSec + kRounding));
    if (sample >= times.sampleCount) return windows;
    windows.sampleOf.push_back(std::max<Index>(sample, 0));
  }
}

/// Mel frames of all windows, read in pieces that overlap by what two neighbouring frames share.
MatrixF melFramesOf(AudioReader& sound, const Windows& windows, const MatrixF& melMatrix, const Job& job) {
  const MelFrontEnd frontEnd(melMatrix);
  MatrixF frames(windows.frameCount(), kMelBands);
  for (Index first = 0; first < frames.rows(); first += kFramesPerRead) {
    job.checkpoint(static_cast<double>(first) / static_cast<double>(frames.rows()), "sound spectrum");
    const Index count = std::min(kFramesPerRead, frames.rows() - first);
    const Index samples = (count - 1) * kMelHopSamples + kMelFrameSamples;
    const Index start = windows.firstAudioSample() + first * kMelHopSamples;
    const std::vector<float> piece =
        sound.read(static_cast<double>(start) / kSpeechRateHz, static_cast<double>(samples) / kSpeechRateHz);
    require(static_cast<Index>(piece.size()) == samples, ErrorCode::BadValue, [&] {
      return "sound features need " + textOf(kSpeechRateHz) + " samples a second; asked for " +
             textOf(samples) + " samples, got " + textOf(piece.size());
    });
    frames.middleRows(first, count) = frontEnd.decibels(piece);
  }
  MelFrontEnd::limitAndScale(frames);
  return frames;
}

std::vector<NetworkLayer> layersOf(const NetworkInfo& info, const std::vector<std::string>& names) {
  if (names.empty()) return info.layers;
  std::vector<NetworkLayer> layers;
  for (const std::string& name : names) {
    const auto found = std::find_if(info.layers.begin(), info.layers.end(),
                                    [&](const NetworkLayer& layer) { return layer.name == name; });
    require(found != info.layers.end(), ErrorCode::BadValue, [&] {
      std::string known;
      for (const NetworkLayer& layer : info.layers) known += (known.empty() ? "" : ", ") + layer.name;
      return "network \"" + info.title + "\" has no layer \"" + name + "\"; its layers are " + known;
    });
    layers.push_back(*found);
  }
  return layers;
}

/// channels x time x mel -> channels x mel, the mean over time; other shapes stay as they are.
Eigen::RowVectorXf averagedOverTime(const std::vector<float>& values, const std::vector<int>& shape) {
  if (shape.size() != 3)
    return Eigen::Map<const Eigen::RowVectorXf>(values.data(), static_cast<Index>(values.size()));
  const Index channels = shape[0], steps = shape[1], bands = shape[2];
  Eigen::RowVectorXf means(channels * bands);
  for (Index channel = 0; channel < channels; ++channel)
    means.segment(channel * bands, bands) =
        Eigen::Map<const MatrixF>(values.data() + channel * steps * bands, steps, bands).colwise().mean();
  return means;
}

Index valueCount(const std::vector<int>& shape) {
  Index count = 1;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape.size() != 3 || i != 1) count *= shape[i];
  return count;
}

std::vector<LayerFeatures> featuresOf(const MatrixF& mel, const Windows& windows, Index sampleCount,
                                      Network& network, const std::vector<NetworkLayer>& layers,
                                      const Job& job) {
  std::vector<std::string> names;
  std::vector<LayerFeatures> features;
  for (const NetworkLayer& layer : layers) {
    names.push_back(layer.name);
    features.push_back({layer.name, MatrixF::Zero(sampleCount, valueCount(layer.shape))});
  }
  VectorF windowCount = VectorF::Zero(sampleCount);
  for (Index window = 0; window < windows.count(); ++window) {
    job.checkpoint(static_cast<double>(window) / static_cast<double>(windows.count()), "auditory features");
    const float* first = mel.data() + window * windows.hopFrames * kMelBands;
    const auto outputs = network.forward({first, first + kWindowFrames * kMelBands}, names);
    const Index sample = windows.sampleOf[static_cast<std::size_t>(window)];
    windowCount(sample) += 1.0f;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const Eigen::RowVectorXf means = averagedOverTime(outputs[i], layers[i].shape);
      require(means.allFinite(), ErrorCode::BadValue, [&] {
        return "layer \"" + names[i] + "\" gives a value that is not finite for the sound at " +
               textOf(static_cast<double>(windows.first + window) * kFrameSec * windows.hopFrames) + " s";
      });
      features[i].values.row(sample) += means;
    }
  }
  for (LayerFeatures& layer : features) layer.values.array().colwise() /= windowCount.array();
  return features;
}

}  // namespace

MatrixF melSpectrogram(const std::vector<float>& sound, const MatrixF& melMatrix) {
  MatrixF mel = MelFrontEnd(melMatrix).decibels(sound);
  MelFrontEnd::limitAndScale(mel);
  return mel;
}

std::vector<LayerFeatures> auditoryFeatures(AudioReader& sound, const TimeAxis& times, Network& network,
                                            const MatrixF& melMatrix, const AuditoryOptions& options,
                                            const Job& job) {
  check(times, network, options);
  const std::vector<NetworkLayer> layers = layersOf(network.info(), options.layers);
  try {
    const Windows windows = windowsInside(times, options.hopFrames);
    const MatrixF mel = melFramesOf(sound, windows, melMatrix, job.part(0.0, kMelPart));
    return featuresOf(mel, windows, times.sampleCount, network, layers, job.part(kMelPart, 1.0));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory,
                "not enough memory for the sound features of " + textOf(times.sampleCount) + " samples");
  }
}

}  // namespace cortexscope
