// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <signal.h>

#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/job.h"

namespace cortexscope {

/// A job for programs without a window: progress with time left on standard error (a rewritten line on a
/// terminal, a line per stage elsewhere), and Ctrl-C or SIGTERM as the request to stop; a second one ends the
/// program at once.
class TerminalJob {
 public:
  TerminalJob();
  ~TerminalJob();
  TerminalJob(const TerminalJob&) = delete;
  TerminalJob& operator=(const TerminalJob&) = delete;

  Job job();
  /// Ends the progress line.
  void finish();

 private:
  void report(double fraction, std::string_view stage);

  std::stop_source m_stop;
  std::jthread m_signals;
  std::mutex m_mutex;
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point m_lastLine{};
  std::string m_stage;
  struct sigaction m_oldInterrupt {
  }, m_oldTerminate{};
  bool m_terminal = false;
  bool m_lineOpen = false;
};

}  // namespace cortexscope
