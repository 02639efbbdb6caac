// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

namespace cortexscope {

/// A name out of somebody's file as one line that can be shown: bytes that are no text, control characters
/// and marks that turn the direction of writing are shown as replacement characters, and the middle of long
/// names as an ellipsis.
QString shownName(const std::string& name, qsizetype most = 120);

/// The same on a button or in a menu, where an ampersand would mark a letter.
QString plainButton(QString text);

/// A tool tip that shows a text as it is: plain ones are taken for HTML if they look so.
QString plainTip(const QString& text);

}  // namespace cortexscope
