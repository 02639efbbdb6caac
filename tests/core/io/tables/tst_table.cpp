// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>

#include "base/files.h"
#include "io/tables/table.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

void writeBytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// "a|b / 1|2": columns, then rows.
std::string shown(const Table& table) {
  const auto joined = [](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) text += (i == 0 ? "" : "|") + cells[i];
    return text;
  };
  std::string text = joined(table.columns);
  for (const auto& row : table.rows) text += " / " + joined(row);
  return text;
}

}  // namespace

class TestTable : public QObject {
  Q_OBJECT

 private slots:
  void sidecarStandsBesideTheTable() {
    const auto table = at("sub-01_desc-x_timeseries.tsv");
    writeTsvSidecar(table, {{"music", "how much \"music\" there is", ""}, {"onset", "start", "s"}},
                    {{"Simulated", "yes"}});
    QCOMPARE(
        QString::fromStdString(readTextFile(at("sub-01_desc-x_timeseries.json"))).simplified().remove(' '),
        QString("{\"music\":{\"Description\":\"howmuch\\\"music\\\"thereis\"},\"onset\":{\"Description\":"
                "\"start\",\"Units\":\"s\"},\"Simulated\":\"yes\"}"));
    EXPECT_ERROR(ErrorCode::BadValue, writeTsvSidecar(at("x.csv"), {}), "x.csv");
  }
  void legalTablesAreRead_data();
  void legalTablesAreRead();
  void malformedIsRefused_data();
  void malformedIsRefused();
  void numbersAreRead();
  void wordsAmongNumbersAreRefused_data();
  void wordsAmongNumbersAreRefused();
  void missingColumnsAreNamed();
  void writtenTablesComeBack();
  void writerRefusesWhatCannotBeReadBack();
  void realTable();

 private:
  std::filesystem::path at(const std::string& name) { return m_folder.filePath(name.c_str()).toStdString(); }
  QTemporaryDir m_folder;
};

void TestTable::legalTablesAreRead_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QByteArray>("content");
  QTest::addColumn<QString>("expected");
  QTest::addColumn<QString>("warning");
  const auto row = [](const char* title, const char* name, const std::string& content, const char* expected,
                      const char* warning = "") {
    QTest::newRow(title) << name << QByteArray::fromStdString(content) << QString::fromUtf8(expected)
                         << warning;
  };
  row("plain", "t.tsv", "a\tb\n1\t2\n3\tn/a\n", "a|b / 1|2 / 3|n/a");
  row("no newline at the end", "t.tsv", "a\tb\n1\t2", "a|b / 1|2");
  row("CRLF", "t.tsv", "a\tb\r\n1\t2\r\n", "a|b / 1|2");
  row("CR", "t.tsv", "a\tb\r1\t2\r", "a|b / 1|2");
  row("mark", "t.tsv",
      "\xef\xbb\xbf"
      "a\tb\n1\t2\n",
      "a|b / 1|2");
  row("empty cells", "t.tsv", "a\tb\tc\n\t\t\n1\t\t3\n", "a|b|c / || / 1||3");
  row("last cell empty at the end", "t.tsv", "a\tb\n1\t", "a|b / 1|");
  row("one column with an empty cell", "t.tsv", "a\n1\n\n2\n\n\n", "a / 1 /  / 2");
  row("quotes are text in TSV", "t.tsv", "a\tb\n\"x\ty\"\n", "a|b / \"x|y\"");
  row("UTF-8", "t.tsv", "n\xc3\xa4me\n\xe8\x84\xb3\n\xf0\x9f\xa7\xa0\n", "n\u00e4me / \u8133 / \U0001F9E0");
  row("Latin-1", "t.tsv",
      "name\tx\nok\t1\nK\xfc"
      "che\t2\n",
      "name|x / ok|1 / K\u00fc"
      "che|2",
      "line 3 is not UTF-8");
  row("no rows", "t.tsv", "a\tb\n", "a|b", "no rows");
  row("CSV", "t.csv", "a,b\n1,2\n", "a|b / 1|2");
  row("CSV by capital letters", "t.CSV", "a,b\n1,2\n", "a|b / 1|2");
  row("CSV quotes", "t.csv", "a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\"\"\n",
      "a|b / x, y|say \"hi\" / two\nlines|");
  row("commas are text in TSV", "t.tsv", "a\n1,2\n", "a / 1,2");
}

void TestTable::legalTablesAreRead() {
  QFETCH(QString, name);
  QFETCH(QByteArray, content);
  QFETCH(QString, expected);
  QFETCH(QString, warning);
  writeBytes(at(name.toStdString()), content.toStdString());
  const Table table = readTable(at(name.toStdString()));
  QCOMPARE(QString::fromStdString(shown(table)), expected);
  QCOMPARE(table.lines.size(), table.rows.size());
  QCOMPARE(table.warnings.empty(), warning.isEmpty());
  if (!warning.isEmpty()) QVERIFY(QString::fromStdString(table.warnings.front()).contains(warning));
}

void TestTable::malformedIsRefused_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QByteArray>("content");
  QTest::addColumn<QString>("reason");
  const auto row = [](const char* title, const char* name, const std::string& content, const char* reason) {
    QTest::newRow(title) << name << QByteArray::fromStdString(content) << reason;
  };
  using namespace std::string_literals;
  row("empty", "t.tsv", "", "is empty");
  row("line ends alone", "t.tsv", "\n\r\n\n", "is empty");
  row("too few cells", "t.tsv", "a\tb\n1\t2\n3\n", "line 3: has 1 cells where the header has 2");
  row("too many cells", "t.tsv", "a\tb\n1\t2\t3\n", "line 2: has 3 cells");
  row("empty line between", "t.tsv", "a\tb\n\n1\t2\n", "line 2: has 1 cells");
  row("name twice", "t.tsv", "a\tb\ta\n1\t2\t3\n", "line 1: the column name \"a\" comes twice");
  row("NUL", "t.tsv",
      "a\tb\n1\t\0"
      "2\n"s,
      "line 2: holds the byte 0 at position 3");
  row("binary", "t.tsv", "a\tb\r\n1\t2\r\n\x01\t2\n", "line 3: holds the byte 1");
  row("UTF-16", "t.tsv",
      "\xff\xfe"
      "a\0\n\0"s,
      "UTF-16");
  row("UTF-16, other order", "t.tsv",
      "\xfe\xff\0"
      "a"s,
      "UTF-16");
  row("long line", "t.tsv", "a\n" + std::string(5 << 20, 'x') + "\n", "line 2: is longer than 4194304 bytes");
  row("open quote", "t.csv", "a,b\n1,\"2\n3,4\n", "line 2: a quote is opened and never closed");
  row("text after a quote", "t.csv", "a,b\n\"x\ny\",2\n1,\"2\"3\n",
      "line 4: something follows a closing quote");
  row("ragged after a quoted line end", "t.csv", "a,b\n\"x\ny\",2\n1\n", "line 4: has 1 cells");
  row("web page", "t.tsv", "<!DOCTYPE html>\n<html>", "web page");
  row("pointer", "t.tsv", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer");
  row("spreadsheet", "t.csv", "PK\x03\x04zip", "zip archive");
  row("gzip", "t.tsv", "\x1f\x8b\x08", "gzip");
}

void TestTable::malformedIsRefused() {
  QFETCH(QString, name);
  QFETCH(QByteArray, content);
  QFETCH(QString, reason);
  writeBytes(at(name.toStdString()), content.toStdString());
  EXPECT_ERROR(ErrorCode::BadFile, readTable(at(name.toStdString())), name.toStdString(),
               reason.toStdString());
  EXPECT_ERROR(ErrorCode::MissingFile, readTable(at("none.tsv")), "none.tsv");
}

void TestTable::numbersAreRead() {
  writeBytes(at("n.tsv"), "x\n1\n-2.5\n+3\n 4 \n1e-3\n1e-400\n.5\nn/a\n\nnan\ninf\n-inf\n7");
  const std::vector<double> numbers = numericColumn(readTable(at("n.tsv")), "x", at("n.tsv"));
  const std::vector<double> expected = {1, -2.5, 3, 4, 1e-3, 0, .5, NAN, NAN, NAN, INFINITY, -INFINITY, 7};
  QCOMPARE(numbers.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    QVERIFY(numbers[i] == expected[i] || (std::isnan(numbers[i]) && std::isnan(expected[i])));
}

void TestTable::wordsAmongNumbersAreRefused_data() {
  QTest::addColumn<QByteArray>("word");
  QTest::addColumn<QString>("reason");
  QTest::newRow("word") << QByteArray("later") << "is not a number";
  QTest::newRow("number and unit") << QByteArray("3 s") << "is not a number";
  QTest::newRow("decimal comma") << QByteArray("3,5") << "decimal sign must be a point";
  QTest::newRow("two signs") << QByteArray("+-3") << "is not a number";
  QTest::newRow("sign alone") << QByteArray("-") << "is not a number";
  QTest::newRow("hexadecimal") << QByteArray("0x10") << "is not a number";
  QTest::newRow("beyond range") << QByteArray("1e999") << "beyond the range";
  QTest::newRow("far beyond range") << QByteArray("-1e99999") << "beyond the range";
}

void TestTable::wordsAmongNumbersAreRefused() {
  QFETCH(QByteArray, word);
  QFETCH(QString, reason);
  writeBytes(at("w.csv"), "x,note\n1,\"two\nlines\"\n\"" + word.toStdString() + "\",b\n");
  const Table table = readTable(at("w.csv"));
  EXPECT_ERROR(ErrorCode::BadFile, numericColumn(table, "x", at("w.csv")), "w.csv", "line 4",
               word.toStdString(), "\"x\"", reason.toStdString());
  Table byHand;
  byHand.columns = {"x"};
  byHand.rows = {{"1"}, {word.toStdString()}};
  EXPECT_ERROR(ErrorCode::BadFile, numericColumn(byHand, "x", "hand.tsv"), "hand.tsv", "line 3");
}

void TestTable::missingColumnsAreNamed() {
  writeBytes(at("c.tsv"), "time\tlabel\n1\t2\n");
  const Table table = readTable(at("c.tsv"));
  QCOMPARE(table.column("label"), std::size_t{1});
  EXPECT_ERROR(ErrorCode::BadValue, table.column("onset"), "\"onset\"", "\"time\", \"label\"");
  EXPECT_ERROR(ErrorCode::BadValue, numericColumn(table, "onset", at("c.tsv")), "c.tsv", "\"onset\"");
}

void TestTable::writtenTablesComeBack() {
  MatrixD values(3, 2);
  values << 1, 0.1, -1234567.8, NAN, 1e-20, INFINITY;
  writeTsv(at("w.tsv"), {"first", "second one"}, values);
  QCOMPARE(readTextFile(at("w.tsv")), std::string("first\tsecond one\n1\t0.1\n-1234568\tn/a\n1e-20\tinf\n"));
  const Table table = readTable(at("w.tsv"));
  QCOMPARE(numericColumn(table, "first", at("w.tsv"))[1], -1234568.0);
  QVERIFY(std::isnan(numericColumn(table, "second one", at("w.tsv"))[1]));
}

void TestTable::writerRefusesWhatCannotBeReadBack() {
  EXPECT_ERROR(ErrorCode::BadShape, writeTsv(at("x.tsv"), {"a"}, MatrixD::Zero(1, 2)), "x.tsv",
               "1 column names for 2");
  EXPECT_ERROR(ErrorCode::BadValue, writeTsv(at("x.tsv"), {"a", "a"}, MatrixD::Zero(1, 2)), "x.tsv", "\"a\"");
  EXPECT_ERROR(ErrorCode::BadValue, writeTsv(at("x.tsv"), {"a\tb"}, MatrixD::Zero(1, 1)), "tab");
  QVERIFY(!std::filesystem::exists(at("x.tsv")));
}

void TestTable::realTable() {
  if (sharedData().empty()) QSKIP("CORTEXSCOPE_SHARED_DATA is not set");
  const auto file = sharedData() / "bids/test_desc-confounds_regressors.tsv";
  const Table table = readTable(file);
  QVERIFY(table.warnings.empty());
  const std::vector<double> displacement = numericColumn(table, "framewise_displacement", file);
  QVERIFY(std::isnan(displacement[0]));
  QCOMPARE(displacement[1], 0.2047947273);
}

QTEST_APPLESS_MAIN(TestTable)
#include "tst_table.moc"
