// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/shortcuts.h"

#include <QDialog>
#include <QGridLayout>
#include <QLabel>
#include <QStringList>

#include "widgets/look.h"

namespace cortexscope {

namespace {

QString keysText(const Shortcut& shortcut) {
  QStringList names;
  for (const QKeySequence& key : shortcut.keys) names.append(key.toString(QKeySequence::NativeText));
  return names.join(QStringLiteral("  "));
}

void addLine(QGridLayout* grid, const QString& key, const QString& meaning, QWidget* parent) {
  const int row = grid->rowCount();
  grid->addWidget(look::heading(key, parent), row, 0);
  grid->addWidget(new QLabel(meaning, parent), row, 1);
}

}  // namespace

bool handleKey(const std::vector<Shortcut>& shortcuts, const QKeyCombination& key) {
  const QKeySequence pressed(QKeyCombination(key.keyboardModifiers() & ~Qt::KeypadModifier, key.key()));
  for (const Shortcut& shortcut : shortcuts) {
    for (const QKeySequence& wanted : shortcut.keys) {
      if (wanted != pressed || !shortcut.action) continue;
      shortcut.action();
      return true;
    }
  }
  return false;
}

QDialog* makeShortcutSheet(const std::vector<Shortcut>& shortcuts, QWidget* parent) {
  auto* sheet = new QDialog(parent);
  sheet->setObjectName(QStringLiteral("shortcutSheet"));
  sheet->setWindowTitle(QDialog::tr("Keys and mouse"));
  sheet->setAttribute(Qt::WA_DeleteOnClose);
  auto* grid = new QGridLayout(sheet);
  grid->setContentsMargins(24, 16, 24, 20);
  grid->setHorizontalSpacing(24);
  for (const Shortcut& shortcut : shortcuts) addLine(grid, keysText(shortcut), shortcut.meaning, sheet);
  addLine(grid, QDialog::tr("Drag a brain"), QDialog::tr("turn all brains"), sheet);
  addLine(grid, QDialog::tr("Wheel, right drag"), QDialog::tr("come closer"), sheet);
  addLine(grid, QDialog::tr("Shift + drag, middle drag"), QDialog::tr("move the brains"), sheet);
  addLine(grid, QDialog::tr("Click a brain"), QDialog::tr("look at one vertex"), sheet);
  addLine(grid, QDialog::tr("Shift + drag the timeline"), QDialog::tr("loop a range"), sheet);
  return sheet;
}

}  // namespace cortexscope
