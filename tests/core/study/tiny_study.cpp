// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/tiny_study.h"

#include <cmath>

#include "base/files.h"
#include "core/cortex/meshes.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "networks/network_metadata.h"
#include "networks/onnx/builder.h"
#include "study/document/study_file.h"
#include "study/pipeline/recovery.h"
#include "support/expect.h"
#include "support/make_media.h"

namespace cortexscope::test {
namespace {

namespace fs = std::filesystem;

constexpr int kDelay = 4;
constexpr Index kShown = 4;  // bits of the picture's number that the brains follow
constexpr Index kHalf = kTinyVertices / 2;

void writeTinyCortex(Study& study) {
  const fs::path folder = "inputs/cortex";
  study.cortex = {"tiny",
                  folder / "left.surf.gii",
                  folder / "right.surf.gii",
                  folder / "left_inflated.surf.gii",
                  folder / "right_inflated.surf.gii",
                  folder / "depth.npy",
                  folder / "left.label.gii",
                  folder / "right.label.gii",
                  "made for tests"};
  const Surface sphere = icosphere(2, 50), inflated = icosphere(2, 60);
  Parcellation regions;
  regions.regions = {{1, "Front", 1, 0, 0}, {2, "Back", 0, 0, 1}};
  for (Index v = 0; v < kHalf; ++v) regions.keys.push_back(followsFilm(v) ? 1 : 2);
  for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
    const bool left = side == Hemisphere::Left;
    writeGiftiSurface(study.path(left ? study.cortex.leftSurface : study.cortex.rightSurface), sphere, side);
    writeGiftiSurface(study.path(left ? study.cortex.leftInflated : study.cortex.rightInflated), inflated,
                      side);
    writeGiftiLabels(study.path(left ? study.cortex.leftRegions : study.cortex.rightRegions), regions, side);
  }
  writeNpy(study.path(study.cortex.underlay), VectorF(VectorF::LinSpaced(kTinyVertices, -1, 1)));
}

void writePerson(Study& study, int index) {
  const std::string id = "P" + textOf(index + 1);
  const unsigned seed = 100u * unsigned(index + 1);
  const fs::path folder = fs::path("inputs/people") / id;
  MatrixF responses = gaussian(kTinySamples, kTinyVertices, seed);
  const MatrixF tuning = gaussian(kShown, kTinyVertices, seed + 1);
  for (Index t = 0; t < kTinySamples; ++t)
    for (Index v = 0; v < kTinyVertices; ++v)
      for (Index bit = 0; bit < kShown && t % 25 >= kDelay && followsFilm(v % kHalf); ++bit)
        responses(t, v) += tuning(bit, v) * shownBit(t - kDelay, bit);
  VectorF ceiling(kTinyVertices);
  for (Index v = 0; v < kTinyVertices; ++v) ceiling[v] = followsFilm(v % kHalf) ? 0.9f : 0.0f;
  MatrixD ratings = gaussian(kTinySamples, 1, seed + 2).cast<double>();
  for (Index t = 0; t < kTinySamples; ++t) ratings(t, 0) += (index % 2 == 0 ? 2 : -2) * shownBit(t, 2) + 4;

  const Person person{id, folder / "responses_simulated.npy", folder / "ratings_simulated.tsv", 2,
                      folder / "noise_ceiling_simulated.npy"};
  writeNpy(study.path(person.responses), responses);
  writeNpy(study.path(person.noiseCeiling), ceiling);
  writeTsv(study.path(person.ratings), {"liking"}, ratings);
  study.people.push_back(person);
}

void writeTinyLabels(Study& study) {
  MatrixD values(kTinySamples, 2);
  for (Index t = 0; t < kTinySamples; ++t)
    values.row(t) << double(shownBit(t, 1)), double(t < 75 ? shownBit(t, 3) : 1);
  study.labels.push_back({"scene",
                          false,
                          "inputs/labels/scene.tsv",
                          {{"light", "Light", "0 or 1", "visual"},
                           {"still", "Constant in the held-out run", "0 or 1", "visual"}}});
  writeTsv(study.path(study.labels.back().file), {"light", "still"}, values);
  study.labels.push_back({"ratings", true, {}, {{"liking", "Liking (simulated)", "any number", "rating"}}});
}

}  // namespace

void writeTinyFilm(const fs::path& file, Index seconds) {
  FilmSpec film;
  film.codec = "ffv1";
  film.times = evenTimes(2 * int(seconds), 500);
  writeFilm(file, film);
}

void writeTinyNetwork(const fs::path& file) {
  const auto weights = [](Index count, unsigned seed) {
    const MatrixF values = gaussian(1, count, seed) * 0.4f;
    return std::vector<float>(values.data(), values.data() + count);
  };
  OnnxBuilder builder("input", {1, 3, 16, 16});
  Convolution first, second;
  first.weightDims = {4, 3, 3, 3};
  first.weights = weights(4 * 3 * 9, 1);
  first.pads = {1, 1, 1, 1};
  second.weightDims = {6, 4, 3, 3};
  second.weights = weights(6 * 4 * 9, 2);
  second.strides = {2, 2};
  second.pads = {1, 1, 1, 1};
  builder.addConvolution("first", "input", first);
  builder.add("edges", "Relu", {"first"});
  builder.addConvolution("second", "edges", second);
  builder.add("parts", "Relu", {"second"});
  OnnxModel model = std::move(builder).take("parts");
  NetworkInfo info;
  info.title = "tiny";
  info.kind = "image";
  info.inputShape = {3, 16, 16};
  info.channelOrder = "RGB";
  info.scale = {1 / 64.f, 1 / 64.f, 1 / 64.f};
  info.mean = {128, 128, 128};
  info.layers = {{"edges", {4, 16, 16}}, {"parts", {6, 8, 8}}};
  model.metadata[kNetworkInfoKey] = networkInfoToJson(info);
  writeOnnx(file, model);
}

float shownBit(Index second, Index bit) {
  return (2 * second) >> (bit + 1) & 1 ? 1.0f : -1.0f;
}

void addScenesAndWords(Study& study) {
  const fs::path folder = "inputs/labels";
  std::string scenes = "onset\tduration\tbright\n", words = "time\twords\n", shuffled = "time\tshuffled\n";
  for (Index t = 0; t < kTinySamples; t += 2)
    if (t != 10 && t != 80)
      scenes += textOf(t) + "\t2\t" + textOf(shownBit(t, 1) + shownBit(t + 1, 1)) + "\n";
  const std::vector<std::string> names{"dog", "cat", "road", "sea", "hill", "car", "tree", "night"};
  const auto wordAt = [&](Index t) {
    return names[std::size_t((shownBit(t, 1) > 0) + 2 * (shownBit(t, 2) > 0) + 4 * (shownBit(t, 3) > 0))];
  };
  for (Index t = 0; t < kTinySamples; ++t) {
    words += textOf(t) + "\t" + wordAt(t) + (t == 3 ? ", zebra" : "") + "\n";
    shuffled += textOf(t) + "\t" + names[std::size_t(t * t * 7 % 61 % 8)] + "\n";
  }
  std::string vectors;
  for (std::size_t i = 0; i < names.size(); ++i) {  // neighbours in meaning show alike
    vectors += names[i];
    const MatrixF noise = gaussian(1, 2, unsigned(900 + i));
    for (const int bit : {1, 2, 4}) vectors += (int(i) & bit) != 0 ? " 1" : " -1";
    for (Index d = 0; d < 2; ++d) vectors += " " + textOf(0.3f * noise(0, d));
    vectors += "\n";
  }
  const auto add = [&](const std::string& id, const std::string& title, const std::string& text,
                       LabelTiming timing, bool isWords) {
    writeFileAtomically(study.path(folder / (id + ".tsv")), text);
    study.labels.push_back({id,
                            false,
                            folder / (id + ".tsv"),
                            {{id, title, "", "both"}},
                            timing,
                            0,
                            isWords ? folder / "vectors.txt" : fs::path()});
  };
  writeFileAtomically(study.path(folder / "vectors.txt"), vectors);
  add("bright", "Bright", scenes, LabelTiming::Scenes, false);
  add("words", "Words", words, LabelTiming::Seconds, true);
  add("shuffled", "Words of other times", shuffled, LabelTiming::Seconds, true);
}

bool followsFilm(Index vertex) {
  static const Surface sphere = icosphere(2, 50);
  return sphere.points(vertex, 1) > 0;
}

Study makeTinyStudy(const fs::path& folder, int people) {
  Study study;
  study.folder = folder;
  study.title = "Tiny";
  study.simulated = true;
  study.simulationNote = "Made up for tests.";
  study.stimuli.push_back({"film", "A film of numbers", "inputs/film.mkv", "nobody"});
  for (Index r = 0; r < 4; ++r)
    study.runs.push_back({"run-" + textOf(r + 1), "film", 25.0 * double(r), 25 * r, 25, r == 3});
  study.featureSpaces.push_back({"visual", "visual", "inputs/network.onnx", {}, {"edges", "parts"}, 6});
  study.options.delays = {3, 4, 5};
  study.options.decoderLags = {3, 4, 5};
  study.options.penalties = 6;
  study.options.decoderVertices = 60;
  study.options.permutations = 99;
  study.options.labelledSamples = {15, 30};
  study.options.learningCurveDraws = 2;
  fs::create_directories(folder / "inputs");
  writeTinyFilm(study.path("inputs/film.mkv"));
  writeTinyNetwork(study.path("inputs/network.onnx"));
  writeTinyCortex(study);
  for (int i = 0; i < people; ++i) writePerson(study, i);
  writeTinyLabels(study);
  CohortTruth truth;
  for (Index v = 0; v < kTinyVertices; ++v) truth.layerOfVertex.push_back(followsFilm(v % kHalf) ? 0 : -1);
  for (int i = 0; i < people * (people - 1) / 2; ++i) truth.traitDistances.push_back(1.0 + i);
  writeTruth(study, truth, {{"visual/edges", {"Front"}}});
  writeStudy(study);
  return study;
}

}  // namespace cortexscope::test
