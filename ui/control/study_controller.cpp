// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/study_controller.h"

#include <QSignalBlocker>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

namespace cortexscope {

namespace {

constexpr std::array kSpeeds{0.25, 0.5, 1.0, 2.0, 4.0};

/// Where in `now` the thing stands that stood at `place` before; -1 if it is gone.
template <class Things, class NameOf>
int placeOfSame(const Things& before, int place, const Things& now, NameOf nameOf) {
  if (place < 0) return -1;
  const auto same =
      std::ranges::find(now, std::invoke(nameOf, before[static_cast<std::size_t>(place)]), nameOf);
  return same == now.end() ? -1 : static_cast<int>(same - now.begin());
}

}  // namespace

StudyController::StudyController(StudyActions actions, QObject* parent, PlaybackClock::WallClock wallClock)
    : QObject(parent), m_actions(std::move(actions)), m_clock(this, std::move(wallClock)), m_jobs(this) {
  connect(&m_clock, &PlaybackClock::timeChanged, this, &StudyController::timeChanged);
  connect(&m_jobs, &JobRunner::started, this, &StudyController::problemCleared);
  connect(&m_jobs, &JobRunner::failed, this, [this](const Failure& failure) {
    emit problem(problemOf(m_failureHeadline, failure, m_actionFile));
  });
}

void StudyController::runAction(const QString& title, const QString& failureHeadline,
                                const std::filesystem::path& folder,
                                std::function<LoadedStudy(const Job&)> work) {
  m_failureHeadline = failureHeadline;
  m_actionFile = QString::fromStdString(folder.string());
  m_jobs.start(title, std::move(work), [this](LoadedStudy loaded) { setLoaded(std::move(loaded)); });
}

void StudyController::openStudy(const std::filesystem::path& folder) {
  runAction(tr("Opening %1").arg(QString::fromStdString(folder.filename().string())),
            tr("The study could not be opened."), folder,
            [load = m_actions.load, folder](const Job& job) { return load(folder, job); });
}

void StudyController::train() {
  if (!canTrain()) return;
  runAction(tr("Training"), tr("Training stopped with an error. What was finished before is kept."),
            study().folder, [actions = m_actions, copy = study()](const Job& job) {
              actions.train(copy, job.part(0, 0.98));
              return actions.load(copy.folder, job.part(0.98, 1));
            });
}

void StudyController::makeDemo(const std::filesystem::path& folder) {
  runAction(tr("Making the demo"), tr("The demo could not be made."), folder,
            [actions = m_actions, folder](const Job& job) {
              actions.makeDemo(folder, job.part(0, 0.98));
              return actions.load(folder, job.part(0.98, 1));
            });
}

void StudyController::setLoaded(LoadedStudy loaded) {
  const bool hadStudy = m_hasStudy;
  const LoopMode loop = m_loopMode;
  LoadedStudy before = replaceLoaded(std::move(loaded), true);
  const auto tell = [&] {
    emit studyChanged();
    if (m_loopMode != loop) emit loopChanged();
  };
  try {
    tell();
  } catch (...) {
    replaceLoaded(std::move(before), hadStudy);
    if (hadStudy) tell();
    throw;
  }
}

LoadedStudy StudyController::replaceLoaded(LoadedStudy loaded, bool isStudy) {
  StudyTime time = isStudy ? StudyTime(loaded.study.runs, loaded.study.samplePeriodSec) : StudyTime();
  const bool sameTimes = m_hasStudy && time.runs() == m_time.runs() && time.periodSec() == m_time.periodSec();
  if (!sameTimes) m_clock.setPlaying(false);  // while what is played is still there
  keepChoices(loaded);
  LoadedStudy before = std::exchange(m_loaded, std::move(loaded));
  m_time = std::move(time);
  m_hasStudy = isStudy;
  findSignificant();
  if (!isLayerAvailable(m_display.layer))
    changeLayer(isLayerAvailable(Layer::Predicted) ? Layer::Predicted : Layer::Measured);
  if (!sameTimes) {
    m_loopMode = LoopMode::Off;
    m_loopRange = {0, m_time.totalSec()};
    const QSignalBlocker untilPanelsKnow(m_clock);
    m_clock.reset(m_time.totalSec());
  }
  return before;
}

void StudyController::keepChoices(const LoadedStudy& loaded) {
  if (!m_hasStudy || loaded.study.folder != m_loaded.study.folder) {
    m_label = m_person = m_otherPerson = -1;
    m_vertex = -1;
    changeLayer(Layer::Predicted);
  }
  const auto labelName = [](const LabelEstimates& label) { return std::pair(label.table, label.item.name); };
  m_label = placeOfSame(results().labels, m_label, loaded.results.labels, labelName);
  m_person = placeOfSame(results().people, m_person, loaded.results.people, &PersonResults::id);
  m_otherPerson = placeOfSame(results().people, m_otherPerson, loaded.results.people, &PersonResults::id);
  if (m_label < 0 && !loaded.results.labels.empty()) m_label = 0;
  if (m_person < 0 && !loaded.results.people.empty()) m_person = 0;
  if (m_otherPerson == m_person) m_otherPerson = -1;
  if (m_vertex >= loaded.results.anatomical.vertexCount()) m_vertex = -1;
}

const std::vector<std::uint8_t>& StudyController::significant(int person) const {
  return m_significant.at(static_cast<std::size_t>(person));
}

void StudyController::stepSamples(int count) {
  if (m_time.isEmpty()) return;
  m_clock.setPlaying(false);
  m_clock.seek(m_time.centreSec(moment().sample + count));
}

void StudyController::changeSpeed(bool faster) {
  const auto here = std::min_element(kSpeeds.begin(), kSpeeds.end(), [this](double a, double b) {
    return std::abs(a - m_clock.speed()) < std::abs(b - m_clock.speed());
  });
  const auto index =
      std::clamp<std::ptrdiff_t>(here - kSpeeds.begin() + (faster ? 1 : -1), 0, kSpeeds.size() - 1);
  m_clock.setSpeed(kSpeeds[static_cast<std::size_t>(index)]);
}

void StudyController::setLoopMode(LoopMode mode) {
  m_loopMode = mode;
  applyLoop();
}

void StudyController::setLoopRange(TimeSpan range) {
  if (range.startSec > range.endSec) std::swap(range.startSec, range.endSec);
  m_loopRange = range;
  m_loopMode = LoopMode::Range;
  applyLoop();
}

void StudyController::applyLoop() {
  std::optional<TimeSpan> span;
  if (m_hasStudy && m_loopMode == LoopMode::Whole) span = TimeSpan{0, m_time.totalSec()};
  if (m_hasStudy && m_loopMode == LoopMode::Run) span = m_time.spanOfRun(moment().run);
  if (m_hasStudy && m_loopMode == LoopMode::Range) span = m_loopRange;
  m_clock.setLoop(span);
  if (span && !m_clock.loop()) m_loopMode = LoopMode::Off;
  emit loopChanged();
}

const LabelEstimates* StudyController::labelEstimates() const {
  return m_label < 0 ? nullptr : &results().labels[static_cast<std::size_t>(m_label)];
}

void StudyController::setLabel(int label) {
  if (label == m_label || label < 0 || label >= static_cast<int>(results().labels.size())) return;
  m_label = label;
  emit labelChanged();
}

int StudyController::labelNamed(const QString& name) const {
  const auto& labels = results().labels;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (QString::fromStdString(labels[i].item.name).compare(name, Qt::CaseInsensitive) == 0 ||
        QString::fromStdString(labels[i].item.title).compare(name, Qt::CaseInsensitive) == 0)
      return static_cast<int>(i);
  }
  return -1;
}

void StudyController::setPeople(int person, int other) {
  const int count = static_cast<int>(results().people.size());
  if (person < 0 || person >= count || other >= count) return;
  if (person == m_person && other == m_otherPerson) return;
  m_person = person;
  m_otherPerson = other;
  emit peopleChanged();
}

void StudyController::setVertex(int person, Index vertex) {
  if (person < 0 || person >= static_cast<int>(results().people.size())) return;
  if (vertex < 0 || vertex >= results().anatomical.vertexCount()) return;
  setPeople(person, m_otherPerson == person ? -1 : m_otherPerson);
  if (vertex == m_vertex) return;
  m_vertex = vertex;
  emit vertexChanged();
}

void StudyController::setDisplay(const BrainDisplay& display) {
  if (!isLayerAvailable(display.layer)) return;
  const BrainDisplay before = m_display;
  const Layer layer = display.layer;
  m_display = display;
  m_display.layer = before.layer;
  changeLayer(layer);
  m_display.threshold = std::min(m_display.threshold, colourLimit());  // beyond it all would be weak
  if (m_display != before) emit displayChanged();
}

void StudyController::changeLayer(Layer layer) {
  const bool otherUnit = layerInfo(layer).unit != layerInfo(m_display.layer).unit;
  m_display.layer = layer;
  if (!otherUnit) return;
  m_display.threshold = m_display.limit = 0;  // numbers of another unit mean nothing here
  m_display.significantOnly = layerInfo(layer).significantOnly;
}

bool StudyController::isLayerAvailable(Layer layer) const {
  const auto& people = results().people;
  return std::any_of(people.begin(), people.end(),
                     [layer](const PersonResults& p) { return hasLayer(p, layer); });
}

double StudyController::colourLimit() const {
  if (m_display.limit > 0) return m_display.limit;
  const auto layer = std::find(kLayers.begin(), kLayers.end(), m_display.layer) - kLayers.begin();
  float limit = 0;
  for (const auto& mine : m_loaded.limits) limit = std::max(limit, mine[static_cast<std::size_t>(layer)]);
  return limit > 0 ? static_cast<double>(limit) : 1.0;
}

double StudyController::weakBelow() const {
  if (m_display.weak == WeakValues::Show) return 0;
  if (m_display.threshold > 0) return m_display.threshold;
  return layerInfo(m_display.layer).weakShare * colourLimit();
}

bool StudyController::canMask() const {
  return std::any_of(m_significant.begin(), m_significant.end(),
                     [](const auto& mine) { return !mine.empty(); });
}

void StudyController::findSignificant() {
  m_significant.clear();
  for (const PersonResults& person : results().people)
    m_significant.push_back(
        significantVertices(person, results().anatomical.vertexCount(), study().options.significanceLevel));
}

QString StudyController::personName(int person) const {
  if (person < 0 || person >= static_cast<int>(results().people.size())) return {};
  return QString::fromStdString(results().people[static_cast<std::size_t>(person)].id);
}

QString shownNumber(double value, int decimals) {
  if (!std::isfinite(value)) return QStringLiteral("–");
  QString text = QString::number(value, 'f', decimals);
  const bool negative = text.startsWith(QLatin1Char('-'));
  if (negative) text.remove(0, 1);
  return negative && text.toDouble() != 0 ? QStringLiteral("−") + text : text;
}

QString shownTime(double timeSec, int decimals) {
  const double scale = std::pow(10.0, decimals);
  const double rounded = std::floor(std::max(0.0, timeSec) * scale + 1e-6) / scale;
  const auto minutes = static_cast<int>(rounded / 60);
  const double seconds = rounded - 60 * minutes;
  const int width = decimals > 0 ? 3 + decimals : 2;
  return QStringLiteral("%1:%2").arg(minutes).arg(seconds, width, 'f', decimals, QLatin1Char('0'));
}

}  // namespace cortexscope
