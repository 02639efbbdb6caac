// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_dialog/run_table.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <algorithm>

#include "control/study_controller.h"
#include "import_dialog/optional_number.h"

namespace cortexscope {

namespace {

const char* const kAutomatic = "automatic";
const char* const kHeldOut = "heldOut";
const char* const kLeftOut = "leftOut";
constexpr double kMostSec = 1e5;
constexpr double kUnknown = -1e6;  // shown in words; less than any time

std::filesystem::path pathOf(const QString& text) {
  return std::filesystem::path(text.toStdString());
}

}  // namespace

RunTable::RunTable(QWidget* parent) : QTableWidget(0, ColumnCount, parent) {
  setObjectName(QStringLiteral("runTable"));
  setAccessibleName(tr("Runs and their films"));
  setHorizontalHeaderLabels({tr("Run"), tr("Samples"), tr("Use"), tr("Film"), tr("Film began at"),
                             tr("… this long into the run"), tr("Volumes against film")});
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setSelectionMode(QAbstractItemView::NoSelection);
  setTabKeyNavigation(false);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(34);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  horizontalHeader()->setSectionResizeMode(Film, QHeaderView::Stretch);
  horizontalHeader()->setSectionResizeMode(Overlap, QHeaderView::Stretch);
}

void RunTable::setPlan(const ImportPlan& plan) {
  m_runs.clear();
  m_films.clear();
  m_durationSec.clear();
  m_pictures.clear();
  for (const ImportStimulus& stimulus : plan.stimuli) {
    if (stimulus.kind == "sound" || (stimulus.kind == "pictures" && !stimulus.isFolder)) continue;
    m_films.push_back(plan.source / stimulus.file);
    if (stimulus.isFolder) m_pictures[m_films.back().string()] = stimulus.pictures;
    if (stimulus.durationSec) m_durationSec[m_films.back().string()] = *stimulus.durationSec;
  }
  setRowCount(0);
  setRowCount(static_cast<int>(plan.runs.size()));
  for (int row = 0; row < rowCount(); ++row) addRun(plan, row);
}

void RunTable::setPicturesPerSec(std::optional<double> rate) {
  for (const auto& [folder, count] : m_pictures) {
    m_durationSec.erase(folder);
    if (rate) m_durationSec[folder] = double(count) / *rate;
  }
  for (int row = 0; row < rowCount(); ++row) showOverlap(row);
}

void RunTable::addRun(const ImportPlan& plan, int row) {
  const auto run = static_cast<std::size_t>(row);
  RunLength length{plan.runs[run].id, 0, std::nullopt};
  for (const auto& cells : plan.cells) {
    if (!cells[run]) continue;
    length.eventsSay = length.eventsSay || cells[run]->file(FileRole::Events) != nullptr;
    if (cells[run]->samples <= length.samples) continue;
    length.samples = cells[run]->samples;
    length.trSec = cells[run]->trSec;
  }
  const QString id = QString::fromStdString(length.id);
  setItem(row, Name, new QTableWidgetItem(id));
  setItem(row, Samples, new QTableWidgetItem(QString::number(length.samples)));
  setItem(row, Overlap, new QTableWidgetItem);
  m_runs.push_back(length);

  auto* use = new QComboBox(this);
  use->setObjectName(QStringLiteral("runUse"));
  use->setAccessibleName(tr("Use of run %1").arg(id));
  use->addItem(tr("automatic"), kAutomatic);
  use->addItem(tr("held out"), kHeldOut);
  use->addItem(tr("left out"), kLeftOut);
  use->setToolTip(
      tr("Nothing is ever fitted to a held-out run: it tells how good predictions are. Automatic: held out "
         "by name, by repeats, or the last run; once one is held out by hand, all others train"));
  connect(use, &QComboBox::currentIndexChanged, this, &RunTable::runsChanged);
  setCellWidget(row, Use, use);

  auto* film = new QComboBox(this);
  film->setObjectName(QStringLiteral("runFilm"));
  film->setAccessibleName(tr("Film of run %1").arg(id));
  film->addItem(tr("as the source says"), QString());
  for (const auto& each : m_films)
    film->addItem(QString::fromStdString(each.filename().string()), QString::fromStdString(each.string()));
  film->addItem(tr("Choose a file …"));
  connect(film, &QComboBox::activated, this, [this, row, film](int index) {
    if (index == film->count() - 1) askForFilm(row);
    showOverlap(row);
  });
  setCellWidget(row, Film, film);

  addSeconds(row, FilmStart, "runFilmStart", 0, tr("Second of the film at which it began in run %1").arg(id),
             tr("Second of the film at which it began in this run; 0 unless the source says something else"));
  addSeconds(row, Onset, "runOnset", -kMostSec, tr("Seconds into run %1 at which the film began").arg(id),
             tr("Seconds between the first volume, dropped ones included, and the film's beginning; as "
                "events tables say, "
                "else 0. Negative if the film began before the first volume"));
  showOverlap(row);
}

void RunTable::addSeconds(int row, int column, const char* name, double least, const QString& title,
                          const QString& tip) {
  auto* field = new OptionalNumber(0, this);
  field->setObjectName(QString::fromLatin1(name));
  field->setAccessibleName(title);
  field->setToolTip(tip);
  field->setRange(kUnknown, kMostSec);
  field->setDecimals(3);
  field->setSuffix(tr(" s"));
  field->setSpecialValueText(tr("as the source says"));
  field->setValue(kUnknown);
  connect(field, &QDoubleSpinBox::valueChanged, this, [this, row, field, least](double seconds) {
    if (seconds != kUnknown && seconds < least) return field->setValue(least);
    showOverlap(row);
  });
  setCellWidget(row, column, field);
}

std::optional<double> RunTable::secondsIn(int row, int column) const {
  const double seconds = qobject_cast<QDoubleSpinBox*>(cellWidget(row, column))->value();
  return seconds == kUnknown ? std::nullopt : std::optional(seconds);
}

/// Which part of the film the volumes cover, and what of them lies outside it.
void RunTable::showOverlap(int row) {
  const RunLength& run = m_runs[static_cast<std::size_t>(row)];
  if (cellWidget(row, Onset) == nullptr) return;  // the row is being made
  const double start = secondsIn(row, FilmStart).value_or(0), onset = secondsIn(row, Onset).value_or(0);
  const QString film = qobject_cast<QComboBox*>(cellWidget(row, Film))->currentData().toString();
  QTableWidgetItem& cell = *item(row, Overlap);
  cell.setForeground(palette().text());
  if (run.eventsSay && !secondsIn(row, Onset)) return cell.setText(tr("as its events table says"));
  if (!run.trSec) return cell.setText(tr("time between samples unknown"));
  const double end = start - onset + double(run.samples) * *run.trSec;
  QString text = tr("film %1 to %2").arg(shownTime(std::max(start, start - onset)), shownTime(end));
  if (onset > 0) text += tr("; the first %1 s of volumes are left out").arg(onset);
  // The only film is the one that the source means.
  const std::string key =
      film.isEmpty() && m_films.size() == 1 ? m_films.front().string() : film.toStdString();
  if (const auto known = m_durationSec.find(key);
      known != m_durationSec.end() && end > known->second + *run.trSec) {
    text += tr("; it ends at %1, later volumes are left out").arg(shownTime(known->second));
    cell.setForeground(QColor(0x8A, 0x5A, 0x00));
  }
  cell.setText(text);
  cell.setToolTip(text);
}

void RunTable::addFilm(const std::filesystem::path& film) {
  m_films.push_back(film);
  for (int row = 0; row < rowCount(); ++row) {
    auto* choice = qobject_cast<QComboBox*>(cellWidget(row, Film));
    choice->insertItem(choice->count() - 1, QString::fromStdString(film.filename().string()),
                       QString::fromStdString(film.string()));
  }
}

void RunTable::askForFilm(int row) {
  auto* choice = qobject_cast<QComboBox*>(cellWidget(row, Film));
  const QString file = QFileDialog::getOpenFileName(
      this, tr("Film of run %1").arg(QString::fromStdString(m_runs[static_cast<std::size_t>(row)].id)));
  if (!file.isEmpty()) addFilm(pathOf(file));
  choice->setCurrentIndex(file.isEmpty() ? 0 : choice->count() - 2);
}

QString RunTable::useOf(int row) const {
  return qobject_cast<QComboBox*>(cellWidget(row, Use))->currentData().toString();
}

std::vector<std::string> RunTable::runsLeftOut() const {
  std::vector<std::string> left;
  for (int row = 0; row < rowCount(); ++row)
    if (useOf(row) == QLatin1String(kLeftOut)) left.push_back(m_runs[static_cast<std::size_t>(row)].id);
  return left;
}

void RunTable::fill(ImportChoices& choices) const {
  for (int row = 0; row < rowCount(); ++row) {
    const std::string& run = m_runs[static_cast<std::size_t>(row)].id;
    if (useOf(row) == QLatin1String(kLeftOut)) continue;
    if (useOf(row) == QLatin1String(kHeldOut)) choices.heldOut.push_back(run);
    const QString film = qobject_cast<QComboBox*>(cellWidget(row, Film))->currentData().toString();
    const std::optional<double> start = secondsIn(row, FilmStart), onset = secondsIn(row, Onset);
    if (film.isEmpty() && !start && !onset) continue;
    FilmChoice& choice = choices.films[run];
    choice.file = pathOf(film);
    choice.filmStartSec = start;
    choice.onsetSec = onset;
  }
}

}  // namespace cortexscope
