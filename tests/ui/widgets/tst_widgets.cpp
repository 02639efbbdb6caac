// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>
#include <QAction>
#include <QClipboard>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QSet>
#include <QtTest>
#include <atomic>

#include <thread>

#include "base/error.h"
#include "ui/widget_in.h"
#include "widgets/dropped_files.h"
#include "widgets/findings_table.h"
#include "widgets/job_bar.h"
#include "widgets/look.h"
#include "widgets/number_box.h"
#include "widgets/shown_text.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

const Findings kFindings{
    {Severity::Error, "sub-01_bold.nii.gz", "sub-01 run-1", "has 3 dimensions, not 4", "convert it again"},
    {Severity::Warning, "<b>events</b>.tsv", "", "ends\nbefore the run", ""},
    {Severity::Note, "", "", "two runs are held out", ""}};

/// A job that goes where the test wants it.
class Work {
 public:
  void start(JobRunner& jobs, const QString& title) {
    m_step = 0;
    jobs.start(
        title,
        [this](const Job& job) {
          for (;;) {
            const int step = m_step;
            if (step == kFinish) return;
            if (step == kFail) throw Error(ErrorCode::Io, "disk full");
            job.checkpoint(step / 100.0, step == 0 ? "reading" : "ridge of P02");
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        },
        [] {});
  }
  void goTo(int percent) { m_step = percent; }
  static constexpr int kFinish = 1000, kFail = 1001;

 private:
  std::atomic<int> m_step = 0;
};

}  // namespace

class TestWidgets : public QObject {
  Q_OBJECT

 private slots:
  void cleanup() { QLocale::setDefault(QLocale::system()); }
  void namesOfFilesAreOneLine_data();
  void namesOfFilesAreOneLine();
  void longNamesKeepWholeLetters();
  void tipsShowTextAsItIs_data();
  void tipsShowTextAsItIs();
  void droppedFilesMeanAFolder_data();
  void droppedFilesMeanAFolder();
  void findingsHaveARowEach();
  void fewColumnsHoldAllOfAFinding();
  void findingsTipsAreNoHtml();
  void findingsAreCopiedInTheirOrder();
  void findingsAreCounted_data();
  void findingsAreCounted();
  void jobBarFollowsAJob();
  void jobBarCancels();
  void jobBarGoesAwayAfterAFailure();
  void timeLeftInWords_data();
  void timeLeftInWords();
  void peopleAreToldApart();
  void textsOfOthersAreNoHtml();
  void everyIconIsDrawn();
  void axesWriteNumbersAsAllElse();
  void numbersAreTypedWithPointOrComma_data();
  void numbersAreTypedWithPointOrComma();
};

void TestWidgets::namesOfFilesAreOneLine_data() {
  QTest::addColumn<QByteArray>("name");
  QTest::addColumn<QString>("shown");
  QTest::newRow("plain") << QByteArray("sub-01_bold.nii.gz") << "sub-01_bold.nii.gz";
  QTest::newRow("umlauts") << QByteArray("Vögel für Anna.tsv") << QString::fromUtf8("Vögel für Anna.tsv");
  QTest::newRow("line end") << QByteArray("a\nb\tc\r") << QStringLiteral("a\uFFFDb\uFFFDc\uFFFD");
  QTest::newRow("turned writing") << QByteArray("a\xE2\x80\xAEgnp.exe") << QStringLiteral("a\uFFFDgnp.exe");
  QTest::newRow("line separator") << QByteArray(
                                         "a\xE2\x80\xA8"
                                         "b")
                                  << QStringLiteral("a\uFFFDb");
  QTest::newRow("no text") << QByteArray("a\xFF\xFE") << QStringLiteral("a\uFFFD\uFFFD");
  QTest::newRow("nothing") << QByteArray() << "";
  QTest::newRow("longest") << QByteArray(20, 'x') << QString(20, 'x');
  QTest::newRow("too long") << QByteArray("abcdefghijKLMNOPQRSTu") << QStringLiteral("abcdefghij…MNOPQRSTu");
}

void TestWidgets::namesOfFilesAreOneLine() {
  QFETCH(QByteArray, name);
  const QString shown = shownName(name.toStdString(), 20);
  QTEST(shown, "shown");
  QVERIFY(shown.size() <= 20);
}

void TestWidgets::longNamesKeepWholeLetters() {
  const std::string note = "\xF0\x9D\x84\x9E";  // a clef: two of Qt's characters
  std::string clefs;
  for (int i = 0; i < 5000; ++i) clefs += note;
  for (const char* begin : {"", "a"})
    for (const char* end : {"", "z"}) {
      const QString shown = shownName(begin + clefs + end, 21);
      QCOMPARE(QString::fromUtf8(shown.toUtf8()), shown);
      QVERIFY(!shown.toUtf8().contains('?'));
      QVERIFY(shown.size() <= 21 && shown.contains(u'…'));
    }
}

void TestWidgets::tipsShowTextAsItIs_data() {
  QTest::addColumn<QString>("text");
  for (const char* text : {"plain", "<b>bold</b>.tsv", "a & b &lt; c", "two\nlines", "<img src=\"x\">\n<i>"})
    QTest::newRow(text) << text;
}

void TestWidgets::tipsShowTextAsItIs() {
  QFETCH(QString, text);
  QVERIFY(Qt::mightBeRichText(plainTip(text)));
  QCOMPARE(readTip(plainTip(text)), text);
  QVERIFY(plainTip({}).isEmpty());  // which means no tip
}

void TestWidgets::droppedFilesMeanAFolder_data() {
  QTest::addColumn<QStringList>("dropped");
  QTest::addColumn<QString>("folder");
  QTest::addColumn<QString>("table");
  QTest::addColumn<bool>("isStudy");
  QTest::newRow("nothing") << QStringList() << ""
                           << "" << false;
  QTest::newRow("what is gone") << QStringList{"study/gone.tsv"} << ""
                                << "" << false;
  QTest::newRow("a study") << QStringList{"study"} << "study"
                           << "" << true;
  QTest::newRow("another folder") << QStringList{"study/data"} << "study/data"
                                  << "" << false;
  QTest::newRow("a study's own file") << QStringList{"study/study.json"} << "study"
                                      << "" << true;
  QTest::newRow("a table") << QStringList{"study/data/faces.tsv"} << "study/data"
                           << "study/data/faces.tsv" << false;
  QTest::newRow("a table in capitals") << QStringList{"study/Scenes.CSV"} << "study"
                                       << "study/Scenes.CSV" << true;
  QTest::newRow("some files") << QStringList{"study/data/a.npy", "study/data/faces.tsv"} << "study/data"
                              << "" << false;
  QTest::newRow("two folders") << QStringList{"study/data", "study/more.tsv"} << "study"
                               << "" << true;
  QTest::newRow("a folder that is called like a table") << QStringList{"study/more.tsv"} << "study/more.tsv"
                                                        << "" << false;
}

void TestWidgets::droppedFilesMeanAFolder() {
  QFETCH(QStringList, dropped);
  QFETCH(QString, folder);
  QFETCH(QString, table);
  QTemporaryDir root;
  const QDir at(root.path());
  QVERIFY(at.mkpath("study/data") && at.mkpath("study/more.tsv"));
  for (const char* name :
       {"study/study.json", "study/Scenes.CSV", "study/data/a.npy", "study/data/faces.tsv"})
    QVERIFY(QFile(at.filePath(name)).open(QIODevice::WriteOnly));
  QMimeData data;
  QList<QUrl> urls;
  for (const QString& name : dropped) urls.append(QUrl::fromLocalFile(at.filePath(name)));
  if (!urls.isEmpty()) data.setUrls(urls);
  const DroppedFiles meant = droppedFiles(&data);
  QCOMPARE(meant.folder, folder.isEmpty() ? QString() : at.filePath(folder));
  QCOMPARE(meant.table, table.isEmpty() ? QString() : at.filePath(table));
  QTEST(meant.isStudy, "isStudy");
  QVERIFY(droppedFiles(nullptr).folder.isEmpty());
  data.setUrls({QUrl("https://example.org/study")});
  QVERIFY(droppedFiles(&data).folder.isEmpty());
}

void TestWidgets::findingsHaveARowEach() {
  FindingsTable table;
  table.setFindings(kFindings);
  QCOMPARE(table.rowCount(), 3);
  const QStringList error{"Error", "sub-01_bold.nii.gz", "sub-01 run-1", "has 3 dimensions, not 4",
                          "convert it again"};
  for (int column = 0; column < error.size(); ++column)
    QCOMPARE(table.item(0, column)->text(), error[column]);
  QCOMPARE(table.item(1, 0)->text(), QString("Warning"));
  QCOMPARE(table.item(2, 0)->text(), QString("Note"));
  QSet<QRgb> colours;
  for (int row = 0; row < 3; ++row) colours.insert(table.item(row, 0)->foreground().color().rgb());
  QCOMPARE(colours.size(), 3);
  table.setFindings({kFindings[2]});
  QCOMPARE(table.rowCount(), 1);
  QCOMPARE(table.item(0, 3)->text(), QString("two runs are held out"));
}

void TestWidgets::fewColumnsHoldAllOfAFinding() {
  FindingsTable table(FindingsTable::Columns::Few);
  table.setFindings(kFindings);
  QCOMPARE(table.item(0, 3)->text(),
           QStringLiteral("has 3 dimensions, not 4\nsub-01_bold.nii.gz · sub-01 run-1\n→ convert it again"));
  QCOMPARE(table.item(2, 3)->text(), QString("two runs are held out"));
  for (const int hidden : {1, 2, 4}) QVERIFY(table.isColumnHidden(hidden));
}

void TestWidgets::findingsTipsAreNoHtml() {
  FindingsTable table;
  table.setFindings(kFindings);
  QCOMPARE(readTip(table.item(1, 1)->toolTip()), QString("<b>events</b>.tsv"));
  QVERIFY(table.item(2, 1)->toolTip().isEmpty());
}

void TestWidgets::findingsAreCopiedInTheirOrder() {
  FindingsTable table;
  table.setFindings(kFindings);
  table.setSelectionMode(QAbstractItemView::MultiSelection);
  table.selectRow(1);
  table.selectRow(0);
  const QString first = "Error\tsub-01_bold.nii.gz\tsub-01 run-1\thas 3 dimensions, not 4\tconvert it again";
  const QString second = "Warning\t<b>events</b>.tsv\t\tends; before the run\t";
  table.actions().constFirst()->trigger();
  QCOMPARE(QGuiApplication::clipboard()->text(), first + "\n" + second);
}

void TestWidgets::findingsAreCounted_data() {
  QTest::addColumn<int>("errors");
  QTest::addColumn<int>("warnings");
  QTest::addColumn<QString>("text");
  QTest::newRow("none") << 0 << 0 << "no problems";
  QTest::newRow("one error") << 1 << 0 << "1 error";
  QTest::newRow("errors") << 12 << 0 << "12 errors";
  QTest::newRow("one warning") << 0 << 1 << "1 warning";
  QTest::newRow("both") << 2 << 3 << "2 errors, 3 warnings";
}

void TestWidgets::findingsAreCounted() {
  QFETCH(int, errors);
  QFETCH(int, warnings);
  Findings findings(std::size_t(errors), kFindings[0]);
  findings.insert(findings.end(), std::size_t(warnings), kFindings[1]);
  findings.push_back(kFindings[2]);
  QTEST(shownCounts(findings), "text");
}

void TestWidgets::jobBarFollowsAJob() {
  Work work;
  JobRunner jobs;
  JobBar bar(jobs);
  QVERIFY(bar.isHidden());
  work.start(jobs, "Training");
  QVERIFY(!bar.isHidden());
  auto& progress = widgetIn<QProgressBar>(bar, "jobProgress");
  auto& stage = widgetIn<QLabel>(bar, "jobStage");
  QTRY_COMPARE(stage.text(), QString("reading"));
  QCOMPARE(progress.value(), 0);
  work.goTo(40);
  QTRY_COMPARE(progress.value(), 400);
  QCOMPARE(stage.text(), QString("ridge of P02"));
  QCOMPARE(bar.findChild<QLabel*>()->text(), QString("Training"));
  // What the runner says of the time left, in words.
  emit jobs.progressed(0.5, "ridge of P03", 185);
  QCOMPARE(widgetIn<QLabel>(bar, "jobTimeLeft").text(), QString("about 3 min left"));
  work.goTo(Work::kFinish);
  QTRY_VERIFY(bar.isHidden());
  work.start(jobs, "Opening");
  QCOMPARE(progress.value(), 0);
  QVERIFY(stage.text().isEmpty() && widgetIn<QLabel>(bar, "jobTimeLeft").text().isEmpty());
}

void TestWidgets::jobBarCancels() {
  Work work;
  JobRunner jobs;
  JobBar bar(jobs);
  bar.show();
  work.start(jobs, "Training");
  work.goTo(30);
  auto& progress = widgetIn<QProgressBar>(bar, "jobProgress");
  auto& cancel = widgetIn<QPushButton>(bar, "jobCancel");
  QTRY_COMPARE(progress.value(), 300);
  QTest::mouseClick(&cancel, Qt::LeftButton);
  QVERIFY(!cancel.isEnabled());
  emit jobs.progressed(0.6, "said before it stopped", 5);
  QCOMPARE(widgetIn<QLabel>(bar, "jobStage").text(), QStringLiteral("stopping …"));
  QCOMPARE(progress.value(), 300);
  QTRY_VERIFY(bar.isHidden());
  QVERIFY(!jobs.isRunning());
  work.start(jobs, "Training");
  QVERIFY(cancel.isEnabled() && !bar.isHidden());
}

void TestWidgets::jobBarGoesAwayAfterAFailure() {
  Work work;
  JobRunner jobs;
  JobBar bar(jobs);
  work.start(jobs, "Training");
  work.goTo(Work::kFail);
  QTRY_VERIFY(bar.isHidden());
}

void TestWidgets::timeLeftInWords_data() {
  QTest::addColumn<double>("seconds");
  QTest::addColumn<QString>("words");
  QTest::newRow("soon") << 9.9 << "a few seconds left";
  QTest::newRow("from ten seconds on") << 10.0 << "about 10 s left";
  QTest::newRow("to a minute and a half") << 89.0 << "about 90 s left";
  QTest::newRow("minutes") << 91.0 << "about 2 min left";
  QTest::newRow("the most minutes") << 5399.0 << "about 90 min left";
  QTest::newRow("hours") << 5400.0 << "about 1.5 h left";
}

void TestWidgets::timeLeftInWords() {
  QFETCH(double, seconds);
  QTEST(shownTimeLeft(seconds), "words");
}

void TestWidgets::peopleAreToldApart() {
  QSet<QRgb> colours;
  for (int person = 0; person < 10; ++person) colours.insert(look::personColour(person).rgb());
  QCOMPARE(colours.size(), 10);
  QCOMPARE(look::personColour(10), look::personColour(0));
  QVERIFY(look::personColour(-1).isValid());
}

void TestWidgets::textsOfOthersAreNoHtml() {
  QWidget parent;
  for (QLabel* label : {look::heading("<i>film</i>", &parent), look::note("<i>film</i>", &parent)}) {
    const int asIs = label->sizeHint().width();
    label->setText("film");
    QVERIFY(label->sizeHint().width() < asIs);
  }
}

void TestWidgets::everyIconIsDrawn() {
  QSet<QByteArray> drawn;
  for (int which = 0; which <= int(look::Icon::Brain); ++which) {
    const QImage image = look::icon(static_cast<look::Icon>(which)).pixmap(QSize(24, 24), 1.0).toImage();
    const QImage off =
        look::icon(static_cast<look::Icon>(which)).pixmap(QSize(24, 24), 1.0, QIcon::Disabled).toImage();
    QVERIFY(!image.isNull() && image != off);
    drawn.insert(QByteArray(reinterpret_cast<const char*>(image.constBits()), image.sizeInBytes()));
  }
  QCOMPARE(drawn.size(), int(look::Icon::Brain) + 1);
}

void TestWidgets::axesWriteNumbersAsAllElse() {
  QLocale::setDefault(QLocale::German);
  QCustomPlot plot;
  look::style(plot);
  plot.yAxis->setRange(0, 1);
  plot.replot();
  QVERIFY(plot.yAxis->tickVectorLabels().contains("0.2"));
}

void TestWidgets::numbersAreTypedWithPointOrComma_data() {
  QTest::addColumn<QString>("typed");
  QTest::addColumn<double>("number");
  QTest::addColumn<QString>("text");
  QTest::newRow("point") << "2.5" << 2.5 << "2.50 s";
  QTest::newRow("comma") << "2,5" << 2.5 << "2.50 s";
  QTest::newRow("below nothing") << "-,25" << -0.25 << "-0.25 s";
  QTest::newRow("thousands are not grouped")
      << "1,250.5" << 1.25 << "1.25 s";  // the second point is not taken
  QTest::newRow("a thousand") << "1250" << 1250. << "1250.00 s";
}

void TestWidgets::numbersAreTypedWithPointOrComma() {
  QFETCH(QString, typed);
  for (const QLocale::Language language : {QLocale::C, QLocale::English, QLocale::German}) {
    QLocale::setDefault(language);
    NumberBox box;
    box.setRange(-1e4, 1e4);
    box.setSuffix(" s");
    box.selectAll();
    QTest::keyClicks(&box, typed);
    QTEST(box.value(), "number");
    QTest::keyClick(&box, Qt::Key_Return);
    QTEST(box.text(), "text");
  }
}

QTEST_MAIN(TestWidgets)
#include "tst_widgets.moc"
