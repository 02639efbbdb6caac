#include <algorithm>
#include <cmath>
#include <map>

#include "import/scan/names.h"
#include "import/make/parts.h"

namespace cortexscope::importing {
namespace {

constexpr Index kShortestRun = 10;   ///< samples
constexpr Index kShortestPart = 20;  ///< samples, of a run that is divided
constexpr std::size_t kFewestRuns =
    3;  ///< two to learn from, so that one can check the other, and one held out
constexpr std::size_t kPartsAtLeast = 4;
constexpr double kShortestShare = 0.95;  ///< of the samples that most have; who has less is left out
constexpr double kTimeSlackSec = 1e-3;   ///< rounding in tables of events

/// One person's samples of a stretch of film.
struct Sight {
  std::size_t person = 0, run = 0;
  double filmSecAtStart = 0;       ///< film time at the start of the run's first recorded sample
  double fromSec = 0, endSec = 0;  ///< film time shown; an end of 0 is not known
  Index firstSample = 0, samples = 0;
};

/// Everybody's sights of one stretch of film.
struct Group {
  std::size_t film = 0;
  std::string id;
  double startSec = 0;  ///< film time at the first sample that all have
  Index samples = 0;
  std::vector<Sight> sights;

  bool isOf(std::size_t person) const {
    return std::any_of(sights.begin(), sights.end(),
                       [&](const Sight& sight) { return sight.person == person; });
  }
};

/// The number that most have; of equally frequent ones the largest.
Index commonest(const std::vector<Index>& values) {
  std::map<Index, std::size_t> counts;
  for (const Index value : values) ++counts[value];
  Index best = 0;
  std::size_t most = 0;
  for (const auto& [value, count] : counts)
    if (count >= most) best = value, most = count;
  return best;
}

class RunPlanner {
 public:
  RunPlanner(Importing& importing, const FilmsShown& shown) : m_importing(importing), m_shown(shown) {
    for (const CleaningStep& step : importing.cleaning)
      if (const auto* drop = std::get_if<DropFirst>(&step)) m_dropped += drop->volumes;
  }

  std::vector<PlannedRun> plan() {
    makeGroups();
    require(!m_groups.empty(), ErrorCode::BadShape, "no run shows a film");
    leaveOutIncomplete();
    require(!m_groups.empty(), ErrorCode::BadShape,
            "no run is there in at least half of the people, so they have nothing in common");
    for (Group& group : m_groups) alignStarts(group);
    for (Group& group : m_groups) countSamples(group);
    leaveOutShort();
    for (Group& group : m_groups) settleSamples(group);
    std::vector<PlannedRun> runs = studyRuns();
    holdOut(runs);
    Index next = 0;
    for (PlannedRun& planned : runs) {
      planned.run.firstSample = next;
      next = planned.run.endSample();
    }
    return runs;
  }

 private:
  const ImportCell& cellOf(const Sight& sight) const {
    return *m_importing.plan.cells[sight.person][sight.run];
  }
  std::string placeOf(const Sight& sight) const {
    return m_importing.plan.people[sight.person] + " " + m_importing.plan.runs[sight.run].id;
  }

  /// Stretches of one film that start at one time belong together; repeats too, if they are to be averaged.
  void makeGroups() {
    const bool average = has<AverageRepeats>(m_importing.cleaning);
    std::map<std::tuple<std::size_t, long long, std::size_t>, std::size_t> places;
    for (std::size_t person = 0; person < m_importing.plan.people.size(); ++person) {
      if (!m_importing.isIn[person]) continue;
      std::map<std::pair<std::size_t, long long>, std::size_t> seen;
      for (std::size_t run = 0; run < m_importing.plan.runs.size(); ++run) {
        const auto& shown = m_shown.shown[person][run];
        for (const Shown& stretch : shown) {
          const long long start = std::llround(stretch.filmStartSec * 1000);
          const std::size_t repeat = average ? 0 : seen[{stretch.film, start}]++;
          const auto [place, isNew] = places.try_emplace({stretch.film, start, repeat}, m_groups.size());
          if (isNew) m_groups.push_back({stretch.film, idOf(run, shown.size(), stretch.film), 0, 0, {}});
          m_groups[place->second].sights.push_back(sightOf(person, run, stretch));
        }
      }
    }
    // In the order of the first person's runs, whoever lacks one of them.
    std::stable_sort(m_groups.begin(), m_groups.end(), [](const Group& a, const Group& b) {
      return a.sights.front().run < b.sights.front().run;
    });
  }

  std::string idOf(std::size_t run, std::size_t stretches, std::size_t film) {
    std::string id = m_importing.plan.runs[run].id;
    if (stretches > 1) id += "_" + m_shown.films[film].id;
    std::string unique = id;
    const auto isTaken = [&](const Group& group) { return group.id == unique; };
    for (int i = 2; std::any_of(m_groups.begin(), m_groups.end(), isTaken); ++i)
      unique = id + "_" + std::to_string(i);
    return unique;
  }

  Sight sightOf(std::size_t person, std::size_t run, const Shown& stretch) const {
    const ImportCell& cell = *m_importing.plan.cells[person][run];
    // A sample stands for the time around its centre; slice timing may have moved it to another moment.
    const double moved = cell.startSec ? *cell.startSec - m_importing.trSec / 2 : 0;
    const double stopped = stretch.durationSec > 0 ? stretch.filmStartSec + stretch.durationSec : 0;
    const double film = m_shown.films[stretch.film].durationSec;
    return {person, run, stretch.filmStartSec - stretch.onsetSec + moved, stretch.filmStartSec,
            film > 0 && stopped > 0 ? std::min(film, stopped) : std::max(film, stopped)};
  }

  /// A stretch that few people saw is no part of the study; who lacks one that most saw is not.
  void leaveOutIncomplete() {
    const std::size_t people = m_importing.peopleLeft();
    std::erase_if(m_groups, [&](const Group& group) {
      std::size_t with = 0;
      for (std::size_t person = 0; person < m_importing.isIn.size(); ++person)
        with += m_importing.isIn[person] && group.isOf(person) ? 1 : 0;
      const bool few = 2 * with < people;
      if (few)
        m_importing.say(ImportSeverity::Warning, "", group.id,
                        "only " + std::to_string(with) + " of " + std::to_string(people) +
                            " people have this run; it is left out",
                        "leave out the people who lack it if it matters more than they do");
      return few;
    });
    for (std::size_t person = 0; person < m_importing.isIn.size(); ++person)
      for (const Group& group : m_groups)
        if (m_importing.isIn[person] && !group.isOf(person))
          m_importing.leaveOut(person, m_importing.plan.people[person] + " " + group.id,
                               "there is no such run of this person, which the other people have");
    dropSights();
  }

  void dropSights() {
    for (Group& group : m_groups)
      std::erase_if(group.sights, [&](const Sight& sight) { return !m_importing.isIn[sight.person]; });
    require(m_importing.peopleLeft() > 0, ErrorCode::BadShape, "nobody has all runs that most people have");
  }

  /// The first sample of each person that lies in the film and is not dropped, at one film time for all.
  void alignStarts(Group& group) {
    const double tr = m_importing.trSec;
    for (Sight& sight : group.sights) {
      const double before = std::max(0.0, sight.fromSec - sight.filmSecAtStart - kTimeSlackSec) / tr;
      sight.firstSample = std::max(m_dropped, Index(std::ceil(before)));
      group.startSec = std::max(group.startSec, sight.filmSecAtStart + tr * double(sight.firstSample));
    }
    if (group.startSec < kTimeSlackSec) group.startSec = 0;  // rounding may put it just before the film
    for (Sight& sight : group.sights) {
      const double exact = (group.startSec - sight.filmSecAtStart) / tr;
      sight.firstSample = std::max<Index>(m_dropped, std::llround(exact));
      const double off = (double(sight.firstSample) - exact) * tr;
      if (std::abs(off) > tr / 10)
        m_importing.say(ImportSeverity::Warning, "", placeOf(sight),
                        "the film began at another moment between two samples than for others; it is " +
                            std::to_string(off) + " s off",
                        "nothing, if that is little beside the time between samples");
    }
  }

  void countSamples(Group& group) const {
    for (Sight& sight : group.sights) {
      sight.samples = cellOf(sight).samples - sight.firstSample;
      // A last sample may end a quarter of its time after the film.
      if (sight.endSec > 0)
        sight.samples =
            std::min(sight.samples, Index((sight.endSec - group.startSec) / m_importing.trSec + 0.25));
      sight.samples = std::max<Index>(0, sight.samples);
    }
  }

  void leaveOutShort() {
    for (const Group& group : m_groups) {
      std::vector<Index> counts;
      for (const Sight& sight : group.sights) counts.push_back(sight.samples);
      const Index common = commonest(counts);
      for (const Sight& sight : group.sights)
        if (m_importing.isIn[sight.person] && double(sight.samples) < kShortestShare * double(common))
          m_importing.leaveOut(sight.person, placeOf(sight),
                               "only " + std::to_string(sight.samples) +
                                   " samples lie in the film; most people have " + std::to_string(common));
    }
    dropSights();
  }

  void settleSamples(Group& group) {
    group.samples = group.sights.front().samples;
    for (const Sight& sight : group.sights) group.samples = std::min(group.samples, sight.samples);
    require(group.samples >= kShortestRun, ErrorCode::BadShape, [&] {
      return "run " + group.id + ": " + std::to_string(group.samples) +
             " samples lie in the film, at least " + std::to_string(kShortestRun) + " are needed";
    });
    noteCutOff(group);
  }

  void noteCutOff(const Group& group) {
    Index most = 0;
    for (const Sight& sight : group.sights) most = std::max(most, cellOf(sight).samples - group.samples);
    if (most > 0)
      m_importing.say(ImportSeverity::Note, "", group.id,
                      std::to_string(group.samples) + " samples from film second " +
                          std::to_string(group.startSec) + " on are taken; up to " + std::to_string(most) +
                          " were dropped, lie outside the film or are not there in everybody",
                      "nothing, if the film began and ended then");
  }

  /// Groups as runs; few long ones are divided, because whole runs check each other.
  std::vector<PlannedRun> studyRuns() {
    std::vector<PlannedRun> runs;
    const bool divide = m_groups.size() < kFewestRuns;
    const Index parts = divide ? Index((kPartsAtLeast + m_groups.size() - 1) / m_groups.size()) : 1;
    for (const Group& group : m_groups) {
      require(parts == 1 || group.samples / parts >= kShortestPart, ErrorCode::BadShape, [&] {
        return "run " + group.id + " has " + std::to_string(group.samples) +
               " samples, which are too few to be divided into stretches to learn from and one to test with";
      });
      for (Index part = 0; part < parts; ++part) runs.push_back(runOf(group, part, parts));
    }
    if (divide)
      m_importing.say(ImportSeverity::Note, "", "",
                      "so few runs are divided into " + std::to_string(runs.size()) +
                          " stretches, so that some are learned from and one is held out",
                      "more runs would be better: neighbouring stretches share slow changes, and drift and confounds "
                      "are fitted over the whole recording, the held-out stretch with it");
    return runs;
  }

  PlannedRun runOf(const Group& group, Index part, Index parts) const {
    const Index first = part * group.samples / parts, end = (part + 1) * group.samples / parts;
    PlannedRun planned;
    planned.run = {parts == 1 ? group.id : group.id + "_part-" + std::to_string(part + 1),
                   m_shown.films[group.film].id,
                   group.startSec + m_importing.trSec * double(first),
                   0,
                   end - first,
                   false};
    planned.presentations.resize(m_importing.plan.people.size());
    for (const Sight& sight : group.sights)
      planned.presentations[sight.person].push_back({sight.run, sight.firstSample + first});
    return planned;
  }

  void holdOut(std::vector<PlannedRun>& runs) {
    const std::vector<std::string>& asked = m_importing.choices.heldOut;
    for (const std::string& name : asked) {
      bool found = false;
      for (PlannedRun& planned : runs)
        if (planned.run.id == name || planned.run.id.starts_with(name + "_part-"))
          planned.run.heldOut = found = true;
      require(found, ErrorCode::BadValue,
              [&] { return "no run is named \"" + name + "\"; there are" + namesOf(runs); });
    }
    if (asked.empty()) holdOutUsual(runs);
    const auto held =
        std::count_if(runs.begin(), runs.end(), [](const PlannedRun& p) { return p.run.heldOut; });
    require(std::ssize(runs) - held >= 2, ErrorCode::BadValue, [&] {
      return "at least two runs must be left to learn from; held out of" + namesOf(runs) + " are " +
             std::to_string(held);
    });
    std::string names;
    for (const PlannedRun& planned : runs) names += planned.run.heldOut ? " " + planned.run.id : "";
    warnOfSharedFilm(runs);
    m_importing.say(ImportSeverity::Note, "", "", "held out, never fitted to:" + names,
                    "choose others with --held-out");
  }

  /// Seconds of a film that are learned from prove nothing when they are tested with.
  void warnOfSharedFilm(const std::vector<PlannedRun>& runs) {
    const auto endOf = [&](const Run& run) {
      return run.stimulusStartSec + m_importing.trSec * double(run.sampleCount);
    };
    for (const PlannedRun& held : runs)
      for (const PlannedRun& other : runs) {
        const Run &a = held.run, &b = other.run;
        if (!a.heldOut || b.heldOut || a.stimulus != b.stimulus) continue;
        if (a.stimulusStartSec + kTimeSlackSec < endOf(b) && b.stimulusStartSec + kTimeSlackSec < endOf(a))
          m_importing.say(
              ImportSeverity::Warning, "", a.id,
              "is held out, but shows the same seconds of " + a.stimulus + " as " + b.id +
                  ", which is learned from",
              "hold out both, or average repeats: tests with film that was learned from say too much");
      }
  }

  /// Runs that are called tests; else the one shown most often; else the last one.
  static void holdOutUsual(std::vector<PlannedRun>& runs) {
    std::vector<PlannedRun*> tests;
    PlannedRun* most = &runs.front();
    const auto repeats = [](const PlannedRun& planned) {
      std::size_t count = 0;
      for (const auto& presentations : planned.presentations) count = std::max(count, presentations.size());
      return count;
    };
    for (PlannedRun& planned : runs) {
      const std::string name = lowerCase(planned.run.id);
      if (name.find("test") != std::string::npos || name.find("heldout") != std::string::npos)
        tests.push_back(&planned);
      if (repeats(planned) >= repeats(*most)) most = &planned;
    }
    if (!tests.empty() && tests.size() + 2 <= runs.size())
      for (PlannedRun* test : tests) test->run.heldOut = true;
    else
      most->run.heldOut = true;
  }

  static std::string namesOf(const std::vector<PlannedRun>& runs) {
    std::string names;
    for (const PlannedRun& planned : runs) names += " " + planned.run.id;
    return names;
  }

  Importing& m_importing;
  const FilmsShown& m_shown;
  Index m_dropped = 0;
  std::vector<Group> m_groups;
};

}  // namespace

std::vector<PlannedRun> plannedRuns(Importing& importing, const FilmsShown& shown) {
  return RunPlanner(importing, shown).plan();
}

}  // namespace cortexscope::importing
