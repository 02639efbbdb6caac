// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/error.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostErrorBytes = 4096;
#ifdef CORTEXSCOPE_ADDRESS_SANITIZER
char kNoLeaks[] = "ASAN_OPTIONS=detect_leaks=0";  // those of the libraries are not ours to report
#endif

class Descriptor {
 public:
  explicit Descriptor(int number) : m_number(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return m_number; }
  void close() {
    if (m_number >= 0) ::close(m_number);
    m_number = -1;
  }

 private:
  int m_number;
};

struct Pipe {
  Pipe() : Pipe(opened()) {}
  Descriptor reading, writing;

 private:
  explicit Pipe(std::array<int, 2> ends) : reading(ends[0]), writing(ends[1]) {}
  static std::array<int, 2> opened() {
    std::array<int, 2> ends{};
    require(::pipe2(ends.data(), O_CLOEXEC) == 0, ErrorCode::Io,
            [] { return std::string("a pipe cannot be opened: ") + std::strerror(errno); });
    return ends;
  }
};

/// Ends the child whatever happens, and waits for it.
class Child {
 public:
  explicit Child(pid_t id) : m_id(id) {}
  ~Child() {
    if (m_id <= 0) return;
    ::kill(m_id, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void stop() { ::kill(m_id, SIGKILL); }
  int wait() {
    int status = 0;
    while (::waitpid(m_id, &status, 0) < 0 && errno == EINTR) {
    }
    m_id = -1;
    return status;
  }

 private:
  pid_t m_id;
};

pid_t start(const fs::path& program, const std::vector<std::string>& arguments, const Pipe& output,
            const Pipe& errors) {
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  // HDF5: no plugins, and no locks, which read-only folders cannot have. OpenBLAS: no threads, whose memory
  // counts.
  char locale[] = "LC_ALL=C.UTF-8",
       plugins[] = "HDF5_PLUGIN_PRELOAD=::", locks[] = "HDF5_USE_FILE_LOCKING=FALSE",
       threads[] = "OPENBLAS_NUM_THREADS=1";
  char* environment[] = {locale,   plugins, locks, threads,
#ifdef CORTEXSCOPE_ADDRESS_SANITIZER
                         kNoLeaks,
#endif
                         nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.writing.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.writing.number(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t id = -1;
  const int failure = posix_spawn(&id, program.c_str(), &actions, nullptr, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  require(failure == 0, ErrorCode::Io,
          [&] { return program.string() + ": cannot be started: " + std::strerror(failure); });
  return id;
}

/// Takes what is there; false at the end.
bool take(int descriptor, std::string& into, std::size_t most) {
  std::array<char, 1 << 16> block;
  const ssize_t got = ::read(descriptor, block.data(), block.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  const std::size_t room = most - std::min(most, into.size());
  into.append(block.data(), std::min(room, static_cast<std::size_t>(got)));
  return got > 0;
}

/// Reads both pipes until they are closed or a limit is passed.
void collect(Pipe& output, Pipe& errors, std::size_t mostBytes, std::chrono::seconds longestSilence,
             const Job& job, ChildResult& result) {
  using Clock = std::chrono::steady_clock;
  auto lastSign = Clock::now();
  std::array<pollfd, 2> ends{{{output.reading.number(), POLLIN, 0}, {errors.reading.number(), POLLIN, 0}}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    job.checkpoint(0, "reading arrays");
    const int ready = ::poll(ends.data(), ends.size(), 50);
    if (ready > 0) lastSign = Clock::now();
    if (Clock::now() - lastSign > longestSilence) {
      result.tooLong = true;
      return;
    }
    if (ready <= 0) continue;
    if (ends[0].revents != 0 && !take(ends[0].fd, result.output, mostBytes + 1)) ends[0].fd = -1;
    if (ends[1].revents != 0 && !take(ends[1].fd, result.errors, kMostErrorBytes)) ends[1].fd = -1;
    if (result.output.size() > mostBytes) {
      result.tooMuch = true;
      return;
    }
  }
}

}  // namespace

ChildResult runChild(const fs::path& program, const std::vector<std::string>& arguments,
                     std::size_t mostBytes, std::chrono::seconds longestSilence, const Job& job) {
  Pipe output, errors;
  Child child(start(program, arguments, output, errors));
  output.writing.close();
  errors.writing.close();
  ChildResult result;
  collect(output, errors, mostBytes, longestSilence, job, result);
  if (result.tooLong || result.tooMuch) child.stop();
  const int status = child.wait();
  if (WIFEXITED(status)) result.exitStatus = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

fs::path programBeside(const std::string& name) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& candidate : {folder / name, folder.parent_path() / "bin" / name})
    if (fs::exists(candidate, error)) return candidate;
  throw Error(ErrorCode::MissingFile,
              (folder / name).string() + ": is missing; it belongs beside this program");
}

}  // namespace cortexscope
