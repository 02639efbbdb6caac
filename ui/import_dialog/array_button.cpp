// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_dialog/array_button.h"

#include "import_dialog/array_dialog.h"
#include "widgets/shown_text.h"

namespace cortexscope {

ArrayButton::ArrayButton(QWidget* parent) : QPushButton(tr("Data set …"), parent) {
  setObjectName(QStringLiteral("importArray"));
  connect(this, &QPushButton::clicked, this, &ArrayButton::ask);
  setPlan({});
}

void ArrayButton::setPlan(const ImportPlan& plan) {
  m_files = plan.arrayFiles;
  setEnabled(!m_files.empty());
  if (m_files.empty()) return setToolTip(tr("No file here holds several data sets to choose from"));
  QStringList lines{tr("Which data set of HDF5, MATLAB and npz files holds the responses")};
  for (const ArrayChoice& choice : m_choices)
    lines.append(choice.file.empty()
                     ? tr("chosen: %1").arg(shownName(choice.array))
                     : tr("chosen in %1: %2").arg(shownName(choice.file), shownName(choice.array)));
  setToolTip(plainTip(lines.join('\n')));
}

void ArrayButton::ask() {
  auto* dialog = new ArrayDialog(m_files, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog] {
    m_choices = dialog->choicesAfter(m_choices);
    emit choicesChanged();
  });
  dialog->open();
}

}  // namespace cortexscope
