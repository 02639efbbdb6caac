// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/networks/plain_network.h"
#include "core/networks/tfjs_files.h"
#include "networks/onnx/file.h"

namespace cortexscope::test {

Normalization randomNormalization(std::size_t count, unsigned seed);

/// A residual network in small: two sizes of maps, an addition, every layer type of ResNet-50 and some more.
struct SmallResidual {
  static constexpr int kHeight = 15, kWidth = 12;
  Kernel first = randomKernel(3, 3, 3, 6, 1), wide = randomKernel(1, 1, 6, 8, 2),
         deep = randomKernel(3, 3, 6, 8, 3);
  Kernel depth = randomKernel(3, 3, 8, 1, 4);
  std::vector<float> firstBias = randomValues(6, 5), deepBias = randomValues(8, 6),
                     depthBias = randomValues(8, 15);
  Normalization firstNorm = randomNormalization(6, 10), wideNorm = randomNormalization(8, 20),
                sumNorm = randomNormalization(8, 30);
  std::vector<float> dense = randomValues(8 * 5, 40), denseBias = randomValues(5, 41);

  TfjsFiles files() const;
  std::map<std::string, std::vector<float>> layers(const std::vector<float>& input) const;
};

/// MobileNet in small: scaled input, SAME padding at stride 2 on odd and even sizes, bias folded, 1 x 1
/// logits.
struct SmallMobile {
  static constexpr int kHeight = 14, kWidth = 11;
  Kernel first = randomKernel(3, 3, 3, 4, 1), depth = randomKernel(3, 3, 4, 2, 2),
         point = randomKernel(1, 1, 8, 6, 3), last = randomKernel(1, 1, 6, 7, 4);
  std::vector<float> firstBias = randomValues(4, 5), depthBias = randomValues(8, 6),
                     pointBias = randomValues(6, 7), lastBias = randomValues(7, 8);

  TfjsFiles files() const;
  std::map<std::string, std::vector<float>> layers(const std::vector<float>& input) const;
};

/// A speech network as exporters write it: input reshaped, Max with a shared constant, an initializer behind
/// Identity.
OnnxModel foreignSpeech(const std::vector<float>& weights, const std::vector<float>& lastWeights);

}  // namespace cortexscope::test
