// SPDX-License-Identifier: GPL-3.0-or-later
// Stands beside tst_network_trial in the place of cortexscope-network-trial and ends in the way that the
// network's name asks for, after it has left a line in FILE.tries.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>

#include "base/process_limits.h"
#include "networks/tried_network.h"

int main(int, char** argv) {
  using namespace cortexscope;
  const std::string file = argv[1];
  const auto asked = [&](const char* end) { return file.ends_with(std::string(end) + ".onnx"); };
  std::ofstream(file + ".tries", std::ios::app) << "tried\n";
  if (asked("abort")) std::abort();
  if (asked("killed")) ::raise(SIGKILL);
  if (asked("hang")) ::sleep(60);
  if (asked("exit")) return 9;
  if (asked("other")) return std::puts("..0123456789abcdef"), 0;
  if (asked("endless"))
    while (std::puts("...............")) {
    }
  if (asked("spin")) {
    limitThisProcess(std::size_t{8} << 30, std::chrono::seconds(1));
    for (volatile unsigned turns = 0;; turns = turns + 1) {
    }
  }
  if (asked("memory")) {
    limitThisProcess(std::size_t{1} << 30);
    char* volatile room = new (std::nothrow) char[std::size_t{2} << 30];
    if (room != nullptr) return 0;
    std::fprintf(stderr, "%s: no memory", file.c_str());
    return kChildBadFile;
  }
  tryNetworkHere(file);
}
