// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/labels/label_times.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "io/media/media.h"
#include "study/document/run_times.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr double kLeastOverlap = 1e-6;  // of a sample

bool hasColumn(const Table& rows, const std::string& name) {
  return std::find(rows.columns.begin(), rows.columns.end(), name) != rows.columns.end();
}

std::string seconds(double value) {
  return textOf(value) + " s";
}

/// Places the rows of one file in the films.
class Placing {
 public:
  Placing(const Study& study, const LabelTable& table, const Table& rows, const fs::path& file,
          std::optional<std::size_t> stimulus)
      : m_study(study), m_table(table), m_rows(rows), m_file(file), m_stimulus(stimulus) {
    for (const Stimulus& film : study.stimuli)
      m_lengths.push_back(probeMedia(study.path(film.file)).durationSec);
  }

  std::vector<FilmSpan> scenes() const {
    const std::vector<double> onset = times("onset"), duration = times("duration");
    std::vector<FilmSpan> spans;
    for (std::size_t row = 0; row < onset.size(); ++row) {
      refuseIf(!(duration[row] > 0), row, "the scene has no duration above 0");
      spans.push_back({filmOf(row), onset[row], onset[row] + duration[row]});
    }
    check(spans);
    return spans;
  }

  std::vector<FilmSpan> moments(const std::string& column) const {
    const std::vector<double> start = times(column);
    std::vector<FilmSpan> spans;
    for (std::size_t row = 0; row < start.size(); ++row)
      spans.push_back({filmOf(row), start[row], start[row]});
    const double period = m_table.periodSec > 0 ? m_table.periodSec : medianStep(spans);
    std::vector<std::optional<std::size_t>> last(m_study.stimuli.size());
    for (std::size_t row = 0; row < spans.size(); ++row) {
      FilmSpan& span = spans[row];
      span.endSec = span.startSec + period;
      if (std::optional<std::size_t>& before = last[span.stimulus]; before) {
        refuseIf(!(span.startSec > spans[*before].startSec), row,
                 "the time " + seconds(span.startSec) + " is not later than " +
                     seconds(spans[*before].startSec) + " in line " + textOf(m_rows.lines[*before]));
        spans[*before].endSec = std::min(spans[*before].endSec, span.startSec);
      }
      last[span.stimulus] = row;
    }
    check(spans);
    return spans;
  }

  std::vector<FilmSpan> steps() const {
    require(m_table.periodSec > 0, ErrorCode::BadValue, [&] {
      return m_file.string() +
             ": has neither a column \"time\" nor \"onset\", so a period is needed that says how many "
             "seconds of the film a row describes";
    });
    std::vector<FilmSpan> spans;
    std::vector<Index> counts(m_study.stimuli.size(), 0);
    for (std::size_t row = 0; row < m_rows.rows.size(); ++row) {
      const std::size_t film = filmOf(row);
      const double start = m_table.periodSec * double(counts[film]++);
      spans.push_back({film, start, start + m_table.periodSec});
    }
    for (std::size_t film = 0; film < counts.size(); ++film) checkCount(film, counts[film]);
    return spans;
  }

 private:
  void refuseIf(bool wrong, std::size_t row, const std::string& reason) const {
    require(!wrong, ErrorCode::BadFile,
            [&] { return m_file.string() + ": line " + textOf(m_rows.lines[row]) + ": " + reason; });
  }

  std::vector<double> times(const std::string& column) const {
    const std::vector<double> values = numericColumn(m_rows, column, m_file);
    for (std::size_t row = 0; row < values.size(); ++row)
      refuseIf(!std::isfinite(values[row]), row, "the cell in column \"" + column + "\" is no finite number");
    return values;
  }

  std::size_t filmOf(std::size_t row) const {
    for (const char* column : {"stimulus", "stim_file"}) {
      if (!hasColumn(m_rows, column)) continue;
      const std::string& name = m_rows.rows[row][m_rows.column(column)];
      const std::optional<std::size_t> film = filmNamed(name);
      refuseIf(!film, row, "the film \"" + name + "\" in column \"" + column + "\" is none of the study's");
      refuseIf(m_stimulus && *m_stimulus != *film, row,
               "names the film \"" + name + "\" in the file of \"" +
                   m_study.stimuli[m_stimulus.value_or(0)].id + "\"");
      return *film;
    }
    require(m_stimulus || m_study.stimuli.size() == 1, ErrorCode::BadValue, [&] {
      return m_file.string() + ": a column \"stimulus\" is needed, because the study has " +
             textOf(m_study.stimuli.size()) + " films";
    });
    return m_stimulus.value_or(0);
  }

  std::optional<std::size_t> filmNamed(const std::string& name) const {
    for (std::size_t i = 0; i < m_study.stimuli.size(); ++i) {
      const Stimulus& film = m_study.stimuli[i];
      if (name == film.id || fs::path(name).filename() == film.file.filename()) return i;
    }
    return std::nullopt;
  }

  double medianStep(const std::vector<FilmSpan>& spans) const {
    std::vector<double> steps;
    for (std::size_t row = 1; row < spans.size(); ++row)
      if (spans[row].stimulus == spans[row - 1].stimulus)
        steps.push_back(spans[row].startSec - spans[row - 1].startSec);
    require(!steps.empty(), ErrorCode::BadValue, [&] {
      return m_file.string() + ": a single time does not say how long a label holds; a period is needed";
    });
    std::nth_element(steps.begin(), steps.begin() + std::ptrdiff_t(steps.size() / 2), steps.end());
    return steps[steps.size() / 2];
  }

  /// Inside the film, in order, without overlaps.
  void check(const std::vector<FilmSpan>& spans) const {
    std::vector<std::optional<std::size_t>> last(m_study.stimuli.size());
    for (std::size_t row = 0; row < spans.size(); ++row) {
      const FilmSpan& span = spans[row];
      const double length = m_lengths[span.stimulus];
      const std::string film = m_study.stimuli[span.stimulus].id;
      refuseIf(span.startSec < 0, row,
               "starts at " + seconds(span.startSec) + ", before the film \"" + film + "\"");
      refuseIf(length > 0 &&
                   (span.startSec >= length || (isScene() && span.endSec > length + m_study.samplePeriodSec)),
               row,
               "describes the film from " + seconds(span.startSec) + " to " + seconds(span.endSec) + ", \"" +
                   film + "\" ends at " + seconds(length));
      if (std::optional<std::size_t>& before = last[span.stimulus]; before) {
        const std::string other = " of line " + textOf(m_rows.lines[*before]);
        refuseIf(span.startSec < spans[*before].startSec, row,
                 "starts at " + seconds(span.startSec) + ", earlier than " +
                     seconds(spans[*before].startSec) + other);
        refuseIf(span.startSec < spans[*before].endSec - kLeastOverlap * m_study.samplePeriodSec, row,
                 "starts at " + seconds(span.startSec) + " and overlaps the scene" + other +
                     ", which ends at " + seconds(spans[*before].endSec));
      }
      last[span.stimulus] = row;
    }
  }

  bool isScene() const { return m_table.timing == LabelTiming::Scenes; }

  /// Rows without times must be as many as the film has periods: not half a period short of what runs show,
  /// nor a whole one past the film.
  void checkCount(std::size_t film, Index count) const {
    double shownSec = 0;
    for (const Run& run : m_study.runs)
      if (run.stimulus == m_study.stimuli[film].id)
        shownSec = std::max(shownSec, filmTimes(m_study, run).endSec());
    const bool elsewhere = m_stimulus && *m_stimulus != film;
    const double period = m_table.periodSec, described = period * double(count);
    const auto facts = [&] {
      return m_file.string() + ": has " + textOf(count) + " rows of " + seconds(period) + " (" +
             seconds(described) + ") for \"" + m_study.stimuli[film].id + "\", ";
    };
    require(elsewhere || described > shownSec - period / 2, ErrorCode::BadShape,
            [&] { return facts() + "the runs show it up to " + seconds(shownSec); });
    require(m_lengths[film] <= 0 || described < m_lengths[film] + period, ErrorCode::BadShape,
            [&] { return facts() + "which lasts " + seconds(m_lengths[film]); });
  }

  const Study& m_study;
  const LabelTable& m_table;
  const Table& m_rows;
  const fs::path& m_file;
  std::optional<std::size_t> m_stimulus;
  std::vector<double> m_lengths;  // of the films, seconds; 0 if a film does not say
};

/// Running means of the rows that each sample of one run overlaps.
void addRun(const TimeAxis& film, const FilmSpan& span, const MatrixD::ConstRowXpr& values, Index firstSample,
            MatrixD& means, MatrixD& weights) {
  const auto sampleAt = [&](double sec) {
    return Index(
        std::clamp(std::floor((sec - film.startSec) / film.periodSec), 0.0, double(film.sampleCount)));
  };
  for (Index i = sampleAt(span.startSec); i < std::min(film.sampleCount, sampleAt(span.endSec) + 1); ++i) {
    const double start = film.startSec + film.periodSec * double(i);
    const double overlap =
        (std::min(span.endSec, start + film.periodSec) - std::max(span.startSec, start)) / film.periodSec;
    if (overlap < kLeastOverlap) continue;
    for (Index column = 0; column < values.size(); ++column) {
      if (!std::isfinite(values[column])) continue;
      double& weight = weights(firstSample + i, column);
      double& mean = means(firstSample + i, column);
      weight += overlap;
      mean += (values[column] - mean) * (overlap / weight);  // equal values stay the very same number
    }
  }
}

}  // namespace

std::vector<FilmSpan> spansOfRows(const Study& study, const LabelTable& table, const Table& rows,
                                  const fs::path& file, std::optional<std::size_t> stimulus) {
  const Placing placing(study, table, rows, file, stimulus);
  if (table.timing == LabelTiming::Scenes) return placing.scenes();
  for (const char* column : {"time", "onset"})
    if (hasColumn(rows, column)) return placing.moments(column);
  return placing.steps();
}

MatrixD onStudyClock(const Study& study, const std::vector<FilmSpan>& spans, const MatrixD& values) {
  MatrixD means = MatrixD::Zero(sampleCount(study.runs), values.cols()), weights = means;
  for (const Run& run : study.runs)
    for (std::size_t row = 0; row < spans.size(); ++row)
      if (study.stimuli[spans[row].stimulus].id == run.stimulus)
        addRun(filmTimes(study, run), spans[row], values.row(Index(row)), run.firstSample, means, weights);
  return (weights.array() > 0).select(means, std::numeric_limits<double>::quiet_NaN());
}

}  // namespace cortexscope
