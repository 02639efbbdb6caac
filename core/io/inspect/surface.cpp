// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "io/inspect/kinds.h"
#include "io/packing/gzip.h"
#include "io/parsing/text_numbers.h"
#include "io/surfaces/bic_obj.h"
#include "io/surfaces/freesurfer.h"
#include "io/surfaces/gifti.h"

namespace cortexscope::inspection {
namespace {

void describeSurface(const Surface& surface, FileFacts& facts) {
  checkSurface(surface, facts.file);
  facts.kind = "surface";
  facts.vertices = surface.vertexCount();
  facts.triangles = surface.triangleCount();
  facts.shape = {{surface.vertexCount(), 3}};
  facts.dtype = "float32";
  facts.numbers = summaryOf(surface.points);
}

void describeLabels(const Parcellation& regions, FileFacts& facts) {
  facts.kind = "labels";
  facts.vertices = static_cast<std::int64_t>(regions.keys.size());
  facts.shape = {{*facts.vertices}};
  facts.numbers = summaryOf(Eigen::Map<const Eigen::Matrix<std::int32_t, Eigen::Dynamic, 1>>(
      regions.keys.data(), std::ssize(regions.keys)));
  for (const Region& region : regions.regions) facts.labelNames.push_back(region.name);
  facts.warnings.insert(facts.warnings.end(), regions.warnings.begin(), regions.warnings.end());
}

std::string sideOf(const gifti::Document& document) {
  const auto side = [](const auto& metadata) -> std::string {
    const auto found = metadata.find("AnatomicalStructurePrimary");
    if (found == metadata.end()) return {};
    if (found->second.find("Left") != std::string::npos) return "left";
    if (found->second.find("Right") != std::string::npos) return "right";
    return found->second.find("LeftAndRight") != std::string::npos ? "both" : "";
  };
  std::string found = side(document.metadata);
  for (const gifti::DataArray& array : document.arrays)
    if (found.empty()) found = side(array.metadata);
  return found;
}

/// Label files in the wild claim the vertices of the whole surface over a text with fewer keys. Readers
/// refuse them; saying what is there harms nobody.
void trimLabelText(gifti::Document& document) {
  for (gifti::DataArray& array : document.arrays) {
    if (array.intent != "LABEL" || array.encoding != "ASCII" || array.dims.size() != 1) continue;
    TextNumbers words(array.text, array.place);
    Index count = 0;
    while (!words.word().empty()) ++count;
    if (count == 0 || count >= array.rows()) continue;
    document.warnings.push_back(array.place + ": claims " + textOf(array.rows()) + " values; its text has " +
                                textOf(count) + ", so it cannot be used as labels of a surface");
    array.dims.front() = count;
  }
}

void describeMaps(const gifti::Document& document, FileFacts& facts) {
  const MatrixF maps = gifti::mapsOf(document, facts.file);
  const auto first = std::find_if(
      document.arrays.begin(), document.arrays.end(),
      [](const gifti::DataArray& array) { return array.intent != "POINTSET" && array.intent != "TRIANGLE"; });
  facts.kind =
      first->intent == "TIME_SERIES" || (maps.rows() > 1 && facts.trSec) ? "timeseries" : "morphometry";
  facts.vertices = maps.cols();
  facts.shape = maps.rows() == 1 ? std::vector<std::int64_t>{maps.cols()}
                                 : std::vector<std::int64_t>{maps.rows(), maps.cols()};
  facts.dtype = nameOf(gifti::numberTypeOf(*first));
  facts.numbers = summaryOf(maps);
  const std::vector<std::string> names = gifti::mapNamesOf(document);
  if (std::any_of(names.begin(), names.end(), [](const std::string& name) { return !name.empty(); }))
    facts.maps = names;
}

}  // namespace

void gifti(const std::string& contents, FileFacts& facts) {
  gifti::Document document = gifti::parse(contents, facts.file);
  trimLabelText(document);
  facts.format = "GIFTI";
  facts.warnings = document.warnings;
  const auto holds = [&](const char* intent) {
    return std::any_of(document.arrays.begin(), document.arrays.end(),
                       [&](const gifti::DataArray& array) { return array.intent == intent; });
  };
  if (holds("POINTSET") || holds("TRIANGLE")) {
    describeSurface(gifti::surfaceOf(document, facts.file), facts);
  } else if (holds("LABEL")) {
    facts.warnings.clear();  // the labels bring them along
    describeLabels(gifti::parcellationOf(document, facts.file), facts);
    facts.dtype = nameOf(gifti::numberTypeOf(document.arrays.front()));
  } else {
    facts.trSec = document.timeStepSec;
    describeMaps(document, facts);
  }
  facts.hemisphere = sideOf(document);
}

namespace {

/// Bytes at the start that hold the first array's description in all but odd files (long label tables).
constexpr std::size_t kUsualStart = std::size_t{1} << 16, kLongestStart = std::size_t{64} << 20;

gifti::Start giftiStart(const std::filesystem::path& file) {
  for (std::size_t most = kUsualStart; most <= kLongestStart; most *= 32) {
    UnpackingReader reader(file);
    std::string start(most, '\0');
    start.resize(reader.read(start));
    if (auto found = gifti::parseStart(start, file.string())) return std::move(*found);
    require(start.size() == most, ErrorCode::BadFile,
            [&] { return file.string() + ": ends before the contents of its first data array"; });
  }
  throw Error(ErrorCode::BadFile,
              file.string() + ": no data array starts in its first " + textOf(kLongestStart) + " bytes");
}

/// The end of a plain file is cheap to see; that of a packed one is not.
void checkGiftiEnd(const std::filesystem::path& file) {
  constexpr std::streamoff kEndBytes = 4096;
  if (UnpackingReader(file).packed()) return;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const std::streamoff size = in.tellg();
  std::string end(static_cast<std::size_t>(std::min(size, kEndBytes)), '\0');
  in.seekg(size - static_cast<std::streamoff>(end.size()));
  in.read(end.data(), static_cast<std::streamsize>(end.size()));
  require(end.find("</GIFTI>") != std::string::npos, ErrorCode::BadFile, [&] {
    return file.string() + ": is cut: it does not end in </GIFTI> after " + textOf(size) + " bytes";
  });
}

}  // namespace

void giftiHeader(const std::filesystem::path& file, FileFacts& facts) {
  const gifti::Start start = giftiStart(file);
  checkGiftiEnd(file);
  const gifti::DataArray& first = start.document.arrays.front();
  facts.format = "GIFTI";
  facts.dtype = nameOf(gifti::numberTypeOf(first));
  facts.warnings = start.document.warnings;
  facts.hemisphere = sideOf(start.document);
  if (first.intent == "POINTSET" || first.intent == "TRIANGLE") {
    facts.kind = "surface";
    if (first.intent == "POINTSET") facts.vertices = first.rows();
    if (first.intent == "TRIANGLE") facts.triangles = first.rows();
    return;
  }
  facts.vertices = first.rows();
  if (first.intent != "LABEL") facts.trSec = start.document.timeStepSec;
  const std::int64_t maps = start.claimedArrays.value_or(1) * first.cols();
  const bool series = first.intent == "TIME_SERIES" || (maps > 1 && facts.trSec);
  facts.kind = first.intent == "LABEL" ? "labels" : series ? "timeseries" : "morphometry";
  facts.shape = {{maps, first.rows()}};
}

void freesurfer(const std::string& contents, FileFacts& facts) {
  namespace fs = cortexscope::freesurfer;
  // Contents first. Of damaged ones only the name tells what they were, and an annot's say nothing in any
  // case.
  const auto isNamed = [&](std::initializer_list<const char*> endings) {
    return std::any_of(endings.begin(), endings.end(),
                       [&](const char* ending) { return facts.file.ends_with(ending); });
  };
  const bool isAnnot = isNamed({".annot"});
  if (!isAnnot && fs::isSurface(contents)) {
    facts.format = fs::isQuadSurface(contents) ? "FreeSurfer quad surface" : "FreeSurfer triangle surface";
    describeSurface(fs::readSurface(contents, facts.file), facts);
  } else if (isNamed({".curv", ".sulc", ".thickness", ".area"}) || (!isAnnot && fs::isCurv(contents))) {
    const VectorF values = fs::readCurv(contents, facts.file);
    facts.format = contents.starts_with("\xff\xff\xff") ? "FreeSurfer curv (new)" : "FreeSurfer curv (old)";
    facts.kind = "morphometry";
    facts.vertices = values.size();
    facts.shape = {{values.size()}};
    facts.dtype = contents.starts_with("\xff\xff\xff") ? "float32" : "int16";
    facts.numbers = summaryOf(values);
  } else if (isNamed({".label"}) || (!isAnnot && fs::isLabel(contents))) {
    const fs::VertexLabel label = fs::readLabel(contents, facts.file);
    facts.format = "FreeSurfer label";
    facts.kind = "labels";
    facts.vertices = std::ssize(label.vertices);
    facts.shape = {{*facts.vertices}};
    facts.dtype = "int32";
    facts.numbers = summaryOf(Eigen::Map<const Eigen::Matrix<std::int32_t, Eigen::Dynamic, 1>>(
        label.vertices.data(), std::ssize(label.vertices)));
  } else if (!isAnnot && fs::isPatch(contents)) {
    const fs::Patch patch = fs::readPatch(contents, facts.file);
    facts.format = "FreeSurfer patch";
    facts.kind = "surface";
    facts.vertices = std::ssize(patch.vertices);
    facts.shape = {{*facts.vertices, 3}};
    facts.dtype = "float32";
    facts.numbers = summaryOf(patch.points);
  } else {
    facts.format = "FreeSurfer annot";
    facts.dtype = "int32";
    describeLabels(fs::readAnnot(contents, facts.file), facts);
  }
}

void polygons(const std::string& contents, FileFacts& facts) {
  facts.format = "MNI/BIC polygons";
  describeSurface(bic::readPolygons(contents, facts.file), facts);
}

}  // namespace cortexscope::inspection
