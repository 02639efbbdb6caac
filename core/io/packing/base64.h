// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace cortexscope {

/// Bytes of a base64 text; white space is passed over.
/// Errors   BadFile naming `place`, the character and its position
std::string fromBase64(std::string_view text, const std::string& place);

std::string toBase64(std::string_view bytes);

}  // namespace cortexscope
