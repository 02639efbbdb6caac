// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"

namespace cortexscope::test {
namespace {

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value > 0x7f; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string field(std::uint64_t number, const std::string& bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string field(std::uint64_t number, std::int64_t value) {
  return varint(number << 3) + varint(static_cast<std::uint64_t>(value));
}

struct Tensor {
  std::vector<std::int64_t> dims{2, 3, 1, 1};
  std::int64_t type = 1;
  std::string raw = std::string(24, '\0');
  std::string more;  ///< further fields
};
std::string tensor(const std::string& name, const Tensor& t) {
  std::string bytes;
  for (const std::int64_t size : t.dims) bytes += field(1, size);
  return bytes + field(2, t.type) + field(8, name) + field(9, t.raw) + t.more;
}

std::string integers(const char* name, const std::vector<std::int64_t>& values) {
  std::string bytes = field(1, name) + field(20, std::int64_t{7});
  for (const std::int64_t value : values) bytes += field(8, value);
  return field(5, bytes);
}
std::string node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
                 const std::string& attributes = {}) {
  std::string bytes;
  for (const std::string& input : inputs) bytes += field(1, input);
  return bytes + field(2, output) + field(3, output) + field(4, op) + attributes;
}

std::string value(const std::string& name, const std::vector<std::int64_t>& sizes) {
  std::string shape;
  for (const std::int64_t size : sizes) shape += field(1, field(1, size));
  return field(1, name) + field(2, field(1, field(1, std::int64_t{1}) + field(2, shape)));
}

/// A convolution of 3 x 4 x 4 to 2 channels and what is to be odd about it.
struct Network {
  Tensor weights;
  std::vector<std::int64_t> input{1, 3, 4, 4}, kernel{1, 1}, pads{0, 0, 0, 0};
  std::string op = "Conv", from = "in", out = "c", more, nodeMore;
  std::int64_t opset = 10;
};
std::string networkFile(const Network& n) {
  const std::string convolution = node(
      n.op, {n.from, "w"}, "c", integers("kernel_shape", n.kernel) + integers("pads", n.pads) + n.nodeMore);
  return field(1, std::int64_t{5}) +
         field(7, field(1, convolution) + field(5, tensor("w", n.weights)) + field(11, value("in", n.input)) +
                      field(12, value(n.out, {1, 2, 4, 4})) + n.more) +
         field(8, field(1, "") + field(2, n.opset));
}
template <class Change>
std::string network(Change change) {
  Network odd;
  change(odd);
  return networkFile(odd);
}

Tensor kept(const std::string& place, const std::string& offset = "0", const std::string& length = "24") {
  Tensor t;
  t.raw.clear();
  for (const auto& [key, text] :
       {std::pair<std::string, std::string>{"location", place}, {"offset", offset}, {"length", length}})
    t.more += field(13, field(1, key) + field(2, text));
  t.more += field(14, std::int64_t{1});
  return t;
}

void addRefusedNetworks(std::vector<MadeFile>& files) {
  const auto refuse = [&](const std::string& what, const std::string& contents,
                          std::vector<std::string> words) {
    files.push_back({"x.onnx", what, contents, Verdict::Refuse, std::move(words)});
  };
  const auto weights = [](auto change) { return network([&](Network& n) { change(n.weights); }); };
  const std::string good = networkFile({});
  refuse("cut", good.substr(0, good.size() / 2), {"byte"});
  refuse("length that never ends", std::string(11, '\xff'), {"more than 10 bytes"});
  refuse("length beyond the file", "\x3a\x7f", {"claims 127 bytes"});
  refuse("no graph", field(1, std::int64_t{5}), {"no graph"});
  std::string deep;
  for (int i = 0; i < 500; ++i)
    deep = field(1, node("If", {}, "o", field(5, field(1, "then_branch") + field(6, deep))));
  refuse("graphs nested very deep", field(7, deep), {"graph inside the graph"});
  for (const char* place :
       {"../secret", "sub/../../secret", "/etc/passwd", "link", "missing", "*/_ORT_MEM_ADDR_/*"})
    refuse(std::string("weights at ") + place, network([&](Network& n) { n.weights = kept(place); }),
           {"\"w\"", "another file"});
  refuse("weights at an enormous place",
         network([](Network& n) { n.weights = kept("w.bin", "99999999999", "99999999999"); }),
         {"another file"});
  refuse("dims negative", weights([](Tensor& t) { t.dims[0] = -2; }), {"negative", "-2"});
  refuse("dims huge", weights([](Tensor& t) { t.dims = {1 << 30, 1 << 9}; }), {"24 bytes"});
  refuse("dims that wrap", weights([](Tensor& t) {
           t.dims = {INT64_C(1) << 32, INT64_C(1) << 32};
         }),
         {"more than"});
  refuse("raw data short", weights([](Tensor& t) { t.raw.resize(20); }), {"2x3x1x1", "20 bytes"});
  refuse("element type unknown", weights([](Tensor& t) { t.type = 99; }), {"element type 99"});
  refuse("two graphs", good + field(7, ""), {"more than one graph"});
  refuse("custom domain", network([](Network& n) { n.nodeMore = field(7, "com.example"); }), {"com.example"});
  refuse("no version of operators", field(7, ""), {"no version"});
}

/// Inspecting tells what the graph is, and that and why it cannot be run.
void addSaidNetworks(std::vector<MadeFile>& files) {
  files.push_back({"x.onnx", "one convolution", networkFile({}), Verdict::Load, {}});
  const auto say = [&](const char* what, const std::string& contents, std::vector<std::string> words) {
    words.push_back("cannot be run");
    files.push_back({"x.onnx", what, contents, Verdict::Say, std::move(words)});
  };
  say("unknown operator", network([](Network& n) { n.op = "Wobble"; }), {"Wobble"});
  say("circle", network([](Network& n) { n.from = "c"; }), {"\"c\""});
  say("input that nothing makes", network([](Network& n) { n.from = "nobody"; }), {"nobody"});
  say("output that nothing makes", network([](Network& n) { n.out = "nobody"; }), {"nobody"});
  say("operators newer than known", network([](Network& n) { n.opset = 99; }), {"99"});
  say("kernel at odds with its weights", network([](Network& n) { n.kernel = {3, 3}; }), {"Conv"});
  say("negative kernel", network([](Network& n) { n.kernel = {-1, 1}; }), {"Conv"});
  say("padding of terabytes", network([](Network& n) {
        n.pads = {1 << 30, 1 << 30, 1 << 30, 1 << 30};
      }),
      {"Conv"});
  say("input of terabytes", network([](Network& n) { n.input = {1, 3, 1 << 20, 1 << 20}; }), {"values"});
  say("input of size zero", network([](Network& n) { n.input = {1, 3, 0, 4}; }), {"0"});
  say("weights not numbers", network([](Network& n) { n.weights.raw.replace(0, 4, "\xff\xff\xff\x7f", 4); }),
      {"\"w\"", "finite"});
}

}  // namespace

std::vector<MadeFile> madeNetworks() {
  std::vector<MadeFile> files;
  addRefusedNetworks(files);
  addSaidNetworks(files);
  return files;
}

}  // namespace cortexscope::test
