// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/space_check.h"

#include <cctype>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

/// Cortical values of fsLR 32k in CIFTI files, which leave the medial wall out: alone and with the subcortex.
constexpr Index kCortex32k = 59412, kGrayordinates91k = 91282;

std::string lowerLettersAndDigits(const std::string& text) {
  std::string plain;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      plain += char(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

/// "space-fsLR_den-91k" is "fslr" and "91k"; "fsaverage5" is itself without a density.
struct NameParts {
  std::string space;
  std::string density;
};
NameParts partsOf(const std::string& name) {
  NameParts parts;
  std::string rest = name.starts_with("space-") ? name.substr(6) : name;
  if (const std::size_t den = rest.find("den-"); den != std::string::npos) {
    parts.density = lowerLettersAndDigits(rest.substr(den + 4));
    rest.resize(den);
  }
  parts.space = lowerLettersAndDigits(rest);
  return parts;
}

bool fits(const KnownDensity& known, Index count) {
  return count == known.perHemisphere || count == 2 * known.perHemisphere;
}

const KnownDensity* densityOf(const std::string& name) {
  for (const KnownDensity& known : knownDensities())
    if (known.name == name) return &known;
  return nullptr;
}

std::string fsaverageName(const NameParts& parts) {
  const std::string plain = parts.space == "fsaverage7" ? "fsaverage" : parts.space;
  for (const KnownDensity& known : knownDensities()) {
    if (known.family != "fsaverage") continue;
    const bool byDensity = plain == "fsaverage" && parts.density == known.density;
    const bool byName = plain == known.name && (parts.density.empty() || parts.density == known.density);
    if (byDensity || byName) return known.name;
  }
  return "";
}

std::string fsLrName(const NameParts& parts, Index count) {
  std::string density = parts.density.empty() ? parts.space.substr(4) : parts.density;
  // CIFTI's densities count both hemispheres and the subcortex.
  if (density == "91k") density = "32k";
  if (density == "170k") density = "59k";
  if (density.empty() && (count == kCortex32k || count == kGrayordinates91k)) density = "32k";
  for (const KnownDensity& known : knownDensities())
    if (known.family == "fsLR" && (density.empty() ? fits(known, count) : density == known.density))
      return known.name;
  return density.empty() ? "fsLR" : "";
}

std::string counted(const std::string& name, Index count) {
  return (name.empty() ? "an unnamed space" : name) + " with " + textOf(count) + " values";
}

/// Both sides of every refusal.
std::string bothSides(const ResponseSpace& responses, const SurfaceSpace& surface) {
  return "the responses are in " + counted(responses.name, responses.count) + ", the surface is " +
         counted(surface.name, surface.count()) + " (" + textOf(surface.left) + " left, " +
         textOf(surface.right) + " right)";
}

[[noreturn]] void refuse(const ResponseSpace& responses, const SurfaceSpace& surface,
                         const std::string& reason) {
  throw Error(ErrorCode::BadShape, bothSides(responses, surface) + ": " + reason);
}

std::string orList(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : " or ") + words[i];
  return text;
}

std::string remedy(const KnownDensity& wanted) {
  const bool isFsaverage = wanted.family == "fsaverage";
  return "a coarser density is never made by keeping the first vertices, whose order may differ: resample "
         "to " +
         wanted.name +
         (isFsaverage ? " (FreeSurfer's mri_surf2surf, or fMRIPrep's output space fsaverage:den-" +
                            wanted.density + ")"
                      : " (wb_command -metric-resample)") +
         " or choose a surface of the responses' density";
}

/// What the number of values tells, and what can be done if the template is the surface's.
std::string countHint(Index count, const KnownDensity* wanted) {
  std::string hint;
  if (const std::vector<std::string> names = spacesWith(count); !names.empty())
    hint = "; " + textOf(count) + " is " + orList(names);
  for (const KnownDensity& known : knownDensities())
    if (wanted != nullptr && known.family == wanted->family && known.name != wanted->name &&
        fits(known, count))
      return hint + "; " + remedy(*wanted);
  return hint + "; responses are never cut to fit";
}

void checkSurfaceClaim(const SurfaceSpace& surface, const KnownDensity* wanted) {
  if (wanted == nullptr) return;
  for (const Index count : {surface.left, surface.right})
    require(count == 0 || count == wanted->perHemisphere, ErrorCode::BadShape, [&] {
      return "the surface is said to be " + surface.name + ", which has " + textOf(wanted->perHemisphere) +
             " vertices per hemisphere, but one of its has " + textOf(count);
    });
}

void checkSpaces(const std::string& name, const std::string& wantedName, const ResponseSpace& responses,
                 const SurfaceSpace& surface) {
  const KnownDensity *found = densityOf(name), *wanted = densityOf(wantedName);
  if (wanted != nullptr && name == wanted->family && found == nullptr) return;
  if (found != nullptr && wanted != nullptr && found->family == wanted->family && found != wanted) {
    // BIDS keeps a space and its density in two places, and the second one is easily lost.
    const bool maybeUnnamed = found->name == found->family && fits(*wanted, responses.count);
    refuse(responses, surface,
           "these are two densities of " + found->family + "; " + remedy(*wanted) +
               (maybeUnnamed ? "; if they were made in this density, say so: space-" + wanted->family +
                                   "_den-" + wanted->density
                             : ""));
  }
  if (partsOf(name).space != partsOf(wantedName).space)
    refuse(responses, surface, "these are different spaces; resample the responses to the surface's");
}

/// A name that claims another number of values than there are.
void checkName(const std::string& name, const ResponseSpace& responses, const SurfaceSpace& surface) {
  const KnownDensity* known = densityOf(name);
  if (known == nullptr || fits(*known, responses.count)) return;
  refuse(responses, surface,
         known->name + " has " + textOf(known->perHemisphere) + " vertices per hemisphere, " +
             textOf(2 * known->perHemisphere) + " in both" + countHint(responses.count, known));
}

void checkMedialWall(const ResponseSpace& responses, const SurfaceSpace& surface) {
  if (responses.count == surface.count()) return;
  if (responses.count == kCortex32k || responses.count == kGrayordinates91k)
    refuse(
        responses, surface,
        "so many values have fsLR 32k in CIFTI files, without the medial wall: read the CIFTI file itself, "
        "which says which vertices have values");
}

void checkCounts(const ResponseSpace& responses, const SurfaceSpace& surface, const KnownDensity* wanted) {
  if (responses.count == surface.count()) return;
  const bool isWhole = surface.left > 0 && surface.right > 0;
  if (isWhole && (responses.count == surface.left || responses.count == surface.right))
    refuse(responses, surface, "the responses hold one hemisphere alone; both are needed, left first");
  if (!isWhole && responses.count == 2 * surface.count())
    refuse(responses, surface, "the responses hold both hemispheres, the surface is one alone");
  refuse(responses, surface, "there must be one value per vertex" + countHint(responses.count, wanted));
}

}  // namespace

const std::vector<KnownDensity>& knownDensities() {
  static const std::vector<KnownDensity> known = {
      {"fsaverage", "fsaverage3", "642", 642},    {"fsaverage", "fsaverage4", "3k", 2562},
      {"fsaverage", "fsaverage5", "10k", 10242},  {"fsaverage", "fsaverage6", "41k", 40962},
      {"fsaverage", "fsaverage", "164k", 163842}, {"fsLR", "fsLR 32k", "32k", 32492},
      {"fsLR", "fsLR 59k", "59k", 59292},         {"fsLR", "fsLR 164k", "164k", 163842}};
  return known;
}

std::string spaceName(const std::string& name, Index count) {
  const NameParts parts = partsOf(name);
  std::string known;
  if (parts.space.starts_with("fsaverage")) known = fsaverageName(parts);
  if (parts.space.starts_with("fslr")) known = fsLrName(parts, count);
  return known.empty() ? name : known;
}

std::vector<std::string> spacesWith(Index count) {
  std::vector<std::string> names;
  for (const KnownDensity& known : knownDensities()) {
    if (count == known.perHemisphere) names.push_back(known.name + ", one hemisphere");
    if (count == 2 * known.perHemisphere) names.push_back(known.name + ", both hemispheres");
  }
  return names;
}

std::vector<std::string> checkResponseSpace(const ResponseSpace& responses, const SurfaceSpace& surface) {
  const std::string wantedName = spaceName(surface.name, surface.count());
  const KnownDensity* wanted = densityOf(wantedName);
  checkSurfaceClaim(surface, wanted);
  const std::string name = spaceName(responses.name, responses.count);
  if (!name.empty()) checkSpaces(name, wantedName, responses, surface);
  checkMedialWall(responses, surface);
  checkName(name, responses, surface);
  checkCounts(responses, surface, wanted);
  if (!name.empty()) return {};
  std::vector<std::string> others = spacesWith(responses.count);
  std::erase_if(others, [&](const std::string& other) { return other.starts_with(wantedName + ","); });
  return {"the responses do not say which space they are in; their " + textOf(responses.count) +
          " values fit the surface (" + surface.name + ")" +
          (others.empty() ? "" : ", but " + orList(others) + " has as many")};
}

}  // namespace cortexscope
