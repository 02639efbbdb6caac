// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "encoding/ridge_stream.h"

namespace cortexscope {

/// Writes a fit to a folder strip by strip, so that a fit that was stopped or killed goes on where it ended:
/// best_alpha.npy (float64), cv_score.npy (float32) and, if asked for, intercept.npy and weights.npy
/// (float32, features x targets).
///
/// Until finish() everything lies in the subfolder "partial" with a manifest: the key of the inputs and
/// options, and an entry per strip that is set after the strip was written. A manifest with another key is
/// thrown away. Limits   survives the end of the program at any point; after a power failure strips may be
/// lost that the
///          manifest says are there, because nothing is flushed to the disk strip by strip
/// Errors   Io naming the file
class FitFolder final : public FitSink {
 public:
  struct Outputs {
    bool weights = false, intercept = false;
  };
  /// key      digest of all inputs and options that results depend on
  /// outputs  beside penalties and scores
  FitFolder(const std::filesystem::path& folder, const std::string& key, const RidgePlan& plan,
            Outputs outputs);
  ~FitFolder() override;

  std::optional<StripCounts> finished(Index strip) const override;
  void put(Index strip, const StripResult& result, const StripCounts& counts) override;
  /// Moves the results to their names, removes the subfolder and what an earlier fit left that this one did
  /// not make.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace cortexscope
