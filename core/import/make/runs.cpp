// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/runs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/error.h"
#include "base/text.h"
#include "import/make/held_out.h"
#include "import/plan/commonest.h"

namespace cortexscope::importing {
namespace {

constexpr Index kShortestRun = 10;   ///< samples
constexpr Index kShortestPart = 20;  ///< samples, of a run that is divided
constexpr std::size_t kFewestRuns =
    3;  ///< two to learn from, so that one can check the other, and one held out
constexpr std::size_t kPartsAtLeast = 4;
constexpr double kShortestShare = 0.95;  ///< of the samples that most have; who has less is left out

/// A presentation in samples.
struct SampledPresentation {
  std::size_t person = 0, run = 0;
  double filmSecAtStart = 0;       ///< film time at the start of the run's first recorded sample
  double fromSec = 0, endSec = 0;  ///< film time presented; an end of 0 is not known
  Index firstSample = 0, samples = 0;
};

/// A run of the study to be: everybody's presentations of the same part of a film.
struct SharedRun {
  std::size_t film = 0;
  std::string id;
  double startSec = 0;  ///< film time at the first sample that all have
  Index samples = 0;
  std::vector<SampledPresentation> presentations;

  bool isOf(std::size_t person) const {
    return std::any_of(
        presentations.begin(), presentations.end(),
        [&](const SampledPresentation& presentation) { return presentation.person == person; });
  }
};

class RunPlanner {
 public:
  RunPlanner(Importing& importing, const Presentations& presentations)
      : m_importing(importing), m_presentations(presentations) {
    for (const CleaningStep& step : importing.cleaning)
      if (const auto* drop = std::get_if<DropFirst>(&step)) m_dropped += drop->volumes;
  }

  std::vector<PlannedRun> plan() {
    gatherRuns();
    require(!m_runs.empty(), ErrorCode::BadShape, "no run shows a film");
    leaveOutIncomplete();
    require(!m_runs.empty(), ErrorCode::BadShape,
            "no run is there in at least half of the people, so they have nothing in common");
    for (SharedRun& run : m_runs) alignStarts(run);
    for (SharedRun& run : m_runs) countSamples(run);
    leaveOutShort();
    for (SharedRun& run : m_runs) settleSamples(run);
    std::vector<PlannedRun> runs = studyRuns();
    holdOut(m_importing, runs);
    Index next = 0;
    for (PlannedRun& planned : runs) {
      planned.run.firstSample = next;
      next = planned.run.endSample();
    }
    return runs;
  }

 private:
  const ImportCell& cellOf(const SampledPresentation& presentation) const {
    return *m_importing.plan.cells[presentation.person][presentation.run];
  }
  std::string placeOf(const SampledPresentation& presentation) const {
    return m_importing.plan.place(presentation.person, presentation.run);
  }

  /// Presentations of one film that start at one film time belong together; repeats too, if they are to be
  /// averaged.
  void gatherRuns() {
    const bool average = has<AverageRepeats>(m_importing.cleaning);
    std::map<std::tuple<std::size_t, long long, std::size_t>, std::size_t> places;
    for (std::size_t person = 0; person < m_importing.plan.people.size(); ++person) {
      if (!m_importing.isIn[person]) continue;
      std::map<std::pair<std::size_t, long long>, std::size_t> repeats;
      for (std::size_t run = 0; run < m_importing.plan.runs.size(); ++run) {
        const auto& ofRun = m_presentations.ofRuns[person][run];
        for (const Presentation& presentation : ofRun) {
          const long long start = std::llround(presentation.filmStartSec * 1000);
          const std::size_t film = presentation.film, repeat = average ? 0 : repeats[{film, start}]++;
          const auto [place, isNew] = places.try_emplace({film, start, repeat}, m_runs.size());
          if (isNew) m_runs.push_back({film, idOf(run, ofRun.size(), film), 0, 0, {}});
          m_runs[place->second].presentations.push_back(sampled(person, run, presentation));
        }
      }
    }
    // In the order of the first person's runs, whoever lacks one of them.
    std::stable_sort(m_runs.begin(), m_runs.end(), [](const SharedRun& a, const SharedRun& b) {
      return a.presentations.front().run < b.presentations.front().run;
    });
  }

  std::string idOf(std::size_t run, std::size_t presentations, std::size_t film) {
    std::string id = m_importing.plan.runs[run].id;
    if (presentations > 1) id += "_" + m_presentations.films[film].id;
    std::string unique = id;
    const auto isTaken = [&](const SharedRun& other) { return other.id == unique; };
    for (int i = 2; std::any_of(m_runs.begin(), m_runs.end(), isTaken); ++i) unique = id + "_" + textOf(i);
    return unique;
  }

  SampledPresentation sampled(std::size_t person, std::size_t run, const Presentation& presentation) const {
    const ImportCell& cell = *m_importing.plan.cells[person][run];
    // A sample stands for the time around its centre; slice timing may have moved it to another moment.
    const double moved = cell.startSec ? *cell.startSec - m_importing.trSec / 2 : 0;
    const double stopped =
        presentation.durationSec > 0 ? presentation.filmStartSec + presentation.durationSec : 0;
    const double film = m_presentations.films[presentation.film].durationSec;
    return {person, run, presentation.filmStartSec - presentation.onsetSec + moved, presentation.filmStartSec,
            film > 0 && stopped > 0 ? std::min(film, stopped) : std::max(film, stopped)};
  }

  /// What was presented to few people is no part of the study; who lacks what most have is not.
  void leaveOutIncomplete() {
    const std::size_t people = m_importing.peopleLeft();
    std::erase_if(m_runs, [&](const SharedRun& run) {
      std::size_t with = 0;
      for (std::size_t person = 0; person < m_importing.isIn.size(); ++person)
        with += m_importing.isIn[person] && run.isOf(person) ? 1 : 0;
      const bool few = 2 * with < people;
      if (few)
        m_importing.say(
            Severity::Warning, "", run.id,
            "only " + textOf(with) + " of " + textOf(people) + " people have this run; it is left out",
            "leave out the people who lack it if it matters more than they do");
      return few;
    });
    for (std::size_t person = 0; person < m_importing.isIn.size(); ++person)
      for (const SharedRun& run : m_runs)
        if (m_importing.isIn[person] && !run.isOf(person))
          m_importing.leaveOut(person, m_importing.plan.people[person] + " " + run.id,
                               "there is no such run of this person, which the other people have");
    dropPresentations();
  }

  void dropPresentations() {
    for (SharedRun& run : m_runs)
      std::erase_if(run.presentations, [&](const SampledPresentation& presentation) {
        return !m_importing.isIn[presentation.person];
      });
    require(m_importing.peopleLeft() > 0, ErrorCode::BadShape, "nobody has all runs that most people have");
  }

  /// The first sample of each person that lies in the film and is not dropped, at one film time for all.
  void alignStarts(SharedRun& run) {
    const double tr = m_importing.trSec;
    for (SampledPresentation& presentation : run.presentations) {
      const double before =
          std::max(0.0, presentation.fromSec - presentation.filmSecAtStart - kTimeSlackSec) / tr;
      presentation.firstSample = std::max(m_dropped, Index(std::ceil(before)));
      run.startSec =
          std::max(run.startSec, presentation.filmSecAtStart + tr * double(presentation.firstSample));
    }
    if (run.startSec < kTimeSlackSec) run.startSec = 0;  // rounding may put it just before the film
    for (SampledPresentation& presentation : run.presentations) {
      const double exact = (run.startSec - presentation.filmSecAtStart) / tr;
      presentation.firstSample = std::max<Index>(m_dropped, std::llround(exact));
      const double off = (double(presentation.firstSample) - exact) * tr;
      if (std::abs(off) > tr / 10)
        m_importing.say(Severity::Warning, "", placeOf(presentation),
                        "the film began at another moment between two samples than for others; it is " +
                            textOf(off) + " s off",
                        "nothing, if that is little beside the time between samples");
    }
  }

  void countSamples(SharedRun& run) const {
    for (SampledPresentation& presentation : run.presentations) {
      presentation.samples = cellOf(presentation).samples - presentation.firstSample;
      // A last sample may end a quarter of its time after the film.
      if (presentation.endSec > 0)
        presentation.samples = std::min(
            presentation.samples, Index((presentation.endSec - run.startSec) / m_importing.trSec + 0.25));
      presentation.samples = std::max<Index>(0, presentation.samples);
    }
  }

  void leaveOutShort() {
    for (const SharedRun& run : m_runs) {
      std::vector<Index> counts;
      for (const SampledPresentation& presentation : run.presentations)
        counts.push_back(presentation.samples);
      std::sort(counts.rbegin(), counts.rend());  // of equally frequent numbers the largest
      const Index common = commonest(counts).value_or(0);
      for (const SampledPresentation& presentation : run.presentations)
        if (m_importing.isIn[presentation.person] &&
            double(presentation.samples) < kShortestShare * double(common))
          m_importing.leaveOut(presentation.person, placeOf(presentation),
                               "only " + textOf(presentation.samples) +
                                   " samples lie in the film; most people have " + textOf(common));
    }
    dropPresentations();
  }

  void settleSamples(SharedRun& run) {
    run.samples = run.presentations.front().samples;
    for (const SampledPresentation& presentation : run.presentations)
      run.samples = std::min(run.samples, presentation.samples);
    require(run.samples >= kShortestRun, ErrorCode::BadShape, [&] {
      return "run " + run.id + ": " + textOf(run.samples) + " samples lie in the film, at least " +
             textOf(kShortestRun) + " are needed";
    });
    noteCutOff(run);
  }

  void noteCutOff(const SharedRun& run) {
    Index most = 0;
    for (const SampledPresentation& presentation : run.presentations)
      most = std::max(most, cellOf(presentation).samples - run.samples);
    if (most > 0)
      m_importing.say(Severity::Note, "", run.id,
                      textOf(run.samples) + " samples from film second " + textOf(run.startSec) +
                          " on are taken; up to " + textOf(most) +
                          " were dropped, lie outside the film or are not there in everybody",
                      "nothing, if the film began and ended then");
  }

  /// Few long runs are divided, because whole runs check each other.
  std::vector<PlannedRun> studyRuns() {
    std::vector<PlannedRun> runs;
    const bool divide = m_runs.size() < kFewestRuns;
    const Index parts = divide ? Index((kPartsAtLeast + m_runs.size() - 1) / m_runs.size()) : 1;
    for (const SharedRun& run : m_runs) {
      require(parts == 1 || run.samples / parts >= kShortestPart, ErrorCode::BadShape, [&] {
        return "run " + run.id + " has " + textOf(run.samples) +
               " samples, which are too few to be divided into parts to learn from and one to test with";
      });
      for (Index part = 0; part < parts; ++part) runs.push_back(runOf(run, part, parts));
    }
    if (divide)
      m_importing.say(
          Severity::Note, "", "",
          "so few runs are divided into " + textOf(runs.size()) +
              " parts, so that some are learned from and one is held out",
          "more runs would be better: neighbouring parts share slow changes, and drift and confounds "
          "are fitted over the whole recording, the held-out part with it");
    return runs;
  }

  PlannedRun runOf(const SharedRun& run, Index part, Index parts) const {
    const Index first = part * run.samples / parts, end = (part + 1) * run.samples / parts;
    PlannedRun planned;
    planned.run = {parts == 1 ? run.id : run.id + "_part-" + textOf(part + 1),
                   m_presentations.films[run.film].id,
                   run.startSec + m_importing.trSec * double(first),
                   0,
                   end - first,
                   false};
    planned.presentations.resize(m_importing.plan.people.size());
    for (const SampledPresentation& presentation : run.presentations)
      planned.presentations[presentation.person].push_back(
          {presentation.run, presentation.firstSample + first});
    return planned;
  }

  Importing& m_importing;
  const Presentations& m_presentations;
  Index m_dropped = 0;
  std::vector<SharedRun> m_runs;
};

}  // namespace

std::vector<PlannedRun> plannedRuns(Importing& importing, const Presentations& presentations) {
  return RunPlanner(importing, presentations).plan();
}

}  // namespace cortexscope::importing
