#pragma once

#include <QFrame>
#include <vector>

#include "study_controller.h"

class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace cortexscope {

class SurfaceView;

/// One brain per person with one camera and one colour scale, and what they are coloured by.
class BrainsPanel : public QFrame {
  Q_OBJECT

 public:
  explicit BrainsPanel(StudyController& controller, QWidget* parent = nullptr);

  SurfaceView& view() { return *m_view; }
  /// The frame that the brains were last coloured with.
  const BrainFrame& shownFrame() const { return m_shown; }

 private:
  void makeWhatRow(QHBoxLayout* row);
  void makeHowRow(QHBoxLayout* row);
  void makeLagControl(QHBoxLayout* row);
  void makeThresholdControls(QHBoxLayout* row);
  QComboBox* addChoice(QHBoxLayout* row, const QString& caption, const char* name, const QString& tip);
  QDoubleSpinBox* addNumber(QHBoxLayout* row, const QString& caption, const char* name, const QString& tip);
  template <class Change>
  void change(Change what);

  void showStudy();
  void showCortex();
  QWidget* makeChipStrip();
  void makeChips();
  void showPeople();
  void showDisplay();
  void showScale();
  void showFrame();
  void uploadValues(const BrainFrame& frame);
  void showVertex();
  void showReadout();
  int shownPeople() const;

  StudyController& m_controller;
  SurfaceView* m_view;
  QComboBox *m_layer = nullptr, *m_surface = nullptr, *m_direction = nullptr, *m_borders = nullptr,
            *m_below = nullptr;
  QDoubleSpinBox *m_lag = nullptr, *m_threshold = nullptr, *m_limit = nullptr;
  QHBoxLayout* m_chips;
  QLabel* m_badge;
  QLabel* m_readout;
  std::vector<QToolButton*> m_people;
  std::filesystem::path m_cortexOf;
  BrainFrame m_shown;
  Layer m_shownLayer = Layer::Predicted;
  bool m_valid = false;
};

}  // namespace cortexscope
