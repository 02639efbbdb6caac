// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_dialog/pictures_field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

#include "import_dialog/optional_number.h"
#include "widgets/look.h"
#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

constexpr double kLeastPerSec = 0.01, kMostPerSec = 1000, kStepPerSec = 0.5;
constexpr std::size_t kMostNamed = 3;

}  // namespace

PicturesField::PicturesField(QWidget* parent)
    : QWidget(parent), m_rate(new OptionalNumber(kStepPerSec, this)), m_length(look::note({}, this)) {
  m_rate->setObjectName(QStringLiteral("importPictures"));
  m_rate->setAccessibleName(tr("Pictures shown per second"));
  m_rate->setRange(0, kMostPerSec);
  m_rate->setDecimals(3);
  m_rate->setSingleStep(kStepPerSec);
  m_rate->setSuffix(tr(" per second"));
  m_rate->setSpecialValueText(tr("no film"));
  m_rate->setFocusPolicy(Qt::StrongFocus);
  m_rate->setToolTip(tr(
      "How many pictures of a folder were shown in a second, in the order of their names: they become a film "
      "of this rate. Half of one: each picture for 2 s"));
  m_length->setObjectName(QStringLiteral("importPicturesLength"));
  m_length->setTextFormat(Qt::PlainText);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(m_rate);
  row->addWidget(m_length, 1);
  connect(m_rate, &QDoubleSpinBox::valueChanged, this, [this] {
    showLength();
    emit rateChanged();
  });
}

void PicturesField::setPlan(const ImportPlan& plan) {
  m_folders.clear();
  for (const ImportStimulus& stimulus : plan.stimuli)
    if (stimulus.isFolder)
      m_folders.push_back({shownName(stimulus.file.filename().string(), 40), stimulus.pictures});
  showLength();
}

void PicturesField::forget() {
  const QSignalBlocker quiet(m_rate);
  m_rate->setValue(0);
}

std::optional<double> PicturesField::perSec() const {
  return hasPictures() && m_rate->value() >= kLeastPerSec ? std::optional(m_rate->value()) : std::nullopt;
}

void PicturesField::showLength() {
  const QLocale english(QLocale::English);
  const std::optional<double> rate = perSec();
  QStringList lines;
  for (const Folder& folder : m_folders) {
    const QString pictures =
        tr("%1: %2 pictures").arg(folder.name, english.toString(qlonglong(folder.pictures)));
    lines.append(rate
                     ? tr("%1 = %2 s").arg(pictures, QString::number(double(folder.pictures) / *rate, 'g', 6))
                     : pictures);
  }
  m_length->setToolTip(plainTip(lines.join('\n')));
  const qsizetype more = lines.size() - qsizetype(kMostNamed);
  QString text = QStringList(lines.mid(0, qsizetype(kMostNamed))).join(QStringLiteral(", "));
  if (more > 0) text = tr("%1 and %2 more").arg(text, QString::number(more));
  m_length->setText(text);
}

}  // namespace cortexscope
