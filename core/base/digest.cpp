// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace cortexscope {

struct Digest::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() {
    require(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1,
            ErrorCode::OutOfMemory, "the SHA-256 digest cannot be started");
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
  void update(const void* data, std::size_t size) { EVP_DigestUpdate(context, data, size); }
};

Digest::Digest() : m_state(std::make_unique<State>()) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

Digest& Digest::add(std::string_view text) {
  return add(std::as_bytes(std::span(text)));
}

Digest& Digest::add(std::span<const std::byte> bytes) {
  const std::uint64_t size = bytes.size();
  m_state->update(&size, sizeof size);
  m_state->update(bytes.data(), bytes.size());
  return *this;
}

Digest& Digest::add(double number) {
  return add(std::string_view(exactTextOf(number)));
}

Digest& Digest::addFile(const std::filesystem::path& file, const Job& job) {
  const std::uint64_t size = regularFileSize(file);  // also keeps a pipe from blocking the open
  std::ifstream in(file, std::ios::binary);
  require(in.good(), ErrorCode::MissingFile,
          [&] { return file.string() + ": cannot be opened for reading"; });
  m_state->update(&size, sizeof size);
  std::vector<char> block(1 << 20);
  std::uint64_t bytesRead = 0;
  while (in) {
    job.checkpoint(size > 0 ? double(bytesRead) / double(size) : 1, "reading " + file.filename().string());
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    m_state->update(block.data(), static_cast<std::size_t>(in.gcount()));
    bytesRead += static_cast<std::uint64_t>(in.gcount());
  }
  require(in.eof() && bytesRead == size, ErrorCode::Io, [&] {
    return file.string() + ": reading stopped after " + textOf(bytesRead) + " of " + textOf(size) + " bytes";
  });
  return *this;
}

std::string Digest::hex() const {
  State copy;
  EVP_MD_CTX_copy_ex(copy.context, m_state->context);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(copy.context, bytes.data(), &size);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace cortexscope
