// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"
#include "features/feature_series.h"
#include "io/media/media.h"
#include "networks/network.h"

namespace cortexscope {

inline constexpr int kSpeechRateHz = 16000;

/// Log-mel picture of sound, as the speech network expects it: 16 kHz mono at 16-bit scale (full scale =
/// 32768), 512-point power spectrum every 160 samples under a centred 400-point periodic Hann window, mel
/// matrix (257 x 32), 10 log10 of at least 1e-10, floored 80 dB below the maximum, divided by 10, plus 2.
///
/// The maximum is the largest of all frames and bands of this call: a frame by itself or in a longer sound
/// may so get another floor, which matters to near-silent frames only.
///
/// sound      full scale = 1
/// melMatrix  257 frequencies x 32 bands
/// Returns    frames x 32, frame i centred at sample 160 i + 256; no frame for fewer than 512 samples
/// Errors     BadShape (mel matrix); BadValue for NaN or infinite values
MatrixF melSpectrogram(const std::vector<float>& sound, const MatrixF& melMatrix);

struct AuditoryOptions {
  std::vector<std::string> layers;  ///< empty: all of the network's named layers
  int hopFrames = 8;                ///< window step in mel frames of 10 ms
};

/// Features of the film's sound: windows of 76 mel frames (0.78 s) every hop; each layer's values are
/// averaged over time inside the window (channels x mel bands remain); a sample is the mean of the windows
/// whose centre lies inside it. Silence is used before the start and after the end of the sound.
///
/// Windows are centred at whole multiples of the hop in the film's time, so that a stretch of film has the
/// same windows in whatever run it is shown; only the mel floor (80 dB below the loudest of this call)
/// depends on the run.
///
/// sound    opened at kSpeechRateHz
/// times    film time of the samples
/// network  input 76 frames x 32 bands
/// Returns  one LayerFeatures per layer, samples x values, unitless activations
/// Errors   BadShape (mel matrix, the network's input); BadValue (unknown layer; hop below 1 or longer than a
///          sample, which would leave samples without a window; sound at another rate; activation not
///          finite); BadFile; OutOfMemory; Cancelled
/// Cost     one forward pass per hop; 12.8 kB of mel frames per second
std::vector<LayerFeatures> auditoryFeatures(AudioReader& sound, const TimeAxis& times, Network& network,
                                            const MatrixF& melMatrix, const AuditoryOptions& options,
                                            const Job& job);

}  // namespace cortexscope
