// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/demo.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "demo/demo_cortex.h"
#include "import/make/material_networks.h"
#include "io/arrays/npy.h"
#include "io/media/media.h"
#include "io/tables/table.h"
#include "study/checks/read_study.h"
#include "study/document/study_file.h"
#include "study/pipeline/feature_step.h"
#include "study/pipeline/pipeline.h"
#include "study/pipeline/recovery.h"
#include "study/pipeline/step_cache.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kDemoVersion = "2";

/// Everything one call works on.
struct Maker {
  const DemoOptions& options;
  Json recipe;
  Study study;
  StepCache inputs;
};

void addStimuli(Maker& maker) {
  for (const Json& entry : maker.recipe.at("stimuli")) {
    const std::string name = entry.at("file");
    const fs::path source = materialFile(maker.options.materials, name),
                   relative = fs::path("inputs/stimuli") / name;
    maker.inputs.once("stimuli/" + name, Digest().addFile(source).hex(), [&] {
      const fs::path target = maker.study.path(relative);
      fs::create_directories(target.parent_path());
      std::error_code error;
      fs::copy_file(source, target, fs::copy_options::overwrite_existing, error);
      require(!error, ErrorCode::Io,
              [&] { return target.string() + ": cannot be written: " + error.message(); });
      return std::vector<fs::path>{target};
    });
    maker.study.stimuli.push_back({entry.at("id"), entry.at("title"), relative, entry.at("credit")});
  }
}

void addRuns(Maker& maker) {
  Index next = 0;
  for (const Json& entry : maker.recipe.at("runs")) {
    const std::string number = textOf(maker.study.runs.size() + 1);
    const Run run{"run-" + std::string(number.size() < 2 ? "0" : "") + number,
                  entry.at("stimulus"),
                  entry.at("startSec"),
                  next,
                  entry.at("samples"),
                  entry.at("heldOut")};
    next = run.endSample();
    maker.study.runs.push_back(run);
  }
}

/// Label tables of single films joined in the order of the runs.
void addSceneLabels(Maker& maker) {
  const fs::path folder = maker.options.resources / "demo" / "labels";
  const Json description = Json::parse(readTextFile(folder / "labels.json"));
  LabelTable table{"scene", false, "inputs/labels/scene.tsv", {}};
  std::vector<std::string> columns;
  for (const Json& item : description.at("items")) {
    table.items.push_back({item.at("name"), item.at("title"), item.at("unit"), item.at("kind")});
    columns.push_back(item.at("name"));
  }
  MatrixD values(sampleCount(maker.study.runs), Index(columns.size()));
  for (const Run& run : maker.study.runs) {
    const fs::path file = folder / (run.stimulus + ".tsv");
    const Table film = readTable(file);
    for (Index k = 0; k < values.cols(); ++k) {
      const std::vector<double> column = numericColumn(film, columns[std::size_t(k)], file);
      for (Index t = 0; t < run.sampleCount; ++t) {
        const auto second = std::size_t(run.stimulusStartSec + maker.study.samplePeriodSec * double(t));
        require(second < column.size(), ErrorCode::BadShape, [&] {
          return file.string() + ": has " + textOf(column.size()) + " rows, run " + run.id + " needs row " +
                 textOf(second + 1);
        });
        values(run.firstSample + t, k) = column[second];
      }
    }
  }
  writeTsv(maker.study.path(table.file), columns, values);
  maker.study.labels.push_back(std::move(table));
}

std::vector<Drive> drivesOf(const Maker& maker) {
  std::vector<Drive> drives;
  for (const FeatureSpace& space : maker.study.featureSpaces)
    for (const Json& entry : maker.recipe.at("drives").at(space.id))
      drives.push_back({space.id + "/" + space.layers.at(entry.at("layer").get<std::size_t>()),
                        entry.at("regions").get<std::vector<std::string>>()});
  return drives;
}

std::vector<LayerFeatures> drivingLayers(const Maker& maker, const std::vector<Drive>& drives) {
  std::vector<LayerFeatures> layers;
  for (const FeatureSpace& space : maker.study.featureSpaces)
    for (const std::string& layer : space.layers)
      for (const Drive& drive : drives)
        if (drive.layer == space.id + "/" + layer) {
          layers.push_back(stackedLayer(maker.study, space, layer));
          layers.back().layer = drive.layer;
        }
  return layers;
}

fs::path personFile(const std::string& id, const std::string& name) {
  return fs::path("inputs/people") / id / (name + "_simulated");
}

std::vector<fs::path> writePerson(const Study& study, const SimulatedPerson& person,
                                  const LabelTable& ratings) {
  std::vector<std::string> columns;
  for (const LabelItem& item : ratings.items) columns.push_back(item.name);
  const fs::path responses = study.path(personFile(person.id, "responses")).concat(".npy");
  const fs::path ceiling = study.path(personFile(person.id, "noise_ceiling")).concat(".npy");
  const fs::path table = study.path(personFile(person.id, "ratings")).concat(".tsv");
  writeNpy(responses, person.responses);
  writeNpy(ceiling, person.noiseCeiling);
  writeTsv(table, columns, person.ratings);
  return {responses, ceiling, table};
}

void simulatePeople(Maker& maker, const DemoCortex& cortex, const StudyKeys& keys, const Job& job) {
  Study& study = maker.study;
  CohortOptions options;
  options.people = maker.options.people;
  options.seed = maker.options.seed;
  options.shiftResponses = maker.options.shiftResponses;
  const Json titles = maker.recipe.at("ratings");
  options.ratings = int(titles.size());
  const std::vector<Drive> drives = drivesOf(maker);
  const Cohort cohort(cortex.anatomical, cortex.regions, drivingLayers(maker, drives), drives, study.runs,
                      study.samplePeriodSec, options);
  LabelTable ratings{"ratings", true, {}, {}};
  for (std::size_t k = 0; k < titles.size(); ++k)
    ratings.items.push_back({cohort.truth().ratingNames[k], titles[k].get<std::string>() + " (simulated)",
                             "1 to 7, each person's own", "rating"});
  Digest key;
  key.add(kDemoVersion).add(keys.features).add(options.people).add(options.seed);
  key.add(options.shiftResponses ? "shifted" : "in time");
  for (int i = 0; i < options.people; ++i) {
    const std::string step = "people/" + textOf(i + 1);
    const Job part = job.part(double(i) / options.people, double(i + 1) / options.people);
    maker.inputs.once(step, key.hex(), [&] { return writePerson(study, cohort.person(i, part), ratings); });
    const std::string id = Cohort::personId(i);
    study.people.push_back({id, personFile(id, "responses").concat(".npy"),
                            personFile(id, "ratings").concat(".tsv"), options.repeats,
                            personFile(id, "noise_ceiling").concat(".npy")});
  }
  study.labels.push_back(std::move(ratings));
  writeTruth(study, cohort.truth(), drives);
}

std::string simulationNote(const DemoOptions& options) {
  std::string note =
      "The brain responses and ratings of all people are simulated from the films' real features with a "
      "known truth; "
      "nobody was scanned.";
  if (options.shiftResponses)
    note += " Negative control: each person's responses are rotated in time by a random amount.";
  return note;
}

}  // namespace

Study makeDemoStudy(const fs::path& folder, const DemoOptions& options, const Job& job) {
  const fs::path recipe = options.resources / "demo" / "recipe.json";
  Maker maker{options, {}, {}, StepCache(folder / "inputs")};
  try {
    maker.recipe = Json::parse(readTextFile(recipe));
    Study& study = maker.study;
    study.folder = folder;
    study.title = maker.recipe.at("title");
    study.simulated = true;
    study.simulationNote = simulationNote(options);
    study.samplePeriodSec = maker.recipe.at("samplePeriodSec");
    study.options.seed = options.seed;
    study.options.responseModel = maker.recipe.at("responseModel");
    addStimuli(maker);
    addRuns(maker);
    job.checkpoint(0, "importing networks");
    study.featureSpaces = importMaterialNetworks(study, maker.inputs, maker.recipe, options.materials,
                                                 {.fast = options.fast}, job.part(0, 0.1));
    const DemoCortex cortex = makeDemoCortex(options.materials, study, maker.inputs, job.part(0.1, 0.2));
    study.cortex.credit = maker.recipe.at("cortexCredit");
    addSceneLabels(maker);
    StepCache results(study.results());
    const StudyKeys keys = studyKeys(study, job.part(0.2, 0.22));
    extractFeatures(study, keys, results, options.threads, job.part(0.22, 0.8));
    simulatePeople(maker, cortex, keys, job.part(0.8, 1.0));
    writeStudy(study);
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::BadFile, recipe.string() + ": " + error.what());
  }
  return readStudy(folder);
}

}  // namespace cortexscope
