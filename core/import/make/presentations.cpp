// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/presentations.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "import/scan/names.h"
#include "io/tables/table.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// A film that is shown whole in each run differs from the run's length by fixation before and after it.
constexpr double kMostAroundFilmSec = 30;

/// Films and sound, and folders of pictures if it is said how many were shown per second.
bool isFilm(const Importing& importing, const ImportStimulus& stimulus) {
  if (stimulus.kind == "film" || stimulus.kind == "sound") return true;
  return importing.choices.picturesPerSec && fs::is_directory(importing.source(stimulus.file));
}

/// One row of an events table that shows a film.
struct FilmEvent {
  std::string stimFile;
  double onsetSec = 0, durationSec = 0;
};

std::vector<FilmEvent> filmEvents(const Importing& importing, const ImportCell& cell) {
  const ImportFile* table = cell.file(FileRole::Events);
  if (table == nullptr) return {};
  const fs::path file = importing.source(table->file);
  const Table events = readTable(file);
  const auto has = [&](const char* name) {
    return std::find(events.columns.begin(), events.columns.end(), name) != events.columns.end();
  };
  if (!has("stim_file") || !has("onset")) return {};
  const std::vector<double> onsets = numericColumn(events, "onset", file);
  const std::vector<double> durations =
      has("duration") ? numericColumn(events, "duration", file) : std::vector<double>(onsets.size(), 0);
  std::vector<FilmEvent> found;
  for (std::size_t row = 0; row < onsets.size(); ++row) {
    const std::string& name = events.rows[row][events.column("stim_file")];
    if (!isFilmName(lowerCase(name)) && !isSoundName(lowerCase(name))) continue;
    require(std::isfinite(onsets[row]), ErrorCode::BadFile, [&] {
      return file.string() + ": line " + textOf(events.lines[row]) + ": the film " + printable(name) +
             " has no onset";
    });
    found.push_back({name, onsets[row], durations[row] > 0 ? durations[row] : 0});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const FilmEvent& a, const FilmEvent& b) { return a.onsetSec < b.onsetSec; });
  return found;
}

/// Finds out what was shown to each person in each run.
class PresentationFinder {
 public:
  explicit PresentationFinder(const Importing& importing) : m_importing(importing) {
    for (const ImportStimulus& stimulus : importing.plan.stimuli)
      if (isFilm(importing, stimulus)) m_inSource.push_back(stimulus.file);
  }

  Presentations find() {
    const ImportPlan& plan = m_importing.plan;
    checkNames();
    m_found.ofRuns.assign(plan.people.size(), std::vector<std::vector<Presentation>>(plan.runs.size()));
    for (std::size_t person = 0; person < plan.people.size(); ++person)
      for (std::size_t run = 0; run < plan.runs.size(); ++run)
        if (m_importing.isIn[person] && plan.cells[person][run])
          m_found.ofRuns[person][run] = inRun(*plan.cells[person][run], plan.runs[run]);
    require(m_problems.empty(), ErrorCode::BadValue, [&] {
      std::string text = plan.source.string() + ": it is not known which film was shown:";
      for (const std::string& problem : m_problems) text += "\n  " + problem;
      return text;
    });
    return std::move(m_found);
  }

 private:
  /// A choice for a run that is not there would pass over a misspelt name.
  void checkNames() const {
    for (const auto& [name, choice] : m_importing.choices.films) {
      const auto isMeant = [&name = name](const ImportRun& run) {
        return run.id == name || run.task == name;
      };
      const auto& runs = m_importing.plan.runs;
      if (name.empty() || std::any_of(runs.begin(), runs.end(), isMeant)) continue;
      std::string names;
      for (const ImportRun& run : runs) names += " " + run.id;
      throw Error(ErrorCode::BadValue, "a film is chosen for \"" + printable(name) +
                                           "\", which is no run or task; there are" + names);
    }
  }

  std::vector<Presentation> inRun(const ImportCell& cell, const ImportRun& run) {
    const FilmChoice choice = choiceFor(run);
    std::vector<FilmEvent> events = filmEvents(m_importing, cell);
    const double start = choice.filmStartSec.value_or(0);
    if (!choice.file.empty()) {
      // What was given replaces the name of the film, not the time at which it began.
      const double onset = choice.onsetSec.value_or(events.empty() ? 0 : events.front().onsetSec);
      return {{indexOf(given(choice.file)), onset, start, 0}};
    }
    if (!events.empty()) return byEvents(events, choice);
    const std::optional<fs::path> film = filmByName(run);
    if (film) return {{indexOf(m_importing.source(*film)), choice.onsetSec.value_or(0), start, 0}};
    return ofOnlyFilm(cell, run, choice);
  }

  FilmChoice choiceFor(const ImportRun& run) const {
    const auto& films = m_importing.choices.films;
    const auto named = films.find(run.id);
    const auto own = named != films.end() || run.task.empty() ? named : films.find(run.task);
    const auto all = films.find("");
    FilmChoice choice = own != films.end() ? own->second : FilmChoice();
    if (all == films.end()) return choice;
    if (choice.file.empty()) choice.file = all->second.file;
    if (!choice.filmStartSec) choice.filmStartSec = all->second.filmStartSec;
    if (!choice.onsetSec) choice.onsetSec = all->second.onsetSec;
    return choice;
  }

  fs::path given(const fs::path& file) const {
    if (fs::exists(file)) return fs::absolute(file);
    const fs::path inside = m_importing.source(file);
    require(fs::exists(inside), ErrorCode::MissingFile, [&] {
      return file.string() + ": this film is neither here nor in " + m_importing.plan.source.string();
    });
    return inside;
  }

  /// Only films that were found in the source: a name never leads out of it.
  std::vector<Presentation> byEvents(const std::vector<FilmEvent>& events, const FilmChoice& choice) {
    std::vector<Presentation> found;
    for (const FilmEvent& event : events) {
      const auto isNamed = [&](const fs::path& film) {
        const std::string name = film.generic_string();
        return name == event.stimFile || name.ends_with(std::string("/").append(event.stimFile));
      };
      const auto film = std::find_if(m_inSource.begin(), m_inSource.end(), isNamed);
      if (film == m_inSource.end())
        m_problems.insert("the events name " + printable(event.stimFile) +
                          ", which is not in the folder; put it there or give it with --film RUN=FILE");
      else
        found.push_back({indexOf(m_importing.source(*film)),
                         events.size() == 1 ? choice.onsetSec.value_or(event.onsetSec) : event.onsetSec,
                         choice.filmStartSec.value_or(0), event.durationSec});
    }
    return found;
  }

  /// "film.mp4" for task-film, "run-1.mp4" for run-1; "friends_s01e02a.mkv" for task-s01e02a if no other ends
  /// so.
  std::optional<fs::path> filmByName(const ImportRun& run) const {
    for (const std::string& name : {run.film, run.id, run.task, "task-" + run.task})
      for (const fs::path& film : m_inSource)
        if (!name.empty() && lowerCase(film.stem().string()) == lowerCase(name)) return film;
    std::vector<fs::path> ending;
    for (const fs::path& film : m_inSource)
      if (!run.task.empty() && lowerCase(film.stem().string()).ends_with("_" + lowerCase(run.task)))
        ending.push_back(film);
    return ending.size() == 1 ? std::optional(ending.front()) : std::nullopt;
  }

  std::vector<Presentation> ofOnlyFilm(const ImportCell& cell, const ImportRun& run,
                                       const FilmChoice& choice) {
    if (m_inSource.size() != 1) {
      m_problems.insert(
          "run " + printable(run.id) + ": " +
          (m_inSource.empty() ? "no film is in the folder" : "no film has its name and no events name one") +
          (hasPictures() ? " (folders of pictures are films once it is said how many were shown per second, "
                           "--pictures-per-sec)"
                         : "") +
          "; give --film " + printable(run.id) + "=FILE");
      return {};
    }
    const std::size_t film = indexOf(m_importing.source(m_inSource.front()));
    const double filmSec = m_found.films[film].durationSec;
    const double runSec = m_importing.trSec * double(cell.samples);
    const bool whole = filmSec > 0 && std::abs(filmSec - runSec) <= kMostAroundFilmSec;
    if (m_importing.plan.runs.size() > 1 && !whole && !choice.filmStartSec) {
      m_problems.insert("run " + printable(run.id) + " lasts " + textOf(std::llround(runSec)) +
                        " s, the only film " + m_inSource.front().generic_string() + " " +
                        textOf(std::llround(filmSec)) +
                        " s: say where in it the run begins with --film-start " + printable(run.id) + "=SEC");
      return {};
    }
    return {{film, choice.onsetSec.value_or(0), choice.filmStartSec.value_or(0), 0}};
  }

  /// Folders of pictures that nobody said the rate of.
  bool hasPictures() const {
    const auto& stimuli = m_importing.plan.stimuli;
    return !m_importing.choices.picturesPerSec &&
           std::any_of(stimuli.begin(), stimuli.end(), [&](const ImportStimulus& stimulus) {
             return fs::is_directory(m_importing.source(stimulus.file));
           });
  }

  std::size_t indexOf(const fs::path& file) {
    const auto known = m_indices.find(file);
    if (known != m_indices.end()) return known->second;
    Film film = filmOf(m_importing, file);
    while (!m_ids.insert(film.id).second) film.id += "_2";
    m_found.films.push_back(film);
    return m_indices[file] = m_found.films.size() - 1;
  }

  const Importing& m_importing;
  Presentations m_found;
  std::vector<fs::path> m_inSource;  ///< relative
  std::map<fs::path, std::size_t> m_indices;
  std::set<std::string> m_ids, m_problems;
};

}  // namespace

Presentations findPresentations(const Importing& importing) {
  return PresentationFinder(importing).find();
}

}  // namespace cortexscope::importing
