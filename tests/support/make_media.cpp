// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/make_media.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <stdexcept>

namespace cortexscope::test {
namespace {

constexpr int kFieldsPerSide = 4;

int checked(int result, const std::string& what) {
  if (result >= 0) return result;
  char reason[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(result, reason, sizeof reason);
  throw std::runtime_error("test film: " + what + ": " + reason);
}

template <class T>
T* present(T* pointer, const std::string& what) {
  if (pointer == nullptr) throw std::runtime_error("test film: no " + what);
  return pointer;
}

struct Track {
  AVCodecContext* encoder = nullptr;
  AVStream* stream = nullptr;
  std::int64_t shiftTicks = 0;
  ~Track() { avcodec_free_context(&encoder); }
};

class FilmWriter {
 public:
  FilmWriter(const std::filesystem::path& file, const FilmSpec& spec) : m_spec(spec) {
    checked(avformat_alloc_output_context2(&m_format, nullptr, nullptr, file.c_str()), "container");
    if (!spec.codec.empty()) addPictures();
    if (spec.soundRateHz > 0) addSound();
    checked(avio_open(&m_format->pb, file.c_str(), AVIO_FLAG_WRITE), "file");
    checked(avformat_write_header(m_format, nullptr), "header");
  }
  ~FilmWriter() {
    sws_freeContext(m_scaler);
    if (m_format->pb != nullptr) avio_closep(&m_format->pb);
    avformat_free_context(m_format);
  }
  FilmWriter(const FilmWriter&) = delete;
  FilmWriter& operator=(const FilmWriter&) = delete;

  /// Pictures and sound in the order of their times, as players expect them.
  void write() {
    bool pictures = m_video.encoder != nullptr, sound = m_audio.encoder != nullptr;
    while (pictures || sound) {
      if (pictures && (!sound || nextPictureSec() <= nextSoundSec()))
        pictures = writePicture();
      else
        sound = writeSoundBlock();
    }
    checked(av_write_trailer(m_format), "trailer");
  }

 private:
  AVCodecContext* newEncoder(const std::string& name) {
    const AVCodec* codec = present(avcodec_find_encoder_by_name(name.c_str()), "encoder " + name);
    AVCodecContext* encoder = present(avcodec_alloc_context3(codec), "memory");
    if ((m_format->oformat->flags & AVFMT_GLOBALHEADER) != 0) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    encoder->flags |= AV_CODEC_FLAG_BITEXACT;
    return encoder;
  }

  void start(Track& track) {
    checked(avcodec_open2(track.encoder, nullptr, nullptr), "encoder");
    track.stream = present(avformat_new_stream(m_format, nullptr), "stream");
    track.stream->time_base = track.encoder->time_base;
    checked(avcodec_parameters_from_context(track.stream->codecpar, track.encoder), "parameters");
  }

  void addPictures() {
    AVCodecContext* encoder = m_video.encoder = newEncoder(m_spec.codec);
    encoder->width = m_spec.width;
    encoder->height = m_spec.height;
    encoder->time_base = {1, m_spec.timeScale};
    encoder->sample_aspect_ratio = {m_spec.pixelWidth, m_spec.pixelHeight};
    encoder->gop_size = m_spec.keyEvery;
    encoder->max_b_frames = m_spec.bFrames;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    if (m_spec.codec == "ffv1") encoder->pix_fmt = AV_PIX_FMT_0RGB32;
    if (m_spec.codec == "rawvideo") encoder->pix_fmt = AV_PIX_FMT_BGR24;
    encoder->bit_rate = 4'000'000;
    encoder->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
    start(m_video);
    m_video.stream->sample_aspect_ratio = encoder->sample_aspect_ratio;
    if (m_spec.turnedDeg == 0) return;
    auto* matrix = reinterpret_cast<std::int32_t*>(
        av_stream_new_side_data(m_video.stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(std::int32_t)));
    av_display_rotation_set(present(matrix, "memory"), m_spec.turnedDeg);
  }

  /// One that fillSound() knows.
  static AVSampleFormat soundFormat(const AVCodec& codec) {
    for (const AVSampleFormat wanted : {AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16})
      for (const AVSampleFormat* format = codec.sample_fmts; *format != AV_SAMPLE_FMT_NONE; ++format)
        if (*format == wanted) return wanted;
    throw std::runtime_error(std::string("test film: no sound format fits ") + codec.name);
  }

  void addSound() {
    AVCodecContext* encoder = m_audio.encoder = newEncoder(m_spec.soundCodec);
    encoder->sample_rate = m_spec.soundRateHz;
    encoder->time_base = {1, m_spec.soundRateHz};
    av_channel_layout_default(&encoder->ch_layout, m_spec.channels);
    encoder->sample_fmt = soundFormat(*encoder->codec);
    encoder->bit_rate = 128'000;
    start(m_audio);
    m_audio.shiftTicks = std::llround(m_spec.soundStartSec * m_spec.soundRateHz);
  }

  void encode(Track& track, AVFrame* frame) {
    checked(avcodec_send_frame(track.encoder, frame), "encode");
    AVPacket* packet = present(av_packet_alloc(), "memory");
    while (avcodec_receive_packet(track.encoder, packet) >= 0) {
      packet->stream_index = track.stream->index;
      if (&track == &m_video) packet->duration = shownFor(packet->pts);
      packet->pts += track.shiftTicks;
      packet->dts += track.shiftTicks;
      av_packet_rescale_ts(packet, track.encoder->time_base, track.stream->time_base);
      checked(av_interleaved_write_frame(m_format, packet), "write");
    }
    av_packet_free(&packet);
  }

  /// How long the picture at `time` stays on screen; the last one as long as the one before.
  std::int64_t shownFor(std::int64_t time) const {
    const std::vector<std::int64_t>& times = m_spec.times;
    if (times.size() < 2) return 1;
    const auto next = std::upper_bound(times.begin(), times.end() - 1, time);
    return std::max<std::int64_t>(1, *next > time ? *next - time : time - *(next - 1));
  }

  /// RGB of picture `number`.
  std::vector<std::uint8_t> draw(int number) const {
    std::vector<std::uint8_t> rgb;
    for (int y = 0; y < m_spec.height; ++y) {
      for (int x = 0; x < m_spec.width; ++x) {
        const bool right = x >= m_spec.width / 2, below = y >= m_spec.height / 2;
        const int field =
            y * kFieldsPerSide / m_spec.height * kFieldsPerSide + x * kFieldsPerSide / m_spec.width;
        std::uint32_t colour = (number >> field & 1) != 0 ? 0xffffff : 0x000000;
        if (m_spec.pictures == FilmSpec::Pictures::Quadrants)
          colour = below ? (right ? 0xffffff : 0x0000ff) : (right ? 0x00ff00 : 0xff0000);
        for (const int shift : {16, 8, 0}) rgb.push_back(static_cast<std::uint8_t>(colour >> shift));
      }
    }
    return rgb;
  }

  double nextPictureSec() const {
    return m_nextPicture < m_spec.times.size()
               ? static_cast<double>(m_spec.times[m_nextPicture]) / m_spec.timeScale
               : 0;
  }
  double nextSoundSec() const {
    return m_spec.soundStartSec + static_cast<double>(m_nextSample) / m_spec.soundRateHz;
  }

  /// False once all are written.
  bool writePicture() {
    if (m_nextPicture == m_spec.times.size()) {
      encode(m_video, nullptr);
      return false;
    }
    const AVCodecContext& encoder = *m_video.encoder;
    AVFrame* frame = present(av_frame_alloc(), "memory");
    frame->format = encoder.pix_fmt;
    frame->width = m_spec.width;
    frame->height = m_spec.height;
    checked(av_frame_get_buffer(frame, 0), "picture");
    m_scaler = sws_getCachedContext(m_scaler, m_spec.width, m_spec.height, AV_PIX_FMT_RGB24, m_spec.width,
                                    m_spec.height, encoder.pix_fmt, SWS_BILINEAR | SWS_ACCURATE_RND, nullptr,
                                    nullptr, nullptr);
    const std::vector<std::uint8_t> rgb = draw(static_cast<int>(m_nextPicture));
    const std::uint8_t* from = rgb.data();
    const int stride = m_spec.width * 3;
    sws_scale(m_scaler, &from, &stride, 0, m_spec.height, frame->data, frame->linesize);
    frame->pts = m_spec.times[m_nextPicture++];
    encode(m_video, frame);
    av_frame_free(&frame);
    return true;
  }

  void fillSound(AVFrame& frame, std::int64_t firstSample) const {
    for (int i = 0; i < frame.nb_samples; ++i) {
      const double timeSec = m_spec.soundStartSec + static_cast<double>(firstSample + i) / m_spec.soundRateHz;
      for (int channel = 0; channel < m_spec.channels; ++channel) {
        const double value = m_spec.sound ? m_spec.sound(timeSec, channel) : 0;
        if (frame.format == AV_SAMPLE_FMT_FLTP)
          reinterpret_cast<float*>(frame.extended_data[channel])[i] = static_cast<float>(value);
        else
          reinterpret_cast<std::int16_t*>(frame.data[0])[i * m_spec.channels + channel] =
              static_cast<std::int16_t>(std::lround(value * 32767));
      }
    }
  }

  bool isInGap(std::int64_t sample) const {
    const double timeSec = m_spec.soundStartSec + static_cast<double>(sample) / m_spec.soundRateHz;
    return m_spec.soundGapSec.size() == 2 && timeSec >= m_spec.soundGapSec[0] &&
           timeSec < m_spec.soundGapSec[1];
  }

  /// False once all is written.
  bool writeSoundBlock() {
    const AVCodecContext& encoder = *m_audio.encoder;
    const int block = encoder.frame_size > 0 ? encoder.frame_size : 1000;
    const std::int64_t at = m_nextSample, total = std::llround(m_spec.soundSec * m_spec.soundRateHz);
    if (at >= total) {
      encode(m_audio, nullptr);
      return false;
    }
    m_nextSample += block;
    if (isInGap(at)) return true;
    AVFrame* frame = present(av_frame_alloc(), "memory");
    frame->format = encoder.sample_fmt;
    frame->nb_samples = static_cast<int>(std::min<std::int64_t>(block, total - at));
    frame->sample_rate = m_spec.soundRateHz;
    av_channel_layout_copy(&frame->ch_layout, &encoder.ch_layout);
    checked(av_frame_get_buffer(frame, 0), "sound");
    fillSound(*frame, at);
    frame->pts = at;
    encode(m_audio, frame);
    av_frame_free(&frame);
    return true;
  }

  const FilmSpec& m_spec;
  AVFormatContext* m_format = nullptr;
  SwsContext* m_scaler = nullptr;
  Track m_video, m_audio;
  std::size_t m_nextPicture = 0;
  std::int64_t m_nextSample = 0;
};

double meanLuma(const AVFrame& frame) {
  double sum = 0;
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x) sum += frame.data[0][y * frame.linesize[0] + x];
  return sum / (static_cast<double>(frame.width) * frame.height);
}

}  // namespace

std::vector<std::int64_t> evenTimes(int count, std::int64_t step, std::int64_t first) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < count; ++i) times.push_back(first + i * step);
  return times;
}

std::vector<std::int64_t> unevenTimes(int count, int longestStep, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<std::int64_t> times{0};
  while (static_cast<int>(times.size()) < count)
    times.push_back(times.back() + 1 +
                    static_cast<std::int64_t>(generator() % static_cast<unsigned>(longestStep)));
  return times;
}

void writeFilm(const std::filesystem::path& file, const FilmSpec& spec) {
  FilmWriter(file, spec).write();
}

void writeSubtitlesOnly(const std::filesystem::path& file) {
  AVFormatContext* format = nullptr;
  checked(avformat_alloc_output_context2(&format, nullptr, "matroska", file.c_str()), "container");
  AVStream* stream = present(avformat_new_stream(format, nullptr), "stream");
  stream->codecpar->codec_type = AVMEDIA_TYPE_SUBTITLE;
  stream->codecpar->codec_id = AV_CODEC_ID_SUBRIP;
  stream->time_base = {1, 1000};
  checked(avio_open(&format->pb, file.c_str(), AVIO_FLAG_WRITE), "file");
  checked(avformat_write_header(format, nullptr), "header");
  AVPacket* packet = present(av_packet_alloc(), "memory");
  checked(av_new_packet(packet, 5), "memory");
  std::memcpy(packet->data, "hello", 5);
  packet->pts = packet->dts = 0;
  packet->duration = 1000;
  checked(av_interleaved_write_frame(format, packet), "write");
  av_packet_free(&packet);
  checked(av_write_trailer(format), "trailer");
  avio_closep(&format->pb);
  avformat_free_context(format);
}

int numberIn(const VideoFrame& frame) {
  int number = 0;
  for (int field = 0; field < kFieldsPerSide * kFieldsPerSide; ++field) {
    const double across = (field % kFieldsPerSide + 0.5) / kFieldsPerSide;
    const double down = (field / kFieldsPerSide + 0.5) / kFieldsPerSide;
    if ((colourAt(frame, across, down) & 0xff) > 127) number |= 1 << field;
  }
  return number;
}

std::uint32_t colourAt(const VideoFrame& frame, double across, double down) {
  const int x0 = static_cast<int>(across * frame.width), y0 = static_cast<int>(down * frame.height);
  std::uint32_t sums[3] = {}, count = 0;
  for (int y = std::max(0, y0 - 1); y <= std::min(frame.height - 1, y0 + 1); ++y)
    for (int x = std::max(0, x0 - 1); x <= std::min(frame.width - 1, x0 + 1); ++x, ++count)
      for (int c = 0; c < 3; ++c)
        sums[c] += frame.rgb[static_cast<std::size_t>((y * frame.width + x) * 3 + c)];
  return sums[0] / count << 16 | sums[1] / count << 8 | sums[2] / count;
}

void writeFloatWav(const std::filesystem::path& file, int rateHz, int channels,
                   const std::vector<float>& samples) {
  std::ofstream out(file, std::ios::binary);
  const auto number = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.put(static_cast<char>(value >> (8 * i) & 255));
  };
  const auto dataBytes = static_cast<std::uint32_t>(samples.size() * sizeof(float));
  const auto rate = static_cast<std::uint32_t>(rateHz), frameBytes = static_cast<std::uint32_t>(channels) * 4;
  out << "RIFF";
  number(36 + dataBytes, 4);
  out << "WAVEfmt ";
  number(16, 4);
  number(3, 2);  // IEEE float
  number(static_cast<std::uint32_t>(channels), 2);
  number(rate, 4);
  number(rate * frameBytes, 4);
  number(frameBytes, 2);
  number(32, 2);
  out << "data";
  number(dataBytes, 4);
  out.write(reinterpret_cast<const char*>(samples.data()), static_cast<std::streamsize>(dataBytes));
}

std::vector<PlainPicture> decodePlainly(const std::filesystem::path& file) {
  AVFormatContext* format = nullptr;
  checked(avformat_open_input(&format, file.c_str(), nullptr, nullptr), "open");
  checked(avformat_find_stream_info(format, nullptr), "streams");
  const AVCodec* codec = nullptr;
  const int index = checked(av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0), "pictures");
  AVCodecContext* decoder = present(avcodec_alloc_context3(codec), "memory");
  checked(avcodec_parameters_to_context(decoder, format->streams[index]->codecpar), "parameters");
  decoder->thread_count = 1;
  checked(avcodec_open2(decoder, codec, nullptr), "decoder");
  AVPacket* packet = present(av_packet_alloc(), "memory");
  AVFrame* frame = present(av_frame_alloc(), "memory");
  std::vector<PlainPicture> pictures;
  std::int64_t first = 0;
  const double tickSec = av_q2d(format->streams[index]->time_base);
  const auto drain = [&] {
    while (avcodec_receive_frame(decoder, frame) >= 0) {
      if (pictures.empty()) first = frame->best_effort_timestamp;
      pictures.push_back(
          {static_cast<double>(frame->best_effort_timestamp - first) * tickSec, meanLuma(*frame)});
    }
  };
  while (av_read_frame(format, packet) >= 0) {
    if (packet->stream_index == index) avcodec_send_packet(decoder, packet);
    av_packet_unref(packet);
    drain();
  }
  avcodec_send_packet(decoder, nullptr);
  drain();
  av_frame_free(&frame);
  av_packet_free(&packet);
  avcodec_free_context(&decoder);
  avformat_close_input(&format);
  return pictures;
}

}  // namespace cortexscope::test
