// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/media/picture_film.h"

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/media/picture.h"
#include "io/parsing/foreign_file.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr double kLeastPerSec = 0.01, kMostPerSec = 1000;
constexpr int kMostTicks = 100'000;  ///< of the fraction that stands for a rate
constexpr int kSlices = 4;           ///< of a picture, coded side by side

std::string sizeOf(const VideoFrame& picture) {
  return textOf(picture.width) + " x " + textOf(picture.height) + " pixels";
}

AVCodecID codecOf(std::string_view start) {
  if (start.starts_with("\x89PNG\r\n\x1a\n")) return AV_CODEC_ID_PNG;
  if (start.starts_with("\xff\xd8\xff")) return AV_CODEC_ID_MJPEG;
  return AV_CODEC_ID_NONE;
}

/// The whole file is the one packet that the decoder gets: nothing else is ever opened.
FfmpegPtr<AVFrame> decoded(const std::string& bytes, AVCodecID id, const fs::path& file) {
  const AVCodec* codec = avcodec_find_decoder(id);
  require(codec != nullptr, ErrorCode::Unsupported,
          [&] { return file.string() + ": this build of FFmpeg cannot decode such pictures"; });
  const FfmpegPtr<AVCodecContext> decoder(avcodec_alloc_context3(codec));
  const FfmpegPtr<AVPacket> packet(av_packet_alloc());
  FfmpegPtr<AVFrame> frame = newFrame();
  if (!decoder || !packet || av_new_packet(packet.get(), int(bytes.size())) < 0) throw std::bad_alloc();
  std::copy(bytes.begin(), bytes.end(), packet->data);
  decoder->max_pixels = kMaxPicturePixels;
  int result = avcodec_open2(decoder.get(), codec, nullptr);
  if (result >= 0) result = avcodec_send_packet(decoder.get(), packet.get());
  if (result >= 0) result = avcodec_send_packet(decoder.get(), nullptr);
  if (result >= 0) result = avcodec_receive_frame(decoder.get(), frame.get());
  require(result >= 0, ErrorCode::BadFile,
          [&] { return file.string() + ": cannot be decoded: " + ffmpegReason(result); });
  return frame;
}

struct OutputDeleter {
  void operator()(AVFormatContext* format) const {
    if (format->pb != nullptr) avio_closep(&format->pb);
    avformat_free_context(format);
  }
};

/// A film while it is written.
class FilmFile {
 public:
  FilmFile(fs::path file, const VideoFrame& first, double picturesPerSec) : m_file(std::move(file)) {
    AVFormatContext* format = nullptr;
    checked(avformat_alloc_output_context2(&format, nullptr, "matroska", m_file.c_str()), "be begun");
    m_format.reset(format);
    m_format->flags |= AVFMT_FLAG_BITEXACT;
    startEncoder(first, av_d2q(picturesPerSec, kMostTicks));
    checked(avio_open(&m_format->pb, ("file:" + m_file.string()).c_str(), AVIO_FLAG_WRITE), "be opened");
    checked(avformat_write_header(m_format.get(), nullptr), "be begun");
  }

  void add(const VideoFrame& picture) {
    checked(av_frame_make_writable(m_frame.get()), "be written");
    for (int y = 0; y < picture.height; ++y) {
      const std::uint8_t* from = picture.rgb.data() + std::size_t(y) * std::size_t(picture.width) * 3;
      auto* to =
          reinterpret_cast<std::uint32_t*>(m_frame->data[0] + std::ptrdiff_t(y) * m_frame->linesize[0]);
      for (int x = 0; x < picture.width; ++x, from += 3)
        to[x] = std::uint32_t(from[0]) << 16 | std::uint32_t(from[1]) << 8 | std::uint32_t(from[2]);
    }
    m_frame->pts = m_next++;
    encode(m_frame.get());
  }

  void finish() {
    encode(nullptr);
    checked(av_write_trailer(m_format.get()), "be ended");
    checked(avio_closep(&m_format->pb), "be ended");
  }

 private:
  void checked(int result, const char* what) const {
    require(result >= 0, ErrorCode::Io,
            [&] { return m_file.string() + ": cannot " + what + ": " + ffmpegReason(result); });
  }

  void startEncoder(const VideoFrame& first, AVRational rate) {
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_FFV1);
    require(codec != nullptr, ErrorCode::Unsupported, "this build of FFmpeg cannot write FFV1 films");
    m_encoder.reset(avcodec_alloc_context3(codec));
    m_frame = newFrame();
    if (!m_encoder) throw std::bad_alloc();
    m_encoder->width = m_frame->width = first.width;
    m_encoder->height = m_frame->height = first.height;
    m_encoder->pix_fmt = AV_PIX_FMT_0RGB32;
    m_frame->format = AV_PIX_FMT_0RGB32;
    m_encoder->time_base = av_inv_q(rate);
    m_encoder->framerate = rate;
    m_encoder->gop_size = 1;
    m_encoder->level = 3;
    m_encoder->slices = m_encoder->thread_count = kSlices;
    m_encoder->thread_type = FF_THREAD_SLICE;
    m_encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    checked(avcodec_open2(m_encoder.get(), codec, nullptr), "be encoded");
    m_stream = avformat_new_stream(m_format.get(), nullptr);
    if (m_stream == nullptr) throw std::bad_alloc();
    m_stream->time_base = m_encoder->time_base;
    m_stream->avg_frame_rate = rate;
    checked(avcodec_parameters_from_context(m_stream->codecpar, m_encoder.get()), "be encoded");
    checked(av_frame_get_buffer(m_frame.get(), 0), "be encoded");
  }

  void encode(AVFrame* frame) {
    checked(avcodec_send_frame(m_encoder.get(), frame), "be encoded");
    const FfmpegPtr<AVPacket> packet(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    int result = 0;
    while ((result = avcodec_receive_packet(m_encoder.get(), packet.get())) >= 0) {
      packet->stream_index = m_stream->index;
      packet->duration = 1;
      av_packet_rescale_ts(packet.get(), m_encoder->time_base, m_stream->time_base);
      checked(av_interleaved_write_frame(m_format.get(), packet.get()), "be written");
    }
    if (result != AVERROR(EAGAIN) && result != AVERROR_EOF) checked(result, "be encoded");
  }

  fs::path m_file;
  std::unique_ptr<AVFormatContext, OutputDeleter> m_format;
  AVStream* m_stream = nullptr;
  FfmpegPtr<AVCodecContext> m_encoder;
  FfmpegPtr<AVFrame> m_frame;
  std::int64_t m_next = 0;
};

}  // namespace

VideoFrame readPicture(const fs::path& file) {
  const std::string bytes = readTextFile(file);
  const AVCodecID id = codecOf(bytes);
  require(id != AV_CODEC_ID_NONE, ErrorCode::Unsupported, [&] {
    const std::string foreign = foreignFileReason(std::string_view(bytes).substr(0, 512));
    return file.string() + ": is no PNG or JPEG picture" + (foreign.empty() ? "" : ": " + foreign);
  });
  const FfmpegPtr<AVFrame> frame = decoded(bytes, id, file);
  require(frame->width > 0 && frame->height > 0 && frame->width <= kMaxPictureSide &&
              frame->height <= kMaxPictureSide,
          ErrorCode::BadFile, [&] {
            return file.string() + ": has " + textOf(frame->width) + " x " + textOf(frame->height) +
                   " pixels; at most " + textOf(kMaxPictureSide) + " a side are read";
          });
  VideoFrame picture;
  PictureConverter({frame->width, frame->height}, {}).convert(*frame, picture);
  return picture;
}

void writePictureFilm(const fs::path& film, const std::vector<fs::path>& pictures, double picturesPerSec,
                      const Job& job) {
  require(!pictures.empty(), ErrorCode::BadValue, "a film needs at least one picture");
  require(picturesPerSec >= kLeastPerSec && picturesPerSec <= kMostPerSec, ErrorCode::BadValue, [&] {
    return textOf(picturesPerSec) + " pictures per second are no rate for a film (0.01 to 1000)";
  });
  VideoFrame picture = readPicture(pictures.front());
  const std::string size = sizeOf(picture);
  FilmFile file(film, picture, picturesPerSec);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    job.checkpoint(double(i) / double(pictures.size()), "writing a film of pictures");
    if (i > 0) picture = readPicture(pictures[i]);
    require(sizeOf(picture) == size, ErrorCode::BadShape, [&] {
      return pictures[i].string() + ": has " + sizeOf(picture) + ", " + pictures.front().string() + " has " +
             size + "; the pictures of a film have one size";
    });
    file.add(picture);
  }
  file.finish();
}

}  // namespace cortexscope
