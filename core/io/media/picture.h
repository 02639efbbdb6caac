// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

extern "C" {
#include <libswscale/swscale.h>
}

#include "io/media/stream.h"

namespace cortexscope {

/// Turns decoded pictures into RGB of one fixed size, upright. Private to io.
class PictureConverter {
 public:
  /// `size` is the size as shown, after the orientation is applied.
  PictureConverter(PictureSize size, Orientation orientation) : m_size(size), m_orientation(orientation) {}
  ~PictureConverter() { sws_freeContext(m_scaler); }
  PictureConverter(const PictureConverter&) = delete;
  PictureConverter& operator=(const PictureConverter&) = delete;

  /// Colours by the picture's own matrix and range; BT.709 from 720 lines on and BT.601 below where it names
  /// none. Fills size and pixels of `shown`.
  /// Errors   Unsupported for pixel formats that cannot be converted
  void convert(const AVFrame& picture, VideoFrame& shown);

 private:
  void prepare(const AVFrame& picture);
  void copyUpright(VideoFrame& shown) const;

  PictureSize m_size;
  Orientation m_orientation;
  SwsContext* m_scaler = nullptr;
  FfmpegPtr<AVFrame> m_scaled;
};

/// The largest size of the same shape within `maxWidth` x `maxHeight` (0 = no limit), never larger than
/// `size`.
PictureSize fittedSize(PictureSize size, int maxWidth, int maxHeight);

}  // namespace cortexscope
