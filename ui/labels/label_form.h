// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "study/labels/attach_labels.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;

namespace cortexscope {

/// Which table is attached and how it is read: its file, its name, what a row describes, and an embedding for
/// words.
class LabelForm : public QWidget {
  Q_OBJECT

 public:
  explicit LabelForm(QWidget* parent = nullptr);

  std::filesystem::path file() const;
  void setFile(const QString& file);
  /// Takes what a look at the file said, with the reason for it.
  void setGuess(const NewLabels& guess, const QString& why);
  NewLabels labels() const;  ///< without items
  bool wantsWords() const;

 signals:
  void fileChanged();
  void optionsChanged();

 private:
  void makeFields();
  QWidget* fileRow(QLineEdit* field, const char* name, const QString& title, const QString& filter);
  void showTiming();
  LabelTiming timing() const;

  QLineEdit *m_file, *m_id, *m_embedding;
  QComboBox* m_timing;
  QDoubleSpinBox* m_period;
  QLabel* m_explanation;
  QString m_why;
  LabelTiming m_guess = LabelTiming::Samples;
};

}  // namespace cortexscope
