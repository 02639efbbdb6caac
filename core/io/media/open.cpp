// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <mutex>

extern "C" {
#include <libavutil/log.h>
#include <libavutil/mem.h>
}

#include "base/files.h"
#include "base/text.h"
#include "io/media/stream.h"
#include "io/parsing/foreign_file.h"

namespace cortexscope {
namespace {

// Containers of one self-contained file. Playlists, scripts and picture sequences, which open other files,
// are absent.
constexpr char kContainers[] =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,nut,mp3,flac,aac,wav,w64,aiff,caf";
constexpr unsigned kMaxStreams = 64;
constexpr int kMaxChannels = 64;
constexpr int kMaxSoundRateHz = 768'000;
constexpr std::size_t kMaxOneAllocation = std::size_t{512}
                                          << 20;  // a picture of kMaxPicturePixels, 10 bits, fits
constexpr std::chrono::seconds kOpeningLimit{30};

/// The first complaint FFmpeg makes while a file is opened: it names the reason better than the error number.
thread_local std::string* complaint = nullptr;

void keepComplaint(void* context, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR || complaint == nullptr || !complaint->empty()) return;
  char line[256];
  int printPrefix = 0;
  av_log_format_line2(context, level, format, arguments, line, sizeof line, &printPrefix);
  *complaint = line;
  complaint->erase(complaint->find_last_not_of(" \r\n.") + 1);
}

void prepareFfmpegOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    av_log_set_callback(keepComplaint);
    av_max_alloc(kMaxOneAllocation);
  });
}

class ComplaintScope {
 public:
  explicit ComplaintScope(std::string& text) { complaint = &text; }
  ~ComplaintScope() { complaint = nullptr; }
  ComplaintScope(const ComplaintScope&) = delete;
  ComplaintScope& operator=(const ComplaintScope&) = delete;
};

using Clock = std::chrono::steady_clock;

int isPast(void* deadline) {
  return Clock::now() > *static_cast<Clock::time_point*>(deadline) ? 1 : 0;
}

void refuseForeignFile(const MediaFile& media) {
  const MappedFile mapped(media.path);
  const std::span<const std::byte> bytes = mapped.bytes();
  if (bytes.empty()) media.fail(ErrorCode::BadFile, "is empty");
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min<std::size_t>(bytes.size(), 512));
  const std::string foreign = foreignFileReason(start);
  if (!foreign.empty()) media.fail(ErrorCode::BadFile, "is not a film or sound file: " + foreign);
}

[[noreturn]] void refuse(const MediaFile& media, int error, const std::string& complaintText) {
  std::string reason = ffmpegReason(error);
  if (!complaintText.empty()) reason += " (" + complaintText + ")";
  if (error == AVERROR_EXIT) reason = "it was not understood within " + textOf(kOpeningLimit.count()) + " s";
  if (error == AVERROR(ENOMEM))
    reason = "it has more than " + textOf(kMaxStreams) + " streams or needs more memory than allowed";
  media.fail(ErrorCode::BadFile, "cannot be read as a film or sound file: " + reason);
}

void openContainer(MediaFile& media) {
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) throw std::bad_alloc();
  context->interrupt_callback = {isPast, media.deadline.get()};
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  av_dict_set(&options, "format_whitelist", kContainers, 0);
  av_dict_set_int(&options, "max_streams", kMaxStreams, 0);
  std::string complaintText;
  const ComplaintScope scope(complaintText);
  // The prefix keeps a colon in a file's name from being taken for a protocol.
  const int result =
      avformat_open_input(&context, ("file:" + media.path.string()).c_str(), nullptr, &options);
  av_dict_free(&options);
  if (result < 0) refuse(media, result, complaintText);  // FFmpeg has freed the context
  media.format.reset(context);
}

/// Refuses sizes before any decoder gets to see them.
void checkSizes(const MediaFile& media) {
  for (unsigned i = 0; i < media.format->nb_streams; ++i) {
    const AVCodecParameters& codec = *media.format->streams[i]->codecpar;
    const bool tooLarge = codec.width > kMaxPictureSide || codec.height > kMaxPictureSide ||
                          std::int64_t{codec.width} * codec.height > kMaxPicturePixels;
    if (tooLarge || codec.width < 0 || codec.height < 0)
      media.fail(ErrorCode::BadFile, "stream " + textOf(i) + " claims pictures of " + textOf(codec.width) +
                                         " x " + textOf(codec.height) + " pixels; at most " +
                                         textOf(kMaxPictureSide) + " a side and " +
                                         textOf(kMaxPicturePixels) + " in all are read");
  }
}

void findStreams(MediaFile& media) {
  AVFormatContext& format = *media.format;
  std::vector<AVDictionary*> options(format.nb_streams, nullptr);
  for (AVDictionary*& option : options) av_dict_set_int(&option, "max_pixels", kMaxPicturePixels, 0);
  std::string complaintText;
  const ComplaintScope scope(complaintText);
  const int result = avformat_find_stream_info(&format, options.empty() ? nullptr : options.data());
  for (AVDictionary*& option : options) av_dict_free(&option);
  if (result < 0) refuse(media, result, complaintText);
  checkSizes(media);
}

bool isStillCover(const AVStream& stream) {
  return (stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_STILL_IMAGE)) != 0;
}

/// FFmpeg's choice among the streams of one type, or null.
AVStream* bestStream(const MediaFile& media, AVMediaType type) {
  const int index = av_find_best_stream(media.format.get(), type, -1, -1, nullptr, 0);
  if (index < 0) return nullptr;
  AVStream* stream = media.format->streams[index];
  return isStillCover(*stream) ? nullptr : stream;
}

void checkSound(const MediaFile& media) {
  const AVCodecParameters& codec = *media.audio->codecpar;
  const int channels = codec.ch_layout.nb_channels;
  if (codec.sample_rate <= 0 || codec.sample_rate > kMaxSoundRateHz || channels <= 0 ||
      channels > kMaxChannels)
    media.fail(ErrorCode::BadFile, "its sound claims " + textOf(codec.sample_rate) + " Hz and " +
                                       textOf(channels) + " channels; at most " + textOf(kMaxSoundRateHz) +
                                       " Hz and " + textOf(kMaxChannels) + " channels are read");
}

void checkTimeBase(const MediaFile& media, const AVStream* stream) {
  if (stream == nullptr || (stream->time_base.num > 0 && stream->time_base.den > 0)) return;
  media.fail(ErrorCode::BadFile, "stream " + textOf(stream->index) + " has a time scale of " +
                                     textOf(stream->time_base.den) + " / " + textOf(stream->time_base.num));
}

}  // namespace

FfmpegPtr<AVFrame> newFrame() {
  FfmpegPtr<AVFrame> frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  return frame;
}

std::string ffmpegReason(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof text);
  return text;
}

MediaFile openMediaFile(const std::filesystem::path& path) {
  prepareFfmpegOnce();
  MediaFile media;
  media.path = path;
  regularFileSize(path);
  refuseForeignFile(media);
  media.deadline = std::make_unique<Clock::time_point>(Clock::now() + kOpeningLimit);
  openContainer(media);
  checkSizes(media);
  findStreams(media);
  *media.deadline = Clock::time_point::max();
  media.video = bestStream(media, AVMEDIA_TYPE_VIDEO);
  media.audio = bestStream(media, AVMEDIA_TYPE_AUDIO);
  if (media.video == nullptr && media.audio == nullptr)
    media.fail(ErrorCode::BadFile, "holds neither a picture nor a sound stream (" +
                                       textOf(media.format->nb_streams) + " streams of other kinds)");
  if (media.audio != nullptr) checkSound(media);
  checkTimeBase(media, media.video);
  checkTimeBase(media, media.audio);
  const AVStream& first = media.video != nullptr ? *media.video : *media.audio;
  if (first.start_time != AV_NOPTS_VALUE)
    media.clockStartSec = static_cast<double>(first.start_time) * av_q2d(first.time_base);
  if (media.video != nullptr) shownSize(media);
  return media;
}

}  // namespace cortexscope
