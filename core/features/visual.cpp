// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/visual.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "features/picture_input.h"

namespace cortexscope {
namespace {

constexpr std::size_t kMaxCloneBytes = std::size_t{2} << 30;
constexpr std::size_t kBytesPerWeightByte = 3;  // OpenCV keeps the weights twice, we once

/// One layer asked for, with its grid.
struct Space {
  NetworkLayer layer;
  int side = 1;
  Index valueCount = 0;
};

std::vector<Space> spacesOf(const NetworkInfo& info, const VisualOptions& options) {
  std::vector<std::string> names = options.layers;
  if (names.empty())
    for (const NetworkLayer& layer : info.layers) names.push_back(layer.name);
  std::vector<Space> spaces;
  for (const std::string& name : names) {
    const auto found = std::find_if(info.layers.begin(), info.layers.end(),
                                    [&](const NetworkLayer& layer) { return layer.name == name; });
    require(found != info.layers.end(), ErrorCode::BadValue, [&] {
      std::string known;
      for (const NetworkLayer& each : info.layers) known += (known.empty() ? "" : ", ") + each.name;
      return "network \"" + info.title + "\" has no layer \"" + name + "\"; its layers are " + known;
    });
    Space space{*found, gridSide(found->shape.at(0), options.maxValuesPerLayer), found->shape[0]};
    if (found->shape.size() == 3)
      space.valueCount *=
          Index{std::min(space.side, found->shape[1])} * std::min(space.side, found->shape[2]);
    spaces.push_back(space);
  }
  return spaces;
}

void check(const TimeAxis& times, const VisualOptions& options) {
  require(times.sampleCount >= 0 && std::isfinite(times.startSec) && std::isfinite(times.periodSec) &&
              times.periodSec > 0,
          ErrorCode::BadValue, [&] {
            return "the samples' times are not legal: " + textOf(times.sampleCount) + " samples of " +
                   textOf(times.periodSec) + " s";
          });
  require(options.framesPerSample >= 1 && options.framesPerSample <= 100, ErrorCode::BadValue,
          [&] { return "pictures per sample must be 1 to 100, got " + textOf(options.framesPerSample); });
  require(options.maxValuesPerLayer >= 1, ErrorCode::BadValue,
          [&] { return "values per layer must be at least 1, got " + textOf(options.maxValuesPerLayer); });
}

/// The network and its clones; each worker borrows one for one sample.
class NetworkPool {
 public:
  NetworkPool(Network& network, int count) {
    m_clones.reserve(static_cast<std::size_t>(count));
    m_free.push_back(&network);
    for (int i = 1; i < count; ++i) m_free.push_back(&m_clones.emplace_back(network.clone()));
  }

  class Loan {
   public:
    explicit Loan(NetworkPool& pool) : m_pool(pool) {
      const std::lock_guard lock(m_pool.m_mutex);
      m_network = m_pool.m_free.back();
      m_pool.m_free.pop_back();
    }
    ~Loan() {
      const std::lock_guard lock(m_pool.m_mutex);
      m_pool.m_free.push_back(m_network);
    }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Network& network() const { return *m_network; }

   private:
    NetworkPool& m_pool;
    Network* m_network = nullptr;
  };

 private:
  std::vector<Network> m_clones;
  std::vector<Network*> m_free;
  std::mutex m_mutex;
};

int cloneCount(const Network& network, const VisualOptions& options, const TimeAxis& times) {
  const std::size_t each = std::max<std::size_t>(network.weightBytes() * kBytesPerWeightByte, 1);
  const auto fitting = static_cast<Index>(std::clamp<std::size_t>(kMaxCloneBytes / each, 1, 1024));
  return static_cast<int>(
      std::clamp<Index>(std::min<Index>(resolvedThreadCount(options.threadCount), fitting), 1,
                        std::max<Index>(times.sampleCount, 1)));
}

/// The features of a few samples in a row.
class FeatureMaker {
 public:
  FeatureMaker(std::vector<Space> spaces, const TimeAxis& times, int framesPerSample)
      : m_spaces(std::move(spaces)), m_times(times), m_framesPerSample(framesPerSample) {
    for (const Space& space : m_spaces) {
      m_names.push_back(space.layer.name);
      m_features.push_back({space.layer.name, {}});
    }
  }

  void begin(Index firstSample, Index count) {
    m_firstSample = firstSample;
    for (std::size_t i = 0; i < m_spaces.size(); ++i)
      m_features[i].values.setZero(count, m_spaces[i].valueCount);
  }

  double pictureTime(Index sample, int picture) const {
    const double part = (picture + 0.5) / m_framesPerSample;
    return m_times.startSec + m_times.periodSec * (static_cast<double>(sample) + part);
  }

  /// Fills the sample's row of every layer; different samples may be done at the same time.
  void addSample(Index sample, const std::vector<VideoFrame>& pictures, Network& network, const Job& job,
                 double fraction) {
    for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
      job.checkpoint(fraction, "visual features");
      const auto outputs = network.forward(pictureInput(pictures[picture], network.info()), m_names);
      for (std::size_t i = 0; i < m_spaces.size(); ++i)
        add(sample, i, outputs[i], pictureTime(sample, static_cast<int>(picture)));
    }
    for (LayerFeatures& layer : m_features)
      layer.values.row(sample - m_firstSample) /= static_cast<float>(pictures.size());
  }

  const std::vector<LayerFeatures>& features() const { return m_features; }

 private:
  void add(Index sample, std::size_t layer, const std::vector<float>& map, double timeSec) {
    const Space& space = m_spaces[layer];
    require(std::all_of(map.begin(), map.end(), [](float value) { return std::isfinite(value); }),
            ErrorCode::BadValue, [&] {
              return "layer \"" + space.layer.name +
                     "\" gives a value that is not finite for the picture at " + textOf(timeSec) + " s";
            });
    const std::vector<float> means = gridMeans(map, space.layer.shape, space.side);
    m_features[layer].values.row(sample - m_firstSample) +=
        Eigen::Map<const Eigen::RowVectorXf>(means.data(), static_cast<Index>(means.size()));
  }

  std::vector<Space> m_spaces;
  TimeAxis m_times;
  int m_framesPerSample;
  std::vector<std::string> m_names;
  Index m_firstSample = 0;
  std::vector<LayerFeatures> m_features;
};

}  // namespace

int gridSide(int channels, int maxValues) {
  int side = std::max(1, static_cast<int>(std::sqrt(static_cast<double>(maxValues) / channels)));
  while (side > 1 && std::int64_t{side} * side * channels > maxValues) --side;
  return side;
}

std::vector<float> gridMeans(const std::vector<float>& map, const std::vector<int>& shape, int side) {
  if (shape.size() != 3) return map;
  const int height = shape[1], width = shape[2];
  const int rows = std::min(side, height), columns = std::min(side, width);
  std::vector<float> means;
  means.reserve(static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(rows) *
                static_cast<std::size_t>(columns));
  const float* channel = map.data();
  for (int c = 0; c < shape[0]; ++c, channel += Index{height} * width)
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < columns; ++j) {
        const int top = i * height / rows, bottom = (i + 1) * height / rows;
        const int left = j * width / columns, right = (j + 1) * width / columns;
        double sum = 0;
        for (int y = top; y < bottom; ++y)
          for (int x = left; x < right; ++x) sum += channel[Index{y} * width + x];
        means.push_back(static_cast<float>(sum / (double(bottom - top) * (right - left))));
      }
  return means;
}

void visualFeatures(VideoReader& film, const TimeAxis& times, Network& network, const VisualOptions& options,
                    const FeatureSink& sink, const Job& job) {
  check(times, options);
  try {
    FeatureMaker maker(spacesOf(network.info(), options), times, options.framesPerSample);
    const int threads = cloneCount(network, options, times);
    NetworkPool pool(network, threads);
    std::vector<std::vector<VideoFrame>> pictures(static_cast<std::size_t>(threads));
    std::atomic<Index> done = 0;
    for (Index first = 0; first < times.sampleCount; first += threads) {
      const Index count = std::min<Index>(threads, times.sampleCount - first);
      maker.begin(first, count);
      for (Index i = 0; i < count; ++i) {
        auto& sample = pictures[static_cast<std::size_t>(i)];
        sample.clear();
        for (int k = 0; k < options.framesPerSample; ++k) {
          job.checkpoint(static_cast<double>(first) / static_cast<double>(times.sampleCount),
                         "visual features");
          sample.push_back(film.frameAt(maker.pictureTime(first + i, k)));
        }
      }
      parallelFor(count, threads, [&](Index i) {
        const NetworkPool::Loan loan(pool);
        const double fraction = static_cast<double>(done) / static_cast<double>(times.sampleCount);
        maker.addSample(first + i, pictures[static_cast<std::size_t>(i)], loan.network(), job, fraction);
        ++done;
      });
      sink(maker.features());
    }
    job.checkpoint(1.0, "visual features");
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory, "not enough memory for visual features; take fewer values per layer");
  }
}

}  // namespace cortexscope
