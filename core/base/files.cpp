// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void failIo(const fs::path& file, std::string_view action) {
  const std::string reason = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
  throw Error(ErrorCode::Io, file.string() + ": " + std::string(action) + reason);
}

void flushToDisk(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) failIo(path, "cannot be opened to flush it");
  const int result = ::fsync(descriptor);
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  if (result != 0 && reason != EINVAL) failIo(path, "cannot be flushed to the disk");
}

bool holds(const fs::path& file, std::string_view contents) {
  std::error_code error;
  if (fs::symlink_status(file, error).type() != fs::file_type::regular ||
      fs::file_size(file, error) != contents.size())
    return false;
  std::ifstream in(file, std::ios::binary);
  std::string bytes(contents.size(), '\0');
  return in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) && bytes == contents;
}

}  // namespace

fs::path temporaryPathFor(const fs::path& file) {
  static std::atomic<unsigned> counter{0};  // two writers of one file must not share their temporary file
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code error;
  fs::create_directories(folder, error);
  require(!error, ErrorCode::Io, [&] { return folder.string() + ": cannot be created: " + error.message(); });
  const std::string id = textOf(::getpid()) + "-" + textOf(counter++);
  return folder / (".cortexscope-writing-" + id);
}

void replaceFile(const fs::path& temporary, const fs::path& file) {
  flushToDisk(temporary, O_WRONLY);
  std::error_code error;
  fs::rename(temporary, file, error);
  require(!error, ErrorCode::Io, [&] { return file.string() + ": cannot be replaced: " + error.message(); });
  flushToDisk(file.has_parent_path() ? file.parent_path() : fs::path("."), O_RDONLY | O_DIRECTORY);
}

void writeFileAtomically(const fs::path& file, const std::function<void(std::ostream&)>& write) {
  const PendingFile pending(file);
  errno = 0;
  std::ofstream out(pending.path(), std::ios::binary | std::ios::trunc);
  if (!out) failIo(file, "cannot be written");
  write(out);
  out.close();
  if (!out) failIo(file, "could not be written in full");
  pending.commit();
}

PendingFile::~PendingFile() {
  std::error_code ignored;
  fs::remove(m_temporary, ignored);
}

void writeFileAtomically(const fs::path& file, std::string_view contents) {
  if (holds(file, contents)) return;
  writeFileAtomically(file, [&](std::ostream& out) {
    out.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  });
}

std::uintmax_t regularFileSize(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  require(status.type() != fs::file_type::not_found && !error, ErrorCode::MissingFile, [&] {
    return file.string() + ": cannot be opened: " + (error ? error.message() : std::string("no such file"));
  });
  require(status.type() == fs::file_type::regular, ErrorCode::BadFile,
          [&] { return file.string() + ": is not a regular file"; });
  const std::uintmax_t size = fs::file_size(file, error);
  require(!error, ErrorCode::Io,
          [&] { return file.string() + ": has no readable size: " + error.message(); });
  return size;
}

std::string readTextFile(const fs::path& file, std::size_t maxBytes) {
  const std::uintmax_t size = regularFileSize(file);
  require(size <= maxBytes, ErrorCode::BadFile, [&] {
    return file.string() + ": has " + textOf(size) + " bytes; at most " + textOf(maxBytes) +
           " are read of such a file";
  });
  std::ifstream in(file, std::ios::binary);
  require(in.good(), ErrorCode::MissingFile,
          [&] { return file.string() + ": cannot be opened for reading: " + std::strerror(errno); });
  std::string text(static_cast<std::size_t>(size), '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  require(static_cast<std::uintmax_t>(in.gcount()) == size, ErrorCode::Io,
          [&] { return file.string() + ": reading stopped before the end"; });
  return text;
}

MappedFile::MappedFile(const fs::path& file) : m_size(static_cast<std::size_t>(regularFileSize(file))) {
  if (m_size == 0) return;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) failIo(file, "cannot be opened for reading");
  void* data = ::mmap(nullptr, m_size, PROT_READ, MAP_SHARED, descriptor, 0);
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  if (data == MAP_FAILED) failIo(file, "cannot be mapped into memory");
  m_data = data;
}

MappedFile::~MappedFile() {
  if (m_data != nullptr) ::munmap(const_cast<void*>(m_data), m_size);
}

}  // namespace cortexscope
