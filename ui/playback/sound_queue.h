// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace cortexscope {

/// `durationSec` of a film's sound from film time `startSec` on, at kSoundRateHz. Throws, or gives nothing,
/// if the film has none. Called on one thread at a time.
using SoundReading =
    std::function<std::vector<float>(const std::filesystem::path& file, double startSec, double durationSec)>;

/// Reads files, and keeps the one open that was read last.
/// Errors   as AudioReader.
SoundReading filmSoundReading();

/// Decodes a film's sound ahead on a thread of its own.
///
/// A sample's place in the film follows from how many were pulled before it, whatever was decoded in time:
/// what comes too late leaves a gap and is skipped, so that the sound never lags behind.
class SoundQueue {
 public:
  /// The sound asked for by start() number `number` can be pulled, or there is none. Called on the thread.
  using Answer = std::function<void(std::uint64_t number, bool hasSound)>;

  SoundQueue(SoundReading reading, Answer answer);
  /// Waits for what is being read.
  ~SoundQueue();

  // None of these waits for what is being read.
  /// Returns the number of this request. What another one still has to say is dropped.
  std::uint64_t start(const std::filesystem::path& file, double filmSec);
  void stop();
  /// Opens the film if nothing is asked for, so that start() need not wait for that.
  void prepare(const std::filesystem::path& file);
  /// Lets pulls go on at film time `filmSec` and returns the time of the first sample that will be pulled.
  /// Nothing if that is not decoded yet: then there is another answer.
  std::optional<double> beginAt(double filmSec);
  /// Fills the whole span, with silence where nothing was decoded in time.
  void pull(std::span<float> samples);
  /// Film time of the next sample that will be pulled.
  double nextSec() const;
  /// Nothing is being decoded or waits for it.
  bool isIdle() const;

 private:
  void work(std::stop_token stop);
  std::vector<float> read(const std::filesystem::path& file, std::int64_t first, double durationSec) const;
  void decodeMore(std::unique_lock<std::mutex>& lock);
  bool wantsMore() const;
  void keep(std::int64_t first, const std::vector<float>& samples);
  void dropPulled();

  SoundReading m_reading;
  Answer m_answer;
  mutable std::mutex m_guard;
  std::condition_variable_any m_wake;
  bool m_active = false, m_opens = false, m_reads = false, m_answered = false;
  std::uint64_t m_number = 0;
  std::filesystem::path m_file;
  std::int64_t m_next = 0;      // film sample that is pulled next
  std::int64_t m_first = 0;     // film sample that m_samples begins with
  std::deque<float> m_samples;  // decoded, not pulled yet
  std::jthread m_thread;        // last: the others must outlive it
};

}  // namespace cortexscope
