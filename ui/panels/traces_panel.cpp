// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/traces_panel.h"

#include <qcustomplot.h>

#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>
#include <cmath>
#include <limits>
#include <optional>

#include "panels/label_table_model.h"
#include "widgets/look.h"

namespace cortexscope {

namespace {

constexpr double kShortestSpanSec = 5;

/// A row that holds for everybody, if there is one. Rows without any number, of people not trained yet, do
/// not count.
std::optional<Index> rowForAll(const MatrixD& rows) {
  std::optional<Index> first;
  for (Index i = 0; i < rows.rows(); ++i) {
    if (rows.row(i).array().isNaN().all()) continue;
    if (!first) first = i;
    for (Index j = 0; j < rows.cols(); ++j)
      if (rows(i, j) != rows(*first, j) && !(std::isnan(rows(i, j)) && std::isnan(rows(*first, j))))
        return std::nullopt;
  }
  return first;
}

QString titleOf(const LabelEstimates& label) {
  return QString::fromStdString(label.item.title.empty() ? label.item.name : label.item.title);
}

double at(const VectorD& values, Index i) {
  return i < values.size() ? values[i] : std::nan("");
}

double atSample(const MatrixD& values, Index person, Index sample) {
  const Index row = values.rows() == 1 ? 0 : person;
  return row < values.rows() && sample < values.cols() ? values(row, sample) : std::nan("");
}

/// The first few words nearest to a person's vector: "dog, cat, street".
QString wordsAt(const std::vector<NearestWords>& people, Index person, Index sample) {
  constexpr qsizetype kWordsShown = 3;
  QStringList words;
  if (person >= 0 && person < std::ssize(people) && sample < std::ssize(people[std::size_t(person)]))
    for (const std::string& word : people[std::size_t(person)][std::size_t(sample)])
      if (words.size() < kWordsShown) words.append(QString::fromStdString(word));
  return words.isEmpty() ? QStringLiteral("–") : words.join(QStringLiteral(", "));
}

}  // namespace

TracePoints tracePoints(const StudyTime& time, const MatrixD& values, Index row) {
  TracePoints points;
  for (const Run& run : time.runs()) {
    for (Index i = run.firstSample; i < std::min(run.endSample(), values.cols()); ++i) {
      points.timesSec.append(time.centreSec(i));
      points.values.append(values(row, i));
    }
    points.timesSec.append(static_cast<double>(run.endSample()) * time.periodSec());
    points.values.append(std::numeric_limits<double>::quiet_NaN());
  }
  return points;
}

TracesPanel::TracesPanel(StudyController& controller, QWidget* parent)
    : QFrame(parent),
      m_controller(controller),
      m_labels(new QComboBox(this)),
      m_values(look::note({}, this)),
      m_scale(look::note({}, this)),
      m_empty(look::note({}, this)),
      m_plot(new QCustomPlot(this)),
      m_playhead(new QCPItemLine(m_plot)) {
  setObjectName(QStringLiteral("tracesPanel"));
  setProperty("card", true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 4);
  layout->setSpacing(2);
  makeHeader(layout);
  makePlot();
  m_empty->setAlignment(Qt::AlignCenter);
  layout->addWidget(m_empty, 1);
  layout->addWidget(m_plot, 1);
  connect(&controller, &StudyController::studyChanged, this, &TracesPanel::showStudy);
  connect(&controller, &StudyController::labelChanged, this, &TracesPanel::showLabel);
  connect(&controller, &StudyController::timeChanged, this, &TracesPanel::showTime);
  connect(&controller, &StudyController::peopleChanged, this, &TracesPanel::showPeople);
}

void TracesPanel::makeHeader(QVBoxLayout* layout) {
  m_labels->setObjectName(QStringLiteral("labelChoice"));
  m_labels->setAccessibleName(tr("Label shown"));
  m_labels->setToolTip(tr("The label whose estimates are drawn; type to search"));
  m_labels->setEditable(true);
  m_labels->setInsertPolicy(QComboBox::NoInsert);
  m_labels->completer()->setFilterMode(Qt::MatchContains);
  m_labels->completer()->setCompletionMode(QCompleter::PopupCompletion);
  m_labels->setMinimumContentsLength(16);
  connect(m_labels, &QComboBox::activated, this, [this](int row) {
    m_controller.setLabel(row);
    m_plot->setFocus();
  });
  // What was typed and is no label goes away again.
  connect(m_labels->lineEdit(), &QLineEdit::editingFinished, this,
          [this] { m_labels->setEditText(m_labels->itemText(m_controller.label())); });
  m_values->setObjectName(QStringLiteral("traceValues"));
  m_values->setToolTip(
      tr("Values at the sample of the clock: truth, the chosen person's BTL estimate, TL estimate"));
  auto* row = new QHBoxLayout;
  row->addWidget(m_labels);
  row->addSpacing(8);
  row->addWidget(m_values, 1);
  layout->addLayout(row);
  m_scale->setObjectName(QStringLiteral("traceScale"));
  m_scale->setToolTip(tr("What the numbers of this label mean"));
  m_scale->hide();
  layout->addWidget(m_scale);
}

void TracesPanel::makePlot() {
  m_plot->setObjectName(QStringLiteral("tracesPlot"));
  m_plot->setAccessibleName(tr("Label estimates over time"));
  m_plot->setToolTip(
      tr("Click or drag: go there. Wheel: zoom in time. Shaded: held-out runs, on which r is computed."));
  m_plot->setFocusPolicy(Qt::ClickFocus);
  m_plot->setMinimumHeight(110);
  look::style(*m_plot);
  auto ticker = QSharedPointer<QCPAxisTickerTime>::create();
  ticker->setTimeFormat(QStringLiteral("%m:%s"));
  m_plot->xAxis->setTicker(ticker);
  m_plot->xAxis->setLabel(tr("study time (min:s)"));
  m_plot->yAxis->ticker()->setTickCount(4);
  m_plot->plotLayout()->addElement(0, 1, new QCPLayoutGrid);
  auto* side = static_cast<QCPLayoutGrid*>(m_plot->plotLayout()->element(0, 1));
  side->addElement(0, 0, m_plot->legend);
  side->setMargins(QMargins(0, 4, 0, 0));
  m_plot->plotLayout()->setColumnStretchFactor(1, 0.001);
  m_plot->legend->setVisible(true);
  m_playhead->setPen(QPen(look::kAccent, 1.5));
  m_playhead->setLayer(QStringLiteral("overlay"));
  connect(m_plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
    m_scrubbing = event->button() == Qt::LeftButton && m_plot->axisRect()->rect().contains(event->pos());
    if (m_scrubbing) seekTo(event->position().x());
  });
  connect(m_plot, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
    if (m_scrubbing && (event->buttons() & Qt::LeftButton)) seekTo(event->position().x());
  });
  connect(m_plot, &QCustomPlot::mouseRelease, this, [this] { m_scrubbing = false; });
  connect(m_plot, &QCustomPlot::mouseWheel, this, [this](QWheelEvent* event) {
    zoom(event->angleDelta().y() / 120.0, m_plot->xAxis->pixelToCoord(event->position().x()));
  });
}

void TracesPanel::seekTo(double x) {
  m_controller.setTime(m_plot->xAxis->pixelToCoord(x));
}

void TracesPanel::zoom(double steps, double aroundSec) {
  const double factor = std::pow(0.85, steps);
  const QCPRange range = m_plot->xAxis->range();
  setShownSpan(aroundSec - (aroundSec - range.lower) * factor,
               aroundSec + (range.upper - aroundSec) * factor);
}

void TracesPanel::setShownSpan(double startSec, double endSec) {
  const double total = m_controller.time().totalSec();
  const double length = std::clamp(endSec - startSec, std::min(kShortestSpanSec, total), total);
  const double start = std::clamp(startSec, 0.0, total - length);
  m_plot->xAxis->setRange(start, start + length);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void TracesPanel::showStudy() {
  const QSignalBlocker quiet(m_labels);
  m_labels->clear();
  for (const LabelEstimates& label : m_controller.results().labels) m_labels->addItem(titleOf(label));
  m_plot->xAxis->setRange(0, m_controller.time().totalSec());
  showLabel();
}

void TracesPanel::showLabel() {
  m_plot->clearGraphs();
  m_people.clear();
  m_references.clear();
  const LabelEstimates* label = m_controller.labelEstimates();
  m_plot->setVisible(label != nullptr);
  m_empty->setText(whyNoEstimates(m_controller.study()));
  m_empty->setVisible(label == nullptr);
  m_labels->setVisible(label != nullptr);
  if (label == nullptr) {
    m_values->clear();
    return;
  }
  m_labels->setCurrentIndex(m_controller.label());
  addEstimates(*label);
  shadeHeldOut();
  nameScale(*label);
  showPeople();
}

void TracesPanel::nameScale(const LabelEstimates& label) {
  const QString unit = QString::fromStdString(label.item.unit);
  const QFontMetrics metrics(m_plot->yAxis->labelFont());
  const bool fits = metrics.horizontalAdvance(unit) < m_plot->minimumHeight();
  m_plot->yAxis->setLabel(fits && !unit.isEmpty() ? unit : tr("scale value"));
  m_scale->setText(tr("scale: %1").arg(unit));
  m_scale->setVisible(!fits);
}

void TracesPanel::addEstimates(const LabelEstimates& label) {
  for (Index i = 0; i < label.btl.rows(); ++i) {
    const int person = static_cast<int>(i);
    const QString score =
        hasEstimates(label, i) ? tr("r %1").arg(shownNumber(at(label.btlR, i))) : tr("no estimates yet");
    const QString name = QStringLiteral("%1  %2").arg(m_controller.personName(person), score);
    m_people.append(addTrace(name, label.btl, i, QPen(look::personColour(person), 1.4)));
  }
}

void TracesPanel::addReferences(const LabelEstimates& label) {
  for (QCPGraph* graph : m_references) m_plot->removeGraph(graph);
  m_references.clear();
  const int person = m_controller.person();
  const auto rowFor = [&](const MatrixD& values) {
    return label.perPerson ? std::nullopt : rowForAll(values);
  };
  const auto add = [&](const QString& what, const MatrixD& values, const QPen& pen, const QString& score) {
    if (values.rows() == 0) return;
    const std::optional<Index> shared = rowFor(values);
    const QString whose = shared ? what : tr("%1 of %2").arg(what, m_controller.personName(person));
    m_references.append(addTrace(whose + score, values, shared.value_or(person), pen));
  };
  const double tlR = at(label.tlR, rowFor(label.tl).value_or(person));
  add(tr("TL"), label.tl, QPen(look::kQuiet, 1.4, Qt::DashLine), tr("  r %1").arg(shownNumber(tlR)));
  add(tr("truth"), label.truth, QPen(QColor(0x22, 0x22, 0x22), 2), {});
}

QCPGraph* TracesPanel::addTrace(const QString& name, const MatrixD& values, Index row, const QPen& pen) {
  const TracePoints points = tracePoints(m_controller.time(), values, row);
  QCPGraph* graph = m_plot->addGraph();
  graph->setData(points.timesSec, points.values, true);
  graph->setPen(pen);
  graph->setName(name);
  return graph;
}

void TracesPanel::shadeHeldOut() {
  for (int i = m_plot->itemCount() - 1; i >= 0; --i)
    if (m_plot->item(i) != m_playhead) m_plot->removeItem(i);
  const StudyTime& time = m_controller.time();
  for (std::size_t run = 0; run < time.runs().size(); ++run) {
    if (!time.runs()[run].heldOut) continue;
    const TimeSpan span = time.spanOfRun(run);
    auto* shade = new QCPItemRect(m_plot);
    shade->topLeft->setTypeY(QCPItemPosition::ptAxisRectRatio);
    shade->bottomRight->setTypeY(QCPItemPosition::ptAxisRectRatio);
    shade->topLeft->setCoords(span.startSec, 0);
    shade->bottomRight->setCoords(span.endSec, 1);
    shade->setPen(Qt::NoPen);
    shade->setBrush(look::kHeldOut);
    shade->setLayer(QStringLiteral("background"));
  }
}

void TracesPanel::showPeople() {
  const LabelEstimates* label = m_controller.labelEstimates();
  if (label == nullptr) return;
  for (int i = 0; i < m_people.size(); ++i) {
    const bool chosen = i == m_controller.person() || i == m_controller.otherPerson();
    m_people[i]->setPen(QPen(look::personColour(i), chosen ? 2.4 : 1.1));
  }
  addReferences(*label);
  m_plot->yAxis->rescale();
  m_plot->yAxis->scaleRange(1.08);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
  showTime();
}

void TracesPanel::showTime() {
  const LabelEstimates* label = m_controller.labelEstimates();
  if (label == nullptr) return;
  const double now = m_controller.timeSec();
  m_playhead->start->setTypeY(QCPItemPosition::ptAxisRectRatio);
  m_playhead->end->setTypeY(QCPItemPosition::ptAxisRectRatio);
  m_playhead->start->setCoords(now, 0);
  m_playhead->end->setCoords(now, 1);
  const QCPRange range = m_plot->xAxis->range();
  if (!range.contains(now) && !m_scrubbing)
    setShownSpan(now - 0.1 * range.size(), now + 0.9 * range.size());
  else
    look::redrawOverlay(*m_plot);
  const Index sample = m_controller.moment().sample;
  const Index person = m_controller.person();
  if (!label->truthWords.empty()) {
    m_values->setText(tr("truth: %1  ·  %2 BTL: %3  ·  TL: %4")
                          .arg(wordsAt(label->truthWords, person, sample),
                               m_controller.personName(static_cast<int>(person)),
                               wordsAt(label->btlWords, person, sample),
                               wordsAt(label->tlWords, person, sample)));
    return;
  }
  m_values->setText(tr("truth %1  ·  %2 BTL %3  ·  TL %4")
                        .arg(shownNumber(atSample(label->truth, person, sample)),
                             m_controller.personName(static_cast<int>(person)),
                             shownNumber(atSample(label->btl, person, sample)),
                             shownNumber(atSample(label->tl, person, sample))));
}

}  // namespace cortexscope
