// SPDX-License-Identifier: GPL-3.0-or-later
// How long a film of two hours keeps one waiting: from the request to the first picture and to the first
// sound that can be handed to a sound card. Numbers are read, not asserted.
//   bench_long_film FOLDER [FILM...]     makes FOLDER/long.mkv and FOLDER/long.mp4 unless they are there;
//   other films are measured at their start, middle and end
#include <QCoreApplication>
#include <QElapsedTimer>
#include <cstdio>
#include <future>
#include <numbers>

#include "playback/film_decoder.h"
#include "playback/sound_queue.h"
#include "support/make_media.h"

using namespace cortexscope;

namespace {

constexpr int kHours = 2, kPicturesPerSec = 5;

void makeFilm(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return;
  std::printf("making %s\n", file.c_str());
  test::FilmSpec film;
  film.width = film.height = 32;
  film.times = test::evenTimes(kHours * 3600 * kPicturesPerSec, 1000 / kPicturesPerSec);
  film.keyEvery = 10 * kPicturesPerSec;
  film.soundCodec = "aac";
  film.soundRateHz = 8000;
  film.soundSec = kHours * 3600;
  film.sound = [](double timeSec, int) { return 0.5 * std::sin(2 * std::numbers::pi * 440 * timeSec); };
  test::writeFilm(file, film);
}

double waited(const QElapsedTimer& timer) {
  return 1e-6 * static_cast<double>(timer.nsecsElapsed());
}

/// Milliseconds to the picture and to the sound, each alone.
class Viewer {
 public:
  double untilPicture(const std::filesystem::path& film, double filmSec) {
    QElapsedTimer timer;
    timer.start();
    m_decoder.request(film, filmSec);
    while (m_decoder.isBusy())
      QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents);
    return waited(timer);
  }
  double untilSound(const std::filesystem::path& film, double filmSec) {
    m_heard = {};
    QElapsedTimer timer;
    timer.start();
    m_queue.start(film, filmSec);
    const bool hasSound = m_heard.get_future().get();
    const double ms = waited(timer);
    m_queue.stop();
    return hasSound ? ms : -1;
  }

 private:
  FilmDecoder m_decoder;
  std::promise<bool> m_heard;
  SoundQueue m_queue{filmSoundReading(),
                     [this](std::uint64_t, bool hasSound) { m_heard.set_value(hasSound); }};
};

void measure(const std::filesystem::path& film, const std::vector<double>& minutes) {
  std::printf("%s, %.0f MB\n", film.filename().c_str(),
              1e-6 * static_cast<double>(std::filesystem::file_size(film)));
  for (const double minute : minutes) {
    Viewer viewer;
    const double picture = viewer.untilPicture(film, 60 * minute),
                 sound = viewer.untilSound(film, 60 * minute);
    const double back = 60 * minute + (minute > 1 ? -30 : 30);
    std::printf(
        "  minute %6.2f: opened, picture %4.0f ms, sound %4.0f ms; half a minute away, picture %4.0f ms, "
        "sound %4.0f ms\n",
        minute, picture, sound, viewer.untilPicture(film, back), viewer.untilSound(film, back));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: bench_long_film FOLDER [FILM...]\n"), 2;
  const QCoreApplication application(argc, argv);
  for (const char* name : {"long.mkv", "long.mp4"}) {
    const std::filesystem::path film = std::filesystem::path(argv[1]) / name;
    makeFilm(film);
    measure(film, {0, 50, 119});
  }
  for (int i = 2; i < argc; ++i) {
    const double minutes = probeMedia(argv[i]).durationSec / 60;
    measure(argv[i], {0, minutes / 2, minutes - 0.1});
  }
  return 0;
}
