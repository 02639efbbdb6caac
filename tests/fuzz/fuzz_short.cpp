// SPDX-License-Identifier: GPL-3.0-or-later
// A short deterministic run over every reader: each seed as it is, then with a few changes. For compilers
// without libFuzzer and for every day; the long runs are those of fuzz_libfuzzer.cpp. usage: fuzz_short
// [EXECUTIONS-PER-TARGET [TARGET]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "fuzz/targets.h"

namespace {

using namespace cortexscope::test;

/// Changes that hostile files have: flipped bytes, extreme numbers, pieces cut out, doubled or taken from
/// other files.
class Mutator {
 public:
  explicit Mutator(unsigned seed) : m_random(seed) {}

  std::size_t below(std::size_t count) { return m_random() % count; }

  std::string changed(std::string bytes, const std::vector<std::string>& others) {
    for (std::size_t i = 0, count = 1 + below(4); i < count; ++i) change(bytes, others);
    return bytes;
  }

 private:
  void change(std::string& bytes, const std::vector<std::string>& others) {
    static constexpr const char* kNumbers[] = {"\xff\xff\xff\xff", "\x7f\xff\xff\xff", "\xff\xff\xff\x7f",
                                               "\x80\0\0\0",       "\0\0\0\x80",       "\0\0\0\0"};
    if (bytes.empty()) return void(bytes = others[below(others.size())]);
    const std::size_t at = below(bytes.size());
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes.replace(at, std::min<std::size_t>(4, bytes.size() - at),
                      std::string(kNumbers[below(std::size(kNumbers))], 4));
        break;
      case 3:
        bytes.erase(at, 1 + below(16));
        break;
      case 4:
        bytes.insert(below(bytes.size() + 1), bytes.substr(at, 1 + below(32)));
        break;
      default: {
        const std::string& other = others[below(others.size())];
        if (!other.empty()) bytes = bytes.substr(0, at) + other.substr(below(other.size()));
      }
    }
  }

  std::mt19937 m_random;
};

std::size_t run(const FuzzTarget& target, std::size_t executions) {
  const std::vector<std::string> seeds = target.seeds();
  if (seeds.empty()) {
    std::fprintf(stderr, "%s has no seeds\n", target.name);
    std::exit(1);
  }
  for (const std::string& seed : seeds) runFuzzTarget(target, seed);
  Mutator mutator(7);
  for (std::size_t i = 0; i < executions; ++i)
    runFuzzTarget(target, mutator.changed(seeds[i % seeds.size()], seeds));
  return seeds.size() + executions;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t executions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  for (const FuzzTarget& target : fuzzTargets()) {
    if (argc > 2 && std::string(argv[2]) != target.name) continue;
    const auto start = std::chrono::steady_clock::now();
    const std::size_t done = run(target, executions);
    std::printf("%-20s %zu executions in %.2f s\n", target.name, done,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::fflush(stdout);
  }
  return 0;
}
