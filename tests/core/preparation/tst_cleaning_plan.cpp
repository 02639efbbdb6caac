// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/cleaning_plan.h"

#include <cmath>

#include "preparation/cleaning_json.h"
#include "support/expect.h"

using namespace cortexscope;
using nlohmann::json;

namespace {
const CleaningPlan kEverything{DropFirst{4},
                               DetrendPolynomial{2},
                               DetrendCosine{128},
                               DetrendSavitzkyGolay{120.5, 3},
                               RegressConfounds{{"trans_x", "rot_z_derivative1"}},
                               ZScore{},
                               AverageRepeats{}};
}

class TestCleaningPlan : public QObject {
  Q_OBJECT
 private slots:
  void stepsDescribeThemselves() {
    std::vector<std::string> texts;
    for (const CleaningStep& step : kEverything) texts.push_back(describe(step));
    const std::vector<std::string> expected{
        "drop the first 4 volumes of each run",
        "remove drift with a polynomial of order 2",
        "remove drift with periods of 128 s and longer (cosines)",
        "remove drift with a Savitzky-Golay filter, window 120.5 s, order 3",
        "regress out trans_x, rot_z_derivative1, together with the drift",
        "z-score each target within its run",
        "average runs of the same stimulus, then z-score again"};
    QCOMPARE(texts, expected);
    QCOMPARE(describe(DropFirst{1}), std::string("drop the first volume of each run"));
    QCOMPARE(describe(DetrendPolynomial{0}), std::string("remove each run's mean"));
    QCOMPARE(describe(RegressConfounds{}), std::string("regress out all confounds"));
  }

  void parametersHaveNamesAndUnits() {
    const auto parameters = parametersOf(kEverything[3]);
    QCOMPARE(parameters.size(), std::size_t(2));
    QCOMPARE(parameters[0].name + "=" + parameters[0].value + " " + parameters[0].unit,
             std::string("windowSec=120.5 s"));
    QCOMPARE(parameters[1].name + "=" + parameters[1].value, std::string("order=3"));
    QCOMPARE(parametersOf(DropFirst{4})[0].unit, std::string("volumes"));
    QCOMPARE(parametersOf(RegressConfounds{})[0].value, std::string("all"));
    QVERIFY(parametersOf(ZScore{}).empty());
  }

  void plansAreWrittenAndRead() {
    const std::string text = cleaningToJson(kEverything).dump();
    QVERIFY(text.starts_with(
        R"([{"step":"dropFirst","volumes":4},{"step":"detrendPolynomial","order":2},{"step":"detrendCosine",)"));
    QVERIFY(cleaningFromJson(json::parse(text)) == kEverything);
    QVERIFY(cleaningFromJson(json::parse("[]")).empty());
    // Every field that a file holds is one that the step shows to people.
    for (const auto& object : cleaningToJson(kEverything)) {
      const CleaningStep step = cleaningFromJson(json::parse("[" + object.dump() + "]")).front();
      QCOMPARE(object.size(), parametersOf(step).size() + 1);
      for (const StepParameter& parameter : parametersOf(step)) QVERIFY(object.contains(parameter.name));
    }
  }

  void refusesBadJson_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char* name, const char* text, const QStringList& words) {
      QTest::newRow(name) << QString(text) << words;
    };
    row("no list", R"({"step": "zscore"})", {"list"});
    row("no object", R"(["zscore"])", {"steps[0]", "object"});
    row("no step", R"([{"order": 2}])", {"steps[0]", "\"step\"", "missing"});
    row("step of another type", R"([{"step": 3}])", {"steps[0].step", "3"});
    row("unknown step", R"([{"step": "zscore"}, {"step": "smooth"}])",
        {"steps[1]", "\"smooth\"", "detrendCosine"});
    row("missing field", R"([{"step": "detrendSavitzkyGolay", "order": 3}])",
        {"steps[0]", "windowSec", "missing"});
    row("misspelt field", R"([{"step": "zscore", "ddof": 1}])", {"steps[0]", "ddof"});
    row("fraction", R"([{"step": "dropFirst", "volumes": 1.5}])", {"steps[0].volumes", "1.5"});
    row("too large", R"([{"step": "dropFirst", "volumes": 9999999999}])", {"steps[0].volumes", "too large"});
    row("text for a number", R"([{"step": "detrendCosine", "cutoffSec": "128"}])",
        {"steps[0].cutoffSec", "number"});
    row("number for names", R"([{"step": "regressConfounds", "columns": [1]}])",
        {"steps[0].columns[0]", "text"});
    row("name for names", R"([{"step": "regressConfounds", "columns": "x"}])", {"steps[0].columns", "list"});
  }
  void refusesBadJson() {
    QFETCH(QString, text);
    QFETCH(QStringList, words);
    const auto caught = test::errorOf([&] { cleaningFromJson(json::parse(text.toStdString())); });
    QVERIFY(caught.thrown);
    QVERIFY(caught.code == ErrorCode::BadFile);
    for (const QString& word : words)
      QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
  }

  void refusesBadPlans() {
    EXPECT_ERROR(ErrorCode::BadValue, checkPlan({ZScore{}, DropFirst{-1}}), "step 2 (dropFirst)", "-1");
    EXPECT_ERROR(ErrorCode::BadValue, checkPlan({DetrendPolynomial{-2}}), "detrendPolynomial", "-2");
    EXPECT_ERROR(ErrorCode::BadValue, checkPlan({DetrendCosine{0}}), "detrendCosine", "0 s");
    EXPECT_ERROR(ErrorCode::BadValue, checkPlan({DetrendCosine{std::nan("")}}), "nan");
    EXPECT_ERROR(ErrorCode::BadValue, checkPlan({DetrendSavitzkyGolay{-1, 3}}), "window", "-1 s");
    EXPECT_ERROR(ErrorCode::BadValue, checkPlan({DetrendSavitzkyGolay{120, -3}}), "order", "-3");
    EXPECT_ERROR(ErrorCode::BadValue, checkPlan({AverageRepeats{}, ZScore{}}), "step 1 (averageRepeats)",
                 "last");
    EXPECT_ERROR(ErrorCode::BadValue, cleaningFromJson(json::parse(R"([{"step":"dropFirst","volumes":-4}])")),
                 "-4");
    checkPlan(kEverything);
  }
};

QTEST_APPLESS_MAIN(TestCleaningPlan)
#include "tst_cleaning_plan.moc"
