// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>

#include "control/job_runner.h"
#include "control/study_actions.h"

class QLabel;
class QPushButton;
class QTableWidget;
class QTabWidget;

namespace cortexscope {

class LabelColumns;
class LabelForm;

/// Label tables of an open study: one is looked at, checked against films and runs, and attached; those that
/// are there can be taken out. The study's folder is written only by Add and by Remove.
class LabelsDialog : public QDialog {
  Q_OBJECT

 public:
  LabelsDialog(const StudyActions& actions, const Study& study, QWidget* parent);

  void setFile(const QString& file);
  /// Nothing runs and nothing waits to be looked at.
  bool isSettled() const { return !m_jobs.isRunning() && !m_wait.isActive(); }
  void reject() override;

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 signals:
  /// The study's folder has other tables now.
  void studyChanged(const std::filesystem::path& folder);

 private:
  enum class Step { Look, Check, Write };
  QWidget* makeNewPage();
  QWidget* makeTablesPage();
  QWidget* makeButtons();
  void connectParts();
  void askFor(Step step);
  void doNext();
  void look();
  void check();
  void showLook(LabelLook look);
  void forget();
  void showPreview();
  void showSummary(const LabelSummary& summary);
  void showFailure(const Failure& failure);
  void say(const QString& text, bool wrong);
  void updateAdd();
  NewLabels labels() const;
  void add();
  void fillTables();
  void askToRemove();

  const StudyActions m_actions;
  Study m_study;
  LabelLook m_look;
  QTimer m_wait;
  Step m_step = Step::Look;   // what runs, or ran last
  bool m_lookWanted = false;  // another file was chosen since the last look
  bool m_again = false;       // something was asked for while something ran
  bool m_good = false;        // the table as it is chosen now can be attached
  bool m_words = false;       // columns are shown as words
  JobRunner m_jobs;

  QTabWidget* m_tabs;
  LabelForm* m_form;
  LabelColumns* m_columns;
  QTableWidget *m_preview, *m_tables;
  QLabel *m_previewTitle, *m_message;
  QPushButton *m_add, *m_close, *m_remove;
};

}  // namespace cortexscope
