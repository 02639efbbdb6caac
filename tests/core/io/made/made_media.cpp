// SPDX-License-Identifier: GPL-3.0-or-later
extern "C" {
#include <libavformat/version.h>
}

#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"

namespace cortexscope::test {
namespace {

template <class T>
std::string leBytes(T value) {
  return bytesOf(value, std::endian::little);
}

/// A tenth of a second of 16-bit sound.
struct WavSpec {
  std::uint16_t channels = 1, block = 2, bits = 16;
  std::uint32_t rateHz = 8000, claimed = 1600;
  bool hasData = true;
};
template <class Change>
std::string wav(Change change) {
  WavSpec spec;
  change(spec);
  std::string chunks = "WAVEfmt " + leBytes(std::uint32_t{16}) + leBytes(std::uint16_t{1}) +
                       leBytes(spec.channels) + leBytes(spec.rateHz) + leBytes(spec.rateHz * spec.block) +
                       leBytes(spec.block) + leBytes(spec.bits);
  if (spec.hasData) chunks += "data" + leBytes(spec.claimed) + std::string(1600, '\0');
  return "RIFF" + leBytes(static_cast<std::uint32_t>(chunks.size())) + chunks;
}

}  // namespace

std::vector<MadeFile> madeMedia() {
  std::vector<MadeFile> files;
  const auto refuse = [&](const char* name, const char* what, const std::string& contents,
                          std::vector<std::string> words) {
    files.push_back({name, what, contents, Verdict::Refuse, std::move(words)});
  };
  const auto say = [&](const char* what, const std::string& contents, std::vector<std::string> words = {}) {
    files.push_back(
        {"x.wav", what, contents, words.empty() ? Verdict::Load : Verdict::Say, std::move(words)});
  };
  refuse("x.mp4", "random bytes", std::string("\x13\x37\x99\x42\x01\x77\x5a\x5a\x90\x11\x10\xfe\xed", 13),
         {"x.mp4"});
  refuse("x.mp4", "playlist", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", {"x.mp4"});
  refuse("x.mp4", "concat script", "ffconcat version 1.0\nfile /etc/passwd\n", {"x.mp4"});
  std::string boxes;
  for (int i = 0; i < 200; ++i)
    boxes = bytesOf(static_cast<std::uint32_t>(boxes.size() + 8), std::endian::big) + "moov" + boxes;
  const std::string head = bytesOf(std::uint32_t{16}, std::endian::big) + "ftypisom" + std::string(4, '\0');
  refuse("x.mp4", "boxes nested very deep", head + boxes, {"x.mp4"});
  refuse("x.mp4", "box of impossible size", head + bytesOf(std::uint32_t{3}, std::endian::big) + "moov",
         {"x.mp4"});
  refuse("x.mp4", "no index", head + bytesOf(std::uint32_t{16}, std::endian::big) + "mdat12345678",
         {"x.mp4"});
  refuse("x.wav", "signature only", std::string("RIFF\x24\0\0\0WAVE", 12), {"x.wav"});
  refuse("x.wav", "rate zero", wav([](WavSpec& s) { s.rateHz = 0; }), {"sample rate"});
  refuse("x.wav", "no channels", wav([](WavSpec& s) { s.channels = 0; }), {"x.wav"});
  refuse("x.wav", "absurd channels", wav([](WavSpec& s) { s.channels = s.block = 65535; }),
         {LIBAVFORMAT_VERSION_MAJOR >= 61 ? "neither a picture nor a sound stream" : "65535 channels"});
  refuse("x.wav", "no data", wav([](WavSpec& s) { s.hasData = false; }), {"data"});
  say("sound", wav([](WavSpec&) {}));
  say("more sound than there is", wav([](WavSpec& s) { s.claimed = 100000; }),
      {"claims 100000 bytes", "1600"});
  say("less sound than there is", wav([](WavSpec& s) { s.claimed = 100; }), {"1500 bytes after its sound"});
  say("samples of 0 bytes", wav([](WavSpec& s) { s.block = 0; }), {"takes 0 bytes"});
  return files;
}

}  // namespace cortexscope::test
