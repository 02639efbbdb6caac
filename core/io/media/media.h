// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cortexscope {

/// What a film or sound file contains.
struct MediaInfo {
  double durationSec = 0;  ///< end of the picture or sound, whichever is later, on the file's clock
  bool hasVideo = false;
  int width = 0;  ///< pixels as shown (after rotation, square pixels)
  int height = 0;
  int storedWidth = 0, storedHeight = 0;  ///< pixels as they lie in the file
  double framesPerSec = 0;                ///< mean over the file as its header claims; 0 if it does not say
  bool hasAudio = false;
  int audioRateHz = 0;
  int audioChannels = 0;
  std::vector<std::string>
      warnings;  ///< odd but usable things, each a sentence part that follows the file's name
};

/// Opens a file and says what it contains, without decoding it. One picture and one sound stream are taken,
/// the ones the file marks as default. The file's clock starts where its picture starts (where its sound
/// starts if it has no picture), so sound may begin before or after 0.
/// Errors   MissingFile; BadFile (not media, no picture or sound, sizes out of bounds). Never opens another
///          file or the network, whatever the file says (playlists and references are refused).
/// Limits   64 streams, 16384 pixels a side, 100 million pixels, 64 channels; opening may take 30 s
MediaInfo probeMedia(const std::filesystem::path& file);

/// "FFmpeg 5.1.6": the libraries that run.
std::string mediaLibraryVersion();

/// One picture, 8-bit RGB, rows top to bottom, width * 3 bytes a row.
struct VideoFrame {
  int width = 0;
  int height = 0;
  double timeSec = 0;  ///< presentation time in the file; the first picture of a file is at 0
  std::vector<std::uint8_t> rgb;
};

/// Pictures of a film at asked times. Asking in rising order decodes straight on; going back or far ahead
/// seeks. One decoder per object; use from one thread at a time.
class VideoReader {
 public:
  /// `maxWidth` x `maxHeight`: pictures are scaled down to fit, keeping their shape; 0 = as they are.
  /// Errors   as probeMedia; BadFile if there is no picture stream or none of it can be decoded; Unsupported
  ///          if this build has no decoder for it; BadValue for negative limits
  explicit VideoReader(const std::filesystem::path& file, int maxWidth = 0, int maxHeight = 0);
  ~VideoReader();
  VideoReader(VideoReader&&) noexcept;
  VideoReader& operator=(VideoReader&&) noexcept;

  const MediaInfo& info() const;

  /// The picture on screen at `timeSec`: the last one whose presentation time is not later than a microsecond
  /// after it (the first one for earlier times, the last one past the end). The same for every order of
  /// asking. The reference stays valid until the next call.
  /// Errors   BadValue if `timeSec` is not a number
  const VideoFrame& frameAt(double timeSec);

  /// Time at which the data were found to stop short of what the file claims; empty as long as nothing is
  /// missing.
  std::optional<double> earlyEndSec() const;

  /// Odd things met so far: damaged data, data that end early, times that do not increase.
  std::vector<std::string> warnings() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// How sound is reached that does not follow what was read before.
enum class SoundSeeking {
  /// It is decoded from the front of the file, because only so are the samples of compressed sound the same
  /// each
  /// time: for numbers.
  FromFront,
  /// Decoding starts shortly before it: for listening. Its place is exact to a sample, but compressed sound
  /// may
  /// differ by what the codec carries from frame to frame, and resampled sound by a part of a sample.
  Nearby
};

/// Sound of a file on the same clock as its pictures: the mean of its channels, resampled.
class AudioReader {
 public:
  /// Errors   as probeMedia; BadFile if there is no sound stream; Unsupported if this build has no decoder
  ///          for it; BadValue unless `rateHz` lies in 100 .. 384000
  AudioReader(const std::filesystem::path& file, int rateHz, SoundSeeking seeking = SoundSeeking::FromFront);
  ~AudioReader();
  AudioReader(AudioReader&&) noexcept;
  AudioReader& operator=(AudioReader&&) noexcept;

  /// Samples from round(startSec * rateHz) on, full scale = 1, exactly round(durationSec * rateHz) of them;
  /// silence before the first and after the last sample of the file. NaN and infinite samples of the file
  /// become 0. The same samples whether read in one piece or in blocks, in any order (but see
  /// SoundSeeking::Nearby).
  /// Errors   BadValue for times that are not numbers, a negative duration or more than 2^28 samples at once
  /// Cost     sound is decoded forward; going back more than 30 s decodes again from the start, or from
  ///          nearby
  std::vector<float> read(double startSec, double durationSec);

  /// Samples of one channel decoded so far, at the file's own rate: what reading has cost.
  std::int64_t decodedSamples() const;

  /// NaN or infinite samples replaced so far, each channel counted by itself.
  std::int64_t replacedSamples() const;

  /// Time at which the data were found to stop short of what the file claims; empty as long as nothing is
  /// missing.
  std::optional<double> earlyEndSec() const;

  /// Odd things met so far: damaged data, data that end early, times that do not fit.
  std::vector<std::string> warnings() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace cortexscope
