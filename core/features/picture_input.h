// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "io/media/media.h"
#include "networks/network.h"

namespace cortexscope {

/// A picture as the input of an image network: squeezed to the network's width and height whatever its shape,
/// channels in the network's order, (pixel - mean) * scale, channel-major.
///
/// Scaling is bilinear; when a side shrinks, the triangle is widened so that every pixel of the film counts.
/// Numbers stay floating-point between the steps.
/// Errors   BadShape if the picture is empty or its data do not fit its size; BadValue for a network without
///          pictures
std::vector<float> pictureInput(const VideoFrame& picture, const NetworkInfo& network);

}  // namespace cortexscope
