// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/film_panel.h"

#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include "widgets/look.h"

namespace cortexscope {

PictureView::PictureView(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("filmPicture"));
  setAccessibleName(tr("Film picture"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void PictureView::setPicture(const QImage& picture) {
  m_picture = picture;
  m_sentence.clear();
  update();
}

void PictureView::setSentence(const QString& sentence) {
  m_picture = {};
  m_sentence = sentence;
  update();
}

QRect PictureView::pictureBox() const {
  const QSize shape = m_picture.isNull() ? QSize(16, 9) : m_picture.size();
  const QSize size = shape.scaled(rect().size(), Qt::KeepAspectRatio);
  return {QPoint((width() - size.width()) / 2, (height() - size.height()) / 2), size};
}

void PictureView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  const QRect box = pictureBox();
  QPainterPath outline;
  outline.addRoundedRect(rect(), 6, 6);
  painter.setClipPath(outline);
  painter.fillRect(rect(), QColor(0x12, 0x17, 0x1D));  // a screen: beside the picture it is dark
  if (!m_picture.isNull()) {
    painter.drawImage(box, m_picture);
    return;
  }
  painter.setPen(QColor(0xE3, 0xE9, 0xEE));
  painter.drawText(box.adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, m_sentence);
}

FilmPanel::FilmPanel(StudyController& controller, QWidget* parent)
    : QFrame(parent), m_controller(controller), m_decoder(this) {
  setObjectName(QStringLiteral("filmPanel"));
  setProperty("card", true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 8);
  layout->setSpacing(4);
  m_title = look::heading({}, this);
  m_title->setObjectName(QStringLiteral("filmTitle"));
  m_view = new PictureView(this);
  m_title->setWordWrap(true);
  m_times = look::note({}, this);
  m_times->setObjectName(QStringLiteral("filmTimes"));
  m_times->setToolTip(tr("Film time is counted from the start of the film file, in minutes and seconds."));
  m_credit = look::note({}, this);
  m_credit->setObjectName(QStringLiteral("filmCredit"));
  m_credit->setWordWrap(true);
  m_credit->setAccessibleName(tr("Credit of the film"));
  layout->addWidget(m_title);
  layout->addWidget(m_view, 1);
  layout->addWidget(m_times);
  layout->addWidget(m_credit);
  connect(&controller, &StudyController::studyChanged, this, &FilmPanel::showStudy);
  connect(&controller, &StudyController::timeChanged, this, &FilmPanel::showTime);
  connect(&m_decoder, &FilmDecoder::decoded, this, &FilmPanel::showPicture);
}

void FilmPanel::showStudy() {
  m_file.clear();
  showTime();
}

void FilmPanel::showTime() {
  if (!m_controller.hasStudy()) return;
  const Study& study = m_controller.study();
  const StudyMoment moment = m_controller.moment();
  const Run& run = study.runs[moment.run];
  const Stimulus& stimulus = study.stimulus(run.stimulus);
  m_title->setText(QString::fromStdString(stimulus.title));
  m_times->setText(tr("%1%2  ·  film %3")
                       .arg(QString::fromStdString(run.id), run.heldOut ? tr(" (held-out)") : QString(),
                            shownTime(moment.filmSec)));
  m_credit->setText(QString::fromStdString(stimulus.credit));
  const std::filesystem::path file = study.path(stimulus.file);
  if (file != m_file)
    m_view->setSentence(tr("Loading the film …"));  // no picture below another film's credit
  m_file = file;
  m_decoder.request(m_file, moment.filmSec);
}

void FilmPanel::showPicture(const FilmPicture& picture) {
  if (picture.file != m_file) return;  // a late answer
  m_shownFilmSec = picture.askedSec;
  m_view->setToolTip(picture.problem);
  if (!picture.problem.isEmpty()) {
    m_view->setSentence(tr("The film cannot be shown.\n%1").arg(picture.problem));
  } else if (picture.image.isNull()) {
    m_view->setSentence(tr("Sound only: this file has no pictures."));
  } else {
    m_view->setPicture(picture.image);
  }
}

}  // namespace cortexscope
