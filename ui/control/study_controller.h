// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <optional>

#include "control/brain_display.h"
#include "control/job_runner.h"
#include "control/layers.h"
#include "control/problem.h"
#include "control/study_actions.h"
#include "playback/playback_clock.h"
#include "playback/study_time.h"

namespace cortexscope {

enum class LoopMode { Off, Whole, Run, Range };

/// The one writer of the study on the GUI thread: panels show what is here and ask for changes; each change
/// is told by one signal. A failed action leaves study and results as they were.
class StudyController : public QObject {
  Q_OBJECT

 public:
  explicit StudyController(StudyActions actions, QObject* parent = nullptr,
                           PlaybackClock::WallClock wallClock = {});

  bool hasStudy() const { return m_hasStudy; }
  const Study& study() const { return m_loaded.study; }
  const Results& results() const { return m_loaded.results; }
  const LayerLimits& limits() const { return m_loaded.limits; }
  const LoadedStudy& loaded() const { return m_loaded; }
  const StudyTime& time() const { return m_time; }
  PlaybackClock& clock() { return m_clock; }
  JobRunner& jobs() { return m_jobs; }
  const JobRunner& jobs() const { return m_jobs; }
  const StudyActions& actions() const { return m_actions; }

  void openStudy(const std::filesystem::path& folder);
  /// A study is open, nothing is running, and none of its problems keeps it from training.
  bool canTrain() const { return m_hasStudy && !m_jobs.isRunning() && !hasErrors(m_loaded.problems); }
  void train();
  void makeDemo(const std::filesystem::path& folder);
  /// Shows a study that is in memory already. If it cannot be shown, the one before is shown again.
  /// Errors   as checkRuns; whatever a panel that cannot show the study throws
  void setLoaded(LoadedStudy loaded);

  // Time. `timeSec` is study time; readouts take the moment and the brain frame.
  double timeSec() const { return m_clock.timeSec(); }
  StudyMoment moment() const { return m_time.at(timeSec()); }
  BrainFrame brainFrame() const { return m_time.brainAt(timeSec(), m_display.lagSec); }
  void setTime(double timeSec) { m_clock.seek(timeSec); }
  void stepSamples(int count);
  void togglePlaying() { m_clock.setPlaying(!m_clock.isPlaying()); }
  void changeSpeed(bool faster);
  LoopMode loopMode() const { return m_loopMode; }
  void setLoopMode(LoopMode mode);
  void setLoopRange(TimeSpan range);
  std::optional<TimeSpan> loopSpan() const { return m_clock.loop(); }

  // What is looked at. -1 = nothing.
  int label() const { return m_label; }
  const LabelEstimates* labelEstimates() const;
  int person() const { return m_person; }
  int otherPerson() const { return m_otherPerson; }
  Index vertex() const { return m_vertex; }
  void setLabel(int label);
  /// Position of the label with this name or title, or -1.
  int labelNamed(const QString& name) const;
  void setPerson(int person) { setPeople(person, -1); }
  void setPeople(int person, int other);
  void setVertex(int person, Index vertex);

  const BrainDisplay& display() const { return m_display; }
  /// Thresholds end at the colour limit; numbers of another layer's unit are forgotten.
  void setDisplay(const BrainDisplay& display);
  bool isLayerAvailable(Layer layer) const;
  /// Where colours end, in the layer's unit: the chosen limit, or the largest of all people's automatic ones.
  double colourLimit() const;
  double weakBelow() const;  ///< smaller magnitudes fade or are hidden, in the layer's unit; 0 = none do
  bool canMask() const;      ///< significance is known for somebody
  bool isMasked() const { return m_display.significantOnly && canMask(); }
  /// As significantVertices; found once per study.
  const std::vector<std::uint8_t>& significant(int person) const;

  QString personName(int person) const;

 signals:
  void studyChanged();
  void timeChanged(double timeSec);
  void labelChanged();
  void peopleChanged();
  void vertexChanged();
  void displayChanged();
  void loopChanged();
  void problem(const cortexscope::Problem& problem);
  void problemCleared();

 private:
  void runAction(const QString& title, const QString& failureHeadline, const std::filesystem::path& folder,
                 std::function<LoadedStudy(const Job&)> work);
  /// Returns what was there before.
  LoadedStudy replaceLoaded(LoadedStudy loaded, bool isStudy);
  void keepChoices(const LoadedStudy& loaded);
  void changeLayer(Layer layer);
  void applyLoop();
  void findSignificant();

  StudyActions m_actions;
  LoadedStudy m_loaded;
  std::vector<std::vector<std::uint8_t>> m_significant;
  StudyTime m_time;
  PlaybackClock m_clock;
  JobRunner m_jobs;
  bool m_hasStudy = false;
  QString m_failureHeadline, m_actionFile;
  BrainDisplay m_display;
  LoopMode m_loopMode = LoopMode::Off;
  TimeSpan m_loopRange;
  int m_label = -1, m_person = -1, m_otherPerson = -1;
  Index m_vertex = -1;
};

/// A number for readouts with a typographic minus: "−0.42", or an en dash if there is none.
QString shownNumber(double value, int decimals = 2);
/// Minutes and seconds: "3:07.4".
QString shownTime(double timeSec, int decimals = 1);

}  // namespace cortexscope
