// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/material_networks.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/error.h"
#include "networks/mel_matrix.h"
#include "networks/network.h"
#include "networks/network_import.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kNetworksVersion = "2";

struct NetworkImporter {
  const Study& study;
  StepCache& inputs;
  const Json& recipe;
  const fs::path& materials;

  /// Imports one of the recipe's networks; returns its path in the study.
  fs::path network(const std::string& which, const Job& job) {
    const Json& entry = recipe.at("networks").at(which);
    const fs::path source = materialFile(materials, entry.at("source"));
    const fs::path relative = fs::path("inputs/networks") / (which + ".onnx");
    Digest key;
    key.add(kNetworksVersion).addFile(source).add(entry.dump());
    inputs.once("networks/" + which, key.hex(), [&] {
      ImportOptions options{entry.at("title"), entry.at("licence"), entry.at("origin"), {}};
      if (const std::string classes = entry.value("classes", ""); !classes.empty())
        options.classNames = materialFile(materials, classes);
      fs::create_directories(study.path(relative).parent_path());
      importNetwork(source, study.path(relative), options, job);
      return std::vector<fs::path>{study.path(relative)};
    });
    return relative;
  }

  fs::path melMatrix() {
    const fs::path source = materialFile(materials, recipe.at("networks").at("auditory").at("mel"));
    const fs::path mel = "inputs/networks/mel.npy";
    inputs.once("networks/mel", Digest().addFile(source).hex(), [&] {
      importMelMatrix(source, study.path(mel));
      return std::vector<fs::path>{study.path(mel)};
    });
    return mel;
  }

  FeatureSpace space(const std::string& modality, const fs::path& network, const fs::path& mel) const {
    FeatureSpace space{modality, modality, network, mel, {}, recipe.at("components")};
    const Network loaded(study.path(network));
    for (const NetworkLayer& layer : loaded.info().layers) space.layers.push_back(layer.name);
    return space;
  }
};

}  // namespace

fs::path materialFile(const fs::path& materials, const std::string& name) {
  const fs::path file = materials / name;
  require(fs::exists(file), ErrorCode::MissingFile, [&] {
    return file.string() + ": this demo material is missing; packaging/fetch_materials.sh fetches it";
  });
  return file;
}

std::vector<FeatureSpace> importMaterialNetworks(const Study& study, StepCache& inputs, const Json& recipe,
                                                 const fs::path& materials, const MaterialNetworks& choice,
                                                 const Job& job) {
  NetworkImporter importer{study, inputs, recipe, materials};
  std::vector<FeatureSpace> spaces;
  if (choice.visual)
    spaces.push_back(
        importer.space("visual", importer.network(choice.fast ? "fast" : "full", job.part(0, 0.9)), {}));
  if (choice.auditory) {
    const fs::path network = importer.network("auditory", job.part(0.9, 1));
    spaces.push_back(importer.space("auditory", network, importer.melMatrix()));
  }
  return spaces;
}

}  // namespace cortexscope
