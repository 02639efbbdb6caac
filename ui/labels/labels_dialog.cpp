// SPDX-License-Identifier: GPL-3.0-or-later
#include "labels/labels_dialog.h"

#include <QDropEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "labels/label_columns.h"
#include "labels/label_form.h"
#include "widgets/dropped_files.h"
#include "widgets/look.h"
#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

constexpr int kWaitMs = 300;  // after the last key
constexpr int kMostColumnsShown = 100;
constexpr std::size_t kMostWarnings = 3;

QTableWidget* plainTable(const char* name, const QString& title, QWidget* parent) {
  auto* table = new QTableWidget(parent);
  table->setObjectName(QString::fromLatin1(name));
  table->setAccessibleName(title);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setTabKeyNavigation(false);
  table->setAlternatingRowColors(true);
  table->verticalHeader()->hide();
  table->horizontalHeader()->setHighlightSections(false);
  table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  return table;
}

QString withReason(const Failure& failure) {
  return shownName(failure.message.toStdString(), 600);
}

}  // namespace

LabelsDialog::LabelsDialog(const StudyActions& actions, const Study& study, QWidget* parent)
    : QDialog(parent), m_actions(actions), m_study(study), m_jobs(this) {
  setObjectName(QStringLiteral("labelsDialog"));
  setWindowTitle(tr("Labels – CortexScope"));
  setAcceptDrops(true);
  setMinimumSize(720, 560);
  QDialog::resize(900, 680);
  m_wait.setSingleShot(true);
  m_wait.setInterval(kWaitMs);
  m_tabs = new QTabWidget(this);
  m_tabs->setObjectName(QStringLiteral("labelsTabs"));
  m_tabs->addTab(makeNewPage(), tr("Add a table"));
  m_tabs->addTab(makeTablesPage(), QString());
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(m_tabs, 1);
  layout->addWidget(makeButtons());
  connectParts();
  fillTables();
  forget();
}

QWidget* LabelsDialog::makeNewPage() {
  auto* page = new QWidget(m_tabs);
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 8, 0, 0);
  m_form = new LabelForm(page);
  layout->addWidget(m_form);
  auto* tables = new QSplitter(Qt::Vertical, page);
  tables->setChildrenCollapsible(false);
  m_columns = new LabelColumns(tables);
  auto* below = new QWidget(tables);
  auto* belowLayout = new QVBoxLayout(below);
  belowLayout->setContentsMargins(0, 4, 0, 0);
  m_previewTitle = look::note(tr("First rows"), below);
  m_previewTitle->setObjectName(QStringLiteral("labelPreviewTitle"));
  m_previewTitle->setTextFormat(Qt::PlainText);
  m_preview = plainTable("labelPreview", tr("First rows of the table"), below);
  m_preview->setSelectionMode(QAbstractItemView::NoSelection);
  belowLayout->addWidget(m_previewTitle);
  belowLayout->addWidget(m_preview, 1);
  tables->addWidget(m_columns);
  tables->addWidget(below);
  tables->setSizes({180, 160});
  layout->addWidget(tables, 1);
  m_message = new QLabel(page);
  m_message->setObjectName(QStringLiteral("labelsMessage"));
  m_message->setWordWrap(true);
  m_message->setTextFormat(Qt::PlainText);
  m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_message->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  m_message->setMinimumHeight(2 * m_message->fontMetrics().lineSpacing());
  layout->addWidget(m_message);
  return page;
}

QWidget* LabelsDialog::makeTablesPage() {
  auto* page = new QWidget(m_tabs);
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 8, 0, 0);
  m_tables = plainTable("labelTables", tr("Label tables of the study"), page);
  m_tables->setColumnCount(4);
  m_tables->setHorizontalHeaderLabels({tr("Name"), tr("Belongs to"), tr("A row describes"), tr("Labels")});
  m_tables->setSelectionMode(QAbstractItemView::SingleSelection);
  m_tables->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_tables->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_tables->horizontalHeader()->setSectionResizeMode(3, QHeaderView::Stretch);
  m_remove = new QPushButton(tr("Remove …"), page);
  m_remove->setObjectName(QStringLiteral("labelsRemove"));
  m_remove->setAutoDefault(false);
  m_remove->setToolTip(tr("Take the chosen table out of the study, with its copies in the study's folder"));
  auto* row = new QHBoxLayout;
  row->addWidget(look::note(tr("Training estimates every label of these tables."), page), 1);
  row->addWidget(m_remove);
  layout->addWidget(m_tables, 1);
  layout->addLayout(row);
  return page;
}

QWidget* LabelsDialog::makeButtons() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  m_close = new QPushButton(tr("Close"), box);
  m_close->setObjectName(QStringLiteral("labelsClose"));
  m_close->setAutoDefault(false);
  m_add = new QPushButton(tr("Add labels"), box);
  m_add->setObjectName(QStringLiteral("labelsAdd"));
  m_add->setProperty("primary", true);
  m_add->setDefault(true);
  m_add->setToolTip(tr("Copy the table into the study; Train then learns its labels"));
  row->addStretch(1);
  row->addWidget(m_close);
  row->addWidget(m_add);
  return box;
}

void LabelsDialog::connectParts() {
  connect(&m_wait, &QTimer::timeout, this, &LabelsDialog::doNext);
  connect(m_form, &LabelForm::fileChanged, this, [this] { askFor(Step::Look); });
  connect(m_form, &LabelForm::optionsChanged, this, [this] { askFor(Step::Check); });
  connect(m_columns, &LabelColumns::itemsChanged, this, [this] { askFor(Step::Check); });
  connect(m_close, &QPushButton::clicked, this, &LabelsDialog::reject);
  connect(m_add, &QPushButton::clicked, this, &LabelsDialog::add);
  connect(m_remove, &QPushButton::clicked, this, &LabelsDialog::askToRemove);
  connect(m_tables->selectionModel(), &QItemSelectionModel::selectionChanged, this, &LabelsDialog::updateAdd);
  connect(m_tabs, &QTabWidget::currentChanged, this, &LabelsDialog::updateAdd);
  connect(&m_jobs, &JobRunner::failed, this, &LabelsDialog::showFailure);
  for (const auto signal : {&JobRunner::finished, &JobRunner::cancelled})
    connect(&m_jobs, signal, this, &LabelsDialog::updateAdd);
}

void LabelsDialog::dragEnterEvent(QDragEnterEvent* event) {
  if (m_tabs->isEnabled() && !droppedFiles(event->mimeData()).table.isEmpty()) event->acceptProposedAction();
}

void LabelsDialog::dropEvent(QDropEvent* event) {
  const QString file = droppedFiles(event->mimeData()).table;
  if (file.isEmpty()) return;
  event->acceptProposedAction();
  m_tabs->setCurrentIndex(0);
  setFile(file);
}

void LabelsDialog::setFile(const QString& file) {
  m_form->setFile(file);
}

void LabelsDialog::reject() {
  if (m_jobs.isRunning() && !m_tabs->isEnabled()) return;  // files are being copied
  QDialog::reject();
}

void LabelsDialog::askFor(Step step) {
  m_good = false;
  m_lookWanted = m_lookWanted || step == Step::Look;
  if (m_words != m_form->wantsWords()) {
    m_words = m_form->wantsWords();
    m_columns->setLook(m_look, m_words);
  }
  m_wait.start();
  updateAdd();
}

/// One thing at a time: what is asked for while a table is read comes after it.
void LabelsDialog::doNext() {
  m_again = m_jobs.isRunning();
  if (m_again) return;
  if (m_lookWanted)
    look();
  else
    check();
}

void LabelsDialog::look() {
  m_lookWanted = false;
  if (m_form->file().empty()) return forget();
  m_step = Step::Look;
  say(tr("Looking at the table …"), false);
  m_jobs.start(
      tr("Looking at the table"),
      [look = m_actions.lookAtLabels, study = m_study, file = m_form->file()](const Job& job) {
        return look(study, file, job);
      },
      [this](LabelLook found) { showLook(std::move(found)); });
}

void LabelsDialog::showLook(LabelLook look) {
  if (m_again && m_lookWanted) return doNext();
  m_look = std::move(look);
  m_form->setGuess(m_look.guess, shownName(m_look.why, 200));
  m_words = m_form->wantsWords();
  m_columns->setLook(m_look, m_words);
  showPreview();
  check();
}

/// Without a table there is nothing to show.
void LabelsDialog::forget() {
  m_look = {};
  m_columns->setLook(m_look, false);
  m_preview->setRowCount(0);
  m_preview->setColumnCount(0);
  m_previewTitle->setText(tr("First rows"));
  say(tr("Choose a table, or drop one here: a column per label, a row per sample, time or scene."), false);
  updateAdd();
}

void LabelsDialog::check() {
  m_again = false;
  if (m_look.columns.empty()) return updateAdd();
  m_step = Step::Check;
  say(tr("Checking the table against films and runs …"), false);
  m_columns->setSummary(nullptr);
  m_jobs.start(
      tr("Checking labels"),
      [check = m_actions.checkLabels, study = m_study, chosen = labels()](const Job& job) {
        require(!chosen.items.empty(), ErrorCode::BadValue,
                "No column is chosen: check one, or give an embedding for words.");
        return check(study, chosen, job);
      },
      [this](const LabelSummary& summary) { showSummary(summary); });
}

NewLabels LabelsDialog::labels() const {
  NewLabels labels = m_form->labels();
  labels.items = m_columns->checkedItems();
  return labels;
}

void LabelsDialog::showPreview() {
  const int columns = std::min(static_cast<int>(m_look.columns.size()), kMostColumnsShown);
  m_preview->clear();
  m_preview->setColumnCount(columns);
  m_preview->setRowCount(static_cast<int>(m_look.rows.size()));
  for (int column = 0; column < columns; ++column) {
    const auto place = static_cast<std::size_t>(column);
    m_preview->setHorizontalHeaderItem(column,
                                       new QTableWidgetItem(shownName(m_look.columns[place].name, 40)));
    for (int row = 0; row < m_preview->rowCount(); ++row)
      m_preview->setItem(
          row, column,
          new QTableWidgetItem(shownName(m_look.rows[static_cast<std::size_t>(row)][place], 80)));
  }
  const QLocale english(QLocale::English);
  m_previewTitle->setText(
      tr("First %1 of %2 rows of %3")
          .arg(m_look.rows.size())
          .arg(english.toString(qulonglong(m_look.rowCount)), shownName(m_look.file.filename().string())));
  m_previewTitle->setToolTip(plainTip(shownName(m_look.file.string(), 400)));
}

void LabelsDialog::showSummary(const LabelSummary& summary) {
  if (m_again) return doNext();
  m_columns->setSummary(&summary);
  m_good = !m_wait.isActive();
  QStringList lines;
  for (std::size_t i = 0; i < std::min(summary.warnings.size(), kMostWarnings); ++i)
    lines.append(tr("Warning: %1").arg(shownName(summary.warnings[i], 300)));
  if (summary.warnings.size() > kMostWarnings)
    lines.append(tr("and %1 more warnings").arg(summary.warnings.size() - kMostWarnings));
  if (summary.unknown.count > 0) {
    QStringList words;
    for (const std::string& word : summary.unknown.examples) words.append(shownName(word, 40));
    lines.append(tr("Warning: words that the embedding lacks: %1 (%2)")
                     .arg(summary.unknown.count)
                     .arg(words.join(QStringLiteral(", "))));
  }
  if (lines.isEmpty())
    lines.append(tr("The table fits. Labels: %1, rows: %2.").arg(summary.items.size()).arg(summary.rows));
  say(lines.join('\n'), false);
  updateAdd();
}

void LabelsDialog::showFailure(const Failure& failure) {
  m_tabs->setEnabled(true);
  if (m_again) return doNext();
  if (m_step == Step::Look) forget();
  say(withReason(failure), true);
  updateAdd();
}

void LabelsDialog::say(const QString& text, bool wrong) {
  m_message->setText(text);
  m_message->setStyleSheet(wrong ? QStringLiteral("color: #B3261E;") : QString());
}

void LabelsDialog::updateAdd() {
  const bool adds = m_tabs->currentIndex() == 0;
  m_add->setVisible(adds);
  m_add->setEnabled(adds && m_good && isSettled());
  m_remove->setEnabled(isSettled() && !m_tables->selectionModel()->selectedRows().isEmpty());
}

void LabelsDialog::add() {
  m_step = Step::Write;
  m_tabs->setEnabled(false);
  say(tr("Copying the table into the study …"), false);
  m_jobs.start(
      tr("Adding labels"),
      [attach = m_actions.attachLabels, study = m_study, chosen = labels()](const Job& job) {
        return attach(study, chosen, job);
      },
      [this](const Study& whole) {
        emit studyChanged(whole.folder);
        accept();
      });
  updateAdd();
}

void LabelsDialog::fillTables() {
  m_tables->setRowCount(static_cast<int>(m_study.labels.size()));
  for (int row = 0; row < m_tables->rowCount(); ++row) {
    const LabelTable& table = m_study.labels[static_cast<std::size_t>(row)];
    QStringList items;
    for (const LabelItem& item : table.items)
      items.append(shownName(item.title.empty() ? item.name : item.title, 60));
    const QString texts[] = {shownName(table.id), table.perPerson ? tr("each person") : tr("all people"),
                             table.timing == LabelTiming::Samples   ? tr("a sample")
                             : table.timing == LabelTiming::Seconds ? tr("seconds of the film")
                                                                    : tr("a scene"),
                             items.join(QStringLiteral(", "))};
    for (int column = 0; column < 4; ++column) {
      auto* cell = new QTableWidgetItem(texts[column]);
      cell->setToolTip(plainTip(texts[column]));
      m_tables->setItem(row, column, cell);
    }
  }
  m_tabs->setTabText(1, tr("In this study (%1)").arg(m_study.labels.size()));
}

void LabelsDialog::askToRemove() {
  const int row = m_tables->currentRow();
  if (row < 0) return;
  const std::string id = m_study.labels[static_cast<std::size_t>(row)].id;
  auto* question = new QMessageBox(
      QMessageBox::Question, tr("Remove labels"),
      tr("Take \"%1\" out of the study? Its copies in the study's folder are deleted; the files it "
         "was made from stay.")
          .arg(shownName(id)),
      QMessageBox::Cancel, this);
  question->setObjectName(QStringLiteral("labelsQuestion"));
  question->setAttribute(Qt::WA_DeleteOnClose);
  auto* remove = question->addButton(tr("Remove"), QMessageBox::DestructiveRole);
  connect(remove, &QPushButton::clicked, this, [this, id] {
    m_step = Step::Write;
    m_tabs->setEnabled(false);
    m_jobs.start(
        tr("Removing labels"),
        [remove = m_actions.removeLabels, study = m_study, id](const Job& job) {
          return remove(study, id, job);
        },
        [this](Study left) {
          m_study = std::move(left);
          m_tabs->setEnabled(true);
          fillTables();
          updateAdd();
          emit studyChanged(m_study.folder);
        });
  });
  question->setTextFormat(Qt::PlainText);
  question->setDefaultButton(QMessageBox::Cancel);
  question->open();
}

}  // namespace cortexscope
