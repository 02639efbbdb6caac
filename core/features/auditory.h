#pragma once

#include <vector>

#include "base/job.h"
#include "base/matrix.h"
#include "base/time_axis.h"
#include "features/feature_series.h"
#include "features/network.h"
#include "io/media.h"

namespace cortexscope {

inline constexpr int kSpeechRateHz = 16000;

/// Log-mel picture of sound, as the speech network expects it: 16 kHz mono at 16-bit scale, 512-point power spectrum
/// every 160 samples under a centred 400-point periodic Hann window, mel matrix (257 x 32), 10 log10 floored 80 dB below
/// the maximum, divided by 10, plus 2.
/// sound    full scale = 1
/// Returns  frames x 32, frame i centred at sample 160 i + 256
MatrixF melSpectrogram(const std::vector<float>& sound, const MatrixF& melMatrix);

struct AuditoryOptions {
  std::vector<std::string> layers;  ///< empty: all of the network's named layers
  int hopFrames = 8;                ///< window step, 80 ms
};

/// Features of the film's sound: windows of 76 mel frames (0.76 s) every hop; each layer's values are averaged over time
/// inside the window (channels x mel bands remain); a sample is the mean of the windows whose centre lies inside it.
/// Silence is used before the start and after the end of the sound.
/// Returns  one LayerFeatures per layer, samples x values
std::vector<LayerFeatures> auditoryFeatures(AudioReader& sound, const TimeAxis& times, Network& network,
                                            const MatrixF& melMatrix, const AuditoryOptions& options, const Job& job);

}  // namespace cortexscope
