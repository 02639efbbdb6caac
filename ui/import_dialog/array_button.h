// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>
#include <vector>

#include "import/plan/import_plan.h"

namespace cortexscope {

/// "Data set …": which data set of files that hold several is taken as responses. Disabled, with the reason,
/// where no file holds several.
class ArrayButton : public QPushButton {
  Q_OBJECT

 public:
  explicit ArrayButton(QWidget* parent = nullptr);

  void setPlan(const ImportPlan& plan);
  const std::vector<ArrayChoice>& choices() const { return m_choices; }
  void forgetChoices() { m_choices.clear(); }

 signals:
  void choicesChanged();

 private:
  void ask();

  std::vector<ImportArrayFile> m_files;
  std::vector<ArrayChoice> m_choices;
};

}  // namespace cortexscope
