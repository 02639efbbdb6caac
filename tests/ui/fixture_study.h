// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <cmath>
#include <memory>

#include "base/text.h"
#include "control/study_actions.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "support/make_media.h"
#include "ui/scene/ellipsoid_cortex.h"  // the tests' folder, not the program's

namespace cortexscope::test {

/// A small study on disk with known numbers: 3 people, 2 hemispheres of 162 vertices, 3 runs of 20 samples of
/// 1 s (film A from 0 s, film A from 20 s, film B from 0 s held out), 2 labels. Film pictures show their own
/// second.
class FixtureStudy {
 public:
  static constexpr Index kSamples = 60;
  static constexpr int kPeople = 3;

  explicit FixtureStudy(bool withFilms = true) {
    describe();
    if (withFilms) makeFilms();
    makeCortex();
    for (int p = 0; p < kPeople; ++p) makePerson(p);
    makeLabel("faces", 0.0);
    makeLabel("speech", 5.0);
  }

  LoadedStudy loaded() const { return {study, results, layerLimits(results)}; }
  /// Surfaces, underlay and regions as files, for the readers of a study folder.
  void writeCortexFiles() {
    const auto write = [&](const Cortex& cortex, const std::string& kind, std::filesystem::path& left,
                           std::filesystem::path& right) {
      left = kind + "_left.surf.gii";
      right = kind + "_right.surf.gii";
      writeGiftiSurface(folder() / left, cortex.left, Hemisphere::Left);
      writeGiftiSurface(folder() / right, cortex.right, Hemisphere::Right);
    };
    CortexFiles& files = study.cortex;
    files.space = results.anatomical.space;
    write(results.anatomical, "pial", files.leftSurface, files.rightSurface);
    write(results.inflated, "inflated", files.leftInflated, files.rightInflated);
    files.underlay = "underlay.npy";
    writeNpy(folder() / files.underlay, results.underlay);
    files.leftRegions = "left.label.gii";
    files.rightRegions = "right.label.gii";
    writeGiftiLabels(folder() / files.leftRegions, regionsOf(Hemisphere::Left), Hemisphere::Left);
    writeGiftiLabels(folder() / files.rightRegions, regionsOf(Hemisphere::Right), Hemisphere::Right);
  }
  Index vertexCount() const { return results.anatomical.vertexCount(); }
  std::filesystem::path folder() const { return m_folder.path().toStdString(); }

  static float measured(int person, Index sample, Index vertex) {
    return std::sin(0.3f * static_cast<float>(sample) + 0.05f * static_cast<float>(vertex)) +
           0.1f * static_cast<float>(person);
  }
  static float predicted(int person, Index sample, Index vertex) {
    return 0.5f * measured(person, sample, vertex);
  }
  static double btl(double base, int person, Index sample) {
    return base + std::cos(0.2 * static_cast<double>(sample)) + 0.1 * person;
  }
  static double distance(double base, int a, int b) {
    return 0.1 * std::abs(a - b) + 0.01 * base * std::abs(a - b);
  }

  Study study;
  Results results;

 private:
  void describe() {
    study.folder = folder();
    study.title = "Fixture";
    study.simulated = true;
    study.simulationNote = "Responses are made up for tests.";
    study.stimuli = {{"a", "Film A", "a.mkv", "Film A by its author, CC-BY 3.0"},
                     {"b", "Film B", "b.mkv", "Film B by another author, CC-BY 4.0"}};
    study.runs = {{"run-01", "a", 0, 0, 20, false},
                  {"run-02", "a", 20, 20, 20, false},
                  {"run-03", "b", 0, 40, 20, true}};
    for (int p = 0; p < kPeople; ++p)
      study.people.push_back({"P0" + textOf(p + 1), personFile("measured", p), "", 1, ""});
  }

  Parcellation regionsOf(Hemisphere side) const {
    Parcellation half = results.regions;
    const auto first = half.keys.begin() + results.anatomical.firstVertex(side);
    half.keys = {first, first + results.anatomical.hemisphere(side).vertexCount()};
    return half;
  }

  static std::string personFile(const std::string& kind, int person) {
    return kind + textOf(person) + ".npy";
  }

  void makeFilms() {
    FilmSpec film;
    film.times = evenTimes(40, 1000);
    writeFilm(folder() / "a.mkv", film);
    film.times = evenTimes(20, 1000);
    writeFilm(folder() / "b.mkv", film);
  }

  void makeCortex() {
    const CortexShape shape = ellipsoidCortex(2);
    results.anatomical = shape.anatomical;
    results.inflated = *shape.inflated;
    results.underlay = VectorF::Zero(vertexCount());
    results.regions.regions = {{1, "visual"}, {2, "auditory"}};
    for (Index v = 0; v < vertexCount(); ++v) results.regions.keys.push_back(v % 2 == 0 ? 1 : 2);
  }

  void makePerson(int p) {
    MatrixF m(kSamples, vertexCount()), q(kSamples, vertexCount());
    for (Index s = 0; s < kSamples; ++s) {
      for (Index v = 0; v < vertexCount(); ++v) {
        m(s, v) = measured(p, s, v);
        q(s, v) = predicted(p, s, v);
      }
    }
    writeNpy(folder() / personFile("measured", p), m);
    writeNpy(folder() / personFile("predicted", p), q);
    PersonResults person;
    person.id = study.people[static_cast<std::size_t>(p)].id;
    person.measured = std::make_shared<CortexSeries>(MappedMatrix(folder() / personFile("measured", p)));
    person.predicted = std::make_shared<CortexSeries>(MappedMatrix(folder() / personFile("predicted", p)));
    person.heldOutR = VectorF::LinSpaced(vertexCount(), 0.0f, 0.8f);
    person.q = VectorF::LinSpaced(vertexCount(), 0.9f, 0.01f);
    person.noiseCeiling = VectorF::Constant(vertexCount(), 0.9f);
    results.people.push_back(std::move(person));
  }

  void makeLabel(const std::string& name, double base) {
    LabelEstimates label;
    label.item = {name, name == "faces" ? "Faces" : "Speech", "score 0 to 1", "visual"};
    label.table = "scene";
    label.truth = label.btl = label.tl = MatrixD::Zero(kPeople, kSamples);
    label.measuredDistance = label.predictedDistance = MatrixD::Zero(kPeople, kPeople);
    for (int p = 0; p < kPeople; ++p) {
      for (Index s = 0; s < kSamples; ++s) {
        label.btl(p, s) = btl(base, p, s);
        label.tl(p, s) = base + 0.5;
        label.truth(p, s) = base + 1.5;
      }
      for (int other = 0; other < kPeople; ++other) {
        label.measuredDistance(p, other) = distance(base, p, other);
        label.predictedDistance(p, other) = 2 * distance(base, p, other);
      }
    }
    label.btlR = VectorD::LinSpaced(kPeople, 0.4, 0.6);
    label.tlR = VectorD::Constant(kPeople, 0.3);
    label.pBtlAgainstTl = 0.02;
    label.individualRho = 0.7;
    label.individualP = 0.03;
    results.labels.push_back(std::move(label));
  }

  QTemporaryDir m_folder;
};

}  // namespace cortexscope::test
