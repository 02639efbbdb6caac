// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "core/import/measured_source.h"
#include "core/study/tiny_study.h"
#include "import/make/import_study.h"
#include "io/arrays/npy.h"
#include "study/document/findings.h"

namespace cortexscope::test {

namespace fs = std::filesystem;

inline constexpr Index kHalf = 162;  ///< vertices of a hemisphere

inline bool hasFinding(const Findings& findings, Severity severity, const std::vector<std::string>& words) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    const std::string text = findingText(finding);
    return finding.severity == severity &&
           std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return text.find(word) != std::string::npos; });
  });
}

inline QByteArray listed(const Findings& findings) {
  QByteArray text;
  for (const Finding& finding : findings)
    text += "\n" + QByteArray::fromStdString(nameOf(finding.severity) + ": " + findingText(finding));
  return text;
}

#define VERIFY_FINDING(findings, severity, ...) \
  QVERIFY2(hasFinding(findings, severity, {__VA_ARGS__}), listed(findings).constData())

inline ImportRequest without(std::vector<std::string> names) {
  ImportRequest request;
  request.leaveOut = std::move(names);
  return request;
}
inline ImportRequest withTime(double trSec) {
  ImportRequest request;
  request.trSec = trSec;
  return request;
}

/// Samples that say which they are: in run R sample t of vertex v is 1000 R + t + v at odd vertices and rises
/// with t squared at even ones.
inline MatrixF counted(Index samples, Index run) {
  MatrixF values(samples, 2 * kHalf);
  for (Index t = 0; t < samples; ++t)
    for (Index v = 0; v < values.cols(); ++v)
      values(t, v) = float(run) * 1000 + (v % 2 == 0 ? float(t * t) : float(t)) + float(v);
  return values;
}

/// Samples of one run of a person in the study.
inline MatrixD runOf(const Study& study, std::size_t person, Index run) {
  const MatrixF all = readNpy(study.path(study.people[person].responses));
  return all.middleRows(study.runs[std::size_t(run)].firstSample, study.runs[std::size_t(run)].sampleCount)
      .cast<double>();
}

/// Folders to import and what a test needs to make studies of them.
class ImportStage {
 public:
  ImportStage() {
    writeMeasuredSurfaces(path("surfaces"), 2);
    writeTinyNetwork(path("network.onnx"));
  }

  fs::path path(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }
  fs::path fresh(const std::string& name) const {
    fs::remove_all(path(name));
    return path(name);
  }

  /// The measured folders: "volumes" and "gifti" of three people, "cifti" of two.
  void writeMeasuredSources() const {
    writeMeasuredFilm(path("volumes"));
    writeMeasuredVolumes(path("volumes"), {});
    writeMeasuredFilm(path("gifti"));
    writeMeasuredGifti(path("gifti"), {});
    writeMeasuredFilm(path("cifti"));
    writeMeasuredCifti(path("cifti"), {.people = 2});
  }

  /// Choices for the measured folders: every run goes on in the one film.
  ImportChoices choicesFor(const std::string& study) const {
    ImportChoices choices;
    choices.study = fresh(study);
    choices.surfaces = path("surfaces");
    choices.networks.own = path("network.onnx");
    for (Index run = 0; run < kMeasuredRuns; ++run)
      choices.films[measuredRun(run)].filmStartSec = double(firstSecond(run));
    return choices;
  }

  /// PERSON/RUN.npy with their TR, and a film for each run.
  fs::path plainSource(const std::string& name, int people, const std::vector<Index>& samples,
                       double trSec) const {
    const fs::path folder = fresh(name);
    for (int person = 0; person < people; ++person)
      for (std::size_t run = 0; run < samples.size(); ++run) {
        const fs::path stem = folder / ("P" + textOf(person + 1)) / ("run-" + textOf(run + 1));
        fs::create_directories(stem.parent_path());
        writeNpy(fs::path(stem).concat(".npy"), counted(samples[run], Index(run)));
        std::ofstream(fs::path(stem).concat(".json")) << "{\"RepetitionTime\": " << trSec << "}";
      }
    fs::create_directories(folder / "stimuli");
    for (std::size_t run = 0; run < samples.size(); ++run)
      writeTinyFilm(folder / "stimuli" / ("run-" + textOf(run + 1) + ".mkv"), 60);
    return folder;
  }

  ImportOutcome imported(const fs::path& source, const ImportChoices& choices,
                         const ImportRequest& request = {}) const {
    return importStudy(planImport(source, request), choices, {});
  }

 private:
  QTemporaryDir m_folder;
};

}  // namespace cortexscope::test
