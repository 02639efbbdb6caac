// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/tfjs/weights.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uintmax_t kMaxGroupBytes = (std::uintmax_t{1} << 31) - 1;
constexpr std::size_t kMaxShards = 10000;

/// The shard's real path, which must lie in the real folder of the model.
fs::path shardPath(const std::string& name, const fs::path& folder) {
  const fs::path relative(name);
  const bool leaves =
      std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; });
  require(!name.empty() && name.find('\0') == std::string::npos && relative.is_relative() && !leaves,
          ErrorCode::BadFile, [&] {
            return "weights file \"" + name +
                   "\" is outside the model's folder; only files inside it are read";
          });
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
  const fs::path real = fs::canonical(root / relative, error);
  require(!error, ErrorCode::MissingFile,
          [&] { return (folder / relative).string() + ": cannot be opened: " + error.message(); });
  const auto mismatch = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
  require(mismatch.first == root.end(), ErrorCode::BadFile, [&] {
    return "weights file \"" + name +
           "\" is a link that leaves the model's folder; only files inside it are read";
  });
  return real;
}

struct Entry {
  std::string name;
  OnnxShape dims;
  bool isFloat = true;
  std::size_t bytes = 0;
};

Entry entryOf(const json& weight) {
  Entry entry{weight.at("name").get<std::string>(), weight.at("shape").get<OnnxShape>(), true, 0};
  const std::string type = weight.at("dtype").get<std::string>();
  require(!weight.contains("quantization") && (type == "float32" || type == "int32"), ErrorCode::Unsupported,
          [&] {
            return "weights \"" + entry.name + "\" are stored as " +
                   (weight.contains("quantization") ? "compressed (quantised) numbers" : type) +
                   "; only plain float32 and int32 are read";
          });
  entry.isFloat = type == "float32";
  require(entry.dims.size() <= 8, ErrorCode::BadFile,
          [&] { return "weights \"" + entry.name + "\" have " + textOf(entry.dims.size()) + " dimensions"; });
  try {
    entry.bytes = static_cast<std::size_t>(elementCount(entry.dims)) * 4;
  } catch (const Error& error) {
    throw error.within("weights \"" + entry.name + "\"");
  }
  return entry;
}

/// Names and sizes are compared before any byte of the shards is read.
std::string readShards(const json& group, const std::vector<Entry>& entries, const fs::path& folder,
                       const Job& job) {
  std::uintmax_t needed = 0;
  for (const Entry& entry : entries) needed += entry.bytes;
  std::vector<fs::path> shards;
  std::uintmax_t present = 0;
  const json& paths = group.at("paths");
  require(paths.size() <= kMaxShards, ErrorCode::BadFile, "names " + textOf(paths.size()) + " weights files");
  for (const json& path : paths) {
    shards.push_back(shardPath(path.get<std::string>(), folder));
    present += regularFileSize(shards.back());
  }
  require(needed == present, ErrorCode::BadFile, [&] {
    return "the weights need " + textOf(needed) + " bytes, the " + textOf(shards.size()) +
           " weights files hold " + textOf(present);
  });
  require(present <= kMaxGroupBytes, ErrorCode::BadFile,
          [&] { return "the weights take " + textOf(present) + " bytes, more than 2 GiB"; });
  std::string data;
  data.reserve(static_cast<std::size_t>(present));
  for (std::size_t i = 0; i < shards.size(); ++i) {
    job.checkpoint(static_cast<double>(i) / static_cast<double>(shards.size()), "reading weights");
    data += readTextFile(shards[i], static_cast<std::size_t>(kMaxGroupBytes) - data.size());
  }
  require(data.size() == needed, ErrorCode::Io, "the weights files changed while they were read");
  return data;
}

OnnxTensor tensorFrom(const Entry& entry, const char* data) {
  const std::size_t count = entry.bytes / 4;
  if (entry.isFloat) {
    std::vector<float> values(count);
    if (count > 0) std::memcpy(values.data(), data, entry.bytes);
    return {entry.name, entry.dims, std::move(values)};
  }
  std::vector<std::int32_t> stored(count);
  if (count > 0) std::memcpy(stored.data(), data, entry.bytes);
  return {entry.name, entry.dims, std::vector<std::int64_t>(stored.begin(), stored.end())};
}

}  // namespace

TfjsWeights::TfjsWeights(const json& manifest, const fs::path& folder, const Job& job) {
  for (const json& group : manifest) {
    std::vector<Entry> entries;
    for (const json& weight : group.at("weights")) entries.push_back(entryOf(weight));
    const std::string data = readShards(group, entries, folder, job);
    std::size_t offset = 0;
    for (const Entry& entry : entries) {
      const bool isNew = m_tensors.emplace(entry.name, tensorFrom(entry, data.data() + offset)).second;
      require(isNew, ErrorCode::BadFile, [&] { return "weights \"" + entry.name + "\" appear twice"; });
      offset += entry.bytes;
    }
  }
}

const OnnxTensor& TfjsWeights::tensor(const std::string& name) const {
  const auto found = m_tensors.find(name);
  require(found != m_tensors.end(), ErrorCode::BadFile,
          [&] { return "weights \"" + name + "\" are missing"; });
  return found->second;
}

const std::vector<float>& TfjsWeights::floats(const std::string& name, const OnnxShape& expected) const {
  const OnnxTensor& found = tensor(name);
  require(found.isFloat() && found.dims == expected, ErrorCode::BadFile, [&] {
    return "weights \"" + name + "\" have " + (found.isFloat() ? "shape " : "integers of shape ") +
           shapeText(found.dims) + ", the topology needs " + shapeText(expected);
  });
  return found.floats();
}

OnnxTensor convolutionWeights(const OnnxTensor& kernel) {
  require(kernel.isFloat() && kernel.dims.size() == 4, ErrorCode::BadFile, [&] {
    return "weights \"" + kernel.name + "\" of shape " + shapeText(kernel.dims) + " are no 2-D convolution";
  });
  const std::int64_t area = kernel.dims[0] * kernel.dims[1], inputs = kernel.dims[2],
                     outputs = kernel.dims[3];
  std::vector<float> turned(kernel.floats().size());
  const float* from = kernel.floats().data();
  for (std::int64_t place = 0; place < area; ++place)
    for (std::int64_t input = 0; input < inputs; ++input)
      for (std::int64_t output = 0; output < outputs; ++output)
        turned[static_cast<std::size_t>((output * inputs + input) * area + place)] = *from++;
  return {kernel.name, {outputs, inputs, kernel.dims[0], kernel.dims[1]}, std::move(turned)};
}

OnnxTensor depthwiseWeights(const OnnxTensor& kernel) {
  require(kernel.isFloat() && kernel.dims.size() == 4, ErrorCode::BadFile, [&] {
    return "weights \"" + kernel.name + "\" of shape " + shapeText(kernel.dims) + " are no 2-D convolution";
  });
  const std::int64_t area = kernel.dims[0] * kernel.dims[1], outputs = kernel.dims[2] * kernel.dims[3];
  std::vector<float> turned(kernel.floats().size());
  const float* from = kernel.floats().data();
  for (std::int64_t place = 0; place < area; ++place)
    for (std::int64_t output = 0; output < outputs; ++output)
      turned[static_cast<std::size_t>(output * area + place)] = *from++;
  return {kernel.name, {outputs, 1, kernel.dims[0], kernel.dims[1]}, std::move(turned)};
}

}  // namespace cortexscope
