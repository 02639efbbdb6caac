#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "import/plan/import_plan.h"

// The steps of planImport.

namespace cortexscope::importing {

/// A file (or an array in one) that belongs to one person's run, before one space is chosen.
struct Candidate {
  std::string person;
  ImportRun run;  ///< `session` as the name says it, `id` without it
  FileRole role = FileRole::Array;
  std::filesystem::path file;
  std::string array{};
  std::string space{};    ///< empty for files that belong to all of them
  std::string variant{};  ///< how it was processed, for messages
  int rank = 0;           ///< among variants: the lowest is taken
  std::int64_t firstSample = 0;
  std::int64_t samples = -1;  ///< of an array that holds several runs; -1: all of it

  /// Responses themselves, not what belongs to them.
  bool holdsResponses() const {
    return role == FileRole::Left || role == FileRole::Right || role == FileRole::Volume ||
           role == FileRole::Grayordinates || role == FileRole::Array;
  }
};

/// Headers read once each. A file that cannot be read gives one finding and null.
class Headers {
 public:
  Headers(std::filesystem::path root, const Job& job, ImportFindings& findings)
      : m_root(std::move(root)),
        m_job(job),
        m_readers({}, [this](double, std::string_view) { progress(m_fraction); }),
        m_findings(findings) {}
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;

  const FileFacts* of(const std::filesystem::path& file);

  /// How much of all headers was read; throws Cancelled.
  void progress(double fraction) {
    m_fraction = fraction;
    m_job.checkpoint(fraction, "reading headers");
  }
  /// For readers, whose own stages would only confuse.
  const Job& job() const { return m_readers; }

 private:
  std::filesystem::path m_root;
  const Job& m_job;
  const Job m_readers;
  double m_fraction = 0;
  ImportFindings& m_findings;
  std::map<std::filesystem::path, std::unique_ptr<FileFacts>> m_facts;
};

/// Times that a JSON file beside an image states.
struct Sidecar {
  std::string file;  ///< that stated the time between samples; empty if none does
  std::optional<double> trSec, startSec;
};

/// What the steps hand on to each other.
struct Draft {
  const SourceScan& scan;
  const ImportRequest& options;
  const Job& job;
  ImportPlan& plan;
  Headers& headers;
  std::vector<Candidate> candidates{};
  std::set<std::filesystem::path> used{};  ///< files that have their place already
  std::map<std::filesystem::path, std::vector<const ScannedFile*>> jsonFiles{};  ///< by folder
  std::map<std::filesystem::path, Sidecar> sidecars{};                           ///< read so far
  std::set<std::size_t> choicesMet{};  ///< of options.arrays

  void say(ImportSeverity severity, const std::string& file, std::string what, std::string advice,
           std::string place = {}) {
    plan.findings.push_back(
        {severity, printable(file), std::move(place), std::move(what), std::move(advice)});
  }
};

/// A run named by the entities of a file's name, session apart.
ImportRun runOf(const BidsName& name);
/// A run named by free text: trailing digits are its number.
ImportRun runNamed(const std::string& id, const std::string& task);
/// "space-x_res-y" and the like as one word, fsaverage with a density under its old name.
std::string spaceOf(const BidsName& name);
/// Place of a space in the order of preference; lower is preferred.
int spaceRank(const std::string& space);
/// True where one vertex or voxel is the same place in every person.
bool isSharedSpace(const std::string& space);

bool looksLikeHcp(const SourceScan& scan);
bool looksLikeShortClips(const SourceScan& scan);
bool looksLikeFmriprep(const SourceScan& scan);
bool looksLikeParcels(const SourceScan& scan);
bool looksLikeBidsRaw(const SourceScan& scan);

void findHcp(Draft& draft);
void findShortClips(Draft& draft);
void findFmriprep(Draft& draft);
void findParcels(Draft& draft);
void findBidsRaw(Draft& draft);
void findPlain(Draft& draft);

/// Arrays of a file that are runs: the chosen ones, else all that can be. `refused`: an error was found, and the file
/// takes no part.
std::vector<std::string> arraysTaken(Draft& draft, const std::filesystem::path& file, const FileFacts& facts, bool& refused);
/// What was not chosen though it can be, and choices that fit nothing.
void reportArrays(Draft& draft);

/// Sessions, filters, the space and the variants; then people, runs and cells with their files.
void arrangeCells(Draft& draft);
/// Shapes and times of every cell from headers and sidecars, and what is wrong in each.
void describeCells(Draft& draft);
/// What does not fit between people and runs.
void compareCells(Draft& draft);
/// Films, pictures, tables, surfaces and features.
void findBeside(Draft& draft);

/// What the sidecars of an image say, the nearest first as BIDS inherits them.
Sidecar sidecarOf(Draft& draft, const std::filesystem::path& image);

/// True for names of files that hold films, sound or pictures.
bool isFilmName(const std::string& lowerName);
bool isSoundName(const std::string& lowerName);
bool isPictureName(const std::string& lowerName);

}  // namespace cortexscope::importing
