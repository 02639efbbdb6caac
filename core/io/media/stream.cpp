// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/media/stream.h"

#include <new>
#include <string_view>

#include "base/text.h"

namespace cortexscope {
namespace {

constexpr int kDecoderThreads = 2;
constexpr std::int64_t kMaxFailuresInRow =
    5000;  // of damaged data only so much is searched for a good packet
constexpr int kMaxRetries = 1000;

/// Two threads for pictures; sound decodes fast enough on one.
FfmpegPtr<AVCodecContext> openDecoder(const MediaFile& file, const AVStream& stream) {
  const AVCodec* decoder = avcodec_find_decoder(stream.codecpar->codec_id);
  if (decoder == nullptr)
    file.fail(ErrorCode::Unsupported, "there is no decoder for stream " + textOf(stream.index) + " (" +
                                          avcodec_get_name(stream.codecpar->codec_id) + ")");
  FfmpegPtr<AVCodecContext> context(avcodec_alloc_context3(decoder));
  if (!context) throw std::bad_alloc();
  int result = avcodec_parameters_to_context(context.get(), stream.codecpar);
  if (result >= 0) {
    context->pkt_timebase = stream.time_base;
    context->max_pixels = kMaxPicturePixels;
    context->thread_count = stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO ? kDecoderThreads : 1;
    result = avcodec_open2(context.get(), decoder, nullptr);
  }
  if (result < 0)
    file.fail(ErrorCode::BadFile, "the " + std::string(decoder->name) + " decoder refuses stream " +
                                      textOf(stream.index) + ": " + ffmpegReason(result));
  return context;
}

/// The stream by whose places the file is searched. Matroska and FLV list those of their pictures; a search
/// by another stream would read all that lies before.
const AVStream& listedStream(const MediaFile& file, const AVStream& wanted) {
  const std::string_view container = file.format->iformat->name;
  const bool listsPictures = container.starts_with("matroska") || container == "flv";
  return listsPictures && file.video != nullptr ? *file.video : wanted;
}

}  // namespace

StreamDecoder::StreamDecoder(const MediaFile& file, AVStream& stream)
    : m_file(file),
      m_stream(stream),
      m_codec(openDecoder(file, stream)),
      m_packet(av_packet_alloc()),
      m_frame(newFrame()) {
  if (!m_packet) throw std::bad_alloc();
  for (unsigned i = 0; i < file.format->nb_streams; ++i)
    file.format->streams[i]->discard = file.format->streams[i] == &stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
}

bool StreamDecoder::seek(std::int64_t timestamp) {
  const AVStream& listed = listedStream(m_file, m_stream);
  const std::int64_t place = av_rescale_q_rnd(timestamp, m_stream.time_base, listed.time_base, AV_ROUND_DOWN);
  const int result = av_seek_frame(m_file.format.get(), listed.index, place, AVSEEK_FLAG_BACKWARD);
  avcodec_flush_buffers(m_codec.get());
  m_draining = false;
  m_failuresInRow = 0;
  return result >= 0;
}

/// Gives the decoder one packet, or the order to give out what it holds. False if there is nothing more to
/// give.
bool StreamDecoder::feed() {
  if (m_draining) return false;
  int retries = 0;
  for (;;) {
    av_packet_unref(m_packet.get());
    const int result = av_read_frame(m_file.format.get(), m_packet.get());
    if (result == AVERROR(EAGAIN) && ++retries < kMaxRetries) continue;
    if (result < 0) {
      if (result != AVERROR_EOF) m_earlyEnd = ffmpegReason(result);
      m_draining = true;
      avcodec_send_packet(m_codec.get(), nullptr);
      return true;
    }
    if (m_packet->stream_index == m_stream.index) break;
  }
  if ((m_packet->flags & AV_PKT_FLAG_CORRUPT) != 0) ++m_damagedPackets;
  const int result = avcodec_send_packet(m_codec.get(), m_packet.get());
  av_packet_unref(m_packet.get());
  if (result < 0) {
    ++m_damagedPackets;
    ++m_failuresInRow;
  }
  return true;
}

AVFrame* StreamDecoder::next() {
  for (;;) {
    const int result = avcodec_receive_frame(m_codec.get(), m_frame.get());
    if (result >= 0) {
      m_failuresInRow = 0;
      return m_frame.get();
    }
    if (result == AVERROR_EOF) return nullptr;
    if (result == AVERROR(ENOMEM)) m_file.fail(ErrorCode::OutOfMemory, "no memory to decode it");
    if (result != AVERROR(EAGAIN)) {
      ++m_damagedPackets;
      ++m_failuresInRow;
    }
    if (m_failuresInRow > kMaxFailuresInRow) {
      m_earlyEnd = textOf(kMaxFailuresInRow) + " damaged packets one after the other";
      return nullptr;
    }
    if (result == AVERROR(EAGAIN) && !feed()) return nullptr;
  }
}

double firstPictureSec(const MediaFile& file) {
  try {
    StreamDecoder decoder(file, *file.video);
    const AVFrame* frame = decoder.next();
    if (frame != nullptr && frame->best_effort_timestamp != AV_NOPTS_VALUE)
      return static_cast<double>(frame->best_effort_timestamp) * av_q2d(file.video->time_base);
  } catch (const Error&) {
    // Sound can be read beside pictures that cannot.
  }
  return file.clockStartSec;
}

}  // namespace cortexscope
