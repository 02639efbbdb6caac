// SPDX-License-Identifier: GPL-3.0-or-later
#include "labels/label_form.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>

#include "widgets/look.h"
#include "widgets/number_box.h"

namespace cortexscope {

namespace {

std::filesystem::path pathOf(const QLineEdit& field) {
  return std::filesystem::path(field.text().trimmed().toStdString());
}

QString explanationOf(LabelTiming timing) {
  switch (timing) {
    case LabelTiming::Samples:
      return LabelForm::tr("One row per sample of the study, all runs in order.");
    case LabelTiming::Seconds:
      return LabelForm::tr(
          "A row holds from its time or onset (seconds of the film) until the next row; without such a "
          "column, for "
          "one period after the other.");
    case LabelTiming::Scenes:
      return LabelForm::tr(
          "A row per scene: onset and duration, in seconds of the film; scenes must not overlap.");
  }
  return {};
}

}  // namespace

LabelForm::LabelForm(QWidget* parent)
    : QWidget(parent),
      m_file(new QLineEdit(this)),
      m_id(new QLineEdit(this)),
      m_embedding(new QLineEdit(this)),
      m_timing(new QComboBox(this)),
      m_period(new NumberBox(this)),
      m_explanation(look::note({}, this)) {
  setObjectName(QStringLiteral("labelForm"));
  makeFields();
  auto* form = new QFormLayout(this);
  form->setContentsMargins(0, 0, 0, 0);
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  form->addRow(tr("Table"), fileRow(m_file, "labelsFileChoose", tr("Label table"),
                                    tr("Tables (*.tsv *.csv);;All files (*)")));
  form->addRow(tr("Name"), m_id);
  auto* rows = new QHBoxLayout;
  rows->addWidget(m_timing);
  rows->addWidget(new QLabel(tr("Period"), this));
  rows->addWidget(m_period);
  rows->addStretch(1);
  form->addRow(tr("A row describes"), rows);
  form->addRow(QString(), m_explanation);
  form->addRow(tr("Embedding"), fileRow(m_embedding, "labelsEmbeddingChoose", tr("Word vectors"),
                                        tr("Word vectors (*.txt *.vec *.npy);;All files (*)")));
  connect(m_file, &QLineEdit::textEdited, this, &LabelForm::fileChanged);
  for (QLineEdit* field : {m_id, m_embedding})
    connect(field, &QLineEdit::textChanged, this, &LabelForm::optionsChanged);
  connect(m_timing, &QComboBox::currentIndexChanged, this, [this] {
    showTiming();
    emit optionsChanged();
  });
  connect(m_period, &QDoubleSpinBox::valueChanged, this, &LabelForm::optionsChanged);
  showTiming();
}

void LabelForm::makeFields() {
  m_file->setObjectName(QStringLiteral("labelsFile"));
  m_file->setAccessibleName(tr("Table"));
  m_file->setPlaceholderText(
      tr("TSV or CSV; {person} and {stimulus} stand for ids, as in ratings_{person}.tsv"));
  m_file->setToolTip(
      tr("A table for all people, or one for each: {person} in the name stands for a person's id, {stimulus} "
         "for a "
         "film's. Files that are named so are found by themselves"));
  m_id->setObjectName(QStringLiteral("labelsName"));
  m_id->setAccessibleName(tr("Name of the table"));
  m_id->setToolTip(tr("How the study calls this table"));
  m_embedding->setObjectName(QStringLiteral("labelsEmbedding"));
  m_embedding->setAccessibleName(tr("Embedding"));
  m_embedding->setPlaceholderText(tr("none: columns hold numbers"));
  m_embedding->setToolTip(tr(
      "For columns of words: a file with a vector for each word, as text (word v1 v2 …) or as npy with the "
      "words beside it"));
  m_timing->setObjectName(QStringLiteral("labelsTiming"));
  m_timing->setAccessibleName(tr("What a row of the table describes"));
  m_timing->addItem(tr("a sample"), int(LabelTiming::Samples));
  m_timing->addItem(tr("seconds of the film"), int(LabelTiming::Seconds));
  m_timing->addItem(tr("a scene"), int(LabelTiming::Scenes));
  m_period->setObjectName(QStringLiteral("labelsPeriod"));
  m_period->setAccessibleName(tr("Seconds that a row describes"));
  m_period->setRange(0, 1e5);
  m_period->setDecimals(3);
  m_period->setSuffix(tr(" s"));
  m_period->setSpecialValueText(tr("by the times"));
  m_explanation->setObjectName(QStringLiteral("labelsExplanation"));
  m_explanation->setWordWrap(true);
  m_explanation->setTextFormat(Qt::PlainText);
  m_explanation->setFixedHeight(2 * m_explanation->fontMetrics().lineSpacing() +
                                4);  // other words move nothing
  m_explanation->setAlignment(Qt::AlignLeft | Qt::AlignTop);
}

QWidget* LabelForm::fileRow(QLineEdit* field, const char* name, const QString& title, const QString& filter) {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  auto* choose = new QPushButton(tr("Choose …"), box);
  choose->setObjectName(QString::fromLatin1(name));
  choose->setAutoDefault(false);
  row->addWidget(field, 1);
  row->addWidget(choose);
  connect(choose, &QPushButton::clicked, this, [this, field, title, filter] {
    const QString file =
        QFileDialog::getOpenFileName(this, title, QFileInfo(m_file->text()).absolutePath(), filter);
    if (file.isEmpty()) return;
    field->setText(file);
    if (field == m_file) emit fileChanged();
  });
  return box;
}

std::filesystem::path LabelForm::file() const {
  return pathOf(*m_file);
}

void LabelForm::setFile(const QString& file) {
  m_file->setText(file);
  emit fileChanged();
}

void LabelForm::setGuess(const NewLabels& guess, const QString& why) {
  const QSignalBlocker id(m_id), timing(m_timing), period(m_period);
  if (!guess.files.empty() && guess.files.front().file != std::filesystem::absolute(file()))
    m_file->setText(QString::fromStdString(guess.files.front().file.string()));
  m_id->setText(QString::fromStdString(guess.id));
  m_timing->setCurrentIndex(m_timing->findData(int(guess.timing)));
  m_period->setValue(0);
  m_guess = guess.timing;
  m_why = why;
  showTiming();
}

LabelTiming LabelForm::timing() const {
  return LabelTiming(m_timing->currentData().toInt());
}

bool LabelForm::wantsWords() const {
  return !m_embedding->text().trimmed().isEmpty();
}

void LabelForm::showTiming() {
  const bool seconds = timing() == LabelTiming::Seconds;
  m_period->setEnabled(seconds);
  m_period->setToolTip(
      seconds
          ? tr("Seconds of the film that a row describes; by the times: until the next row, at most for the "
               "usual step between rows")
          : tr("Only rows that describe seconds of the film have a period"));
  const bool guessed = !m_why.isEmpty() && timing() == m_guess;
  m_explanation->setText(guessed ? tr("%1 Chosen because %2.").arg(explanationOf(timing()), m_why)
                                 : explanationOf(timing()));
}

NewLabels LabelForm::labels() const {
  NewLabels labels;
  labels.id = m_id->text().trimmed().toStdString();
  labels.files = {{"", file()}};
  labels.timing = timing();
  if (labels.timing == LabelTiming::Seconds) labels.periodSec = m_period->value();
  labels.embedding = pathOf(*m_embedding);
  return labels;
}

}  // namespace cortexscope
