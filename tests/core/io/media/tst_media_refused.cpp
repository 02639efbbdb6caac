// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <random>

extern "C" {
#include <libavformat/version.h>
}

#include "base/files.h"
#include "io/media/media.h"
#include "support/expect.h"
#include "support/make_media.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// What FFmpeg 7 says in other words than those before.
constexpr bool kNewFFmpeg = LIBAVFORMAT_VERSION_MAJOR >= 61;

void writeBytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string randomBytes(std::size_t count) {
  std::mt19937 generator(9);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(generator());
  return bytes;
}

std::string littleEndian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 255);
  return text;
}

/// Replaces `count` bytes found `offset` after the first place where `mark` stands.
std::string patched(std::string bytes, const std::string& mark, std::size_t offset, const std::string& by) {
  return bytes.replace(bytes.find(mark) + offset, by.size(), by);
}

}  // namespace

class TestMediaRefused : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void otherContentIsRefused_data();
  void otherContentIsRefused();
  void specialFilesAreRefused();
  void otherFilesAreNeverOpened();
  void damagedFilesNeitherCrashNorHang_data();
  void damagedFilesNeitherCrashNorHang();

 private:
  std::filesystem::path at(const std::string& name) { return m_folder.filePath(name.c_str()).toStdString(); }
  QTemporaryDir m_folder;
  std::string m_mp4, m_avi, m_rawAvi, m_wav;
};

void TestMediaRefused::initTestCase() {
  FilmSpec spec;
  spec.times = evenTimes(60, 40);
  spec.bFrames = 2;
  spec.soundRateHz = 8000;
  spec.soundSec = 2;
  spec.soundCodec = "aac";
  spec.sound = [](double timeSec, int) { return 0.3 * std::sin(2000 * timeSec); };
  writeFilm(at("good.mp4"), spec);
  m_mp4 = readTextFile(at("good.mp4"));
  spec.soundCodec = "pcm_s16le";
  writeFilm(at("good.avi"), spec);
  m_avi = readTextFile(at("good.avi"));
  spec.codec = "rawvideo";
  spec.soundRateHz = 0;
  writeFilm(at("raw.avi"), spec);
  m_rawAvi = readTextFile(at("raw.avi"));
  spec.codec = "";
  spec.soundRateHz = 8000;
  writeFilm(at("good.wav"), spec);
  m_wav = readTextFile(at("good.wav"));
}

void TestMediaRefused::otherContentIsRefused_data() {
  QTest::addColumn<QByteArray>("content");
  QTest::addColumn<QString>("reason");
  const auto row = [](const char* title, const std::string& content, const char* reason) {
    QTest::newRow(title) << QByteArray::fromStdString(content) << reason;
  };
  const std::string playlist =
      "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n" + at("good.mp4").string() + "\n";
  row("empty", "", "is empty");
  row("text", "this is not a film\n", "cannot be read");
  row("random", randomBytes(20000), "cannot be read");
  row("web page", "<!DOCTYPE html><html>404</html>", "web page");
  row("pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "Git LFS pointer");
  row("playlist", playlist, kNewFFmpeg ? "Not detecting m3u8/hls" : "not on whitelist");
  row("concat script", "ffconcat version 1.0\nfile '" + at("good.mp4").string() + "'\n", "not on whitelist");
  row("mp4 without its index", m_mp4.substr(0, m_mp4.find("moov") - 10), "moov atom not found");
  row("wav, rate 0", patched(m_wav, "fmt ", 12, littleEndian(0, 4)), "");
  row("wav, no channels", patched(m_wav, "fmt ", 10, littleEndian(0, 2)), "");
  row("wav, 65535 channels", patched(m_wav, "fmt ", 10, littleEndian(65535, 2)),
      kNewFFmpeg ? "neither a picture nor a sound stream" : "channels");
  row("wav, no data", m_wav.substr(0, 36), "");
  row("avi, wide pictures", patched(m_avi, "strf", 12, littleEndian(60000, 4)), "60000 x 48");
  row("avi, many pixels",
      patched(patched(m_avi, "strf", 12, littleEndian(16000, 4)), "strf", 16, littleEndian(16000, 4)),
      "16000 x 16000");
  row("avi, no height", patched(m_rawAvi, "strf", 16, littleEndian(0, 4)), "");
}

void TestMediaRefused::otherContentIsRefused() {
  QFETCH(QByteArray, content);
  QFETCH(QString, reason);
  const auto file = at("tested.mp4");
  writeBytes(file, content.toStdString());
  const auto decode = [&] {
    const MediaInfo info = probeMedia(file);
    if (info.hasVideo) VideoReader(file).frameAt(1);
    if (info.hasAudio) AudioReader(file, 8000).read(0, 1);
  };
  EXPECT_ERROR(ErrorCode::BadFile, decode(), "tested.mp4", reason.toStdString());
}

void TestMediaRefused::specialFilesAreRefused() {
  EXPECT_ERROR(ErrorCode::MissingFile, probeMedia(at("absent.mp4")), "absent.mp4", "cannot be opened");
  EXPECT_ERROR(ErrorCode::BadFile, probeMedia(at("")), "not a regular file");
  QCOMPARE(::mkfifo(at("pipe.mp4").c_str(), 0600), 0);
  EXPECT_ERROR(ErrorCode::BadFile, probeMedia(at("pipe.mp4")), "pipe.mp4", "not a regular file");
  std::filesystem::create_symlink("nowhere", at("dangling.mp4"));
  EXPECT_ERROR(ErrorCode::MissingFile, probeMedia(at("dangling.mp4")), "dangling.mp4");
  std::filesystem::create_symlink("/dev/zero", at("endless.mp4"));
  EXPECT_ERROR(ErrorCode::BadFile, probeMedia(at("endless.mp4")), "endless.mp4", "not a regular file");
  writeSubtitlesOnly(at("words.mkv"));
  EXPECT_ERROR(ErrorCode::BadFile, probeMedia(at("words.mkv")), "words.mkv", "neither a picture nor a sound",
               "1 streams");
}

void TestMediaRefused::otherFilesAreNeverOpened() {
  for (const std::string& url : {std::string("http://localhost:1/a.mp4"), "concat:" + at("good.mp4").string(),
                                 "file:" + at("good.mp4").string()})
    EXPECT_ERROR(ErrorCode::MissingFile, probeMedia(url), "cannot be opened");
}

void TestMediaRefused::damagedFilesNeitherCrashNorHang_data() {
  QTest::addColumn<QByteArray>("content");
  QTest::newRow("mp4") << QByteArray::fromStdString(m_mp4);
  QTest::newRow("avi") << QByteArray::fromStdString(m_avi);
  QTest::newRow("wav") << QByteArray::fromStdString(m_wav);
}

void TestMediaRefused::damagedFilesNeitherCrashNorHang() {
  QFETCH(QByteArray, content);
  std::mt19937 generator(17);
  int refused = 0, read = 0;
  for (int round = 0; round < 60; ++round) {
    std::string bytes = content.toStdString();
    const std::size_t reach = round % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 400);
    for (int i = 0; i < 8; ++i) bytes[generator() % reach] = static_cast<char>(generator());
    if (round % 5 == 0) bytes.resize(generator() % bytes.size());
    writeBytes(at("damaged"), bytes);
    try {
      const MediaInfo info = probeMedia(at("damaged"));
      if (info.hasVideo) {
        VideoReader reader(at("damaged"), 100, 100);
        for (const double timeSec : {0.0, 5.0, 1.0}) QVERIFY(reader.frameAt(timeSec).rgb.size() <= 30000);
      }
      if (info.hasAudio)
        for (const float sample : AudioReader(at("damaged"), 8000).read(0, 2)) QVERIFY(std::isfinite(sample));
      ++read;
    } catch (const Error& error) {
      QVERIFY2(std::strstr(error.what(), "damaged") != nullptr, error.what());
      ++refused;
    }
  }
  QCOMPARE(refused + read, 60);
  QVERIFY(read > 0);
}

QTEST_GUILESS_MAIN(TestMediaRefused)
#include "tst_media_refused.moc"
