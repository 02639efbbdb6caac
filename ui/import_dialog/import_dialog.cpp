// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_dialog/import_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>
#include <set>

#include "import_dialog/array_button.h"
#include "import_dialog/cleaning_editor.h"
#include "import_dialog/pictures_field.h"
#include "import_dialog/plan_table.h"
#include "import_dialog/run_table.h"
#include "widgets/findings_table.h"
#include "widgets/job_bar.h"
#include "widgets/look.h"

namespace cortexscope {

namespace {

std::filesystem::path pathOf(const QLineEdit& field) {
  return std::filesystem::path(field.text().trimmed().toStdString());
}

QWidget* withButton(QLineEdit* field, QPushButton* button, QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(field, 1);
  row->addWidget(button);
  return box;
}

/// Sets a list's entries and keeps its choice where that is still there.
void refill(QComboBox& list, const QStringList& texts, const QString& current) {
  const QSignalBlocker filling(list);
  list.clear();
  list.addItems(texts);
  list.setCurrentIndex(std::max(0, list.findText(current)));
  list.setEnabled(texts.size() > 1);
}

}  // namespace

ImportDialog::ImportDialog(const StudyActions& actions, const std::filesystem::path& studyParent,
                           QWidget* parent)
    : QDialog(parent), m_actions(actions), m_studyParent(studyParent), m_jobs(this) {
  setObjectName(QStringLiteral("importDialog"));
  setWindowTitle(tr("Import – CortexScope"));
  setMinimumSize(820, 600);
  QDialog::resize(1080, 720);
  auto* layout = new QVBoxLayout(this);
  m_sourceRow = makeSource();
  layout->addWidget(m_sourceRow);
  layout->addWidget(new JobBar(m_jobs, this));
  layout->addWidget(makePages(), 1);
  m_fields = makeFields();
  layout->addWidget(m_fields);
  layout->addWidget(makeButtons());
  connectParts();
  updateImport();
}

QWidget* ImportDialog::makeSource() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  m_what = look::heading(tr("No folder yet"), box);
  m_what->setObjectName(QStringLiteral("importWhat"));
  m_what->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_space = new QComboBox(box);
  m_space->setObjectName(QStringLiteral("importSpace"));
  m_space->setAccessibleName(tr("Space"));
  m_space->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_space->setToolTip(tr("Space that responses are taken in, of those in the folder"));
  m_task = new QComboBox(box);
  m_task->setObjectName(QStringLiteral("importTask"));
  m_task->setAccessibleName(tr("Task"));
  m_task->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_task->setToolTip(tr("Runs of one task, or of all"));
  auto* other = new QPushButton(tr("Folder …"), box);
  other->setObjectName(QStringLiteral("importSource"));
  other->setToolTip(tr("Choose the folder to import"));
  connect(other, &QPushButton::clicked, this, &ImportDialog::askForSource);
  row->addWidget(m_what, 1);
  row->addWidget(new QLabel(tr("Space"), box));
  row->addWidget(m_space);
  row->addWidget(new QLabel(tr("Task"), box));
  row->addWidget(m_task);
  m_arrays = new ArrayButton(box);
  row->addWidget(m_arrays);
  row->addWidget(other);
  return box;
}

QWidget* ImportDialog::makePages() {
  m_tabs = new QTabWidget(this);
  m_tabs->setObjectName(QStringLiteral("importTabs"));
  auto* what = new QSplitter(Qt::Vertical, m_tabs);
  what->setChildrenCollapsible(false);
  m_people = new PlanTable(what);
  m_runs = new RunTable(what);
  what->addWidget(m_people);
  what->addWidget(m_runs);
  m_cleaning = new CleaningEditor(m_tabs);
  m_findings = new FindingsTable(FindingsTable::Columns::All, m_tabs);
  m_tabs->addTab(what, tr("People and runs"));
  m_tabs->addTab(m_cleaning, tr("Preparation"));
  m_tabs->addTab(m_findings, tr("Findings"));
  return m_tabs;
}

QWidget* ImportDialog::makeFields() {
  auto* box = new QWidget(this);
  auto* form = new QFormLayout(box);
  form->setContentsMargins(0, 0, 0, 0);
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  m_surfaces = new QLineEdit(box);
  m_surfaces->setObjectName(QStringLiteral("importSurfaces"));
  m_surfaces->setPlaceholderText(tr("those in the folder"));
  m_surfaces->setToolTip(
      tr("Folder with white, pial and inflated surfaces, if they are not in the imported one"));
  auto* surfaces = new QPushButton(tr("Choose …"), box);
  connect(surfaces, &QPushButton::clicked, this, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder of surfaces"));
    if (!folder.isEmpty()) m_surfaces->setText(folder);
  });
  m_network = new QComboBox(box);
  m_network->setObjectName(QStringLiteral("importNetwork"));
  m_network->addItem(tr("ResNet-50 (better, slower)"), false);
  m_network->addItem(tr("MobileNet (fast)"), true);
  m_network->addItem(tr("Own network …"));
  m_network->setToolTip(tr("Network that turns pictures into features"));
  connect(m_network, &QComboBox::activated, this, &ImportDialog::askForNetwork);
  m_study = new QLineEdit(box);
  m_study->setObjectName(QStringLiteral("importStudy"));
  m_study->setToolTip(tr("Folder that is made; it must not be there yet"));
  auto* study = new QPushButton(tr("Choose …"), box);
  connect(study, &QPushButton::clicked, this, &ImportDialog::askForStudy);
  m_keepVoxels = new QCheckBox(tr("Keep voxels"), box);
  m_keepVoxels->setObjectName(QStringLiteral("importKeepVoxels"));
  m_keepVoxels->setToolTip(
      tr("For folders of volumes or short clips alone: encoders learn from each person's voxels as they were "
         "measured, "
         "and the cortex shows weighted means of them. Otherwise responses are carried to the "
         "vertices first, and everything is learned there."));
  form->addRow(tr("Surfaces"), withButton(m_surfaces, surfaces, box));
  form->addRow(tr("Responses"), m_keepVoxels);
  form->addRow(tr("Label table"), makeLabels(box));
  m_pictures = new PicturesField(box);
  form->addRow(tr("Pictures"), m_pictures);
  form->setRowVisible(m_pictures, false);
  form->addRow(tr("Network"), m_network);
  form->addRow(tr("Study folder"), withButton(m_study, study, box));
  return box;
}

QWidget* ImportDialog::makeButtons() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  m_why = look::note({}, box);
  m_why->setObjectName(QStringLiteral("importWhy"));
  m_why->setWordWrap(true);
  m_import = new QPushButton(tr("Import"), box);
  m_import->setObjectName(QStringLiteral("importStart"));
  m_import->setProperty("primary", true);
  m_import->setDefault(true);
  m_close = new QPushButton(tr("Close"), box);
  m_close->setObjectName(QStringLiteral("importClose"));
  row->addWidget(m_why, 1);
  row->addWidget(m_close);
  row->addWidget(m_import);
  return box;
}

QWidget* ImportDialog::makeLabels(QWidget* parent) {
  m_labels = new QLineEdit(parent);
  m_labels->setObjectName(QStringLiteral("importLabels"));
  m_labels->setPlaceholderText(tr("none; tables can be attached later"));
  m_labels->setToolTip(tr(
      "Table (TSV or CSV) of what is to be estimated, shared by all people: a column of numbers per label"));
  m_timing = new QComboBox(parent);
  m_timing->setObjectName(QStringLiteral("importTiming"));
  m_timing->setAccessibleName(tr("What a row of the label table describes"));
  m_timing->addItem(tr("a row per sample"), int(LabelTiming::Samples));
  m_timing->addItem(tr("rows by film time"), int(LabelTiming::Seconds));
  m_timing->addItem(tr("a row per scene"), int(LabelTiming::Scenes));
  m_timing->setToolTip(
      tr("Per sample: in the order of the study's samples. By film time: a column time, in seconds. "
         "Per scene: columns onset and duration, in seconds of the film"));
  auto* choose = new QPushButton(tr("Choose …"), parent);
  connect(choose, &QPushButton::clicked, this, [this] {
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Label table"), {}, tr("Tables (*.tsv *.csv *.txt)"));
    if (!file.isEmpty()) m_labels->setText(file);
  });
  auto* box = withButton(m_labels, choose, parent);
  static_cast<QHBoxLayout*>(box->layout())->insertWidget(1, m_timing);
  return box;
}

void ImportDialog::askForNetwork(int index) {
  if (index < m_network->count() - 1) return;
  const QString file = QFileDialog::getOpenFileName(
      this, tr("Image network made by cortexscope-cli import-network"), {}, tr("ONNX networks (*.onnx)"));
  if (file.isEmpty()) return m_network->setCurrentIndex(0);
  m_network->insertItem(index, QFileInfo(file).fileName(), file);
  m_network->setCurrentIndex(index);
}

void ImportDialog::connectParts() {
  connect(m_space, &QComboBox::activated, this, &ImportDialog::planAgain);
  connect(m_task, &QComboBox::activated, this, &ImportDialog::planAgain);
  connect(m_arrays, &ArrayButton::choicesChanged, this, &ImportDialog::planAgain);
  connect(m_pictures, &PicturesField::rateChanged, this,
          [this] { m_runs->setPicturesPerSec(m_pictures->perSec()); });
  connect(m_people, &PlanTable::peopleChanged, this, &ImportDialog::showChoices);
  connect(m_runs, &RunTable::runsChanged, this, &ImportDialog::showChoices);
  connect(m_cleaning, &CleaningEditor::planChanged, this, &ImportDialog::updateImport);
  connect(m_study, &QLineEdit::textChanged, this, &ImportDialog::updateImport);
  connect(m_import, &QPushButton::clicked, this, &ImportDialog::startImport);
  connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
  connect(&m_jobs, &JobRunner::started, this, &ImportDialog::updateImport);
  connect(&m_jobs, &JobRunner::finished, this, &ImportDialog::updateImport);
  connect(&m_jobs, &JobRunner::cancelled, this, [this] {
    m_failure = m_plan.people.empty() ? tr("Cancelled. Choose again, or another folder.")
                                      : tr("Cancelled; nothing was written.");
    updateImport();
  });
  connect(&m_jobs, &JobRunner::failed, this, &ImportDialog::showFailure);
}

void ImportDialog::askForSource() {
  const QString folder = QFileDialog::getExistingDirectory(
      this, tr("Folder to import: BIDS derivatives, HCP-style, or plain files"),
      QString::fromStdString(m_source.string()));
  if (!folder.isEmpty()) look(std::filesystem::path(folder.toStdString()));
}

void ImportDialog::askForStudy() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Where the study folder is made"),
                                                           QString::fromStdString(m_studyParent.string()));
  if (folder.isEmpty()) return;
  m_study->setText(QDir(folder).filePath(QString::fromStdString(pathOf(*m_study).filename().string())));
}

void ImportDialog::look(const std::filesystem::path& source) {
  m_source = source;
  m_space->clear();
  m_task->clear();
  m_arrays->forgetChoices();
  m_pictures->forget();
  const std::filesystem::path name =
      source.has_filename() ? source.filename() : source.parent_path().filename();
  m_study->setText(QString::fromStdString((m_studyParent / (name.string() + "-study")).string()));
  planAgain();
}

ImportRequest ImportDialog::request() const {
  ImportRequest request;
  request.space = m_space->currentText().toStdString();
  if (m_task->currentIndex() > 0) request.task = m_task->currentText().toStdString();
  request.arrays = m_arrays->choices();
  return request;
}

/// The old plan goes at once: cancelled, a new choice must not import what was chosen before.
void ImportDialog::plan(const QString& title, const ImportRequest& request, bool whole) {
  m_plan = {};
  m_jobs.start(
      title,
      [make = m_actions.planImport, source = m_source, request](const Job& job) {
        return make(source, request, job);
      },
      [this, whole](ImportPlan made) { showPlan(std::move(made), whole); });
}

void ImportDialog::planAgain() {
  plan(tr("Looking through %1").arg(QString::fromStdString(m_source.filename().string())), request(), true);
}

/// The people and runs that stay, looked at by themselves: what is wrong with the others does not matter.
void ImportDialog::showChoices() {
  ImportRequest chosen = request();
  chosen.leaveOut = m_people->peopleLeftOut();
  for (const std::string& run : m_runs->runsLeftOut()) chosen.leaveOut.push_back(run);
  plan(tr("Looking again"), chosen, false);
}

void ImportDialog::reject() {
  if (!isBusy()) return QDialog::reject();
  m_jobs.cancel();
}

void ImportDialog::showPlan(ImportPlan plan, bool whole) {
  m_failure.clear();
  m_plan = std::move(plan);
  showFindings(m_plan.findings);
  m_keepVoxels->setEnabled(m_plan.holdsVoxels());
  if (whole) {
    m_what->setText(tr("%1: %2, %3 people, %4 runs")
                        .arg(QString::fromStdString(m_source.filename().string()),
                             QString::fromStdString(nameOf(m_plan.layout)))
                        .arg(m_plan.people.size())
                        .arg(m_plan.runs.size()));
    m_what->setToolTip(QString::fromStdString(m_plan.source.string()));
    QStringList spaces, tasks{tr("all")};
    for (const std::string& space : m_plan.spaces) spaces.append(QString::fromStdString(space));
    refill(*m_space, spaces, QString::fromStdString(m_plan.space));
    std::set<std::string> names;
    for (const ImportRun& run : m_plan.runs)
      if (!run.task.empty()) names.insert(run.task);
    for (const std::string& name : names) tasks.append(QString::fromStdString(name));
    if (m_task->currentIndex() <= 0) refill(*m_task, tasks, tasks.front());
    m_people->setPlan(m_plan);
    m_arrays->setPlan(m_plan);
    m_pictures->setPlan(m_plan);
    static_cast<QFormLayout*>(m_fields->layout())->setRowVisible(m_pictures, m_pictures->hasPictures());
    m_runs->setPlan(m_plan);
    m_runs->setPicturesPerSec(m_pictures->perSec());
    m_cleaning->setPlan(usualCleaning(m_plan));
    m_tabs->setCurrentIndex(m_plan.importable() ? 0 : 2);
  }
  updateImport();
}

void ImportDialog::showFindings(const Findings& findings) {
  m_findings->setFindings(findings);
  m_tabs->setTabText(2, tr("Findings (%1)").arg(shownCounts(findings)));
}

/// Nothing is lost: choices stay, and Import may be pressed again after a change.
void ImportDialog::showFailure(const Failure& failure) {
  m_failure = failure.message;
  Findings findings = m_plan.findings;
  findings.insert(findings.begin(),
                  {Severity::Error, m_source.string(), {}, failure.message.toStdString(), {}});
  showFindings(findings);
  m_tabs->setCurrentIndex(2);
  updateImport();
}

/// Why Import cannot be pressed now; empty if it can.
QString ImportDialog::obstacle() const {
  if (m_jobs.isRunning()) return tr("Working …");
  if (m_source.empty()) return tr("Choose a folder, or drop one on the main window.");
  if (!m_plan.importable())
    return tr("In the way: %1. The tab Findings says what to do.").arg(shownCounts(m_plan.findings));
  if (m_plan.people.empty())
    return m_failure.isEmpty() ? tr("Nobody's responses are left to import.") : m_failure;
  if (!m_cleaning->problem().isEmpty()) return m_cleaning->problem();
  std::error_code none;
  if (m_study->text().trimmed().isEmpty() || std::filesystem::exists(pathOf(*m_study), none))
    return tr("The study folder needs a name that is not taken yet.");
  return {};
}

void ImportDialog::updateImport() {
  const QString why = obstacle();
  m_why->setText(why.isEmpty() ? m_failure : why);
  m_import->setEnabled(why.isEmpty());
  for (QWidget* part : {m_sourceRow, static_cast<QWidget*>(m_tabs), m_fields})
    part->setEnabled(!m_jobs.isRunning());
}

ImportChoices ImportDialog::choices() const {
  ImportChoices choices;
  choices.study = pathOf(*m_study);
  choices.cleaning = m_cleaning->plan();
  choices.surfaces = pathOf(*m_surfaces);
  choices.picturesPerSec = m_pictures->perSec();
  choices.keepVoxels = m_plan.holdsVoxels() && m_keepVoxels->isChecked();
  const QVariant network = m_network->currentData();
  if (network.typeId() == QMetaType::QString)
    choices.networks.own = network.toString().toStdString();
  else
    choices.networks.fast = network.toBool();
  if (const std::filesystem::path labels = pathOf(*m_labels); !labels.empty())
    choices.labels.push_back(
        {labels.stem().string(), {{{}, labels}}, LabelTiming(m_timing->currentData().toInt())});
  m_runs->fill(choices);
  return choices;
}

void ImportDialog::startImport() {
  const ImportChoices chosen = choices();
  m_jobs.start(
      tr("Importing"),
      [make = m_actions.importStudy, plan = m_plan, chosen](const Job& job) {
        return make(plan, chosen, job);
      },
      [this, study = chosen.study](const ImportOutcome&) {
        emit imported(study);
        accept();
      });
}

}  // namespace cortexscope
