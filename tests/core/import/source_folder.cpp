// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/source_folder.h"

#include <fstream>

#include "base/text.h"
#include "core/io/arrays/hdf5_spec.h"
#include "core/io/format_bytes.h"
#include "core/io/images/nifti_spec.h"
#include "core/io/made/made_file.h"
#include "io/arrays/npy.h"
#include "support/make_media.h"

namespace cortexscope::test {
namespace {

namespace fs = std::filesystem;

std::string zeros(std::int64_t count) {
  std::string text;
  for (std::int64_t i = 0; i < count; ++i) text += "0 ";
  return text;
}

std::string gifti(const std::string& metadata, const std::vector<std::string>& arrays) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<GIFTI Version=\"1.0\" NumberOfDataArrays=\"" +
      textOf(arrays.size()) + "\">\n" + metadata;
  for (const std::string& array : arrays) text += array;
  return text + "</GIFTI>\n";
}

std::string metadataOf(const std::string& name, const std::string& value) {
  if (value.empty()) return {};
  return "<MetaData><MD><Name>" + name + "</Name><Value>" + value + "</Value></MD></MetaData>";
}

std::string arrayOf(const std::string& intent, const std::string& type, int rows, int cols,
                    const std::string& metadata) {
  return "<DataArray Intent=\"NIFTI_INTENT_" + intent + "\" DataType=\"NIFTI_TYPE_" + type +
         "\" ArrayIndexingOrder=\"RowMajorOrder\" Dimensionality=\"" + (cols > 1 ? "2" : "1") + "\" Dim0=\"" +
         textOf(rows) + "\"" + (cols > 1 ? " Dim1=\"" + textOf(cols) + "\"" : "") + " Encoding=\"ASCII\">" +
         metadata + "<Data>" + zeros(std::int64_t{rows} * cols) + "</Data></DataArray>\n";
}

std::string bothCortices(std::string xml) {
  const std::size_t from = xml.find("<BrainModel IndexOffset=\"3\"");
  const std::size_t to = xml.find("</BrainModel>", from) + std::string_view("</BrainModel>").size();
  return xml.replace(from, to - from,
                     "<BrainModel IndexOffset=\"3\" IndexCount=\"2\" ModelType=\"CIFTI_MODEL_TYPE_SURFACE\" "
                     "BrainStructure=\"CIFTI_STRUCTURE_CORTEX_RIGHT\" SurfaceNumberOfVertices=\"4\">"
                     "<VertexIndices>0 1</VertexIndices></BrainModel>");
}

}  // namespace

SourceFolder::SourceFolder() = default;

SourceFolder::~SourceFolder() {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path(), error))
    fs::remove_all(entry.path(), error);
}

fs::path SourceFolder::path(const std::string& name) const {
  return name.empty() ? fs::path(m_folder.path().toStdString())
                      : fs::path(m_folder.path().toStdString()) / name;
}

fs::path SourceFolder::made(const std::string& name) const {
  fs::create_directories(path(name).parent_path());
  return path(name);
}

void SourceFolder::text(const std::string& name, std::string_view contents) const {
  std::ofstream(made(name), std::ios::binary)
      .write(contents.data(), static_cast<std::streamsize>(contents.size()));
}

void SourceFolder::volume(const std::string& name, std::vector<std::int64_t> size, double trSec) const {
  NiftiSpec spec;
  spec.type = 2;
  spec.bits = 8;
  spec.units = 8;
  std::int64_t count = 1;
  for (const std::int64_t extent : size) count *= extent;
  spec.dims = {std::ssize(size), 1, 1, 1, 1, 1, 1, 1};
  std::copy(size.begin(), size.end(), spec.dims.begin() + 1);
  spec.pixdim[4] = trSec;
  std::uint32_t state = 1;  // noise, so that a packed file is long enough to be cut
  for (std::int64_t i = 0; i < count; ++i) {
    state = state * 1664525 + 1013904223;
    spec.voxels += static_cast<char>(state >> 24);
  }
  text(name, name.ends_with(".gz") ? gzipped(fileOf(spec)) : fileOf(spec));
}

void SourceFolder::series(const std::string& name, int vertices, int samples, const std::string& timeStep,
                          const std::string& structure) const {
  const std::vector<std::string> arrays(
      static_cast<std::size_t>(samples),
      arrayOf("TIME_SERIES", "FLOAT32", vertices, 1, metadataOf("TimeStep", timeStep)));
  text(name, gifti(metadataOf("AnatomicalStructurePrimary", structure), arrays));
}

void SourceFolder::mesh(const std::string& name, int vertices) const {
  text(name,
       gifti("", {arrayOf("POINTSET", "FLOAT32", vertices, 3, ""), arrayOf("TRIANGLE", "INT32", 1, 3, "")}));
}

void SourceFolder::grayordinates(const std::string& name, int samples) const {
  text(name, ciftiFile(samples, bothCortices(ciftiXml(samples, true)), 3002));
}

void SourceFolder::npy(const std::string& name, std::int64_t rows, std::int64_t cols) const {
  writeNpy(made(name), MatrixF(MatrixF::Zero(rows, cols)));
}

void SourceFolder::hdf5(
    const std::string& name,
    const std::vector<std::pair<std::string, std::vector<std::uint64_t>>>& datasets) const {
  Hdf5File file(made(name));
  for (const auto& [dataset, sizes] : datasets)
    file.add(dataset.c_str(), std::vector<hsize_t>(sizes.begin(), sizes.end()));
}

void SourceFolder::film(const std::string& name) const {
  FilmSpec spec;
  spec.times = evenTimes(10, 100);
  writeFilm(made(name), spec);
}

void SourceFolder::table(const std::string& name, const std::string& column, int rows) const {
  std::string contents = column + "\n";
  for (int i = 0; i < rows; ++i) contents += textOf(i) + "\n";
  text(name, contents);
}

std::vector<Finding> findingsWith(const ImportPlan& plan, const std::vector<std::string>& words) {
  std::vector<Finding> found;
  for (const Finding& finding : plan.findings) {
    const std::string all = finding.file + "|" + finding.place + "|" + finding.what + "|" + finding.advice;
    if (std::all_of(words.begin(), words.end(),
                    [&](const std::string& word) { return all.find(word) != std::string::npos; }))
      found.push_back(finding);
  }
  return found;
}

std::string allFindings(const Findings& findings) {
  std::string text = "findings:\n";
  for (const Finding& finding : findings)
    text += textOf(static_cast<int>(finding.severity)) + " " + finding.file + " | " + finding.place + " | " +
            finding.what + " -> " + finding.advice + "\n";
  return text;
}

}  // namespace cortexscope::test
