// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "playback/sound_device.h"

namespace cortexscope::test {

/// A sound card whose time the test moves. It keeps all that was heard.
class TestCard : public SoundDevice {
 public:
  double bufferSec = 0.06;      ///< is pulled ahead of what is heard
  double startDelaySec = 0.04;  ///< from start to the first sample heard
  double stepSec = 0;           ///< the card tells what was heard in steps of this
  bool available = true, broken = false;

  bool isAvailable() const override { return available; }
  void start(Pull pull) override {
    m_pull = std::move(pull);
    m_passedSec = 0;
    m_waiting.clear();
    m_heardHere = 0;
    ++starts;
  }
  void stop() override { m_pull = {}; }
  std::optional<std::int64_t> heardSamples() const override {
    if (!m_pull || broken) return std::nullopt;
    const auto step = static_cast<std::int64_t>(stepSec * kSoundRateHz);
    return step > 0 ? m_heardHere / step * step : m_heardHere;
  }

  bool runs() const { return static_cast<bool>(m_pull); }
  /// Lets time go by: what is due is heard, silence while the card does not run.
  void pass(double sec) {
    const std::size_t before = heard.size();
    if (m_pull) play(sec);
    heard.resize(before + static_cast<std::size_t>(std::llround(sec * kSoundRateHz)), 0.0f);
  }
  /// What sounds now; 0 is silence.
  float now() const { return m_pull && m_heardHere > 0 ? heard.back() : 0.0f; }

  std::vector<float> heard;
  int starts = 0;

 private:
  void play(double sec) {
    m_passedSec += sec;
    const auto due =
        static_cast<std::int64_t>(std::llround(std::max(0.0, m_passedSec - startDelaySec) * kSoundRateHz));
    const auto buffer = static_cast<std::int64_t>(bufferSec * kSoundRateHz);
    const std::int64_t missing = due + buffer - m_heardHere - static_cast<std::int64_t>(m_waiting.size());
    std::vector<float> block(static_cast<std::size_t>(std::max<std::int64_t>(0, missing)));
    m_pull(block);
    m_waiting.insert(m_waiting.end(), block.begin(), block.end());
    const auto passed = static_cast<std::size_t>(std::llround(sec * kSoundRateHz));
    const auto count = static_cast<std::size_t>(due - m_heardHere);
    heard.resize(heard.size() + passed - std::min(passed, count), 0.0f);  // before the first sample
    heard.insert(heard.end(), m_waiting.begin(), m_waiting.begin() + static_cast<std::ptrdiff_t>(count));
    m_waiting.erase(m_waiting.begin(), m_waiting.begin() + static_cast<std::ptrdiff_t>(count));
    m_heardHere = due;
  }

  Pull m_pull;
  double m_passedSec = 0;
  std::vector<float> m_waiting;
  std::int64_t m_heardHere = 0;
};

}  // namespace cortexscope::test
