// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/timeline_bar.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <array>
#include <cmath>

#include "widgets/look.h"

namespace cortexscope {

namespace {
constexpr double kMargin = 8;
constexpr double kRunsTop = 4;
constexpr double kRunsHeight = 26;
constexpr double kLeastTickPx = 60;

double tickStepSec(double pxPerSec) {
  constexpr std::array kSteps{1., 2., 5., 10., 15., 30., 60., 120., 300., 600., 1800.};
  for (const double step : kSteps)
    if (step * pxPerSec >= kLeastTickPx) return step;
  return 3600;
}
}  // namespace

TimelineBar::TimelineBar(StudyController& controller, QWidget* parent)
    : QWidget(parent), m_controller(controller) {
  setObjectName(QStringLiteral("timelineBar"));
  setAccessibleName(tr("Timeline of all runs"));
  setAccessibleDescription(tr("Left and Right step by one sample, Home and End go to the ends."));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setFocusPolicy(Qt::TabFocus);  // its keys are the window's: steps, ends and playing
  setMouseTracking(true);
  setCursor(Qt::PointingHandCursor);
  const auto redraw = [this] { update(); };
  connect(&controller, &StudyController::studyChanged, this, redraw);
  connect(&controller, &StudyController::timeChanged, this, redraw);
  connect(&controller, &StudyController::loopChanged, this, redraw);
}

double TimelineBar::xAt(double timeSec) const {
  const double total = m_controller.time().totalSec();
  return total <= 0 ? kMargin : kMargin + timeSec / total * (width() - 2 * kMargin);
}

double TimelineBar::timeAt(double x) const {
  const double fraction = (x - kMargin) / std::max(1.0, width() - 2 * kMargin);
  return std::clamp(fraction, 0.0, 1.0) * m_controller.time().totalSec();
}

QRectF TimelineBar::runBox(std::size_t run) const {
  const TimeSpan span = m_controller.time().spanOfRun(run);
  return QRectF(QPointF(xAt(span.startSec), kRunsTop), QPointF(xAt(span.endSec), kRunsTop + kRunsHeight))
      .adjusted(0.75, 0, -0.75, 0);
}

QString TimelineBar::runText(std::size_t run) const {
  const Run& r = m_controller.study().runs[run];
  const QString film = QString::fromStdString(m_controller.study().stimulus(r.stimulus).title);
  return tr("%1: %2, film from %3%4")
      .arg(QString::fromStdString(r.id), film, shownTime(r.stimulusStartSec),
           r.heldOut ? tr("\nheld-out: nothing is ever fitted to this run") : QString());
}

void TimelineBar::paintRuns(QPainter& painter) const {
  const Study& study = m_controller.study();
  for (std::size_t i = 0; i < study.runs.size(); ++i) {
    const bool heldOut = study.runs[i].heldOut;
    const QRectF box = runBox(i);
    painter.setPen(QPen(heldOut ? look::kHeldOutLine : QColor(0xB8, 0xCB, 0xD8), 1));
    painter.setBrush(heldOut ? look::kHeldOut : QColor(0xE4, 0xEE, 0xF4));
    painter.drawRoundedRect(box, 4, 4);
    const QRectF inner = box.adjusted(6, 0, -4, 0);
    QString title = QString::fromStdString(study.stimulus(study.runs[i].stimulus).title);
    if (const double start = study.runs[i].stimulusStartSec; start > 0)
      title = tr("%1 · from %2").arg(title, shownTime(start, start == std::floor(start) ? 0 : 1));
    const QString full = heldOut ? tr("held-out · %1").arg(title) : title;
    painter.setPen(look::kText);
    if (inner.width() > 24)
      painter.drawText(
          inner, Qt::AlignVCenter | Qt::AlignLeft,
          painter.fontMetrics().elidedText(full, Qt::ElideRight, static_cast<int>(inner.width())));
  }
}

void TimelineBar::paintRuler(QPainter& painter) const {
  QFont font = painter.font();
  font.setPointSizeF(font.pointSizeF() * 0.85);
  painter.setFont(font);
  const double total = m_controller.time().totalSec();
  const double step = tickStepSec((width() - 2 * kMargin) / total);
  const double top = kRunsTop + kRunsHeight;
  for (double t = 0; t <= total + 1e-9; t += step) {
    const double x = xAt(t);
    painter.setPen(look::kLine);
    painter.drawLine(QPointF(x, top + 1), QPointF(x, top + 4));
    painter.setPen(look::kQuiet);
    QRectF box(x - 30, top + 4, 60, 16);
    if (box.left() < 0) box.moveLeft(0);
    const bool atEnd = box.right() > width();
    if (atEnd) box.moveRight(width());
    const auto side = t == 0 ? Qt::AlignLeft : atEnd ? Qt::AlignRight : Qt::AlignHCenter;
    painter.drawText(box, side | Qt::AlignTop, shownTime(t, 0));
  }
}

void TimelineBar::paintLoop(QPainter& painter) const {
  const auto loop = m_controller.loopSpan();
  if (!loop) return;
  const QRectF box(QPointF(xAt(loop->startSec), kRunsTop - 3),
                   QPointF(xAt(loop->endSec), kRunsTop + kRunsHeight + 3));
  QColor fill = look::kAccent;
  fill.setAlpha(28);
  painter.setBrush(fill);
  painter.setPen(QPen(look::kAccent, 1.5));
  painter.drawRoundedRect(box, 4, 4);
}

void TimelineBar::paintPlayhead(QPainter& painter) const {
  const double x = xAt(m_controller.timeSec());
  painter.setPen(QPen(look::kAccent, 2));
  painter.drawLine(QPointF(x, 0), QPointF(x, kRunsTop + kRunsHeight + 4));
  painter.setBrush(look::kAccent);
  painter.setPen(Qt::NoPen);
  painter.drawPolygon(QPolygonF({{x - 6, 0}, {x + 6, 0}, {x, 8}}));
}

void TimelineBar::paintEvent(QPaintEvent*) {
  if (!m_controller.hasStudy()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  paintRuns(painter);
  paintLoop(painter);
  painter.save();
  paintRuler(painter);
  painter.restore();
  paintPlayhead(painter);
  if (!hasFocus()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(look::kAccent, 1));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
}

void TimelineBar::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !m_controller.hasStudy()) return;
  const double at = timeAt(event->position().x());
  if (event->modifiers() & Qt::ShiftModifier) {
    m_rangeFromSec = at;
  } else {
    m_scrubbing = true;
    m_controller.setTime(at);
  }
}

void TimelineBar::mouseMoveEvent(QMouseEvent* event) {
  const double at = timeAt(event->position().x());
  if (m_rangeFromSec) m_controller.setLoopRange({*m_rangeFromSec, at});
  if (m_scrubbing) m_controller.setTime(at);
}

void TimelineBar::mouseReleaseEvent(QMouseEvent*) {
  m_rangeFromSec.reset();
  m_scrubbing = false;
}

bool TimelineBar::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || !m_controller.hasStudy()) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const double at = timeAt(help->pos().x());
  const QString hint = tr("Click or drag to go there; Shift + drag to loop a range.");
  QToolTip::showText(help->globalPos(),
                     shownTime(at) + "\n" + runText(m_controller.time().at(at).run) + "\n" + hint, this);
  return true;
}

}  // namespace cortexscope
