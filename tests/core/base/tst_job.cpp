// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/job.h"
#include "support/expect.h"

using namespace cortexscope;

class TestJob : public QObject {
  Q_OBJECT

 private slots:
  void silentJobDoesNothing();
  void partsNestToTheRightFractions();
  void fractionsStayInRange();
  void stopThrowsCancelled();
  void cancelIsNotAnError();
  void copiesShareReporterAndStop();
  void threadsMayReportTogether();
  void errorsGainContext();
};

void TestJob::silentJobDoesNothing() {
  const Job job;
  job.checkpoint(0.5, "stage");
  job.part(0.2, 0.4).checkpoint(1, "stage");
  QVERIFY(!job.stopRequested());
  Job({}, nullptr).checkpoint(0.5, "an empty reporter");
}

void TestJob::partsNestToTheRightFractions() {
  std::vector<std::pair<double, std::string>> seen;
  const Job job({}, [&](double fraction, std::string_view stage) { seen.emplace_back(fraction, stage); });
  job.checkpoint(0.25, "whole");
  job.part(0.5, 1.0).checkpoint(0.5, "half");
  job.part(0.5, 1.0).part(0.0, 0.5).checkpoint(1.0, "quarter");
  job.part(0.5, 1.0).part(0.5, 1.0).part(0.5, 0.5).checkpoint(0.3, "point");
  const std::vector<std::pair<double, std::string>> expected = {
      {0.25, "whole"}, {0.75, "half"}, {0.75, "quarter"}, {0.875, "point"}};
  QVERIFY(seen == expected);
}

void TestJob::fractionsStayInRange() {
  std::vector<double> seen;
  const Job job =
      Job({}, [&](double fraction, std::string_view) { seen.push_back(fraction); }).part(0.2, 0.6);
  for (const double fraction : {-1.0, 0.0, 1.0, 7.0, std::nan("")}) job.checkpoint(fraction, "");
  QCOMPARE(seen, (std::vector<double>{0.2, 0.2, 0.6, 0.6, 0.2}));
}

void TestJob::stopThrowsCancelled() {
  std::stop_source source;
  int reports = 0;
  const Job job(source.get_token(), [&](double, std::string_view) { ++reports; });
  job.checkpoint(0, "");
  source.request_stop();
  QVERIFY(job.stopRequested());
  QVERIFY(job.part(0, 0.5).stopRequested());
  QVERIFY_THROWS_EXCEPTION(Cancelled, job.checkpoint(0.5, ""));
  QVERIFY_THROWS_EXCEPTION(Cancelled, job.part(0, 0.5).checkpoint(0.5, ""));
  QCOMPARE(reports, 1);
}

void TestJob::cancelIsNotAnError() {
  std::stop_source source;
  source.request_stop();
  bool swallowed = false, cancelled = false;
  try {
    try {
      Job(source.get_token(), nullptr).checkpoint(0, "");
    } catch (const std::exception&) {
      swallowed = true;
    }
  } catch (const Cancelled&) {
    cancelled = true;
  }
  QVERIFY(cancelled && !swallowed);
}

void TestJob::copiesShareReporterAndStop() {
  std::stop_source source;
  int reports = 0;
  const Job job(source.get_token(), [&](double, std::string_view) { ++reports; });
  const Job copy = job;
  job.checkpoint(0, "");
  copy.checkpoint(0, "");
  QCOMPARE(reports, 2);
  source.request_stop();
  QVERIFY(copy.stopRequested());
}

void TestJob::threadsMayReportTogether() {
  std::atomic<int> reports{0};
  const Job job({}, [&](double, std::string_view) { ++reports; });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) job.checkpoint(i / 1000.0, "stage");
      });
  }
  QCOMPARE(reports.load(), 4000);
}

void TestJob::errorsGainContext() {
  const Error error = Error(ErrorCode::BadShape, "expects 2, got 3").within("encoder").within("subject S01");
  QCOMPARE(std::string(error.what()), std::string("subject S01: encoder: expects 2, got 3"));
  QVERIFY(error.code() == ErrorCode::BadShape);
  bool made = false;
  require(true, ErrorCode::Io, [&] { return made = true, std::string(); });
  QVERIFY(!made);
  EXPECT_ERROR(ErrorCode::Io, require(false, ErrorCode::Io, [] { return std::string("late"); }), "late");
}

QTEST_APPLESS_MAIN(TestJob)
#include "tst_job.moc"
