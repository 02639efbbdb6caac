#pragma once

#include <QTableWidget>
#include <filesystem>

#include "study/import/import_study.h"

namespace cortexscope {

/// What becomes of each run of a folder to import: training (unless it is chosen), held out or left out; which film was shown, and
/// from which second of the film on.
class RunTable : public QTableWidget {
  Q_OBJECT

 public:
  explicit RunTable(QWidget* parent = nullptr);

  void setPlan(const ImportPlan& plan);
  std::vector<std::string> runsLeftOut() const;
  /// Adds films and held-out runs.
  void fill(ImportChoices& choices) const;

 signals:
  void runsChanged();

 private:
  void addRun(const ImportPlan& plan, int row);
  void addFilm(const std::filesystem::path& film);
  void askForFilm(int row);
  QString useOf(int row) const;

  std::vector<std::string> m_runs;
  std::vector<std::filesystem::path> m_films;
};

}  // namespace cortexscope
