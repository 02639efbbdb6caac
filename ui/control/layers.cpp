// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/layers.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace cortexscope {

namespace {

constexpr Index kSamplesForLimit = 24;
constexpr Index kVertexStride = 7;  // every vertex is not needed for a percentile
// Below two fifths of the limit the colours are nearly white and would hide sulci without saying anything.
constexpr double kWeakShare = 0.4;

QString text(const char* sentence) {
  return QCoreApplication::translate("Layers", sentence);
}

/// Measured minus predicted, in `difference`.
const float* differenceOf(const PersonResults& person, Index sample, std::vector<float>& difference,
                          std::vector<float>& other) {
  const float* measured = person.measured->row(sample, difference);
  const float* predicted = person.predicted->row(sample, other);
  difference.resize(static_cast<std::size_t>(person.measured->vertices()));
  for (std::size_t v = 0; v < difference.size(); ++v) difference[v] = measured[v] - predicted[v];
  return difference.data();
}

std::optional<double> valueAt(const PersonResults& person, Layer layer, Index sample, Index vertex) {
  if (layer == Layer::HeldOutR) return person.heldOutR[vertex];
  const auto& matrix = layer == Layer::Predicted ? person.predicted : person.measured;
  if (sample < 0 || sample >= matrix->samples()) return std::nullopt;
  if (layer != Layer::Difference) return matrix->at(sample, vertex);
  return person.measured->at(sample, vertex) - person.predicted->at(sample, vertex);
}

Index vertexCountOf(const PersonResults& person, Layer layer) {
  if (layer == Layer::HeldOutR) return person.heldOutR.size();
  return layer == Layer::Predicted ? person.predicted->vertices() : person.measured->vertices();
}

}  // namespace

LayerInfo layerInfo(Layer layer) {
  const QString z = text("z");
  switch (layer) {
    case Layer::Predicted:
      return {"predicted",
              text("Predicted"),
              z,
              text("Response that the person's encoder predicts from the film. Samples used for fitting are "
                   "predicted by a fit that left their run out. In standard deviations of the response (z)."),
              true,
              true,
              kWeakShare,
              true};
    case Layer::Measured:
      return {
          "measured", text("Measured"),
          z,          text("Response recorded from the person (or simulated), in standard deviations (z)."),
          true,       true,
          kWeakShare, true};
    case Layer::Difference:
      return {"difference",
              text("Measured − predicted"),
              z,
              text("What the encoder does not explain: measured minus predicted response."),
              true,
              true,
              kWeakShare,
              true};
    case Layer::HeldOutR:
      break;
  }
  return {"heldout-r",
          text("Held-out r"),
          text("Pearson r"),
          text("Correlation of predicted and measured response in runs that were never used for fitting."),
          false,
          false,
          kWeakShare,
          false};
}

std::optional<Layer> layerFromKey(const QString& key) {
  for (const Layer layer : kLayers)
    if (key == QLatin1String(layerInfo(layer).key)) return layer;
  return std::nullopt;
}

bool hasLayer(const PersonResults& person, Layer layer) {
  switch (layer) {
    case Layer::Predicted:
      return person.predicted != nullptr;
    case Layer::Measured:
      return person.measured != nullptr;
    case Layer::Difference:
      return person.predicted != nullptr && person.measured != nullptr;
    case Layer::HeldOutR:
      return person.heldOutR.size() > 0;
  }
  return false;
}

QString whatIsMissing(const PersonResults& person) {
  if (!person.measured) return text("responses missing");
  return person.predicted ? QString() : text("not trained yet");
}

LayerRows layerRows(const PersonResults& person, Layer layer, const BrainFrame& frame,
                    LayerScratch& scratch) {
  if (!hasLayer(person, layer)) return {};
  const Index count = vertexCountOf(person, layer);
  if (layer == Layer::HeldOutR) return {person.heldOutR.data(), person.heldOutR.data(), count};
  const auto& matrix = layer == Layer::Predicted ? *person.predicted : *person.measured;
  if (frame.next >= matrix.samples()) return {};
  if (layer != Layer::Difference)
    return {matrix.row(frame.sample, scratch.now), matrix.row(frame.next, scratch.next), count};
  return {differenceOf(person, frame.sample, scratch.now, scratch.other),
          differenceOf(person, frame.next, scratch.next, scratch.other), count};
}

std::optional<double> layerValue(const PersonResults& person, Layer layer, const BrainFrame& frame,
                                 Index vertex) {
  if (!hasLayer(person, layer) || vertex < 0 || vertex >= vertexCountOf(person, layer)) return std::nullopt;
  const auto now = valueAt(person, layer, frame.sample, vertex);
  const auto next = valueAt(person, layer, frame.next, vertex);
  if (!now || !next) return std::nullopt;
  const double mix = static_cast<double>(frame.mix);
  return *now * (1.0 - mix) + *next * mix;
}

bool showsMeansOfVoxels(const Results& results) {
  return std::any_of(results.people.begin(), results.people.end(),
                     [](const PersonResults& person) { return person.view.ofVoxels(); });
}

std::vector<std::uint8_t> significantVertices(const PersonResults& person, Index vertexCount, double level) {
  std::vector<std::uint8_t> shown;
  if (person.q.size() == 0 || person.q.size() != vertexCount) return shown;
  shown.reserve(static_cast<std::size_t>(vertexCount));
  for (const float q : person.q) shown.push_back(static_cast<double>(q) < level ? 1 : 0);
  return shown;
}

float layerLimit(const PersonResults& person, Layer layer) {
  if (!hasLayer(person, layer)) return 0;
  const Index vertices = vertexCountOf(person, layer);
  const Index samples = layer == Layer::HeldOutR ? 1
                        : person.measured        ? person.measured->samples()
                                                 : person.predicted->samples();
  const Index step = std::max<Index>(1, samples / kSamplesForLimit);
  std::vector<float> magnitudes;
  for (Index sample = 0; sample < samples; sample += step)
    for (Index v = sample % kVertexStride; v < vertices; v += kVertexStride)
      if (const auto value = valueAt(person, layer, sample, v); value && std::isfinite(*value))
        magnitudes.push_back(static_cast<float>(std::abs(*value)));
  if (magnitudes.empty()) return 1;
  const auto rank =
      magnitudes.begin() + static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(magnitudes.size() - 1));
  std::nth_element(magnitudes.begin(), rank, magnitudes.end());
  return std::max(*rank, 1e-6f);
}

LayerLimits layerLimits(const Results& results) {
  LayerLimits limits;
  for (const PersonResults& person : results.people) {
    auto& mine = limits.emplace_back();
    for (std::size_t i = 0; i < kLayers.size(); ++i) mine[i] = layerLimit(person, kLayers[i]);
  }
  return limits;
}

}  // namespace cortexscope
