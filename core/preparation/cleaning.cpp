// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/cleaning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "stats/correlation.h"

namespace cortexscope {
namespace {

using RowD = Eigen::Array<double, 1, Eigen::Dynamic>;

constexpr Index kBlockTargets = 64;
/// Values are measured and stored as float32: what is this small beside them is rounding.
constexpr double kRounding = 0x1p-23;
/// Spread of a confound beside its size below which it is constant but for rounding.
constexpr double kConstant = 1e-12;

std::string placeOf(const CleaningPlan& plan, std::size_t step) {
  return "step " + textOf(step + 1) + " (" + stepName(plan[step]) + ")";
}

RowD magnitudes(const MatrixD& block) {
  return block.array().abs().colwise().maxCoeff();
}

bool isConstant(const VectorD& column) {
  return column.size() == 0 ||
         column.maxCoeff() - column.minCoeff() <= kConstant * column.cwiseAbs().maxCoeff();
}

}  // namespace

/// Works out one step after the other, and keeps what later steps need of those before.
class RunCleaning::Builder {
 public:
  Builder(RunCleaning& run, double trSec, const Confounds& confounds)
      : m_run(run), m_trSec(trSec), m_confounds(confounds), m_design(samples(), 0) {}

  void operator()(const DropFirst& step) {
    require(step.volumes < samples(), ErrorCode::BadShape, [&] {
      return textOf(step.volumes) + " volumes cannot be dropped from a run of " + textOf(samples());
    });
    m_run.m_samplesAfter -= step.volumes;
    m_design = MatrixD(m_design.bottomRows(samples()));
    m_run.m_operations.emplace_back(Drop{step.volumes});
  }

  void operator()(const DetrendPolynomial& step) {
    append(polynomialBasis(samples(), step.order), {});
    project();
  }

  void operator()(const DetrendCosine& step) {
    const MatrixD basis = cosineBasis(samples(), m_trSec, step.cutoffSec);
    if (basis.cols() == 1)
      note("a run of " + textOf(double(samples()) * m_trSec) +
           " s is too short for the cut-off: only its mean is removed");
    append(basis, {});
    project();
  }

  void operator()(const DetrendSavitzkyGolay& step) {
    const Index window = windowSamples(step.windowSec, m_trSec);
    require(window <= samples(), ErrorCode::BadShape, [&] {
      return "the window of " + textOf(window) + " samples is longer than the run of " + textOf(samples());
    });
    const SavitzkyGolay filter(window, step.order);
    m_design = filter.residual(m_design);
    m_run.m_operations.emplace_back(Smooth{filter});
  }

  void operator()(const RegressConfounds& step) {
    Confounds chosen = chosenConfounds(m_confounds, step.columns);
    require(chosen.values.rows() == m_run.m_samplesBefore, ErrorCode::BadShape, [&] {
      return "the confounds have " + textOf(chosen.values.rows()) + " rows, the run " +
             textOf(m_run.m_samplesBefore) + " samples";
    });
    leaveOutConstant(chosen);
    const VectorD lengths = chosen.values.bottomRows(samples()).colwise().norm().transpose();
    append(replayed(chosen.values), chosen.names, lengths);
    project();
  }

  void operator()(const ZScore&) { m_run.m_operations.emplace_back(Standardize{}); }
  void operator()(const AverageRepeats&) {}

 private:
  Index samples() const { return m_run.m_samplesAfter; }
  void note(const std::string& text) { m_run.m_notes.push_back(text); }

  /// Constant over the samples that are left: one volume marked among those dropped says nothing any more.
  void leaveOutConstant(Confounds& chosen) {
    std::vector<std::string> names, constant;
    std::vector<Index> kept;
    for (std::size_t c = 0; c < chosen.names.size(); ++c) {
      const bool isUseless = isConstant(chosen.values.col(Index(c)).tail(samples()));
      (isUseless ? constant : names).push_back(chosen.names[c]);
      if (!isUseless) kept.push_back(Index(c));
    }
    if (!constant.empty()) note("constant confounds were left out: " + commaSeparated(constant));
    chosen.names = std::move(names);
    chosen.values = MatrixD(chosen.values(Eigen::all, kept));
    const Eigen::RowVectorXd mean = chosen.values.bottomRows(samples()).colwise().mean();
    chosen.values.rowwise() -= mean;
  }

  MatrixD replayed(MatrixD columns) const {
    for (const Operation& operation : m_run.m_operations) {
      if (const auto* drop = std::get_if<Drop>(&operation))
        columns = MatrixD(columns.bottomRows(columns.rows() - drop->volumes));
      if (const auto* smooth = std::get_if<Smooth>(&operation)) columns = smooth->filter.residual(columns);
    }
    return columns;
  }

  void append(const MatrixD& columns, const std::vector<std::string>& names, VectorD lengths = {}) {
    if (lengths.size() == 0) lengths = columns.colwise().norm().transpose();
    const Index before = m_design.cols();
    m_design.conservativeResize(Eigen::NoChange, before + columns.cols());
    m_design.rightCols(columns.cols()) = columns;
    m_lengths.conservativeResize(before + columns.cols());
    m_lengths.tail(columns.cols()) = lengths;
    m_newNames = names;
  }

  /// The whole design each time: a filter after the last projection may have bent what was straight.
  void project() {
    SpannedSpace space = spannedSpace(m_design, m_lengths);
    require(space.basis.cols() < samples(), ErrorCode::BadShape, [&] {
      return "drift and confounds together (rank " + textOf(space.basis.cols()) +
             ") leave nothing of a run of " + textOf(samples()) + " samples";
    });
    noteDependent(space.dependent);
    m_run.m_operations.emplace_back(Project{std::move(space.basis)});
  }

  void noteDependent(const std::vector<Index>& dependent) {
    const Index firstNew = m_design.cols() - std::ssize(m_newNames);
    std::vector<std::string> names;
    for (const Index column : dependent)
      if (column >= firstNew) names.push_back(m_newNames[std::size_t(column - firstNew)]);
    if (!names.empty()) note("confounds that others or the drift already hold: " + commaSeparated(names));
  }

  RunCleaning& m_run;
  double m_trSec;
  const Confounds& m_confounds;
  MatrixD m_design;                     ///< samples left x all columns so far
  VectorD m_lengths;                    ///< of the design's columns before any filter
  std::vector<std::string> m_newNames;  ///< of the last columns, where they have any
};

/// Takes a block of targets through the operations.
class RunCleaning::Application {
 public:
  explicit Application(MatrixD block) : m_block(std::move(block)), m_magnitude(magnitudes(m_block)) {}

  void operator()(const Drop& drop) {
    m_block = MatrixD(m_block.bottomRows(m_block.rows() - drop.volumes));
    m_magnitude = magnitudes(m_block);
  }
  void operator()(const Project& project) {
    if (project.basis.cols() == 0) return;
    const MatrixD fit = project.basis.transpose() * m_block;
    m_block.noalias() -= project.basis * fit;
    clearRounding();
  }
  void operator()(const Smooth& smooth) {
    m_block = smooth.filter.residual(m_block);
    clearRounding();
  }
  void operator()(const Standardize&) {
    const RowD mean = m_block.colwise().mean();
    m_block.array().rowwise() -= mean;
    clearRounding();
    const RowD sd = rootMeanSquares();
    m_block.array().rowwise() *= (sd == 0).select(0.0, sd.inverse());
    m_magnitude = magnitudes(m_block);
  }

  MatrixF result() const {
    MatrixF result = m_block.cast<float>();
    for (Index c = 0; c < result.cols(); ++c)
      if (!result.col(c).allFinite()) result.col(c).setConstant(std::numeric_limits<float>::quiet_NaN());
    return result;
  }

 private:
  RowD rootMeanSquares() const {
    return (m_block.array().square().colwise().sum() / double(m_block.rows())).sqrt();
  }
  /// Z-scoring would blow rounding up to the size of a response.
  void clearRounding() {
    const RowD left = rootMeanSquares();
    for (Index c = 0; c < m_block.cols(); ++c)
      if (left[c] <= kRounding * m_magnitude[c]) m_block.col(c).setZero();
  }

  MatrixD m_block;
  RowD m_magnitude;  ///< largest absolute value of each target before its last scaling
};

RunCleaning::RunCleaning(const CleaningPlan& plan, Index samples, double trSec, const Confounds& confounds)
    : m_samplesBefore(samples), m_samplesAfter(samples) {
  checkPlan(plan);
  require(samples > 0, ErrorCode::BadShape, "a run without samples cannot be cleaned");
  require(trSec > 0 && std::isfinite(trSec), ErrorCode::BadValue,
          [&] { return "a run's sample period must be above 0 s, got " + textOf(trSec); });
  Builder builder(*this, trSec, confounds);
  for (std::size_t step = 0; step < plan.size(); ++step) {
    try {
      std::visit(builder, plan[step]);
    } catch (const Error& error) {
      throw error.within(placeOf(plan, step));
    }
  }
}

MatrixF RunCleaning::apply(const ConstMatrixRefF& responses, int threads, const Job& job) const {
  require(responses.rows() == m_samplesBefore, ErrorCode::BadShape, [&] {
    return "responses of " + textOf(responses.rows()) + " samples do not fit a cleaning made for " +
           textOf(m_samplesBefore);
  });
  MatrixF cleaned(m_samplesAfter, responses.cols());
  const Index blocks = (responses.cols() + kBlockTargets - 1) / kBlockTargets;
  parallelFor(blocks, threads, [&](Index block) {
    job.checkpoint(double(block) / double(blocks), "cleaning responses");
    const Index first = block * kBlockTargets, count = std::min(kBlockTargets, responses.cols() - first);
    Application application(responses.middleCols(first, count).cast<double>());
    for (const Operation& operation : m_operations) std::visit(application, operation);
    cleaned.middleCols(first, count) = application.result();
  });
  return cleaned;
}

MatrixF meanOfRepeats(const std::vector<MatrixF>& repeats) {
  require(!repeats.empty(), ErrorCode::BadShape, "there are no repeats to be averaged");
  const Index samples = repeats.front().rows(), targets = repeats.front().cols();
  MatrixD sum = MatrixD::Zero(samples, targets);
  for (std::size_t r = 0; r < repeats.size(); ++r) {
    require(repeats[r].rows() == samples && repeats[r].cols() == targets, ErrorCode::BadShape, [&] {
      return "repeat " + textOf(r + 1) + " has " + textOf(repeats[r].rows()) + " samples x " +
             textOf(repeats[r].cols()) + " targets, the first " + textOf(samples) + " x " + textOf(targets);
    });
    sum += repeats[r].cast<double>();
  }
  return (sum / double(repeats.size())).cast<float>();
}

MatrixF averageOfRepeats(const std::vector<MatrixF>& repeats) {
  MatrixF mean = meanOfRepeats(repeats);
  zscoreRows(mean, 0, mean.rows());
  return mean;
}

}  // namespace cortexscope
