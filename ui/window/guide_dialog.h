// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QListWidget;
class QTextBrowser;
class QUrl;

namespace cortexscope {

/// The guide: pages (.md files of one folder) at the left, in the order in which index.md links to them, the
/// page itself at the right. Links between pages are followed here, those to the web open in the browser.
/// Nothing is remembered.
class GuideDialog : public QDialog {
  Q_OBJECT

 public:
  /// `folder` may be missing: then the window says so.
  explicit GuideDialog(const QString& folder, QWidget* parent = nullptr);

 private:
  void fillPages(const QString& folder);
  void showPage(int row);
  void markPage(const QUrl& page);

  QListWidget* m_pages;
  QTextBrowser* m_text;
};

}  // namespace cortexscope
