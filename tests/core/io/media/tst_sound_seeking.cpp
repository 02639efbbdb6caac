// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <array>
#include <cmath>
#include <fstream>

#include "io/media/media.h"
#include "support/make_media.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

constexpr double kFilmSec = 120;
constexpr double kReadSec = 0.5;

/// A number in -1 .. 1 that depends on `step` alone.
double drawn(std::int64_t step) {
  auto bits = static_cast<std::uint64_t>(step) * 0x9E3779B97F4A7C15ULL;
  bits ^= bits >> 29;
  bits *= 0xBF58476D1CE4E5B9ULL;
  bits ^= bits >> 32;
  return static_cast<double>(bits >> 11) / static_cast<double>(1ULL << 52) - 1;
}

/// Smooth noise: no two places of it are alike, so a shift by one sample shows.
double noise(double timeSec) {
  const double step = timeSec * 1500;
  const double from = std::floor(step), part = step - from;
  const auto index = static_cast<std::int64_t>(from);
  return 0.5 * (drawn(index) * (1 - part) + drawn(index + 1) * part);
}

/// Correlation of `part` with `whole` from sample `first` + `lag` on.
double correlation(const std::vector<float>& part, const std::vector<float>& whole, std::ptrdiff_t first) {
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::ptrdiff_t place = first + static_cast<std::ptrdiff_t>(i);
    if (place < 0 || place >= static_cast<std::ptrdiff_t>(whole.size())) continue;
    const double x = part[i], y = whole[static_cast<std::size_t>(place)];
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

/// By how many samples `part` comes later than it should.
int bestLag(const std::vector<float>& part, const std::vector<float>& whole, std::ptrdiff_t first) {
  int best = 0;
  double highest = -1;
  for (int lag = -60; lag <= 60; ++lag) {
    const double here = correlation(part, whole, first - lag);
    if (here > highest) highest = here, best = lag;
  }
  return best;
}

/// Bytes this process has asked the system for so far.
std::int64_t bytesReadByUs() {
  std::ifstream counters("/proc/self/io");
  std::string name;
  std::int64_t bytes = 0;
  counters >> name >> bytes;  // "rchar: 123"
  return bytes;
}

}  // namespace

class TestSoundSeeking : public QObject {
  Q_OBJECT

 private slots:
  void farPlacesAreReachedDirectly_data();
  void farPlacesAreReachedDirectly();
  void littleOfTheFileIsRead();
  void blocksAfterAJumpJoin();
  void beyondTheEndIsSilence();
  void soundThatEndsBeforeThePicture();
  void numbersStillComeFromTheFront();

 private:
  std::filesystem::path at(const QString& name) { return m_folder.filePath(name).toStdString(); }
  FilmSpec film(const QString& codec, int rateHz, bool withPictures) {
    FilmSpec spec;
    spec.codec = withPictures ? "mpeg4" : "";
    spec.times = evenTimes(static_cast<int>(kFilmSec) * 5, 200);
    spec.soundCodec = codec.toStdString();
    spec.soundRateHz = rateHz;
    spec.soundSec = kFilmSec;
    spec.sound = [](double timeSec, int) { return noise(timeSec); };
    return spec;
  }
  QTemporaryDir m_folder;
};

void TestSoundSeeking::farPlacesAreReachedDirectly_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("codec");
  QTest::addColumn<bool>("withPictures");
  QTest::addColumn<int>("fileHz");
  QTest::addColumn<int>("readHz");
  QTest::addColumn<double>("leastCorrelation");  // 1: the same bits
  QTest::newRow("wav") << "a.wav"
                       << "pcm_s16le" << false << 8000 << 8000 << 1.0;
  QTest::newRow("flac") << "a.flac"
                        << "flac" << false << 44100 << 44100 << 1.0;
  QTest::newRow("mov, pcm") << "a.mov"
                            << "pcm_s16le" << true << 44100 << 44100 << 1.0;
  QTest::newRow("mkv, pcm") << "a.mkv"
                            << "pcm_s16le" << true << 44100 << 44100 << 1.0;
  QTest::newRow("avi, pcm") << "a.avi"
                            << "pcm_s16le" << true << 44100 << 44100 << 1.0;
  QTest::newRow("mov, pcm, resampled") << "b.mov"
                                       << "pcm_s16le" << true << 48000 << 44100 << 1.0;
  QTest::newRow("mp4, aac") << "a.mp4"
                            << "aac" << true << 44100 << 44100 << 0.999;
  QTest::newRow("mp4, aac, resampled") << "b.mp4"
                                       << "aac" << true << 48000 << 44100 << 0.999;
  QTest::newRow("mkv, aac") << "b.mkv"
                            << "aac" << true << 44100 << 44100 << 0.999;
  QTest::newRow("mkv, aac, sound alone") << "c.mkv"
                                         << "aac" << false << 44100 << 44100 << 0.999;
  QTest::newRow("mp4, mp3") << "c.mp4"
                            << "libmp3lame" << true << 44100 << 44100 << 0.999;
  QTest::newRow("mkv, mp3") << "d.mkv"
                            << "libmp3lame" << true << 44100 << 44100 << 0.999;
  QTest::newRow("avi, mp2") << "c.avi"
                            << "mp2" << true << 44100 << 44100 << 0.999;
  QTest::newRow("mpeg transport, mp2") << "a.ts"
                                       << "mp2" << true << 48000 << 48000 << 0.999;
  QTest::newRow("flv, aac") << "a.flv"
                            << "aac" << true << 44100 << 44100 << 0.999;
  QTest::newRow("mkv, opus") << "e.mkv"
                             << "libopus" << true << 48000 << 44100 << 0.99;
  QTest::newRow("ogg, vorbis") << "a.ogg"
                               << "libvorbis" << false << 44100 << 44100 << 0.99;
}

void TestSoundSeeking::farPlacesAreReachedDirectly() {
  QFETCH(QString, name);
  QFETCH(QString, codec);
  QFETCH(bool, withPictures);
  QFETCH(int, fileHz);
  QFETCH(int, readHz);
  QFETCH(double, leastCorrelation);
  FilmSpec spec = film(codec, fileHz, withPictures);
  if (name.endsWith("flv")) spec.codec = "flv";
  writeFilm(at(name), spec);
  const std::vector<float> whole = AudioReader(at(name), readHz).read(0, kFilmSec);
  AudioReader reader(at(name), readHz, SoundSeeking::Nearby);
  const std::array places{100.0, 7.77, 50.0123, 0.0, 119.2, 0.7, 51.0, 30.5};
  for (const double startSec : places) {
    const std::vector<float> part = reader.read(startSec, kReadSec);
    const auto first = static_cast<std::ptrdiff_t>(std::llround(startSec * readHz));
    const QByteArray where = QByteArray::number(startSec) + " s: ";
    if (leastCorrelation == 1) {
      QVERIFY2(std::equal(part.begin(), part.end(), whole.begin() + first), where + "not the same samples");
      continue;
    }
    QCOMPARE(std::pair(where, bestLag(part, whole, first)), std::pair(where, 0));
    const double found = correlation(part, whole, first);
    QVERIFY2(found >= leastCorrelation, where + QByteArray::number(found, 'f', 6));
  }
  // A jump decodes half a second before it and what comes with it, up to a picture that stands for itself.
  const auto most = static_cast<std::int64_t>(static_cast<double>(places.size()) * 5 * fileHz);
  QVERIFY2(reader.decodedSamples() < most,
           QByteArray::number(static_cast<double>(reader.decodedSamples()) / fileHz));
}

/// Matroska lists the places of pictures alone: sound must not be searched by reading through.
void TestSoundSeeking::littleOfTheFileIsRead() {
  writeFilm(at("large.mkv"), film("pcm_s16le", 44100, true));
  AudioReader reader(at("large.mkv"), 44100, SoundSeeking::Nearby);
  const std::int64_t before = bytesReadByUs();
  reader.read(100, kReadSec);
  const std::int64_t read = bytesReadByUs() - before;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(at("large.mkv")));
  QVERIFY2(read < size / 10, qPrintable(QString("%1 of %2 bytes").arg(read).arg(size)));
}

void TestSoundSeeking::blocksAfterAJumpJoin() {
  writeFilm(at("join.mp4"), film("aac", 48000, true));
  const std::vector<float> whole = AudioReader(at("join.mp4"), 44100).read(90, 5);
  AudioReader reader(at("join.mp4"), 44100, SoundSeeking::Nearby);
  std::vector<float> joined;
  for (int block = 0; block < 20; ++block) {
    const std::vector<float> part = reader.read(90 + 0.25 * block, 0.25);
    joined.insert(joined.end(), part.begin(), part.end());
  }
  QCOMPARE(joined.size(), whole.size());
  QVERIFY(correlation(joined, whole, 0) > 0.999);
  QVERIFY(reader.decodedSamples() < 10 * 48000);
}

void TestSoundSeeking::beyondTheEndIsSilence() {
  writeFilm(at("end.mkv"), film("aac", 44100, true));
  AudioReader reader(at("end.mkv"), 44100, SoundSeeking::Nearby);
  for (const double startSec : {400.0, 400.25, 1e6, -20.0}) {
    const std::vector<float> part = reader.read(startSec, 0.25);
    QVERIFY(std::all_of(part.begin(), part.end(), [](float sample) { return sample == 0; }));
  }
  QVERIFY(reader.decodedSamples() < 20 * 44100);
}

void TestSoundSeeking::soundThatEndsBeforeThePicture() {
  FilmSpec spec = film("aac", 44100, true);
  spec.soundSec = 30;
  writeFilm(at("short.mkv"), spec);
  AudioReader reader(at("short.mkv"), 44100, SoundSeeking::Nearby);
  const std::vector<float> part = reader.read(110, 0.25), sounding = reader.read(20, 0.25);
  QVERIFY(std::all_of(part.begin(), part.end(), [](float sample) { return sample == 0; }));
  QVERIFY(correlation(sounding, AudioReader(at("short.mkv"), 44100).read(20, 0.25), 0) > 0.999);
  QVERIFY(reader.decodedSamples() < 10 * 44100);
}

void TestSoundSeeking::numbersStillComeFromTheFront() {
  writeFilm(at("front.mp4"), film("aac", 44100, true));
  AudioReader reader(at("front.mp4"), 16000);
  reader.read(100, 0.25);
  QVERIFY(reader.decodedSamples() >= 100 * 44100);
}

QTEST_GUILESS_MAIN(TestSoundSeeking)
#include "tst_sound_seeking.moc"
