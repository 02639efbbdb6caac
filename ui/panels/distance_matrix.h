// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "control/study_controller.h"

namespace cortexscope {

/// People x people distances of the chosen label's estimates, each cell with its number. A click, or
/// the arrow keys while it has the focus, chooses two people.
class DistanceMatrix : public QWidget {
  Q_OBJECT

 public:
  explicit DistanceMatrix(StudyController& controller, QWidget* parent = nullptr);

  void setPredicted(bool predicted);
  /// The matrix drawn; empty before the label step.
  MatrixD values() const;
  QRectF cell(int row, int column) const;
  QSize sizeHint() const override { return {280, 200}; }
  QSize minimumSizeHint() const override { return {180, 110}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  bool event(QEvent* event) override;

 private:
  bool cellAt(const QPointF& position, int& row, int& column) const;
  void paintCell(QPainter& painter, const MatrixD& distances, double largest, int row, int column) const;
  void paintNames(QPainter& painter, int count) const;
  void paintChosen(QPainter& painter) const;
  int count() const;

  StudyController& m_controller;
  bool m_predicted = true;
};

}  // namespace cortexscope
