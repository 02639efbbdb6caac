// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan/cell_time.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace cortexscope::importing {
namespace {

constexpr double kShortestTrSec = 0.01, kLongestTrSec = 60;

/// Milliseconds and float32 round; real differences are larger.
bool sameTime(double a, double b) {
  return std::abs(a - b) <= 1e-4 + 1e-4 * std::max(std::abs(a), std::abs(b));
}

std::string inSec(double value) {
  return textOf(value) + " s";
}

/// Who states the time between samples knows better than files, which are named where they say another one.
void takeGivenTime(DescribedCell& cell, const ImportFile& file, double given,
                   const std::optional<double>& said) {
  if (said && !sameTime(*said, given))
    cell.source.say(Severity::Warning, file.file.generic_string(),
                    "says a TR of " + inSec(*said) + "; the given one of " + inSec(given) + " is taken",
                    "make sure that it is the true one", cell.place);
  cell.cell.trSec = given;
  cell.cell.trFrom = "given";
}

/// The time between samples, which header and sidecar must not say differently.
void describeTime(DescribedCell& cell, const ImportFile& file, Sidecars& sidecars,
                  const std::optional<double>& given) {
  const FileFacts* facts = cell.source.header(file.file);
  if (facts == nullptr) return;
  const Sidecar sidecar = sidecars.of(file.file);
  if (!cell.cell.startSec) cell.cell.startSec = sidecar.startSec;
  const std::optional<double> header = facts->trSec;
  const std::string advice =
      "find out the true time between samples and correct the one that is wrong, or state it when importing";
  if (given) return takeGivenTime(cell, file, *given, header ? header : sidecar.trSec);
  if (header && sidecar.trSec && !sameTime(*header, *sidecar.trSec))
    return cell.error(
        file,
        "its header says a TR of " + inSec(*header) + ", " + sidecar.file + " says " + inSec(*sidecar.trSec),
        advice);
  const std::optional<double> tr = header ? header : sidecar.trSec;
  if (!tr) {
    if (file.role != FileRole::Array)
      cell.error(file, "neither its header nor a JSON file beside it says the time between samples (TR)",
                 "write {\"RepetitionTime\": SECONDS} into a JSON file of the same name");
    return;
  }
  if (*tr < kShortestTrSec || *tr > kLongestTrSec)
    return cell.error(file, "says a TR of " + inSec(*tr) + ", which is absurd for fMRI",
                      "check the unit; " + advice);
  if (cell.cell.trSec && !sameTime(*cell.cell.trSec, *tr))
    return cell.error(
        file, "says a TR of " + inSec(*tr) + ", the other hemisphere one of " + inSec(*cell.cell.trSec),
        advice);
  if (cell.cell.trSec) return;
  cell.cell.trSec = tr;
  cell.cell.trFrom = header ? "header" : sidecar.file;
}

}  // namespace

void describeTimes(DescribedCell& cell, Sidecars& sidecars, const std::optional<double>& givenTrSec) {
  for (const ImportFile& file : cell.cell.files)
    if (file.role <= FileRole::Array) describeTime(cell, file, sidecars, givenTrSec);
}

}  // namespace cortexscope::importing
