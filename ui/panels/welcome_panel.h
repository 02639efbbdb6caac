// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace cortexscope {

/// What is seen before a study is open: what the program is, and the ways to begin.
class WelcomePanel : public QWidget {
  Q_OBJECT

 public:
  explicit WelcomePanel(bool demoPossible, QWidget* parent = nullptr);

  void setRecent(const QStringList& folders);

 signals:
  void openAsked();
  void importAsked();
  void demoAsked();
  void recentAsked(const QString& folder);

 private:
  QWidget* makeButtons(bool demoPossible);

  QVBoxLayout* m_recent;
};

}  // namespace cortexscope
