// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/distance_matrix.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <cmath>

#include "widgets/look.h"
#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

constexpr double kNames = 40;  // room for the people's names, left and top
constexpr double kTop = 20;
constexpr double kStrip = 4;  // in the person's colour, between name and cells

/// White to a dark blue of even steps in lightness.
QColor shade(double fraction) {
  const double t = std::clamp(fraction, 0.0, 1.0);
  const auto mix = [t](int from, int to) { return static_cast<int>(std::lround(from + t * (to - from))); };
  return {mix(0xF4, 0x0B), mix(0xF8, 0x4F), mix(0xFB, 0x7A)};
}

QString shownDistance(const MatrixD& distances, int row, int column) {
  return row < distances.rows() && column < distances.cols() ? shownNumber(distances(row, column), 3)
                                                             : shownNumber(std::nan(""));
}

}  // namespace

DistanceMatrix::DistanceMatrix(StudyController& controller, QWidget* parent)
    : QWidget(parent), m_controller(controller) {
  setObjectName(QStringLiteral("distanceMatrix"));
  setAccessibleName(tr("Distances between people"));
  setAccessibleDescription(tr("Arrow keys choose two people."));
  setFocusPolicy(Qt::TabFocus);  // a click must not take Space and arrows from playing
  setCursor(Qt::PointingHandCursor);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  const auto redraw = [this] { update(); };
  connect(&controller, &StudyController::studyChanged, this, redraw);
  connect(&controller, &StudyController::labelChanged, this, redraw);
  connect(&controller, &StudyController::peopleChanged, this, redraw);
}

void DistanceMatrix::setPredicted(bool predicted) {
  m_predicted = predicted;
  update();
}

MatrixD DistanceMatrix::values() const {
  const LabelEstimates* label = m_controller.labelEstimates();
  if (label == nullptr) return {};
  return m_predicted ? label->predictedDistance : label->measuredDistance;
}

int DistanceMatrix::count() const {
  return static_cast<int>(values().rows());
}

QRectF DistanceMatrix::cell(int row, int column) const {
  const int n = std::max(1, count());
  const double w = (width() - kNames) / n, h = (height() - kTop) / n;
  return {kNames + column * w, kTop + row * h, w, h};
}

bool DistanceMatrix::cellAt(const QPointF& position, int& row, int& column) const {
  const int n = count();
  if (n == 0 || position.x() < kNames || position.y() < kTop) return false;
  column = static_cast<int>((position.x() - kNames) * n / (width() - kNames));
  row = static_cast<int>((position.y() - kTop) * n / (height() - kTop));
  return row >= 0 && row < n && column >= 0 && column < n;
}

void DistanceMatrix::paintCell(QPainter& painter, const MatrixD& distances, double largest, int row,
                               int column) const {
  const QRectF box = cell(row, column).adjusted(0.5, 0.5, -0.5, -0.5);
  const double value = distances(row, column);
  if (row == column || !std::isfinite(value)) {
    painter.fillRect(box, look::kPage);
    return;
  }
  const double fraction = largest > 0 ? value / largest : 0;
  painter.fillRect(box, shade(fraction));
  painter.setPen(fraction > 0.55 ? QColor(Qt::white) : look::kText);
  if (painter.fontMetrics().horizontalAdvance(shownNumber(value)) + 2 <= box.width() &&
      painter.fontMetrics().ascent() <= box.height())
    painter.drawText(box, Qt::AlignCenter, shownNumber(value));
}

void DistanceMatrix::paintNames(QPainter& painter, int n) const {
  for (int i = 0; i < n; ++i) {
    const QString name = m_controller.personName(i);
    const QRectF column(cell(0, i).left(), 0, cell(0, i).width(), kTop - kStrip - 1);
    const QRectF row(0, cell(i, 0).top(), kNames - kStrip - 4, cell(i, 0).height());
    const auto fitted = [&](const QRectF& box) {
      return painter.fontMetrics().elidedText(name, Qt::ElideRight, static_cast<int>(box.width()));
    };
    painter.setPen(look::kText);
    painter.drawText(column, Qt::AlignCenter, fitted(column));
    painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight, fitted(row));
    const QColor colour = look::personColour(i);
    painter.fillRect(QRectF(column.left() + 1, kTop - kStrip, column.width() - 2, kStrip - 1), colour);
    painter.fillRect(QRectF(kNames - kStrip, row.top() + 1, kStrip - 1, row.height() - 2), colour);
  }
}

void DistanceMatrix::paintChosen(QPainter& painter) const {
  const int a = m_controller.person(), b = m_controller.otherPerson();
  if (a < 0 || b < 0) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(look::kHeldOutLine, 2));
  painter.drawRect(cell(a, b).adjusted(1, 1, -1, -1));
  painter.drawRect(cell(b, a).adjusted(1, 1, -1, -1));
}

void DistanceMatrix::paintEvent(QPaintEvent*) {
  const MatrixD distances = values();
  if (distances.size() == 0) return;
  QPainter painter(this);
  QFont font = painter.font();
  font.setPointSizeF(font.pointSizeF() * 0.85);
  painter.setFont(font);
  const int n = static_cast<int>(distances.rows());
  double largest = 0;
  for (Index i = 0; i < distances.size(); ++i)
    if (std::isfinite(distances.data()[i])) largest = std::max(largest, distances.data()[i]);
  for (int row = 0; row < n; ++row)
    for (int column = 0; column < n; ++column) paintCell(painter, distances, largest, row, column);
  paintNames(painter, n);
  paintChosen(painter);
  if (!hasFocus()) return;
  painter.setPen(QPen(look::kAccent, 1));
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void DistanceMatrix::mousePressEvent(QMouseEvent* event) {
  int row = 0, column = 0;
  if (cellAt(event->position(), row, column)) m_controller.setPeople(row, row == column ? -1 : column);
}

void DistanceMatrix::keyPressEvent(QKeyEvent* event) {
  const bool along = event->key() == Qt::Key_Left || event->key() == Qt::Key_Right;
  const bool down = event->key() == Qt::Key_Up || event->key() == Qt::Key_Down;
  if ((!along && !down) || event->modifiers() != Qt::NoModifier || count() == 0)
    return QWidget::keyPressEvent(event);
  const int step = event->key() == Qt::Key_Left || event->key() == Qt::Key_Up ? -1 : 1;
  const auto moved = [&](int from) { return std::clamp(from + step, 0, count() - 1); };
  int row = std::max(0, m_controller.person());
  int column = m_controller.otherPerson() < 0 ? row : m_controller.otherPerson();
  (along ? column : row) = moved(along ? column : row);
  m_controller.setPeople(row, row == column ? -1 : column);
}

void DistanceMatrix::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void DistanceMatrix::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

bool DistanceMatrix::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  int row = 0, column = 0;
  if (!cellAt(help->pos(), row, column)) return QWidget::event(event);
  const LabelEstimates* label = m_controller.labelEstimates();
  QToolTip::showText(
      help->globalPos(),
      plainTip(tr("%1 and %2\nmeasured: %3\npredicted: %4\n(1 − Pearson r of their estimates over time)")
                   .arg(m_controller.personName(row), m_controller.personName(column),
                        shownDistance(label->measuredDistance, row, column),
                        shownDistance(label->predictedDistance, row, column))),
      this);
  return true;
}

}  // namespace cortexscope
