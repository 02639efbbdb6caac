// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QVector>

#include "control/study_controller.h"

class QComboBox;
class QCPItemLine;
class QCPGraph;
class QCustomPlot;
class QLabel;

class QVBoxLayout;

namespace cortexscope {

/// The chosen label over time: the truth, every person's estimate through the brain (BTL), and straight from
/// the features (TL, dashed). A click goes there; the wheel zooms in time.
class TracesPanel : public QFrame {
  Q_OBJECT

 public:
  explicit TracesPanel(StudyController& controller, QWidget* parent = nullptr);

 private:
  void makeHeader(QVBoxLayout* layout);
  void makePlot();
  void showStudy();
  void showLabel();
  void showTime();
  void showPeople();
  void nameScale(const LabelEstimates& label);
  QCPGraph* addTrace(const QString& name, const MatrixD& values, Index row, const QPen& pen);
  void addEstimates(const LabelEstimates& label);
  void addReferences(const LabelEstimates& label);
  void shadeHeldOut();
  void seekTo(double x);
  void zoom(double steps, double aroundSec);
  void setShownSpan(double startSec, double endSec);

  StudyController& m_controller;
  QComboBox* m_labels;
  QLabel* m_values;
  QLabel* m_scale;
  QLabel* m_empty;
  QCustomPlot* m_plot;
  QCPItemLine* m_playhead;
  QVector<QCPGraph*> m_people;
  QVector<QCPGraph*> m_references;  // truth and TL: the chosen person's where people have their own
  bool m_scrubbing = false;
};

/// Times and values of a row of people x samples, with a gap (NaN) between runs.
struct TracePoints {
  QVector<double> timesSec;
  QVector<double> values;
};
TracePoints tracePoints(const StudyTime& time, const MatrixD& values, Index row);

}  // namespace cortexscope
