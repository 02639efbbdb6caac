// SPDX-License-Identifier: GPL-3.0-or-later
#include "playback/sound_player.h"

#include <QMetaObject>
#include <algorithm>

namespace cortexscope {

namespace {

constexpr double kStuckAfterSec = 0.3;

}  // namespace

SoundPlayer::SoundPlayer(std::unique_ptr<SoundDevice> device, SoundReading reading,
                         PlaybackClock::WallClock wallSec, QObject* parent)
    : QObject(parent),
      m_device(std::move(device)),
      m_wallSec(std::move(wallSec)),
      m_queue(std::move(reading), [this](std::uint64_t number, bool hasSound) {
        QMetaObject::invokeMethod(
            this, [this, number, hasSound] { begin(number, hasSound); }, Qt::QueuedConnection);
      }) {}

SoundPlayer::~SoundPlayer() {
  stop();
}

void SoundPlayer::prepare(const std::filesystem::path& file) {
  if (isAvailable()) m_queue.prepare(file);
}

void SoundPlayer::play(const std::filesystem::path& file, FilmTime filmSec) {
  stop();
  if (!isAvailable()) return;
  m_filmSec = std::move(filmSec);
  m_stage = Stage::Decoding;
  m_number = m_queue.start(file, m_filmSec());
}

void SoundPlayer::begin(std::uint64_t number, bool hasSound) {
  if (number != m_number || m_stage != Stage::Decoding) return;
  if (!hasSound) {
    m_stage = Stage::Silent;
    return;
  }
  const std::optional<double> startSec = m_queue.beginAt(m_filmSec());
  if (!startSec) return;  // the film has not waited, and is beyond what was decoded
  m_startSec = *startSec;
  m_heard = 0;
  m_stage = Stage::Playing;
  m_device->start([this](std::span<float> samples) { m_queue.pull(samples); });
}

void SoundPlayer::stop() {
  m_device->stop();
  m_queue.stop();
  m_stage = Stage::Silent;
}

SoundTime SoundPlayer::soundTime() {
  if (m_stage == Stage::Silent) return {};
  if (m_stage == Stage::Decoding) return {SoundTime::State::Coming, 0};
  const std::optional<std::int64_t> heard = m_device->heardSamples();
  if (!heard) return {};
  if (*heard == 0) return {SoundTime::State::Coming, 0};
  const double wallSec = m_wallSec();
  if (*heard != m_heard) {
    m_heard = *heard;
    m_heardAtSec = wallSec;
  }
  // Devices tell in steps; between two of them time goes on. One that has got stuck must not hold the clock.
  const double sinceSec = wallSec - m_heardAtSec;
  if (sinceSec > kStuckAfterSec) return {};
  const double heardSec = m_startSec + static_cast<double>(m_heard) / kSoundRateHz + sinceSec;
  return {SoundTime::State::Heard, std::min(heardSec, m_queue.nextSec())};
}

}  // namespace cortexscope
