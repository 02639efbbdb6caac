// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shown_text.h"

#include <algorithm>

namespace cortexscope {

QString shownName(const std::string& name, qsizetype most) {
  // Enough bytes of both ends, so that a name of megabytes is not taken apart whole.
  const std::size_t room = 8 * static_cast<std::size_t>(most);
  QString text = name.size() <= 2 * room ? QString::fromStdString(name)
                                         : QString::fromStdString(name.substr(0, room)) +
                                               QString::fromStdString(name.substr(name.size() - room));
  for (QChar& letter : text) {
    const QChar::Category category = letter.category();
    const bool control = category == QChar::Other_Control || category == QChar::Other_Format ||
                         category == QChar::Separator_Line || category == QChar::Separator_Paragraph;
    if (control) letter = QChar::ReplacementCharacter;
  }
  if (text.size() <= most) return text;
  // Letters of two characters are shown whole or not at all.
  qsizetype begin = most / 2, end = text.size() - (most - begin - 1);
  if (text[begin - 1].isHighSurrogate()) --begin;
  if (text[end].isLowSurrogate()) ++end;
  return text.left(begin) + QStringLiteral("…") + text.mid(end);
}

QString plainButton(QString text) {
  return text.replace('&', QLatin1String("&&"));
}

QString plainTip(const QString& text) {
  if (text.isEmpty()) return {};
  return QStringLiteral("<qt>%1</qt>").arg(text.toHtmlEscaped().replace('\n', QLatin1String("<br>")));
}

}  // namespace cortexscope
