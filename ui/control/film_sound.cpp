// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/film_sound.h"

#include <cmath>

#include "playback/speaker.h"

namespace cortexscope {

namespace {
constexpr double kSameMomentSec = 1e-3;
}

FilmSound::FilmSound(StudyController& controller, QObject* parent)
    : FilmSound(controller, std::make_unique<Speaker>(), filmSoundReading(), parent) {}

FilmSound::FilmSound(StudyController& controller, std::unique_ptr<SoundDevice> device, SoundReading reading,
                     QObject* parent)
    : QObject(parent),
      m_controller(controller),
      m_player(
          std::move(device), std::move(reading), [&controller] { return controller.clock().wallSec(); },
          this) {
  PlaybackClock& clock = controller.clock();
  connect(&controller, &StudyController::studyChanged, this, &FilmSound::restart);
  connect(&clock, &PlaybackClock::playingChanged, this, &FilmSound::update);
  connect(&clock, &PlaybackClock::speedChanged, this, &FilmSound::update);
  connect(&clock, &PlaybackClock::timeChanged, this, &FilmSound::update);
  connect(&clock, &PlaybackClock::jumped, this, &FilmSound::restart);
  clock.setReference([this] { return soundTime(); });
}

FilmSound::~FilmSound() {
  m_controller.clock().setReference({});
}

void FilmSound::setMuted(bool muted) {
  if (muted == m_muted) return;
  m_muted = muted;
  update();
  emit mutedChanged(muted);
}

void FilmSound::update() {
  PlaybackClock& clock = m_controller.clock();
  const bool wanted = isAvailable() && !m_muted && clock.isPlaying() && clock.speed() == 1.0;
  if (!wanted) {
    if (m_sounding) m_player.stop();
    m_sounding = false;
    prepare();
    return;
  }
  const std::size_t run = m_controller.moment().run;
  const bool goesOn = m_sounding && goesOnInto(run);
  m_run = run;
  if (goesOn) return;
  m_prepared = fileOf(run);
  m_player.play(m_prepared, [this] { return m_controller.moment().filmSec; });
  m_sounding = true;
}

/// Opens the film before it is played: of a long one that alone takes a moment.
void FilmSound::prepare() {
  if (m_muted || !m_controller.hasStudy()) return;
  const std::filesystem::path file = fileOf(m_controller.moment().run);
  if (file == m_prepared) return;
  m_prepared = file;
  m_player.prepare(file);
}

std::filesystem::path FilmSound::fileOf(std::size_t run) const {
  const Study& study = m_controller.study();
  return study.path(study.stimulus(study.runs[run].stimulus).file);
}

/// Whether what sounds now is also the sound of `run`: the same film may go on from one run to the next.
bool FilmSound::goesOnInto(std::size_t run) const {
  if (run == m_run) return true;
  const Runs& runs = m_controller.study().runs;
  const TimeSpan span = m_controller.time().spanOfRun(m_run);
  const double endSec = runs[m_run].stimulusStartSec + span.endSec - span.startSec;
  return run == m_run + 1 && runs[run].stimulus == runs[m_run].stimulus &&
         std::abs(runs[run].stimulusStartSec - endSec) < kSameMomentSec;
}

void FilmSound::restart() {
  m_sounding = false;
  m_player.stop();
  update();
}

/// Study time that is heard now.
SoundTime FilmSound::soundTime() {
  SoundTime sound = m_sounding ? m_player.soundTime() : SoundTime();
  if (sound.state != SoundTime::State::Heard) return sound;
  const TimeSpan span = m_controller.time().spanOfRun(m_run);
  sound.timeSec += span.startSec - m_controller.study().runs[m_run].stimulusStartSec;
  if (sound.timeSec > span.endSec) return {};  // the film's sound goes on, the run is over
  return sound;
}

}  // namespace cortexscope
