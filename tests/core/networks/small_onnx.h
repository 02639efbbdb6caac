// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "networks/network_metadata.h"
#include "networks/onnx/file.h"

namespace cortexscope::test {

/// A picture network of 3 x side x side that adds each picture's channels with the weights 1, 10, 100 into
/// channel 0 and negates the first channel into channel 1, then cuts off what is negative ("sum"); its means
/// ("pool"); and three logits of the means ("logits": mean 0, mean 1, 1 + mean 0 - mean 1).
inline OnnxModel smallPictureModel(std::int64_t side) {
  using Integers = std::vector<std::int64_t>;
  OnnxModel model;
  model.inputs = {{"in", {1, 3, side, side}}};
  model.outputs = {{"logits", {1, 3}}};
  model.initializers = {{"w", {2, 3, 1, 1}, std::vector<float>{1, 10, 100, -1, 0, 0}},
                        {"b", {2}, std::vector<float>{0, 5}},
                        {"dense", {3, 2}, std::vector<float>{1, 0, 0, 1, 1, -1}},
                        {"bias", {3}, std::vector<float>{0, 0, 1}}};
  model.nodes = {{"c", "Conv", {"in", "w", "b"}, {"c"}, {{"kernel_shape", Integers{1, 1}}}},
                 {"sum", "Relu", {"c"}, {"sum"}, {}},
                 {"pool", "GlobalAveragePool", {"sum"}, {"pool"}, {}},
                 {"flat", "Flatten", {"pool"}, {"flat"}, {{"axis", std::int64_t{1}}}},
                 {"logits", "Gemm", {"flat", "dense", "bias"}, {"logits"}, {{"transB", std::int64_t{1}}}}};
  return model;
}

inline NetworkInfo smallPictureInfo(int side) {
  NetworkInfo info;
  info.title = "Small";
  info.kind = "image";
  info.licence = "MIT";
  info.origin = "made up";
  info.inputShape = {3, side, side};
  info.channelOrder = "RGB";
  info.layers = {{"sum", {2, side, side}}, {"pool", {2}}, {"logits", {3}}};
  info.classes = {"a", "b", "c"};
  return info;
}

inline OnnxModel described(OnnxModel model, const NetworkInfo& info) {
  model.metadata[kNetworkInfoKey] = networkInfoToJson(info);
  return model;
}

}  // namespace cortexscope::test
