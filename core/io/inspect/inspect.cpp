// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/inspect/inspect.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "io/images/image.h"
#include "io/inspect/kinds.h"
#include "io/media/media.h"
#include "io/packing/gzip.h"
#include "io/parsing/foreign_file.h"
#include "io/parsing/xml.h"
#include "io/surfaces/bic_obj.h"
#include "io/surfaces/freesurfer.h"
#include "io/tables/table.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStartBytes = 540;
constexpr std::size_t kLargestSurfaceFile = std::size_t{256} << 20;

std::string lowerName(const fs::path& file) {
  std::string name = file.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

bool endsWithOneOf(const std::string& name, std::initializer_list<const char*> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const char* ending) { return name.ends_with(ending); });
}

std::string startOf(const fs::path& file) {
  UnpackingReader reader(file);
  std::string start(kStartBytes, '\0');
  start.resize(reader.read(start));
  return start;
}

std::string hexOf(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += text.empty() ? "" : " ";
    text += {kDigits[value / 16], kDigits[value % 16]};
  }
  return text;
}

bool isTableName(const std::string& name) {
  return endsWithOneOf(name, {".tsv", ".csv"});
}
bool isArrayStart(std::string_view start, const std::string& name) {
  return start.starts_with("\x93NUMPY") || start.starts_with("\x89HDF\r\n\x1a\n") ||
         start.starts_with("MATLAB") || endsWithOneOf(name, {".npy", ".npz", ".h5", ".hdf5", ".mat"});
}
bool isFreesurferName(const std::string& name) {
  return endsWithOneOf(name, {".annot", ".label", ".curv", ".sulc", ".thickness", ".area"});
}

/// Formats that are read whole, by content first and by name for those whose content says nothing.
void describeSurfaceFile(const fs::path& file, const std::string& name, FileFacts& facts) {
  const std::string contents = readUnpacked(file, kLargestSurfaceFile);
  if (looksLikeXml(contents) || endsWithOneOf(name, {".gii", ".gii.gz"}))
    return inspection::gifti(contents, facts);
  if (bic::isPolygons(contents) && endsWithOneOf(name, {".obj", ".obj.gz"}))
    return inspection::polygons(contents, facts);
  inspection::freesurfer(contents, facts);
}

bool isSurfaceStart(const fs::path& file, std::string_view start, const std::string& name) {
  if (looksLikeXml(start) || isFreesurferName(name) ||
      endsWithOneOf(name, {".gii", ".gii.gz", ".obj", ".obj.gz"}))
    return true;
  if (freesurfer::isSurface(start) || freesurfer::isLabel(start) || freesurfer::isPatch(start)) return true;
  if (start.starts_with("\xff\xff\xff")) return true;
  // Old curv files have no mark; only their size tells them.
  return start.size() >= 6 && regularFileSize(file) <= kLargestSurfaceFile &&
         freesurfer::isCurv(readUnpacked(file, kLargestSurfaceFile));
}

void describe(const fs::path& file, const Job& job, FileFacts& facts) {
  const std::string name = lowerName(file);
  const std::string start = startOf(file);
  require(!start.empty(), ErrorCode::BadFile, [&] { return facts.file + ": is empty"; });
  if (isTableName(name)) return inspection::table(file, facts);
  // Bare voxels could start like anything: only their name tells them.
  if (endsWithOneOf(name, {".hdr", ".img", ".hdr.gz", ".img.gz"})) return inspection::image(file, job, facts);
  if (isArrayStart(start, name)) return inspection::arrays(file, job, facts);
  if (isImageStart(start) || endsWithOneOf(name, {".nii", ".nii.gz", ".mgh", ".mgz"}))
    return inspection::image(file, job, facts);
  const std::string foreign = foreignFileReason(start);
  require(foreign.empty(), ErrorCode::BadFile, [&] { return facts.file + ": " + foreign; });
  if (isSurfaceStart(file, start, name)) return describeSurfaceFile(file, name, facts);
  require(!name.starts_with("lh.") && !name.starts_with("rh."), ErrorCode::BadFile, [&] {
    return facts.file + ": starts with the bytes " + hexOf(start.substr(0, 3)) +
           ", which no FreeSurfer file does";
  });
  inspection::media(file, facts);
}

void describeHeader(const fs::path& file, const Job& job, FileFacts& facts) {
  const std::string name = lowerName(file);
  const std::string start = startOf(file);
  require(!start.empty(), ErrorCode::BadFile, [&] { return facts.file + ": is empty"; });
  if (isTableName(name)) return inspection::table(file, facts);
  if (endsWithOneOf(name, {".hdr", ".img", ".hdr.gz", ".img.gz"}))
    return inspection::imageHeader(file, job, facts);
  if (isArrayStart(start, name)) return inspection::arrayHeaders(file, job, facts);
  if (isImageStart(start) || endsWithOneOf(name, {".nii", ".nii.gz", ".mgh", ".mgz"}))
    return inspection::imageHeader(file, job, facts);
  const std::string foreign = foreignFileReason(start);
  require(foreign.empty(), ErrorCode::BadFile, [&] { return facts.file + ": " + foreign; });
  if (looksLikeXml(start) || endsWithOneOf(name, {".gii", ".gii.gz"}))
    return inspection::giftiHeader(file, facts);
  // Not isSurfaceStart: it reads files whole to tell old curv files, which films would have to pay for.
  const bool freesurferStart = freesurfer::isSurface(start) || freesurfer::isLabel(start) ||
                               freesurfer::isPatch(start) || start.starts_with("\xff\xff\xff");
  if (looksLikeNetwork(file)) unsupported(facts.file + ": is a network, which is read whole or not at all");
  if (isFreesurferName(name) || freesurferStart || endsWithOneOf(name, {".obj", ".obj.gz"}))
    unsupported(facts.file +
                ": is a FreeSurfer or MNI file, which says nothing of itself before it is read whole");
  inspection::media(file, facts);
}

void nameSideAndSpace(const fs::path& file, FileFacts& facts) {
  if (facts.hemisphere.empty() && facts.vertices) facts.hemisphere = hemisphereInName(file);
  if (facts.space.empty() && facts.vertices) facts.space = templateWithVertices(*facts.vertices);
}

}  // namespace

FileFacts inspectData(const fs::path& file, const Job& job) {
  FileFacts facts;
  facts.file = file.string();
  describe(file, job, facts);
  nameSideAndSpace(file, facts);
  return facts;
}

FileFacts inspectHeader(const fs::path& file, const Job& job) {
  FileFacts facts;
  facts.file = file.string();
  describeHeader(file, job, facts);
  nameSideAndSpace(file, facts);
  return facts;
}

bool looksLikeNetwork(const fs::path& file) {
  return lowerName(file).ends_with(".onnx");
}

namespace inspection {

void table(const fs::path& file, FileFacts& facts) {
  const Table read = readTable(file);
  facts.format = lowerName(file).ends_with(".csv") ? "CSV" : "TSV";
  facts.kind = "table";
  facts.columns = read.columns;
  facts.rows = std::ssize(read.rows);
  facts.shape = {{*facts.rows, std::ssize(read.columns)}};
  for (const std::string& warning : read.warnings) facts.warnings.push_back(facts.file + ": " + warning);
}

void media(const fs::path& file, FileFacts& facts) {
  const MediaInfo info = probeMedia(file);
  facts.format = "media";
  facts.kind = "media";
  facts.durationSec = info.durationSec;
  if (info.hasVideo) {
    facts.width = info.storedWidth;
    facts.height = info.storedHeight;
    facts.framesPerSec = info.framesPerSec;
  }
  if (info.hasAudio) {
    facts.audioRateHz = info.audioRateHz;
    facts.audioChannels = info.audioChannels;
  }
  for (const std::string& warning : info.warnings) facts.warnings.push_back(facts.file + ": " + warning);
}

}  // namespace inspection
}  // namespace cortexscope
