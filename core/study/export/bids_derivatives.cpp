// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/export/bids_derivatives.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/images/cifti.h"
#include "io/surfaces/surface_files.h"
#include "io/tables/table.h"
#include "preparation/space_check.h"
#include "study/document/study_folder.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Labels of BIDS entities hold letters and digits alone.
std::string entity(const std::string& text) {
  std::string label;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) label += c;
  return label.empty() ? "x" : label;
}

class Derivatives {
 public:
  Derivatives(const Study& study, const Results& results, fs::path folder, const ExportOptions& options)
      : m_study(study), m_results(results), m_folder(std::move(folder)), m_options(options) {
    const std::string name = spaceName(study.cortex.space, results.anatomical.vertexCount());
    m_space = "_space-" + entity(name);
    for (const KnownDensity& known : knownDensities()) {
      if (known.name != name) continue;
      m_space = "_space-" + known.family + "_den-" + known.density;
      m_density = {{known.density, textOf(known.perHemisphere) + " vertices per hemisphere"}};
    }
  }

  void writeAll(const Job& job) {
    for (const Person& person : m_study.people) m_stems.push_back(stemOf(person));
    write(m_folder / "dataset_description.json",
          {{"Name", m_study.title},
           {"BIDSVersion", "1.9.0"},
           {"DatasetType", "derivative"},
           {"GeneratedBy", Json::array({{{"Name", "CortexScope"}, {"Version", CORTEXSCOPE_VERSION}}})}});
    for (std::size_t p = 0; p < m_results.people.size(); ++p) {
      job.checkpoint(double(p) / double(m_results.people.size()), "exporting " + m_study.people[p].id);
      writePerson(p, job);
    }
  }

 private:
  void writePerson(std::size_t person, const Job& job) {
    const PersonResults& results = m_results.people[person];
    const std::string id = m_study.people[person].id, stem = m_stems[person];
    m_func = m_folder / stem / "func";
    m_ofVoxels = results.view.ofVoxels();
    for (std::size_t r = 0; r < m_study.runs.size(); ++r) {
      job.checkpoint(0, "exporting " + id);
      const Run& run = m_study.runs[r];
      const MatrixF predicted = results.predicted->rows(run.firstSample, run.sampleCount);
      writeSeries(stem + "_task-" + entity(run.stimulus) + "_run-" + textOf(r + 1), run, predicted);
    }
    if (results.heldOutR.size() > 0) writeScore(stem, results.heldOutR);
    writeEstimates(stem, Index(person));
  }

  /// Two people whose names differ in more than letters and digits alone would share their files.
  std::string stemOf(const Person& person) const {
    const std::string stem = "sub-" + entity(person.id.starts_with("sub-") ? person.id.substr(4) : person.id);
    const auto same = std::find(m_stems.begin(), m_stems.end(), stem);
    require(same == m_stems.end(), ErrorCode::BadValue, [&] {
      return "people \"" + m_study.people[std::size_t(same - m_stems.begin())].id + "\" and \"" + person.id +
             "\" would both be " + stem + " in a BIDS derivative; rename one of them";
    });
    return stem;
  }

  std::string desc(const std::string& what) const {
    return "_desc-" + what + (m_study.simulated ? "Simulated" : "");
  }

  Json facts(const std::string& description) const {
    Json json{{"Description", description}, {"Simulated", m_study.simulated}};
    if (m_study.simulated) json["SimulationNote"] = m_study.simulationNote;
    if (!m_density.empty()) json["Density"] = m_density;
    return json;
  }
  Json mapFacts(const std::string& description) const {
    Json json = facts(description);
    if (m_ofVoxels) json["MeansOfVoxels"] = kMeansOfVoxels;
    return json;
  }
  std::string inWords(const std::string& description) const {
    return description + (m_study.simulated ? " (simulated responses: " + m_study.simulationNote + ")" : "") +
           (m_ofVoxels ? std::string(". ") + kMeansOfVoxels : "");
  }

  /// Rows of a matrix over all vertices as one file for each hemisphere.
  void writeHemispheres(const std::string& before, const std::string& after,
                        const std::vector<std::string>& names, const MatrixF& rows, const Json& json) {
    const Index left = m_results.anatomical.left.vertexCount();
    for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
      const bool isLeft = side == Hemisphere::Left;
      std::vector<NamedMap> maps;
      for (Index i = 0; i < rows.rows(); ++i)
        maps.push_back(
            {names[std::size_t(i)], isLeft ? VectorF(rows.row(i).head(left).transpose())
                                           : VectorF(rows.row(i).tail(rows.cols() - left).transpose())});
      const fs::path file = m_func / (before + (isLeft ? "_hemi-L" : "_hemi-R") + m_space + after);
      writeGiftiShape(file, maps, side, inWords(json.at("Description")));
      writeBeside(file, json);
    }
  }

  void writeSeries(const std::string& stem, const Run& run, const MatrixF& predicted) {
    Json json = mapFacts("Responses predicted by the person's encoding model, in z units");
    json["RepetitionTime"] = m_study.samplePeriodSec;
    json["StartTime"] = 0.5 * m_study.samplePeriodSec;
    json["StimulusStartTime"] = run.stimulusStartSec;
    json["HeldOut"] = run.heldOut;
    std::vector<std::string> names;
    for (Index i = 0; i < predicted.rows(); ++i) names.push_back("sample " + textOf(i));
    writeHemispheres(stem, desc("predicted") + "_bold.func.gii", names, predicted, json);
    if (m_options.cifti)
      writeGrayordinates(stem, desc("predicted") + "_bold.dtseries.nii", predicted, {}, json);
  }

  void writeScore(const std::string& stem, const VectorF& r) {
    const Json json = mapFacts("Pearson r of measured and predicted responses in held-out runs");
    const MatrixF row = r.transpose();
    const std::vector<std::string> name{m_ofVoxels ? "mean held-out r of voxels" : "held-out r"};
    writeHemispheres(stem, desc("heldoutR") + "_stat.shape.gii", name, row, json);
    if (m_options.cifti) writeGrayordinates(stem, desc("heldoutR") + "_stat.dscalar.nii", row, name, json);
  }

  void writeGrayordinates(const std::string& before, const std::string& after, const MatrixF& rows,
                          const std::vector<std::string>& names, const Json& json) {
    CiftiHeader header;
    header.rows.kind = names.empty() ? CiftiRows::Kind::Series : CiftiRows::Kind::Scalars;
    header.rows.count = rows.rows();
    header.rows.step = m_study.samplePeriodSec;
    header.rows.names = names;
    for (const bool left : {true, false}) {
      const Index count =
          left ? m_results.anatomical.left.vertexCount() : m_results.anatomical.right.vertexCount();
      BrainModel model{left ? "CIFTI_STRUCTURE_CORTEX_LEFT" : "CIFTI_STRUCTURE_CORTEX_RIGHT",
                       left ? 0 : m_results.anatomical.left.vertexCount(),
                       count,
                       {},
                       {}};
      model.vertices.resize(std::size_t(count));
      std::iota(model.vertices.begin(), model.vertices.end(), 0);
      header.columns.models.push_back(std::move(model));
    }
    const fs::path file = m_func / (before + m_space + after);
    writeCifti(file, header, rows);
    writeBeside(file, json);
  }

  void writeEstimates(const std::string& stem, Index person) {
    std::vector<std::string> columns{"time"};
    Json json = facts(
        "Labels estimated through the person's predicted cortical activation (btl) and straight from "
        "the features (tl), one row per sample of the study");
    json["time"] = {{"Description", "start of the sample, all runs one after the other"}, {"Units", "s"}};
    MatrixD values(sampleCount(m_study.runs), 1 + 2 * Index(m_results.labels.size()));
    for (Index t = 0; t < values.rows(); ++t) values(t, 0) = m_study.samplePeriodSec * double(t);
    for (const LabelEstimates& label : m_results.labels) {
      // Of words there is no estimate as a number, but its cosine with the truth.
      const bool words = !label.btlWords.empty();
      for (const auto& [method, estimate] : {std::pair{"btl", &label.btl}, std::pair{"tl", &label.tl}}) {
        const std::string column = label.item.name + "_" + method + (words ? "_cosine" : "");
        values.col(Index(columns.size())) = estimate->row(person).transpose();
        columns.push_back(column);
        json[column] = {
            {"Description",
             words ? "cosine of the estimated and the true vector of " + label.item.title : label.item.title},
            {"Units", words ? "1" : label.item.unit},
            {"Method", method}};
      }
    }
    if (columns.size() == 1) return;
    const fs::path file = m_func / (stem + desc("labelEstimates") + "_timeseries.tsv");
    writeTsv(file, columns, values);
    writeBeside(file, json);
  }

  static void write(const fs::path& file, const Json& json) {
    writeFileAtomically(file, json.dump(2) + "\n");
  }
  /// "x_bold.func.gii" has its facts in "x_bold.json".
  static void writeBeside(const fs::path& file, const Json& json) {
    const std::string name = file.filename().string();
    write(file.parent_path() / (name.substr(0, name.find('.')) + ".json"), json);
  }

  const Study& m_study;
  const Results& m_results;
  fs::path m_folder, m_func;
  ExportOptions m_options;
  bool m_ofVoxels = false;  ///< of the person at hand
  std::string m_space;
  std::vector<std::string> m_stems;  ///< "sub-01", per person
  Json m_density = Json::object();
};

}  // namespace

void exportDerivatives(const Study& study, const Results& results, const fs::path& folder,
                       const ExportOptions& options, const Job& job) {
  for (const PersonResults& person : results.people)
    require(person.predicted != nullptr, ErrorCode::BadValue,
            [&] { return "nothing was predicted for " + person.id + " yet; run the study first"; });
  NewStudyFolder place(folder, false);
  Derivatives(study, results, place.path(), options).writeAll(job);
  place.commit();
}

}  // namespace cortexscope
