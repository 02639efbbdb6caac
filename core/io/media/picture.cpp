// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/media/picture.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "base/text.h"

namespace cortexscope {
namespace {

constexpr int kBytesPerPixel = 3;
constexpr int kHighDefinitionLines = 720;

const char* formatName(const AVFrame& picture) {
  const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(picture.format));
  return name != nullptr ? name : "unknown";
}

bool usesFullRange(const AVFrame& picture) {
  return picture.color_range == AVCOL_RANGE_JPEG || std::string_view(formatName(picture)).starts_with("yuvj");
}

int colourMatrix(const AVFrame& picture) {
  if (picture.colorspace != AVCOL_SPC_UNSPECIFIED) return picture.colorspace;
  return picture.height >= kHighDefinitionLines ? SWS_CS_ITU709 : SWS_CS_ITU601;
}

}  // namespace

PictureSize fittedSize(PictureSize size, int maxWidth, int maxHeight) {
  double scale = 1;
  if (maxWidth > 0) scale = std::min(scale, static_cast<double>(maxWidth) / size.width);
  if (maxHeight > 0) scale = std::min(scale, static_cast<double>(maxHeight) / size.height);
  const auto scaled = [&](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
  return {scaled(size.width), scaled(size.height)};
}

void PictureConverter::prepare(const AVFrame& picture) {
  const int width = m_orientation.transposed ? m_size.height : m_size.width;
  const int height = m_orientation.transposed ? m_size.width : m_size.height;
  m_scaler = sws_getCachedContext(m_scaler, picture.width, picture.height,
                                  static_cast<AVPixelFormat>(picture.format), width, height, AV_PIX_FMT_RGB24,
                                  SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr);
  if (m_scaler == nullptr)
    throw Error(ErrorCode::Unsupported, std::string("pictures of the kind ") + formatName(picture) + " and " +
                                            textOf(picture.width) + " x " + textOf(picture.height) +
                                            " pixels cannot be converted");
  const int* matrix = sws_getCoefficients(colourMatrix(picture));
  sws_setColorspaceDetails(m_scaler, matrix, usesFullRange(picture) ? 1 : 0, matrix, 1, 0, 1 << 16, 1 << 16);
  if (m_scaled) return;
  m_scaled = newFrame();
  m_scaled->format = AV_PIX_FMT_RGB24;
  m_scaled->width = width;
  m_scaled->height = height;
  if (av_frame_get_buffer(m_scaled.get(), 0) < 0) throw std::bad_alloc();
}

void PictureConverter::copyUpright(VideoFrame& shown) const {
  const std::ptrdiff_t stride = m_scaled->linesize[0];
  for (int y = 0; y < m_size.height; ++y) {
    const int down = m_orientation.flippedDown ? m_size.height - 1 - y : y;
    std::uint8_t* to =
        shown.rgb.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(m_size.width) * 3;
    if (!m_orientation.transposed && !m_orientation.flippedAcross) {
      std::memcpy(to, m_scaled->data[0] + down * stride,
                  static_cast<std::size_t>(m_size.width) * kBytesPerPixel);
      continue;
    }
    for (int x = 0; x < m_size.width; ++x, to += kBytesPerPixel) {
      const int across = m_orientation.flippedAcross ? m_size.width - 1 - x : x;
      const int row = m_orientation.transposed ? across : down,
                col = m_orientation.transposed ? down : across;
      std::memcpy(to, m_scaled->data[0] + row * stride + std::ptrdiff_t{col} * kBytesPerPixel,
                  kBytesPerPixel);
    }
  }
}

void PictureConverter::convert(const AVFrame& picture, VideoFrame& shown) {
  prepare(picture);
  sws_scale(m_scaler, picture.data, picture.linesize, 0, picture.height, m_scaled->data, m_scaled->linesize);
  shown.width = m_size.width;
  shown.height = m_size.height;
  shown.rgb.resize(static_cast<std::size_t>(m_size.width) * static_cast<std::size_t>(m_size.height) *
                   kBytesPerPixel);
  copyUpright(shown);
}

}  // namespace cortexscope
