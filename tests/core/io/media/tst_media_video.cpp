// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <random>

#include "io/media/media.h"
#include "support/expect.h"
#include "support/make_media.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// Position of the picture on screen, found the plain way.
std::size_t onScreen(const std::vector<double>& timesSec, double timeSec) {
  std::size_t shown = 0;
  while (shown + 1 < timesSec.size() && timesSec[shown + 1] <= timeSec + 1e-6) ++shown;
  return shown;
}

std::vector<double> secondsOf(const FilmSpec& spec) {
  std::vector<double> timesSec;
  for (const std::int64_t time : spec.times)
    timesSec.push_back(static_cast<double>(time - spec.times.front()) / spec.timeScale);
  return timesSec;
}

/// Times in random order: exact picture times, times between them, before the first and after the last.
std::vector<double> askedTimes(const std::vector<double>& timesSec, int count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> anywhere(-0.5, timesSec.back() + 1);
  std::vector<double> asked;
  for (int i = 0; i < count; ++i)
    asked.push_back(i % 3 == 0 ? timesSec[generator() % timesSec.size()] : anywhere(generator));
  return asked;
}

std::filesystem::path materials() {
  const char* folder = std::getenv("CORTEXSCOPE_MATERIALS");
  return folder != nullptr ? folder : "";
}

}  // namespace

class TestMediaVideo : public QObject {
  Q_OBJECT

 private slots:
  void probeSaysWhatTheFilmHolds();
  void frameAtIsRightForAnyOrder_data();
  void frameAtIsRightForAnyOrder();
  void realFilmsMatchPlainDecoding_data();
  void realFilmsMatchPlainDecoding();
  void clockStartsAtTheFirstPicture();
  void picturesAreScaledToFit_data();
  void picturesAreScaledToFit();
  void pixelShapeIsUndone();
  void turnedPicturesAreUpright_data();
  void turnedPicturesAreUpright();
  void coloursAreExact();
  void lastPictureIsKeptWhereDataEndEarly();
  void goodFilmsHaveNoWarnings();
  void readersMove();
  void wrongQuestionsAreRefused();

 private:
  std::filesystem::path at(const std::string& name) { return m_folder.filePath(name.c_str()).toStdString(); }
  QTemporaryDir m_folder;
};

void TestMediaVideo::probeSaysWhatTheFilmHolds() {
  FilmSpec spec;
  spec.width = 96;
  spec.times = evenTimes(50, 40);
  spec.soundCodec = "aac";
  spec.soundRateHz = 22050;
  spec.channels = 2;
  spec.soundSec = 2;
  const auto file = at("K\u00fcche [1] 100% d:x.mp4");
  writeFilm(file, spec);
  const MediaInfo info = probeMedia(file);
  QVERIFY(info.hasVideo && info.hasAudio);
  QCOMPARE(info.width, 96);
  QCOMPARE(info.height, 48);
  QCOMPARE(info.audioRateHz, 22050);
  QCOMPARE(info.audioChannels, 2);
  QVERIFY(std::abs(info.framesPerSec - 25) < 1e-6);
  QVERIFY(std::abs(info.durationSec - 2) < 0.06);
  QVERIFY(info.warnings.empty());
}

void TestMediaVideo::frameAtIsRightForAnyOrder_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("codec");
  QTest::addColumn<int>("bFrames");
  QTest::addColumn<bool>("uneven");
  QTest::addColumn<int>("keyEvery");
  const auto row = [](const char* title, const char* name, const char* codec, int bFrames, bool uneven,
                      int keyEvery) {
    QTest::newRow(title) << name << codec << bFrames << uneven << keyEvery;
  };
  row("mp4, key pictures only", "a.mp4", "mpeg4", 0, false, 1);
  row("mp4", "b.mp4", "mpeg4", 0, false, 12);
  row("mp4, B-pictures", "c.mp4", "mpeg4", 2, false, 12);
  row("mp4, B-pictures, uneven times", "d.mp4", "mpeg4", 2, true, 30);
  row("mp4, one key picture", "e.mp4", "mpeg4", 2, true, 1000);
  row("mkv, B-pictures, uneven times", "f.mkv", "mpeg4", 2, true, 12);
  row("mkv, lossless, uneven times", "g.mkv", "ffv1", 0, true, 10);
  row("mov, uncompressed", "h.mov", "rawvideo", 0, true, 1);
  row("avi", "i.avi", "mpeg4", 0, false, 12);
  row("avi, B-pictures", "j.avi", "mpeg4", 2, false, 12);
  row("mpeg-ts, B-pictures", "k.ts", "mpeg2video", 2, false, 12);
  row("mpeg-ps, B-pictures", "l.mpg", "mpeg2video", 2, false, 12);
  row("flv", "m.flv", "flv", 0, true, 12);
  row("nut, B-pictures", "n.nut", "mpeg4", 2, true, 15);
}

void TestMediaVideo::frameAtIsRightForAnyOrder() {
  QFETCH(QString, name);
  QFETCH(QString, codec);
  QFETCH(int, bFrames);
  QFETCH(bool, uneven);
  QFETCH(int, keyEvery);
  FilmSpec spec;
  spec.codec = codec.toStdString();
  spec.bFrames = bFrames;
  spec.keyEvery = keyEvery;
  spec.times = uneven ? unevenTimes(250, 100, 5) : evenTimes(250, 1);
  if (!uneven) spec.timeScale = 25;
  const auto file = at(name.toStdString());
  writeFilm(file, spec);

  const std::vector<double> timesSec = secondsOf(spec);
  VideoReader reader(file);
  const double roundingSec = 0.0006;  // some containers keep whole milliseconds
  const auto check = [&](double askedSec) {
    const VideoFrame& frame = reader.frameAt(askedSec);
    const auto shown = static_cast<std::size_t>(numberIn(frame));
    QVERIFY2(shown < timesSec.size(), qPrintable(QString("read the number %1").arg(shown)));
    QVERIFY2(
        std::abs(frame.timeSec - timesSec[shown]) < roundingSec,
        qPrintable(
            QString("picture %1 is at %2 s, not %3 s").arg(shown).arg(timesSec[shown]).arg(frame.timeSec)));
    const std::size_t low = onScreen(timesSec, askedSec - roundingSec),
                      high = onScreen(timesSec, askedSec + roundingSec);
    QVERIFY2(shown >= low && shown <= high,
             qPrintable(QString("%1 s: picture %2, expected %3").arg(askedSec).arg(shown).arg(low)));
  };
  for (const double askedSec : askedTimes(timesSec, 150, 7)) check(askedSec);
  for (std::size_t i = 0; i < timesSec.size(); i += 3) check(timesSec[i] + 0.001);
  for (std::size_t i = timesSec.size(); i-- > 200;) check(timesSec[i] + 0.001);
}

void TestMediaVideo::realFilmsMatchPlainDecoding_data() {
  QTest::addColumn<QString>("file");
  const auto add = [](const char* name, const std::filesystem::path& folder) {
    const bool present = !folder.empty() && std::filesystem::exists(folder / name);
    QTest::newRow(name) << QString::fromStdString(present ? (folder / name).string() : std::string());
  };
  add("carphone_pristine.mp4", sharedData().empty() ? "" : sharedData() / "media");
  add("big_buck_bunny.mp4", materials());
  add("wannaworktogether.mp4", materials());
}

void TestMediaVideo::realFilmsMatchPlainDecoding() {
  QFETCH(QString, file);
  if (file.isEmpty()) QSKIP("the film is not on this machine");
  std::vector<double> timesSec;
  for (const PlainPicture& picture : decodePlainly(file.toStdString())) timesSec.push_back(picture.timeSec);
  VideoReader forward(file.toStdString(), 32, 32), jumping(file.toStdString(), 32, 32);
  std::vector<std::vector<std::uint8_t>> pictures;
  for (const double timeSec : timesSec) {
    const VideoFrame& frame = forward.frameAt(timeSec);
    QVERIFY(std::abs(frame.timeSec - timeSec) < 1e-9);
    pictures.push_back(frame.rgb);
  }
  for (const double askedSec : askedTimes(timesSec, 60, 11)) {
    const VideoFrame& frame = jumping.frameAt(askedSec);
    const std::size_t expected = onScreen(timesSec, askedSec);
    QCOMPARE(frame.timeSec, timesSec[expected]);
    QVERIFY2(frame.rgb == pictures[expected], "the picture differs from the one met on the way forward");
  }
}

void TestMediaVideo::clockStartsAtTheFirstPicture() {
  FilmSpec spec;
  spec.times = evenTimes(30, 100, 5000);
  writeFilm(at("late.mkv"), spec);
  VideoReader reader(at("late.mkv"));
  QCOMPARE(reader.frameAt(-3).timeSec, 0.0);
  QCOMPARE(reader.frameAt(0).timeSec, 0.0);
  QCOMPARE(numberIn(reader.frameAt(1.05)), 10);
  QVERIFY(std::abs(reader.frameAt(1.05).timeSec - 1.0) < 1e-9);
  QVERIFY(std::abs(reader.info().durationSec - 3.0) < 0.11);
}

void TestMediaVideo::picturesAreScaledToFit_data() {
  QTest::addColumn<int>("maxWidth");
  QTest::addColumn<int>("maxHeight");
  QTest::addColumn<int>("width");
  QTest::addColumn<int>("height");
  QTest::newRow("as it is") << 0 << 0 << 160 << 96;
  QTest::newRow("never larger") << 1000 << 1000 << 160 << 96;
  QTest::newRow("width binds") << 80 << 80 << 80 << 48;
  QTest::newRow("height binds") << 160 << 24 << 40 << 24;
  QTest::newRow("only height") << 0 << 48 << 80 << 48;
  QTest::newRow("odd size") << 35 << 0 << 35 << 21;
}

void TestMediaVideo::picturesAreScaledToFit() {
  QFETCH(int, maxWidth);
  QFETCH(int, maxHeight);
  QFETCH(int, width);
  QFETCH(int, height);
  FilmSpec spec;
  spec.width = 160;
  spec.height = 96;
  spec.times = evenTimes(40, 40);
  writeFilm(at("scale.mp4"), spec);
  VideoReader reader(at("scale.mp4"), maxWidth, maxHeight);
  const VideoFrame& frame = reader.frameAt(37 * 0.04);
  QCOMPARE(frame.width, width);
  QCOMPARE(frame.height, height);
  QCOMPARE(frame.rgb.size(), static_cast<std::size_t>(width * height * 3));
  QCOMPARE(numberIn(frame), 37);
  QCOMPARE(reader.info().width, 160);
}

void TestMediaVideo::pixelShapeIsUndone() {
  FilmSpec spec;
  spec.times = evenTimes(10, 40);
  spec.pixelWidth = 3;
  spec.pixelHeight = 2;
  writeFilm(at("wide.mkv"), spec);
  const MediaInfo info = probeMedia(at("wide.mkv"));
  QCOMPARE(info.width, 96);
  QCOMPARE(info.height, 48);
  VideoReader reader(at("wide.mkv"));
  QCOMPARE(reader.frameAt(0.2).width, 96);
  QCOMPARE(numberIn(reader.frameAt(0.2)), 5);
}

void TestMediaVideo::turnedPicturesAreUpright_data() {
  QTest::addColumn<int>("turnedDeg");
  QTest::addColumn<QString>("colours");  // top left, top right, bottom left, bottom right
  QTest::newRow("0") << 0 << "RGBW";
  QTest::newRow("90") << 90 << "BRWG";
  QTest::newRow("180") << 180 << "WBGR";
  QTest::newRow("270") << 270 << "GWRB";
}

void TestMediaVideo::turnedPicturesAreUpright() {
  QFETCH(int, turnedDeg);
  QFETCH(QString, colours);
  FilmSpec spec;
  spec.pictures = FilmSpec::Pictures::Quadrants;
  spec.times = evenTimes(3, 40);
  spec.turnedDeg = turnedDeg;
  writeFilm(at("turned.mp4"), spec);
  VideoReader reader(at("turned.mp4"));
  const VideoFrame& frame = reader.frameAt(0);
  const bool onItsSide = turnedDeg % 180 != 0;
  QCOMPARE(frame.width, onItsSide ? 48 : 64);
  QCOMPARE(frame.height, onItsSide ? 64 : 48);
  QString seen;
  for (const double down : {0.25, 0.75})
    for (const double across : {0.25, 0.75}) {
      const std::uint32_t colour = colourAt(frame, across, down);
      const bool red = (colour >> 16 & 255) > 127, green = (colour >> 8 & 255) > 127,
                 blue = (colour & 255) > 127;
      seen += red && green && blue ? 'W' : red ? 'R' : green ? 'G' : blue ? 'B' : '?';
    }
  QCOMPARE(seen, colours);
}

void TestMediaVideo::coloursAreExact() {
  FilmSpec spec;
  spec.codec = "ffv1";
  spec.pictures = FilmSpec::Pictures::Quadrants;
  spec.times = evenTimes(2, 40);
  writeFilm(at("exact.mkv"), spec);
  VideoReader lossless(at("exact.mkv"));
  QCOMPARE(colourAt(lossless.frameAt(0), 0.25, 0.25), 0xff0000U);
  QCOMPARE(colourAt(lossless.frameAt(0), 0.75, 0.25), 0x00ff00U);
  QCOMPARE(colourAt(lossless.frameAt(0), 0.25, 0.75), 0x0000ffU);
  QCOMPARE(colourAt(lossless.frameAt(0), 0.75, 0.75), 0xffffffU);
  spec.codec = "mpeg4";  // the way through luma and chroma must give the same colours but for rounding
  writeFilm(at("close.mp4"), spec);
  VideoReader lossy(at("close.mp4"));
  const std::uint32_t red = colourAt(lossy.frameAt(0), 0.25, 0.25);
  QVERIFY2((red >> 16) > 245 && (red >> 8 & 255) < 10 && (red & 255) < 10,
           qPrintable(QString::number(red, 16)));
}

void TestMediaVideo::lastPictureIsKeptWhereDataEndEarly() {
  FilmSpec spec;
  spec.times = evenTimes(100, 40);
  spec.codec = "ffv1";
  writeFilm(at("whole.mkv"), spec);
  std::filesystem::copy_file(at("whole.mkv"), at("cut.mkv"));
  std::filesystem::resize_file(at("cut.mkv"), std::filesystem::file_size(at("whole.mkv")) / 2);
  VideoReader reader(at("cut.mkv"));
  QVERIFY(std::abs(reader.info().durationSec - 4) < 0.01);
  const int last = numberIn(reader.frameAt(3.9));
  QVERIFY2(last > 30 && last < 60, qPrintable(QString::number(last)));
  QCOMPARE(numberIn(reader.frameAt(0.4)), 10);
  QCOMPARE(numberIn(reader.frameAt(3.9)), last);
  const auto warnings = reader.warnings();
  QVERIFY(std::any_of(warnings.begin(), warnings.end(), [](const std::string& warning) {
    return warning.find("stop early") != std::string::npos && warning.find("of 4 s") != std::string::npos;
  }));
}

void TestMediaVideo::goodFilmsHaveNoWarnings() {
  FilmSpec spec;
  spec.times = evenTimes(60, 40);
  spec.bFrames = 2;
  writeFilm(at("good.mp4"), spec);
  VideoReader reader(at("good.mp4"));
  reader.frameAt(100);
  reader.frameAt(1);
  QVERIFY2(reader.warnings().empty(), reader.warnings().empty() ? "" : reader.warnings().front().c_str());
}

void TestMediaVideo::readersMove() {
  FilmSpec spec;
  spec.times = evenTimes(20, 40);
  writeFilm(at("moved.mp4"), spec);
  VideoReader first(at("moved.mp4"));
  first.frameAt(0.4);
  VideoReader second(std::move(first));
  QCOMPARE(numberIn(second.frameAt(0.2)), 5);
}

void TestMediaVideo::wrongQuestionsAreRefused() {
  FilmSpec spec;
  spec.times = evenTimes(5, 40);
  writeFilm(at("small.mp4"), spec);
  VideoReader reader(at("small.mp4"));
  EXPECT_ERROR(ErrorCode::BadValue, reader.frameAt(std::nan("")), "small.mp4", "not a number");
  EXPECT_ERROR(ErrorCode::BadValue, VideoReader(at("small.mp4"), -1, 5), "small.mp4", "-1 x 5");
  spec.codec = "";
  spec.soundRateHz = 8000;
  spec.soundSec = 1;
  writeFilm(at("sound.wav"), spec);
  EXPECT_ERROR(ErrorCode::BadFile, VideoReader(at("sound.wav")), "sound.wav", "no picture stream");
  QVERIFY(!probeMedia(at("sound.wav")).hasVideo);
}

QTEST_GUILESS_MAIN(TestMediaVideo)
#include "tst_media_video.moc"
