// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QString>
#include <functional>
#include <vector>

class QDialog;
class QWidget;

namespace cortexscope {

/// One key of the window: what it does, in words and in deed.
struct Shortcut {
  std::vector<QKeySequence> keys;
  QString meaning;
  std::function<void()> action;  ///< empty for keys that the toolbar's actions own
};

/// Does what the pressed key means; false if it means nothing.
bool handleKey(const std::vector<Shortcut>& shortcuts, const QKeyCombination& key);

/// The list of all keys and gestures as a small window.
QDialog* makeShortcutSheet(const std::vector<Shortcut>& shortcuts, QWidget* parent);

}  // namespace cortexscope
