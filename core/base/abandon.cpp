// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/abandon.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <thread>

namespace cortexscope {
namespace {

std::atomic<int> running{0};

}  // namespace

void runAbandonable(const Job& job, double fraction, std::string_view stage, std::function<void()> work) {
  job.checkpoint(fraction, stage);
  auto task = std::make_shared<std::packaged_task<void()>>(std::move(work));
  std::future<void> done = task->get_future();
  // The function itself is destroyed with the task, on whichever side is last.
  ++running;
  std::thread([task = std::move(task)] {
    (*task)();
    --running;
  }).detach();
  while (done.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready)
    job.checkpoint(fraction, stage);
  done.get();
}

void endPastAbandonedWork(int status) {
  if (running == 0) return;
  std::fflush(nullptr);
  std::_Exit(status);
}

}  // namespace cortexscope
