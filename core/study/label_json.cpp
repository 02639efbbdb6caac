#include "study/label_json.h"

#include <cmath>
#include <limits>

#include "stats/multiple_tests.h"

namespace cortexscope {
namespace {

using Json = nlohmann::ordered_json;

Json labelToJson(const StudyLabel& label, const LabelReport& report, double q) {
  Json json;
  json["name"] = label.item.name;
  json["title"] = label.item.title;
  json["table"] = label.table;
  json["perPerson"] = label.task.perPerson;
  json["btl"] = {{"meanR", numberOrNull(finiteMean(report.btlR))}, {"perPerson", numbersOrNull(report.btlR)}};
  json["tl"] = {{"r", numberOrNull(finiteMean(report.tlR))}, {"perPerson", numbersOrNull(report.tlR)}};
  json["measured"] = {{"meanR", numberOrNull(finiteMean(report.measuredR))}};
  json["difference"] = numberOrNull(report.btlAgainstTl.meanDifference);
  json["pOverPeople"] = numberOrNull(report.btlAgainstTl.p);
  json["pOverTime"] = numberOrNull(report.pOverTime);
  json["p"] = numberOrNull(report.p);
  json["q"] = numberOrNull(q);
  return json;
}

Json individualToJson(const LabelReport& report, double q) {
  Json json;
  json["label"] = report.name;
  json["rho"] = numberOrNull(report.individual.rho);
  json["p"] = numberOrNull(report.individual.p);
  json["q"] = numberOrNull(q);
  json["measuredDistances"] = report.measuredDistances;
  json["predictedDistances"] = report.predictedDistances;
  return json;
}

Json pairedToJson(const PairedTest& test) {
  return {{"meanDifference", numberOrNull(test.meanDifference)}, {"t", numberOrNull(test.t)}, {"p", numberOrNull(test.p)},
          {"n", test.count}};
}

/// The same comparison for each label table by itself: what brains carry differs between tables.
Json pointByTable(const std::vector<StudyLabel>& labels, const LearningPoint& point) {
  std::vector<std::string> tables;
  for (const StudyLabel& label : labels)
    if (tables.empty() || tables.back() != label.table) tables.push_back(label.table);
  Json json = Json::array();
  for (const std::string& table : tables) {
    std::vector<Index> columns;
    for (std::size_t k = 0; k < labels.size(); ++k)
      if (labels[k].table == table) columns.push_back(Index(k));
    const MatrixD btl = point.btlR(Eigen::all, columns), tl = point.tlR(Eigen::all, columns);
    json.push_back({{"table", table},
                    {"btl", numberOrNull(finiteMean(VectorD(btl.reshaped())))},
                    {"tl", numberOrNull(finiteMean(VectorD(tl.reshaped())))},
                    {"overLabels", pairedToJson(compareOverLabels(point, columns))}});
  }
  return json;
}

Json pointToJson(const std::vector<StudyLabel>& labels, const LearningPoint& point) {
  Json json;
  json["labelledSamples"] = point.labelledSamples;
  json["btl"] = Json::array();
  json["tl"] = Json::array();
  for (Index person = 0; person < point.btlR.rows(); ++person) {
    json["btl"].push_back(numberOrNull(finiteMean(VectorD(point.btlR.row(person).transpose()))));
    json["tl"].push_back(numberOrNull(finiteMean(VectorD(point.tlR.row(person).transpose()))));
  }
  json["perLabel"] = Json::array();
  for (Index label = 0; label < point.btlR.cols(); ++label)
    json["perLabel"].push_back({{"btl", numberOrNull(finiteMean(VectorD(point.btlR.col(label))))},
                                {"tl", numberOrNull(finiteMean(VectorD(point.tlR.col(label))))}});
  json["byTable"] = pointByTable(labels, point);
  json["overLabels"] = pairedToJson(point.overLabels);
  json["overPeople"] = pairedToJson(point.overPeople);
  return json;
}

}  // namespace

Json numberOrNull(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbersOrNull(const Eigen::Ref<const VectorD, 0, Eigen::InnerStride<>>& values) {
  Json list = Json::array();
  for (Index i = 0; i < values.size(); ++i) list.push_back(numberOrNull(values[i]));
  return list;
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
    pTransfer.push_back(defined ? label.p : std::numeric_limits<double>::quiet_NaN());
    pIndividual.push_back(label.individual.p);
  }
  const std::vector<double> qTransfer = adjustBenjaminiHochberg(pTransfer);
  const std::vector<double> qIndividual = adjustBenjaminiHochberg(pIndividual);
  Json json;
  json["simulated"] = study.simulated;
  json["labels"] = Json::array();
  json["individualDifferences"] = Json::array();
  for (std::size_t k = 0; k < labels.size(); ++k) {
    json["labels"].push_back(labelToJson(labels[k], report.labels[k], qTransfer[k]));
    json["individualDifferences"].push_back(individualToJson(report.labels[k], qIndividual[k]));
  }
  json["learningCurve"] = Json::array();
  for (const LearningPoint& point : report.learningCurve) json["learningCurve"].push_back(pointToJson(labels, point));
  return json;
}

}  // namespace cortexscope
