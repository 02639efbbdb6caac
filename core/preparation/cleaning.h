// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "preparation/cleaning_plan.h"
#include "preparation/regressors.h"

namespace cortexscope {

/// A plan worked out for one run: what it does to a target depends on the run's length and confounds alone.
///
/// Polynomials, cosines and confounds are fitted jointly by least squares, whatever their order in the plan:
/// each such step takes out its own columns and those of all steps before it, so that none brings back what
/// another took out. Confounds go through the drops and Savitzky-Golay filters that come before them, are
/// centred (regression by itself leaves a target's mean alone) and left out where they are constant or depend
/// on others.
class RunCleaning {
 public:
  /// confounds  of this run, with as many rows as it has samples before any are dropped
  /// Errors     as checkPlan; BadShape or BadValue, after the step's place and name, with both numbers: more
  ///            volumes to drop than there are, a window longer than the run, an order or a rank that leaves
  ///            nothing, a cut-off below two samples, confounds of another length; as chosenConfounds
  RunCleaning(const CleaningPlan& plan, Index samples, double trSec, const Confounds& confounds = {});

  Index samplesBefore() const { return m_samplesBefore; }
  Index samplesAfter() const { return m_samplesAfter; }
  Index samplesDropped() const { return m_samplesBefore - m_samplesAfter; }
  /// Odd but usable things, each a sentence: confounds left out, a cut-off longer than the run.
  const std::vector<std::string>& notes() const { return m_notes; }

  /// responses  samples x targets of the run
  /// Returns    samplesAfter() x targets, worked out in float64. Targets of which a step leaves no more than
  ///            the rounding of their float32 values are 0, as constant ones; targets with NaN or infinite
  ///            values are NaN throughout. The same bits for every number of threads
  /// Errors     BadShape for another number of samples; Cancelled
  MatrixF apply(const ConstMatrixRefF& responses, int threads, const Job& job) const;

 private:
  class Builder;
  struct Drop {
    Index volumes;
  };
  struct Project {
    MatrixD basis;  ///< samples x rank, orthonormal; taken out
  };
  struct Smooth {
    SavitzkyGolay filter;
  };
  struct Standardize {};
  using Operation = std::variant<Drop, Project, Smooth, Standardize>;

  class Application;

  Index m_samplesBefore = 0;
  Index m_samplesAfter = 0;
  std::vector<Operation> m_operations;
  std::vector<std::string> m_notes;
};

/// Mean of the same targets over repeats of one stimulus. Targets with NaN in one are NaN.
/// repeats  cleaned, all samples x targets
/// Errors   BadShape without repeats or for repeats of different sizes, with both
MatrixF meanOfRepeats(const std::vector<MatrixF>& repeats);
/// The same, z-scored again.
MatrixF averageOfRepeats(const std::vector<MatrixF>& repeats);

}  // namespace cortexscope
