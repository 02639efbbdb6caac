// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/workspace.h"

#include <QFrame>
#include <QSettings>
#include <QTabWidget>
#include <QVBoxLayout>

#include "control/study_controller.h"
#include "panels/brains_panel.h"
#include "panels/film_panel.h"
#include "panels/label_panel.h"
#include "panels/people_panel.h"
#include "panels/problems_panel.h"
#include "panels/timeline_panel.h"
#include "panels/traces_panel.h"
#include "panels/vertex_panel.h"
#include "surface_view/surface_view.h"
#include "widgets/findings_table.h"

namespace cortexscope {

Workspace::Workspace(StudyController& controller, FilmSound& sound, QWidget* parent)
    : QSplitter(Qt::Horizontal, parent), m_controller(controller) {
  setObjectName(QStringLiteral("workspace"));
  m_left = new QSplitter(Qt::Vertical, this);
  m_film = new FilmPanel(m_controller, m_left);
  m_left->addWidget(m_film);
  m_labels = new LabelPanel(m_controller, m_left);
  m_left->addWidget(m_labels);
  m_right = new QSplitter(Qt::Vertical, this);
  m_brains = new BrainsPanel(m_controller, m_right);
  m_right->addWidget(m_brains);
  auto* below = new QWidget(m_right);
  auto* layout = new QVBoxLayout(below);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(6);
  layout->addWidget(new TimelinePanel(m_controller, sound, below));
  layout->addWidget(makeLowerRow(), 1);
  m_right->addWidget(below);
  for (const auto& [name, splitter] : splitters()) {
    splitter->setHandleWidth(7);
    splitter->setChildrenCollapsible(false);
  }
  setSizes({388, 872});
  setStretchFactor(0, 2);
  setStretchFactor(1, 5);
  m_left->setSizes({340, 400});  // the film's screen between 4:3 and 16:9
  m_left->setStretchFactor(0, 1);
  m_left->setStretchFactor(1, 2);
  m_right->setSizes({445, 295});
  m_right->setStretchFactor(0, 3);
  m_right->setStretchFactor(1, 1);
}

QWidget* Workspace::makeLowerRow() {
  m_lower = new QSplitter(Qt::Horizontal);
  m_lower->addWidget(new TracesPanel(m_controller, m_lower));
  auto* card = new QFrame(m_lower);
  card->setProperty("card", true);
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(6, 2, 6, 6);
  auto* tabs = new QTabWidget(card);
  tabs->setObjectName(QStringLiteral("detailTabs"));
  tabs->setDocumentMode(true);
  tabs->addTab(new PeoplePanel(m_controller, tabs), tr("People"));
  tabs->addTab(new VertexPanel(m_controller, tabs), tr("Vertex"));
  tabs->addTab(new ProblemsPanel(m_controller, tabs), tr("Problems"));
  tabs->setTabToolTip(0, tr("How far people's estimates of the label are apart"));
  tabs->setTabToolTip(1, tr("Measured and predicted response of the vertex that was clicked"));
  tabs->setTabToolTip(2,
                      tr("What is known to be wrong or odd in the study's files, and what to do about it"));
  layout->addWidget(tabs);
  m_lower->addWidget(card);
  m_lower->setSizes({540, 350});
  m_lower->setStretchFactor(0, 3);
  m_lower->setStretchFactor(1, 1);
  connect(&m_controller, &StudyController::vertexChanged, tabs, [tabs] { tabs->setCurrentIndex(1); });
  connect(&m_controller, &StudyController::studyChanged, tabs, [this, tabs] {
    const LoadedStudy& loaded = m_controller.loaded();
    tabs->setTabText(
        2, loaded.problems.empty() ? tr("Problems") : tr("Problems (%1)").arg(shownCounts(loaded.problems)));
    if (hasErrors(loaded.problems)) tabs->setCurrentIndex(2);
  });
  return m_lower;
}

bool Workspace::isSettled() const {
  return m_film->isSettled() && (!m_brains->view().canDraw() || m_brains->view().isSettled());
}

std::vector<std::pair<const char*, QSplitter*>> Workspace::splitters() {
  return {{"layout/columns", this},
          {"layout/left", m_left},
          {"layout/right", m_right},
          {"layout/lower", m_lower}};
}

void Workspace::save(QSettings& settings) {
  for (const auto& [name, splitter] : splitters()) settings.setValue(name, splitter->saveState());
}

void Workspace::restore(const QSettings& settings) {
  for (const auto& [name, splitter] : splitters()) splitter->restoreState(settings.value(name).toByteArray());
}

}  // namespace cortexscope
