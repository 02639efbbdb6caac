// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/format_bytes.h"
#include "io/packing/gzip.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

std::string noise(std::size_t size) {
  std::mt19937 generator(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(generator() % 7);
  return bytes;
}

}  // namespace

class TestGzip : public QObject {
  Q_OBJECT
 private slots:
  void readsEqual_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("members");
    for (const int size : {0, 1, 65535, 65536, 65537, 300000})
      for (const int members : {0, 1, 3})
        QTest::addRow("%d bytes, %d members", size, members) << size << members;
  }
  void readsEqual() {
    QFETCH(int, size);
    QFETCH(int, members);
    const std::string bytes = noise(static_cast<std::size_t>(size));
    std::string contents = members == 0 ? bytes : "", expected = members == 0 ? bytes : "";
    for (int i = 0; i < members; ++i) {
      contents += test::gzipped(bytes);
      expected += bytes;
    }
    QVERIFY(readUnpacked(m_scratch.write("x", contents), 4000000) == expected);
  }

  void readsInPieces() {
    const std::string bytes = noise(300000);
    UnpackingReader reader(m_scratch.write("x.gz", test::gzipped(bytes)));
    QVERIFY(reader.packed());
    std::string all, piece(977, '\0');
    for (std::size_t got = piece.size(); got == piece.size();) {
      got = reader.read(piece);
      all.append(piece, 0, got);
    }
    QVERIFY(all == bytes);
    QCOMPARE(reader.read(piece), std::size_t{0});
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("words");
    const std::string good = test::gzipped(noise(100000));
    const auto row = [](const char* name, const std::string& contents, const char* words) {
      QTest::newRow(name) << QByteArray(contents.data(), static_cast<int>(contents.size())) << words;
    };
    row("cut", good.substr(0, good.size() / 2), "cut");
    row("cut in the trailer", good.substr(0, good.size() - 3), "cut");
    std::string checksum = good;
    checksum[good.size() - 7] = static_cast<char>(checksum[good.size() - 7] ^ 1);
    row("checksum", checksum, "damaged");
    row("bytes after", good + "hello", "follow the compressed stream");
    row("too large", test::gzipped(std::string(3000000, 'a')), "2000000");
    row("too large, plain", std::string(2000001, 'a'), "2000000");
  }
  void refuses() {
    QFETCH(QByteArray, contents);
    QFETCH(QString, words);
    const auto file = m_scratch.write("bad.gz", contents.toStdString());
    EXPECT_ERROR(ErrorCode::BadFile, readUnpacked(file, 2000000), "bad.gz", words.toStdString());
  }
  void refusesWhatIsNoFile() {
    EXPECT_ERROR(ErrorCode::MissingFile, readUnpacked(m_scratch.path("none"), 10), "none");
    EXPECT_ERROR(ErrorCode::BadFile, readUnpacked(m_scratch.path(""), 10), "regular file");
  }

  void inflatesExactly() {
    const std::string bytes = noise(5000);
    for (const int window : {15, 31})
      QVERIFY(inflateExactly(test::packed(bytes, window), 5000, "x") == bytes);
    QVERIFY(inflateExactly(deflated(bytes), 5000, "x") == bytes);
    const std::string good = deflated(bytes);
    EXPECT_ERROR(ErrorCode::BadFile, inflateExactly(good, 4999, "array 1"), "array 1", "more than the 4999");
    EXPECT_ERROR(ErrorCode::BadFile, inflateExactly(good, 5001, "array 1"), "5000 bytes", "5001");
    EXPECT_ERROR(ErrorCode::BadFile, inflateExactly(good, 4000000000u, "array 1"), "4000000000",
                 "out of all proportion");
    EXPECT_ERROR(ErrorCode::BadFile, inflateExactly(good.substr(0, 300), 5000, "array 1"), "damaged");
    EXPECT_ERROR(ErrorCode::BadFile, inflateExactly("plain text", 5000, "array 1"), "damaged");
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestGzip)
#include "tst_gzip.moc"
