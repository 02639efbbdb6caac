// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/people.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <new>

#include "base/error.h"
#include "base/text.h"
#include "encoding/ceiling.h"
#include "import/make/responses.h"
#include "import/make/voxels.h"
#include "io/arrays/npy.h"
#include "preparation/cleaning.h"
#include "study/document/names.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// Share of vertices without values beyond which a person's data need a look.
constexpr double kManyMasked = 0.5;

constexpr Index kCeilingBlock = 8192;  ///< targets at a time, so that doubles of all repeats are few

struct CleanRun {
  MatrixF values;  ///< samples x targets
  Index dropped = 0;
};

/// One person's responses on their way into the study, a study run at a time. A recorded run is kept from its
/// first to its last use.
class PersonImport {
 public:
  PersonImport(Importing& importing, const ImportCortex& cortex, const std::vector<PlannedRun>& runs,
               std::size_t person)
      : m_importing(importing), m_cortex(cortex), m_runs(runs), m_person(person) {
    for (std::size_t i = 0; i < runs.size(); ++i)
      for (const PlannedRun::Samples& samples : runs[i].presentations[person]) m_lastUse[samples.run] = i;
  }

  Person import(const Job& job) {
    Person person;
    person.id = m_importing.plan.people[m_person];
    person.responses = fs::path("inputs/people") / fileNameOf(person.id) / "responses.npy";
    if (m_importing.choices.keepVoxels) chooseVoxels(person, job);
    const Index samples = m_runs.back().run.endSample();
    const Index targets = m_voxels ? m_voxels->voxelCount() : m_cortex.mesh.vertexCount();
    m_targets = person.targets();
    m_empty.assign(std::size_t(targets), 0);
    NpyRowWriter writer(m_importing.study.path(person.responses), samples, targets);
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
      const Job part = job.part(double(i) / double(m_runs.size()), double(i + 1) / double(m_runs.size()));
      MatrixF values = averaged(i, part);
      emptyToZero(values);
      countEmpty(values);
      writer.append(values);
      std::erase_if(m_clean, [&](const auto& entry) { return m_lastUse.at(entry.first) <= i; });
      if (m_runs[i].run.heldOut) person.repeats = int(m_runs[i].presentations[m_person].size());
    }
    writer.finish();
    if (m_ceilingSamples > 0) {
      person.noiseCeiling = person.responses.parent_path() / "noise_ceiling.npy";
      writeNpy(m_importing.study.path(person.noiseCeiling), ceilingOfMean());
    }
    person.coverage = m_coverage;
    person.maskedTargets = Index(std::count(m_empty.begin(), m_empty.end(), m_runs.size()));
    report(person);
    if (m_voxels) writeVoxels(person);
    return person;
  }

 private:
  void chooseVoxels(Person& person, const Job& job) {
    std::vector<std::size_t> runs;
    for (const auto& [run, last] : m_lastUse) runs.push_back(run);
    PersonVoxels voxels = voxelsOf(m_importing, m_cortex, m_person, runs, job.part(0, 0));
    m_voxels = std::move(voxels.kept);
    m_coverage = voxels.coverage;
    person.voxelsToVertices = person.responses.parent_path() / "voxels_to_vertices.npz";
  }

  /// Voxels without values have no part in what is shown.
  void writeVoxels(const Person& person) {
    std::vector<bool> without;
    for (const std::size_t runs : m_empty) without.push_back(runs == m_runs.size());
    leaveOutOfMeans(*m_voxels, without);
    writeKeptVoxels(m_importing.study.path(person.voxelsToVertices), *m_voxels);
    const Index none = m_voxels->vertexCountWithout();
    say(Severity::Note, "",
        textOf(m_voxels->voxelCount()) + " voxels are kept; " + textOf(none) + " of " +
            textOf(m_voxels->vertexCount()) + " vertices are reached by none of them and show no value",
        "nothing, if those are the medial wall or lie outside the images");
  }

  /// The mean of this person's presentations.
  MatrixF averaged(std::size_t index, const Job& job) {
    const PlannedRun& planned = m_runs[index];
    std::vector<MatrixF> repeats;
    for (const PlannedRun::Samples& samples : planned.presentations[m_person]) {
      const CleanRun& run = cleaned(samples.run, job);
      repeats.push_back(run.values.middleRows(samples.firstSample - run.dropped, planned.run.sampleCount));
    }
    if (planned.run.heldOut && repeats.size() > 1) addToCeiling(repeats);
    // The samples taken have another mean and spread than the whole run, which was z-scored.
    return has<ZScore>(m_importing.cleaning) ? averageOfRepeats(repeats) : meanOfRepeats(repeats);
  }

  /// Explainable variance over all held-out samples, which are z-scored by run. Runs presented another number
  /// of times than the first are not counted.
  void addToCeiling(const std::vector<MatrixF>& repeats) {
    if (m_ceilingSamples == 0) m_ceilingRepeats = repeats.size();
    if (repeats.size() != m_ceilingRepeats) return;
    const Index samples = repeats.front().rows(), targets = repeats.front().cols();
    if (m_ceilingSamples == 0) m_explainable = VectorD::Zero(targets);
    for (Index first = 0; first < targets; first += kCeilingBlock) {
      const Index count = std::min(kCeilingBlock, targets - first);
      std::vector<MatrixF> block;
      for (const MatrixF& repeat : repeats) {
        block.push_back(repeat.middleCols(first, count));
        emptyToZero(block.back());
      }
      m_explainable.segment(first, count) +=
          double(samples) * noiseCeiling(block).explainableVariance.cast<double>();
    }
    m_ceilingSamples += samples;
  }

  /// Highest r with the mean of the repeats.
  VectorF ceilingOfMean() const {
    const auto best = [this](double ev) { return float(std::sqrt(bestR2(ev, double(m_ceilingRepeats)))); };
    return (m_explainable / double(m_ceilingSamples)).unaryExpr(best).cast<float>();
  }

  static void emptyToZero(MatrixF& values) {
    for (Index v = 0; v < values.cols(); ++v)
      if (!values.col(v).array().isFinite().all()) values.col(v).setZero();
  }

  const CleanRun& cleaned(std::size_t run, const Job& job) {
    const auto known = m_clean.find(run);
    if (known != m_clean.end()) return known->second;
    const ImportCell& cell = *m_importing.plan.cells[m_person][run];
    const std::string& name = m_importing.plan.runs[run].id;
    try {
      job.checkpoint(0, "reading " + m_importing.plan.people[m_person]);
      const Recorded recorded = readRecorded(m_importing, m_cortex, m_person, run,
                                             m_voxels ? &*m_voxels : nullptr, m_kept, job.part(0, 0.7));
      checkValues(recorded.values, name);
      const RunCleaning cleaning(m_importing.cleaning, recorded.values.rows(), m_importing.trSec,
                                 confoundsOf(m_importing, cell));
      for (const std::string& note : recorded.notes)
        say(Severity::Warning, name, note, "make sure that it is so");
      for (const std::string& note : cleaning.notes()) say(Severity::Note, name, note, "nothing");
      if (recorded.coverage) m_coverage = std::min(*recorded.coverage, m_coverage.value_or(1));
      CleanRun& clean = m_clean[run];
      clean.dropped = cleaning.samplesDropped();
      clean.values = cleaning.apply(recorded.values, m_importing.choices.threads, job.part(0.7, 1));
      return clean;
    } catch (const Error& error) {
      throw error.within("run " + name);
    }
  }

  /// Gaps in a series cannot be cleaned around: such a target has no value in the run. How many there are is
  /// said.
  void checkValues(const MatrixF& values, const std::string& run) {
    Index gaps = 0, full = 0;
    for (Index v = 0; v < values.cols(); ++v) {
      const Index finite = values.col(v).array().isFinite().count();
      full += finite == values.rows() ? 1 : 0;
      gaps += finite > 0 && finite < values.rows() ? 1 : 0;
    }
    require(full > 0, ErrorCode::BadValue, [&] {
      return "none of " + textOf(values.cols()) + " " + m_targets + " has a finite value in every sample";
    });
    if (gaps > 0)
      say(Severity::Warning, run,
          textOf(gaps) + " of " + textOf(values.cols()) + " " + m_targets +
              " are NaN or infinite in some samples; they count as without values in this run",
          "find out where they come from");
  }

  void countEmpty(const MatrixF& values) {
    for (Index v = 0; v < values.cols(); ++v)
      if ((values.col(v).array() == 0).all()) ++m_empty[std::size_t(v)];
  }

  void report(const Person& person) {
    const auto targets = double(m_empty.size());
    const auto some = std::count_if(m_empty.begin(), m_empty.end(),
                                    [&](std::size_t runs) { return runs > 0 && runs < m_runs.size(); });
    const std::string share = textOf(std::llround(100 * double(person.maskedTargets) / targets)) + " %";
    if (person.maskedTargets > 0)
      say(double(person.maskedTargets) > kManyMasked * targets ? Severity::Warning : Severity::Note, "",
          textOf(person.maskedTargets) + " of " + textOf(m_empty.size()) + " " + m_targets + " (" + share +
              ") have no values or constant ones; they are 0",
          "nothing, if that is the medial wall or lies outside the images");
    if (some > 0)
      say(Severity::Warning, "",
          textOf(some) + " " + m_targets + " have values in some runs and none in others, where they are 0",
          "find out whether the images cover the same in all runs");
    if (person.coverage && *person.coverage < 1)
      say(*person.coverage < kManyMasked ? Severity::Warning : Severity::Note, "",
          textOf(std::llround(100 * *person.coverage)) +
              " % of the cortex lies inside the images and their mask",
          "nothing, if the rest was not scanned");
  }

  void say(Severity severity, const std::string& run, const std::string& what, const std::string& advice) {
    m_importing.say(severity, "", m_importing.plan.people[m_person] + (run.empty() ? "" : " " + run), what,
                    advice);
  }

  Importing& m_importing;
  const ImportCortex& m_cortex;
  const std::vector<PlannedRun>& m_runs;
  std::size_t m_person;
  std::map<std::size_t, CleanRun> m_clean;
  std::map<std::size_t, std::size_t> m_lastUse;  ///< recorded run -> last study run with samples of it
  std::optional<KeptVoxels> m_voxels;            ///< where voxels are kept
  std::string m_targets;                         ///< "vertices" or "voxels"
  std::vector<std::size_t> m_empty;              ///< [target]: study runs without values
  std::optional<double> m_coverage;
  KeptClips m_kept;
  VectorD m_explainable;  ///< times m_ceilingSamples
  Index m_ceilingSamples = 0;
  std::size_t m_ceilingRepeats = 0;
};

}  // namespace

void addPeople(Importing& importing, const ImportCortex& cortex, const std::vector<PlannedRun>& runs,
               const Job& job) {
  const double people = double(importing.plan.people.size());
  for (std::size_t person = 0; person < importing.plan.people.size(); ++person) {
    if (!importing.isIn[person]) continue;
    const Job part = job.part(double(person) / people, double(person + 1) / people);
    const std::string& id = importing.plan.people[person];
    try {
      importing.study.people.push_back(PersonImport(importing, cortex, runs, person).import(part));
    } catch (const Error& error) {
      importing.leaveOut(person, id, error.what());
    } catch (const std::bad_alloc&) {
      importing.leaveOut(person, id, "the data need more memory than there is");
    }
  }
  require(!importing.study.people.empty(), ErrorCode::BadFile, [&] {
    return importing.plan.source.string() + ": nobody's data can be used: " + importing.findings.back().what;
  });
}

}  // namespace cortexscope::importing
