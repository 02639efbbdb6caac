// SPDX-License-Identifier: GPL-3.0-or-later
#include "playback/speaker.h"

#include <QAudioFormat>
#include <QAudioSink>
#include <QIODevice>
#include <QMediaDevices>
#include <algorithm>

namespace cortexscope {

namespace {

QAudioFormat wantedFormat() {
  QAudioFormat format;
  format.setSampleRate(kSoundRateHz);
  format.setChannelCount(1);
  format.setSampleFormat(QAudioFormat::Float);
  return format;
}

/// Gives Qt's sink what it pulls, without end.
class Tap : public QIODevice {
 public:
  explicit Tap(SoundDevice::Pull pull) : m_pull(std::move(pull)) { open(QIODevice::ReadOnly); }

  bool isSequential() const override { return true; }
  qint64 bytesAvailable() const override {
    return kSoundRateHz * qint64(sizeof(float)) + QIODevice::bytesAvailable();
  }

 protected:
  qint64 readData(char* data, qint64 maxBytes) override {
    const auto count = static_cast<std::size_t>(maxBytes) / sizeof(float);
    m_pull({reinterpret_cast<float*>(data), count});
    return static_cast<qint64>(count * sizeof(float));
  }
  qint64 writeData(const char*, qint64) override { return -1; }

 private:
  SoundDevice::Pull m_pull;
};

}  // namespace

Speaker::Speaker() : m_device(QMediaDevices::defaultAudioOutput()) {}

Speaker::~Speaker() {
  stop();
}

bool Speaker::isAvailable() const {
  return !m_device.isNull() && m_device.isFormatSupported(wantedFormat());
}

void Speaker::start(Pull pull) {
  stop();
  m_tap = std::make_unique<Tap>(std::move(pull));
  m_sink = std::make_unique<QAudioSink>(m_device, wantedFormat());
  m_sink->start(m_tap.get());
}

void Speaker::stop() {
  if (m_sink) m_sink->reset();
  m_sink.reset();
  m_tap.reset();
}

std::optional<std::int64_t> Speaker::heardSamples() const {
  if (!m_sink || m_sink->error() != QAudio::NoError || m_sink->state() == QAudio::StoppedState)
    return std::nullopt;
  // Qt has taken off what still waits on the way to the ears.
  return std::max<qint64>(0, m_sink->processedUSecs()) * kSoundRateHz / 1'000'000;
}

}  // namespace cortexscope
