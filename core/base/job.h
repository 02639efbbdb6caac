// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>

namespace cortexscope {

/// Progress and cancel of one long piece of work. Knows no thread and no window: the caller decides where
/// work runs.
///
/// Work calls checkpoint() at least every 100 ms. Job{} reports nothing and is never cancelled, for tests and
/// scripts. Copies share the same reporter; checkpoint() may be called from several threads at once.
class Job {
 public:
  /// Called with the fraction done (0..1) and the stage's name, from whichever thread does the work.
  using Reporter = std::function<void(double fraction, std::string_view stage)>;

  Job() = default;
  Job(std::stop_token stop, Reporter reporter)
      : m_stop(std::move(stop)), m_reporter(std::make_shared<const Reporter>(std::move(reporter))) {}

  /// Reports progress; throws Cancelled if a stop was requested. `fraction` is of this part, not of the
  /// whole.
  void checkpoint(double fraction, std::string_view stage) const;

  /// A sub-range [from, to] of this job's progress.
  Job part(double from, double to) const;

  bool stopRequested() const { return m_stop.stop_requested(); }

 private:
  std::stop_token m_stop;
  std::shared_ptr<const Reporter> m_reporter;
  double m_from = 0.0;
  double m_to = 1.0;
};

}  // namespace cortexscope
