// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QtTest>
#include <cmath>

#include "labels/label_columns.h"
#include "labels/label_form.h"
#include "ui/widget_in.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

LabelLook someLook() {
  LabelLook look;
  look.columns = {{"onset", true, true},
                  {"faces", false, true},
                  {"<b>speech</b>\n2", false, true},
                  {"place", false, false}};
  return look;
}

LabelSummary someSummary() {
  LabelSummary summary;
  summary.trainingSamples = 80;
  summary.heldOutSamples = 20;
  summary.items = {{"faces", {70, 75}, {20, 20}, -1.5, 2.25},
                   {"<b>speech</b>\n2", {80, 80}, {0, 18}, std::nan(""), std::nan("")}};
  return summary;
}

NewLabels guessOf(const std::string& id, LabelTiming timing) {
  NewLabels guess;
  guess.id = id;
  guess.timing = timing;
  return guess;
}

enum Column { Name, Holds, Training, HeldOut, Range };

}  // namespace

class TestLabelFields : public QObject {
  Q_OBJECT

 private slots:
  void columnsThatFitAreChecked_data();
  void columnsThatFitAreChecked();
  void uncheckedColumnsAreLeftOut();
  void columnsThatDoNotFitCannotBeChecked();
  void countsAndRangesAreShown();
  void formSaysWhatWasTyped_data();
  void formSaysWhatWasTyped();
  void guessesAreTakenQuietly();
  void guessesAreExplained();
  void patternsReplaceTheirFile();
  void everyChangeIsTold();
};

void TestLabelFields::columnsThatFitAreChecked_data() {
  using Names = std::vector<std::string>;
  QTest::addColumn<bool>("words");
  QTest::addColumn<Names>("checked");
  QTest::newRow("numbers") << false << Names{"faces", "<b>speech</b>\n2"};
  QTest::newRow("words") << true << Names{"place"};
}

void TestLabelFields::columnsThatFitAreChecked() {
  QFETCH(bool, words);
  LabelColumns columns;
  QSignalSpy changed(&columns, &LabelColumns::itemsChanged);
  columns.setLook(someLook(), words);
  QTEST(columns.checkedItems(), "checked");
  QCOMPARE(changed.count(), 0);
  QCOMPARE(columns.item(0, Holds)->text(), QString("when"));
  QCOMPARE(columns.item(1, Holds)->text(), QString("numbers"));
  QCOMPARE(columns.item(3, Holds)->text(), QString("text"));
  QCOMPARE(columns.item(2, Name)->text(), QStringLiteral("<b>speech</b>\uFFFD2"));
  QVERIFY(columns.item(0, Name)->toolTip().startsWith("Says when"));
}

void TestLabelFields::uncheckedColumnsAreLeftOut() {
  LabelColumns columns;
  columns.setLook(someLook(), false);
  columns.resize(700, 300);
  columns.show();
  QSignalSpy changed(&columns, &LabelColumns::itemsChanged);
  const QRect box = columns.visualItemRect(columns.item(1, Name));
  QTest::mouseClick(columns.viewport(), Qt::LeftButton, {}, {box.left() + 12, box.center().y()});
  QCOMPARE(changed.count(), 1);
  QCOMPARE(columns.checkedItems(), std::vector<std::string>{"<b>speech</b>\n2"});
}

void TestLabelFields::columnsThatDoNotFitCannotBeChecked() {
  LabelColumns columns;
  columns.setLook(someLook(), false);
  columns.resize(700, 300);
  columns.show();
  for (const int row : {0, 3}) {
    const QRect box = columns.visualItemRect(columns.item(row, Name));
    QTest::mouseClick(columns.viewport(), Qt::LeftButton, {}, {box.left() + 12, box.center().y()});
    QCOMPARE(columns.item(row, Name)->checkState(), Qt::Unchecked);
  }
  QCOMPARE(columns.checkedItems().size(), std::size_t(2));
}

void TestLabelFields::countsAndRangesAreShown() {
  LabelColumns columns;
  columns.setLook(someLook(), false);
  const LabelSummary summary = someSummary();
  columns.setSummary(&summary);
  QCOMPARE(columns.item(1, Training)->text(), QString("70 to 75 of 80"));
  QCOMPARE(columns.item(1, HeldOut)->text(), QString("20 of 20"));
  QCOMPARE(columns.item(1, Range)->text(), QString("-1.5 to 2.25"));
  QCOMPARE(columns.item(2, Training)->text(), QString("80 of 80"));
  QCOMPARE(columns.item(2, HeldOut)->text(), QString("0 to 18 of 20"));
  QVERIFY(columns.item(2, HeldOut)->foreground().color() != columns.item(1, HeldOut)->foreground().color());
  QVERIFY(columns.item(2, Range)->text().isEmpty());
  QVERIFY(columns.item(0, Training)->text().isEmpty());
  columns.setSummary(nullptr);
  for (int row = 0; row < 4; ++row)
    for (const Column column : {Training, HeldOut, Range})
      QVERIFY(columns.item(row, column)->text().isEmpty());
}

void TestLabelFields::formSaysWhatWasTyped_data() {
  QTest::addColumn<QString>("timing");
  QTest::addColumn<LabelTiming>("meant");
  QTest::addColumn<double>("periodSec");
  QTest::newRow("samples") << "a sample" << LabelTiming::Samples << 0.0;
  QTest::newRow("seconds") << "seconds of the film" << LabelTiming::Seconds << 1.5;
  QTest::newRow("scenes") << "a scene" << LabelTiming::Scenes << 0.0;
}

void TestLabelFields::formSaysWhatWasTyped() {
  QFETCH(QString, timing);
  LabelForm form;
  form.setFile("/data/ratings_{person}.tsv");
  QTest::keyClicks(&widgetIn<QLineEdit>(form, "labelsName"), "  ratings ");
  widgetIn<QDoubleSpinBox>(form, "labelsPeriod").setValue(1.5);
  widgetIn<QComboBox>(form, "labelsTiming").setCurrentText(timing);
  QVERIFY(!form.wantsWords());
  QTest::keyClicks(&widgetIn<QLineEdit>(form, "labelsEmbedding"), " /data/words.vec ");
  QVERIFY(form.wantsWords());
  const NewLabels labels = form.labels();
  QCOMPARE(labels.id, std::string("ratings"));
  QCOMPARE(labels.files.size(), std::size_t(1));
  QCOMPARE(labels.files[0].file, std::filesystem::path("/data/ratings_{person}.tsv"));
  QTEST(labels.timing, "meant");
  QTEST(labels.periodSec, "periodSec");  // of no meaning for the others
  QCOMPARE(labels.embedding, std::filesystem::path("/data/words.vec"));
  QCOMPARE(widgetIn<QDoubleSpinBox>(form, "labelsPeriod").isEnabled(), labels.timing == LabelTiming::Seconds);
}

void TestLabelFields::guessesAreTakenQuietly() {
  LabelForm form;
  QSignalSpy options(&form, &LabelForm::optionsChanged), file(&form, &LabelForm::fileChanged);
  form.setFile("/data/scenes.tsv");
  QCOMPARE(file.count(), 1);
  widgetIn<QDoubleSpinBox>(form, "labelsPeriod").setValue(2);
  options.clear();
  form.setGuess(guessOf("scenes", LabelTiming::Scenes), "it has a duration");
  QCOMPARE(options.count() + file.count(), 1);
  const NewLabels labels = form.labels();
  QCOMPARE(labels.id, std::string("scenes"));
  QCOMPARE(labels.timing, LabelTiming::Scenes);
  QCOMPARE(widgetIn<QDoubleSpinBox>(form, "labelsPeriod").value(), 0.0);
}

void TestLabelFields::guessesAreExplained() {
  LabelForm form;
  auto& explanation = widgetIn<QLabel>(form, "labelsExplanation");
  QVERIFY(!explanation.text().contains("Chosen"));
  form.setGuess(guessOf("a", LabelTiming::Seconds), "it has a column \"%1 <time>\".");
  QVERIFY2(explanation.text().endsWith("Chosen because it has a column \"%1 <time>\".."),
           qPrintable(explanation.text()));
  widgetIn<QComboBox>(form, "labelsTiming").setCurrentText("a scene");
  QVERIFY(!explanation.text().contains("Chosen"));  // that was somebody else
  widgetIn<QComboBox>(form, "labelsTiming").setCurrentText("seconds of the film");
  QVERIFY(explanation.text().contains("Chosen because"));
}

void TestLabelFields::patternsReplaceTheirFile() {
  LabelForm form;
  form.setFile("/data/ratings_P01.tsv");
  NewLabels guess = guessOf("ratings", LabelTiming::Samples);
  guess.files = {{"", "/data/ratings_{person}.tsv"}};
  form.setGuess(guess, "");
  QCOMPARE(form.file(), std::filesystem::path("/data/ratings_{person}.tsv"));
  guess.files = {{"", std::filesystem::absolute("near.tsv")}};
  form.setFile("near.tsv");
  form.setGuess(guess, "");
  QCOMPARE(form.file(), std::filesystem::path("near.tsv"));  // as it was written
}

void TestLabelFields::everyChangeIsTold() {
  LabelForm form;
  QSignalSpy options(&form, &LabelForm::optionsChanged), file(&form, &LabelForm::fileChanged);
  QTest::keyClicks(&widgetIn<QLineEdit>(form, "labelsFile"), "a.t");
  QCOMPARE(file.count(), 3);
  QTest::keyClicks(&widgetIn<QLineEdit>(form, "labelsName"), "a");
  QTest::keyClicks(&widgetIn<QLineEdit>(form, "labelsEmbedding"), "b");
  widgetIn<QComboBox>(form, "labelsTiming").setCurrentIndex(1);
  widgetIn<QDoubleSpinBox>(form, "labelsPeriod").setValue(3);
  QCOMPARE(options.count(), 4);
  QCOMPARE(file.count(), 3);
}

QTEST_MAIN(TestLabelFields)
#include "tst_label_fields.moc"
