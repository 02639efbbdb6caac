// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/network_trial.h"

#include <csignal>
#include <cstring>
#include <mutex>
#include <set>

#include "base/child_process.h"
#include "base/error.h"
#include "base/files.h"
#include "base/process_limits.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr std::size_t kMostOutputBytes = 4096;

/// Digests of the networks that passed, for the life of this process.
class Passed {
 public:
  bool has(const std::string& digest) {
    const std::lock_guard lock(m_mutex);
    return m_digests.contains(digest);
  }
  void add(const std::string& digest) {
    const std::lock_guard lock(m_mutex);
    m_digests.insert(digest);
  }

 private:
  std::mutex m_mutex;
  std::set<std::string> m_digests;
};

Passed& passed() {
  static Passed all;
  return all;
}

/// Empty for a network that passed.
std::string reasonToRefuse(const ChildResult& result, const std::string& digest,
                           std::chrono::seconds longestStep) {
  const bool computedTooLong = result.signal == SIGXCPU;
  if (result.tooLong || computedTooLong)
    return "OpenCV took more than " + textOf((computedTooLong ? kMostTrialComputing : longestStep).count()) +
           " s to load it or to run it once, so it is made to hang or too slow to be of use";
  if (result.tooMuch) return "OpenCV gave no sense for it";
  if (result.signal != 0)
    return "OpenCV crashed on it (signal " + textOf(result.signal) + ", " + ::strsignal(result.signal) +
           "), so it is damaged or hostile; nothing else was harmed";
  if (result.exitStatus != 0)
    return "OpenCV ended the process that tried it, with status " + textOf(result.exitStatus);
  if (!result.output.ends_with(digest)) return "the file changed while it was read";
  return {};
}

}  // namespace

void tryNetworkApart(const std::filesystem::path& onnxFile, const std::string& digest, const Job& job,
                     std::chrono::seconds longestStep) {
  if (passed().has(digest)) return;
  job.checkpoint(0, "trying the network");
  const ChildResult result =
      runChild(programBeside("cortexscope-network-trial"), {std::filesystem::absolute(onnxFile).string()},
               kMostOutputBytes, longestStep, job);
  // Its words name the file already.
  if (result.exitStatus == kChildUnsupported) throw Error(ErrorCode::Unsupported, result.errors);
  if (result.exitStatus == kChildBadFile) throw Error(ErrorCode::BadFile, result.errors);
  const std::string reason = reasonToRefuse(result, digest, longestStep);
  require(reason.empty(), ErrorCode::BadFile, [&] { return onnxFile.string() + ": " + reason; });
  passed().add(digest);
}

std::size_t mostTrialMemory(const std::filesystem::path& onnxFile) {
  constexpr std::size_t kBasic = std::size_t{3} << 30, kFormsOfWeights = 8;
  return kBasic + kFormsOfWeights * static_cast<std::size_t>(regularFileSize(onnxFile));
}

}  // namespace cortexscope
