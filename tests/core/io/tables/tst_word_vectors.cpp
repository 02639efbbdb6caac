// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <fstream>

#include "io/arrays/npy.h"
#include "io/tables/word_vectors.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;

class TestWordVectors : public QObject {
  Q_OBJECT

  QTemporaryDir m_temporary;
  fs::path at(const std::string& name) const { return fs::path(m_temporary.path().toStdString()) / name; }
  WordVectors read(const std::string& text) const {
    std::ofstream(at("words.txt"), std::ios::binary) << text;
    return readWordVectors(at("words.txt"));
  }

 private slots:
  void readsText_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("spaces") << QByteArray("dog 1 -2.5\nstreet 3e-1 4\n");
    QTest::newRow("tabs") << QByteArray("dog\t1\t-2.5\nstreet\t3e-1\t4");
    QTest::newRow("two counts first") << QByteArray("2 2\ndog 1 -2.5 \nstreet 3e-1 4 \n");
    QTest::newRow("column names first") << QByteArray("word\tv1\tv2\ndog\t1\t-2.5\nstreet\t3e-1\t4\n");
    QTest::newRow("line ends of Windows, a mark, an empty line") << QByteArray(
        "\xef\xbb\xbf"
        "dog 1 -2.5\r\n\r\nstreet 3e-1 4\r\n");
  }

  void readsText() {
    QFETCH(QByteArray, text);
    const WordVectors words = read(text.toStdString());
    QVERIFY(words.words == (std::vector<std::string>{"dog", "street"}));
    QVERIFY(words.vectors == (MatrixF(2, 2) << 1, -2.5f, 0.3f, 4).finished());
    QVERIFY(words.row("street") == Index{1} && words.row("Dog") == Index{0} && !words.row("cat"));
    QVERIFY(words.warnings.empty());
  }

  void wordsMayHoldSpacesBetweenTabs() {
    const WordVectors words = read("hot dog\t1\t2\n");
    QVERIFY(words.row("hot dog") == Index{0});
  }

  void theFirstOfEqualWordsCounts() {
    const WordVectors words = read("dog 1 2\nDog 3 4\ndog 5 6\ndog 7 8\n");
    QVERIFY(words.words == (std::vector<std::string>{"dog", "Dog"}));
    QCOMPARE(words.vectors(0, 1), 2.0f);
    QVERIFY(words.row("Dog") == Index{1});
    QCOMPARE(words.warnings.size(), std::size_t{1});
    QVERIFY(words.warnings[0].find("2 words") != std::string::npos &&
            words.warnings[0].find("\"dog\"") != std::string::npos);
  }

  void readsArraysWithTheirWords() {
    const MatrixF vectors = test::gaussian(3, 4, 1);
    writeNpy(at("v.npy"), vectors);
    EXPECT_ERROR(ErrorCode::MissingFile, readWordVectors(at("v.npy")), "v.txt");
    std::ofstream(at("v.txt")) << "dog\nhot dog\nstreet\n";
    const WordVectors words = readWordVectors(at("v.npy"));
    QVERIFY(words.vectors == vectors && words.row("hot dog") == Index{1});
    std::ofstream(at("v.txt")) << "dog\nstreet\n";
    EXPECT_ERROR(ErrorCode::BadShape, readWordVectors(at("v.npy")), "3 vectors", "2 words");
    std::ofstream(at("v.txt")) << "dog\ncat\nstreet";
    MatrixF holes = vectors;
    holes(1, 1) = std::nanf("");
    writeNpy(at("v.npy"), holes);
    EXPECT_ERROR(ErrorCode::BadFile, readWordVectors(at("v.npy")), "v.npy", "NaN");
  }

  void refusesWhatIsNoTable() {
    EXPECT_ERROR(ErrorCode::MissingFile, readWordVectors(at("none.txt")), "none.txt");
    EXPECT_ERROR(ErrorCode::BadFile, read(""), "words.txt", "no word");
    EXPECT_ERROR(ErrorCode::BadFile, read("dog 1 2\ncat 1\n"), "words.txt", "line 2", "1 numbers",
                 "2 were expected");
    EXPECT_ERROR(ErrorCode::BadFile, read("dog 1 2\ncat\n"), "line 2", "without a vector");
    EXPECT_ERROR(ErrorCode::BadFile, read("dog 1 2\ncat 1 x2\n"), "line 2", "column 3", "\"x2\"");
    EXPECT_ERROR(ErrorCode::BadFile, read("dog 1 2\ncat 1 nan\n"), "line 2", "column 3", "\"nan\"");
    EXPECT_ERROR(ErrorCode::BadFile, read("dog 1 2\ncat inf 2\n"), "line 2", "column 2");
    EXPECT_ERROR(ErrorCode::BadFile, read("3 2\ndog 1 2\ncat 1 2\n"), "3 words", "2", "cut");
    EXPECT_ERROR(ErrorCode::BadFile, read("2 3\ndog 1 2\ncat 1 2\n"), "line 2", "3 were expected");
    EXPECT_ERROR(ErrorCode::BadFile, read("<!DOCTYPE html><html>"), "web page");
    EXPECT_ERROR(ErrorCode::BadFile, read(std::string(300, 'a') + " 1 2\n"), "line 1", "256");
  }

  void tinyNumbersAreZero() { QCOMPARE(read("dog 1e-60 1\n").vectors(0, 0), 0.0f); }
};

QTEST_APPLESS_MAIN(TestWordVectors)
#include "tst_word_vectors.moc"
