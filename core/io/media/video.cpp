// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "io/media/picture.h"
#include "io/media/stream.h"

namespace cortexscope {
namespace {

// Callers compute times in their own way; a microsecond forgives rounding and no film has pictures that
// short.
constexpr double kTimeSlackSec = 1e-6;
// Without an index, a jump of less than this is decoded through.
constexpr double kDecodeThroughSec = 10.0;

struct PictureFile {
  explicit PictureFile(const std::filesystem::path& path)
      : file(openMediaFile(path)), decoder(file, videoOf(file)) {}

  static AVStream& videoOf(const MediaFile& file) {
    if (file.video == nullptr) file.fail(ErrorCode::BadFile, "holds no picture stream");
    return *file.video;
  }

  MediaFile file;
  StreamDecoder decoder;
};

struct Picture {
  FfmpegPtr<AVFrame> frame;
  std::int64_t ticks = 0;  ///< presentation time in the stream's units
};

bool decodesByItself(const AVFrame& frame) {
#ifdef AV_FRAME_FLAG_KEY
  const bool key = (frame.flags & AV_FRAME_FLAG_KEY) != 0;
#else  // FFmpeg before 6.1
  const bool key = frame.key_frame != 0;
#endif
  return key || frame.pict_type == AV_PICTURE_TYPE_I;
}

/// In the stream's units, or 0 where it is not known.
std::int64_t durationOf(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  return frame.duration;
#else  // FFmpeg before 6
  return frame.pkt_duration;
#endif
}

}  // namespace

struct VideoReader::State {
  State(const std::filesystem::path& path, int maxWidth, int maxHeight);

  double clockSec(std::int64_t ticks) const { return source->file.clockSec(*source->file.video, ticks); }
  bool isDue(const std::optional<Picture>& picture, double timeSec) const {
    return picture && clockSec(picture->ticks) <= timeSec + kTimeSlackSec;
  }
  std::optional<Picture> decodeNext();
  std::int64_t timeOf(const AVFrame& frame);
  void noteEarlyEnd();
  void startClock();
  void startFromFront();
  bool startNear(double timeSec);
  void goBackTo(double timeSec);
  bool keyFrameLiesAhead(double timeSec) const;
  void advanceTo(double timeSec);
  const VideoFrame& show();

  std::unique_ptr<PictureFile> source;
  MediaInfo info;
  bool seeksKeepTimes;
  std::optional<PictureConverter> converter;
  std::optional<Picture> current, next;   ///< `next` is empty at the end of the data
  std::optional<std::int64_t> lastTicks;  ///< of the picture decoded last, empty after a jump
  std::int64_t lastEndTicks = 0;
  std::int64_t firstTicks = 0;
  VideoFrame shown;
  std::optional<std::int64_t> shownTicks;
  bool timesGoBack = false, timesMissing = false, damaged = false;
  std::string earlyEnd;
  std::optional<double> earlyEndSec;
};

VideoReader::State::State(const std::filesystem::path& path, int maxWidth, int maxHeight)
    : source(std::make_unique<PictureFile>(path)),
      info(describe(source->file)),
      // MPEG program streams give times to some pictures only; the others' can be told on the way from the
      // front alone.
      seeksKeepTimes(std::string_view(source->file.format->iformat->name) != "mpeg") {
  require(maxWidth >= 0 && maxHeight >= 0, ErrorCode::BadValue, [&] {
    return path.string() + ": pictures cannot be fitted into " + textOf(maxWidth) + " x " +
           textOf(maxHeight) + " pixels";
  });
  converter.emplace(fittedSize(shownSize(source->file), maxWidth, maxHeight),
                    orientationOf(*source->file.video));
  current = decodeNext();
  if (!current)
    source->file.fail(ErrorCode::BadFile,
                      "no picture can be decoded" + (earlyEnd.empty() ? std::string() : ": " + earlyEnd));
  startClock();
  info = describe(source->file);
  next = decodeNext();
}

void VideoReader::State::startClock() {
  firstTicks = current->ticks;
  source->file.clockStartSec = static_cast<double>(firstTicks) * av_q2d(source->file.video->time_base);
}

/// The frame's own time, or one frame after the last where the file gives none.
std::int64_t VideoReader::State::timeOf(const AVFrame& frame) {
  if (frame.best_effort_timestamp != AV_NOPTS_VALUE) return frame.best_effort_timestamp;
  timesMissing = true;
  const AVStream& stream = *source->file.video;
  if (!lastTicks) return stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
  const double rate = info.framesPerSec > 0 ? info.framesPerSec : 25;
  return *lastTicks + std::max<std::int64_t>(1, std::llround(1 / (rate * av_q2d(stream.time_base))));
}

/// A picture whose time does not come after the one before is never on screen, so it is left out.
std::optional<Picture> VideoReader::State::decodeNext() {
  for (;;) {
    AVFrame* frame = source->decoder.next();
    damaged = damaged || source->decoder.damagedPackets() > 0;
    if (frame == nullptr) break;
    const std::int64_t ticks = timeOf(*frame);
    if (lastTicks && ticks <= *lastTicks) {
      timesGoBack = true;
      continue;
    }
    lastTicks = ticks;
    lastEndTicks = ticks + std::max<std::int64_t>(0, durationOf(*frame));
    Picture picture{newFrame(), ticks};
    av_frame_move_ref(picture.frame.get(), frame);
    return picture;
  }
  noteEarlyEnd();
  return std::nullopt;
}

void VideoReader::State::noteEarlyEnd() {
  if (!source->decoder.earlyEnd().empty()) earlyEnd = source->decoder.earlyEnd();
  if (!lastTicks) return;
  const double endSec = clockSec(lastEndTicks), claimedSec = claimedEndSec(source->file, *source->file.video);
  if (endSec + kEarlyEndSec < claimedSec)
    earlyEnd = "at " + textOf(endSec) + " of " + textOf(claimedSec) + " s" +
               (source->decoder.earlyEnd().empty() ? "" : ": " + source->decoder.earlyEnd());
  if (!earlyEnd.empty()) earlyEndSec = endSec;
}

void VideoReader::State::startFromFront() {
  source = std::make_unique<PictureFile>(source->file.path);
  lastTicks.reset();
  current = decodeNext();
  if (!current) source->file.fail(ErrorCode::BadFile, "no picture can be decoded any more");
  startClock();
  next = decodeNext();
}

/// Jumps to a picture at or before `timeSec`. False if none was found; the decoder's place is then undefined.
bool VideoReader::State::startNear(double timeSec) {
  if (timesMissing || !seeksKeepTimes) return false;
  const double tickSec = av_q2d(source->file.video->time_base);
  const auto firstSec = clockSec(firstTicks);
  for (const double back : kSeekBackSec) {
    const double fromSec = std::max(timeSec - back, firstSec);
    const auto fromTicks =
        static_cast<std::int64_t>(std::floor((fromSec + kTimeSlackSec - firstSec) / tickSec));
    if (!source->decoder.seek(firstTicks + fromTicks)) return false;
    lastTicks.reset();
    // Pictures before the first complete one lean on others that the jump has skipped.
    do current = decodeNext();
    while (isDue(current, timeSec) && !decodesByItself(*current->frame));
    const bool atFront = fromSec == firstSec;
    if (isDue(current, timeSec) && !timesMissing && (!atFront || current->ticks == firstTicks)) {
      next = decodeNext();
      return true;
    }
    if (atFront) return false;
  }
  return false;
}

void VideoReader::State::goBackTo(double timeSec) {
  const double target = std::max(timeSec, clockSec(firstTicks));
  if (!startNear(target)) startFromFront();
}

bool VideoReader::State::keyFrameLiesAhead(double timeSec) const {
  if (timesMissing || !seeksKeepTimes) return false;
  AVStream* stream = source->file.video;
  const double aheadSec = timeSec - clockSec(firstTicks);
  const auto ticks = firstTicks + static_cast<std::int64_t>(aheadSec / av_q2d(stream->time_base));
  const int count = avformat_index_get_entries_count(stream);
  const AVIndexEntry* last = count > 0 ? avformat_index_get_entry(stream, count - 1) : nullptr;
  if (last == nullptr || last->timestamp <= next->ticks)  // the index says nothing about what lies ahead
    return timeSec - clockSec(next->ticks) > kDecodeThroughSec;
  const AVIndexEntry* entry = avformat_index_get_entry_from_timestamp(stream, ticks, AVSEEK_FLAG_BACKWARD);
  return entry != nullptr && entry->timestamp > next->ticks;
}

void VideoReader::State::advanceTo(double timeSec) {
  if (isDue(next, timeSec) && keyFrameLiesAhead(timeSec)) goBackTo(timeSec);
  while (isDue(next, timeSec)) {
    current = std::move(next);
    next = decodeNext();
  }
}

const VideoFrame& VideoReader::State::show() {
  if (shownTicks == current->ticks) return shown;
  try {
    converter->convert(*current->frame, shown);
  } catch (const Error& error) {
    throw error.within(source->file.path.string());
  }
  shownTicks = current->ticks;
  shown.timeSec = clockSec(current->ticks);
  return shown;
}

VideoReader::VideoReader(const std::filesystem::path& file, int maxWidth, int maxHeight)
    : m_state(std::make_unique<State>(file, maxWidth, maxHeight)) {}
VideoReader::~VideoReader() = default;
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader& VideoReader::operator=(VideoReader&&) noexcept = default;

const MediaInfo& VideoReader::info() const {
  return m_state->info;
}

const VideoFrame& VideoReader::frameAt(double timeSec) {
  State& state = *m_state;
  require(std::isfinite(timeSec), ErrorCode::BadValue,
          [&] { return state.source->file.path.string() + ": the time asked for is not a number"; });
  if (!state.current) state.startFromFront();  // an earlier call has failed on the way
  const bool isBefore = !state.isDue(state.current, timeSec) && state.current->ticks != state.firstTicks;
  if (isBefore) state.goBackTo(timeSec);
  state.advanceTo(timeSec);
  return state.show();
}

std::optional<double> VideoReader::earlyEndSec() const {
  return m_state->earlyEndSec;
}

std::vector<std::string> VideoReader::warnings() const {
  const State& state = *m_state;
  std::vector<std::string> warnings = state.info.warnings;
  if (state.damaged)
    warnings.push_back("holds damaged or cut pictures; what could not be decoded was left out");
  if (state.timesGoBack)
    warnings.push_back("holds pictures whose times do not increase, which were left out");
  if (state.timesMissing) warnings.push_back("holds pictures without a time; they were spaced evenly");
  if (!state.earlyEnd.empty())
    warnings.push_back("its pictures stop early (" + state.earlyEnd + "); the last one is kept on screen");
  return warnings;
}

}  // namespace cortexscope
