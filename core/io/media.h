#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/job.h"

namespace cortexscope {

/// What a film or sound file contains.
struct MediaInfo {
  double durationSec = 0;
  bool hasVideo = false;
  int width = 0;              ///< pixels as shown (after rotation, square pixels)
  int height = 0;
  double framesPerSec = 0;
  bool hasAudio = false;
  int audioRateHz = 0;
  int audioChannels = 0;
};

/// Opens a file and says what it contains, without decoding it.
/// Errors   MissingFile; BadFile (not media, no picture or sound, sizes out of bounds). Never opens another file or
///          the network, whatever the file says (playlists and references are refused).
MediaInfo probeMedia(const std::filesystem::path& file);

/// One picture, 8-bit RGB, rows top to bottom, width * 3 bytes a row.
struct VideoFrame {
  int width = 0;
  int height = 0;
  double timeSec = 0;  ///< presentation time in the file; the first picture of a file is at 0
  std::vector<std::uint8_t> rgb;
};

/// Pictures of a film at asked times. Asking in rising order decodes straight on; going back or far ahead seeks.
/// One decoder per object; use from one thread at a time.
class VideoReader {
 public:
  /// `maxWidth` x `maxHeight`: pictures are scaled down to fit, keeping their shape; 0 = as they are.
  explicit VideoReader(const std::filesystem::path& file, int maxWidth = 0, int maxHeight = 0);
  ~VideoReader();
  VideoReader(VideoReader&&) noexcept;
  VideoReader& operator=(VideoReader&&) noexcept;

  const MediaInfo& info() const;

  /// The picture on screen at `timeSec`: the last one whose presentation time is not later (the first one for earlier
  /// times, the last one past the end). The reference stays valid until the next call.
  /// Errors   BadFile if no picture can be decoded
  const VideoFrame& frameAt(double timeSec);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Sound of a file, mixed to one channel and resampled, read forward in blocks.
class AudioReader {
 public:
  AudioReader(const std::filesystem::path& file, int rateHz);
  ~AudioReader();
  AudioReader(AudioReader&&) noexcept;
  AudioReader& operator=(AudioReader&&) noexcept;

  /// Samples [startSec, startSec + durationSec), full scale = 1, exactly round(durationSec * rateHz) of them; silence
  /// before the first and after the last sample of the file. NaN and infinite samples of the file become 0.
  std::vector<float> read(double startSec, double durationSec);

  /// NaN or infinite samples replaced so far.
  std::int64_t replacedSamples() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace cortexscope
