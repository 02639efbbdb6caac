// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace cortexscope {

/// Says what a file really is when its first bytes belong to something people often save under another name
/// (a web page, a pointer of a large-file store, an archive); an empty string otherwise. For the reason in an
/// error message: "it is a web page, not the data".
std::string foreignFileReason(std::string_view firstBytes);

}  // namespace cortexscope
