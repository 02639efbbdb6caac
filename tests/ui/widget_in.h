// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextDocument>
#include <QWidget>

namespace cortexscope::test {

/// The `which`-th child of this name.
template <class Widget>
Widget& widgetIn(QWidget& parent, const char* name, int which = 0) {
  const auto found = parent.findChildren<Widget*>(QString::fromLatin1(name));
  if (found.size() <= which) qFatal("no widget %d is named %s", which, name);
  return *found[which];
}

/// A tool tip as people read it: plain ones are taken for HTML if they look so.
inline QString readTip(const QString& tip) {
  if (!Qt::mightBeRichText(tip)) return tip;
  QTextDocument shown;
  shown.setHtml(tip);
  return shown.toPlainText();
}

}  // namespace cortexscope::test
