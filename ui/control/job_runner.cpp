// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/job_runner.h"

#include <QMetaObject>
#include <mutex>
#include <new>

namespace cortexscope {

namespace {

constexpr std::chrono::milliseconds kReportEvery{50};

}  // namespace

Failure failureOfCurrentException() {
  try {
    throw;
  } catch (const Error& error) {
    return {error.code(), QString::fromUtf8(error.what())};
  } catch (const std::bad_alloc&) {
    return {ErrorCode::OutOfMemory, QStringLiteral("The computer's memory is not enough for this step.")};
  } catch (const std::exception& error) {
    return {ErrorCode::Io, QString::fromUtf8(error.what())};
  } catch (...) {
    return {ErrorCode::Io, QStringLiteral("An error that has no message.")};
  }
}

std::optional<double> estimatedSecondsLeft(double elapsedSec, double fraction) {
  if (elapsedSec < 1.0 || fraction < 0.01) return std::nullopt;
  return elapsedSec * (1.0 - std::min(fraction, 1.0)) / fraction;
}

JobRunner::JobRunner(QObject* parent) : QObject(parent) {}

JobRunner::~JobRunner() {
  m_thread.request_stop();
  if (m_thread.joinable()) m_thread.join();
}

void JobRunner::cancel() {
  if (m_running) m_thread.request_stop();
}

void JobRunner::launch(const QString& title, std::function<void(const Job&)> work,
                       std::function<void()> done) {
  const bool replacing = m_running;
  m_thread.request_stop();
  if (m_thread.joinable()) m_thread.join();
  ++m_number;
  if (replacing) emit cancelled();
  m_running = true;
  m_title = title;
  m_startedAt = Clock::now();
  emit started(title);
  try {
    m_thread = std::jthread([this, number = m_number, work = std::move(work), done = std::move(done)](
                                std::stop_token stop) { runOnThread(stop, number, work, done); });
  } catch (const std::exception&) {  // the system gives no more threads
    m_running = false;
    emit failed(failureOfCurrentException());
  }
}

void JobRunner::runOnThread(std::stop_token stop, quint64 number, const std::function<void(const Job&)>& work,
                            const std::function<void()>& done) {
  try {
    work(Job(stop, reporter(number)));
    post(number, [this, done] { end(Outcome::Done, {}, done); });
  } catch (const Cancelled&) {
    post(number, [this] { end(Outcome::Cancelled, {}, {}); });
  } catch (...) {
    post(number, [this, failure = failureOfCurrentException()] { end(Outcome::Failed, failure, {}); });
  }
}

Job::Reporter JobRunner::reporter(quint64 number) {
  struct Last {
    std::mutex guard;
    Clock::time_point at;
  };
  return [this, number, last = std::make_shared<Last>()](double fraction, std::string_view stage) {
    {
      const std::lock_guard lock(last->guard);
      const auto now = Clock::now();
      if (now - last->at < kReportEvery) return;
      last->at = now;
    }
    const QString text = QString::fromUtf8(stage.data(), static_cast<qsizetype>(stage.size()));
    post(number, [this, fraction, text] {
      const double elapsed = std::chrono::duration<double>(Clock::now() - m_startedAt).count();
      emit progressed(fraction, text, estimatedSecondsLeft(elapsed, fraction).value_or(-1.0));
    });
  };
}

void JobRunner::post(quint64 number, std::function<void()> deliver) {
  QMetaObject::invokeMethod(
      this,
      [this, number, deliver = std::move(deliver)] {
        if (number != m_number || !m_running) return;
        try {
          deliver();
        } catch (...) {
          emit failed(failureOfCurrentException());
        }
      },
      Qt::QueuedConnection);
}

void JobRunner::end(Outcome outcome, const Failure& failure, const std::function<void()>& done) {
  const bool stopAsked = m_thread.get_stop_token().stop_requested();
  m_running = false;
  if (m_thread.joinable()) m_thread.join();
  if (outcome == Outcome::Failed) {
    emit failed(failure);
  } else if (outcome == Outcome::Cancelled || stopAsked) {
    emit cancelled();
  } else {
    emit finished();
    done();  // last, because it may start the next job
  }
}

}  // namespace cortexscope
