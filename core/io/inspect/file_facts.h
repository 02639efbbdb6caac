// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/parsing/number_summary.h"

namespace cortexscope {

/// What a file is, as `cortexscope-cli inspect` says it. Values are after scaling. Empty texts, lists and
/// optionals do not apply to the file.
struct FileFacts {
  std::string file;    ///< the path as given
  std::string format;  ///< "NIfTI-1", "GIFTI", "FreeSurfer curv", ...
  std::string kind;    ///< volume, surface, morphometry, labels, timeseries, array, table, media or network
  std::optional<std::vector<std::int64_t>> shape;
  std::string dtype;  ///< NumPy's name of the numbers in the file; byte order is no part of it
  std::optional<NumberSummary> numbers;

  std::optional<double> trSec;
  std::optional<Eigen::Matrix4d> affine;  ///< mm from voxel
  std::optional<std::int64_t> vertices, triangles;
  std::string hemisphere;  ///< "left", "right" or "both"
  std::string space;       ///< as the file says it, or the template that has as many vertices
  std::vector<std::string> maps;
  std::vector<std::string> labelNames;

  struct BrainModel {
    std::string structure;      ///< "CIFTI_STRUCTURE_CORTEX_LEFT"
    std::int64_t offset = 0;    ///< first column
    std::int64_t count = 0;     ///< columns
    std::int64_t vertices = 0;  ///< of the whole surface; 0 for voxels
  };
  std::vector<BrainModel> brainModels;

  std::optional<double> durationSec, framesPerSec;
  std::optional<int> width, height;  ///< pixels as they lie in the file, before turning and stretching
  std::optional<int> audioRateHz, audioChannels;
  std::vector<std::string> columns;
  std::optional<std::int64_t> rows;

  struct Dataset {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string dtype;  ///< "object" or "|S20" and the like for text, which has no numbers
    std::optional<NumberSummary> numbers;
    std::string note;  ///< why it is not read, where it is not
  };
  std::vector<Dataset> datasets;

  struct Layer {
    std::string name;
    std::string op;  ///< empty for inputs
    std::vector<std::int64_t> shape;
    bool shapeKnown = false;
  };
  std::vector<Layer> inputs, layers;

  std::vector<std::string> warnings;  ///< odd but usable things, each a sentence with the file
};

/// Name of the surface template with this many vertices per hemisphere; empty for other counts.
std::string templateWithVertices(std::int64_t vertexCount);

/// "left" or "right" as the file's name says it (lh., hemi-L, .L.); empty where it does not.
std::string hemisphereInName(const std::filesystem::path& file);

}  // namespace cortexscope
