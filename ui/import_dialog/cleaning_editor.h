// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>
#include <vector>

#include "preparation/cleaning_plan.h"

class QLabel;
class QListWidget;
class QPushButton;
class QVBoxLayout;

namespace cortexscope {

/// The list of steps by which responses are cleaned, in their order: add, remove, move and change steps, undo
/// and redo.
class CleaningEditor : public QWidget {
  Q_OBJECT

 public:
  explicit CleaningEditor(QWidget* parent = nullptr);

  /// Forgets what could be undone.
  void setPlan(const CleaningPlan& plan);
  const CleaningPlan& plan() const { return m_plans[m_now]; }
  /// Why responses cannot be cleaned by this list; empty if they can.
  QString problem() const;

 signals:
  void planChanged();

 private:
  struct NumberRange {
    double least = 0, most = 1;
    int decimals = 0;
    QString unit = {};
  };
  using StepMaker = std::function<CleaningStep(double)>;

  QWidget* makeButtons();
  void change(CleaningPlan plan, int selected);
  void remember(CleaningPlan plan);
  void go(std::size_t to);
  void move(int by);
  void replaceStep(int row, const CleaningStep& step);
  void fillList(int selected);
  void showState();
  void showParameters();
  void addNumber(const QString& title, const NumberRange& range, double value, StepMaker made);
  void addColumns(const RegressConfounds& confounds);

  std::vector<CleaningPlan> m_plans{{}};  // what was, is, and can be redone
  std::size_t m_now = 0;
  QListWidget* m_list;
  QVBoxLayout* m_parameters;
  QLabel* m_problem;
  QPushButton *m_remove, *m_up, *m_down, *m_undo, *m_redo;
};

}  // namespace cortexscope
