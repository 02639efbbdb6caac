// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/networks/jpeg_film.h"

extern "C" {
#include <libavformat/avformat.h>
}

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "base/files.h"

namespace cortexscope::test {
namespace {

void check(int result, const char* action) {
  if (result < 0) throw std::runtime_error(std::string("cannot ") + action);
}

/// Width and height from the picture's frame header.
std::pair<int, int> jpegSize(const std::string& data) {
  const auto byte = [&](std::size_t i) { return static_cast<int>(static_cast<std::uint8_t>(data.at(i))); };
  for (std::size_t i = 2; i + 9 < data.size();) {
    const int marker = byte(i + 1);
    if (marker >= 0xc0 && marker <= 0xc2)
      return {byte(i + 7) << 8 | byte(i + 8), byte(i + 5) << 8 | byte(i + 6)};
    i += 2 + static_cast<std::size_t>(byte(i + 2) << 8 | byte(i + 3));
  }
  throw std::runtime_error("no JPEG frame header");
}

}  // namespace

void writeJpegAsFilm(const std::filesystem::path& jpeg, const std::filesystem::path& film) {
  const std::string data = readTextFile(jpeg);
  const auto [width, height] = jpegSize(data);
  AVFormatContext* output = nullptr;
  check(avformat_alloc_output_context2(&output, nullptr, nullptr, film.c_str()), "choose a container");
  AVStream* stream = avformat_new_stream(output, nullptr);
  stream->time_base = {1, 1000};
  stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
  stream->codecpar->codec_id = AV_CODEC_ID_MJPEG;
  stream->codecpar->width = width;
  stream->codecpar->height = height;
  check(avio_open(&output->pb, film.c_str(), AVIO_FLAG_WRITE), "open the film");
  check(avformat_write_header(output, nullptr), "start the film");
  AVPacket* packet = av_packet_alloc();
  check(av_new_packet(packet, static_cast<int>(data.size())), "hold the picture");
  std::memcpy(packet->data, data.data(), data.size());
  packet->pts = packet->dts = 0;
  packet->duration = 40;
  packet->flags |= AV_PKT_FLAG_KEY;
  check(av_interleaved_write_frame(output, packet), "write the picture");
  check(av_write_trailer(output), "finish the film");
  av_packet_free(&packet);
  avio_closep(&output->pb);
  avformat_free_context(output);
}

}  // namespace cortexscope::test
