// SPDX-License-Identifier: GPL-3.0-or-later
#include "playback/film_decoder.h"

#include <QMetaObject>
#include <memory>

#include "base/error.h"
#include "io/media/media.h"

namespace cortexscope {

namespace {

// Larger than the panel on a large screen at most; keeps decoding and scaling cheap for 4K films.
constexpr int kMaxWidth = 1280;
constexpr int kMaxHeight = 720;

/// Keeps the reader of the film that was asked for last.
class FilmFile {
 public:
  FilmPicture pictureAt(const std::filesystem::path& file, double filmSec) {
    FilmPicture picture{file, filmSec, 0, {}, {}};
    try {
      open(file);
      if (m_reader) copyFrame(m_reader->frameAt(filmSec), picture);
    } catch (const std::exception& error) {
      picture.problem = QString::fromUtf8(error.what());
    }
    return picture;
  }

 private:
  void open(const std::filesystem::path& file) {
    if (file == m_file) {
      if (!m_problem.empty()) throw Error(ErrorCode::BadFile, m_problem);
      return;
    }
    m_reader.reset();
    m_problem.clear();
    m_file = file;
    try {
      m_reader = std::make_unique<VideoReader>(file, kMaxWidth, kMaxHeight);
    } catch (const std::exception& error) {
      if (isSoundAlone(file)) return;
      m_problem = error.what();
      throw;
    }
  }

  /// Asked afterwards, because opening a long film once takes long enough.
  static bool isSoundAlone(const std::filesystem::path& file) {
    try {
      return !probeMedia(file).hasVideo;
    } catch (const std::exception&) {
      return false;
    }
  }

  static void copyFrame(const VideoFrame& frame, FilmPicture& picture) {
    const QImage borrowed(frame.rgb.data(), frame.width, frame.height, frame.width * 3,
                          QImage::Format_RGB888);
    picture.image =
        borrowed.convertToFormat(QImage::Format_RGB32);  // else each drawing would convert it again
    picture.pictureSec = frame.timeSec;
  }

  std::filesystem::path m_file;
  std::unique_ptr<VideoReader> m_reader;
  std::string m_problem;
};

}  // namespace

FilmDecoder::FilmDecoder(QObject* parent)
    : QObject(parent), m_thread([this](std::stop_token stop) { work(stop); }) {}

FilmDecoder::~FilmDecoder() {
  m_thread.request_stop();
  m_wake.notify_all();
  m_thread.join();
}

void FilmDecoder::request(const std::filesystem::path& file, double filmSec) {
  ++m_asked;
  {
    const std::lock_guard lock(m_guard);
    m_latest = Request{file, filmSec, m_asked};
  }
  m_wake.notify_one();
}

void FilmDecoder::work(std::stop_token stop) {
  FilmFile film;
  while (!stop.stop_requested()) {
    Request request;
    {
      std::unique_lock lock(m_guard);
      if (!m_wake.wait(lock, stop, [this] { return m_latest.has_value(); })) return;
      request = std::move(*m_latest);
      m_latest.reset();
    }
    const FilmPicture picture = film.pictureAt(request.file, request.filmSec);
    QMetaObject::invokeMethod(
        this, [this, picture, number = request.number] { deliver(picture, number); }, Qt::QueuedConnection);
  }
}

void FilmDecoder::deliver(const FilmPicture& picture, quint64 number) {
  m_answered = number;
  emit decoded(picture);
}

}  // namespace cortexscope
