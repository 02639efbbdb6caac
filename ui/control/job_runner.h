// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>

#include "base/error.h"
#include "base/job.h"

namespace cortexscope {

/// Why a job did not deliver: the kind of error and its whole message.
struct Failure {
  ErrorCode code = ErrorCode::Io;
  QString message;
};

/// What the exception that is being handled says; any exception has an answer.
Failure failureOfCurrentException();

/// Seconds until the end if the rest goes as fast as what was done, or nothing before that can be said (less
/// than a second or one percent done).
std::optional<double> estimatedSecondsLeft(double elapsedSec, double fraction);

/// Runs one job at a time on its own thread; everything it tells arrives on the GUI thread.
///
/// Each start has a number: what an older job still has to say is dropped. Starting again or destroying the
/// runner cancels the running job and waits for it, which is short because work calls Job::checkpoint every
/// 100 ms.
class JobRunner : public QObject {
  Q_OBJECT

 public:
  explicit JobRunner(QObject* parent = nullptr);
  ~JobRunner() override;

  /// work(const Job&) runs on a thread of its own; done(value) runs on the GUI thread after it (done() if
  /// work returns nothing). Neither is called for a job that was cancelled or replaced, and done not for one
  /// that failed. What done, or a slot of one of the signals below, throws is told by failed() as well.
  template <class Work, class Done>
  void start(const QString& title, Work work, Done done) {
    using Value = std::invoke_result_t<Work, const Job&>;
    if constexpr (std::is_void_v<Value>) {
      launch(title, std::move(work), std::move(done));
    } else {
      auto value = std::make_shared<std::optional<Value>>();
      launch(
          title, [value, work = std::move(work)](const Job& job) { value->emplace(work(job)); },
          [value, done = std::move(done)] { done(std::move(**value)); });
    }
  }

  /// Asks the running job to stop; cancelled() follows when it has.
  void cancel();

  bool isRunning() const { return m_running; }
  bool isCancelling() const { return m_running && m_thread.get_stop_token().stop_requested(); }
  const QString& title() const { return m_title; }

 signals:
  void started(const QString& title);
  /// At most 20 times a second. `secondsLeft` is negative while unknown.
  void progressed(double fraction, const QString& stage, double secondsLeft);
  void finished();
  void cancelled();
  void failed(const cortexscope::Failure& failure);

 private:
  using Clock = std::chrono::steady_clock;
  enum class Outcome { Done, Cancelled, Failed };

  void launch(const QString& title, std::function<void(const Job&)> work, std::function<void()> done);
  void runOnThread(std::stop_token stop, quint64 number, const std::function<void(const Job&)>& work,
                   const std::function<void()>& done);
  Job::Reporter reporter(quint64 number);
  void post(quint64 number, std::function<void()> deliver);
  void end(Outcome outcome, const Failure& failure, const std::function<void()>& done);

  std::jthread m_thread;
  quint64 m_number = 0;
  bool m_running = false;
  QString m_title;
  Clock::time_point m_startedAt;
};

}  // namespace cortexscope
