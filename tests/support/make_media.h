// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/media/media.h"

// Small films with known pictures and sound, written by FFmpeg's encoders and muxers.
namespace cortexscope::test {

struct FilmSpec {
  enum class Pictures {
    Numbers,   ///< picture i shows i as 16 black and white fields: numberIn() reads it back
    Quadrants  ///< red top left, green top right, blue bottom left, white bottom right
  };

  std::string codec = "mpeg4";  ///< mpeg4, ffv1, rawvideo, ...; empty: no picture
  Pictures pictures = Pictures::Numbers;
  int width = 64, height = 48;
  std::vector<std::int64_t> times;  ///< presentation time of each picture in 1 / timeScale s, rising
  int timeScale = 1000;
  int keyEvery = 12;
  int bFrames = 0;
  int pixelWidth = 1, pixelHeight = 1;  ///< shape of one pixel
  int turnedDeg = 0;                    ///< how far the picture is to be turned clockwise for showing

  std::string soundCodec = "pcm_s16le";
  int soundRateHz = 0;  ///< 0: no sound
  int channels = 1;
  double soundStartSec = 0, soundSec = 0;
  std::function<double(double timeSec, int channel)>
      sound;                        ///< full scale 1; the time is the film's, not the sound's
  std::vector<double> soundGapSec;  ///< {from, to}: no sound is stored there
};

/// `count` times `step` apart, from `first` on.
std::vector<std::int64_t> evenTimes(int count, std::int64_t step, std::int64_t first = 0);
/// `count` rising times with steps between 1 and `longestStep`, drawn with a fixed seed.
std::vector<std::int64_t> unevenTimes(int count, int longestStep, unsigned seed);

/// Writes a film; the container follows from the file's extension. Throws std::runtime_error with FFmpeg's
/// reason.
void writeFilm(const std::filesystem::path& file, const FilmSpec& spec);
/// A Matroska file with one subtitle stream and nothing else.
void writeSubtitlesOnly(const std::filesystem::path& file);

/// The number a picture of kind Numbers shows.
int numberIn(const VideoFrame& frame);
/// Mean colour around a place given in parts (0..1) of the width and height, as 0xRRGGBB.
std::uint32_t colourAt(const VideoFrame& frame, double across, double down);

/// A 32-bit float .wav file, byte by byte without FFmpeg. `samples` holds the channels of each sample
/// together.
void writeFloatWav(const std::filesystem::path& file, int rateHz, int channels,
                   const std::vector<float>& samples);

/// Presentation times (s, first = 0) and grey mean of all pictures, decoded front to back by FFmpeg alone.
struct PlainPicture {
  double timeSec = 0;
  double meanLuma = 0;
};
std::vector<PlainPicture> decodePlainly(const std::filesystem::path& file);

}  // namespace cortexscope::test
