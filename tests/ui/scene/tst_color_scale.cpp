// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>

#include "scene/color_scale.h"
#include "support/expect.h"

using namespace cortexscope;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> upTo(int last) {
  std::vector<float> values;
  for (int i = 0; i <= last; ++i) values.push_back(static_cast<float>(i));
  return values;
}

}  // namespace

class TestColorScale : public QObject {
  Q_OBJECT

 private slots:
  void percentiles_data() {
    QTest::addColumn<double>("percent");
    QTest::addColumn<float>("expected");
    QTest::newRow("lowest") << 0.0 << 0.0f;
    QTest::newRow("1st") << 1.0 << 2.0f;
    QTest::newRow("middle") << 50.0 << 100.0f;
    QTest::newRow("between two values") << 50.25 << 100.5f;
    QTest::newRow("99th") << 99.0 << 198.0f;
    QTest::newRow("highest") << 100.0 << 200.0f;
    QTest::newRow("beyond") << 140.0 << 200.0f;
  }
  void percentiles() {
    QFETCH(double, percent);
    QFETCH(float, expected);
    std::vector<float> values = upTo(200);
    std::reverse(values.begin() + 20, values.end());
    values.insert(values.begin() + 7, {kNaN, kInf, -kInf});
    QCOMPARE(percentile(values, percent).value(), expected);
  }

  void percentileOfNothing() {
    QVERIFY(!percentile({}, 50).has_value());
    const std::vector<float> values{kNaN, kInf};
    QVERIFY(!percentile(values, 50).has_value());
  }

  void percentileOfMany() {
    const std::vector<float> values = upTo(5'000'000);
    const float middle = percentile(values, 50).value();
    QVERIFY2(std::abs(middle - 2.5e6f) < 100, qPrintable(QString::number(middle)));
  }

  void signedLimits() {
    std::vector<float> values(1000, kNaN);
    for (int i = 0; i <= 100; ++i)
      values[static_cast<std::size_t>(i)] = static_cast<float>(i % 2 == 0 ? i : -i);
    const ColorScale scale = signedScale(values);
    QCOMPARE(scale.map, ColorMap::BlueWhiteRed);
    QCOMPARE(scale.high, 98.0f);
    QCOMPARE(scale.low, -98.0f);
  }

  void sparseSignedDataKeepTheirLimit() {
    std::vector<float> values(1000, 0.0f);
    values[3] = -2.5f;
    QCOMPARE(signedScale(values).high, 2.5f);
  }

  void oneSidedLimits() {
    const ColorScale scale = oneSidedScale(upTo(200));
    QCOMPARE(scale.map, ColorMap::Inferno);
    QCOMPARE(scale.low, 2.0f);
    QCOMPARE(scale.high, 198.0f);
  }

  void degenerateDataGiveLegalScales_data() {
    QTest::addColumn<std::vector<float>>("values");
    QTest::newRow("none") << std::vector<float>{};
    QTest::newRow("NaN alone") << std::vector<float>{kNaN, kNaN};
    QTest::newRow("zeros") << std::vector<float>(10, 0.0f);
    QTest::newRow("equal") << std::vector<float>(10, 3.0f);
    QTest::newRow("equal and huge") << std::vector<float>(10, 3e20f);
    QTest::newRow("equal and negative") << std::vector<float>(10, -3.0f);
  }
  void degenerateDataGiveLegalScales() {
    QFETCH(std::vector<float>, values);
    for (const ColorScale& scale : {signedScale(values), oneSidedScale(values), scaleFor(values)}) {
      scale.check();
      QVERIFY(scale.low < scale.high);
    }
  }

  void symmetricOnlyForSignedData() {
    QVERIFY(scaleFor(gaussian(1, 500)).isSigned());
    QVERIFY(!scaleFor(upTo(200)).isSigned());
    // One stray negative value among hundreds does not make a score map signed.
    std::vector<float> values = upTo(200);
    values[0] = -1;
    QVERIFY(!scaleFor(values).isSigned());
  }

  void illegalScales_data() {
    QTest::addColumn<ColorScale>("scale");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* name, auto change, const char* word) {
      ColorScale scale;
      scale.name = "r";
      change(scale);
      QTest::newRow(name) << scale << QString::fromLatin1(word);
    };
    row(
        "limits swapped", [](ColorScale& s) { s.low = 2; }, "lower limit 2 is");
    row(
        "limits equal", [](ColorScale& s) { s.low = s.high; }, "lower limit");
    row(
        "NaN limit", [](ColorScale& s) { s.high = kNaN; }, "upper limit nan");
    row(
        "negative threshold", [](ColorScale& s) { s.threshold = -0.5f; }, "threshold");
    row(
        "threshold barely below 0", [](ColorScale& s) { s.threshold = -1e-8f; }, "e-09");
    row(
        "NaN threshold", [](ColorScale& s) { s.threshold = kNaN; }, "threshold");
    row(
        "opacity beyond 1", [](ColorScale& s) { s.opacity = 1.5f; }, "opacity");
    row(
        "NaN opacity", [](ColorScale& s) { s.opacity = kNaN; }, "opacity");
  }
  void illegalScales() {
    QFETCH(ColorScale, scale);
    QFETCH(QString, word);
    EXPECT_ERROR(ErrorCode::BadValue, scale.check(), "\"r\"", word.toStdString());
  }

  void colors() {
    const ColorScale scale{.map = ColorMap::BlueWhiteRed};
    const Color low = *colorOf(scale, -5), middle = *colorOf(scale, 0), high = *colorOf(scale, 1);
    QVERIFY(low[2] > low[0] + 0.3f);
    QVERIFY(high[0] > high[2] + 0.25f);
    QVERIFY(middle[0] > 0.9f && middle[1] > 0.9f && middle[2] > 0.9f);
    QCOMPARE(*colorOf(scale, -1), low);
    const ColorScale inferno{.map = ColorMap::Inferno, .low = 0, .high = 1};
    float previous = -1;
    for (int i = 0; i <= 20; ++i) {
      const Color c = *colorOf(inferno, static_cast<float>(i) / 20);
      const float brightness = 0.2126f * c[0] + 0.7152f * c[1] + 0.0722f * c[2];
      QVERIFY2(brightness > previous, "a one-sided map grows brighter all along");
      previous = brightness;
    }
    QVERIFY(!colorOf(scale, kNaN) && !colorOf(scale, kInf));
  }

  void visibility_data() {
    QTest::addColumn<float>("value");
    QTest::addColumn<float>("fade");
    QTest::addColumn<float>("hide");
    QTest::newRow("above") << 0.6f << 0.8f << 0.8f;
    QTest::newRow("negative, above") << -0.6f << 0.8f << 0.8f;
    QTest::newRow("at") << 0.5f << 0.8f << 0.8f;
    QTest::newRow("half") << 0.25f << 0.2f << 0.0f;
    QTest::newRow("negative half") << -0.25f << 0.2f << 0.0f;
    QTest::newRow("zero") << 0.0f << 0.0f << 0.0f;
    QTest::newRow("NaN") << kNaN << 0.0f << 0.0f;
    QTest::newRow("infinite") << kInf << 0.0f << 0.0f;
  }
  void visibility() {
    QFETCH(float, value);
    QFETCH(float, fade);
    QFETCH(float, hide);
    ColorScale scale{.threshold = 0.5f, .opacity = 0.8f};
    QCOMPARE(visibilityOf(scale, value), fade);
    scale.belowThreshold = BelowThreshold::Hide;
    QCOMPARE(visibilityOf(scale, value), hide);
  }

  void ticks_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<std::vector<double>>("expected");
    QTest::newRow("symmetric") << -2.4 << 2.4 << std::vector<double>{-2, -1, 0, 1, 2};
    QTest::newRow("one-sided") << 0.0 << 1.0 << std::vector<double>{0, 0.5, 1};
    QTest::newRow("large") << 0.0 << 4000.0 << std::vector<double>{0, 1000, 2000, 3000, 4000};
    QTest::newRow("away from zero") << 101.0 << 103.2 << std::vector<double>{101, 101.5, 102, 102.5, 103};
    QTest::newRow("swapped") << 1.0 << 0.0 << std::vector<double>{};
  }
  void ticks() {
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(std::vector<double>, expected);
    const std::vector<double> ticks = roundTicks(low, high, 5);
    QCOMPARE(ticks.size(), expected.size());
    for (std::size_t i = 0; i < ticks.size(); ++i) QVERIFY(std::abs(ticks[i] - expected[i]) < 1e-9);
  }

  void legendHasLimitsAndZero() {
    ColorScale scale{.name = "Response", .unit = "z", .low = -2.41f, .high = 2.41f};
    const std::vector<LegendTick> legend = legendTicks(scale);
    QCOMPARE(legend.front().text, std::string("\u22122.41"));
    QCOMPARE(legend.back().text, std::string("2.41"));
    QVERIFY(std::any_of(legend.begin(), legend.end(), [](const LegendTick& t) { return t.text == "0"; }));
    for (std::size_t i = 1; i < legend.size(); ++i)
      QVERIFY2(legend[i].value - legend[i - 1].value > 0.08 * 4.82, "ticks keep apart");
    QCOMPARE(legendTitle(scale), std::string("Response (z)"));
    scale.unit.clear();
    QCOMPARE(legendTitle(scale), std::string("Response"));
  }

  void tickTexts() {
    QCOMPARE(tickText(-0.5, 0.5), std::string("\u22120.5"));
    QCOMPARE(tickText(2, 1), std::string("2"));
    QCOMPARE(tickText(0.02, 0.01), std::string("0.02"));
    QCOMPARE(tickText(3e6, 1e6), std::string("3e+06"));
  }

 private:
  static std::vector<float> gaussian(int rows, int columns) {
    const MatrixF values = cortexscope::test::gaussian(rows, columns, 5);
    return {values.data(), values.data() + values.size()};
  }
};

QTEST_APPLESS_MAIN(TestColorScale)
#include "tst_color_scale.moc"
