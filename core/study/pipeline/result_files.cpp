// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/result_files.h"

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "io/arrays/npy.h"
#include "study/document/names.h"

namespace cortexscope {

namespace fs = std::filesystem;

fs::path ResultFiles::layer(const std::string& space, const std::string& run,
                            const std::string& layer) const {
  return m_study.results() / "features" / fileNameOf(space) / fileNameOf(run) / (fileNameOf(layer) + ".npy");
}

fs::path ResultFiles::person(const std::string& person, const std::string& name,
                             const std::string& extension) const {
  return m_study.results() / "people" / fileNameOf(person) / (name + suffix() + extension);
}

fs::path ResultFiles::label(const std::string& name, const std::string& extension) const {
  return m_study.results() / "labels" / (fileNameOf(name) + suffix() + extension);
}

void ResultFiles::writeSidecar(const fs::path& file, const std::string& what, const std::string& rowAxis,
                               const std::string& columnAxis) const {
  nlohmann::ordered_json json;
  json["what"] = what;
  json["simulated"] = m_study.simulated;
  if (m_study.simulated) json["simulationNote"] = m_study.simulationNote;
  json["rows"] = rowAxis;
  if (!columnAxis.empty()) json["columns"] = columnAxis;
  if (rowAxis == "samples") {
    json["samplePeriodSec"] = m_study.samplePeriodSec;
    json["runs"] = nlohmann::ordered_json::array();
    for (const Run& run : m_study.runs)
      json["runs"].push_back({{"id", run.id},
                              {"firstSample", run.firstSample},
                              {"samples", run.sampleCount},
                              {"heldOut", run.heldOut}});
  }
  if (rowAxis == "vertices" || columnAxis == "vertices") {
    json["space"] = m_study.cortex.space;
    json["vertexOrder"] =
        "left hemisphere first, then right; every vertex of the surfaces in study.json, in file order";
  }
  if (rowAxis == "voxels" || columnAxis == "voxels") {
    json["space"] = m_study.origin.space;
    json["voxelOrder"] =
        "columns of the matrix that study.json names for the person as voxelsToVertices; where they are "
        "in a volume stands there as voxels, grid and mm_from_voxel";
  }
  fs::path sidecar = file;
  writeFileAtomically(sidecar.replace_extension(".json"), json.dump(2) + "\n");
}

void ResultFiles::write(const fs::path& file, const ConstMatrixRefF& values, const std::string& what,
                        const std::string& rowAxis, const std::string& columnAxis) const {
  writeNpy(file, values);
  writeSidecar(file, what, rowAxis, columnAxis);
}

void ResultFiles::write(const fs::path& file, const VectorF& values, const std::string& what,
                        const std::string& axis) const {
  writeNpy(file, values);
  writeSidecar(file, what, axis, "");
}

}  // namespace cortexscope
