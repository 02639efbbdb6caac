#include "terminal_job.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace cortexscope {
namespace {

constexpr int kCancelledTwice = 130;

sigset_t stopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

std::string timeLeft(double elapsedSec, double fraction) {
  if (fraction < 0.02 || elapsedSec < 1) return "";
  const int left = int(elapsedSec * (1 - fraction) / fraction + 0.5);
  return left >= 60 ? fmt::format(", about {} min {} s left", left / 60, left % 60) : fmt::format(", about {} s left", left);
}

}  // namespace

TerminalJob::TerminalJob() : m_terminal(isatty(STDERR_FILENO) != 0) {
  // Blocked here and in all threads made later; one thread waits for them, so no code runs inside a signal handler.
  const sigset_t signals = stopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  m_signals = std::jthread([this](std::stop_token end) {
    const sigset_t waited = stopSignals();
    const timespec patience{0, 100'000'000};
    while (!end.stop_requested())
      if (sigtimedwait(&waited, nullptr, &patience) > 0 && !m_stop.request_stop())
        std::_Exit(kCancelledTwice);  // whoever asks again does not wait; files are replaced whole or not at all
  });
}

TerminalJob::~TerminalJob() { finish(); }

Job TerminalJob::job() {
  return {m_stop.get_token(), [this](double fraction, std::string_view stage) { report(fraction, stage); }};
}

void TerminalJob::finish() {
  const std::lock_guard lock(m_mutex);
  if (m_lineOpen) std::fputc('\n', stderr);
  m_lineOpen = false;
}

void TerminalJob::report(double fraction, std::string_view stage) {
  const std::lock_guard lock(m_mutex);
  const auto now = std::chrono::steady_clock::now();
  const bool newStage = m_stage != stage;
  if (!newStage && (!m_terminal || now - m_lastLine < std::chrono::milliseconds(200))) return;
  m_stage = stage;
  m_lastLine = now;
  const double elapsed = std::chrono::duration<double>(now - m_start).count();
  const std::string line = fmt::format("{:3.0f} %  {}{}", 100 * fraction, stage, timeLeft(elapsed, fraction));
  if (m_terminal)
    fmt::print(stderr, "\r{:<78}", line);
  else
    fmt::print(stderr, "{}\n", line);
  std::fflush(stderr);
  m_lineOpen = m_terminal;
}

}  // namespace cortexscope
