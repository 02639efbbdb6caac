// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <string_view>

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/display.h>
}

#include "base/text.h"
#include "io/media/stream.h"
#include "io/media/wav_header.h"

namespace cortexscope {
namespace {

constexpr double kLongestPlausibleSec = 48 * 3600;

double seconds(const MediaFile& file, const AVStream* stream) {
  if (stream == nullptr || stream->duration == AV_NOPTS_VALUE || stream->duration <= 0) return 0;
  const std::int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  return file.clockSec(*stream, start) + static_cast<double>(stream->duration) * av_q2d(stream->time_base);
}

double durationSec(const MediaFile& file) {
  const double ofStreams = std::max(seconds(file, file.video), seconds(file, file.audio));
  if (ofStreams > 0) return ofStreams;
  const AVFormatContext& format = *file.format;
  if (format.duration == AV_NOPTS_VALUE || format.duration <= 0) return 0;
  // Matroska counts its duration from time 0, the others from the first time in the file.
  const bool countsFromZero = std::string_view(format.iformat->name).starts_with("matroska");
  const std::int64_t start = countsFromZero || format.start_time == AV_NOPTS_VALUE ? 0 : format.start_time;
  return std::max(0.0, static_cast<double>(start + format.duration) / AV_TIME_BASE - file.clockStartSec);
}

/// Nine numbers, or null where the stream has none.
const std::int32_t* displayMatrix(const AVStream& stream) {
  std::size_t bytes = 0;
  const std::uint8_t* data = nullptr;
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)  // FFmpeg 6.1
  const AVCodecParameters& codec = *stream.codecpar;
  const AVPacketSideData* side =
      av_packet_side_data_get(codec.coded_side_data, codec.nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  if (side != nullptr) data = side->data, bytes = side->size;
#else
  data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
#endif
  if (data == nullptr || bytes < 9 * sizeof(std::int32_t)) return nullptr;
  return reinterpret_cast<const std::int32_t*>(data);
}

}  // namespace

double claimedEndSec(const MediaFile& file, const AVStream& stream) {
  const double ofStream = seconds(file, &stream);
  return ofStream > 0 ? ofStream : durationSec(file);
}

Orientation orientationOf(const AVStream& stream) {
  const std::int32_t* matrix = displayMatrix(stream);
  if (matrix == nullptr) return {};
  // A stored pixel (x, y) is shown at (a x + c y, b x + d y).
  const double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c)) return {false, a < 0, d < 0};
  return {true, c < 0, b < 0};
}

PictureSize shownSize(const MediaFile& file) {
  const AVCodecParameters& codec = *file.video->codecpar;
  AVRational pixel = av_guess_sample_aspect_ratio(file.format.get(), file.video, nullptr);
  if (pixel.num <= 0 || pixel.den <= 0) pixel = {1, 1};
  double width = std::round(codec.width * av_q2d(pixel)), height = codec.height;
  if (orientationOf(*file.video).transposed) std::swap(width, height);
  const bool inBounds = width >= 1 && height >= 1 && width <= kMaxPictureSide && height <= kMaxPictureSide &&
                        width * height <= static_cast<double>(kMaxPicturePixels);
  if (!inBounds)
    file.fail(ErrorCode::BadFile, "its pictures of " + textOf(codec.width) + " x " + textOf(codec.height) +
                                      " pixels of shape " + textOf(pixel.num) + ":" + textOf(pixel.den) +
                                      " cannot be shown");
  return {static_cast<int>(width), static_cast<int>(height)};
}

MediaInfo describe(const MediaFile& file) {
  MediaInfo info;
  info.warnings = wavHeaderWarnings(file.path);
  info.durationSec = durationSec(file);
  if (info.durationSec <= 0) info.warnings.push_back("does not say how long it is");
  if (info.durationSec > kLongestPlausibleSec)
    info.warnings.push_back("claims to last " + textOf(info.durationSec / 3600) + " hours");
  if (file.video != nullptr) {
    const PictureSize size = shownSize(file);
    info.hasVideo = true;
    info.width = size.width;
    info.height = size.height;
    info.storedWidth = file.video->codecpar->width;
    info.storedHeight = file.video->codecpar->height;
    for (const AVRational rate : {file.video->avg_frame_rate, file.video->r_frame_rate})
      if (info.framesPerSec <= 0 && rate.num > 0 && rate.den > 0) info.framesPerSec = av_q2d(rate);
    if (info.framesPerSec <= 0) info.warnings.push_back("does not say how many pictures a second it has");
  }
  if (file.audio != nullptr) {
    info.hasAudio = true;
    info.audioRateHz = file.audio->codecpar->sample_rate;
    info.audioChannels = file.audio->codecpar->ch_layout.nb_channels;
  }
  return info;
}

MediaInfo probeMedia(const std::filesystem::path& file) {
  return describe(openMediaFile(file));
}

std::string mediaLibraryVersion() {
  return std::string("FFmpeg ") + av_version_info();
}

}  // namespace cortexscope
