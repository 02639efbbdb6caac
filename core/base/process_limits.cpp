// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/process_limits.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>

namespace cortexscope {

void limitThisProcess([[maybe_unused]] std::size_t mostMemoryBytes,
                      std::optional<std::chrono::seconds> mostComputing) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_FSIZE, &none);
  if (mostComputing) {
    const auto seconds = static_cast<rlim_t>(mostComputing->count());
    const rlimit computing{seconds, seconds + 1};
    setrlimit(RLIMIT_CPU, &computing);
  }
#ifndef CORTEXSCOPE_ADDRESS_SANITIZER  // whose shadow memory is larger than any limit
  const rlimit memory{mostMemoryBytes, mostMemoryBytes};
  setrlimit(RLIMIT_AS, &memory);
#endif
}

}  // namespace cortexscope
