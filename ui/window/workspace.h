// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSplitter>
#include <utility>
#include <vector>

class QSettings;

namespace cortexscope {

class BrainsPanel;
class FilmPanel;
class FilmSound;
class LabelPanel;
class StudyController;

/// All panels of a study, as they stand beside each other: film and labels to the left; brains, timeline,
/// traces and details to the right. A film is as wide as its column, so what is below it belongs to the
/// labels.
class Workspace : public QSplitter {
 public:
  Workspace(StudyController& controller, FilmSound& sound, QWidget* parent);

  FilmPanel& film() const { return *m_film; }
  BrainsPanel& brains() const { return *m_brains; }
  LabelPanel& labels() const { return *m_labels; }
  /// True when no picture is still to be decoded or drawn.
  bool isSettled() const;

  /// What the user moved.
  void save(QSettings& settings);
  void restore(const QSettings& settings);

 private:
  QWidget* makeLowerRow();
  /// Everything that can be moved, with the names that positions are remembered by.
  std::vector<std::pair<const char*, QSplitter*>> splitters();

  StudyController& m_controller;
  FilmPanel* m_film = nullptr;
  BrainsPanel* m_brains = nullptr;
  LabelPanel* m_labels = nullptr;
  QSplitter *m_left = nullptr, *m_right = nullptr, *m_lower = nullptr;
};

}  // namespace cortexscope
