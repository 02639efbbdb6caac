// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "control/study_controller.h"

namespace cortexscope {

/// All runs on one bar with playhead and loop. Click and drag move the clock; Shift + drag sets a loop range.
class TimelineBar : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineBar(StudyController& controller, QWidget* parent = nullptr);

  double timeAt(double x) const;
  double xAt(double timeSec) const;
  QSize sizeHint() const override { return {600, 52}; }
  QSize minimumSizeHint() const override { return {240, 52}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QRectF runBox(std::size_t run) const;
  QString runText(std::size_t run) const;
  void paintRuns(QPainter& painter) const;
  void paintRuler(QPainter& painter) const;
  void paintLoop(QPainter& painter) const;
  void paintPlayhead(QPainter& painter) const;

  StudyController& m_controller;
  std::optional<double> m_rangeFromSec;
  bool m_scrubbing = false;
};

}  // namespace cortexscope
