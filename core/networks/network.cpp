// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/network.h"

#include <cstring>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include "base/digest.h"
#include "base/error.h"
#include "networks/network_metadata.h"
#include "networks/network_trial.h"
#include "networks/onnx/file.h"
#include "networks/onnx/shapes.h"

namespace cortexscope {
namespace {

/// OpenCV puts "onnx_node!" or the like in front of a node's name, depending on its version.
std::string libraryName(const std::vector<cv::String>& names, const std::string& layer) {
  for (const cv::String& name : names)
    if (name == layer || name.ends_with("!" + layer)) return name;
  throw Error(ErrorCode::Unsupported, "layer \"" + layer + "\" got lost while OpenCV loaded the network");
}

/// OpenCV's reason in one line.
std::string reasonOf(const cv::Exception& error) {
  std::string reason;
  for (const char letter : error.err) {
    const char plain = letter == '\n' || letter == '>' ? ' ' : letter;
    if (plain != ' ' || (!reason.empty() && reason.back() != ' ')) reason += plain;
  }
  return reason;
}

/// Turns what OpenCV and the memory allocator throw into our error.
template <class Work>
auto translated(const std::string& file, Work&& work) {
  try {
    return work();
  } catch (const cv::Exception& error) {
    throw Error(ErrorCode::Unsupported, file + ": OpenCV cannot run this network: " + reasonOf(error));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory, file + ": not enough memory to run this network");
  }
}

}  // namespace

struct Network::State {
  std::string file;
  std::shared_ptr<const std::string>
      contents;  // the checked graph in our own writing: OpenCV never sees the file
  NetworkInfo info;
  std::vector<int> inputSizes;                       // batch included
  std::map<std::string, std::size_t> layerPosition;  // in info.layers
  cv::dnn::Net net;
  std::vector<cv::String> outputs;  // OpenCV's name of each of info.layers

  static std::unique_ptr<State> checked(const std::filesystem::path& onnxFile);
  void load();
};

std::unique_ptr<Network::State> Network::State::checked(const std::filesystem::path& onnxFile) {
  auto state = std::make_unique<State>();
  state->file = onnxFile.string();
  const OnnxModel model = readOnnx(onnxFile);
  try {
    state->info = networkInfoOf(model, checkedShapes(model));
  } catch (const Error& error) {
    throw error.within(state->file);
  }
  for (const std::int64_t size : model.inputs[0].dims) state->inputSizes.push_back(static_cast<int>(size));
  for (std::size_t i = 0; i < state->info.layers.size(); ++i)
    state->layerPosition[state->info.layers[i].name] = i;
  state->contents =
      translated(state->file, [&] { return std::make_shared<const std::string>(serializeOnnx(model)); });
  return state;
}

void Network::State::load() {
  translated(file, [&] {
    // With its own threads off, every sum inside OpenCV runs in one fixed order.
    cv::setNumThreads(0);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    net = cv::dnn::readNetFromONNX(contents->data(), contents->size());
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    // Which layers melt into one depends on those asked; without that, a layer has the same bits in every
    // choice.
    net.enableFusion(false);
    const std::vector<cv::String> names = net.getLayerNames();
    outputs.clear();
    for (const NetworkLayer& layer : info.layers) outputs.push_back(libraryName(names, layer.name));
  });
}

Network::Network(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

Network::Network(const std::filesystem::path& onnxFile, const Job& job) : m_state(State::checked(onnxFile)) {
  tryNetworkApart(onnxFile, digest(), job);
  m_state->load();
}

Network Network::untried(const std::filesystem::path& onnxFile) {
  Network network(State::checked(onnxFile));
  network.m_state->load();
  return network;
}

Network Network::clone() const {
  auto copy = std::make_unique<State>(*m_state);
  copy->net = cv::dnn::Net();
  copy->load();
  return Network(std::move(copy));
}

const NetworkInfo& Network::info() const {
  return m_state->info;
}

std::string Network::digest() const {
  return Digest().add(*m_state->contents).hex();
}

std::size_t Network::weightBytes() const {
  return m_state->contents->size();
}

std::vector<std::vector<float>> Network::forward(const std::vector<float>& input,
                                                 const std::vector<std::string>& layers) {
  std::size_t expected = 1;
  for (const int size : m_state->inputSizes) expected *= static_cast<std::size_t>(size);
  require(input.size() == expected, ErrorCode::BadShape, [&] {
    return m_state->file + ": the network takes " + textOf(expected) + " values, got " + textOf(input.size());
  });
  std::vector<cv::String> outputs;
  for (const std::string& layer : layers) {
    const auto found = m_state->layerPosition.find(layer);
    require(found != m_state->layerPosition.end(), ErrorCode::BadValue, [&] {
      std::string known;
      for (const NetworkLayer& each : m_state->info.layers) known += (known.empty() ? "" : ", ") + each.name;
      return m_state->file + ": there is no layer \"" + layer + "\"; the layers are " + known;
    });
    outputs.push_back(m_state->outputs[found->second]);
  }
  if (layers.empty()) return {};
  return translated(m_state->file, [&] {
    const cv::Mat blob(m_state->inputSizes, CV_32F, const_cast<float*>(input.data()));
    m_state->net.setInput(blob);
    std::vector<cv::Mat> results;
    m_state->net.forward(results, outputs);
    std::vector<std::vector<float>> values;
    for (const cv::Mat& result : results) {
      CV_Assert(result.isContinuous() && result.type() == CV_32F);
      const float* data = result.ptr<float>();
      values.emplace_back(data, data + result.total());
    }
    return values;
  });
}

std::string networkLibraryVersion() {
  return "OpenCV " + cv::getVersionString();
}

}  // namespace cortexscope
