// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/step_cache.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"

namespace cortexscope {

namespace fs = std::filesystem;

StepCache::StepCache(fs::path folder) : m_folder(std::move(folder)) {
  if (!fs::exists(m_folder / "manifest.json")) return;
  try {
    const nlohmann::json json = nlohmann::json::parse(readTextFile(m_folder / "manifest.json"));
    for (const auto& [step, value] : json.at("steps").items()) {
      Entry entry{value.at("key").get<std::string>(), {}, value.at("seconds").get<double>()};
      for (const auto& [file, size] : value.at("files").items())
        entry.sizeOfFile[file] = size.get<std::uintmax_t>();
      m_entries[step] = std::move(entry);
    }
  } catch (const std::exception&) {
    m_entries.clear();
  }
}

bool StepCache::has(const std::string& step, const std::string& key) const {
  const auto found = m_entries.find(step);
  if (found == m_entries.end() || found->second.key != key) return false;
  for (const auto& [file, size] : found->second.sizeOfFile) {
    std::error_code error;
    if (fs::file_size(m_folder / file, error) != size || error) return false;
  }
  return true;
}

void StepCache::once(const std::string& step, const std::string& key,
                     const std::function<std::vector<fs::path>()>& compute) {
  if (has(step, key)) return;
  // From here on its files are in doubt: a stopped computation must not leave half of them under an older
  // key.
  if (m_entries.erase(step) > 0) write();
  const auto start = std::chrono::steady_clock::now();
  Entry entry{key, {}, 0};
  for (const fs::path& file : compute())
    entry.sizeOfFile[fs::relative(file, m_folder).generic_string()] = regularFileSize(file);
  entry.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  m_entries[step] = std::move(entry);
  write();
}

double StepCache::seconds(const std::string& prefix) const {
  double sum = 0;
  for (const auto& [step, entry] : m_entries)
    if (step.starts_with(prefix)) sum += entry.seconds;
  return sum;
}

void StepCache::write() const {
  nlohmann::ordered_json steps = nlohmann::ordered_json::object();
  for (const auto& [step, entry] : m_entries)
    steps[step] = {{"key", entry.key}, {"seconds", entry.seconds}, {"files", entry.sizeOfFile}};
  writeFileAtomically(m_folder / "manifest.json",
                      nlohmann::ordered_json{{"version", 1}, {"steps", steps}}.dump(2) + "\n");
}

}  // namespace cortexscope
