// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/layouts/import_run.h"

#include <array>
#include <charconv>
#include <string_view>

#include "base/text.h"

namespace cortexscope::importing {
namespace {

std::optional<int> wholeNumber(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

ImportRun runOf(const BidsName& name) {
  // In the order in which BIDS writes them.
  static constexpr std::array kKeys = {"task", "acq", "ce", "rec", "dir", "run", "echo", "part"};
  ImportRun run;
  run.task = name["task"];
  run.session = name["ses"];
  run.number = wholeNumber(name["run"]);
  for (const char* key : kKeys) {
    if (!name.entities.contains(key)) continue;
    const bool numbered = std::string_view(key) == "run" && run.number;
    run.id +=
        (run.id.empty() ? "" : "_") + std::string(key) + "-" + (numbered ? textOf(*run.number) : name[key]);
  }
  if (run.id.empty()) run.id = name.suffix.empty() ? "run" : name.suffix;
  return run;
}

ImportRun runNamed(const std::string& id, const std::string& task) {
  ImportRun run;
  run.id = id;
  run.task = task;
  const std::size_t digits = id.find_last_not_of("0123456789");
  const std::size_t start = digits == std::string::npos ? 0 : digits + 1;
  if (start < id.size() && id.size() - start <= 6) run.number = std::stoi(id.substr(start));
  return run;
}

}  // namespace cortexscope::importing
