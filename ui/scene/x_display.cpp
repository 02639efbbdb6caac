// SPDX-License-Identifier: GPL-3.0-or-later
// Apart from the rest: X11's header defines BadValue, None and other plain words as macros.
#include "scene/x_display.h"

#ifdef CORTEXSCOPE_HAS_X11
#include <X11/Xlib.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#endif

namespace cortexscope {

#ifdef CORTEXSCOPE_HAS_X11

XDisplay::XDisplay() {
  const char* name = std::getenv("DISPLAY");
  if (name == nullptr || *name == '\0') {
    m_problem =
        "pictures of the brain need an X display and the environment variable DISPLAY is not set (a virtual "
        "display "
        "such as xvfb-run gives is enough)";
    return;
  }
  // A virtual server restarts itself when its last client has gone, and refuses connections for that moment.
  constexpr int kTries = 10;
  for (int i = 0; i < kTries && m_display == nullptr; ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    m_display = XOpenDisplay(nullptr);
  }
  if (m_display == nullptr)
    m_problem = "pictures of the brain need an X display and \"" + std::string(name) + "\" does not answer";
}

XDisplay::~XDisplay() {
  if (m_display != nullptr) XCloseDisplay(static_cast<Display*>(m_display));
}

#else

XDisplay::XDisplay() = default;
XDisplay::~XDisplay() = default;

#endif

}  // namespace cortexscope
