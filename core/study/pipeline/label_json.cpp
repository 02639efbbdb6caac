// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/pipeline/label_json.h"

#include <cmath>
#include <limits>

#include "stats/multiple_tests.h"

namespace cortexscope {
namespace {

using Json = nlohmann::ordered_json;

Json labelToJson(const Study& study, const StudyLabel& label, const LabelReport& report, double q) {
  Json json;
  json["name"] = label.item.name;
  json["title"] = label.item.title;
  json["table"] = label.table;
  json["perPerson"] = label.task.perPerson;
  json["btl"] = {{"meanR", numberOrNull(finiteMean(report.btlR))},
                 {"perPerson", byPerson(study, report.btlR)}};
  json["tl"] = {{"r", numberOrNull(finiteMean(report.tlR))}, {"perPerson", byPerson(study, report.tlR)}};
  json["measured"] = {{"meanR", numberOrNull(finiteMean(report.measuredR))}};
  json["difference"] = numberOrNull(report.comparison.overPeople.meanDifference);
  json["pOverPeople"] = numberOrNull(report.comparison.overPeople.p);
  json["pOverTime"] = numberOrNull(report.comparison.pOverTime);
  json["p"] = numberOrNull(report.comparison.p);
  json["q"] = numberOrNull(q);
  return json;
}

Json pairedToJson(const PairedTest& test) {
  return {{"meanDifference", numberOrNull(test.meanDifference)},
          {"t", numberOrNull(test.t)},
          {"p", numberOrNull(test.p)},
          {"n", test.count}};
}

}  // namespace

Json comparisonToJson(const MethodComparison& comparison) {
  return {{"overPeople", pairedToJson(comparison.overPeople)},
          {"overLabels", pairedToJson(comparison.overLabels)},
          {"pOverTime", numberOrNull(comparison.pOverTime)},
          {"p", numberOrNull(comparison.p)}};
}

namespace {

/// The same comparison for each label table by itself: what brains carry differs between tables.
Json pointByTable(const Study& study, const std::vector<StudyLabel>& labels, const LearningPoint& point) {
  Json json = Json::array();
  for (const LabelTable& table : study.labels) {
    std::vector<Index> columns;
    for (std::size_t k = 0; k < labels.size(); ++k)
      if (labels[k].table == table.id) columns.push_back(Index(k));
    if (columns.empty()) continue;  // words have statistics of their own
    const MatrixD btl = point.scores.btlR(Eigen::all, columns), tl = point.scores.tlR(Eigen::all, columns);
    json.push_back(
        {{"table", table.id},
         {"btl", numberOrNull(finiteMean(VectorD(btl.reshaped())))},
         {"tl", numberOrNull(finiteMean(VectorD(tl.reshaped())))},
         {"comparison", comparisonToJson(compareMethods(point.scores, columns, study.options.seed))}});
  }
  return json;
}

VectorD meanOfRows(const MatrixD& values) {
  VectorD means(values.rows());
  for (Index row = 0; row < means.size(); ++row)
    means[row] = finiteMean(VectorD(values.row(row).transpose()));
  return means;
}

Json pointToJson(const Study& study, const std::vector<StudyLabel>& labels, const LearningPoint& point) {
  const MatrixD &btl = point.scores.btlR, &tl = point.scores.tlR;
  Json json;
  json["labelledSamples"] = point.labelledSamples;
  json["btl"] = byPerson(study, meanOfRows(btl));
  json["tl"] = byPerson(study, meanOfRows(tl));
  json["perLabel"] = Json::array();
  for (Index label = 0; label < btl.cols(); ++label)
    json["perLabel"].push_back({{"label", labels[std::size_t(label)].item.name},
                                {"btl", numberOrNull(finiteMean(VectorD(btl.col(label))))},
                                {"tl", numberOrNull(finiteMean(VectorD(tl.col(label))))}});
  json["byTable"] = pointByTable(study, labels, point);
  json["comparison"] = comparisonToJson(point.comparison);
  return json;
}

}  // namespace

Json numberOrNull(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json byPerson(const Study& study, const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values) {
  Json numbers = Json::object();
  for (Index i = 0; i < values.size(); ++i)
    numbers[study.people[std::size_t(i)].id] = numberOrNull(values[i]);
  return numbers;
}

Json individualToJson(const Study& study, const MantelResult& result, const std::vector<double>& measured,
                      const std::vector<double>& predicted) {
  Json people = Json::array();
  for (const Person& person : study.people) people.push_back(person.id);
  return {{"rho", numberOrNull(result.rho)},
          {"p", numberOrNull(result.p)},
          {"people", people},
          {"measuredDistances", measured},
          {"predictedDistances", predicted}};
}

double finiteMean(const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values) {
  double sum = 0;
  Index count = 0;
  for (Index i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) sum += values[i], ++count;
  return count > 0 ? sum / double(count) : std::numeric_limits<double>::quiet_NaN();
}

Json transferToJson(const Study& study, const std::vector<StudyLabel>& labels, const TransferReport& report) {
  std::vector<double> pTransfer, pIndividual;
  for (const LabelReport& label : report.labels) {
    const bool defined = std::isfinite(finiteMean(label.btlR));
    pTransfer.push_back(defined ? label.comparison.p : std::numeric_limits<double>::quiet_NaN());
    pIndividual.push_back(label.individual.p);
  }
  const std::vector<double> qTransfer = adjustBenjaminiHochberg(pTransfer);
  const std::vector<double> qIndividual = adjustBenjaminiHochberg(pIndividual);
  Json json;
  json["simulated"] = study.simulated;
  json["labels"] = Json::array();
  json["individualDifferences"] = Json::array();
  for (std::size_t k = 0; k < labels.size(); ++k) {
    json["labels"].push_back(labelToJson(study, labels[k], report.labels[k], qTransfer[k]));
    const LabelReport& label = report.labels[k];
    Json individual =
        individualToJson(study, label.individual, label.measuredDistances, label.predictedDistances);
    individual["label"] = label.name;
    individual["q"] = numberOrNull(qIndividual[k]);
    json["individualDifferences"].push_back(std::move(individual));
  }
  json["learningCurve"] = Json::array();
  for (const LearningPoint& point : report.learningCurve)
    json["learningCurve"].push_back(pointToJson(study, labels, point));
  return json;
}

}  // namespace cortexscope
