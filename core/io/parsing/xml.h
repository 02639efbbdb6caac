// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace cortexscope {

/// Events of an XML text, in order. Handlers may throw; parsing stops then and the exception comes out of
/// parseXml.
class XmlHandler {
 public:
  using Attributes = std::map<std::string, std::string, std::less<>>;

  virtual ~XmlHandler() = default;
  /// `place` is the file and the line, for messages; `depth` is 1 for the outermost element.
  virtual void start(const std::string& element, const Attributes& attributes, const std::string& place,
                     int depth) = 0;
  virtual void end(const std::string& element) = 0;
  /// Part of the text inside the element started last; may come in pieces.
  virtual void text(std::string_view part) = 0;
};

/// Whether the text is a whole document or only the start of one.
enum class XmlExtent { Whole, Start };

/// Parses an XML document. Declared entities are refused, nothing outside the text is opened, elements
/// nest at most 32 deep.
/// Errors   BadFile with file, line and reason
void parseXml(std::string_view contents, const std::string& file, XmlHandler& handler,
              XmlExtent extent = XmlExtent::Whole);

/// True if the text looks like XML.
bool looksLikeXml(std::string_view contents);

/// Text for between tags and in attributes; characters that XML cannot hold become '?'.
std::string xmlEscaped(std::string_view text);

}  // namespace cortexscope
