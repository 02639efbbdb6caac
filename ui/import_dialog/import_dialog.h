// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <filesystem>

#include "control/job_runner.h"
#include "control/study_actions.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTabWidget;

namespace cortexscope {

class ArrayButton;
class CleaningEditor;
class FindingsTable;
class PicturesField;
class PlanTable;
class RunTable;

/// From a folder of files to a study: what the folder holds (people x runs), what does not fit, what is to be
/// done to the responses, and where the study goes. Nothing in the folder is changed, and nothing is read
/// whole before Import is pressed.
class ImportDialog : public QDialog {
  Q_OBJECT

 public:
  ImportDialog(const StudyActions& actions, const std::filesystem::path& studyParent, QWidget* parent);

  /// Looks through a folder; what was chosen for another one is forgotten.
  void look(const std::filesystem::path& source);
  bool isBusy() const { return m_jobs.isRunning(); }
  /// Stops what is running; closes if nothing is.
  void reject() override;

 signals:
  /// A study was made, perhaps with findings that need a look.
  void imported(const std::filesystem::path& study);

 private:
  QWidget* makeSource();
  QWidget* makePages();
  QWidget* makeFields();
  QWidget* makeButtons();
  QWidget* makeLabels(QWidget* parent);
  void connectParts();
  void askForSource();
  void askForStudy();
  void askForNetwork(int index);
  /// `whole`: nothing is left out, and tables are filled anew.
  void plan(const QString& title, const ImportRequest& request, bool whole);
  void planAgain();
  void showPlan(ImportPlan plan, bool whole);
  void showChoices();
  void showFindings(const Findings& findings);
  void showFailure(const Failure& failure);
  QString obstacle() const;
  void updateImport();
  ImportRequest request() const;
  ImportChoices choices() const;
  void startImport();

  const StudyActions m_actions;
  const std::filesystem::path m_studyParent;
  std::filesystem::path m_source;
  ImportPlan m_plan;  // without what is left out
  QString m_failure;  // of what was tried last
  JobRunner m_jobs;

  QWidget *m_sourceRow, *m_fields;
  QLabel *m_what, *m_why;
  ArrayButton* m_arrays;
  PicturesField* m_pictures;
  QComboBox *m_space, *m_task, *m_network, *m_timing;
  QTabWidget* m_tabs;
  PlanTable* m_people;
  RunTable* m_runs;
  CleaningEditor* m_cleaning;
  FindingsTable* m_findings;
  QLineEdit *m_study, *m_surfaces, *m_labels;
  QCheckBox* m_keepVoxels;
  QPushButton *m_import, *m_close;
};

}  // namespace cortexscope
