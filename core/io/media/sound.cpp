// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/media/sound.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/text.h"

namespace cortexscope {
namespace {

template <class Sample>
double fullScale(Sample sample) {
  if constexpr (std::is_floating_point_v<Sample>) return static_cast<double>(sample);
  if constexpr (std::is_same_v<Sample, std::uint8_t>) return (sample - 128) / 128.0;
  return static_cast<double>(sample) / -static_cast<double>(std::numeric_limits<Sample>::min());
}

/// Samples that would become infinite as float32 count as infinite.
bool isUsable(double sample) {
  return std::isfinite(static_cast<float>(sample));
}

template <class Sample>
MonoBlock mix(const AVFrame& frame, bool planar) {
  const auto channels = static_cast<std::size_t>(frame.ch_layout.nb_channels);
  const auto count = static_cast<std::size_t>(frame.nb_samples);
  MonoBlock block;
  block.samples.resize(count);
  std::vector<const Sample*> channelStarts(channels);
  for (std::size_t c = 0; c < channels; ++c)
    channelStarts[c] = planar ? reinterpret_cast<const Sample*>(frame.extended_data[c])
                              : reinterpret_cast<const Sample*>(frame.extended_data[0]) + c;
  const std::size_t step = planar ? 1 : channels;
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (const Sample* channel : channelStarts) {
      const double sample = fullScale(channel[i * step]);
      if (isUsable(sample))
        sum += sample;
      else
        ++block.replaced;
    }
    block.samples[i] = static_cast<float>(sum / static_cast<double>(channels));
  }
  return block;
}

}  // namespace

MonoBlock monoOf(const AVFrame& frame) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      return mix<std::uint8_t>(frame, planar);
    case AV_SAMPLE_FMT_S16:
      return mix<std::int16_t>(frame, planar);
    case AV_SAMPLE_FMT_S32:
      return mix<std::int32_t>(frame, planar);
    case AV_SAMPLE_FMT_S64:
      return mix<std::int64_t>(frame, planar);
    case AV_SAMPLE_FMT_FLT:
      return mix<float>(frame, planar);
    case AV_SAMPLE_FMT_DBL:
      return mix<double>(frame, planar);
    default:
      throw Error(ErrorCode::Unsupported, "its sound is of an unknown sample format");
  }
}

MonoResampler::MonoResampler(int fromHz, int toHz) : m_fromHz(fromHz), m_toHz(toHz) {
  if (fromHz == toHz) return;
  AVChannelLayout mono;
  av_channel_layout_default(&mono, 1);
  int result = swr_alloc_set_opts2(&m_context, &mono, AV_SAMPLE_FMT_FLT, toHz, &mono, AV_SAMPLE_FMT_FLT,
                                   fromHz, 0, nullptr);
  if (result >= 0) result = swr_init(m_context);
  if (result >= 0) return;
  swr_free(&m_context);
  throw Error(ErrorCode::Unsupported, "its sound cannot be brought from " + textOf(fromHz) + " to " +
                                          textOf(toHz) + " Hz: " + ffmpegReason(result));
}

void MonoResampler::convert(const float* samples, int count, std::vector<float>& out) {
  const int room = swr_get_out_samples(m_context, count);
  if (room <= 0) return;
  const std::size_t before = out.size();
  out.resize(before + static_cast<std::size_t>(room));
  auto* to = reinterpret_cast<std::uint8_t*>(out.data() + before);
  const auto* from = reinterpret_cast<const std::uint8_t*>(samples);
  const int made = swr_convert(m_context, &to, room, samples != nullptr ? &from : nullptr, count);
  out.resize(before + static_cast<std::size_t>(std::max(0, made)));
  for (std::size_t i = before; i < out.size(); ++i)
    if (!std::isfinite(out[i])) out[i] = 0;  // sums of huge samples may overflow
  m_samplesOut += std::max(0, made);
}

void MonoResampler::add(const std::vector<float>& block, std::vector<float>& out) {
  m_samplesIn += static_cast<std::int64_t>(block.size());
  if (m_context == nullptr)
    out.insert(out.end(), block.begin(), block.end());
  else
    convert(block.data(), static_cast<int>(block.size()), out);
}

void MonoResampler::finish(std::vector<float>& out) {
  if (m_context == nullptr) return;
  convert(nullptr, 0, out);
  const std::int64_t due = (m_samplesIn * m_toHz + m_fromHz - 1) / m_fromHz;
  const std::int64_t surplus = std::min(m_samplesOut - due, static_cast<std::int64_t>(out.size()));
  if (surplus > 0) out.resize(out.size() - static_cast<std::size_t>(surplus));
  if (surplus < 0) out.resize(out.size() + static_cast<std::size_t>(-surplus), 0.0F);
}

}  // namespace cortexscope
