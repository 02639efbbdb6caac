// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/encoder_step.h"

#include <optional>

#include "base/error.h"
#include "io/arrays/npy.h"
#include "io/surfaces/surface_files.h"
#include "stats/correlation.h"
#include "stats/multiple_tests.h"
#include "stats/permutation.h"
#include "study/document/cortex_view.h"
#include "study/pipeline/result_files.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

/// Designs are the costly, shared part: made once, and only if somebody's encoder is missing.
class LazyDesign {
 public:
  LazyDesign(const Study& study, LazyLayers& layers) : m_study(study), m_layers(layers) {}
  const EncodingDesign& get(const Job& job) {
    if (!m_design)
      m_design.emplace(encodingSpaces(m_study, m_layers.get(job.part(0, 0.5))), m_study.runs,
                       m_study.options.penalties, job.part(0.5, 1));
    return *m_design;
  }

 private:
  const Study& m_study;
  LazyLayers& m_layers;
  std::optional<EncodingDesign> m_design;
};

std::vector<fs::path> writeEncoder(const ResultFiles& files, const Person& person, const Encoder& encoder) {
  std::vector<fs::path> written;
  const auto matrix = [&](const char* name, const MatrixF& values, const char* what, const char* rows) {
    written.push_back(files.person(person.id, name, ".npy"));
    files.write(written.back(), values, what, rows, person.targets());
  };
  const auto vector = [&](const char* name, const VectorF& values, const char* what) {
    written.push_back(files.person(person.id, name, ".npy"));
    files.write(written.back(), values, what, person.targets());
  };
  matrix("weights", encoder.weights, "encoder weights, fusion included",
         "features of all spaces, delay-major");
  vector("intercept", encoder.intercept, "encoder intercept");
  matrix("fusion_weights", encoder.fusionWeights, "weight of each feature space in the fused prediction",
         "feature spaces");
  matrix("space_r", encoder.spaceR, "cross-validated r of each feature space alone, training runs",
         "feature spaces");
  matrix("penalties", encoder.penalties, "ridge penalty alpha of each feature space", "feature spaces");
  matrix("out_of_fold", encoder.outOfFold, "predicted responses of the training runs, out of fold",
         "training samples");
  vector("cross_validated_r", encoder.crossValidatedR, "cross-validated r, training runs");
  return written;
}

Encoder readEncoder(const ResultFiles& files, const std::string& id) {
  Encoder encoder;
  encoder.weights = readNpy(files.person(id, "weights", ".npy"));
  encoder.intercept = readNpy(files.person(id, "intercept", ".npy")).col(0);
  encoder.outOfFold = readNpy(files.person(id, "out_of_fold", ".npy"));
  return encoder;
}

/// Runs of the held-out rows alone, renumbered.
Runs heldOutRuns(const Runs& runs) {
  Runs opposite = runs;
  for (Run& run : opposite) run.heldOut = !run.heldOut;
  return trainingRuns(opposite);
}

struct HeldOutScores {
  VectorF r, p, q;
};

HeldOutScores scoreHeldOut(const Study& study, const ConstMatrixRefF& measured,
                           const ConstMatrixRefF& predicted, int threads, const Job& job) {
  const std::vector<Index> rows = rowsOf(study.runs, true);
  require(!rows.empty(), ErrorCode::BadShape, "no run is held out, so nothing can be scored honestly");
  const MatrixF truth = rowsOf(measured, rows), estimate = rowsOf(predicted, rows);
  PermutationOptions options;
  options.permutations = study.options.permutations;
  options.seed = study.options.seed;
  options.threads = threads;
  HeldOutScores scores;
  scores.r = columnwisePearson(truth, estimate);
  scores.p = permutationTest(truth, estimate, heldOutRuns(study.runs), options, job).p;
  const std::vector<double> p(scores.p.data(), scores.p.data() + scores.p.size());
  const std::vector<double> q = adjustBenjaminiHochberg(p);
  scores.q = Eigen::Map<const VectorD>(q.data(), Index(q.size())).cast<float>();
  return scores;
}

/// Held-out r and q as maps of each hemisphere.
void writeMaps(const Study& study, const Person& person, const HeldOutScores& scores,
               std::vector<fs::path>& written) {
  const CortexView view = cortexViewOf(study, person);
  const VectorF r = view.onCortex(scores.r), q = view.ofHeaviest(scores.q);
  const Index left = readSurface(study.path(study.cortex.leftSurface)).vertexCount();
  std::string note = study.simulated ? "SIMULATED responses. " + study.simulationNote : "";
  if (view.ofVoxels()) note.append(note.empty() ? "" : " ").append(kMeansOfVoxels);
  const std::string rName = view.ofVoxels() ? "mean held-out r of voxels" : "held-out r";
  const std::string qName = view.ofVoxels() ? "q of the heaviest voxel" : "q";
  for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
    const bool isLeft = side == Hemisphere::Left;
    const auto half = [&](const VectorF& v) {
      return VectorF(isLeft ? v.head(left) : v.tail(v.size() - left));
    };
    written.push_back(
        ResultFiles(study).person(person.id, isLeft ? "hemi-L_heldout" : "hemi-R_heldout", ".shape.gii"));
    writeGiftiShape(written.back(), {{rName, half(r)}, {qName, half(q)}}, side, note);
  }
}

std::vector<fs::path> writeActivation(const Study& study, const Person& person, const MatrixF& predicted,
                                      const HeldOutScores& scores) {
  const ResultFiles files(study);
  std::vector<fs::path> written{files.person(person.id, "predicted", ".npy")};
  files.write(written.back(), predicted, "predicted responses, z units; training runs out of fold", "samples",
              person.targets());
  const auto vector = [&](const char* name, const VectorF& values, const char* what) {
    written.push_back(files.person(person.id, name, ".npy"));
    files.write(written.back(), values, what, person.targets());
  };
  vector("heldout_r", scores.r, "Pearson r of predicted and measured responses, held-out runs");
  vector("heldout_p", scores.p, "one-sided block-permutation p of heldout_r");
  vector("heldout_q", scores.q,
         person.keepsVoxels() ? "Benjamini-Hochberg adjusted heldout_p over the person's voxels"
                              : "Benjamini-Hochberg adjusted heldout_p over vertices");
  writeMaps(study, person, scores, written);
  return written;
}

}  // namespace

void fitEncoders(const Study& study, const StudyKeys& keys, LazyLayers& layers, StepCache& cache, int threads,
                 const Job& job) {
  const ResultFiles files(study);
  LazyDesign design(study, layers);
  const double people = double(study.people.size());
  for (std::size_t i = 0; i < study.people.size(); ++i) {
    const Person& person = study.people[i];
    const Job part = job.part(double(i) / people, double(i + 1) / people);
    part.checkpoint(0, "fitting encoders");
    try {
      cache.once("encoders/" + person.id, keys.encoder.at(person.id), [&] {
        const MappedMatrix responses(study.path(person.responses));
        const EncodingDesign& shared = design.get(part.part(0, 0.1));
        return writeEncoder(files, person, fitEncoder(shared, responses.view(), threads, part.part(0.1, 1)));
      });
    } catch (const Error& error) {
      throw error.within("person " + person.id + ", " + study.path(person.responses).string());
    }
  }
}

void predictPeople(const Study& study, const StudyKeys& keys, LazyLayers& layers, StepCache& cache,
                   int threads, const Job& job) {
  const ResultFiles files(study);
  LazyDesign design(study, layers);
  const double people = double(study.people.size());
  for (std::size_t i = 0; i < study.people.size(); ++i) {
    const Person& person = study.people[i];
    const Job part = job.part(double(i) / people, double(i + 1) / people);
    part.checkpoint(0, "predicting activation");
    try {
      cache.once("activation/" + person.id, keys.activation.at(person.id), [&] {
        const MappedMatrix measured(study.path(person.responses));
        const MatrixF predicted =
            predictActivation(design.get(part.part(0, 0.2)), readEncoder(files, person.id));
        const HeldOutScores scores =
            scoreHeldOut(study, measured.view(), predicted, threads, part.part(0.2, 1));
        return writeActivation(study, person, predicted, scores);
      });
    } catch (const Error& error) {
      throw error.within("person " + person.id);
    }
  }
}

}  // namespace cortexscope
