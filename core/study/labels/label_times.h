// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Private to study/labels.

#include <filesystem>
#include <optional>
#include <vector>

#include "base/matrix.h"
#include "io/tables/table.h"
#include "study/document/study.h"

namespace cortexscope {

/// The stretch of a film that a row of a label table describes. Times are the film's own, seconds from its
/// start.
struct FilmSpan {
  std::size_t stimulus = 0;  ///< position in Study::stimuli
  double startSec = 0;
  double endSec = 0;
};

/// Which stretches the rows of a table describe (LabelTiming::Seconds and Scenes).
///
///   seconds, column `time` or `onset`   from that time for `periodSec` (0: for the median step between
///   times), but not
///                                       beyond the next row
///   seconds, no such column             row i from i * periodSec for periodSec; as many rows as the film is
///   long scenes                              from `onset` for `duration`
///
/// The film of a row is named by column `stimulus` or `stim_file` (a stimulus' id or its file's name); it may
/// be left out if the file belongs to one film.
///
/// stimulus  the one film that the file belongs to, if there is but one
/// Errors   BadFile with file and line: a time that is missing, before the film, past its end (by more than a
///          sample), not later than the one before; scenes that overlap (both lines); a film the study does
///          not have. BadShape: rows against the film (both numbers). BadValue: a column or period is missing
std::vector<FilmSpan> spansOfRows(const Study& study, const LabelTable& table, const Table& rows,
                                  const std::filesystem::path& file, std::optional<std::size_t> stimulus);

/// Values of rows brought onto the study's clock: each sample is the mean of the rows that its film time
/// overlaps, weighted by the length of the overlap. Unknown values (NaN) take no part; a sample without any
/// known value is NaN. Overlaps below a millionth of a sample do not count.
///
/// spans    sorted by start within each film
/// values   rows x columns
/// Returns  samples x columns
MatrixD onStudyClock(const Study& study, const std::vector<FilmSpan>& spans, const MatrixD& values);

}  // namespace cortexscope
