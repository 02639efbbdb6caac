#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/job.h"

namespace cortexscope {

struct ImportOptions {
  std::string title;
  std::string licence;
  std::string origin;
  std::filesystem::path classNames;  ///< JSON array/object or one name a line; may be empty
};

/// Converts a network to an ONNX file that this program and OpenCV load, with NetworkInfo inside.
///
/// source   TensorFlow.js model.json (layers model such as ResNet-50, or graph model such as MobileNet v1; weight
///          shards beside it, inside its folder only), or an .onnx file (Max with a constant becomes Clip, shape-only
///          nodes dropped, shared initializers un-aliased)
/// Errors   MissingFile, BadFile (weights at odds with the topology, with both numbers), Unsupported (layer type)
void importNetwork(const std::filesystem::path& source, const std::filesystem::path& onnxFile,
                   const ImportOptions& options, const Job& job);

/// The mel matrix (257 x 32, row-major, float32) inside the speech front end's ONNX file, written as .npy.
void importMelMatrix(const std::filesystem::path& onnxSource, const std::filesystem::path& npyFile);

}  // namespace cortexscope
