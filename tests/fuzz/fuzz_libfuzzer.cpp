// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer's entry for one target, named by CORTEXSCOPE_FUZZ_TARGET when this file is compiled. With the
// environment variable CORTEXSCOPE_FUZZ_SEEDS naming a folder, the seeds are written there first.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fuzz/targets.h"

namespace {

const cortexscope::test::FuzzTarget& target() {
  for (const auto& candidate : cortexscope::test::fuzzTargets())
    if (std::string(candidate.name) == CORTEXSCOPE_FUZZ_TARGET) return candidate;
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* folder = std::getenv("CORTEXSCOPE_FUZZ_SEEDS");
  if (folder == nullptr) return 0;
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& seed : target().seeds())
    std::ofstream(std::filesystem::path(folder) / ("seed" + std::to_string(number++)), std::ios::binary)
        << seed;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto& chosen = target();
  cortexscope::test::runFuzzTarget(chosen, {reinterpret_cast<const char*>(data), size});
  return 0;
}
