// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string_view>

#include "base/job.h"

namespace cortexscope {

/// Runs `work` on a thread of its own and waits, reporting `fraction` and `stage` all the time. If the job is
/// asked to stop it throws Cancelled at once and leaves the thread to end by itself: for library calls of
/// many seconds that cannot be interrupted. `work` must own everything it touches, results included (shared
/// pointers, captured by value). Rethrows what `work` throws.
void runAbandonable(const Job& job, double fraction, std::string_view stage, std::function<void()> work);

/// To be called last in main(): if abandoned work still runs, ends the program here with this status, for
/// what exit handlers tear down that work still uses. Otherwise does nothing.
void endPastAbandonedWork(int status);

}  // namespace cortexscope
