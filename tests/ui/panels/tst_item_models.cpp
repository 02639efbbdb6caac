// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QAbstractProxyModel>
#include <QLineEdit>
#include <QSet>
#include <QTableView>
#include <QtTest>

#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// All models that views and lists of the window show, with those behind proxies.
QSet<QAbstractItemModel*> modelsOf(QWidget& window) {
  QSet<QAbstractItemModel*> models;
  const auto add = [&](QAbstractItemModel* model) {
    while (model != nullptr) {
      models.insert(model);
      const auto* proxy = qobject_cast<QAbstractProxyModel*>(model);
      model = proxy != nullptr ? proxy->sourceModel() : nullptr;
    }
  };
  for (const auto* view : window.findChildren<QAbstractItemView*>()) add(view->model());
  for (const auto* list : window.findChildren<QComboBox*>()) add(list->model());
  return models;
}

}  // namespace

class TestItemModels : public QObject {
  Q_OBJECT

 private slots:
  void modelsKeepTheirPromises();
  void rowsStayUntilTheResetBegins();
};

void TestItemModels::modelsKeepTheirPromises() {
  WindowStage stage;
  std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
  const QSet<QAbstractItemModel*> models = modelsOf(stage.window);
  QVERIFY(models.size() >= 5);
  for (QAbstractItemModel* model : models)
    testers.push_back(std::make_unique<QAbstractItemModelTester>(
        model, QAbstractItemModelTester::FailureReportingMode::QtTest));
  stage.showFixture();
  auto& table = stage.find<QTableView>("labelTable");
  for (int column = 0; column < table.model()->columnCount(); ++column)
    table.sortByColumn(column, Qt::DescendingOrder);
  stage.find<QLineEdit>("labelSearch").setText("spe");
  stage.find<QLineEdit>("labelSearch").clear();
  LoadedStudy other = stage.fixture.loaded();
  other.results.labels.resize(1);
  other.problems = {{Severity::Warning, "sub-1.nii.gz", "run 1", "cut", "copy it again"}};
  stage.controller().setLoaded(other);
  other.results.labels.clear();
  other.problems.clear();
  stage.controller().setLoaded(other);
  stage.showFixture();
  QCOMPARE(table.model()->rowCount(), 2);
}

/// Views ask a model for its rows until they are told that it is reset.
void TestItemModels::rowsStayUntilTheResetBegins() {
  WindowStage stage;
  stage.showFixture();
  auto* model =
      qobject_cast<QAbstractProxyModel*>(stage.find<QTableView>("labelTable").model())->sourceModel();
  QCOMPARE(model->rowCount(), 2);
  QStringList atReset;
  connect(model, &QAbstractItemModel::modelAboutToBeReset, this, [&] {
    for (int row = 0; row < model->rowCount(); ++row) atReset.append(model->index(row, 0).data().toString());
  });
  LoadedStudy other = stage.fixture.loaded();
  other.results.labels.resize(1);
  other.results.labels[0].item.title = "Other";
  stage.controller().setLoaded(other);
  QCOMPARE(atReset, (QStringList{"Faces", "Speech"}));
  QCOMPARE(model->rowCount(), 1);
}

int main(int argc, char** argv) {
  TestItemModels test;
  return runWindowTest(test, argc, argv);
}
#include "tst_item_models.moc"
