// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "base/job.h"

namespace cortexscope {

/// How a pixel (0..255) becomes a network's input. The files of networks do not say it.
enum class PixelScaling {
  Automatic,  ///< a scaling at the start of the graph itself; or by the Keras model's name (resnet50, vgg16,
              ///< ...: Caffe; mobilenet, inception, xception: PlusMinusOne); or Torch for .onnx files
  Caffe,      ///< BGR, minus 103.939, 116.779, 123.68
  PlusMinusOne,  ///< RGB, (pixel - 127.5) / 127.5
  Torch,         ///< RGB, (pixel / 255 - mean) / deviation with PyTorch's ImageNet numbers
  ZeroToOne,     ///< RGB, pixel / 255
};

struct ImportOptions {
  std::string title;
  std::string licence;
  std::string origin;
  std::filesystem::path classNames;  ///< JSON array/object or one name a line; may be empty
  PixelScaling pixels = PixelScaling::Automatic;
};

/// Converts a network to an ONNX file that this program and OpenCV load, with NetworkInfo inside.
///
/// source   TensorFlow.js model.json (layers model such as ResNet-50, or graph model such as MobileNet v1;
///          weight shards beside it, inside its folder only), or an .onnx file (Max with a constant becomes
///          Clip, shape-only nodes dropped, shared initializers un-aliased). A network with one input channel
///          counts as a speech network.
/// Layers   those named as feature spaces are listed in network_layers.h; the last one holds the values
///          before the softmax. With one class name fewer than values, "background" is put in front.
/// Errors   MissingFile, BadFile (weights at odds with the topology, with both numbers), Unsupported (layer
///          type, or pixel scaling that has to be said), BadShape (class names against the last layer);
///          Cancelled
void importNetwork(const std::filesystem::path& source, const std::filesystem::path& onnxFile,
                   const ImportOptions& options, const Job& job);

}  // namespace cortexscope
