// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <cmath>
#include <fstream>
#include <map>

#include "base/files.h"
#include "study/labels/label_source.h"
#include "study/labels/label_times.h"
#include "support/expect.h"
#include "support/make_media.h"

using namespace cortexscope;
namespace fs = std::filesystem;

namespace {

constexpr double kPeriod = 1.49;
constexpr double kStep = 0.0005;  // of the brute-force integral, seconds

/// What a row says of a film from one time to another.
struct Said {
  std::string film;
  double startSec, endSec, value;  ///< NaN = nothing
};

/// Mean over each sample's film time by looking at a fine grid of moments.
VectorD bruteForce(const Study& study, const std::vector<Said>& rows) {
  VectorD means(sampleCount(study.runs));
  for (const Run& run : study.runs)
    for (Index i = 0; i < run.sampleCount; ++i) {
      const double start = run.stimulusStartSec + kPeriod * double(i);
      double sum = 0;
      long count = 0;
      for (double t = start + kStep / 2; t < start + kPeriod; t += kStep)
        for (const Said& said : rows)
          if (said.film == run.stimulus && t >= said.startSec && t < said.endSec && std::isfinite(said.value))
            sum += said.value, ++count;
      means[run.firstSample + i] = count > 0 ? sum / double(count) : std::nan("");
    }
  return means;
}

bool alike(const MatrixD& values, const VectorD& expected) {
  if (values.rows() != expected.size() || values.cols() != 1) return false;
  for (Index t = 0; t < expected.size(); ++t) {
    if (std::isnan(values(t, 0)) != std::isnan(expected[t])) return false;
    if (std::abs(values(t, 0) - expected[t]) > 0.02) return false;
  }
  return true;
}

/// A table that must be refused, and what the refusal must say.
struct Misuse {
  const char* name;
  LabelTiming timing;
  double periodSec;
  std::string text;
  ErrorCode code;
  std::vector<std::string> words;
};

std::vector<Misuse> misuses() {
  using enum ErrorCode;
  using enum LabelTiming;
  return {
      {"scene past the film",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t0\t5\t1\na\t55\t12\t2\n",
       BadFile,
       {"line 3", "67 s", "60 s", "\"a\""}},
      {"scene before the film",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t-1\t5\t1\n",
       BadFile,
       {"line 2", "-1 s", "before the film"}},
      {"scenes overlap",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t0\t5\t1\nb\t1\t3\t1\na\t4\t2\t2\n",
       BadFile,
       {"line 4", "line 2", "overlaps", "5 s"}},
      {"scenes unsorted",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t9\t5\t1\na\t4\t2\t2\n",
       BadFile,
       {"line 3", "4 s", "earlier than 9 s", "line 2"}},
      {"scene without length",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t9\tn/a\t1\n",
       BadFile,
       {"line 2", "duration"}},
      {"scene of no length",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t9\t0\t1\n",
       BadFile,
       {"line 2", "no duration above 0"}},
      {"time that is a word",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\tsoon\t2\t1\n",
       BadFile,
       {"line 2", "\"soon\"", "\"onset\""}},
      {"no onset", Scenes, 0, "stimulus\tduration\tmood\na\t2\t1\n", BadValue, {"no column \"onset\""}},
      {"unknown film",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\nc\t9\t1\t1\n",
       BadFile,
       {"line 2", "film \"c\"", "none of the study's"}},
      {"which film",
       Scenes,
       0,
       "onset\tduration\tmood\n9\t1\t1\n",
       BadValue,
       {"column \"stimulus\"", "2 films"}},
      {"value that is a word",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t9\t1\tgloomy\n",
       BadFile,
       {"line 2", "\"gloomy\"", "\"mood\""}},
      {"infinite value",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t9\t1\tinf\n",
       BadFile,
       {"line 2", "\"mood\"", "infinite"}},
      {"item missing",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmod\na\t9\t1\t1\n",
       BadValue,
       {"no column \"mood\""}},
      {"item twice",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\tmood\na\t9\t1\t1\t1\n",
       BadFile,
       {"\"mood\"", "twice"}},
      {"nothing known",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\na\t9\t1\tn/a\n",
       BadValue,
       {"\"mood\"", "no value for any sample"}},
      {"nothing shown",
       Scenes,
       0,
       "stimulus\tonset\tduration\tmood\nb\t0\t1\t3\n",
       BadValue,
       {"\"mood\"", "no value for any sample"}},
      {"times unsorted",
       Seconds,
       0,
       "stimulus\ttime\tmood\na\t0\t1\na\t2\t1\na\t1\t1\n",
       BadFile,
       {"line 4", "1 s", "not later than 2 s", "line 3"}},
      {"time twice",
       Seconds,
       0,
       "stimulus\ttime\tmood\na\t0\t1\na\t0\t1\n",
       BadFile,
       {"line 3", "not later"}},
      {"time past the film",
       Seconds,
       1,
       "stimulus\ttime\tmood\na\t60.5\t1\n",
       BadFile,
       {"line 2", "60.5 s", "60 s"}},
      {"one time", Seconds, 0, "stimulus\ttime\tmood\na\t3\t1\n", BadValue, {"single time", "period"}},
      {"no times and no period",
       Seconds,
       0,
       "stimulus\tmood\na\t1\n",
       BadValue,
       {"\"time\"", "period is needed"}},
      {"too few rows",
       Seconds,
       20,
       "stimulus\tmood\na\t1\na\t2\nb\t1\nb\t2\n",
       BadShape,
       {"2 rows of 20 s", "40 s", "\"a\"", "59.6 s"}},
      {"too many rows",
       Seconds,
       20,
       "stimulus\tmood\na\t1\na\t2\na\t3\nb\t1\nb\t2\nb\t3\n",
       BadShape,
       {"3 rows of 20 s", "60 s", "\"b\"", "40 s"}},
      {"rows are not the samples", Samples, 0, "mood\n1\n2\n", BadShape, {"2 rows", "75 samples"}},
  };
}

}  // namespace

class TestLabelSource : public QObject {
  Q_OBJECT

  QTemporaryDir m_temporary;
  Study m_study;

  /// A study's item "mood" whose table holds `text`.
  LabelTable tableOf(LabelTiming timing, const std::string& text, double periodSec = 0) const {
    std::ofstream(m_study.path("mood.tsv"), std::ios::binary) << text;
    return {"mood", false, "mood.tsv", {{"mood", "Mood", "", "both"}}, timing, periodSec, {}};
  }
  MatrixD valuesOf(const LabelTable& table) const {
    return readLabelValues(m_study, table, nullptr, nullptr).items[0];
  }

 private slots:
  void initTestCase() {
    m_study.folder = m_temporary.path().toStdString();
    m_study.samplePeriodSec = kPeriod;
    m_study.stimuli = {{"a", "A", "films/first.mkv", ""}, {"b", "B", "films/second.mkv", ""}};
    // Film a from its start, again 12.3 s into it, and film b 3 s into it.
    m_study.runs = {
        {"1", "a", 0, 0, 40, false}, {"2", "a", 12.3, 40, 15, false}, {"3", "b", 3, 55, 20, true}};
    fs::create_directories(m_study.path("films"));
    for (const auto& [name, frames] : std::map<std::string, int>{{"first", 120}, {"second", 80}}) {
      test::FilmSpec film;
      film.codec = "ffv1";
      film.times = test::evenTimes(frames, 500);
      test::writeFilm(m_study.path("films/" + name + ".mkv"), film);
    }
  }

  void samplesAreRows() {
    std::string text = "mood\tother\n";
    for (int t = 0; t < 75; ++t) text += (t == 7 ? "n/a" : textOf(t)) + "\tword\n";
    const MatrixD values = valuesOf(tableOf(LabelTiming::Samples, text));
    for (Index t = 0; t < 75; ++t) QVERIFY(t == 7 ? std::isnan(values(t, 0)) : values(t, 0) == double(t));
  }

  void scenesAreMeansOverTheirOverlap() {
    const std::vector<Said> said{{"a", 0, 4.2, 1},  {"a", 4.2, 4.7, 7},          {"b", 0.5, 20.25, -2},
                                 {"a", 9, 20, 3},   {"a", 20, 21, std::nan("")}, {"a", 21, 59.9, 5},
                                 {"b", 30, 40.3, 4}};
    std::string text = "onset\tduration\tmood\tstim_file\n";
    for (const Said& row : said)
      text += textOf(row.startSec) + "\t" + textOf(row.endSec - row.startSec) + "\t" +
              (std::isnan(row.value) ? "n/a" : textOf(row.value)) + "\t" +
              (row.film == "a" ? "stimuli/first.mkv" : "second.mkv") + "\n";
    const MatrixD values = valuesOf(tableOf(LabelTiming::Scenes, text));
    const VectorD expected = bruteForce(m_study, said);
    QVERIFY(expected.array().isNaN().any());  // gaps between scenes are in play
    QVERIFY(alike(values, expected));
    QCOMPARE(values(0, 0), 1.0);  // equal values stay the very number
    QCOMPARE(values(20, 0), 5.0);
  }

  void momentsHoldUntilTheNext_data() {
    QTest::addColumn<double>("periodSec");
    QTest::newRow("median step") << 0.0;
    QTest::newRow("stated period") << 1.5;
  }

  void momentsHoldUntilTheNext() {
    QFETCH(double, periodSec);
    const std::vector<double> times{0,  2,  4,    5, 7,
                                    20, 22, 24.5, 30};  // a median step of 2, one shorter, some longer
    std::string text = "stimulus\tonset\tmood\n";
    std::vector<Said> said;
    for (std::size_t i = 0; i < times.size(); ++i) {
      const double hold = periodSec > 0 ? periodSec : 2;
      const double end = i + 1 < times.size() ? std::min(times[i] + hold, times[i + 1]) : times[i] + hold;
      said.push_back({"a", times[i], end, double(i * i % 7)});
      text += "a\t" + textOf(times[i]) + "\t" + textOf(i * i % 7) + "\n";
    }
    QVERIFY(alike(valuesOf(tableOf(LabelTiming::Seconds, text, periodSec)), bruteForce(m_study, said)));
  }

  void rowsOfAPeriodFillTheFilm() {
    std::string text = "stimulus\tmood\n";
    std::vector<Said> said;
    for (int i = 0; i < 24; ++i)
      text += "a\t" + textOf(i % 5) + "\n", said.push_back({"a", 2.5 * i, 2.5 * i + 2.5, double(i % 5)});
    for (int i = 0; i < 16; ++i)
      text += "b\t" + textOf(i % 3) + "\n", said.push_back({"b", 2.5 * i, 2.5 * i + 2.5, double(i % 3)});
    QVERIFY(alike(valuesOf(tableOf(LabelTiming::Seconds, text, 2.5)), bruteForce(m_study, said)));
  }

  void eachFilmMayHaveItsFile() {
    LabelTable table = tableOf(LabelTiming::Scenes, "");
    table.file = "scenes/{stimulus}.tsv";
    fs::create_directories(m_study.path("scenes"));
    std::ofstream(m_study.path("scenes/a.tsv")) << "onset\tduration\tmood\n0\t60\t1\n";
    EXPECT_ERROR(ErrorCode::MissingFile, valuesOf(table), "scenes/b.tsv");
    std::ofstream(m_study.path("scenes/b.tsv")) << "onset\tduration\tmood\n0\t40\t2\n";
    QVERIFY(alike(valuesOf(table), bruteForce(m_study, {{"a", 0, 60, 1}, {"b", 0, 40, 2}})));
    std::ofstream(m_study.path("scenes/b.tsv")) << "onset\tduration\tmood\tstimulus\n0\t40\t2\ta\n";
    EXPECT_ERROR(ErrorCode::BadFile, valuesOf(table), "b.tsv", "line 2", "\"a\"", "\"b\"");
  }

  void peopleHaveTheirOwnFiles() {
    LabelTable table{"own", true, "own/{person}.tsv", {{"mood", "Mood", "", "rating"}}, LabelTiming::Scenes,
                     0,     {}};
    const Person anna{"Anna/1", {}, "anna.tsv", 1, {}};
    QCOMPARE(labelFiles(m_study, table, &anna).front().path.string(), std::string("own/Anna_1.tsv"));
    EXPECT_ERROR(ErrorCode::MissingFile, readLabelValues(m_study, table, &anna, nullptr), "own/Anna_1.tsv");
    table.file.clear();
    QCOMPARE(labelFiles(m_study, table, &anna).front().path.string(), std::string("anna.tsv"));
  }

  void wordsAreMeansOfTheirVectors() {
    std::ofstream(m_study.path("words.txt")) << "dog 1 0 0\ncat 0 1 0\nstreet 0 0 3\n";
    const WordVectors words = readWordVectors(m_study.path("words.txt"));
    const LabelTable table =
        tableOf(LabelTiming::Scenes,
                "stimulus\tonset\tduration\tmood\na\t0\t5\tdog, Cat\na\t5\t5\tstreet zebra;yak zebra\n"
                "a\t10\t5\tyak\na\t15\t5\tn/a\na\t20\t5\t\na\t25\t5\tdog\n");
    const LabelValues values = readLabelValues(m_study, table, nullptr, &words);
    const MatrixD& vectors = values.items[0];
    QCOMPARE(vectors.cols(), Index{3});
    QVERIFY(vectors.row(0) == Eigen::RowVector3d(0.5, 0.5, 0));
    QVERIFY(vectors.row(4) == Eigen::RowVector3d(0, 0, 3));
    const double overlap = (5 - 3 * kPeriod) / kPeriod;  // sample 3 sees both scenes
    QVERIFY((vectors.row(3) - Eigen::RowVector3d(0.5 * overlap, 0.5 * overlap, 3 * (1 - overlap))).norm() <
            1e-12);
    for (Index t = 7; t < 16; ++t) QVERIFY(vectors.row(t).array().isNaN().all());
    QVERIFY(vectors.row(17) == Eigen::RowVector3d(1, 0, 0));
    QCOMPARE(values.unknown[0].count, 4L);
    QVERIFY(values.unknown[0].examples == (std::vector<std::string>{"zebra", "yak"}));
  }

  void refusesMisuse_data() {
    QTest::addColumn<int>("row");
    const std::vector<Misuse> all = misuses();
    for (std::size_t i = 0; i < all.size(); ++i) QTest::newRow(all[i].name) << int(i);
  }

  void refusesMisuse() {
    QFETCH(int, row);
    const Misuse misuse = misuses()[std::size_t(row)];
    const LabelTable table = tableOf(misuse.timing, misuse.text, misuse.periodSec);
    const auto caught = test::errorOf([&] { valuesOf(table); });
    QVERIFY2(caught.thrown, "nothing was refused");
    QVERIFY2(caught.code == misuse.code, caught.message.c_str());
    QVERIFY2(caught.message.find("mood.tsv") != std::string::npos, caught.message.c_str());
    for (const std::string& word : misuse.words)
      QVERIFY2(caught.message.find(word) != std::string::npos,
               ("\"" + word + "\" is missing in: " + caught.message).c_str());
  }

  void refusesTablesThatContradictThemselves() {
    const auto refused = [&](LabelTable table, const std::string& word) {
      EXPECT_ERROR(table.periodSec != 0 ? ErrorCode::BadValue : ErrorCode::BadFile,
                   checkLabelTable(m_study, table), "\"t\"", word);
    };
    refused({"t", false, "", {}}, "no file");
    refused({"t", false, "x_{person}.tsv", {}}, "shared");
    refused({"t", true, "x.tsv", {}}, "{person}");
    refused({"t", false, "x_{stimulus}.tsv", {}}, "per sample");
    refused({"t", false, "x.tsv", {}, LabelTiming::Scenes, 2, {}}, "seconds");
    refused({"t", false, "x.tsv", {}, LabelTiming::Seconds, -2, {}}, "above 0");
    checkLabelTable(m_study, {"t", true, "{person}/x_{stimulus}.tsv", {}, LabelTiming::Scenes, 0, {}});
  }
};

QTEST_APPLESS_MAIN(TestLabelSource)
#include "tst_label_source.moc"
