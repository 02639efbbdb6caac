// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cortexscope::test {

/// C++ text with comments and the contents of literals replaced by blanks; line breaks and length are kept.
std::string withoutCommentsAndLiterals(std::string_view source);

struct FunctionLength {
  std::string name;  ///< last word before the parameter list
  int firstLine;     ///< line of the opening brace, from 1
  int lineCount;     ///< opening to closing brace, both included
};

/// Bodies of functions at namespace or class scope, told from other braces by the text in front of them: it
/// has a parameter list and does not open a namespace, class or enum. Lambdas count as part of the function
/// around them.
std::vector<FunctionLength> functionLengths(std::string_view source);

}  // namespace cortexscope::test
