// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/main_window.h"

#include <QAction>
#include <QCloseEvent>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "import_dialog/import_dialog.h"
#include "labels/labels_dialog.h"
#include "panels/brains_panel.h"
#include "panels/label_panel.h"
#include "panels/notice_panel.h"
#include "panels/problem_panel.h"
#include "panels/welcome_panel.h"
#include "scene/cortex_scene.h"
#include "surface_view/surface_view.h"
#include "widgets/dropped_files.h"
#include "widgets/job_bar.h"
#include "widgets/look.h"
#include "widgets/shown_text.h"
#include "window/guide_dialog.h"
#include "window/workspace.h"

namespace cortexscope {

namespace {

constexpr int kMostRecent = 6;
constexpr float kTurnDeg = 10;
const char* const kRecentKey = "recentStudies";

}  // namespace

MainWindow::MainWindow(StudyActions actions, WindowOptions options)
    : m_controller(std::move(actions)),
      m_sound(m_controller),
      m_settings(std::move(options.settings)),
      m_demoPossible(options.demoPossible),
      m_guideFolder(QString::fromStdString(options.guide.string())) {
  setWindowTitle(tr("CortexScope"));
  setWindowIcon(look::icon(look::Icon::Brain, look::kAccent));
  setAcceptDrops(true);
  setMinimumSize(1024, 680);
  resize(1280, 800);
  makeToolBar();
  makeCentre();
  makeShortcuts();
  connectController();
  fillRecent();
  updateTools();
  restoreLayout();
}

MainWindow::~MainWindow() {
  // Panels take leave of the controller before it goes: they are children, and would outlive this class's
  // members.
  delete takeCentralWidget();
}

QAction* MainWindow::addTool(const QString& name, int icon, const QString& text, const QString& tip) {
  auto* action = new QAction(look::icon(static_cast<look::Icon>(icon)), text, this);
  action->setObjectName(name);
  action->setToolTip(tip);
  return action;
}

void MainWindow::makeToolBar() {
  using look::Icon;
  auto* bar = addToolBar(tr("Tools"));
  bar->setObjectName(QStringLiteral("tools"));
  bar->setMovable(false);
  bar->setContextMenuPolicy(Qt::PreventContextMenu);
  bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  bar->setIconSize({20, 20});
  m_open = addTool("openAction", int(Icon::Open), tr("Open"), tr("Open a study folder (Ctrl+O)"));
  m_open->setShortcut(QKeySequence::Open);
  m_import = addTool(
      "importAction", int(Icon::Import), tr("Import"),
      tr("Make a study of a folder with your own data: BIDS derivatives, HCP-style or plain files (Ctrl+I)"));
  m_import->setShortcut(Qt::CTRL | Qt::Key_I);
  m_labels = addTool("labelsAction", int(Icon::Labels), tr("Labels"),
                     tr("Add tables of what is to be estimated to this study, or remove them (Ctrl+L)"));
  m_labels->setShortcut(Qt::CTRL | Qt::Key_L);
  m_train = addTool(
      "trainAction", int(Icon::Train), tr("Train"),
      tr("Learn encoders and decoders of this study; steps that are done already are not done again"));
  m_demo = addTool("demoAction", int(Icon::Demo), tr("Demo"),
                   tr("Make the demo study: simulated people on real films"));
  m_export = addTool("exportAction", int(Icon::Picture), tr("Picture"),
                     tr("Save the whole window as a picture (F12)"));
  m_export->setShortcut(Qt::Key_F12);
  m_help = addTool("helpAction", int(Icon::Help), tr("Keys"), tr("All keys and gestures (? or H)"));
  m_guide = new QAction(tr("Guide"), this);
  m_guide->setObjectName(QStringLiteral("guideAction"));
  m_guide->setToolTip(tr("What is computed, your own data, programs, files (F1)"));
  m_guide->setShortcut(Qt::Key_F1);
  bar->addAction(m_open);
  m_recentMenu = new QMenu(this);
  m_recentMenu->setObjectName(QStringLiteral("recentMenu"));
  m_recentMenu->setToolTipsVisible(true);
  auto* recent = new QToolButton(bar);
  recent->setText(tr("Recent ▾"));
  recent->setObjectName(QStringLiteral("recentButton"));
  recent->setToolTip(tr("Studies opened before"));
  recent->setMenu(m_recentMenu);
  recent->setPopupMode(QToolButton::InstantPopup);
  bar->addWidget(recent);
  for (QAction* action : {m_import, m_demo, m_labels, m_train, m_export, m_help, m_guide})
    bar->addAction(action);
  auto* spacer = new QWidget(bar);
  spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(spacer);
  m_title = look::heading({}, bar);
  m_title->setObjectName(QStringLiteral("studyTitle"));
  bar->addWidget(m_title);
}

void MainWindow::makeCentre() {
  auto* page = new QWidget(this);
  page->setObjectName(QStringLiteral("page"));
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->setSpacing(6);
  layout->addWidget(new JobBar(m_controller.jobs(), page));
  layout->addWidget(new ProblemPanel(m_controller, page));
  layout->addWidget(new NoticePanel(m_controller, page));
  m_pages = new QStackedWidget(page);
  m_welcome = new WelcomePanel(m_demoPossible, m_pages);
  m_pages->addWidget(m_welcome);
  m_workspace = new Workspace(m_controller, m_sound, m_pages);
  m_pages->addWidget(m_workspace);
  layout->addWidget(m_pages, 1);
  setCentralWidget(page);
  connect(m_welcome, &WelcomePanel::openAsked, this, &MainWindow::askForStudy);
  connect(m_welcome, &WelcomePanel::importAsked, this, &MainWindow::askForImport);
  connect(m_welcome, &WelcomePanel::demoAsked, this, &MainWindow::makeDemo);
  connect(m_welcome, &WelcomePanel::recentAsked, this,
          [this](const QString& folder) { m_controller.openStudy(folder.toStdString()); });
}

void MainWindow::makeShortcuts() {
  CortexScene& scene = brains().view().scene();
  const auto turn = [&scene](float right, float up) {
    return [&scene, right, up] { scene.rotate(right, up); };
  };
  const auto view = [&scene](View which) { return [&scene, which] { scene.setView(which); }; };
  m_shortcuts = {
      {{Qt::Key_Space}, tr("play, pause"), [this] { m_controller.togglePlaying(); }},
      {{Qt::Key_Left}, tr("one sample back"), [this] { m_controller.stepSamples(-1); }},
      {{Qt::Key_Right}, tr("one sample on"), [this] { m_controller.stepSamples(1); }},
      {{Qt::Key_Home}, tr("to the start"), [this] { m_controller.setTime(0); }},
      {{Qt::Key_End}, tr("to the end"), [this] { m_controller.setTime(m_controller.time().totalSec()); }},
      {{Qt::Key_BracketLeft}, tr("slower"), [this] { m_controller.changeSpeed(false); }},
      {{Qt::Key_BracketRight}, tr("faster"), [this] { m_controller.changeSpeed(true); }},
      {{Qt::Key_L}, tr("loop: none, all, this run"), [this] { nextLoopMode(); }},
      {{Qt::Key_M}, tr("sound on, off"), [this] { m_sound.setMuted(!m_sound.isMuted()); }},
      {{Qt::SHIFT | Qt::Key_Left}, tr("turn the brains left"), turn(-kTurnDeg, 0)},
      {{Qt::SHIFT | Qt::Key_Right}, tr("turn the brains right"), turn(kTurnDeg, 0)},
      {{Qt::SHIFT | Qt::Key_Up}, tr("turn the brains up"), turn(0, kTurnDeg)},
      {{Qt::SHIFT | Qt::Key_Down}, tr("turn the brains down"), turn(0, -kTurnDeg)},
      {{Qt::Key_1}, tr("look from the front"), view(View::Anterior)},
      {{Qt::Key_3}, tr("look from the side"), view(View::Lateral)},
      {{Qt::Key_7}, tr("look from above"), view(View::Dorsal)},
      {{Qt::Key_Return, Qt::Key_Enter}, tr("camera back to its start"), [&scene] { scene.resetCamera(); }},
      {{Qt::CTRL | Qt::Key_O}, tr("open a study"), {}},
      {{Qt::CTRL | Qt::Key_I}, tr("import your own data"), {}},
      {{Qt::CTRL | Qt::Key_L}, tr("labels of this study"), {}},
      {{Qt::Key_F12}, tr("save a picture"), {}},
      {{Qt::Key_F1}, tr("the guide"), {}},
      {{Qt::Key_H, Qt::Key_Question, Qt::SHIFT | Qt::Key_Question}, tr("this list"), [this] { showSheet(); }},
  };
}

void MainWindow::connectController() {
  connect(m_open, &QAction::triggered, this, &MainWindow::askForStudy);
  connect(m_import, &QAction::triggered, this, &MainWindow::askForImport);
  connect(m_labels, &QAction::triggered, this, [this] { showLabels({}); });
  connect(&m_workspace->labels(), &LabelPanel::labelsAsked, this, [this] { showLabels({}); });
  connect(m_train, &QAction::triggered, &m_controller, &StudyController::train);
  connect(m_demo, &QAction::triggered, this, &MainWindow::makeDemo);
  connect(m_export, &QAction::triggered, this, &MainWindow::askForPictureFile);
  connect(m_help, &QAction::triggered, this, &MainWindow::showSheet);
  connect(m_guide, &QAction::triggered, this, &MainWindow::showGuide);
  connect(&m_controller, &StudyController::studyChanged, this, &MainWindow::showStudy);
  JobRunner& jobs = m_controller.jobs();
  connect(&jobs, &JobRunner::started, this, &MainWindow::updateTools);
  connect(&jobs, &JobRunner::finished, this, &MainWindow::updateTools);
  connect(&jobs, &JobRunner::cancelled, this, &MainWindow::updateTools);
  connect(&jobs, &JobRunner::failed, this, &MainWindow::updateTools);
  // After a choice with the mouse, keys mean the clock and the brains again.
  for (QComboBox* choice : findChildren<QComboBox*>())
    connect(choice, &QComboBox::activated, this, &MainWindow::giveFocusBack);
  for (QDoubleSpinBox* number : findChildren<QDoubleSpinBox*>())
    connect(number, &QDoubleSpinBox::editingFinished, this, &MainWindow::giveFocusBack);
}

void MainWindow::giveFocusBack() {
  brains().view().setFocus();
}

void MainWindow::showStudy() {
  const Study& study = m_controller.study();
  m_pages->setCurrentIndex(1);
  m_title->setText(QString::fromStdString(study.title));
  setWindowTitle(study.simulated ? tr("%1 – simulated responses – CortexScope").arg(m_title->text())
                                 : tr("%1 – CortexScope").arg(m_title->text()));
  rememberStudy();
  updateTools();
  giveFocusBack();
}

void MainWindow::updateTools() {
  const bool idle = !m_controller.jobs().isRunning();
  const bool open = m_controller.hasStudy();
  m_open->setEnabled(idle);
  m_recentMenu->setEnabled(idle && !m_recentMenu->isEmpty());
  m_import->setEnabled(idle);
  m_labels->setEnabled(idle && open);
  m_train->setEnabled(m_controller.canTrain());
  m_demo->setEnabled(idle && m_demoPossible);
  m_demo->setVisible(m_demoPossible);
  m_export->setEnabled(open);
  m_pages->widget(0)->setEnabled(idle);
}

bool MainWindow::isSettled() const {
  return !m_controller.jobs().isRunning() && m_workspace->isSettled();
}

FilmPanel& MainWindow::film() {
  return m_workspace->film();
}

BrainsPanel& MainWindow::brains() {
  return m_workspace->brains();
}

QImage MainWindow::picture() {
  QImage image = grab().toImage();
  if (m_controller.hasStudy() && m_controller.study().simulated)
    image.setText(
        QStringLiteral("Description"),
        tr("Simulated responses. %1").arg(QString::fromStdString(m_controller.study().simulationNote)));
  return image;
}

void MainWindow::showCaught(const Failure& failure) {
  emit m_controller.problem(
      problemOf(tr("The last action could not be done. What was open is still there."), failure, {}));
}

void MainWindow::askForStudy() {
  const QString folder =
      QFileDialog::getExistingDirectory(this, tr("Open a study folder (it holds study.json)"));
  if (!folder.isEmpty()) m_controller.openStudy(folder.toStdString());
}

void MainWindow::askForImport() {
  const QString folder = QFileDialog::getExistingDirectory(
      this, tr("Folder to import: BIDS derivatives, HCP-style, or plain files"));
  if (!folder.isEmpty()) showImport(folder.toStdString());
}

void MainWindow::showImport(const std::filesystem::path& source) {
  const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  auto* dialog = new ImportDialog(m_controller.actions(), documents.toStdString(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ImportDialog::imported, this,
          [this](const std::filesystem::path& study) { m_controller.openStudy(study); });
  dialog->open();
  dialog->look(source);
}

/// A dialog of an open study: nothing else can be asked for while it is there.
void MainWindow::showLabels(const QString& file) {
  if (!m_labels->isEnabled()) return;
  auto* dialog = new LabelsDialog(m_controller.actions(), m_controller.study(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &LabelsDialog::studyChanged, this,
          [this](const std::filesystem::path& folder) { m_controller.openStudy(folder); });
  dialog->open();
  if (!file.isEmpty()) dialog->setFile(file);
}

void MainWindow::makeDemo() {
  m_controller.makeDemo(demoFolder());
}

void MainWindow::askForPictureFile() {
  const QImage image = picture();
  const QString name = QDir::home().filePath(
      tr("cortexscope %1.png").arg(shownTime(m_controller.timeSec()).replace(':', '-')));
  QString file = QFileDialog::getSaveFileName(this, tr("Save picture"), name, tr("PNG picture (*.png)"));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".png");
  if (!image.save(file, "PNG"))
    emit m_controller.problem(problemOf(tr("The picture could not be saved."),
                                        {ErrorCode::Io, tr("%1 cannot be written").arg(file)}, file));
}

void MainWindow::showSheet() {
  if (auto* old = findChild<QDialog*>(QStringLiteral("shortcutSheet"))) {
    old->raise();
    return;
  }
  makeShortcutSheet(m_shortcuts, this)->show();
}

void MainWindow::showGuide() {
  auto* guide = findChild<GuideDialog*>();
  if (guide == nullptr) guide = new GuideDialog(m_guideFolder, this);
  guide->show();
  guide->raise();
}

void MainWindow::nextLoopMode() {
  switch (m_controller.loopMode()) {
    case LoopMode::Off:
      return m_controller.setLoopMode(LoopMode::Whole);
    case LoopMode::Whole:
      return m_controller.setLoopMode(LoopMode::Run);
    default:
      return m_controller.setLoopMode(LoopMode::Off);
  }
}

QStringList MainWindow::recentStudies() const {
  return m_settings ? m_settings->value(kRecentKey).toStringList() : QStringList();
}

void MainWindow::rememberStudy() {
  if (!m_settings || m_controller.study().folder.empty()) return;
  QStringList folders = recentStudies();
  const QString folder =
      QFileInfo(QString::fromStdString(m_controller.study().folder.string())).absoluteFilePath();
  folders.removeAll(folder);
  folders.prepend(folder);
  m_settings->setValue(kRecentKey, QStringList(folders.mid(0, kMostRecent)));
  fillRecent();
}

void MainWindow::fillRecent() {
  QStringList there;
  for (const QString& folder : recentStudies())
    if (QFileInfo::exists(folder)) there.append(folder);
  m_recentMenu->clear();
  for (const QString& folder : there) {
    QAction* action = m_recentMenu->addAction(plainButton(QDir(folder).dirName()));
    action->setToolTip(plainTip(QDir::toNativeSeparators(folder)));
    connect(action, &QAction::triggered, this,
            [this, folder] { m_controller.openStudy(folder.toStdString()); });
  }
  m_welcome->setRecent(there);
}

void MainWindow::restoreLayout() {
  if (!m_settings) return;
  restoreGeometry(m_settings->value("geometry").toByteArray());
  m_workspace->restore(*m_settings);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
  if (!handleKey(m_shortcuts, event->keyCombination())) QMainWindow::keyPressEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!m_controller.jobs().isRunning() && !droppedFiles(event->mimeData()).folder.isEmpty())
    event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const DroppedFiles dropped = droppedFiles(event->mimeData());
  if (dropped.folder.isEmpty()) return;
  event->acceptProposedAction();
  if (m_controller.hasStudy() && !dropped.table.isEmpty())
    showLabels(dropped.table);
  else if (dropped.isStudy)
    m_controller.openStudy(dropped.folder.toStdString());
  else
    showImport(dropped.folder.toStdString());
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (m_settings) {
    m_settings->setValue("geometry", saveGeometry());
    m_workspace->save(*m_settings);
  }
  QMainWindow::closeEvent(event);
}

}  // namespace cortexscope
