// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAudioDevice>
#include <memory>

#include "playback/sound_device.h"

class QAudioSink;
class QIODevice;

namespace cortexscope {

/// The output that was the default one when the window started, if there was one.
class Speaker : public SoundDevice {
 public:
  Speaker();
  ~Speaker() override;

  bool isAvailable() const override;
  void start(Pull pull) override;
  void stop() override;
  std::optional<std::int64_t> heardSamples() const override;

 private:
  QAudioDevice m_device;
  std::unique_ptr<QIODevice> m_tap;
  std::unique_ptr<QAudioSink> m_sink;
};

}  // namespace cortexscope
