#pragma once

#include <QObject>
#include <filesystem>
#include <memory>
#include <optional>

namespace cortexscope {

/// Plays the sound of a film from a given film time on. Without a sound device, or for a film without sound,
/// it stays silent and says so by isAvailable(); that is no error.
class SoundPlayer : public QObject {
  Q_OBJECT

 public:
  explicit SoundPlayer(QObject* parent = nullptr);
  ~SoundPlayer() override;

  /// A device was found when the window started.
  bool isAvailable() const;
  bool isPlaying() const;
  void play(const std::filesystem::path& file, double filmSec);
  void stop();
  /// 0 = silent .. 1 = full.
  void setVolume(double volume);
  /// Film time that is heard now, while playing.
  std::optional<double> filmSec() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace cortexscope
