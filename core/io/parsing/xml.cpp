// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/parsing/xml.h"

#include <expat.h>

#include <exception>
#include <memory>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

constexpr int kDeepest = 32;

auto lineOf(XML_Parser parser) {
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
  return XML_GetCurrentLineNumber64(parser);
#else
  return XML_GetCurrentLineNumber(parser);
#endif
}

/// expat is C: an exception must not pass through it, so it is kept and the parser is stopped.
struct Parsing {
  XML_Parser parser;
  XmlHandler& handler;
  std::string file;
  int depth = 0;
  std::exception_ptr failure{};

  std::string place() const { return file + ", line " + textOf(lineOf(parser)); }

  template <class Action>
  void guarded(Action&& action) {
    if (failure) return;
    try {
      action();
    } catch (...) {
      failure = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

void onStart(void* user, const XML_Char* name, const XML_Char** pairs) {
  auto& parsing = *static_cast<Parsing*>(user);
  parsing.guarded([&] {
    require(++parsing.depth <= kDeepest, ErrorCode::BadFile, [&] {
      return parsing.place() + ": elements are nested more than " + textOf(kDeepest) + " deep";
    });
    XmlHandler::Attributes attributes;
    for (; *pairs != nullptr; pairs += 2) attributes.emplace(pairs[0], pairs[1]);
    parsing.handler.start(name, attributes, parsing.place(), parsing.depth);
  });
}

void onEnd(void* user, const XML_Char* name) {
  auto& parsing = *static_cast<Parsing*>(user);
  --parsing.depth;
  parsing.guarded([&] { parsing.handler.end(name); });
}

void onText(void* user, const XML_Char* text, int length) {
  auto& parsing = *static_cast<Parsing*>(user);
  parsing.guarded([&] { parsing.handler.text({text, static_cast<std::size_t>(length)}); });
}

void onEntity(void* user, const XML_Char*, int, const XML_Char*, int, const XML_Char*, const XML_Char*,
              const XML_Char*, const XML_Char*) {
  auto& parsing = *static_cast<Parsing*>(user);
  parsing.guarded([&] {
    throw Error(ErrorCode::BadFile, parsing.place() + ": declares an XML entity; such files are refused");
  });
}

}  // namespace

void parseXml(std::string_view contents, const std::string& file, XmlHandler& handler, XmlExtent extent) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                            &XML_ParserFree);
  require(parser != nullptr, ErrorCode::OutOfMemory, "the XML parser could not be made");
  Parsing parsing{parser.get(), handler, file};
  XML_SetUserData(parser.get(), &parsing);
  XML_SetElementHandler(parser.get(), onStart, onEnd);
  XML_SetCharacterDataHandler(parser.get(), onText);
  XML_SetEntityDeclHandler(parser.get(), onEntity);
  constexpr std::size_t kBlock = std::size_t{1} << 20;  // expat counts in int
  for (std::size_t start = 0; start == 0 || start < contents.size(); start += kBlock) {
    const std::string_view block = contents.substr(start, kBlock);
    const bool last = extent == XmlExtent::Whole && start + kBlock >= contents.size();
    const auto status = XML_Parse(parser.get(), block.data(), static_cast<int>(block.size()), last);
    if (parsing.failure) std::rethrow_exception(parsing.failure);
    require(status == XML_STATUS_OK, ErrorCode::BadFile, [&] {
      return parsing.place() + ": is not well-formed XML: " + XML_ErrorString(XML_GetErrorCode(parser.get()));
    });
  }
}

bool looksLikeXml(std::string_view contents) {
  if (contents.starts_with("\xef\xbb\xbf")) contents.remove_prefix(3);
  const std::size_t start = contents.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && contents[start] == '<';
}

std::string xmlEscaped(std::string_view text) {
  std::string safe;
  for (const char c : text) switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  return safe;
}

}  // namespace cortexscope
