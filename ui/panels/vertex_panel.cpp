// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/vertex_panel.h"

#include <qcustomplot.h>

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "widgets/look.h"

namespace cortexscope {

namespace {

constexpr int kFactsPerRow = 4;
const QColor kMeasured(0x6B, 0x77, 0x84);

QString keyText(const QColor& colour, const QString& name) {
  return QStringLiteral("<span style=\"color:%1\">▬</span> %2").arg(colour.name(), name);
}

QString shownQ(const VectorF& q, Index vertex) {
  if (vertex >= q.size() || !std::isfinite(q[vertex])) return QStringLiteral("–");
  return q[vertex] < 0.001f ? QStringLiteral("< 0.001") : QString::number(q[vertex], 'f', 3);
}

/// How many voxels the numbers of a vertex are means of; empty where they are its own.
QString voxelsText(const CortexView& view, Index vertex) {
  if (!view.ofVoxels()) return {};
  const Index count = view.voxelsAt(vertex);
  return count == 0   ? VertexPanel::tr(" (no voxel)")
         : count == 1 ? VertexPanel::tr(" (1 voxel)")
                      : VertexPanel::tr(" (%1 voxels)").arg(count);
}

double at(const VectorF& values, Index vertex) {
  return vertex < values.size() ? static_cast<double>(values[vertex]) : std::nan("");
}

}  // namespace

VertexPanel::VertexPanel(StudyController& controller, QWidget* parent)
    : QWidget(parent),
      m_controller(controller),
      m_hint(look::note(tr("Click a brain to look at one vertex."), this)),
      m_content(new QWidget(this)),
      m_facts(new QGridLayout),
      m_plot(new QCustomPlot(m_content)),
      m_playhead(new QCPItemLine(m_plot)) {
  setObjectName(QStringLiteral("vertexPanel"));
  m_hint->setObjectName(QStringLiteral("vertexHint"));
  m_hint->setAlignment(Qt::AlignCenter);
  m_where = look::heading({}, m_content);
  m_where->setObjectName(QStringLiteral("vertexWhere"));
  m_where->setToolTip(
      tr("Person, region and number of the vertex (left hemisphere first, from 0). Where responses were kept "
         "as voxels, "
         "numbers and curves are weighted means of as many voxels around the vertex, the held-out r a mean "
         "of their r; q is "
         "that of the voxel that weighs most."));
  m_value = addFact(tr("now"), "vertexValue", tr("The number that colours this vertex in the picture now"));
  m_valueCaption = qobject_cast<QLabel*>(m_facts->itemAtPosition(0, 0)->widget());
  m_r = addFact(tr("held-out r"), "vertexR", layerInfo(Layer::HeldOutR).explanation);
  m_q = addFact(tr("q"), "vertexQ",
                tr("Permutation p of the held-out r, adjusted for all vertices or voxels "
                   "(Benjamini-Hochberg). Masked: not "
                   "below the study's level, so the brain shows the cortex alone here."));
  m_qCaption = qobject_cast<QLabel*>(m_facts->itemAtPosition(0, 2)->widget());
  m_qCaption->setObjectName(QStringLiteral("vertexQCaption"));
  m_ceiling = addFact(tr("ceiling"), "vertexCeiling",
                      tr("Noise ceiling: the highest r that any model could reach here"));
  makeKey();
  makePlot();
  auto* inner = new QVBoxLayout(m_content);
  inner->setContentsMargins(0, 0, 0, 0);
  inner->setSpacing(4);
  inner->addWidget(m_where);
  inner->addLayout(m_facts);
  inner->addWidget(m_plot, 1);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 6, 4, 0);
  layout->addWidget(m_hint, 1);
  layout->addWidget(m_content, 1);
  connect(&controller, &StudyController::studyChanged, this, &VertexPanel::showVertex);
  connect(&controller, &StudyController::vertexChanged, this, &VertexPanel::showVertex);
  connect(&controller, &StudyController::peopleChanged, this, &VertexPanel::showVertex);
  connect(&controller, &StudyController::timeChanged, this, &VertexPanel::showTime);
  connect(&controller, &StudyController::displayChanged, this, &VertexPanel::showDisplay);
  showVertex();
}

QLabel* VertexPanel::addFact(const QString& name, const char* objectName, const QString& tip) {
  const int index = m_facts->count() / 2;
  const int row = index / kFactsPerRow * 2, column = index % kFactsPerRow;
  auto* caption = look::note(name, m_content);
  auto* value = new QLabel(m_content);
  value->setObjectName(QString::fromLatin1(objectName));
  value->setAccessibleName(name);
  caption->setToolTip(tip);
  value->setToolTip(tip);
  m_facts->setHorizontalSpacing(8);
  m_facts->setVerticalSpacing(0);
  m_facts->addWidget(caption, row, column);
  m_facts->addWidget(value, row + 1, column);
  return value;
}

// Beside the numbers: a legend in so low a plot would cover the curves.
void VertexPanel::makeKey() {
  for (QLabel** line : {&m_measuredKey, &m_predictedKey}) {
    *line = new QLabel(m_content);
    (*line)->setObjectName(line == &m_measuredKey ? QStringLiteral("measuredKey")
                                                  : QStringLiteral("predictedKey"));
    m_facts->addWidget(*line, line == &m_measuredKey ? 0 : 1, kFactsPerRow, Qt::AlignRight);
  }
  m_facts->setColumnStretch(kFactsPerRow, 1);
}

void VertexPanel::makePlot() {
  m_plot->setObjectName(QStringLiteral("vertexPlot"));
  m_plot->setAccessibleName(tr("Measured and predicted time course of the vertex"));
  m_plot->setToolTip(
      tr("Response of this vertex over the present run, at its own time: the film's effect comes some "
         "seconds later. Click: go there."));
  m_plot->setMinimumHeight(90);
  look::style(*m_plot);
  auto ticker = QSharedPointer<QCPAxisTickerTime>::create();
  ticker->setTimeFormat(QStringLiteral("%m:%s"));
  m_plot->xAxis->setTicker(ticker);
  m_plot->xAxis->ticker()->setTickCount(4);
  m_plot->xAxis->setLabel(tr("study time (min:s)"));
  m_plot->yAxis->setLabel(tr("z"));
  m_plot->yAxis->ticker()->setTickCount(3);
  m_measured = m_plot->addGraph();
  m_measured->setName(tr("measured"));
  m_measured->setPen(QPen(kMeasured, 1.2));
  m_predicted = m_plot->addGraph();
  m_predicted->setName(tr("predicted"));
  m_playhead->setPen(QPen(look::kAccent, 1.5));
  for (QCPItemPosition* end : {m_playhead->start, m_playhead->end})
    end->setTypeY(QCPItemPosition::ptAxisRectRatio);
  m_playhead->setLayer(QStringLiteral("overlay"));
  connect(m_plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_plot->axisRect()->rect().contains(event->pos()))
      seekTo(m_plot->xAxis->pixelToCoord(event->position().x()));
  });
}

/// Brains show the wanted moment, or what of this run is nearest to it: another run has another curve.
void VertexPanel::seekTo(double shownSec) {
  const StudyTime& time = m_controller.time();
  const Index last = time.runs()[m_run].endSample() - 1;
  m_controller.setTime(std::clamp(shownSec - m_controller.display().lagSec, time.spanOfRun(m_run).startSec,
                                  time.centreSec(last)));
}

void VertexPanel::showVertex() {
  const bool shown = m_controller.vertex() >= 0 && m_controller.person() >= 0;
  m_hint->setVisible(!shown);
  m_content->setVisible(shown);
  if (!shown) return;
  const PersonResults& person =
      m_controller.results().people[static_cast<std::size_t>(m_controller.person())];
  showFacts(person);
  showCourse(person);
  showTime();
}

void VertexPanel::showFacts(const PersonResults& person) {
  const Index vertex = m_controller.vertex();
  const Parcellation& regions = m_controller.results().regions;
  const QString region = vertex < static_cast<Index>(regions.keys.size())
                             ? QString::fromStdString(regions.nameAt(vertex))
                             : tr("no region");
  m_where->setText(tr("%1  ·  %2  ·  vertex %3")
                       .arg(m_controller.personName(m_controller.person()), region, QString::number(vertex)) +
                   voxelsText(person.view, vertex));
  m_r->setText(shownNumber(at(person.heldOutR, vertex)));
  const LayerInfo info = layerInfo(m_controller.display().layer);
  m_valueCaption->setText(info.isSigned ? tr("now (%1)").arg(info.unit) : tr("now (r)"));
  const std::vector<std::uint8_t>& significant = m_controller.significant(m_controller.person());
  const bool masked =
      m_controller.isMasked() && !significant.empty() && !significant[static_cast<std::size_t>(vertex)];
  m_q->setText(shownQ(person.q, vertex));
  m_qCaption->setText(masked ? tr("q, masked") : tr("q"));
  m_ceiling->setText(shownNumber(at(person.noiseCeiling, vertex)));
}

void VertexPanel::showDisplay() {
  if (m_controller.vertex() < 0 || m_controller.person() < 0) return;
  showFacts(m_controller.results().people[static_cast<std::size_t>(m_controller.person())]);
  showTime();
}

void VertexPanel::showCourse(const PersonResults& person) {
  const StudyTime& time = m_controller.time();
  m_run = m_controller.moment().run;
  const Run& run = time.runs()[m_run];
  const auto fill = [&](QCPGraph* graph, const std::shared_ptr<const CortexSeries>& matrix) {
    graph->data()->clear();
    graph->setVisible(matrix != nullptr);
    if (!matrix) return;
    for (Index i = run.firstSample; i < std::min(run.endSample(), matrix->samples()); ++i)
      graph->addData(time.centreSec(i), static_cast<double>(matrix->at(i, m_controller.vertex())));
  };
  fill(m_measured, person.measured);
  fill(m_predicted, person.predicted);
  m_predicted->setPen(QPen(look::personColour(m_controller.person()), 2));
  m_measuredKey->setText(keyText(kMeasured, person.measured ? tr("measured") : whatIsMissing(person)));
  m_predictedKey->setText(
      keyText(m_predicted->pen().color(), person.predicted ? tr("predicted") : tr("not trained yet")));
  const TimeSpan span = time.spanOfRun(m_run);
  m_plot->xAxis->setRange(span.startSec, span.endSec);
  m_plot->yAxis->rescale(true);
  m_plot->yAxis->scaleRange(1.1);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void VertexPanel::showTime() {
  if (m_controller.vertex() < 0 || m_controller.person() < 0) return;
  const PersonResults& person =
      m_controller.results().people[static_cast<std::size_t>(m_controller.person())];
  if (m_controller.moment().run != m_run) showCourse(person);
  const BrainFrame frame = m_controller.brainFrame();
  const auto value = layerValue(person, m_controller.display().layer, frame, m_controller.vertex());
  m_value->setText(value ? shownNumber(*value, 3) : QStringLiteral("–"));
  drawPlayhead(frame);
}

void VertexPanel::drawPlayhead(const BrainFrame& frame) {
  const double shownSec = m_controller.time().centreSec(frame.sample) +
                          static_cast<double>(frame.mix) * m_controller.time().periodSec();
  m_playhead->start->setCoords(shownSec, 0);
  m_playhead->end->setCoords(shownSec, 1);
  look::redrawOverlay(*m_plot);
}

}  // namespace cortexscope
