// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cortexscope {

/// A connection to the X server that the environment variable DISPLAY names. Where the program is built
/// without X this is an empty object without a problem.
///
/// VTK would end the whole program when it cannot connect, so it is handed this connection instead.
class XDisplay {
 public:
  XDisplay();
  ~XDisplay();
  XDisplay(const XDisplay&) = delete;
  XDisplay& operator=(const XDisplay&) = delete;

  /// X11's Display, or null.
  void* handle() const { return m_display; }
  /// Why there is no connection, or an empty text.
  const std::string& problem() const { return m_problem; }

 private:
  void* m_display = nullptr;
  std::string m_problem;
};

}  // namespace cortexscope
