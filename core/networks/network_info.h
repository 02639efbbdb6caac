// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <vector>

namespace cortexscope {

/// A named output of a network, as one forward pass of the standard input gives it.
struct NetworkLayer {
  std::string name;
  std::vector<int> shape;  ///< without the batch: channels x height x width, channels x time x mel, or values
};

/// What an ONNX file of ours says about itself (its metadata entries, written by the importer).
struct NetworkInfo {
  std::string title;  ///< "ResNet-50 (ImageNet)"
  std::string kind;   ///< "image" or "speech" (a speech-oriented network is labelled so)
  std::string licence;
  std::string origin;                  ///< package and version the weights came from
  std::vector<int> inputShape;         ///< without the batch
  std::string channelOrder;            ///< "RGB" or "BGR"; empty for sound
  std::array<float, 3> mean{0, 0, 0};  ///< input = (pixel - mean) * scale, pixel 0..255, in channelOrder
  std::array<float, 3> scale{1, 1, 1};
  std::vector<NetworkLayer> layers;  ///< the layers meant as feature spaces, shallow to deep
  std::vector<std::string> classes;  ///< names of the last layer's values (before the softmax), may be empty
};

}  // namespace cortexscope
