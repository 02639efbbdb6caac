// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

extern "C" void openblas_set_num_threads(int count);
extern "C" char* openblas_get_config();

namespace cortexscope {

void useSingleThreadedLinearAlgebra() {
  openblas_set_num_threads(1);
}

std::string linearAlgebraVersion() {
  const std::string config = openblas_get_config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
  return config.substr(0, config.find(' ', config.find(' ') + 1));
}

int resolvedThreadCount(int threadCount) {
  if (threadCount > 0) return threadCount;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallelFor(Index blockCount, int threadCount, const std::function<void(Index)>& work) {
  std::atomic<Index> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto drain = [&] {
    for (Index block = next++; block < blockCount; block = next++) {
      try {
        work(block);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = blockCount;
      }
    }
  };
  const int helpers = static_cast<int>(std::min<Index>(resolvedThreadCount(threadCount), blockCount)) - 1;
  {
    std::vector<std::jthread> threads;
    try {
      for (int i = 0; i < helpers; ++i) threads.emplace_back(drain);
    } catch (const std::system_error&) {
      // The system gives no more threads: those that started, and this one, do all blocks.
    }
    drain();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace cortexscope
