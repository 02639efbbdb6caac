// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableWidget>
#include <filesystem>
#include <map>
#include <optional>

#include "import/make/import_study.h"

namespace cortexscope {

/// What becomes of each run of a folder to import: training (unless it is chosen), held out or left out;
/// which film was shown, and when in the run it began, and at which second of the film.
class RunTable : public QTableWidget {
  Q_OBJECT

 public:
  explicit RunTable(QWidget* parent = nullptr);

  void setPlan(const ImportPlan& plan);
  /// How long folders of pictures last as films; nothing: they are none.
  void setPicturesPerSec(std::optional<double> rate);
  std::vector<std::string> runsLeftOut() const;
  /// Adds films and held-out runs.
  void fill(ImportChoices& choices) const;

 signals:
  void runsChanged();

 private:
  enum Column { Name, Samples, Use, Film, FilmStart, Onset, Overlap, ColumnCount };
  void addRun(const ImportPlan& plan, int row);
  void addFilm(const std::filesystem::path& film);
  void askForFilm(int row);
  QString useOf(int row) const;
  void addSeconds(int row, int column, const char* name, double least, const QString& title,
                  const QString& tip);
  std::optional<double> secondsIn(int row, int column) const;  ///< nothing if nobody said it
  void showOverlap(int row);

  struct RunLength {
    std::string id;
    std::int64_t samples = 0;
    std::optional<double> trSec;
    bool eventsSay = false;  ///< a table of events says when the film began
  };
  std::vector<RunLength> m_runs;
  std::vector<std::filesystem::path> m_films;
  std::map<std::string, std::int64_t> m_pictures;  // in folders
  std::map<std::string, double> m_durationSec;     // of films, where the plan knows it
};

}  // namespace cortexscope
