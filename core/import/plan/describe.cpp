#include <algorithm>
#include <cmath>

#include "import/plan/parts.h"

namespace cortexscope::importing {
namespace {

constexpr double kShortestTrSec = 0.01, kLongestTrSec = 60;

/// Milliseconds and float32 round; real differences are larger.
bool sameTime(double a, double b) {
  return std::abs(a - b) <= 1e-4 + 1e-4 * std::max(std::abs(a), std::abs(b));
}

std::string inSec(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

std::string placeOf(const Draft& draft, std::size_t person, std::size_t run) {
  return draft.plan.people[person] + " " + draft.plan.runs[run].id;
}

/// One cell while it is described.
struct Described {
  Draft& draft;
  ImportCell& cell;
  std::string place;

  void error(const ImportFile& file, std::string what, std::string advice) {
    draft.say(ImportSeverity::Error, file.file.generic_string(), std::move(what), std::move(advice), place);
  }
};

std::string sizes(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "no size" : text;
}

/// Samples x vertices of one hemisphere's file; an empty optional if it holds none.
std::optional<std::vector<std::int64_t>> sideShape(Described& cell, const ImportFile& file) {
  const FileFacts* facts = cell.draft.headers.of(file.file);
  if (facts == nullptr) return std::nullopt;
  const char* side = file.role == FileRole::Left ? "left" : "right";
  if (!facts->hemisphere.empty() && facts->hemisphere != side && facts->hemisphere != "both")
    cell.error(file,
               "is the " + std::string(side) + " hemisphere by its name and the " + facts->hemisphere +
                   " one by its contents",
               "find out which is true and rename it or export it again");
  if (facts->shape && facts->shape->size() == 2 && facts->kind != "volume") return facts->shape;
  if (facts->shape && facts->vertices && facts->format != "GIFTI") {
    const std::vector<std::int64_t>& shape = *facts->shape;
    return std::vector<std::int64_t>{shape.size() > 3 ? shape[3] : 1, *facts->vertices};
  }
  cell.error(file,
             "has " + (facts->shape ? sizes(*facts->shape) : std::string("no")) +
                 " values per vertex (it is " +
                 (facts->kind.empty() ? "of unknown kind" : "a file of " + facts->kind) + ")",
             "a run needs samples x vertices");
  return std::nullopt;
}

void describeHemispheres(Described& cell) {
  const ImportFile* left = cell.cell.file(FileRole::Left);
  const ImportFile* right = cell.cell.file(FileRole::Right);
  if (left == nullptr || right == nullptr)
    return cell.error(left == nullptr ? *right : *left,
                      left == nullptr ? "the left hemisphere is missing" : "the right hemisphere is missing",
                      "add the file of the other hemisphere beside it");
  const auto leftShape = sideShape(cell, *left), rightShape = sideShape(cell, *right);
  if (!leftShape || !rightShape) return;
  if ((*leftShape)[0] != (*rightShape)[0])
    cell.error(*right,
               "has " + std::to_string((*rightShape)[0]) + " samples; the left hemisphere (" +
                   left->file.generic_string() + ") has " + std::to_string((*leftShape)[0]),
               "export both hemispheres of this run again");
  const bool isTemplate = isSharedSpace(cell.cell.space) && !cell.cell.space.empty();
  if (isTemplate && (*leftShape)[1] != (*rightShape)[1])
    cell.error(*right,
               "has " + std::to_string((*rightShape)[1]) + " vertices; the left hemisphere (" +
                   left->file.generic_string() + ") has " + std::to_string((*leftShape)[1]),
               "both hemispheres of a template have the same number");
  const std::string found = templateWithVertices((*leftShape)[1]);
  if (cell.cell.space.starts_with("fsaverage") && found != cell.cell.space)
    cell.error(*left,
               "has " + std::to_string((*leftShape)[1]) + " vertices" +
                   (found.empty() ? "" : ", as many as " + found) + "; its name says " + cell.cell.space,
               "correct the name or sample the responses on that surface again");
  if (cell.cell.space.empty()) cell.cell.space = found;
  cell.cell.shape = {(*leftShape)[0], (*leftShape)[1] + (*rightShape)[1]};
}

void describeVolume(Described& cell, const ImportFile& file) {
  const FileFacts* facts = cell.draft.headers.of(file.file);
  if (facts == nullptr || !facts->shape) return;
  std::vector<std::int64_t> shape = *facts->shape;
  shape.resize(std::max<std::size_t>(shape.size(), 4), 1);
  if (shape.size() > 4 &&
      std::any_of(shape.begin() + 4, shape.end(), [](std::int64_t size) { return size > 1; }))
    return cell.error(file, "has the sizes " + sizes(shape), "a run has x, y, z and time, nothing more");
  cell.cell.shape = {shape[3], shape[0], shape[1], shape[2]};
}

void describeGrayordinates(Described& cell, const ImportFile& file) {
  const FileFacts* facts = cell.draft.headers.of(file.file);
  if (facts == nullptr || !facts->shape) return;
  if (facts->format != "CIFTI-2" || facts->kind != "timeseries")
    return cell.error(file, "is no CIFTI-2 series (it is " + facts->format + ", " + facts->kind + ")",
                      "give the .dtseries.nii file of the run");
  cell.cell.shape = *facts->shape;
  if (facts->hemisphere != "both" && facts->columns.empty())  // parcels say no hemisphere
    cell.error(
        file,
        facts->hemisphere.empty() ? "holds no cortex" : "holds the " + facts->hemisphere + " cortex alone",
        "give a file with both hemispheres");
}

/// Arrays that stand on their side have the size of a template where the samples should be.
bool looksTurned(const std::vector<std::int64_t>& shape) {
  const auto known = [](std::int64_t count) {
    return count == 91282 || count == 59412 || !templateWithVertices(count).empty() ||
           (count % 2 == 0 && !templateWithVertices(count / 2).empty());
  };
  return shape[0] > shape[1] && known(shape[0]) && !known(shape[1]);
}

void describeArray(Described& cell, const ImportFile& file) {
  const FileFacts* facts = cell.draft.headers.of(file.file);
  if (facts == nullptr) return;
  std::vector<std::int64_t> shape = facts->shape.value_or(std::vector<std::int64_t>());
  std::string note;
  for (const FileFacts::Dataset& dataset : facts->datasets)
    if (dataset.name == file.array || facts->datasets.size() == 1) shape = dataset.shape, note = dataset.note;
  if (!note.empty())
    return cell.error(file, "cannot be used: " + printable(note), "save it as plain numbers");
  if (file.array.empty() && facts->datasets.size() > 1)
    return cell.error(file, "holds " + std::to_string(facts->datasets.size()) + " data sets, none of them samples x values",
                      "save each run as an array of two dimensions");
  const bool repeats = cell.draft.plan.layout == ImportLayout::ShortClips && shape.size() == 3;
  if (shape.size() != 2 && !repeats)
    return cell.error(file,
                      (file.array.empty() ? "" : "\"" + printable(file.array) + "\" ") +
                          std::string("has the sizes ") + sizes(shape),
                      "a run is one array of samples x values");
  if (repeats) {
    cell.cell.repeats = shape[0];
    shape.erase(shape.begin());
  }
  if (looksTurned(shape))
    cell.error(file,
               "has the sizes " + sizes(shape) + ": " + std::to_string(shape[0]) +
                   " is the number of vertices of a template, where the samples should be",
               "turn it round (transpose): rows are samples, columns are vertices");
  cell.cell.shape = shape;
  if (cell.cell.samples > 0) cell.cell.shape[0] = cell.cell.samples;
}

/// Who states the time between samples knows better than files, which are named where they say another one.
void takeGivenTime(Described& cell, const ImportFile& file, const std::optional<double>& said) {
  const double given = *cell.draft.options.trSec;
  if (said && !sameTime(*said, given))
    cell.draft.say(ImportSeverity::Warning, file.file.generic_string(),
                   "says a TR of " + inSec(*said) + "; the given one of " + inSec(given) + " is taken",
                   "make sure that it is the true one", cell.place);
  cell.cell.trSec = given;
  cell.cell.trFrom = "given";
}

/// The time between samples, which header and sidecar must not say differently.
void describeTime(Described& cell, const ImportFile& file) {
  const FileFacts* facts = cell.draft.headers.of(file.file);
  if (facts == nullptr) return;
  const Sidecar sidecar = sidecarOf(cell.draft, file.file);
  if (!cell.cell.startSec) cell.cell.startSec = sidecar.startSec;
  const std::optional<double> header = facts->trSec, given = cell.draft.options.trSec;
  const std::string advice =
      "find out the true time between samples and correct the one that is wrong, or state it when importing";
  if (given) return takeGivenTime(cell, file, header ? header : sidecar.trSec);
  if (header && sidecar.trSec && !sameTime(*header, *sidecar.trSec))
    return cell.error(
        file,
        "its header says a TR of " + inSec(*header) + ", " + sidecar.file + " says " + inSec(*sidecar.trSec),
        advice);
  const std::optional<double> tr = header ? header : sidecar.trSec;
  if (!tr) {
    if (file.role != FileRole::Array)
      cell.error(file, "neither its header nor a JSON file beside it says the time between samples (TR)",
                 "write {\"RepetitionTime\": SECONDS} into a JSON file of the same name");
    return;
  }
  if (*tr < kShortestTrSec || *tr > kLongestTrSec)
    return cell.error(file, "says a TR of " + inSec(*tr) + ", which is absurd for fMRI",
                      "check the unit; " + advice);
  if (cell.cell.trSec && !sameTime(*cell.cell.trSec, *tr))
    return cell.error(
        file, "says a TR of " + inSec(*tr) + ", the other hemisphere one of " + inSec(*cell.cell.trSec),
        advice);
  if (cell.cell.trSec) return;
  cell.cell.trSec = tr;
  cell.cell.trFrom = header ? "header" : sidecar.file;
}

void checkCompanions(Described& cell) {
  const std::vector<std::int64_t>& shape = cell.cell.shape;
  const ImportFile* mask = cell.cell.file(FileRole::Mask);
  if (const FileFacts* facts =
          mask != nullptr && shape.size() == 4 ? cell.draft.headers.of(mask->file) : nullptr) {
    std::vector<std::int64_t> size = facts->shape.value_or(std::vector<std::int64_t>());
    size.resize(3, 1);
    if (!std::equal(size.begin(), size.end(), shape.begin() + 1))
      cell.error(*mask,
                 "has " + sizes(size) + " voxels; the run it belongs to has " +
                     sizes({shape.begin() + 1, shape.end()}),
                 "give the mask of the same space and resolution");
  }
  for (const FileRole role : {FileRole::Confounds, FileRole::Events}) {
    const ImportFile* table = cell.cell.file(role);
    if (table == nullptr || table->file.extension() != ".tsv") continue;
    const FileFacts* facts = cell.draft.headers.of(table->file);
    if (facts == nullptr || role == FileRole::Events || shape.empty() || facts->rows == shape.front())
      continue;
    cell.error(*table,
               "has " + std::to_string(facts->rows.value_or(0)) + " rows; the run it belongs to has " +
                   std::to_string(shape.front()) + " samples",
               "give the table of the same run, not cut");
  }
}

void describeCell(Described& cell) {
  for (const ImportFile& file : cell.cell.files) {
    if (file.role == FileRole::Volume) describeVolume(cell, file);
    if (file.role == FileRole::Grayordinates) describeGrayordinates(cell, file);
    if (file.role == FileRole::Array) describeArray(cell, file);
  }
  if (cell.cell.file(FileRole::Left) != nullptr || cell.cell.file(FileRole::Right) != nullptr)
    describeHemispheres(cell);
  if (!cell.cell.shape.empty()) cell.cell.samples = cell.cell.shape.front();
  if (!cell.cell.shape.empty() && cell.cell.samples < 2)
    return cell.error(cell.cell.files.front(),
                      "has " + std::to_string(cell.cell.samples) + " sample, which is no series",
                      "give the whole run, not a reference image");
  for (const ImportFile& file : cell.cell.files)
    if (file.role <= FileRole::Array) describeTime(cell, file);
  checkCompanions(cell);
}

/// Names do not always say the space; the number of vertices may.
void nameSpace(ImportPlan& plan) {
  std::set<std::string> found;
  for (const auto& person : plan.cells)
    for (const auto& cell : person)
      if (cell && !cell->shape.empty()) found.insert(cell->space);
  if (!plan.space.empty() || found.size() != 1 || found.begin()->empty()) return;
  plan.space = *found.begin();
  std::replace(plan.spaces.begin(), plan.spaces.end(), std::string(), plan.space);
}

}  // namespace

void describeCells(Draft& draft) {
  for (const ScannedFile& file : draft.scan.files)
    if (file.path.extension() == ".json") draft.jsonFiles[file.path.parent_path()].push_back(&file);
  const double people = static_cast<double>(std::max<std::size_t>(draft.plan.people.size(), 1));
  for (std::size_t person = 0; person < draft.plan.people.size(); ++person)
    for (std::size_t run = 0; run < draft.plan.runs.size(); ++run) {
      draft.headers.progress(static_cast<double>(person) / people);
      std::optional<ImportCell>& cell = draft.plan.cells[person][run];
      if (!cell) continue;
      Described described{draft, *cell, placeOf(draft, person, run)};
      describeCell(described);
    }
  nameSpace(draft.plan);
}

}  // namespace cortexscope::importing
