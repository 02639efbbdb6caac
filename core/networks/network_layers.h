// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to networks.

#include <vector>

#include "networks/network.h"
#include "networks/onnx/source_network.h"

namespace cortexscope {

/// Picks the layers of a network that serve as feature spaces, shallow to deep, and gives their values in the
/// graph these names; every other value gets a "/" in front of its name.
///
/// Image networks   conv1 (after the first activation), then for each size of the maps the last activation at
///                  that size (after an addition, where there are any): stage1, stage2, ... by size, then
///                  pool, then the dense layers, the last one being the class logits. With TensorFlow's
///                  MobileNet names: conv0, pw1, pw3, ... instead. Dense layers keep their Keras name;
///                  elsewhere fc1, fc2, ... and logits.
/// Speech networks  block1, block2, ... (after each pool) and embedding.
/// ResNet-50        conv1, stage2, stage3, stage4, stage5, pool, fc1000
/// MobileNet v1     conv0, pw1, pw3, pw5, pw11, pw13, pool, logits
std::vector<NetworkLayer> nameLayers(SourceNetwork& source);

/// One channel in: a spectrogram, not a picture.
bool isSpeechNetwork(const SourceNetwork& source);

}  // namespace cortexscope
