// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QImage>

#include "control/study_controller.h"
#include "playback/film_decoder.h"

class QLabel;

namespace cortexscope {

/// Shows one picture as large as it fits, or a sentence in its place.
class PictureView : public QWidget {
  Q_OBJECT

 public:
  explicit PictureView(QWidget* parent = nullptr);
  void setPicture(const QImage& picture);
  void setSentence(const QString& sentence);
  const QImage& picture() const { return m_picture; }
  const QString& sentence() const { return m_sentence; }
  QSize sizeHint() const override { return {420, 260}; }
  QSize minimumSizeHint() const override { return {220, 130}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QRect pictureBox() const;

  QImage m_picture;
  QString m_sentence;
};

/// The film at the clock's time, with its credit.
class FilmPanel : public QFrame {
  Q_OBJECT

 public:
  explicit FilmPanel(StudyController& controller, QWidget* parent = nullptr);

  /// True once the picture for the clock's time is shown (or it is known that there is none).
  bool isSettled() const { return !m_decoder.isBusy(); }
  /// Film time that was asked for when the picture now shown was decoded.
  double shownFilmSec() const { return m_shownFilmSec; }

 private:
  void showStudy();
  void showTime();
  void showPicture(const FilmPicture& picture);

  StudyController& m_controller;
  FilmDecoder m_decoder;
  PictureView* m_view;
  QLabel* m_title;
  QLabel* m_times;
  QLabel* m_credit;
  std::filesystem::path m_file;  // of the film that is shown or waited for
  double m_shownFilmSec = 0;
};

}  // namespace cortexscope
