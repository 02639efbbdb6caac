// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/parallel.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

class TestParallel : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { useSingleThreadedLinearAlgebra(); }
  void everyBlockIsDoneOnce_data();
  void everyBlockIsDoneOnce();
  void bitsDoNotDependOnThreads();
  void firstErrorComesBack();
  void errorStopsFurtherBlocks();
  void cancelComesBackAsCancelled();
  void callsMayNest();
  void severalThreadsWork();
  void threadCountIsResolved();
};

void TestParallel::everyBlockIsDoneOnce_data() {
  QTest::addColumn<int>("blocks");
  QTest::addColumn<int>("threads");
  for (const int blocks : {0, 1, 2, 7, 1000})
    for (const int threads : {-1, 0, 1, 3, 16})
      QTest::addRow("%d blocks, %d threads", blocks, threads) << blocks << threads;
}

void TestParallel::everyBlockIsDoneOnce() {
  QFETCH(int, blocks);
  QFETCH(int, threads);
  std::vector<std::atomic<int>> done(static_cast<std::size_t>(blocks));
  parallelFor(blocks, threads, [&](Index block) { ++done.at(static_cast<std::size_t>(block)); });
  for (const auto& count : done) QCOMPARE(count.load(), 1);
}

void TestParallel::bitsDoNotDependOnThreads() {
  const MatrixF left = gaussian(200, 150, 1), right = gaussian(150, 300, 2);
  const auto product = [&](int threads) {
    MatrixF result(200, 300);
    parallelFor(30, threads, [&](Index block) {
      result.middleCols(block * 10, 10).noalias() = left * right.middleCols(block * 10, 10);
    });
    return result;
  };
  const MatrixF one = product(1);
  for (const int threads : {2, 3, 8}) QVERIFY(product(threads) == one);
  QVERIFY(test::largestDifference(one, left * right) < 1e-4F);
}

void TestParallel::firstErrorComesBack() {
  for (const int threads : {1, 4})
    EXPECT_ERROR(
        ErrorCode::BadValue,
        parallelFor(100, threads, [](Index block) { require(block != 40, ErrorCode::BadValue, "block 40"); }),
        "block 40");
}

void TestParallel::errorStopsFurtherBlocks() {
  std::atomic<int> begun{0};
  errorOf([&] {
    parallelFor(1'000'000, 4, [&](Index) {
      ++begun;
      throw Error(ErrorCode::Io, "stop");
    });
  });
  QVERIFY2(begun <= 4, qPrintable(QString::number(begun)));
}

void TestParallel::cancelComesBackAsCancelled() {
  QVERIFY_THROWS_EXCEPTION(Cancelled, parallelFor(10, 3, [](Index) { throw Cancelled{}; }));
}

void TestParallel::callsMayNest() {
  std::atomic<Index> sum{0};
  parallelFor(5, 3, [&](Index outer) { parallelFor(4, 2, [&](Index inner) { sum += outer * 10 + inner; }); });
  QCOMPARE(sum.load(), Index{4 * 100 + 5 * 6});
}

void TestParallel::severalThreadsWork() {
  std::atomic<int> waiting{0};
  parallelFor(3, 3, [&](Index) {
    ++waiting;
    QDeadlineTimer deadline(10'000);
    while (waiting < 3 && !deadline.hasExpired()) std::this_thread::yield();
  });
  QCOMPARE(waiting.load(), 3);  // each block waited for the others: they ran at the same time
}

void TestParallel::threadCountIsResolved() {
  QCOMPARE(resolvedThreadCount(5), 5);
  QVERIFY(resolvedThreadCount(0) >= 1);
  QCOMPARE(resolvedThreadCount(-3), resolvedThreadCount(0));
}

QTEST_APPLESS_MAIN(TestParallel)
#include "tst_parallel.moc"
