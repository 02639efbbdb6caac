// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>
#include <span>

#include "base/text.h"
#include "io/media/sound.h"
#include "io/media/stream.h"

namespace cortexscope {
namespace {

constexpr int kMinRateHz = 100, kMaxRateHz = 384'000;
constexpr double kMaxSamplesAtOnce = 1 << 28;
constexpr double kMaxTimeSec = 1e9;
constexpr std::int64_t kChunkSec =
    10;  // read and let go of in pieces, so that a long read needs no more memory
constexpr std::int64_t kKeptSec = 30;
// Containers round times (some to milliseconds): only a larger difference is a real gap or overlap.
constexpr double kGapSec = 0.02;
constexpr double kLargestOverlapSec = 1.0;
constexpr double kGapWithoutDurationSec = 60.0;
constexpr double kDecodeSoundThroughSec = 2.0;  // a nearer place is reached by decoding
// More than any codec carries from frame to frame: MP3 leans on bits of up to nine frames, Opus on 80 ms.
constexpr double kPrerollSec = 0.5, kLeastPrerollSec = 0.25;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min() / 2;

struct SoundFile {
  explicit SoundFile(const std::filesystem::path& path)
      : file(openMediaFile(path)), decoder(file, audioOf(file)) {}

  static AVStream& audioOf(const MediaFile& file) {
    if (file.audio == nullptr) file.fail(ErrorCode::BadFile, "holds no sound stream");
    return *file.audio;
  }

  MediaFile file;
  StreamDecoder decoder;
};

/// Samples without holes; sample i is at time (first + i) / rate on the file's clock.
struct Segment {
  std::int64_t first = 0;
  std::vector<float> samples;

  std::int64_t end() const { return first + static_cast<std::int64_t>(samples.size()); }
};

}  // namespace

struct AudioReader::State {
  State(const std::filesystem::path& path, int rateHz, SoundSeeking seeking);

  void goTo(std::int64_t sample);
  void startFromFront();
  void startNear(std::int64_t sample);
  void startPass(std::int64_t floor);
  void learnFrames(double startSec, const AVFrame& frame);
  std::int64_t samplesBefore(double startSec, int fromHz) const;
  void beginAfterJump(double startSec, int fromHz, MonoBlock& block);
  bool decodeMore();
  void place(const AVFrame& frame);
  bool fitsClock(double frameSec);
  void beginSegment(double startSec, int fromHz);
  void append(const MonoBlock& block);
  void finishSegment();
  void cutOverlap();
  void noteEarlyEnd();
  void copyTo(std::int64_t first, std::span<float> out) const;
  void forgetBefore(std::int64_t sample);
  std::int64_t decodedEnd() const { return segments.empty() ? forgottenEnd : segments.back().end(); }

  std::filesystem::path path;
  std::int64_t rateHz;
  SoundSeeking seeking;
  std::unique_ptr<SoundFile> source;
  double clockStartSec = 0;  ///< of the pictures, so that both readers share one clock
  double durationSec = 0;
  std::deque<Segment> segments;        ///< rising in time, never overlapping
  std::int64_t segmentFloor = 0;       ///< the newest segment keeps no sample before this
  std::int64_t forgottenEnd = kNever;  ///< samples before this were decoded and let go of
  std::unique_ptr<MonoResampler> resampler;
  double expectedSec = 0;   ///< where the next frame should begin
  bool fromFront = true;    ///< this pass, and not from a place that was jumped to
  int framesFromFront = 0;  ///< placed so far
  double firstFrameSec = 0;
  std::int64_t firstFrameSamples = 0;
  std::int64_t frameSamples = 0;  ///< of the second frame; in most files all that follow have as many
  std::int64_t decodedSamples = 0;
  bool ended = false, damaged = false, oddTimes = false;
  std::int64_t replacedInPass = 0, replacedAtMost = 0;
  std::string earlyEnd;
  std::optional<double> earlyEndSec;
};

AudioReader::State::State(const std::filesystem::path& file, int rate, SoundSeeking seekingUsed)
    : path(file), rateHz(rate), seeking(seekingUsed) {
  require(rate >= kMinRateHz && rate <= kMaxRateHz, ErrorCode::BadValue, [&] {
    return file.string() + ": sound cannot be read at " + textOf(rate) + " Hz, only at " +
           textOf(kMinRateHz) + " to " + textOf(kMaxRateHz);
  });
  MediaFile probed = openMediaFile(path);
  clockStartSec = probed.video != nullptr ? firstPictureSec(probed) : probed.clockStartSec;
  startFromFront();
  durationSec = describe(source->file).durationSec;
}

void AudioReader::State::startFromFront() {
  source = std::make_unique<SoundFile>(path);
  source->file.clockStartSec = clockStartSec;
  startPass(kNever);
  fromFront = true;
  framesFromFront = 0;
}

/// Nothing is kept of what comes before sample `floor`.
void AudioReader::State::startPass(std::int64_t floor) {
  segments.clear();
  resampler.reset();
  forgottenEnd = floor;
  ended = false;
  replacedInPass = 0;
}

void AudioReader::State::goTo(std::int64_t sample) {
  if (seeking == SoundSeeking::FromFront) {
    if (sample < forgottenEnd) startFromFront();
    return;
  }
  while (fromFront && framesFromFront < 2 && decodeMore()) {
  }
  const auto through = static_cast<std::int64_t>(kDecodeSoundThroughSec * static_cast<double>(rateHz));
  const bool isNext = sample >= forgottenEnd && (ended || sample <= decodedEnd() + through);
  if (!isNext) startNear(sample);
}

/// Goes on shortly before `sample`. Where the file cannot, or the front is as near, from the front.
void AudioReader::State::startNear(std::int64_t sample) {
  const double sampleSec = static_cast<double>(sample) / static_cast<double>(rateHz);
  for (const double back : kSeekBackSec) {
    const double fromSec = sampleSec - kPrerollSec - back;
    if (fromSec <= firstFrameSec) break;
    if (!source->decoder.seek(source->file.timestampAt(*source->file.audio, fromSec))) break;
    startPass(sample);
    fromFront = false;
    expectedSec = sampleSec;
    while (!resampler && decodeMore()) {
    }
    if (ended || expectedSec <= sampleSec - kLeastPrerollSec) return;
  }
  startFromFront();
}

void AudioReader::State::learnFrames(double startSec, const AVFrame& frame) {
  if (framesFromFront == 0) {
    firstFrameSec = startSec;
    firstFrameSamples = frame.nb_samples;
  }
  if (framesFromFront == 1) frameSamples = frame.nb_samples;
  ++framesFromFront;
}

/// How many samples decoding from the front would have met before one at `startSec`. Some containers round
/// times to a millisecond, which is many samples: there whole frames are counted.
std::int64_t AudioReader::State::samplesBefore(double startSec, int fromHz) const {
  const double byTime = (startSec - firstFrameSec) * fromHz;
  const double tickSamples = av_q2d(source->file.audio->time_base) * fromHz;
  if (frameSamples <= 0 || tickSamples <= 1) return std::llround(byTime);
  const std::int64_t frames =
      std::llround((byTime - static_cast<double>(firstFrameSamples)) / static_cast<double>(frameSamples));
  const std::int64_t counted = firstFrameSamples + frames * frameSamples;
  return std::abs(static_cast<double>(counted) - byTime) <= 1.01 * tickSamples ? counted
                                                                               : std::llround(byTime);
}

/// Puts the sound where decoding from the front would have put it. For that a resampler must begin with a
/// sample that comes out at a whole number of samples; the few before it are left out.
void AudioReader::State::beginAfterJump(double startSec, int fromHz, MonoBlock& block) {
  std::int64_t before = samplesBefore(startSec, fromHz);
  const std::int64_t step = fromHz / std::gcd(static_cast<std::int64_t>(fromHz), rateHz);
  const std::int64_t surplus = before < 0 ? 0 : (step - before % step) % step;
  if (surplus < static_cast<std::int64_t>(block.samples.size())) {
    block.samples.erase(block.samples.begin(), block.samples.begin() + surplus);
    before += surplus;
  }
  beginSegment(firstFrameSec + static_cast<double>(before) / fromHz, fromHz);
  segments.back().first = std::llround(firstFrameSec * static_cast<double>(rateHz)) +
                          std::llround(static_cast<double>(before) * static_cast<double>(rateHz) / fromHz);
}

void AudioReader::State::beginSegment(double startSec, int fromHz) {
  finishSegment();
  segmentFloor = decodedEnd();
  segments.push_back({std::llround(startSec * static_cast<double>(rateHz)), {}});
  resampler = std::make_unique<MonoResampler>(fromHz, static_cast<int>(rateHz));
  expectedSec = startSec;
}

void AudioReader::State::finishSegment() {
  if (!resampler) return;
  resampler->finish(segments.back().samples);
  cutOverlap();
  resampler.reset();
}

/// What was there first stays, so that a sample never changes after it was read.
void AudioReader::State::cutOverlap() {
  Segment& newest = segments.back();
  if (newest.first >= segmentFloor) return;
  const std::int64_t surplus = std::min(segmentFloor, newest.end()) - newest.first;
  newest.samples.erase(newest.samples.begin(), newest.samples.begin() + surplus);
  newest.first += surplus;
}

/// Whether a frame at this time continues the sound so far. Times that cannot be right are ignored.
bool AudioReader::State::fitsClock(double frameSec) {
  const double offset = frameSec - expectedSec;
  const double toleranceSec = kGapSec + 2 * av_q2d(source->file.audio->time_base);
  if (std::abs(offset) <= toleranceSec) return true;
  const double latestSec =
      durationSec > 0 ? durationSec + kEarlyEndSec : expectedSec + kGapWithoutDurationSec;
  const bool plausible = offset > 0 ? frameSec <= latestSec : -offset <= kLargestOverlapSec;
  oddTimes = oddTimes || !plausible || offset < 0;
  return !plausible;
}

void AudioReader::State::place(const AVFrame& frame) {
  const int fromHz = frame.sample_rate > 0 ? frame.sample_rate : source->file.audio->codecpar->sample_rate;
  const bool hasTime = frame.best_effort_timestamp != AV_NOPTS_VALUE;
  if (!hasTime && !resampler && !fromFront) return;  // nobody knows where a jump led to
  const double untimedSec = resampler ? expectedSec : 0.0;
  const double startSec =
      hasTime ? source->file.clockSec(*source->file.audio, frame.best_effort_timestamp) : untimedSec;
  MonoBlock block = monoOf(frame);
  if (!resampler && !fromFront)
    beginAfterJump(startSec, fromHz, block);
  else if (!resampler || !fitsClock(startSec))
    beginSegment(startSec, fromHz);
  else if (resampler->fromHz() != fromHz)
    beginSegment(expectedSec, fromHz);
  if (fromFront) learnFrames(startSec, frame);
  append(block);
}

void AudioReader::State::append(const MonoBlock& block) {
  decodedSamples += static_cast<std::int64_t>(block.samples.size());
  replacedInPass += block.replaced;
  replacedAtMost = std::max(replacedAtMost, replacedInPass);
  resampler->add(block.samples, segments.back().samples);
  cutOverlap();
  expectedSec += static_cast<double>(block.samples.size()) / resampler->fromHz();
}

/// Decodes one frame more. False at the end of the data.
bool AudioReader::State::decodeMore() {
  const AVFrame* frame = ended ? nullptr : source->decoder.next();
  damaged = damaged || (fromFront && source->decoder.damagedPackets() > 0);
  if (frame != nullptr) {
    try {
      if (frame->nb_samples > 0 && frame->ch_layout.nb_channels > 0) place(*frame);
    } catch (const Error& error) {
      throw error.within(path.string());
    }
    return true;
  }
  if (ended) return false;
  ended = true;
  finishSegment();
  noteEarlyEnd();
  return false;
}

void AudioReader::State::noteEarlyEnd() {
  earlyEnd = source->decoder.earlyEnd();
  const double claimedSec = claimedEndSec(source->file, *source->file.audio);
  if (expectedSec + kEarlyEndSec < claimedSec)
    earlyEnd = "at " + textOf(expectedSec) + " of " + textOf(claimedSec) + " s" +
               (earlyEnd.empty() ? "" : ": " + earlyEnd);
  earlyEndSec = earlyEnd.empty() ? std::nullopt : std::optional(expectedSec);
}

void AudioReader::State::copyTo(std::int64_t first, std::span<float> out) const {
  const std::int64_t end = first + static_cast<std::int64_t>(out.size());
  for (const Segment& segment : segments) {
    const std::int64_t from = std::max(first, segment.first), to = std::min(end, segment.end());
    if (from >= to) continue;
    const auto source0 = segment.samples.begin() + (from - segment.first);
    std::copy(source0, source0 + (to - from), out.begin() + (from - first));
  }
}

void AudioReader::State::forgetBefore(std::int64_t sample) {
  while (segments.size() > 1 && segments.front().end() <= sample) {
    forgottenEnd = segments.front().end();
    segments.pop_front();
  }
  if (segments.empty() || segments.front().first + kKeptSec * rateHz > sample) return;
  Segment& oldest = segments.front();
  const std::int64_t surplus = std::min(sample, oldest.end()) - oldest.first;
  oldest.samples.erase(oldest.samples.begin(), oldest.samples.begin() + surplus);
  oldest.first += surplus;
  forgottenEnd = oldest.first;
}

AudioReader::AudioReader(const std::filesystem::path& file, int rateHz, SoundSeeking seeking)
    : m_state(std::make_unique<State>(file, rateHz, seeking)) {}
AudioReader::~AudioReader() = default;
AudioReader::AudioReader(AudioReader&&) noexcept = default;
AudioReader& AudioReader::operator=(AudioReader&&) noexcept = default;

std::vector<float> AudioReader::read(double startSec, double durationSec) {
  State& state = *m_state;
  const double rate = static_cast<double>(state.rateHz);
  const bool legal =
      std::abs(startSec) <= kMaxTimeSec && durationSec >= 0 && durationSec * rate <= kMaxSamplesAtOnce;
  require(legal, ErrorCode::BadValue, [&] {
    return state.path.string() + ": " + textOf(durationSec) + " s of sound from " + textOf(startSec) +
           " s on cannot be read at once";
  });
  const std::int64_t first = std::llround(startSec * rate);
  std::vector<float> samples(static_cast<std::size_t>(std::llround(durationSec * rate)), 0.0F);
  state.goTo(first);
  const auto chunk = static_cast<std::size_t>(kChunkSec * state.rateHz);
  for (std::size_t at = 0; at < samples.size(); at += chunk) {
    const std::span<float> part = std::span(samples).subspan(at, std::min(chunk, samples.size() - at));
    const std::int64_t partFirst = first + static_cast<std::int64_t>(at);
    const std::int64_t partEnd = partFirst + static_cast<std::int64_t>(part.size());
    while (state.decodedEnd() < partEnd && state.decodeMore())
      state.forgetBefore(std::min(partFirst, state.decodedEnd() - kKeptSec * state.rateHz));
    state.copyTo(partFirst, part);
  }
  return samples;
}

std::int64_t AudioReader::decodedSamples() const {
  return m_state->decodedSamples;
}

std::int64_t AudioReader::replacedSamples() const {
  return m_state->replacedAtMost;
}

std::optional<double> AudioReader::earlyEndSec() const {
  return m_state->earlyEndSec;
}

std::vector<std::string> AudioReader::warnings() const {
  const State& state = *m_state;
  std::vector<std::string> warnings = describe(state.source->file).warnings;
  if (state.damaged) warnings.push_back("holds damaged or cut sound; what could not be decoded was left out");
  if (state.oddTimes) warnings.push_back("holds sound whose times do not fit one after the other");
  if (!state.earlyEnd.empty())
    warnings.push_back("its sound stops early (" + state.earlyEnd + "); silence follows");
  if (state.replacedAtMost > 0)
    warnings.push_back(textOf(state.replacedAtMost) + " samples are not finite numbers and were set to 0");
  return warnings;
}

}  // namespace cortexscope
