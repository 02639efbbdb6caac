// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "io/media/media.h"

// The program's one door to FFmpeg's files and decoders. Private to io: FFmpeg's types go no further.
namespace cortexscope {

/// Data that end sooner than this before the claimed end are no early end.
inline constexpr double kEarlyEndSec = 1.0;
/// How far before the wanted time to look for a place to decode from, before starting from the front.
inline constexpr std::array kSeekBackSec = {0.0, 1.0, 4.0, 16.0, 64.0};

// Beyond these a file is refused before a decoder sees it.
inline constexpr int kMaxPictureSide = 16384;
inline constexpr std::int64_t kMaxPicturePixels = 100'000'000;

struct FfmpegDeleter {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
template <class T>
using FfmpegPtr = std::unique_ptr<T, FfmpegDeleter>;

FfmpegPtr<AVFrame> newFrame();

/// FFmpeg's words for one of its error numbers.
std::string ffmpegReason(int error);

/// A film or sound file, opened and checked: its streams are known and within bounds.
struct MediaFile {
  std::filesystem::path path;
  /// FFmpeg gives up reading after this; it keeps the address for as long as the file is open.
  std::unique_ptr<std::chrono::steady_clock::time_point> deadline;
  FfmpegPtr<AVFormatContext> format;
  AVStream* video = nullptr;  ///< null if there is no picture
  AVStream* audio = nullptr;  ///< null if there is no sound
  double clockStartSec =
      0;  ///< the stream time that is 0 on the file's clock; as the header says until set better

  /// Time on the file's clock of `timestamp` in `stream`.
  double clockSec(const AVStream& stream, std::int64_t timestamp) const {
    return static_cast<double>(timestamp) * av_q2d(stream.time_base) - clockStartSec;
  }
  /// The last timestamp of `stream` that is not later than `timeSec` on the file's clock.
  std::int64_t timestampAt(const AVStream& stream, double timeSec) const {
    return static_cast<std::int64_t>(std::floor((timeSec + clockStartSec) / av_q2d(stream.time_base)));
  }
  [[noreturn]] void fail(ErrorCode code, const std::string& reason) const {
    throw Error(code, path.string() + ": " + reason);
  }
};

/// Errors, limits   as probeMedia
MediaFile openMediaFile(const std::filesystem::path& path);

/// Width and height of the picture as shown, after rotation and with square pixels.
/// Errors   BadFile out of bounds
struct PictureSize {
  int width = 0, height = 0;
};
PictureSize shownSize(const MediaFile& file);

/// How rows and columns of the stored picture lie on the screen.
struct Orientation {
  bool transposed = false;  ///< stored rows become columns, before the flips
  bool flippedAcross = false;
  bool flippedDown = false;
};
Orientation orientationOf(const AVStream& stream);

MediaInfo describe(const MediaFile& file);

/// Where the file says that the stream ends (where the whole file ends if it says nothing of the stream), on
/// the file's clock; 0 if it does not say.
double claimedEndSec(const MediaFile& file, const AVStream& stream);

/// Time of the first picture on the stream's own clock. No header says it reliably, so the picture is
/// decoded; the header's word is taken where that fails. Leaves the file at another place than it was.
double firstPictureSec(const MediaFile& file);

/// Decodes one stream of a file front to back, and again from wherever it was sought to.
class StreamDecoder {
 public:
  /// `stream` belongs to `file`, which must outlive this.
  /// Errors   Unsupported if there is no decoder for it
  StreamDecoder(const MediaFile& file, AVStream& stream);

  /// The next decoded frame, or null at the end of the data. Damaged packets are skipped and counted.
  /// The frame stays valid until the next call.
  AVFrame* next();

  /// Goes to a key frame stored at or before `timestamp` (stream units). False if the file cannot. Sound may
  /// go on later than asked for where the file lists the places of its pictures alone.
  bool seek(std::int64_t timestamp);

  std::int64_t damagedPackets() const { return m_damagedPackets; }
  /// Why reading stopped before the end of the file; empty if it did not.
  const std::string& earlyEnd() const { return m_earlyEnd; }

 private:
  bool feed();

  const MediaFile& m_file;
  AVStream& m_stream;
  FfmpegPtr<AVCodecContext> m_codec;
  FfmpegPtr<AVPacket> m_packet;
  FfmpegPtr<AVFrame> m_frame;
  bool m_draining = false;
  std::int64_t m_damagedPackets = 0;
  std::int64_t m_failuresInRow = 0;
  std::string m_earlyEnd;
};

}  // namespace cortexscope
