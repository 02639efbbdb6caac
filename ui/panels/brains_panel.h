// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <vector>

#include "control/study_controller.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace cortexscope {

class BrainControls;
class SurfaceView;

/// One brain per person with one camera and one colour scale, and what they are coloured by.
class BrainsPanel : public QFrame {
  Q_OBJECT

 public:
  explicit BrainsPanel(StudyController& controller, QWidget* parent = nullptr);

  SurfaceView& view() { return *m_view; }
  /// The frame that the brains were last coloured with.
  const BrainFrame& shownFrame() const { return m_shown; }
  /// What stands below a person's brain: the name, and what is missing.
  std::string brainName(int person) const;

 private:
  void showStudy();
  void showCortex();
  void showMask();
  QString legendNote() const;
  QWidget* makeChipStrip();
  void makeChips();
  void showPeople();
  void showDisplay();
  void showScale();
  void showFrame();
  void uploadValues(const BrainFrame& frame);
  void showVertex();
  void showReadout();
  void showPage();
  int pageOfChosen() const;
  int shownPeople() const;

  StudyController& m_controller;
  SurfaceView* m_view;
  BrainControls* m_controls = nullptr;
  QHBoxLayout* m_chips;
  QLabel* m_badge;
  std::vector<QToolButton*> m_people;
  BrainFrame m_shown;
  Layer m_shownLayer = Layer::Predicted;
  int m_first = 0;  ///< person of the first brain: more people than brains fit are shown page by page
  bool m_valid = false;
  bool m_maskShown = false;
};

}  // namespace cortexscope
