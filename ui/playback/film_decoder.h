// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QObject>
#include <QString>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace cortexscope {

/// A picture of a film, or why there is none.
struct FilmPicture {
  std::filesystem::path file;
  double askedSec = 0;    ///< film time that was asked for
  double pictureSec = 0;  ///< presentation time of the picture
  QImage image;           ///< null if there is none
  QString problem;        ///< empty if the file could be read; a film without pictures is no problem
};

/// Decodes pictures on a thread of its own. While one is being decoded only the latest request is kept.
class FilmDecoder : public QObject {
  Q_OBJECT

 public:
  explicit FilmDecoder(QObject* parent = nullptr);
  ~FilmDecoder() override;

  void request(const std::filesystem::path& file, double filmSec);
  /// False as soon as every request was answered or replaced.
  bool isBusy() const { return m_asked != m_answered; }

 signals:
  void decoded(const cortexscope::FilmPicture& picture);

 private:
  struct Request {
    std::filesystem::path file;
    double filmSec = 0;
    quint64 number = 0;
  };

  void work(std::stop_token stop);
  void deliver(const FilmPicture& picture, quint64 number);

  std::mutex m_guard;
  std::condition_variable_any m_wake;
  std::optional<Request> m_latest;
  quint64 m_asked = 0;     // GUI thread only
  quint64 m_answered = 0;  // GUI thread only
  std::jthread m_thread;   // last: the others must outlive it
};

}  // namespace cortexscope
