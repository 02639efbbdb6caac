// SPDX-License-Identifier: GPL-3.0-or-later
#include "playback/sound_queue.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "io/media/media.h"
#include "playback/sound_device.h"

namespace cortexscope {

namespace {

constexpr double kBlockSec = 0.25;
constexpr std::int64_t kAheadSamples = kSoundRateHz;

std::int64_t sampleAt(double filmSec) {
  return std::llround(filmSec * kSoundRateHz);
}
double secOf(std::int64_t sample) {
  return static_cast<double>(sample) / kSoundRateHz;
}

/// The film that was read last.
struct OpenFilm {
  std::filesystem::path file;
  std::unique_ptr<AudioReader> reader;

  AudioReader& of(const std::filesystem::path& wanted) {
    if (!reader || wanted != file) {
      reader.reset();
      reader = std::make_unique<AudioReader>(wanted, kSoundRateHz, SoundSeeking::Nearby);
      file = wanted;
    }
    return *reader;
  }
};

}  // namespace

SoundReading filmSoundReading() {
  return [film = std::make_shared<OpenFilm>()](const std::filesystem::path& file, double startSec,
                                               double durationSec) {
    return film->of(file).read(startSec, durationSec);
  };
}

SoundQueue::SoundQueue(SoundReading reading, Answer answer)
    : m_reading(std::move(reading)),
      m_answer(std::move(answer)),
      m_thread([this](std::stop_token stop) { work(stop); }) {}

SoundQueue::~SoundQueue() {
  m_thread.request_stop();
  m_wake.notify_all();
  m_thread.join();
}

std::uint64_t SoundQueue::start(const std::filesystem::path& file, double filmSec) {
  const std::lock_guard lock(m_guard);
  m_samples.clear();
  m_file = file;
  m_next = m_first = sampleAt(filmSec);
  m_active = true;
  m_opens = false;
  m_answered = false;
  m_wake.notify_one();
  return ++m_number;
}

void SoundQueue::stop() {
  const std::lock_guard lock(m_guard);
  m_active = false;
  m_samples.clear();
  ++m_number;
}

void SoundQueue::prepare(const std::filesystem::path& file) {
  const std::lock_guard lock(m_guard);
  if (m_active) return;
  m_file = file;
  m_opens = true;
  m_wake.notify_one();
}

std::optional<double> SoundQueue::beginAt(double filmSec) {
  const std::lock_guard lock(m_guard);
  m_next = std::max(m_next, sampleAt(filmSec));
  dropPulled();
  if (!m_samples.empty()) return secOf(m_next);
  m_answered = false;
  return std::nullopt;
}

void SoundQueue::pull(std::span<float> samples) {
  const std::lock_guard lock(m_guard);
  const auto wanted = static_cast<std::int64_t>(samples.size());
  const std::int64_t gap = std::clamp<std::int64_t>(m_first - m_next, 0, wanted);
  const std::int64_t count = std::min(wanted - gap, static_cast<std::int64_t>(m_samples.size()));
  const auto sounding = std::fill_n(samples.begin(), gap, 0.0f);
  std::fill(std::copy_n(m_samples.begin(), count, sounding), samples.end(), 0.0f);
  m_next += wanted;
  dropPulled();
}

double SoundQueue::nextSec() const {
  const std::lock_guard lock(m_guard);
  return secOf(m_next);
}

bool SoundQueue::isIdle() const {
  const std::lock_guard lock(m_guard);
  return !m_reads && !m_opens && !wantsMore();
}

bool SoundQueue::wantsMore() const {
  return m_active && m_first + static_cast<std::int64_t>(m_samples.size()) < m_next + kAheadSamples;
}

/// Lets go of what was pulled, or should have been; what is left begins at the next sample or later.
void SoundQueue::dropPulled() {
  const std::int64_t surplus =
      std::clamp<std::int64_t>(m_next - m_first, 0, static_cast<std::int64_t>(m_samples.size()));
  m_samples.erase(m_samples.begin(), m_samples.begin() + surplus);
  m_first = m_samples.empty() ? std::max(m_first + surplus, m_next) : m_first + surplus;
  m_wake.notify_one();
}

void SoundQueue::keep(std::int64_t first, const std::vector<float>& samples) {
  if (m_samples.empty()) m_first = first;
  m_samples.insert(m_samples.end(), samples.begin(), samples.end());
  dropPulled();
}

std::vector<float> SoundQueue::read(const std::filesystem::path& file, std::int64_t first,
                                    double durationSec) const {
  try {
    return m_reading(file, secOf(first), durationSec);
  } catch (const std::exception&) {
    return {};  // the film panel reports a file that cannot be read; its sound is silence
  }
}

void SoundQueue::work(std::stop_token stop) {
  std::unique_lock lock(m_guard);
  while (m_wake.wait(lock, stop, [this] { return m_opens || wantsMore(); }) && !stop.stop_requested()) {
    m_reads = true;
    decodeMore(lock);
    m_reads = false;
  }
}

/// Reads, and answers, while the lock is open.
void SoundQueue::decodeMore(std::unique_lock<std::mutex>& lock) {
  const std::uint64_t number = m_number;
  const std::filesystem::path file = m_file;
  const std::int64_t first = m_first + static_cast<std::int64_t>(m_samples.size());
  const bool onlyOpens = m_opens;
  m_opens = false;
  lock.unlock();
  const std::vector<float> samples = read(file, first, onlyOpens ? 0 : kBlockSec);
  lock.lock();
  if (number != m_number || onlyOpens) return;
  keep(first, samples);
  m_active = !samples.empty();
  if (m_answered || (m_active && m_samples.empty())) return;
  m_answered = true;
  lock.unlock();
  m_answer(number, !samples.empty());
  lock.lock();
}

}  // namespace cortexscope
