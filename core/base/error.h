// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cortexscope {

/// What kind of thing the world did wrong. The window chooses its sentence by code; the message has the
/// details.
enum class ErrorCode {
  MissingFile,  ///< a file or folder is not there or cannot be opened
  BadFile,      ///< a file is there and its contents are not what its format demands
  BadShape,     ///< two things that must agree in size do not
  BadValue,     ///< a number or option outside its legal range, NaN or infinite where it must not be
  Unsupported,  ///< legal, but not handled by this program
  Io,           ///< reading or writing failed (disk full, no permission)
  OutOfMemory,  ///< the work needs more memory than allowed or available
};

/// The one error type of the project. Messages are whole sentences that name the file, the reason and the
/// place.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message) : m_code(code), m_message(std::move(message)) {}

  ErrorCode code() const noexcept { return m_code; }
  const char* what() const noexcept override { return m_message.c_str(); }

  /// The same error with context in front: Error("expects 2, got 3").within("subject S01").
  Error within(std::string_view context) const { return {m_code, std::string(context) + ": " + m_message}; }

 private:
  ErrorCode m_code;
  std::string m_message;
};

/// Thrown by Job::checkpoint when the user asked to stop. Not an Error: a handler of errors must not swallow
/// it.
struct Cancelled {};

[[noreturn]] inline void unsupported(const std::string& what) {
  throw Error(ErrorCode::Unsupported, what);
}

inline void require(bool condition, ErrorCode code, const std::string& message) {
  if (!condition) throw Error(code, message);
}

/// Same, with a message that is only put together on failure.
template <class MakeMessage>
requires std::is_invocable_r_v<std::string, MakeMessage>
void require(bool condition, ErrorCode code, MakeMessage&& makeMessage) {
  if (!condition) throw Error(code, makeMessage());
}

}  // namespace cortexscope
