#include "playback/sound_player.h"

#include <QAudioDevice>
#include <QAudioFormat>
#include <QAudioSink>
#include <QIODevice>
#include <QMediaDevices>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "io/media/media.h"

namespace cortexscope {

namespace {

constexpr int kRateHz = 44100;
constexpr double kBlockSec = 0.25;
constexpr std::chrono::milliseconds kStuckAfter{300};
constexpr std::size_t kAheadSamples = kRateHz;  // decode at most a second ahead

/// The sound card pulls from here; a thread decodes ahead, so that reading never waits for a disk.
class SoundStream : public QIODevice {
 public:
  SoundStream(const std::filesystem::path& file, double startSec)
      : m_thread([this, file, startSec](std::stop_token stop) { decode(stop, file, startSec); }) {
    open(QIODevice::ReadOnly);
  }
  ~SoundStream() override {
    m_thread.request_stop();
    m_room.notify_all();
    m_thread.join();
  }

  bool isSequential() const override { return true; }
  qint64 bytesAvailable() const override {
    return kRateHz * qint64(sizeof(float)) + QIODevice::bytesAvailable();
  }

 protected:
  qint64 readData(char* data, qint64 maxBytes) override {
    const auto wanted = static_cast<std::size_t>(maxBytes) / sizeof(float);
    const std::lock_guard lock(m_guard);
    const std::size_t count = std::min(wanted, m_samples.size());
    auto* out = reinterpret_cast<float*>(data);
    std::copy_n(m_samples.begin(), count, out);
    std::fill(out + count, out + wanted, 0.0f);  // late decoding is a gap in the sound, not its end
    m_samples.erase(m_samples.begin(), m_samples.begin() + static_cast<std::ptrdiff_t>(count));
    m_room.notify_one();
    return static_cast<qint64>(wanted * sizeof(float));
  }
  qint64 writeData(const char*, qint64) override { return -1; }

 private:
  void decode(std::stop_token stop, const std::filesystem::path& file, double startSec) {
    try {
      if (!probeMedia(file).hasAudio) return;
      AudioReader reader(file, kRateHz);
      for (double at = startSec; !stop.stop_requested(); at += kBlockSec) {
        const std::vector<float> block = reader.read(at, kBlockSec);
        std::unique_lock lock(m_guard);
        m_room.wait(lock, stop, [this] { return m_samples.size() < kAheadSamples; });
        m_samples.insert(m_samples.end(), block.begin(), block.end());
      }
    } catch (const std::exception&) {
      // The film panel reports a file that cannot be read; its sound is silence.
    }
  }

  std::mutex m_guard;
  std::condition_variable_any m_room;
  std::deque<float> m_samples;
  std::jthread m_thread;
};

QAudioFormat wantedFormat() {
  QAudioFormat format;
  format.setSampleRate(kRateHz);
  format.setChannelCount(1);
  format.setSampleFormat(QAudioFormat::Float);
  return format;
}

}  // namespace

struct SoundPlayer::State {
  QAudioDevice device = QMediaDevices::defaultAudioOutput();
  std::unique_ptr<SoundStream> stream;
  std::unique_ptr<QAudioSink> sink;
  double startSec = 0;
  qint64 heardUs = 0;
  std::chrono::steady_clock::time_point movedAt;
  double volume = 1;
};

SoundPlayer::SoundPlayer(QObject* parent) : QObject(parent), m_state(std::make_unique<State>()) {}

SoundPlayer::~SoundPlayer() {
  stop();
}

bool SoundPlayer::isAvailable() const {
  return !m_state->device.isNull() && m_state->device.isFormatSupported(wantedFormat());
}

bool SoundPlayer::isPlaying() const {
  return m_state->sink && m_state->sink->error() == QAudio::NoError &&
         m_state->sink->state() != QAudio::StoppedState;
}

void SoundPlayer::play(const std::filesystem::path& file, double filmSec) {
  stop();
  if (!isAvailable()) return;
  m_state->startSec = filmSec;
  m_state->heardUs = 0;
  m_state->stream = std::make_unique<SoundStream>(file, filmSec);
  m_state->sink = std::make_unique<QAudioSink>(m_state->device, wantedFormat());
  m_state->sink->setVolume(m_state->volume);
  m_state->sink->start(m_state->stream.get());
}

void SoundPlayer::stop() {
  if (m_state->sink) m_state->sink->stop();
  m_state->sink.reset();
  m_state->stream.reset();
}

void SoundPlayer::setVolume(double volume) {
  m_state->volume = std::clamp(volume, 0.0, 1.0);
  if (m_state->sink) m_state->sink->setVolume(m_state->volume);
}

std::optional<double> SoundPlayer::filmSec() const {
  if (!isPlaying()) return std::nullopt;
  // What was handed over but is still waiting in the sink's buffer has not been heard yet.
  const auto waiting = static_cast<qint32>(m_state->sink->bufferSize() - m_state->sink->bytesFree());
  const qint64 waitingUs = m_state->sink->format().durationForBytes(std::max(0, waiting));
  const qint64 heardUs = std::max<qint64>(0, m_state->sink->processedUSecs() - waitingUs);
  const auto now = std::chrono::steady_clock::now();
  if (heardUs != m_state->heardUs) {
    m_state->heardUs = heardUs;
    m_state->movedAt = now;
  }
  // A device that has not begun, or has got stuck, must not hold the clock.
  if (heardUs == 0 || now - m_state->movedAt > kStuckAfter) return std::nullopt;
  return m_state->startSec + static_cast<double>(heardUs) * 1e-6;
}

}  // namespace cortexscope
