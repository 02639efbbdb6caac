// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/parsing/foreign_file.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace cortexscope {
namespace {

bool startsWithIgnoringCase(std::string_view text, std::string_view lowerCaseStart) {
  return text.size() >= lowerCaseStart.size() &&
         std::equal(lowerCaseStart.begin(), lowerCaseStart.end(), text.begin(), [](char expected, char met) {
           return expected == static_cast<char>(std::tolower(static_cast<unsigned char>(met)));
         });
}

struct Signature {
  std::string_view start;
  const char* reason;
};

constexpr std::array kSignatures = {
    Signature{"version https://git-lfs.github.com/spec/",
              "it is a Git LFS pointer, not the data: fetch the file itself"},
    Signature{"<!doctype html", "it is a web page, not the data"},
    Signature{"<html", "it is a web page, not the data"},
    Signature{"\x1f\x8b", "it is compressed with gzip: unpack it first"},
    Signature{"\x80\x02", "it is a Python pickle, which is never loaded"},
    Signature{"\x80\x03", "it is a Python pickle, which is never loaded"},
    Signature{"\x80\x04\x95", "it is a Python pickle, which is never loaded"},
    Signature{"\x80\x05\x95", "it is a Python pickle, which is never loaded"},
    Signature{"pk\x03\x04", "it is a zip archive (.zip, .npz, .xlsx): unpack or export it first"},
};

}  // namespace

std::string foreignFileReason(std::string_view firstBytes) {
  const std::size_t text = firstBytes.find_first_not_of(" \t\r\n");
  if (text != std::string_view::npos) firstBytes.remove_prefix(text);
  for (const Signature& signature : kSignatures)
    if (startsWithIgnoringCase(firstBytes, signature.start)) return signature.reason;
  return {};
}

}  // namespace cortexscope
