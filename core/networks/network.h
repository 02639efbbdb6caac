// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "networks/network_info.h"

namespace cortexscope {

/// A loaded network. OpenCV stays inside. Use one object from one thread at a time.
///
/// A forward pass runs on the calling thread alone and stops at the deepest layer asked. OpenCV's own threads
/// are switched off for the whole program (with three of them its sums change in the last bits), so a layer's
/// bits depend neither on the number of cores nor on the other layers asked. To use several cores, run
/// several clones.
class Network {
 public:
  /// Loads an ONNX file. The file is validated first (sizes, shapes, no external data: nothing but this file
  /// is read), and OpenCV gets it here only after a process of its own has loaded it and run it once
  /// (networks/network_trial.h). Only files written by importNetwork() are taken: they say what their input
  /// and layers are.
  /// Errors   MissingFile; BadFile; Unsupported naming the operator; OutOfMemory; all with the file's name;
  ///          Cancelled
  explicit Network(const std::filesystem::path& onnxFile, const Job& job = Job());
  /// The same without that process: for the process itself.
  static Network untried(const std::filesystem::path& onnxFile);
  ~Network();
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;

  const NetworkInfo& info() const;

  /// An independent network with the same weights, for another thread. It takes as much memory as the first.
  Network clone() const;
  /// Size of the weights, in bytes; a loaded network takes two to three times as much memory.
  std::size_t weightBytes() const;
  /// Tells this network from every other: SHA-256 of all that OpenCV gets.
  std::string digest() const;

  /// All asked layers in one forward pass. `input` is info().inputShape, flattened, channel-major.
  /// Returns  one flat array per layer, in the order asked
  /// Errors   BadShape if the input's size differs; BadValue for an unknown layer, naming those there are;
  ///          Unsupported if OpenCV fails
  std::vector<std::vector<float>> forward(const std::vector<float>& input,
                                          const std::vector<std::string>& layers);

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

/// "OpenCV 4.6.0": the library that runs networks.
std::string networkLibraryVersion();

}  // namespace cortexscope
