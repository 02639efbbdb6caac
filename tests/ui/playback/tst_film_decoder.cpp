// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QtTest>
#include <fstream>

#include "playback/film_decoder.h"
#include "support/make_media.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// Asks a decoder and keeps all its answers.
struct Stage {
  FilmDecoder decoder;
  std::vector<FilmPicture> answers;

  Stage() {
    QObject::connect(&decoder, &FilmDecoder::decoded, &decoder,
                     [this](const FilmPicture& picture) { answers.push_back(picture); });
  }
  const FilmPicture& ask(const std::filesystem::path& file, double filmSec) {
    decoder.request(file, filmSec);
    settle();
    return answers.back();
  }
  void settle() { QTRY_VERIFY(!decoder.isBusy()); }
};

int numberShown(const FilmPicture& picture) {
  const QImage image = picture.image.convertToFormat(QImage::Format_RGB888);
  VideoFrame frame{image.width(), image.height(), picture.pictureSec, {}};
  for (int y = 0; y < image.height(); ++y)
    frame.rgb.insert(frame.rgb.end(), image.constScanLine(y), image.constScanLine(y) + 3 * image.width());
  return numberIn(frame);
}

}  // namespace

class TestFilmDecoder : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void answersWithThePictureOfTheTime();
  void theLastOfManyIsAnswered();
  void filmsTakeTurns();
  void largePicturesAreFitted();
  void soundAloneIsNoProblem();
  void problemsAreSaidEachTime();
  void endsWhileItIsAsked();

 private:
  std::filesystem::path at(const char* name) { return m_folder.filePath(name).toStdString(); }
  QTemporaryDir m_folder;
};

void TestFilmDecoder::initTestCase() {
  FilmSpec film;
  film.times = evenTimes(500, 40);
  writeFilm(at("a.mkv"), film);
  film.times = evenTimes(20, 1000);
  writeFilm(at("b.mp4"), film);
}

void TestFilmDecoder::answersWithThePictureOfTheTime() {
  Stage stage;
  for (const double filmSec : {0.0, 10.01, 3.999, 19.5, 100.0, -1.0}) {
    const FilmPicture& picture = stage.ask(at("a.mkv"), filmSec);
    const int due = std::clamp(static_cast<int>(std::floor(filmSec / 0.04)), 0, 499);
    QCOMPARE(numberShown(picture), due);
    QCOMPARE(picture.askedSec, filmSec);
    QVERIFY(std::abs(picture.pictureSec - due * 0.04) < 1e-3);
    QCOMPARE(picture.file, at("a.mkv"));
    QVERIFY(picture.problem.isEmpty());
  }
}

void TestFilmDecoder::theLastOfManyIsAnswered() {
  Stage stage;
  for (int picture = 0; picture < 400; ++picture) stage.decoder.request(at("a.mkv"), picture * 0.04);
  QVERIFY(stage.decoder.isBusy());
  stage.settle();
  QCOMPARE(numberShown(stage.answers.back()), 399);
  QVERIFY(stage.answers.size() < 400);
  for (std::size_t i = 1; i < stage.answers.size(); ++i)
    QVERIFY(stage.answers[i].askedSec > stage.answers[i - 1].askedSec);
}

void TestFilmDecoder::filmsTakeTurns() {
  Stage stage;
  for (int round = 0; round < 3; ++round) {
    QCOMPARE(numberShown(stage.ask(at("a.mkv"), 5)), 125);
    QCOMPARE(numberShown(stage.ask(at("b.mp4"), 5)), 5);
  }
}

void TestFilmDecoder::largePicturesAreFitted() {
  FilmSpec film;
  film.width = 2560;
  film.height = 1280;
  film.times = evenTimes(3, 1000);
  writeFilm(at("large.mkv"), film);
  Stage stage;
  const FilmPicture& picture = stage.ask(at("large.mkv"), 2);
  QCOMPARE(picture.image.size(), QSize(1280, 640));
  QCOMPARE(numberShown(picture), 2);
}

void TestFilmDecoder::soundAloneIsNoProblem() {
  writeFloatWav(at("sound.wav"), 8000, 1, std::vector<float>(8000, 0.1f));
  Stage stage;
  const FilmPicture& picture = stage.ask(at("sound.wav"), 0.5);
  QVERIFY(picture.image.isNull());
  QVERIFY(picture.problem.isEmpty());
}

void TestFilmDecoder::problemsAreSaidEachTime() {
  std::ofstream(at("text.mkv")) << "no film at all";
  Stage stage;
  for (int round = 0; round < 2; ++round) {
    const FilmPicture& picture = stage.ask(at("text.mkv"), round);
    QVERIFY(picture.image.isNull());
    QVERIFY2(picture.problem.contains("text.mkv"), qPrintable(picture.problem));
  }
  QVERIFY(stage.ask(at("nowhere.mkv"), 0).problem.contains("nowhere.mkv"));
  QVERIFY(stage.ask(at("a.mkv"), std::nan("")).problem.contains("not a number"));
  QCOMPARE(numberShown(stage.ask(at("a.mkv"), 1)), 25);
}

void TestFilmDecoder::endsWhileItIsAsked() {
  for (int round = 0; round < 20; ++round) {
    FilmDecoder decoder;
    decoder.request(at("a.mkv"), round);
  }
}

QTEST_GUILESS_MAIN(TestFilmDecoder)
#include "tst_film_decoder.moc"
