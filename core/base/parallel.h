// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include "base/matrix.h"

namespace cortexscope {

/// Runs work(block) for block = 0 .. blockCount-1 on `threadCount` threads (0 = one per core).
///
/// Blocks are handed out in order, each is done by exactly one thread, and products inside a block run on one
/// core, so a result that depends on its block alone has the same bits for every thread count. The first
/// exception stops further blocks and is rethrown here, after all threads have ended.
void parallelFor(Index blockCount, int threadCount, const std::function<void(Index block)>& work);

/// threadCount, or the number of cores when it is 0 or negative.
int resolvedThreadCount(int threadCount);

/// Makes products inside one thread use one core. Programs and tests call it once, at start.
void useSingleThreadedLinearAlgebra();

/// "OpenBLAS 0.3.21": the library that runs, which may be newer than the one that the program was built with.
std::string linearAlgebraVersion();

}  // namespace cortexscope
