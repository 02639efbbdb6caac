// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_job.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace cortexscope {
namespace {

constexpr int kCancelledTwice = 130;

// How often the program was asked to stop. Counted by a handler: a blocked signal would still end the program
// through threads that libraries started when they were loaded.
std::atomic<int> stopsAsked{0};
static_assert(std::atomic<int>::is_always_lock_free);

void noteStop(int) {
  ++stopsAsked;
}

std::string timeLeft(double elapsedSec, double fraction) {
  if (fraction < 0.02 || elapsedSec < 1) return "";
  const int left = int(elapsedSec * (1 - fraction) / fraction + 0.5);
  return left >= 60 ? fmt::format(", about {} min {} s left", left / 60, left % 60)
                    : fmt::format(", about {} s left", left);
}

}  // namespace

TerminalJob::TerminalJob() : m_terminal(isatty(STDERR_FILENO) != 0) {
  struct sigaction action {};
  action.sa_handler = noteStop;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &m_oldInterrupt);
  sigaction(SIGTERM, &action, &m_oldTerminate);
  m_signals = std::jthread([this](std::stop_token end) {
    for (; !end.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(50))) {
      if (stopsAsked > 0) m_stop.request_stop();
      if (stopsAsked > 1) std::_Exit(kCancelledTwice);  // files are replaced whole or not at all
    }
  });
}

TerminalJob::~TerminalJob() {
  finish();
  sigaction(SIGINT, &m_oldInterrupt, nullptr);
  sigaction(SIGTERM, &m_oldTerminate, nullptr);
}

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
