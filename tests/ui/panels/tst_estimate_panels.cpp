// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QToolTip>
#include <QtTest>

// After Qt's headers: it draws in a namespace of its own.
#include <qcustomplot.h>

#include "panels/distance_matrix.h"
#include "panels/label_panel.h"
#include "panels/people_panel.h"
#include "panels/traces_panel.h"
#include "panels/vertex_panel.h"
#include "support/expect.h"
#include "ui/panels/panel_stage.h"
#include "widgets/look.h"

using namespace cortexscope;
using namespace cortexscope::test;
namespace {

QString tipAt(QWidget& widget, const QPoint& place) {
  QToolTip::hideText();
  QHelpEvent help(QEvent::ToolTip, place, widget.mapToGlobal(place));
  QCoreApplication::sendEvent(&widget, &help);
  return readTip(QToolTip::text());
}

QPoint placeOf(QCustomPlot& plot, double timeSec) {
  return {qRound(plot.xAxis->coordToPixel(timeSec)), plot.axisRect()->center().y()};
}

void turnWheel(QWidget& widget, const QPoint& place, int steps) {
  QWheelEvent event(place, widget.mapToGlobal(place), {}, {0, 120 * steps}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(&widget, &event);
}

/// Times at which a curve has a value, and the value there.
QMap<double, double> curve(const QCPGraph& graph) {
  QMap<double, double> points;
  for (const QCPGraphData& point : *graph.data())
    if (!std::isnan(point.value)) points[point.key] = point.value;
  return points;
}

}  // namespace

class TestEstimatePanels : public QObject {
  Q_OBJECT

 private slots:
  void matrixCellsShareTheRoom();
  void matrixCellsChoosePeople_data();
  void matrixCellsChoosePeople();
  void matrixKeysStayInside_data();
  void matrixKeysStayInside();
  void matrixTipsSayBothDistances();
  void matrixOfOnePersonOrNone();
  void matrixWithoutMeasuredDistances();
  void peoplePanelSaysHowTheyAgree_data();
  void peoplePanelSaysHowTheyAgree();
  void tracesAreTheEstimates();
  void tracesBreakBetweenRuns();
  void tracesOfPeoplesOwnTruth();
  void tracesMarkTheChosen();
  void tracesSeekOnlyInTheirPlot_data();
  void tracesSeekOnlyInTheirPlot();
  void tracesZoomAroundTheMouse();
  void tracesFollowTheClockOutOfView();
  void tracesNameTheirScale();
  void tracesSayWords();
  void labelChoiceShowsTheLabelThatHolds();
  void labelTableChoosesAndFollows();
  void searchChoosesNoLabel();
  void labelTableSortsByNumbers();
  void labelPanelWithoutEstimates();
  void vertexNumbersAreTheResults_data();
  void vertexNumbersAreTheResults();
  void vertexCurvesAreOfTheRun();
  void vertexPlotClickStaysInItsRun_data();
  void vertexPlotClickStaysInItsRun();
  void namesOfFilesAreShownAsTheyAre();
};

void TestEstimatePanels::matrixCellsShareTheRoom() {
  PanelStage<DistanceMatrix> stage({340, 260});
  stage.showFixture();
  double area = 0;
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column) {
      const QRectF cell = stage.panel.cell(row, column);
      QVERIFY(QRectF(stage.panel.rect()).contains(cell));
      QCOMPARE(cell.size(), stage.panel.cell(0, 0).size());
      if (column > 0) QCOMPARE(cell.left(), stage.panel.cell(row, column - 1).right());
      if (row > 0) QCOMPARE(cell.top(), stage.panel.cell(row - 1, column).bottom());
      area += cell.width() * cell.height();
    }
  QCOMPARE(area, (340.0 - stage.panel.cell(0, 0).left()) * (260 - stage.panel.cell(0, 0).top()));
  // Far people are darker than near ones, and nobody has a distance to herself.
  const QImage image = stage.panel.grab().toImage();
  const auto shade = [&](int row, int column) {
    const QRectF cell = stage.panel.cell(row, column);
    return qGray(image.pixel((cell.topLeft() + QPointF(5, 5)).toPoint() * int(image.devicePixelRatio())));
  };
  QVERIFY(shade(0, 2) < shade(0, 1));
  QVERIFY(shade(0, 1) < shade(1, 1));
  QCOMPARE(shade(0, 1), shade(1, 0));
}

void TestEstimatePanels::matrixCellsChoosePeople_data() {
  QTest::addColumn<int>("row");
  QTest::addColumn<int>("column");
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column) QTest::addRow("%d %d", row, column) << row << column;
}

void TestEstimatePanels::matrixCellsChoosePeople() {
  QFETCH(int, row);
  QFETCH(int, column);
  PanelStage<DistanceMatrix> stage;
  stage.showFixture();
  const QRectF cell = stage.panel.cell(row, column);
  for (const QPointF& place :
       {cell.center(), cell.topLeft() + QPointF(1, 1), cell.bottomRight() - QPointF(1, 1)}) {
    stage.controller.setPeople(row == 0 ? 1 : 0, -1);
    QTest::mouseClick(&stage.panel, Qt::LeftButton, {}, place.toPoint());
    QCOMPARE(stage.controller.person(), row);
    QCOMPARE(stage.controller.otherPerson(), row == column ? -1 : column);
  }
  QTest::mouseClick(&stage.panel, Qt::LeftButton, {}, QPoint(3, 3));  // among the names
  QCOMPARE(stage.controller.person(), row);
}

void TestEstimatePanels::matrixKeysStayInside_data() {
  QTest::addColumn<Qt::Key>("key");
  QTest::addColumn<int>("person");
  QTest::addColumn<int>("other");
  QTest::newRow("left") << Qt::Key_Left << 1 << 0;
  QTest::newRow("right") << Qt::Key_Right << 1 << 2;
  QTest::newRow("up") << Qt::Key_Up << 0 << -1;
  QTest::newRow("down") << Qt::Key_Down << 2 << 0;
}

void TestEstimatePanels::matrixKeysStayInside() {
  QFETCH(Qt::Key, key);
  PanelStage<DistanceMatrix> stage;
  stage.showFixture();
  for (int presses = 0; presses < 4; ++presses) {
    if (presses == 0) stage.controller.setPeople(1, key == Qt::Key_Up || key == Qt::Key_Down ? 0 : -1);
    QTest::keyClick(&stage.panel, key);
  }
  QTEST(stage.controller.person(), "person");
  QTEST(stage.controller.otherPerson(), "other");
  QTest::keyClick(&stage.panel, key, Qt::ShiftModifier);  // turns the brains
  QTEST(stage.controller.person(), "person");
}

void TestEstimatePanels::matrixTipsSayBothDistances() {
  PanelStage<DistanceMatrix> stage;
  stage.showFixture();
  stage.controller.setLabel(1);
  const QString tip = tipAt(stage.panel, stage.panel.cell(0, 2).center().toPoint());
  QVERIFY2(tip.startsWith("P01 and P03\n"), qPrintable(tip));
  QVERIFY(tip.contains("measured: " + shownNumber(FixtureStudy::distance(5, 0, 2), 3)));
  QVERIFY(tip.contains("predicted: " + shownNumber(2 * FixtureStudy::distance(5, 0, 2), 3)));
  QToolTip::hideText();
  QTRY_VERIFY(QToolTip::text().isEmpty());
  QVERIFY(tipAt(stage.panel, {3, 3}).isEmpty());
}

void TestEstimatePanels::matrixOfOnePersonOrNone() {
  PanelStage<DistanceMatrix> stage;
  QTest::keyClick(&stage.panel, Qt::Key_Right);
  QTest::mouseClick(&stage.panel, Qt::LeftButton, {}, stage.panel.rect().center());
  QVERIFY(!stage.panel.grab().isNull());
  LoadedStudy one = stage.fixture.loaded();
  one.results.people.resize(1);
  LabelEstimates& label = one.results.labels[0];
  label.measuredDistance = label.predictedDistance = MatrixD::Constant(1, 1, std::nan(""));
  stage.show(one);
  QTest::keyClick(&stage.panel, Qt::Key_Right);
  QCOMPARE(stage.controller.otherPerson(), -1);
  QVERIFY(!stage.panel.grab().isNull());
  QVERIFY(tipAt(stage.panel, stage.panel.cell(0, 0).center().toPoint()).contains(u"measured: –"));
}

void TestEstimatePanels::matrixWithoutMeasuredDistances() {
  PanelStage<DistanceMatrix> stage;
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.results.labels[0].measuredDistance = {};
  stage.show(loaded);
  const QString tip = tipAt(stage.panel, stage.panel.cell(0, 1).center().toPoint());
  QVERIFY2(tip.contains(u"measured: –") && tip.contains("predicted: 0.200"), qPrintable(tip));
}

void TestEstimatePanels::peoplePanelSaysHowTheyAgree_data() {
  QTest::addColumn<double>("rho");
  QTest::addColumn<double>("p");
  QTest::addColumn<QString>("end");
  QTest::newRow("usual") << 0.7 << 0.03 << QStringLiteral("ρ = 0.70, Mantel p = 0.030");
  QTest::newRow("small p") << -0.1234 << 0.0009 << QStringLiteral("ρ = −0.12, Mantel p < 0.001");
  QTest::newRow("two people") << std::nan("") << std::nan("") << QStringLiteral("ρ = –, Mantel p = –");
}

void TestEstimatePanels::peoplePanelSaysHowTheyAgree() {
  QFETCH(double, rho);
  QFETCH(double, p);
  QFETCH(QString, end);
  PanelStage<PeoplePanel> stage;
  QVERIFY(!stage.find("distanceMatrix").isVisibleTo(&stage.panel));
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.results.labels[0].individualRho = rho;
  loaded.results.labels[0].individualP = p;
  stage.show(loaded);
  QVERIFY2(stage.textOf("agreement").endsWith(end), qPrintable(stage.textOf("agreement")));
  QVERIFY(stage.find("distanceMatrix").isVisible());
  auto& predicted = stage.find<QPushButton>("predictedDistances");
  QTest::mouseClick(&predicted, Qt::LeftButton);  // already so
  QVERIFY(predicted.isChecked());
  QTest::mouseClick(&stage.find("measuredDistances"), Qt::LeftButton);
  QVERIFY(!predicted.isChecked() && stage.find<QPushButton>("measuredDistances").isChecked());
  loaded.results.labels.clear();
  stage.show(loaded);
  QVERIFY(!stage.find("distanceMatrix").isVisible());
}

void TestEstimatePanels::tracesAreTheEstimates() {
  PanelStage<TracesPanel> stage({800, 320});
  stage.showFixture();
  stage.controller.setLabel(1);
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  QCOMPARE(plot.graphCount(), FixtureStudy::kPeople + 2);
  for (int p = 0; p < FixtureStudy::kPeople; ++p) {
    const QMap<double, double> points = curve(*plot.graph(p));
    QCOMPARE(points.size(), FixtureStudy::kSamples);
    for (Index s = 0; s < FixtureStudy::kSamples; ++s)
      QCOMPARE(points.value(double(s) + 0.5), FixtureStudy::btl(5, p, s));
    QCOMPARE(plot.graph(p)->pen().color(), look::personColour(p));
  }
  QCOMPARE(plot.graph(3)->name(), QString("TL  r 0.30"));
  QCOMPARE(plot.graph(3)->pen().style(), Qt::DashLine);
  QCOMPARE(curve(*plot.graph(3)).value(10.5), 5.5);
  QCOMPARE(plot.graph(4)->name(), QString("truth"));
  QCOMPARE(curve(*plot.graph(4)).value(10.5), 6.5);
  stage.controller.setPerson(2);
  stage.controller.setTime(30.2);
  QCOMPARE(
      stage.textOf("traceValues"),
      QStringLiteral("truth 6.50  ·  P03 BTL %1  ·  TL 5.50").arg(shownNumber(FixtureStudy::btl(5, 2, 30))));
}

void TestEstimatePanels::tracesBreakBetweenRuns() {
  PanelStage<TracesPanel> stage;
  stage.showFixture();
  const TracePoints points = tracePoints(stage.controller.time(), stage.label(0).btl, 1);
  QCOMPARE(points.values.size(), FixtureStudy::kSamples + 3);
  QList<double> gaps;
  for (qsizetype i = 0; i < points.values.size(); ++i)
    if (std::isnan(points.values[i])) gaps.append(points.timesSec[i]);
  QCOMPARE(gaps, (QList<double>{20, 40, 60}));
  QVERIFY(std::is_sorted(points.timesSec.begin(), points.timesSec.end()));
  const MatrixD short_ = stage.label(0).btl.leftCols(30);  // an estimate of a run and a half
  QCOMPARE(tracePoints(stage.controller.time(), short_, 0).values.size(), 30 + 3);
}

void TestEstimatePanels::tracesOfPeoplesOwnTruth() {
  PanelStage<TracesPanel> stage({800, 320});
  LoadedStudy loaded = stage.fixture.loaded();
  LabelEstimates& label = loaded.results.labels[0];
  for (int p = 0; p < FixtureStudy::kPeople; ++p) label.truth.row(p).setConstant(p + 1.0);
  label.truth(0, 7) = std::nan("");
  stage.show(loaded);
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  const auto truth = [&] { return plot.graph(plot.graphCount() - 1); };
  QCOMPARE(truth()->name(), QString("truth of P01"));
  QCOMPARE(curve(*truth()).size(), FixtureStudy::kSamples - 1);
  stage.controller.setTime(7.5);
  QVERIFY(stage.textOf("traceValues").startsWith(u"truth –"));
  stage.controller.setPerson(2);
  QCOMPARE(truth()->name(), QString("truth of P03"));
  QCOMPARE(curve(*truth()).value(7.5), 3.0);
  QCOMPARE(plot.graphCount(), FixtureStudy::kPeople + 2);  // the old ones are gone
}

void TestEstimatePanels::tracesMarkTheChosen() {
  PanelStage<TracesPanel> stage({800, 320});
  stage.showFixture();
  stage.controller.setPeople(2, 0);
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  QVERIFY(plot.graph(2)->pen().widthF() > plot.graph(1)->pen().widthF());
  QCOMPARE(plot.graph(0)->pen().widthF(), plot.graph(2)->pen().widthF());
  int shades = 0;
  for (int i = 0; i < plot.itemCount(); ++i)
    if (const auto* shade = qobject_cast<QCPItemRect*>(plot.item(i))) {
      QCOMPARE(shade->topLeft->key(), 40.0);  // the held-out run
      QCOMPARE(shade->bottomRight->key(), 60.0);
      ++shades;
    }
  QCOMPARE(shades, 1);
}

void TestEstimatePanels::tracesSeekOnlyInTheirPlot_data() {
  QTest::addColumn<Qt::MouseButton>("button");
  QTest::addColumn<bool>("inPlot");
  QTest::newRow("click") << Qt::LeftButton << true;
  QTest::newRow("another button") << Qt::RightButton << true;
  QTest::newRow("click on the axis") << Qt::LeftButton << false;
}

void TestEstimatePanels::tracesSeekOnlyInTheirPlot() {
  QFETCH(Qt::MouseButton, button);
  QFETCH(bool, inPlot);
  PanelStage<TracesPanel> stage({800, 320});
  stage.showFixture();
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  plot.replot();
  stage.controller.setTime(12);
  QTest::mousePress(&plot, button, {}, inPlot ? placeOf(plot, 50) : QPoint(4, plot.height() / 2));
  const bool sought = inPlot && button == Qt::LeftButton;
  QVERIFY(std::abs(stage.controller.timeSec() - (sought ? 50 : 12)) < 0.2);
  QMouseEvent drag(QEvent::MouseMove, placeOf(plot, 20), plot.mapToGlobal(placeOf(plot, 20)), Qt::NoButton,
                   button, {});
  QCoreApplication::sendEvent(&plot, &drag);
  QVERIFY(std::abs(stage.controller.timeSec() - (sought ? 20 : 12)) < 0.2);
  QTest::mouseRelease(&plot, button, {}, placeOf(plot, 20));
}

void TestEstimatePanels::tracesZoomAroundTheMouse() {
  PanelStage<TracesPanel> stage({800, 320});
  stage.showFixture();
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  plot.replot();
  const QPoint place = placeOf(plot, 30);
  const double under = plot.xAxis->pixelToCoord(place.x());
  turnWheel(plot, place, 2);
  QCOMPARE(plot.xAxis->range().size(), 60 * 0.85 * 0.85);
  QVERIFY(std::abs(plot.xAxis->pixelToCoord(place.x()) - under) < 1e-9);
  turnWheel(plot, place, 40);
  QCOMPARE(plot.xAxis->range().size(), 5.0);  // no nearer
  turnWheel(plot, place, -80);
  QCOMPARE(plot.xAxis->range(), QCPRange(0, 60));  // and no further than the study
}

void TestEstimatePanels::tracesFollowTheClockOutOfView() {
  PanelStage<TracesPanel> stage({800, 320});
  stage.showFixture();
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  plot.replot();
  turnWheel(plot, placeOf(plot, 5), 12);
  const double span = plot.xAxis->range().size();
  QVERIFY(!plot.xAxis->range().contains(45));
  stage.controller.setTime(45);
  QVERIFY(plot.xAxis->range().contains(45));
  QCOMPARE(plot.xAxis->range().size(), span);
  stage.controller.setTime(60);
  QCOMPARE(plot.xAxis->range().upper, 60.0);
  for (int i = 0; i < plot.itemCount(); ++i)
    if (const auto* line = qobject_cast<QCPItemLine*>(plot.item(i))) QCOMPARE(line->start->key(), 60.0);
}

void TestEstimatePanels::tracesNameTheirScale() {
  PanelStage<TracesPanel> stage({800, 320});
  LoadedStudy loaded = stage.fixture.loaded();
  const QString sentence = "how much of the picture is filled by faces, in parts of all its pixels";
  loaded.results.labels[0].item.unit = sentence.toStdString();
  loaded.results.labels[1].item.unit.clear();
  stage.show(loaded);
  auto& plot = stage.find<QCustomPlot>("tracesPlot");
  QCOMPARE(plot.yAxis->label(), QString("scale value"));  // too long to stand on end
  QVERIFY(stage.find("traceScale").isVisible());
  QCOMPARE(stage.textOf("traceScale"), "scale: " + sentence);
  stage.controller.setLabel(1);
  QCOMPARE(plot.yAxis->label(), QString("scale value"));
  QVERIFY(!stage.find("traceScale").isVisible());
}

void TestEstimatePanels::tracesSayWords() {
  PanelStage<TracesPanel> stage({800, 320});
  LoadedStudy loaded = stage.fixture.loaded();
  LabelEstimates& label = loaded.results.labels[0];
  label.truth = {};
  const NearestWords words(FixtureStudy::kSamples, {"dog", "cat", "street", "house"});
  label.truthWords.assign(3, words);
  label.btlWords.assign(3, words);
  label.btlWords[1][4] = {"car"};
  label.tlWords.assign(1, words);  // too few people
  stage.show(loaded);
  stage.controller.setPerson(1);
  stage.controller.setTime(4.5);
  QCOMPARE(stage.textOf("traceValues"), QStringLiteral("truth: dog, cat, street  ·  P02 BTL: car  ·  TL: –"));
}

void TestEstimatePanels::labelChoiceShowsTheLabelThatHolds() {
  PanelStage<TracesPanel> stage({800, 320});
  stage.showFixture();
  auto& choice = stage.find<QComboBox>("labelChoice");
  QVERIFY(QTest::qWaitForWindowActive(&stage.panel));
  choice.setFocus();
  choice.lineEdit()->selectAll();
  QTest::keyClicks(choice.lineEdit(), "no such label");
  QTest::keyClick(choice.lineEdit(), Qt::Key_Return);
  stage.find("tracesPlot").setFocus();
  QCOMPARE(stage.controller.label(), 0);
  QCOMPARE(choice.currentText(), QString("Faces"));
  choice.setFocus();
  choice.lineEdit()->selectAll();
  QTest::keyClicks(choice.lineEdit(), "Speech");
  QTest::keyClick(choice.lineEdit(), Qt::Key_Return);
  QCOMPARE(stage.controller.label(), 1);
  stage.controller.setLabel(0);
  QCOMPARE(choice.currentText(), QString("Faces"));
}

void TestEstimatePanels::labelTableChoosesAndFollows() {
  PanelStage<LabelPanel> stage;
  stage.showFixture();
  auto& table = stage.find<QTableView>("labelTable");
  QCOMPARE(table.currentIndex().row(), 0);
  stage.controller.setLabel(1);
  QCOMPARE(table.currentIndex().data().toString(), QString("Speech"));
  QTest::mouseClick(table.viewport(), Qt::LeftButton, {},
                    table.visualRect(table.model()->index(0, 2)).center());
  QCOMPARE(stage.controller.label(), 0);
  QTest::keyClick(&table, Qt::Key_Down);
  QCOMPARE(stage.controller.label(), 1);
}

void TestEstimatePanels::searchChoosesNoLabel() {
  PanelStage<LabelPanel> stage;
  stage.showFixture();
  QSignalSpy changed(&stage.controller, &StudyController::labelChanged);
  auto& search = stage.find<QLineEdit>("labelSearch");
  auto& table = stage.find<QTableView>("labelTable");
  QTest::keyClicks(&search, "speech");
  QCOMPARE(table.model()->rowCount(), 1);
  QCOMPARE(stage.controller.label(), 0);
  search.clear();
  QCOMPARE(changed.count(), 0);
  QCOMPARE(table.currentIndex().data().toString(), QString("Faces"));  // the one that is shown elsewhere
  QTest::keyClicks(&search, "SPEECH");
  QTest::mouseClick(table.viewport(), Qt::LeftButton, {},
                    table.visualRect(table.model()->index(0, 0)).center());
  QCOMPARE(stage.controller.label(), 1);
}

void TestEstimatePanels::labelTableSortsByNumbers() {
  PanelStage<LabelPanel> stage;
  LoadedStudy loaded = stage.fixture.loaded();
  LabelEstimates label = loaded.results.labels[0];
  const double scores[] = {0.1, -0.3, 0.02, std::nan("")};
  const char* const titles[] = {"one", "two", "three", "none"};
  loaded.results.labels.clear();
  for (int i = 0; i < 4; ++i) {
    label.item.name = label.item.title = titles[i];
    label.btlR.setConstant(scores[i]);
    loaded.results.labels.push_back(label);
  }
  stage.show(loaded);
  auto& table = stage.find<QTableView>("labelTable");
  table.sortByColumn(LabelTableModel::BtlR, Qt::DescendingOrder);
  QStringList order;
  for (int row = 0; row < 4; ++row)
    if (const QModelIndex index = table.model()->index(row, 0); index.data().toString() != "none")
      order.append(index.data().toString());
  QCOMPARE(order, (QStringList{"one", "three", "two"}));
  for (int row = 0; row < 4; ++row) {  // a row is its label wherever it stands
    QTest::mouseClick(table.viewport(), Qt::LeftButton, {},
                      table.visualRect(table.model()->index(row, 0)).center());
    QCOMPARE(QString::fromStdString(stage.controller.labelEstimates()->item.title),
             table.model()->index(row, 0).data().toString());
  }
}

void TestEstimatePanels::labelPanelWithoutEstimates() {
  PanelStage<LabelPanel> stage;
  QSignalSpy asked(&stage.panel, &LabelPanel::labelsAsked);
  LoadedStudy loaded = stage.fixture.loaded();
  loaded.results.labels.clear();
  stage.show(loaded);
  QVERIFY(!stage.find("labelTable").isVisible() && !stage.find("labelSearch").isVisible());
  QTest::mouseClick(&stage.find("labelPanelAdd"), Qt::LeftButton);
  QCOMPARE(asked.count(), 1);
  loaded.study.labels.emplace_back().items = {{"faces", "Faces", "", ""}};
  stage.show(loaded);  // there are labels, but nothing is learned
  QVERIFY(!stage.find("labelPanelAdd").isVisible());
  QVERIFY(whyNoEstimates(loaded.study).contains("Train"));
}

void TestEstimatePanels::vertexNumbersAreTheResults_data() {
  QTest::addColumn<int>("person");
  QTest::addColumn<int>("vertex");
  QTest::newRow("first") << 0 << 0;
  QTest::newRow("in the middle") << 1 << 161;
  QTest::newRow("right hemisphere") << 2 << 162;
  QTest::newRow("last") << 2 << 323;
}

void TestEstimatePanels::vertexNumbersAreTheResults() {
  QFETCH(int, person);
  QFETCH(int, vertex);
  PanelStage<VertexPanel> stage;
  stage.showFixture();
  QVERIFY(stage.find("vertexHint").isVisible());
  stage.controller.setVertex(person, vertex);
  stage.controller.setTime(3.5);  // brains of 8.5 s
  QVERIFY(!stage.find("vertexHint").isVisible());
  const double share = vertex / 323.0, q = 0.9 - 0.89 * share;
  QCOMPARE(stage.textOf("vertexWhere"), QStringLiteral("P0%1  ·  %2  ·  vertex %3")
                                            .arg(person + 1)
                                            .arg(vertex % 2 == 0 ? "visual" : "auditory")
                                            .arg(vertex));
  QCOMPARE(stage.textOf("vertexR"), QString::number(0.8 * share, 'f', 2));
  QCOMPARE(stage.textOf("vertexQ"), QString::number(q, 'f', 3));
  QCOMPARE(stage.textOf("vertexQCaption"), q < 0.05 ? QString("q") : QString("q, masked"));
  QCOMPARE(stage.textOf("vertexCeiling"), QString("0.90"));
  QCOMPARE(stage.textOf("vertexValue"), shownNumber(double(FixtureStudy::predicted(person, 8, vertex)), 3));
  BrainDisplay display = stage.controller.display();
  display.layer = Layer::Measured;
  display.significantOnly = false;
  stage.controller.setDisplay(display);
  QCOMPARE(stage.textOf("vertexValue"), shownNumber(double(FixtureStudy::measured(person, 8, vertex)), 3));
  QCOMPARE(stage.textOf("vertexQCaption"), QString("q"));
  LoadedStudy tiny = stage.fixture.loaded();
  for (PersonResults& each : tiny.results.people) each.q.setConstant(0.0004f), each.noiseCeiling = {};
  stage.show(tiny);
  QCOMPARE(stage.textOf("vertexQ"), QString("< 0.001"));
  QCOMPARE(stage.textOf("vertexCeiling"), QStringLiteral("–"));
}

void TestEstimatePanels::vertexCurvesAreOfTheRun() {
  PanelStage<VertexPanel> stage;
  stage.showFixture();
  stage.controller.setVertex(1, 33);
  auto& plot = stage.find<QCustomPlot>("vertexPlot");
  for (const int run : {0, 1, 2}) {
    stage.controller.setTime(20 * run + 4.25);
    const QMap<double, double> measured = curve(*plot.graph(0)), predicted = curve(*plot.graph(1));
    QCOMPARE(measured.size(), 20);
    for (Index s = 20 * run; s < 20 * run + 20; ++s) {
      QCOMPARE(float(measured.value(double(s) + 0.5)), FixtureStudy::measured(1, s, 33));
      QCOMPARE(float(predicted.value(double(s) + 0.5)), FixtureStudy::predicted(1, s, 33));
    }
    QCOMPARE(plot.xAxis->range(), QCPRange(20 * run, 20 * run + 20));
    const auto* line = qobject_cast<QCPItemLine*>(plot.item(0));
    QCOMPARE(float(line->start->key()), float(20 * run + 9.25));  // with the lag
  }
  LoadedStudy untrained = stage.fixture.loaded();
  for (PersonResults& person : untrained.results.people) person.predicted = nullptr;
  stage.show(untrained);
  QVERIFY(!plot.graph(1)->visible());
  QCOMPARE(plot.graph(1)->dataCount(), 0);
}

void TestEstimatePanels::vertexPlotClickStaysInItsRun_data() {
  QTest::addColumn<double>("lagSec");
  QTest::addColumn<double>("clickSec");
  QTest::addColumn<double>("timeSec");
  QTest::addColumn<Qt::MouseButton>("button");
  QTest::newRow("in the middle") << 5.0 << 30.0 << 25.0 << Qt::LeftButton;
  QTest::newRow("before the film's effect") << 5.0 << 22.0 << 20.0 << Qt::LeftButton;
  QTest::newRow("at the end") << 5.0 << 39.0 << 34.0 << Qt::LeftButton;
  QTest::newRow("brains before the film") << -5.0 << 38.0 << 39.5 << Qt::LeftButton;
  QTest::newRow("another button") << 5.0 << 30.0 << 24.0 << Qt::RightButton;
  QTest::newRow("on the axis") << 5.0 << 0.0 << 24.0 << Qt::LeftButton;
}

void TestEstimatePanels::vertexPlotClickStaysInItsRun() {
  QFETCH(double, lagSec);
  QFETCH(double, clickSec);
  QFETCH(double, timeSec);
  QFETCH(Qt::MouseButton, button);
  PanelStage<VertexPanel> stage({800, 320});
  stage.showFixture();
  BrainDisplay display = stage.controller.display();
  display.lagSec = lagSec;
  stage.controller.setDisplay(display);
  stage.controller.setVertex(1, 33);
  stage.controller.setTime(24);
  auto& plot = stage.find<QCustomPlot>("vertexPlot");
  QCoreApplication::processEvents();
  plot.replot();
  QTest::mouseClick(&plot, button, {}, clickSec > 0 ? placeOf(plot, clickSec) : QPoint(3, plot.height() / 2));
  QVERIFY2(std::abs(stage.controller.timeSec() - timeSec) < 0.1,
           qPrintable(QString::number(stage.controller.timeSec())));
  QCOMPARE(stage.controller.moment().run, std::size_t(1));
}

void TestEstimatePanels::namesOfFilesAreShownAsTheyAre() {
  PanelStage<VertexPanel> vertex;
  vertex.show(withStrangeNames(vertex.fixture.loaded()));
  vertex.controller.setVertex(1, 33);
  QCOMPARE(vertex.textOf("vertexWhere"), QStringLiteral("<b>%2 & 1</b>  ·  <s>%3</s>  ·  vertex 33"));
  QCOMPARE(vertex.find<QLabel>("vertexWhere").textFormat(), Qt::PlainText);

  PanelStage<TracesPanel> traces({800, 320});
  traces.show(withStrangeNames(traces.fixture.loaded()));
  QCOMPARE(traces.textOf("traceValues"), QStringLiteral("truth 1.50  ·  <b>%2 & 0</b> BTL 1.00  ·  TL 0.50"));
  QCOMPARE(traces.find<QLabel>("traceValues").textFormat(), Qt::PlainText);

  PanelStage<DistanceMatrix> matrix;
  matrix.show(withStrangeNames(matrix.fixture.loaded()));
  QVERIFY(tipAt(matrix.panel, matrix.panel.cell(0, 2).center().toPoint())
              .startsWith("<b>%2 & 0</b> and <b>%2 & 2</b>\n"));

  PanelStage<LabelPanel> labels;
  labels.show(withStrangeNames(labels.fixture.loaded()));
  const QModelIndex first = labels.find<QTableView>("labelTable").model()->index(0, 0);
  QCOMPARE(first.data().toString(), QString("<i>%1%2 & %3</i>"));
  QVERIFY(readTip(first.data(Qt::ToolTipRole).toString()).startsWith("<i>%1%2 & %3</i>\n"));
}

QTEST_MAIN(TestEstimatePanels)
#include "tst_estimate_panels.moc"
