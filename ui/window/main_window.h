// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QSettings>
#include <filesystem>
#include <memory>
#include <vector>

#include "control/film_sound.h"
#include "control/study_controller.h"
#include "window/shortcuts.h"

class QAction;
class QLabel;
class QMenu;
class QStackedWidget;

namespace cortexscope {

class BrainsPanel;
class FilmPanel;
class WelcomePanel;
class Workspace;

struct WindowOptions {
  std::unique_ptr<QSettings> settings;  ///< layout and recent studies; null = nothing is remembered
  bool demoPossible = false;            ///< the demo's materials are on this computer
  std::filesystem::path guide{};        ///< folder of the guide's pages
};

/// The window: tool bar, messages, and the welcome page or a study's workspace. Owns what panels share.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(StudyActions actions, WindowOptions options);
  ~MainWindow() override;

  StudyController& controller() { return m_controller; }
  FilmPanel& film();
  BrainsPanel& brains();

  /// True when nothing that was asked for is still to be loaded, decoded or drawn.
  bool isSettled() const;
  /// The whole window as it is, with a text in the picture's file if responses were simulated.
  QImage picture();
  /// Says what nobody was prepared for.
  void showCaught(const Failure& failure);

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void closeEvent(QCloseEvent* event) override;

 private:
  void makeToolBar();
  QAction* addTool(const QString& name, int icon, const QString& text, const QString& tip);
  void makeCentre();
  void makeShortcuts();
  void connectController();
  void showStudy();
  void updateTools();
  void giveFocusBack();

  void askForStudy();
  void askForImport();
  void showImport(const std::filesystem::path& source);
  void showLabels(const QString& file);
  void askForPictureFile();
  void makeDemo();
  void showSheet();
  void showGuide();
  void nextLoopMode();
  QStringList recentStudies() const;
  void rememberStudy();
  void fillRecent();
  void restoreLayout();

  StudyController m_controller;
  FilmSound m_sound;
  std::unique_ptr<QSettings> m_settings;
  bool m_demoPossible;
  QString m_guideFolder;
  std::vector<Shortcut> m_shortcuts;

  QAction *m_open, *m_import, *m_labels, *m_train, *m_demo, *m_export, *m_help, *m_guide;
  QMenu* m_recentMenu;
  QLabel* m_title;
  QStackedWidget* m_pages;
  WelcomePanel* m_welcome;
  Workspace* m_workspace;
};

}  // namespace cortexscope
