// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/welcome_panel.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/look.h"
#include "widgets/shown_text.h"

namespace cortexscope {

WelcomePanel::WelcomePanel(bool demoPossible, QWidget* parent) : QWidget(parent), m_recent(new QVBoxLayout) {
  setObjectName(QStringLiteral("welcomePanel"));
  auto* title = new QLabel(tr("CortexScope"), this);
  title->setProperty("role", QStringLiteral("title"));
  auto* text =
      new QLabel(tr("CortexScope learns, for each person, how a film becomes brain activity. It shows the "
                    "predicted cortex of several people beside the film, estimates what each of them would "
                    "perceive through that predicted cortex, and lets you explore why people differ."),
                 this);
  text->setObjectName(QStringLiteral("welcomeText"));
  text->setWordWrap(true);
  text->setFixedWidth(560);
  auto* drop = look::note(
      tr("You can also drop a study folder, or a folder with your own data, on this window."), this);
  auto* column = new QVBoxLayout;
  column->setSpacing(14);
  column->addWidget(title);
  column->addWidget(text);
  column->addWidget(makeButtons(demoPossible));
  column->addWidget(drop);
  column->addLayout(m_recent);
  auto* row = new QHBoxLayout;
  row->addStretch(1);
  row->addLayout(column);
  row->addStretch(1);
  auto* layout = new QVBoxLayout(this);
  layout->addStretch(2);
  layout->addLayout(row);
  layout->addStretch(3);
}

QWidget* WelcomePanel::makeButtons(bool demoPossible) {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  auto* open = new QPushButton(tr("Open study …"), box);
  open->setObjectName(QStringLiteral("welcomeOpen"));
  open->setProperty("primary", true);
  open->setToolTip(tr("Choose a study folder, the one that holds study.json (Ctrl+O)"));
  connect(open, &QPushButton::clicked, this, &WelcomePanel::openAsked);
  auto* demo = new QPushButton(tr("Make the demo"), box);
  demo->setObjectName(QStringLiteral("welcomeDemo"));
  demo->setEnabled(demoPossible);
  demo->setToolTip(demoPossible
                       ? tr("Simulated people on real films: makes the study and trains it, some minutes")
                       : tr("The demo's films and networks are not on this computer: run "
                            "packaging/fetch_materials.sh once."));
  connect(demo, &QPushButton::clicked, this, &WelcomePanel::demoAsked);
  auto* import = new QPushButton(tr("Import your data …"), box);
  import->setObjectName(QStringLiteral("welcomeImport"));
  import->setToolTip(tr("Make a study of a folder: BIDS derivatives, HCP-style or plain files (Ctrl+I)"));
  connect(import, &QPushButton::clicked, this, &WelcomePanel::importAsked);
  row->addWidget(open);
  row->addWidget(import);
  row->addWidget(demo);
  row->addStretch(1);
  return box;
}

void WelcomePanel::setRecent(const QStringList& folders) {
  while (QLayoutItem* item = m_recent->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  if (folders.isEmpty()) return;
  m_recent->addWidget(look::heading(tr("Recent studies"), this));
  for (const QString& folder : folders) {
    auto* button = new QPushButton(plainButton(QDir(folder).dirName()), this);
    button->setObjectName(QStringLiteral("recentStudy"));
    button->setToolTip(plainTip(QDir::toNativeSeparators(folder)));
    connect(button, &QPushButton::clicked, this, [this, folder] { emit recentAsked(folder); });
    m_recent->addWidget(button, 0, Qt::AlignLeft);
  }
}

}  // namespace cortexscope
