// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/timeline_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "panels/timeline_bar.h"
#include "widgets/look.h"

namespace cortexscope {

using look::Icon;

TimelinePanel::TimelinePanel(StudyController& controller, FilmSound& sound, QWidget* parent)
    : QFrame(parent), m_controller(controller), m_sound(sound) {
  setObjectName(QStringLiteral("timelinePanel"));
  setProperty("card", true);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 4, 8, 2);
  layout->setSpacing(2);
  QHBoxLayout* row = makeTransport();
  makeChoices(row);
  layout->addLayout(row);
  layout->addWidget(new TimelineBar(controller, this));
  connect(&controller, &StudyController::studyChanged, this, &TimelinePanel::showStudy);
  connect(&controller, &StudyController::timeChanged, this, &TimelinePanel::showTime);
  connect(&controller, &StudyController::loopChanged, this, &TimelinePanel::showLoop);
  connect(&controller.clock(), &PlaybackClock::playingChanged, this, &TimelinePanel::showPlaying);
  connect(&controller.clock(), &PlaybackClock::speedChanged, this, &TimelinePanel::showSpeed);
  showPlaying(false);
  showSpeed(controller.clock().speed());
  showSound();
}

QToolButton* TimelinePanel::makeButton(const char* name, const QString& tip) {
  auto* button = new QToolButton(this);
  button->setObjectName(QString::fromLatin1(name));
  button->setToolTip(tip);
  button->setAccessibleName(tip);
  button->setIconSize({20, 20});
  return button;
}

QHBoxLayout* TimelinePanel::makeTransport() {
  auto* row = new QHBoxLayout;
  row->setSpacing(2);
  const auto add = [&](const char* name, Icon icon, const QString& tip, auto action) {
    QToolButton* button = makeButton(name, tip);
    button->setIcon(look::icon(icon));
    connect(button, &QToolButton::clicked, this, action);
    row->addWidget(button);
    return button;
  };
  add("startButton", Icon::Start, tr("Go to the start (Home)"), [this] { m_controller.setTime(0); });
  add("backButton", Icon::Back, tr("One sample back (Left)"), [this] { m_controller.stepSamples(-1); });
  m_play = add("playButton", Icon::Play, tr("Play (Space)"), [this] { m_controller.togglePlaying(); });
  add("forwardButton", Icon::Forward, tr("One sample on (Right)"), [this] { m_controller.stepSamples(1); });
  add("endButton", Icon::End, tr("Go to the end (End)"),
      [this] { m_controller.setTime(m_controller.time().totalSec()); });
  m_time = look::heading({}, this);
  m_time->setObjectName(QStringLiteral("timeLabel"));
  m_time->setToolTip(tr("Study time: all runs one after the other, in minutes and seconds, of the whole"));
  m_sample = look::note({}, this);
  m_sample->setObjectName(QStringLiteral("sampleLabel"));
  m_sample->setToolTip(tr("The sample that covers this moment, counted from 0 over all runs"));
  row->addSpacing(8);
  row->addWidget(m_time);
  row->addSpacing(8);
  row->addWidget(m_sample);
  row->addStretch(1);
  return row;
}

QWidget* TimelinePanel::makeHeldOutKey() {
  auto* key = look::note(tr("held-out run"), this);
  key->setObjectName(QStringLiteral("heldOutKey"));
  key->setStyleSheet(QStringLiteral("QLabel { background: %1; border: 1px solid %2; border-radius: 4px; "
                                    "padding: 1px 6px; color: %3; }")
                         .arg(look::kHeldOut.name(), look::kHeldOutLine.name(), look::kText.name()));
  key->setToolTip(tr("Nothing is ever fitted to these runs; every r is computed on them."));
  key->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  return key;
}

void TimelinePanel::makeChoices(QHBoxLayout* row) {
  m_heldOutKey = makeHeldOutKey();
  row->addWidget(m_heldOutKey);
  row->addSpacing(8);
  m_soundNote = look::note({}, this);
  m_soundNote->setObjectName(QStringLiteral("soundNote"));
  m_mute = makeButton("muteButton", tr("Sound on or off (M)"));
  m_mute->setCheckable(true);
  connect(m_mute, &QToolButton::clicked, &m_sound, &FilmSound::setMuted);
  connect(&m_sound, &FilmSound::mutedChanged, this, &TimelinePanel::showSound);
  m_speed = new QComboBox(this);
  m_speed->setObjectName(QStringLiteral("speedChoice"));
  m_speed->setAccessibleName(tr("Playing speed"));
  m_speed->setToolTip(tr("Playing speed ([ and ]). There is sound at 1x only."));
  for (const double speed : {0.25, 0.5, 1.0, 2.0, 4.0}) m_speed->addItem(tr("%1x").arg(speed), speed);
  connect(m_speed, &QComboBox::activated, this,
          [this](int row_) { m_controller.clock().setSpeed(m_speed->itemData(row_).toDouble()); });
  m_loop = new QComboBox(this);
  m_loop->setObjectName(QStringLiteral("loopChoice"));
  m_loop->setAccessibleName(tr("Loop"));
  m_loop->setToolTip(tr("What is played again and again (L). Shift + drag on the timeline sets a range."));
  m_loop->addItems({tr("No loop"), tr("Loop all"), tr("Loop this run"), tr("Loop range")});
  connect(m_loop, &QComboBox::activated, this,
          [this](int row_) { m_controller.setLoopMode(static_cast<LoopMode>(row_)); });
  for (QWidget* widget : {static_cast<QWidget*>(m_soundNote), static_cast<QWidget*>(m_mute),
                          static_cast<QWidget*>(m_speed), static_cast<QWidget*>(m_loop)})
    row->addWidget(widget);
}

void TimelinePanel::showStudy() {
  const Runs& runs = m_controller.study().runs;
  m_heldOutKey->setVisible(std::any_of(runs.begin(), runs.end(), [](const Run& run) { return run.heldOut; }));
  showTime();
}

void TimelinePanel::showTime() {
  if (!m_controller.hasStudy()) return;
  const StudyMoment moment = m_controller.moment();
  m_time->setText(
      tr("%1 / %2").arg(shownTime(m_controller.timeSec()), shownTime(m_controller.time().totalSec())));
  m_sample->setText(tr("sample %1").arg(moment.sample));
}

void TimelinePanel::showPlaying(bool playing) {
  m_play->setIcon(look::icon(playing ? Icon::Pause : Icon::Play, look::kAccent));
  m_play->setToolTip(playing ? tr("Pause (Space)") : tr("Play (Space)"));
  m_play->setAccessibleName(m_play->toolTip());
}

void TimelinePanel::showSpeed(double speed) {
  m_speed->setCurrentIndex(m_speed->findData(speed));
  showSound();
}

void TimelinePanel::showLoop() {
  m_loop->setCurrentIndex(static_cast<int>(m_controller.loopMode()));
}

void TimelinePanel::showSound() {
  const bool heard = m_sound.isAvailable() && !m_sound.isMuted();
  m_mute->setIcon(look::icon(heard ? Icon::Sound : Icon::Mute));
  m_mute->setChecked(m_sound.isMuted());
  m_mute->setEnabled(m_sound.isAvailable());
  QString text;
  if (!m_sound.isAvailable())
    text = tr("no sound device");
  else if (m_controller.clock().speed() != 1.0)
    text = tr("silent at this speed");
  m_soundNote->setText(text);
}

}  // namespace cortexscope
