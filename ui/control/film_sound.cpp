#include "control/film_sound.h"

namespace cortexscope {

FilmSound::FilmSound(StudyController& controller, QObject* parent)
    : QObject(parent), m_controller(controller), m_player(this) {
  PlaybackClock& clock = controller.clock();
  connect(&clock, &PlaybackClock::playingChanged, this, &FilmSound::update);
  connect(&clock, &PlaybackClock::speedChanged, this, &FilmSound::update);
  connect(&clock, &PlaybackClock::timeChanged, this, &FilmSound::update);
  connect(&clock, &PlaybackClock::jumped, this, &FilmSound::restart);
  clock.setReference([this] { return studySec(); });
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
    return;
  }
  const StudyMoment moment = m_controller.moment();
  if (m_sounding && moment.run == m_run) return;
  const Study& study = m_controller.study();
  m_run = moment.run;
  m_player.play(study.path(study.stimulus(study.runs[m_run].stimulus).file), moment.filmSec);
  m_sounding = true;
}

void FilmSound::restart() {
  m_sounding = false;
  m_player.stop();
  update();
}

std::optional<double> FilmSound::studySec() const {
  const std::optional<double> filmSec = m_sounding ? m_player.filmSec() : std::nullopt;
  if (!filmSec || m_run >= m_controller.study().runs.size()) return std::nullopt;
  const Run& run = m_controller.study().runs[m_run];
  const TimeSpan span = m_controller.time().spanOfRun(m_run);
  const double studyTime = span.startSec + *filmSec - run.stimulusStartSec;
  if (studyTime > span.endSec) return std::nullopt;  // the film's sound goes on, the run is over
  return studyTime;
}

}  // namespace cortexscope
