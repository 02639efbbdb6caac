// SPDX-License-Identifier: GPL-3.0-or-later
#include <clocale>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/text.h"
#include "support/expect.h"

using namespace cortexscope;

/// Numbers as text, the same in the locale that tests run in (one with a decimal comma) and in that of C.
class TestText : public QObject {
  Q_OBJECT

 private slots:
  void numbersAreShort() {
    QCOMPARE(textOf(12.34), std::string("12.34"));
    QCOMPARE(textOf(0.1 + 0.2), std::string("0.3"));
    QCOMPARE(textOf(1e-7), std::string("1e-07"));
    QCOMPARE(textOf(120.0), std::string("120"));
    QCOMPARE(textOf(std::nan("")), std::string("nan"));
    QCOMPARE(textOf(-std::numeric_limits<double>::infinity()), std::string("-inf"));
    QCOMPARE(textOf(-5), std::string("-5"));
    QCOMPARE(textOf(std::numeric_limits<std::uint64_t>::max()), std::string("18446744073709551615"));
  }

  /// As C's own functions write them in the locale of C.
  void formsAreThoseOfPrintf() {
    const std::string before = std::setlocale(LC_NUMERIC, nullptr);
    for (const double value :
         {0.0, 0.25, -1.0 / 3, 1e-9, 123456.789, 1e22, std::numeric_limits<double>::max()})
      for (const int digits : {1, 3, 8}) {
        std::setlocale(LC_NUMERIC, "C");
        char general[400], fixed[400];
        std::snprintf(general, sizeof general, "%.*g", digits, value);
        std::snprintf(fixed, sizeof fixed, "%.*f", digits, value);
        std::setlocale(LC_NUMERIC, before.c_str());
        QCOMPARE(textOf(value, digits), std::string(general));
        QCOMPARE(fixedTextOf(value, digits), std::string(fixed));
      }
  }

  void exactTextsTellNumbersApart() {
    double value = 0.72;
    for (int i = 0; i < 100; ++i) {
      const double next = std::nextafter(value, 2.0);
      QVERIFY(exactTextOf(value) != exactTextOf(next));
      value = next;
    }
    QCOMPARE(exactTextOf(0.5), std::string("0.5"));
  }
};

QTEST_GUILESS_MAIN(TestText)
#include "tst_text.moc"
