// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/targets.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/error.h"
#include "base/text.h"
#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"
#include "core/networks/small_networks.h"
#include "io/arrays/mat5.h"
#include "io/arrays/npy_header.h"
#include "io/images/cifti.h"
#include "io/images/cifti_xml.h"
#include "io/images/image.h"
#include "io/media/wav_header.h"
#include "io/packing/gzip.h"
#include "io/packing/lzf.h"
#include "io/packing/zip.h"
#include "io/parsing/python_literal.h"
#include "io/surfaces/bic_obj.h"
#include "io/surfaces/freesurfer.h"
#include "io/surfaces/gifti.h"
#include "io/tables/table.h"
#include "io/tables/word_vectors.h"
#include "networks/network_metadata.h"
#include "networks/onnx/shapes.h"
#include "networks/onnx/source_network.h"
#include "networks/tfjs/read.h"
#include "preparation/kept_voxels.h"

namespace cortexscope::test {
namespace {

const std::string kName = "fuzzed";

/// The bytes as a file that lives in memory, for readers that open files themselves.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : m_descriptor(::memfd_create("fuzzed", MFD_CLOEXEC)) {
    if (m_descriptor < 0 ||
        ::write(m_descriptor, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("no file in memory");
  }
  ~MemoryFile() { ::close(m_descriptor); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::filesystem::path path() const { return "/proc/self/fd/" + textOf(m_descriptor); }

 private:
  int m_descriptor;
};

void image(std::string_view bytes) {
  constexpr std::size_t kMostValues = std::size_t{1}
                                      << 22;  // so that one packed file cannot take all the time
  const MemoryFile file(bytes);
  ImageReader reader(file.path());
  std::vector<float> values(4096);
  for (std::size_t done = 0; done < kMostValues;) {
    const std::size_t got = reader.read(std::span<float>(values));
    if (got == 0) break;
    done += got;
  }
}

void gifti(std::string_view bytes) {
  const gifti::Document document = gifti::parse(bytes, kName);
  for (const gifti::DataArray& array : document.arrays) gifti::values(array);
  for (const bool surface : {true, false}) try {
      if (surface)
        checkSurface(gifti::surfaceOf(document, kName), kName);
      else
        gifti::mapsOf(document, kName);
    } catch (const Error&) {
    }
  gifti::parcellationOf(document, kName);
}

void freesurferSurface(std::string_view bytes) {
  checkSurface(freesurfer::readSurface(bytes, kName), kName);
}
void freesurferCurv(std::string_view bytes) {
  freesurfer::readCurv(bytes, kName);
}
void freesurferAnnot(std::string_view bytes) {
  freesurfer::readAnnot(bytes, kName);
}
void freesurferLabel(std::string_view bytes) {
  freesurfer::readLabel(bytes, kName);
}
void freesurferPatch(std::string_view bytes) {
  freesurfer::readPatch(bytes, kName);
}
void polygons(std::string_view bytes) {
  bic::readPolygons(bytes, kName);
}
void ciftiXmlText(std::string_view bytes) {
  cifti::parseHeader(bytes, kName);
}

void ciftiWhole(std::string_view bytes) {
  const MemoryFile file(bytes);
  readCifti(file.path());
}

void npy(std::string_view bytes) {
  matrixDoubleOf(npyArray(bytes, nullptr, kName));
}

void zipArchive(std::string_view bytes) {
  for (const zip::Member& member : zip::members(bytes, kName)) try {
      zip::contentsOf(bytes, member, kName);
    } catch (const Error&) {
    }
}

void matlab(std::string_view bytes) {
  for (const ArrayInfo& info : mat5::list(bytes, kName)) try {
      rowMajorValues(mat5::read(bytes, info.name, kName));
    } catch (const Error&) {
    }
}

void table(std::string_view bytes) {
  const MemoryFile file(bytes);
  const Table read = readTable(file.path());
  for (const std::string& column : read.columns) try {
      numericColumn(read, column, kName);
    } catch (const Error&) {
    }
}

void wordVectors(std::string_view bytes) {
  const MemoryFile file(bytes);
  readWordVectors(file.path());
}

void lzf(std::string_view bytes) {
  std::string room(4096, '\0');
  lzfUnpacked(bytes, room);
}

void gzip(std::string_view bytes) {
  const MemoryFile file(bytes);
  readUnpacked(file.path(), std::size_t{1} << 18);
}

void inflation(std::string_view bytes) {
  for (const std::size_t size : {std::size_t{100}, std::size_t{1} << 20}) try {
      inflateExactly(bytes, size, kName);
    } catch (const Error&) {
    }
  inflateStart(bytes, 1000, kName);
}

void pythonLiteral(std::string_view bytes) {
  parsePythonLiteral(bytes);
}

void onnx(std::string_view bytes) {
  const OnnxModel model = parseOnnx(std::as_bytes(std::span(bytes)));
  networkInfoOf(model, checkedShapes(model));
}

void wavHeader(std::string_view bytes) {
  const MemoryFile file(bytes);
  wavHeaderWarnings(file.path());
}

/// JSON that is none or has other kinds of values than expected is told by the library; callers translate it.
template <class Read>
void fromJson(std::string_view bytes, const Read& read) {
  try {
    read(nlohmann::json::parse(bytes));
  } catch (const nlohmann::json::exception&) {
  }
}

/// Arrays of kept voxels one after the other, put into an archive whose checksums are right.
constexpr std::string_view kBetweenArrays = "----";
constexpr std::array kVoxelArrays = {"format", "shape",  "data", "indices",
                                     "indptr", "voxels", "grid", "mm_from_voxel"};

void keptVoxelsArrays(std::string_view bytes) {
  std::vector<zip::NewMember> members;
  for (const char* name : kVoxelArrays) {
    const std::size_t end = std::min(bytes.find(kBetweenArrays), bytes.size());
    members.push_back({std::string(name) + ".npy", std::string(bytes.substr(0, end))});
    bytes.remove_prefix(std::min(bytes.size(), end + kBetweenArrays.size()));
  }
  const MemoryFile file(zip::archiveOf(members));
  readKeptVoxels(file.path());
}

/// Folders with the weights that the seeds of the two kinds of TensorFlow.js models name.
std::filesystem::path weightsOf(const TfjsFiles& files, const char* kind) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("cortexscope_fuzz_" + textOf(::getpid()) + kind);
  files.write(folder, {});
  return folder;
}

void tfjsLayers(std::string_view bytes) {
  static const auto kFolder = weightsOf(SmallResidual().files(), "_layers");
  fromJson(bytes, [](const nlohmann::json& model) { readTfjsLayers(model, kFolder, Job()); });
}
void tfjsGraph(std::string_view bytes) {
  static const auto kFolder = weightsOf(SmallMobile().files(), "_graph");
  fromJson(bytes, [](const nlohmann::json& model) { readTfjsGraph(model, kFolder, Job()); });
}

template <std::vector<MadeFile> (*make)()>
std::vector<std::string> seedsOf(std::string_view ending) {
  std::vector<std::string> seeds;
  for (MadeFile& made : make())
    if (made.name.find(ending) != std::string::npos && made.contents.size() < (std::size_t{1} << 16))
      seeds.push_back(std::move(made.contents));
  return seeds;
}

std::vector<std::string> imageSeeds() {
  std::vector<std::string> seeds = seedsOf<madeImages>("");
  for (std::string& seed : seedsOf<madeCifti>("")) seeds.push_back(std::move(seed));
  return seeds;
}
std::vector<std::string> ciftiXmlSeeds() {
  return {ciftiXml(2, true), ciftiXml(3, false)};
}
std::vector<std::string> polygonSeeds() {
  return {"P 0.3 0.3 0.4 10 1 3\n0 0 0\n1 0 0\n0 1 0\n\n0 0 1\n0 0 1\n0 0 1\n\n1\n0 1 1 1 1\n\n3\n\n0 1 2\n"};
}
std::vector<std::string> inflationSeeds() {
  return {packed(std::string(100, 'x'), 15), gzipped(std::string(100, 'y'))};
}
std::vector<std::string> literalSeeds() {
  return {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", "[('a', '<f8'), (\"b\", -1)]",
          "(None, True,)"};
}
template <class Number>
std::string npyOf(const std::vector<std::int64_t>& shape, const char* type,
                  const std::vector<Number>& values) {
  return npyHeaderText(shape, type)
      .append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number));
}
std::vector<std::string> keptVoxelsSeeds() {
  const std::vector<std::int64_t> shape{3, 2}, voxels{3, 23}, grid{2, 3, 4};
  const std::vector<std::int32_t> indices{0, 1, 1}, starts{0, 2, 2, 3};
  const std::vector<float> data{0.25f, 0.75f, 1};
  const std::vector<double> transform{2, 0, 0, -1, 0, 2, 0, -2, 0, 0, 2, -3, 0, 0, 0, 1};
  std::string seed = npyHeaderText({}, "|S3") + "csr";
  for (const std::string& array :
       {npyOf({2}, "<i8", shape), npyOf({3}, "<f4", data), npyOf({3}, "<i4", indices),
        npyOf({4}, "<i4", starts), npyOf({2}, "<i8", voxels), npyOf({3}, "<i8", grid),
        npyOf({4, 4}, "<f8", transform)})
    seed.append(kBetweenArrays).append(array);
  keptVoxelsArrays(seed);  // throws unless the seed is a good one
  return {seed};
}
std::vector<std::string> layersSeeds() {
  return {SmallResidual().files().layersModel("resnet50").dump()};
}
std::vector<std::string> graphSeeds() {
  return {SmallMobile().files().graphModel().dump()};
}
std::vector<std::string> lzfSeeds() {
  return {std::string("\4hello\x20\4\3abcd\xe0\5\2", 16)};
}

}  // namespace

const std::vector<FuzzTarget>& fuzzTargets() {
  static const std::vector<FuzzTarget> kTargets{
      {"image", &image, &imageSeeds},
      {"gifti", &gifti, [] { return seedsOf<madeSurfaces>(".gii"); }},
      {"freesurfer_surface", &freesurferSurface, [] { return seedsOf<madeFreesurfer>("white"); }},
      {"freesurfer_curv", &freesurferCurv, [] { return seedsOf<madeFreesurfer>("curv"); }},
      {"freesurfer_annot", &freesurferAnnot, [] { return seedsOf<madeFreesurfer>("annot"); }},
      {"freesurfer_label", &freesurferLabel, [] { return seedsOf<madeFreesurfer>("label"); }},
      {"freesurfer_patch", &freesurferPatch, [] { return seedsOf<madeFreesurfer>("patch"); }},
      {"polygons", &polygons, &polygonSeeds},
      {"cifti_xml", &ciftiXmlText, &ciftiXmlSeeds},
      {"cifti", &ciftiWhole, [] { return seedsOf<madeCifti>(""); }},
      {"npy", &npy, [] { return seedsOf<madeArrays>(".npy"); }},
      {"zip", &zipArchive, [] { return seedsOf<madeArrays>(".npz"); }},
      {"kept_voxels", &keptVoxelsArrays, &keptVoxelsSeeds},
      {"matlab", &matlab, [] { return seedsOf<madeArrays>(".mat"); }},
      {"table", &table, [] { return seedsOf<madeTables>("x.tsv"); }},
      {"word_vectors", &wordVectors,
       [] {
         return std::vector<std::string>{"2 2\ndog 1 -2.5\ncat 3e-1 4\n", "a b\t1\n"};
       }},
      {"lzf", &lzf, &lzfSeeds},
      {"gzip", &gzip, [] { return seedsOf<madeImages>(".gz"); }},
      {"inflation", &inflation, &inflationSeeds},
      {"python_literal", &pythonLiteral, &literalSeeds},
      {"onnx", &onnx, [] { return seedsOf<madeNetworks>(""); }},
      {"wav", &wavHeader, [] { return seedsOf<madeMedia>("x.wav"); }},
      {"tfjs_layers", &tfjsLayers, &layersSeeds},
      {"tfjs_graph", &tfjsGraph, &graphSeeds}};
  return kTargets;
}

void runFuzzTarget(const FuzzTarget& target, std::string_view bytes) {
  try {
    target.run(bytes);
  } catch (const Error&) {
  }
}

}  // namespace cortexscope::test
