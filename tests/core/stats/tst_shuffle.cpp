// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>

#include "stats/shuffle.h"
#include "support/expect.h"

using namespace cortexscope;

class TestShuffle : public QObject {
  Q_OBJECT
 private slots:
  void everyOrderIsEquallyLikely() {
    std::mt19937 generator(1);
    std::map<std::vector<int>, int> counts;
    for (int i = 0; i < 24000; ++i) {
      std::vector<int> items{0, 1, 2, 3};
      shuffle(items, generator);
      ++counts[items];
    }
    QCOMPARE(counts.size(), std::size_t{24});
    double chiSquare = 0;
    for (const auto& [order, count] : counts) chiSquare += (count - 1000.0) * (count - 1000.0) / 1000.0;
    QVERIFY2(chiSquare < 49.7,
             qPrintable(QString::number(chiSquare)));  // 0.999 quantile at 23 degrees of freedom
  }

  void drawsStayBelowTheBound() {
    std::mt19937 generator(1);
    for (std::uint32_t bound : {1u, 2u, 3u, 0x80000001u, 0xffffffffu})
      for (int i = 0; i < 1000; ++i) QVERIFY(uniformBelow(bound, generator) < bound);
  }

  void theSeedDecidesOnEveryMachine() {
    std::mt19937 generator(1);  // its first numbers, 1791095845 and 4282876139, are fixed by the C++ standard
    QCOMPARE(uniformBelow(10, generator), 5u);
    QCOMPARE(uniformBelow(10, generator), 9u);
  }
};

QTEST_APPLESS_MAIN(TestShuffle)
#include "tst_shuffle.moc"
