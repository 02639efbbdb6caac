// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/summary.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/arrays/npy.h"
#include "study/document/cortex_regions.h"
#include "study/document/cortex_view.h"
#include "study/pipeline/label_json.h"
#include "study/pipeline/recovery.h"
#include "study/pipeline/result_files.h"
#include "study/pipeline/results.h"

namespace cortexscope {
namespace {

using Json = nlohmann::ordered_json;

double percentile(std::vector<float> values, double fraction) {
  if (values.empty()) return std::nan("");
  const std::size_t rank = std::min(values.size() - 1, std::size_t(fraction * double(values.size())));
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(rank), values.end());
  return values[rank];
}

Json personSummary(const Study& study, const Person& person, const Parcellation& regions) {
  const ResultFiles files(study);
  const VectorF r = readNpy(files.person(person.id, "heldout_r", ".npy")).col(0);
  const VectorF q = readNpy(files.person(person.id, "heldout_q", ".npy")).col(0);
  const std::vector<float> all(r.data(), r.data() + r.size());
  std::map<std::string, std::vector<float>> byRegion;
  const VectorF onCortex = cortexViewOf(study, person).onCortex(r);
  const Index labelled =
      std::min(onCortex.size(), Index(regions.keys.size()));  // a study may have no regions
  for (Index v = 0; v < labelled; ++v)
    if (std::isfinite(onCortex[v])) byRegion[regions.nameAt(v)].push_back(onCortex[v]);
  Json medians = Json::object();
  for (const auto& [name, values] : byRegion) medians[name] = numberOrNull(percentile(values, 0.5));
  const double significant = double((q.array() < float(study.options.significanceLevel)).count());
  return {
      {"id", person.id},
      {"targets", person.targets()},
      {"targetCount", r.size()},
      {"heldOutR", {{"median", percentile(all, 0.5)}, {"p95", percentile(all, 0.95)}, {"byRegion", medians}}},
      {"significantFraction", significant / double(r.size())}};
}

std::string number(const Json& value, const char* format = "{:6.3f}") {
  return value.is_number() ? fmt::format(fmt::runtime(format), value.get<double>()) : std::string("   n/a");
}

bool isClear(const Json& p) {
  return p.is_number() && p.get<double>() < 0.05;
}

std::string verdict(double difference, bool clear) {
  if (!clear) return "no clear difference";
  return difference > 0 ? "BTL better" : "BTL worse";
}

std::string labelVerdict(const Json& label) {
  if (!label.at("difference").is_number() || !label.at("btl").at("meanR").is_number())
    return "not defined (constant or unknown in the held-out runs)";
  return verdict(label.at("difference").get<double>(), isClear(label.at("q")));
}

void addLabels(std::string& text, const Json& summary) {
  text += "\nLabels, r on held-out runs (mean over people), all labelled training samples\n";
  text += fmt::format("  {:<28}{:>8}{:>8}{:>10}  {}\n", "label", "BTL", "TL", "q", "verdict");
  for (const Json& label : summary.at("labels"))
    text += fmt::format("  {:<28}{:>8}{:>8}{:>10}  {}\n", label.at("title").get<std::string>(),
                        number(label.at("btl").at("meanR")), number(label.at("tl").at("r")),
                        number(label.at("q"), "{:.4f}"), labelVerdict(label));
}

double differenceOf(const Json& entry) {
  const Json& mean = entry.at("comparison").at("overPeople").at("meanDifference");
  return mean.is_number() ? mean.get<double>() : 0;
}

/// "BTL 0.109  TL 0.083  difference +0.026, p 0.2900  no clear difference"
std::string comparisonText(const Json& entry) {
  const double difference = differenceOf(entry);
  const Json& p = entry.at("comparison").at("p");
  return fmt::format("BTL {}  TL {}  difference {:+.3f}, p {}  {}", number(entry.at("btl")),
                     number(entry.at("tl")), difference, number(p, "{:.4f}"),
                     verdict(difference, isClear(p)));
}

/// "; 20 samples, ratings" for every point and table with this verdict.
std::string pointsWith(const Json& curve, bool better) {
  std::string list;
  for (const Json& point : curve)
    for (const Json& table : point.at("byTable"))
      if (isClear(table.at("comparison").at("p")) && (differenceOf(table) > 0) == better)
        list += fmt::format("; {} samples, {}", point.at("labelledSamples").get<int>(),
                            table.at("table").get<std::string>());
  return list;
}

/// "street, road, car" of the words that an embedding lacks.
std::string listed(const Json& words) {
  std::string text;
  for (const Json& word : words) text += (text.empty() ? "" : ", ") + word.get<std::string>();
  return text;
}

void addWords(std::string& text, const Json& words) {
  text +=
      "\nWord vectors on held-out runs (mean over people): r over time, mean over dimensions; cosine with "
      "the truth;\n"
      "identification: share of the other scenes' vectors that are less like the estimate than the true "
      "one\n";
  for (const Json& item : words) {
    text += fmt::format("  {} ({} dimensions)\n", item.at("title").get<std::string>(),
                        item.at("dimensions").get<int>());
    for (const auto& [method, name] :
         {std::pair{"btl", "BTL"}, std::pair{"tl", "TL"}, std::pair{"measured", "measured"}}) {
      const Json& scores = item.at(method);
      text += fmt::format("    {:<9} r {}  cosine {}  identification {}, chance {}, p {}\n", name,
                          number(scores.at("meanR")), number(scores.at("cosine")),
                          number(scores.at("rankAccuracy")), number(scores.at("chance")),
                          number(scores.at("p"), "{:.4f}"));
    }
    const Json& unknown = item.at("unknownWords");
    if (unknown.at("count").get<long>() > 0)
      text += fmt::format("    words that the embedding lacks, {} in all: {}\n",
                          unknown.at("count").get<long>(), listed(unknown.at("examples")));
  }
}

/// Learning curves of numbers and of words, one after the other.
Json allCurves(const Json& summary) {
  Json curves = summary.at("learningCurve");
  for (const Json& item : summary.value("wordVectors", Json::array()))
    for (const Json& point : item.at("learningCurve")) curves.push_back(point);
  return curves;
}

void addLearningCurve(std::string& text, const Json& summary) {
  const Json curve = allCurves(summary);
  text +=
      "\nBTL against TL by number of labelled samples (p: larger of those over people and over blocks of "
      "time)\n";
  for (const Json& point : curve)
    for (const Json& table : point.at("byTable"))
      text += fmt::format("  {:>5} samples, {:<10} {}\n", point.at("labelledSamples").get<int>(),
                          table.at("table").get<std::string>(), comparisonText(table));
  const std::string better = pointsWith(curve, true), worse = pointsWith(curve, false);
  text += better.empty() ? "  Nowhere in this study is BTL clearly better than TL.\n"
                         : "  BTL is clearly better: " + better.substr(2) + ".\n";
  if (!worse.empty()) text += "  BTL is clearly worse: " + worse.substr(2) + ".\n";
}

void addRecovery(std::string& text, const Json& recovery) {
  text += "\nRecovery of the simulated truth\n";
  text += "  held-out r / known ceiling, median over vertices with signal: " +
          number(recovery.at("medianRatioToCeiling")) + "\n";
  text += "  vertices found significant: with signal " + number(recovery.at("signalVerticesSignificant")) +
          ", noise only " + number(recovery.at("noiseVerticesSignificant"), "{:.4f}") + " (mean r there " +
          number(recovery.at("noiseVerticesMeanR"), "{:.4f}") + ")\n";
  for (const Json& order : recovery.at("layerOrder"))
    text += fmt::format("  order of {} layers over regions: rho {}\n",
                        order.at("modality").get<std::string>(), number(order.at("rho")));
  const Json& structure = recovery.at("individualStructure");
  if (structure.is_null()) return;
  text += fmt::format(
      "  known structure of individuals: shared labels rho {}, p {}; own ratings rho {}, p {}\n",
      number(structure.at("sharedLabels").at("rho")), number(structure.at("sharedLabels").at("p"), "{:.5f}"),
      number(structure.at("ownRatings").at("rho")), number(structure.at("ownRatings").at("p"), "{:.5f}"));
}

}  // namespace

void writeSummary(const Study& study, const StepCache& cache, const Job& job) {
  job.checkpoint(0, "summary");
  const nlohmann::json statistics =
      nlohmann::json::parse(readTextFile(ResultFiles(study).label("statistics", ".json")));
  const Parcellation regions = readRegions(study);
  Json summary;
  summary["simulated"] = study.simulated;
  if (study.simulated) summary["simulationNote"] = study.simulationNote;
  summary["title"] = study.title;
  summary["people"] = Json::array();
  for (const Person& person : study.people)
    summary["people"].push_back(personSummary(study, person, regions));
  summary["labels"] = statistics.at("labels");
  summary["individualDifferences"] = Json::array();
  for (const auto& entry : statistics.at("individualDifferences"))
    summary["individualDifferences"].push_back(
        {{"label", entry.at("label")}, {"rho", entry.at("rho")}, {"p", entry.at("p")}, {"q", entry.at("q")}});
  summary["learningCurve"] = statistics.at("learningCurve");
  if (statistics.contains("wordVectors")) summary["wordVectors"] = statistics.at("wordVectors");
  summary["recovery"] = recoveryReport(study, statistics, job);
  summary["timings"] = {{"features", cache.seconds("features/")},
                        {"encoders", cache.seconds("encoders/")},
                        {"activation", cache.seconds("activation/")},
                        {"labels", cache.seconds("labels/")}};
  writeFileAtomically(ResultFiles(study).summary(), summary.dump(2) + "\n");
}

namespace {

void addEncoders(std::string& text, const Json& people) {
  const bool voxels = std::any_of(people.begin(), people.end(),
                                  [](const Json& person) { return person.value("targets", "") == "voxels"; });
  text += fmt::format("\nEncoders, r on held-out runs over all {}\n",
                      voxels ? "of a person's voxels" : "vertices");
  for (const Json& person : people) {
    const std::string targets = person.value("targets", "vertices");
    const std::string count =
        person.contains("targetCount") ? textOf(person.at("targetCount").get<Index>()) + " " : "";
    text += fmt::format("  {:<8} median {}  95th percentile {}  significant {:5.1f} % of {}{}\n",
                        person.at("id").get<std::string>(), number(person.at("heldOutR").at("median")),
                        number(person.at("heldOutR").at("p95")),
                        100 * person.at("significantFraction").get<double>(), count, targets);
  }
  if (voxels)
    text +=
        "  Responses were kept as voxels: everything is learned and tested per voxel, people have voxels of "
        "their own,\n"
        "  and maps on the cortex and numbers of regions are weighted means of voxels.\n";
}

std::string writtenOut(const Study& study, const Json& summary) {
  std::string text = study.title + "\n";
  if (study.simulated) text += "SIMULATED: " + study.simulationNote + "\n";
  addEncoders(text, summary.at("people"));
  if (!summary.at("labels").empty()) addLabels(text, summary);
  if (summary.contains("wordVectors")) addWords(text, summary.at("wordVectors"));
  addLearningCurve(text, summary);
  text += "\nIndividual differences: measured against predicted estimates (Mantel)\n";
  for (const Json& entry : summary.at("individualDifferences"))
    text += fmt::format("  {:<28} rho {}  p {}\n", entry.at("label").get<std::string>(),
                        number(entry.at("rho")), number(entry.at("p"), "{:.5f}"));
  for (const Json& item : summary.value("wordVectors", Json::array()))
    text +=
        fmt::format("  {:<28} rho {}  p {}\n", item.at("title").get<std::string>(),
                    number(item.at("individual").at("rho")), number(item.at("individual").at("p"), "{:.5f}"));
  if (summary.at("recovery").is_object()) addRecovery(text, summary.at("recovery"));
  return text;
}

}  // namespace

std::string summaryText(const Study& study) {
  const std::filesystem::path file = ResultFiles(study).summary();
  try {
    return writtenOut(study, Json::parse(readTextFile(file)));
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::BadFile, file.string() + ": is not a summary of this program: " + error.what());
  }
}

}  // namespace cortexscope
