// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace cortexscope {

inline constexpr int kSoundRateHz = 44100;

/// What plays one channel of float samples at kSoundRateHz: a sound card, or a test's stand-in.
class SoundDevice {
 public:
  /// Fills the whole span, at once. Called on any thread.
  using Pull = std::function<void(std::span<float>)>;

  virtual ~SoundDevice() = default;
  virtual bool isAvailable() const = 0;
  virtual void start(Pull pull) = 0;
  /// What waits in buffers is not heard any more. Nothing is pulled after this.
  virtual void stop() = 0;
  /// Samples heard since start(), as far as the device knows; nothing if it does not run.
  virtual std::optional<std::int64_t> heardSamples() const = 0;
};

}  // namespace cortexscope
