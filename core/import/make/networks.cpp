// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/networks.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "import/make/material_networks.h"
#include "networks/network.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

constexpr int kComponents = 10;  ///< kept per layer of a network that was given

FeatureSpace ownNetwork(const Study& study, const fs::path& file) {
  const Network network(file);
  require(network.info().kind == "image", ErrorCode::Unsupported, [&] {
    return file.string() + ": is a network for " + network.info().kind + "; one for pictures is needed here";
  });
  FeatureSpace space{"visual", "visual", "inputs/networks/visual.onnx", {}, {}, kComponents};
  for (const NetworkLayer& layer : network.info().layers) space.layers.push_back(layer.name);
  std::error_code error;
  fs::create_directories(study.path(space.network).parent_path(), error);
  fs::copy_file(file, study.path(space.network), error);
  require(!error, ErrorCode::Io,
          [&] { return study.path(space.network).string() + ": cannot be written: " + error.message(); });
  return space;
}

}  // namespace

void addNetworks(Importing& importing, const std::vector<Film>& films, const Job& job) {
  const auto all = [&](auto has) { return std::all_of(films.begin(), films.end(), has); };
  const auto some = [&](auto has) { return std::any_of(films.begin(), films.end(), has); };
  const auto picture = [](const Film& film) { return film.hasPicture; };
  const auto sound = [](const Film& film) { return film.hasSound; };
  const NetworkChoice& choice = importing.choices.networks;
  Study& study = importing.study;
  for (const auto& [what, missing] : {std::pair("pictures", !all(picture)), std::pair("sound", !all(sound))})
    if (missing)
      importing.say(some(picture) && some(sound) ? Severity::Warning : Severity::Note, "", "",
                    std::string("not all films have ") + what + ", so it is not used",
                    "nothing, or give films that all have it");
  if (!choice.own.empty()) {
    require(all(picture), ErrorCode::BadValue,
            "a network for pictures was given, but not all films have pictures");
    study.featureSpaces = {ownNetwork(study, choice.own)};
    return;
  }
  require(all(picture) || all(sound), ErrorCode::BadValue,
          "films neither all have pictures nor all have sound");
  const fs::path recipe = choice.resources / "demo" / "recipe.json";
  try {
    StepCache inputs(study.folder / "inputs");
    study.featureSpaces =
        importMaterialNetworks(study, inputs, nlohmann::ordered_json::parse(readTextFile(recipe)),
                               choice.materials, {all(picture), choice.fast, all(sound)}, job);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::BadFile, recipe.string() + ": " + error.what());
  }
}

}  // namespace cortexscope::importing
