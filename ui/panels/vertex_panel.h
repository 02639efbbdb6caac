// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include "control/study_controller.h"

class QCPGraph;
class QCPItemLine;
class QCustomPlot;
class QGridLayout;
class QLabel;

namespace cortexscope {

/// One vertex of one person: where it is, how well it is predicted, and its measured and predicted time
/// course over the run that the clock is in.
class VertexPanel : public QWidget {
  Q_OBJECT

 public:
  explicit VertexPanel(StudyController& controller, QWidget* parent = nullptr);

 private:
  QLabel* addFact(const QString& name, const char* objectName, const QString& tip);
  void makeKey();
  void makePlot();
  void seekTo(double shownSec);
  void showVertex();
  void showFacts(const PersonResults& person);
  void showCourse(const PersonResults& person);
  void showDisplay();
  void showTime();
  void drawPlayhead(const BrainFrame& frame);

  StudyController& m_controller;
  QLabel* m_hint;
  QWidget* m_content;
  QLabel *m_valueCaption, *m_qCaption, *m_measuredKey, *m_predictedKey;
  QLabel *m_where, *m_value, *m_r, *m_q, *m_ceiling;
  QGridLayout* m_facts;
  QCustomPlot* m_plot;
  QCPGraph *m_measured, *m_predicted;
  QCPItemLine* m_playhead;
  std::size_t m_run = 0;
};

}  // namespace cortexscope
