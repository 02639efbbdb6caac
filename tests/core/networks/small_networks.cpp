// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/networks/small_networks.h"
#include "base/text.h"

namespace cortexscope::test {
namespace {

using json = nlohmann::json;

json convolutionConfig(int filters, int kernel, int stride, const char* padding, bool bias = true) {
  return {{"filters", filters},
          {"kernel_size", {kernel, kernel}},
          {"strides", {stride, stride}},
          {"padding", padding},
          {"use_bias", bias},
          {"activation", "linear"},
          {"dilation_rate", {1, 1}},
          {"data_format", "channels_last"}};
}

json textAttribute(const char* base64) {
  return {{"s", base64}};
}
json listAttribute(std::vector<int> values) {
  json texts = json::array();
  for (const int value : values) texts.push_back(textOf(value));
  return {{"list", {{"i", texts}}}};
}
constexpr const char* kSame = "U0FNRQ==";         // SAME
constexpr const char* kBiasAdd = "Qmlhc0FkZA==";  // BiasAdd
constexpr const char* kRelu6 = "UmVsdTY=";        // Relu6

OnnxTensor tensor(const std::string& name, const OnnxShape& dims, std::vector<float> values) {
  return {name, dims, std::move(values)};
}

}  // namespace

Normalization randomNormalization(std::size_t count, unsigned seed) {
  return {randomValues(count, seed, 0.5f, 1.5f), randomValues(count, seed + 1), randomValues(count, seed + 2),
          randomValues(count, seed + 3, 0.2f, 2.0f)};
}

TfjsFiles SmallResidual::files() const {
  TfjsFiles files;
  files.addLayer("InputLayer", "in", {{"batch_input_shape", {nullptr, kHeight, kWidth, 3}}}, {});
  files.addLayer("ZeroPadding2D", "pad", {{"padding", {{1, 2}, {0, 1}}}}, {"in"});
  files.addLayer("Conv2D", "conv1", convolutionConfig(6, 3, 1, "valid"), {"pad"});
  files.addKernel("conv1/kernel", first);
  files.addWeights("conv1/bias", {6}, firstBias);
  files.addLayer("BatchNormalization", "bn1", {{"axis", {3}}, {"epsilon", 1e-3}}, {"conv1"});
  files.addNormalization("bn1", firstNorm);
  files.addLayer("Activation", "relu1", {{"activation", "relu"}}, {"bn1"});
  files.addLayer("MaxPooling2D", "pool1", {{"pool_size", {3, 3}}, {"strides", {2, 2}}, {"padding", "same"}},
                 {"relu1"});
  files.addLayer("Conv2D", "wide", convolutionConfig(8, 1, 1, "same", false), {"pool1"});
  files.addKernel("wide/kernel", wide);
  files.addLayer("BatchNormalization", "wide_bn", {{"axis", 3}, {"epsilon", 1e-3}}, {"wide"});
  files.addNormalization("wide_bn", wideNorm);
  files.addLayer("Conv2D", "deep", convolutionConfig(8, 3, 1, "same"), {"pool1"});
  files.addKernel("deep/kernel", deep);
  files.addWeights("deep/bias", {8}, deepBias);
  files.addLayer("Add", "sum", json::object(), {"wide_bn", "deep"});
  files.addLayer("Activation", "relu2", {{"activation", "relu"}}, {"sum"});
  // Two layers take relu2, so this normalisation cannot vanish into a convolution.
  files.addLayer("BatchNormalization", "sum_bn", {{"axis", {3}}, {"epsilon", 1e-3}}, {"relu2"});
  files.addNormalization("sum_bn", sumNorm);
  files.addLayer("DepthwiseConv2D", "depth",
                 {{"kernel_size", {3, 3}},
                  {"strides", {2, 2}},
                  {"padding", "same"},
                  {"depth_multiplier", 1},
                  {"activation", "relu6"}},
                 {"sum_bn"});
  files.addKernel("depth/depthwise_kernel", depth);
  files.addWeights("depth/bias", {8}, depthBias);
  files.addLayer("GlobalAveragePooling2D", "mean", json::object(), {"depth"});
  files.addLayer("Dense", "fc5", {{"units", 5}, {"activation", "softmax"}, {"use_bias", true}}, {"mean"});
  files.addWeights("fc5/kernel", {8, 5}, dense);
  files.addWeights("fc5/bias", {5}, denseBias);
  return files;
}

std::map<std::string, std::vector<float>> SmallResidual::layers(const std::vector<float>& input) const {
  const Map padded = zeroPadded(mapFrom(kHeight, kWidth, 3, input), 1, 2, 0, 1);
  const Map relu1 = limited(normalized(convolve(padded, first, firstBias, 1, false), firstNorm), 0);
  const Map pooled = maxPool(relu1, 3, 2, true);
  const Map relu2 = limited(added(normalized(convolve(pooled, wide, {}, 1, true), wideNorm),
                                  convolve(pooled, deep, deepBias, 1, true)),
                            0);
  const Map last = limited(convolve(normalized(relu2, sumNorm), depth, depthBias, 2, true, true), 0, 6);
  const Map mean = globalMean(last);
  std::vector<float> logits;
  for (std::size_t unit = 0; unit < 5; ++unit) {
    double sum = static_cast<double>(denseBias[unit]);
    for (std::size_t i = 0; i < 8; ++i) sum += mean.values[i] * static_cast<double>(dense[i * 5 + unit]);
    logits.push_back(static_cast<float>(sum));
  }
  return {{"conv1", relu1.channelMajor()},
          {"stage2", relu2.channelMajor()},
          {"stage3", last.channelMajor()},
          {"pool", mean.channelMajor()},
          {"fc5", logits}};
}

TfjsFiles SmallMobile::files() const {
  TfjsFiles files;
  const auto constant = [&](const std::string& name) { files.addNode("Const", name, {}); };
  for (const char* name : {"two", "one", "w0", "b0", "wd", "bd", "wp", "bp", "axes", "wl", "bl"})
    constant(name);
  files.addWeights("two", {}, {2});
  files.addWeights("one", {}, {1});
  files.addKernel("w0", first);
  files.addWeights("b0", {4}, firstBias);
  files.addKernel("wd", depth);
  files.addWeights("bd", {8}, depthBias);
  files.addKernel("wp", point);
  files.addWeights("bp", {6}, pointBias);
  files.addIntegers("axes", {1, 2});
  files.addKernel("wl", last);
  files.addWeights("bl", {7}, lastBias);
  const auto size = [](int value) { return json{{"size", textOf(value)}}; };
  const json convolution{{"padding", textAttribute(kSame)},
                         {"strides", listAttribute({1, 2, 2, 1})},
                         {"data_format", textAttribute("TkhXQw==")}};
  json fused = convolution;
  fused["fused_ops"] = {{"list", {{"s", {kBiasAdd, kRelu6}}}}};
  json plain = fused;
  plain["strides"] = listAttribute({1, 1, 1, 1});
  json biased = plain;
  biased["fused_ops"] = {{"list", {{"s", {kBiasAdd}}}}};
  // Out of order on purpose: the reader has to sort.
  files.addNode("Squeeze", "net/SpatialSqueeze", {"net/logits"}, {{"squeeze_dims", listAttribute({1, 2})}});
  files.addNode("Placeholder", "images", {},
                {{"shape", {{"shape", {{"dim", {size(-1), size(kHeight), size(kWidth), size(3)}}}}}}});
  files.addNode("Mul", "mul", {"images:0", "two"});
  files.addNode("Sub", "sub", {"mul", "one"});
  files.addNode("_FusedConv2D", "net/Conv2d_0/Relu6", {"sub", "w0", "b0"}, fused);
  files.addNode("DepthwiseConv2dNative", "net/Conv2d_1_depthwise/depthwise", {"net/Conv2d_0/Relu6", "wd"},
                convolution);
  files.addNode("BiasAdd", "net/Conv2d_1_depthwise/bias", {"net/Conv2d_1_depthwise/depthwise", "bd"});
  files.addNode("Relu6", "net/Conv2d_1_depthwise/Relu6", {"net/Conv2d_1_depthwise/bias"});
  files.addNode("_FusedConv2D", "net/Conv2d_1_pointwise/Relu6", {"net/Conv2d_1_depthwise/Relu6", "wp", "bp"},
                plain);
  files.addNode("Mean", "net/pool", {"net/Conv2d_1_pointwise/Relu6", "axes"}, {{"keep_dims", {{"b", true}}}});
  files.addNode("_FusedConv2D", "net/logits", {"net/pool", "wl", "bl", "^net/pool"}, biased);
  return files;
}

std::map<std::string, std::vector<float>> SmallMobile::layers(const std::vector<float>& input) const {
  const Map conv0 = limited(convolve(mapFrom(kHeight, kWidth, 3, input), first, firstBias, 2, true), 0, 6);
  const Map dw1 = limited(convolve(conv0, depth, depthBias, 2, true, true), 0, 6);
  const Map pw1 = limited(convolve(dw1, point, pointBias, 1, true), 0, 6);
  const Map pool = globalMean(pw1);
  return {{"conv0", conv0.channelMajor()},
          {"pw1", pw1.channelMajor()},
          {"pool", pool.channelMajor()},
          {"logits", convolve(pool, last, lastBias, 1, true).channelMajor()}};
}

OnnxModel foreignSpeech(const std::vector<float>& weights, const std::vector<float>& lastWeights) {
  OnnxModel model;
  model.opset = 13;
  model.inputs = {{"in", {-1, 6, 4, 1}}};
  model.outputs = {{"out", {-1, 1, 1, 3}}};
  model.initializers = {tensor("w", {2, 1, 3, 3}, weights), tensor("w2", {3, 2, 3, 2}, lastWeights),
                        tensor("floor", {1, 1, 1, 1}, {-0.4f}),
                        OnnxTensor{"shape", {4}, std::vector<std::int64_t>{-1, 1, 6, 4}},
                        OnnxTensor{"shape2", {4}, std::vector<std::int64_t>{-1, 1, 1, 3}}};
  using Integers = std::vector<std::int64_t>;
  model.nodes = {
      {"", "Reshape", {"in", "shape"}, {"x"}, {}},
      {"", "Identity", {"w"}, {"w_shared"}, {}},
      {"",
       "Conv",
       {"x", "w_shared"},
       {"c"},
       {{"pads", Integers{1, 1, 1, 1}},
        {"kernel_shape", Integers{3, 3}},
        {"auto_pad", std::string("NOTSET")}}},
      {"", "LeakyRelu", {"c"}, {"l"}, {{"alpha", 0.2f}}},
      {"", "Max", {"l", "floor"}, {"m"}, {}},
      {"", "MaxPool", {"m"}, {"p"}, {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}}},
      {"", "Conv", {"p", "w2"}, {"c2"}, {{"kernel_shape", Integers{3, 2}}}},
      {"", "Reshape", {"c2", "shape2"}, {"out"}, {}}};
  return model;
}

}  // namespace cortexscope::test
