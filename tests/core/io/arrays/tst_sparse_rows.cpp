// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/sparse_rows.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <functional>
#include <limits>

#include "base/files.h"
#include "support/expect.h"
#include "support/python.h"

using namespace cortexscope;
using namespace cortexscope::test;
namespace fs = std::filesystem;

namespace {

using Whole = std::vector<std::int64_t>;

/// The arrays of a small matrix, one of which a test spoils.
struct Arrays {
  std::vector<float> data{0.5f, 0.25f, 1, -2};
  Whole indices{0, 4, 2, 3}, indptr{0, 2, 2, 4}, shape{3, 5};
  std::string format = "csr";

  void write(const fs::path& file) const {
    NpzWriter writer;
    writer.add("data", std::span<const float>(data));
    writer.add("indices", std::span<const std::int64_t>(indices));
    writer.add("indptr", std::span<const std::int64_t>(indptr));
    writer.add("shape", std::span<const std::int64_t>(shape));
    writer.addText("format", format);
    writer.write(file);
  }
};

struct Spoiled {
  const char* name;
  std::function<void(Arrays&)> spoil;
  ErrorCode code;
  std::vector<std::string> words;
};

std::vector<Spoiled> spoiledArrays() {
  using enum ErrorCode;
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  return {
      {"column out of range",
       [](Arrays& a) { a.indices[1] = 5; },
       BadFile,
       {"\"indices\"", "value 5", "place 1", "0 to 4"}},
      {"column below 0", [](Arrays& a) { a.indices[0] = -1; }, BadFile, {"\"indices\"", "-1.0"}},
      {"columns do not rise", [](Arrays& a) { a.indices[1] = 0; }, BadFile, {"\"indices\"", "row 0", "rise"}},
      {"fewer columns than values",
       [](Arrays& a) { a.indices.pop_back(); },
       BadFile,
       {"\"indices\"", "3", "4"}},
      {"rows start late", [](Arrays& a) { a.indptr[0] = 1; }, BadFile, {"\"indptr\"", "0 to 4"}},
      {"rows fall", [](Arrays& a) { a.indptr[1] = 3, a.indptr[2] = 2; }, BadFile, {"\"indptr\"", "rising"}},
      {"rows end early", [](Arrays& a) { a.indptr[3] = 3; }, BadFile, {"\"indptr\""}},
      {"rows end beyond the values", [](Arrays& a) { a.indptr[3] = 5; }, BadFile, {"\"indptr\"", "5.0"}},
      {"a row too few", [](Arrays& a) { a.indptr.pop_back(); }, BadFile, {"\"indptr\"", "4 rising numbers"}},
      {"more rows than there are",
       [](Arrays& a) { a.shape[0] = 2'000'000'000; },
       BadFile,
       {"\"indptr\"", "2000000001"}},
      {"rows beyond 2^31",
       [](Arrays& a) { a.shape[0] = Whole::value_type{1} << 40; },
       BadFile,
       {"\"shape\""}},
      {"no columns", [](Arrays& a) { a.shape[1] = 0; }, BadFile, {"\"shape\""}},
      {"three sizes", [](Arrays& a) { a.shape.push_back(1); }, BadFile, {"\"shape\"", "two numbers"}},
      {"a value that is no number",
       [](Arrays& a) { a.data[2] = kNaN; },
       BadFile,
       {"\"data\"", "place 2", "not finite"}},
      {"an infinite value",
       [](Arrays& a) { a.data[3] = std::numeric_limits<float>::infinity(); },
       BadFile,
       {"place 3"}},
      {"columns instead of rows", [](Arrays& a) { a.format = "csc"; }, Unsupported, {"csr"}},
      {"another word", [](Arrays& a) { a.format = "dia "; }, Unsupported, {"csr"}},
  };
}

}  // namespace

class TestSparseRows : public QObject {
  Q_OBJECT

 private slots:
  void comesBack() {
    MatrixF dense = gaussian(50, 30, 1).unaryExpr([](float x) { return x > 1 ? x : 0.0f; });
    dense.row(7).setZero();
    const SparseRows matrix = dense.sparseView();
    NpzWriter writer;
    addSparseRows(writer, matrix);
    writer.write(m_file);
    const std::string bytes = readTextFile(m_file);
    const SparseRows read = sparseRowsIn(NpzReader(m_file));
    QVERIFY(MatrixF(read) == dense);
    QCOMPARE(read.nonZeros(), matrix.nonZeros());
    writer.write(m_file);
    QVERIFY(readTextFile(m_file) == bytes);
  }

  void spoiledArraysAreRefused() {
    Arrays{}.write(m_file);
    QCOMPARE(sparseRowsIn(NpzReader(m_file)).coeff(2, 3), -2.0f);
    for (const Spoiled& each : spoiledArrays()) {
      Arrays arrays;
      each.spoil(arrays);
      arrays.write(m_file);
      const Caught caught = errorOf([&] { sparseRowsIn(NpzReader(m_file)); });
      QVERIFY2(caught.thrown && caught.code == each.code, each.name);
      for (const std::string& word : each.words)
        QVERIFY2(caught.message.find(word) != std::string::npos,
                 (each.name + (": " + caught.message)).c_str());
      QVERIFY2(caught.message.find("matrix.npz") != std::string::npos, each.name);
    }
  }

  /// A file cut or changed anywhere is refused or read; nothing else happens.
  void damagedFilesAreRefused() {
    Arrays{}.write(m_file);
    const std::string good = readTextFile(m_file);
    for (std::size_t size = 0; size < good.size(); size += 7) {
      std::ofstream(m_file, std::ios::binary) << good.substr(0, size);
      QVERIFY2(errorOf([&] { sparseRowsIn(NpzReader(m_file)); }).thrown, textOf(size).c_str());
    }
    int refused = 0;
    for (std::size_t place = 0; place < good.size(); place += 3) {
      std::string bad = good;
      bad[place] = char(bad[place] ^ 0x55);
      std::ofstream(m_file, std::ios::binary) << bad;
      refused += errorOf([&] { sparseRowsIn(NpzReader(m_file)); }).thrown ? 1 : 0;
    }
    QVERIFY(refused > int(good.size()) / 6);
    NpzWriter empty;
    empty.write(m_file);
    EXPECT_ERROR(ErrorCode::BadFile, sparseRowsIn(NpzReader(m_file)), "matrix.npz", "no array \"format\"");
    EXPECT_ERROR(ErrorCode::MissingFile, NpzReader("none.npz"), "none.npz");
  }

  void scipyReadsIt() {
    const QString python = pythonWithNibabel();
    if (python.isEmpty() || QProcess::execute(python, {"-c", "import scipy.sparse"}) != 0)
      QSKIP("SciPy is not installed");
    Arrays{}.write(m_file);
    const QString file = QString::fromStdString(m_file.string());
    const QString check =
        "import sys, numpy as np, scipy.sparse as s\n"
        "m = s.load_npz(sys.argv[1])\n"
        "assert m.format == 'csr' and m.dtype == np.float32, m\n"
        "assert (m.toarray() == [[.5, 0, 0, 0, .25], [0] * 5, [0, 0, 1, -2, 0]]).all(), m.toarray()\n"
        "m.data[0] = 7\n"
        "s.save_npz(sys.argv[1], m)\n";
    QCOMPARE(QProcess::execute(python, {"-c", check, file}), 0);
    QCOMPARE(sparseRowsIn(NpzReader(m_file)).coeff(0, 0), 7.0f);
  }

 private:
  QTemporaryDir m_folder;
  const fs::path m_file = fs::path(m_folder.path().toStdString()) / "matrix.npz";
};

QTEST_GUILESS_MAIN(TestSparseRows)
#include "tst_sparse_rows.moc"
