// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "io/media/media.h"
#include "support/expect.h"
#include "support/make_media.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

constexpr double kTau = 2 * std::numbers::pi;

double tone(double timeSec, double hertz) {
  return 0.5 * std::sin(kTau * hertz * timeSec);
}

/// Largest difference from an expected signal over samples [from, to).
double worstError(const std::vector<float>& samples, std::size_t from, std::size_t to,
                  const std::function<double(std::size_t)>& expected) {
  double worst = 0;
  for (std::size_t i = from; i < to; ++i) worst = std::max(worst, std::abs(samples[i] - expected(i)));
  return worst;
}

/// Aperiodic sound: no two places look alike, so a shift by one sample shows.
double sweep(double timeSec) {
  return 0.4 * std::sin(kTau * (100 * timeSec + 40 * timeSec * timeSec));
}

FilmSpec soundOnly(int rateHz, double soundSec) {
  FilmSpec spec;
  spec.codec = "";
  spec.soundRateHz = rateHz;
  spec.soundSec = soundSec;
  spec.sound = [](double timeSec, int) { return sweep(timeSec); };
  return spec;
}

}  // namespace

class TestMediaAudio : public QObject {
  Q_OBJECT

 private slots:
  void samplesAtTheFilesRateAreExact();
  void resamplingKeepsTimeAndLevel_data();
  void resamplingKeepsTimeAndLevel();
  void channelsAreAveraged();
  void blocksGiveTheSameSamples_data();
  void blocksGiveTheSameSamples();
  void longWayBackGivesTheSameSamples();
  void soundKeepsItsPlaceBesideThePicture_data();
  void soundKeepsItsPlaceBesideThePicture();
  void gapsAreSilent();
  void outsideTheFileIsSilence();
  void badSamplesAreCountedAndSilenced();
  void soundThatEndsEarlyIsSaid();
  void realFilmsHaveSteadySound();
  void wrongQuestionsAreRefused();

 private:
  std::filesystem::path at(const std::string& name) { return m_folder.filePath(name.c_str()).toStdString(); }
  QTemporaryDir m_folder;
};

void TestMediaAudio::samplesAtTheFilesRateAreExact() {
  writeFilm(at("exact.wav"), soundOnly(16000, 1.5));
  AudioReader reader(at("exact.wav"), 16000);
  const std::vector<float> samples = reader.read(0, 1.5);
  QCOMPARE(samples.size(), std::size_t{24000});
  for (std::size_t i = 0; i < samples.size(); ++i)
    QCOMPARE(samples[i],
             static_cast<float>(std::lround(sweep(static_cast<double>(i) / 16000) * 32767) / 32768.0));
}

void TestMediaAudio::resamplingKeepsTimeAndLevel_data() {
  QTest::addColumn<int>("fromHz");
  QTest::addColumn<int>("toHz");
  QTest::newRow("down, whole") << 48000 << 16000;
  QTest::newRow("down, odd") << 44100 << 16000;
  QTest::newRow("up") << 22050 << 44100;
  QTest::newRow("up, odd") << 16000 << 22050;
}

void TestMediaAudio::resamplingKeepsTimeAndLevel() {
  QFETCH(int, fromHz);
  QFETCH(int, toHz);
  writeFilm(at("rate.wav"), soundOnly(fromHz, 2));
  AudioReader reader(at("rate.wav"), toHz);
  const std::vector<float> samples = reader.read(0, 2);
  QCOMPARE(samples.size(), static_cast<std::size_t>(2 * toHz));
  const auto edge = static_cast<std::size_t>(toHz / 100);
  const double error = worstError(samples, edge, samples.size() - edge,
                                  [&](std::size_t i) { return sweep(static_cast<double>(i) / toHz); });
  QVERIFY2(error < 2e-3, qPrintable(QString::number(error)));
}

void TestMediaAudio::channelsAreAveraged() {
  FilmSpec spec = soundOnly(8000, 1);
  spec.channels = 2;
  spec.sound = [](double timeSec, int channel) { return channel == 0 ? tone(timeSec, 440) : 0.25; };
  writeFilm(at("stereo.wav"), spec);
  const std::vector<float> samples = AudioReader(at("stereo.wav"), 8000).read(0, 1);
  const double error = worstError(samples, 0, samples.size(), [](std::size_t i) {
    return (tone(static_cast<double>(i) / 8000, 440) + 0.25) / 2;
  });
  QVERIFY2(error < 1e-4, qPrintable(QString::number(error)));
}

void TestMediaAudio::blocksGiveTheSameSamples_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("codec");
  QTest::addColumn<int>("toHz");
  QTest::newRow("wav, own rate") << "a.wav"
                                 << "pcm_s16le" << 22050;
  QTest::newRow("wav, resampled") << "b.wav"
                                  << "pcm_s16le" << 16000;
  QTest::newRow("flac, resampled") << "c.flac"
                                   << "flac" << 16000;
  QTest::newRow("mp4, aac") << "d.mp4"
                            << "aac" << 16000;
  QTest::newRow("mkv, aac") << "e.mkv"
                            << "aac" << 22050;
  QTest::newRow("avi, mp2") << "f.avi"
                            << "mp2" << 16000;
}

void TestMediaAudio::blocksGiveTheSameSamples() {
  QFETCH(QString, name);
  QFETCH(QString, codec);
  QFETCH(int, toHz);
  FilmSpec spec = soundOnly(22050, 4);
  spec.soundCodec = codec.toStdString();
  writeFilm(at(name.toStdString()), spec);
  const std::vector<float> whole = AudioReader(at(name.toStdString()), toHz).read(-0.5, 5);
  AudioReader reader(at(name.toStdString()), toHz);
  const auto check = [&](std::size_t first, std::size_t count) {
    const double startSec = static_cast<double>(first) / toHz - 0.5;
    const std::vector<float> block = reader.read(startSec, static_cast<double>(count) / toHz);
    QCOMPARE(block.size(), count);
    QVERIFY(std::equal(block.begin(), block.end(), whole.begin() + static_cast<std::ptrdiff_t>(first)));
  };
  for (std::size_t first = 0; first + 777 <= whole.size(); first += 777) check(first, 777);
  std::mt19937 generator(3);
  for (int i = 0; i < 50; ++i) check(generator() % (whole.size() - 5000), generator() % 5000);
}

void TestMediaAudio::longWayBackGivesTheSameSamples() {
  FilmSpec spec = soundOnly(8000, 100);
  spec.soundCodec = "aac";
  writeFilm(at("long.mkv"), spec);
  AudioReader reader(at("long.mkv"), 4000);
  const std::vector<float> start = reader.read(1, 2), middle = reader.read(50, 2), end = reader.read(97, 4);
  QCOMPARE(reader.read(50, 2), middle);
  QCOMPARE(reader.read(1, 2), start);
  QCOMPARE(reader.read(97, 4), end);
  const std::vector<float> whole = AudioReader(at("long.mkv"), 4000).read(0, 101);
  QVERIFY(std::equal(middle.begin(), middle.end(), whole.begin() + 50 * 4000));
}

void TestMediaAudio::soundKeepsItsPlaceBesideThePicture_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<int>("firstPictureMs");
  QTest::addColumn<double>("soundStartSec");
  QTest::newRow("together, mov") << "a.mov" << 0 << 0.0;
  QTest::newRow("sound later, mov") << "b.mov" << 0 << 0.5;
  QTest::newRow("sound later, mkv") << "c.mkv" << 0 << 0.5;
  QTest::newRow("picture later, mov") << "d.mov" << 700 << 0.0;
  QTest::newRow("picture later, mkv") << "e.mkv" << 700 << 0.0;
}

void TestMediaAudio::soundKeepsItsPlaceBesideThePicture() {
  QFETCH(QString, name);
  QFETCH(int, firstPictureMs);
  QFETCH(double, soundStartSec);
  FilmSpec spec = soundOnly(8000, 3);
  spec.codec = "mpeg4";
  spec.times = evenTimes(75, 40, firstPictureMs);
  spec.soundStartSec = soundStartSec;
  writeFilm(at(name.toStdString()), spec);
  AudioReader reader(at(name.toStdString()), 8000);
  const double clockStartSec = firstPictureMs / 1000.0;
  const std::vector<float> samples = reader.read(-1, 4);
  const auto expected = [&](std::size_t i) {
    const double timeSec = static_cast<double>(i) / 8000 - 1 + clockStartSec;  // the writer's clock
    const bool isSounding = timeSec > soundStartSec - 1e-9 && timeSec < soundStartSec + 3 - 1e-9;
    return isSounding ? sweep(timeSec) : 0;
  };
  // Matroska rounds to milliseconds: at the sound's start, up to that much may be missing or early.
  const double error = worstError(samples, 0, samples.size(), expected);
  QVERIFY2(error < 1e-3, qPrintable(QString::number(error)));
}

void TestMediaAudio::gapsAreSilent() {
  FilmSpec spec = soundOnly(8000, 4);
  spec.codec = "mpeg4";
  spec.times = evenTimes(100, 40);
  spec.soundGapSec = {1.0, 2.5};
  writeFilm(at("gap.mkv"), spec);
  const std::vector<float> samples = AudioReader(at("gap.mkv"), 8000).read(0, 4);
  const double error = worstError(samples, 0, samples.size(), [](std::size_t i) {
    return i >= 8000 && i < 20000 ? 0.0 : sweep(static_cast<double>(i) / 8000);
  });
  QVERIFY2(error < 1e-3, qPrintable(QString::number(error)));
}

void TestMediaAudio::outsideTheFileIsSilence() {
  writeFilm(at("short.wav"), soundOnly(8000, 1));
  AudioReader reader(at("short.wav"), 8000);
  for (const double startSec : {-10.0, 1.0, 5.0, 1e6}) {
    const std::vector<float> samples = reader.read(startSec, 0.3);
    QCOMPARE(samples.size(), std::size_t{2400});
    QVERIFY(std::all_of(samples.begin(), samples.end(), [](float sample) { return sample == 0; }));
  }
  QCOMPARE(reader.read(0, 0).size(), std::size_t{0});
  QVERIFY(reader.warnings().empty());
}

void TestMediaAudio::badSamplesAreCountedAndSilenced() {
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              infinity = std::numeric_limits<float>::infinity();
  std::vector<float> stereo(2 * 80000, 0.5F);
  for (const std::size_t i : {10U, 11U, 5000U}) stereo[i] = nan;
  stereo[9001] = infinity;
  stereo[9002] = -infinity;
  writeFloatWav(at("bad.wav"), 8000, 2, stereo);
  AudioReader reader(at("bad.wav"), 8000);
  const std::vector<float> samples = reader.read(0, 10);
  QVERIFY(std::all_of(samples.begin(), samples.end(), [](float sample) { return std::isfinite(sample); }));
  QCOMPARE(samples[5], 0.0F);      // both channels
  QCOMPARE(samples[2500], 0.25F);  // the left one alone
  QCOMPARE(samples[4], 0.5F);
  QCOMPARE(reader.replacedSamples(), std::int64_t{5});
  AudioReader resampled(at("bad.wav"), 6000);
  for (int pass = 0; pass < 2; ++pass) {
    const std::vector<float> other = resampled.read(0, 10);
    QVERIFY(std::all_of(other.begin(), other.end(), [](float sample) { return std::isfinite(sample); }));
    QCOMPARE(resampled.replacedSamples(), std::int64_t{5});
  }
  QVERIFY(resampled.warnings().back().find("5 samples are not finite") != std::string::npos);
}

void TestMediaAudio::soundThatEndsEarlyIsSaid() {
  writeFilm(at("full.wav"), soundOnly(8000, 10));
  std::filesystem::resize_file(at("full.wav"), 44 + 4 * 16000);
  AudioReader reader(at("full.wav"), 8000);
  const std::vector<float> samples = reader.read(0, 10);
  QVERIFY(std::abs(samples[31000] - sweep(31000 / 8000.0)) < 1e-3);
  QCOMPARE(samples[32100], 0.0F);
  QCOMPARE(reader.warnings().size(), std::size_t{2});
  QVERIFY2(reader.warnings().front().find("claims 160000 bytes of sound") != std::string::npos,
           reader.warnings().front().c_str());
  QVERIFY2(reader.warnings().back().find("damaged or cut") != std::string::npos,
           reader.warnings().back().c_str());
  FilmSpec film = soundOnly(8000, 10);
  film.soundCodec = "flac";
  writeFilm(at("full.mkv"), film);
  std::filesystem::resize_file(at("full.mkv"), std::filesystem::file_size(at("full.mkv")) / 2);
  AudioReader cut(at("full.mkv"), 8000);
  QCOMPARE(cut.read(9, 1), std::vector<float>(8000, 0.0F));
  QVERIFY(std::abs(cut.read(2, 1)[500] - sweep(2 + 500 / 8000.0)) < 1e-3);
  const std::string warning = cut.warnings().back();
  QVERIFY2(
      warning.find("stops early (at ") != std::string::npos && warning.find(" of 10 s") != std::string::npos,
      warning.c_str());
}

void TestMediaAudio::realFilmsHaveSteadySound() {
  const char* folder = std::getenv("CORTEXSCOPE_MATERIALS");
  const auto file = std::filesystem::path(folder != nullptr ? folder : "") / "wannaworktogether.mp4";
  if (folder == nullptr || !std::filesystem::exists(file)) QSKIP("the film is not on this machine");
  const std::vector<float> whole = AudioReader(file, 16000).read(0, 180);
  double squares = 0;
  for (const float sample : whole) squares += static_cast<double>(sample) * sample;
  const double levelDb = 10 * std::log10(squares / static_cast<double>(whole.size()));
  QVERIFY2(levelDb > -26 && levelDb < -18, qPrintable(QString::number(levelDb)));  // materials list: -21 dB
  AudioReader reader(file, 16000);
  for (const double startSec : {100.0, 20.0, 170.0, 20.5}) {
    const std::vector<float> block = reader.read(startSec, 1);
    QVERIFY(std::equal(block.begin(), block.end(), whole.begin() + std::lround(startSec * 16000)));
  }
}

void TestMediaAudio::wrongQuestionsAreRefused() {
  writeFilm(at("some.wav"), soundOnly(8000, 1));
  AudioReader reader(at("some.wav"), 8000);
  EXPECT_ERROR(ErrorCode::BadValue, reader.read(std::nan(""), 1), "some.wav", "cannot be read at once");
  EXPECT_ERROR(ErrorCode::BadValue, reader.read(0, -1), "-1 s", "cannot be read at once");
  EXPECT_ERROR(ErrorCode::BadValue, reader.read(0, 1e7), "some.wav", "10000000 s");
  EXPECT_ERROR(ErrorCode::BadValue, AudioReader(at("some.wav"), 0), "some.wav", "0 Hz", "384000");
  FilmSpec silent;
  silent.times = evenTimes(5, 40);
  writeFilm(at("silent.mp4"), silent);
  EXPECT_ERROR(ErrorCode::BadFile, AudioReader(at("silent.mp4"), 8000), "silent.mp4", "no sound stream");
}

QTEST_GUILESS_MAIN(TestMediaAudio)
#include "tst_media_audio.moc"
