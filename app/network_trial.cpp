// SPDX-License-Identifier: GPL-3.0-or-later
// cortexscope-network-trial: loads one network with OpenCV and runs it once for the other programs, which
// start it and read its output. It is a program of its own so that a crash of OpenCV on a damaged or hostile
// network ends nothing else. The output is described in networks/tried_network.h.
#include <cstdio>
#include <exception>
#include <new>
#include <string_view>

#include "base/error.h"
#include "base/process_limits.h"
#include "networks/network_trial.h"
#include "networks/tried_network.h"
#include "program_version.h"

int main(int argc, char** argv) {
  using namespace cortexscope;
  if (argc == 2 && std::string_view(argv[1]) == "--version")
    return std::puts(versionLine("cortexscope-network-trial").c_str()) < 0;
  if (argc != 2) {
    std::fprintf(stderr, "usage: cortexscope-network-trial FILE (started by other programs)\n");
    return kChildWrongUsage;
  }
  try {
    limitThisProcess(mostTrialMemory(argv[1]), kMostTrialComputing);
    tryNetworkHere(argv[1]);
    return std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s", error.what());
    return error.code() == ErrorCode::Unsupported ? kChildUnsupported : kChildBadFile;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "%s: needs more memory than a network of its size should", argv[1]);
    return kChildBadFile;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s", argv[1], error.what());
    return kChildBadFile;
  }
}
