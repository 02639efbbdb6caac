#include "import/plan/import_plan.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "io/inspect/inspect.h"
#include "import/plan/parts.h"

namespace cortexscope {
namespace importing {
namespace {

struct LayoutRule {
  ImportLayout layout;
  bool (*looksLike)(const SourceScan&);
  void (*find)(Draft&);
};

/// The most telling first: fMRIPrep's results may lie inside a raw data set.
constexpr std::array kLayouts = {LayoutRule{ImportLayout::Hcp, looksLikeHcp, findHcp},
                                 LayoutRule{ImportLayout::ShortClips, looksLikeShortClips, findShortClips},
                                 LayoutRule{ImportLayout::Fmriprep, looksLikeFmriprep, findFmriprep},
                                 LayoutRule{ImportLayout::Parcels, looksLikeParcels, findParcels},
                                 LayoutRule{ImportLayout::BidsRaw, looksLikeBidsRaw, findBidsRaw}};

/// Reader's messages name the file in full; findings name it from the source on.
std::string withoutRoot(std::string message, const std::filesystem::path& root,
                        const std::filesystem::path& file) {
  const std::string full = (root / file).string() + ": ";
  if (message.starts_with(full)) message.erase(0, full.size());
  const std::string folder = root.string() + "/";
  for (std::size_t at = message.find(folder); at != std::string::npos; at = message.find(folder))
    message.erase(at, folder.size());
  return message;
}

void recognise(Draft& draft) {
  std::vector<ImportLayout> fitting;
  const LayoutRule* chosen = nullptr;
  for (const LayoutRule& rule : kLayouts) {
    if (!rule.looksLike(draft.scan)) continue;
    fitting.push_back(rule.layout);
    if (chosen == nullptr) chosen = &rule;
  }
  if (chosen == nullptr) {
    findPlain(draft);
    draft.plan.layout = draft.candidates.empty() && draft.plan.arrayFiles.empty() ? ImportLayout::Unknown : ImportLayout::Plain;
    return reportArrays(draft);
  }
  draft.plan.layout = chosen->layout;
  chosen->find(draft);
  reportArrays(draft);
  const bool rawBeneath = chosen->layout == ImportLayout::Fmriprep && fitting.back() == ImportLayout::BidsRaw;
  if (fitting.size() < (rawBeneath ? 3U : 2U)) return;
  std::string others;
  for (std::size_t i = 1; i < fitting.size(); ++i)
    others += (others.empty() ? "" : ", ") + nameOf(fitting[i]);
  draft.say(ImportSeverity::Warning, "", "the folder also looks like: " + others,
            "give the folder of one layout alone if that one was meant");
}

void reportEmpty(Draft& draft) {
  std::size_t empty = 0;
  for (const ScannedFile& file : draft.scan.files) empty += file.bytes == 0 ? 1 : 0;
  if (draft.plan.people.empty() && !hasErrors(draft.plan.findings))
    draft.say(ImportSeverity::Error, "",
              "nothing in it was recognised as responses of people (" +
                  std::to_string(draft.scan.files.size()) + " files, " + std::to_string(empty) +
                  " of them empty)",
              "give a folder of fMRIPrep results, of the Human Connectome Project, or one folder or array "
              "per person");
}

}  // namespace

const FileFacts* Headers::of(const std::filesystem::path& file) {
  const auto known = m_facts.find(file);
  if (known != m_facts.end()) return known->second.get();
  std::unique_ptr<FileFacts>& facts = m_facts[file];
  const auto bad = [&](const std::string& reason) {
    m_findings.push_back({ImportSeverity::Error, printable(file.generic_string()), "",
                          "cannot be used: " + printable(withoutRoot(reason, m_root, file)),
                          "replace it by a good copy, or take it out of the folder"});
  };
  try {
    auto read = std::make_unique<FileFacts>(inspectHeader(m_root / file, m_readers));
    for (const std::string& warning : read->warnings)
      m_findings.push_back({ImportSeverity::Warning, printable(file.generic_string()), "",
                            printable(withoutRoot(warning, m_root, file)),
                            "nothing, if that is as it should be"});
    facts = std::move(read);
  } catch (const Error& error) {
    bad(error.what());
  } catch (const std::bad_alloc&) {
    bad("needs more memory than there is");
  } catch (const std::exception& error) {  // what libraries throw, such as a path that cannot be looked at
    bad(error.what());
  }
  return facts.get();
}

}  // namespace importing

std::string nameOf(ImportLayout layout) {
  switch (layout) {
    case ImportLayout::Unknown:
      return "not recognised";
    case ImportLayout::Hcp:
      return "Human Connectome Project";
    case ImportLayout::ShortClips:
      return "short clips (voxelwise tutorials)";
    case ImportLayout::Fmriprep:
      return "fMRIPrep derivatives";
    case ImportLayout::Parcels:
      return "parcel series (CNeuroMod, Algonauts)";
    case ImportLayout::BidsRaw:
      return "raw BIDS";
    case ImportLayout::Plain:
      return "plain folder";
  }
  return {};
}

std::string nameOf(FileRole role) {
  static constexpr std::array kNames = {"left", "right",     "volume", "grayordinates", "array",
                                        "mask", "confounds", "events", "mapper"};
  return kNames[static_cast<std::size_t>(role)];
}

const ImportFile* ImportCell::file(FileRole role) const {
  for (const ImportFile& candidate : files)
    if (candidate.role == role) return &candidate;
  return nullptr;
}

bool ImportCell::holdsVoxels() const {
  return file(FileRole::Volume) != nullptr || (file(FileRole::Array) != nullptr && file(FileRole::Mapper) != nullptr);
}

bool ImportPlan::holdsVoxels() const {
  std::size_t with = 0, without = 0;
  for (const auto& ofPerson : cells)
    for (const auto& cell : ofPerson)
      if (cell) ++(cell->holdsVoxels() ? with : without);
  return with > 0 && without == 0;
}

ImportPlan planImport(const std::filesystem::path& source, const ImportRequest& options, const Job& job) {
  const SourceScan scan = scanSource(source, options.limits, job.part(0, 0.1));
  ImportPlan plan;
  plan.source = scan.root;
  plan.findings = scan.findings;
  const Job reading = job.part(0.1, 1);
  importing::Headers headers(scan.root, reading, plan.findings);
  importing::Draft draft{scan, options, reading, plan, headers};
  importing::recognise(draft);
  importing::arrangeCells(draft);
  importing::describeCells(draft);
  importing::findBeside(draft);
  importing::compareCells(draft);
  importing::reportEmpty(draft);
  std::stable_sort(plan.findings.begin(), plan.findings.end(),
                   [](const ImportFinding& a, const ImportFinding& b) { return a.severity < b.severity; });
  return plan;
}

}  // namespace cortexscope
