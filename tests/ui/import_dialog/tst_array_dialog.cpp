// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTreeView>

#include "core/import/source_folder.h"
#include "import_dialog/array_button.h"
#include "import_dialog/array_dialog.h"
#include "import_dialog/import_dialog.h"
#include "import_dialog/plan_table.h"
#include "ui/window_stage.h"
#include "widgets/shown_text.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

ImportArrayFile fileOf(const std::string& name, const std::vector<std::string>& paths) {
  ImportArrayFile file{name, {}, {}};
  for (const std::string& path : paths) file.arrays.push_back({path, {6, 20}, "float32", {}, {}});
  return file;
}

ArrayChoice general(const std::string& path) {
  return {"", path};
}

QStringList textsOf(const std::vector<ArrayChoice>& choices) {
  QStringList texts;
  for (const ArrayChoice& choice : choices)
    texts.append(QString::fromStdString(choice.file + ":" + choice.array));
  return texts;
}

/// A dialog with what a test does to it.
class Stage {
 public:
  explicit Stage(std::vector<ImportArrayFile> files) : dialog(std::move(files), nullptr) {
    dialog.show();
    QCoreApplication::processEvents();
  }
  QTreeView& tree() { return widgetIn<QTreeView>(dialog, "arrayTree"); }
  /// The row of this name, wherever it is.
  QModelIndex row(const QString& name) {
    const QAbstractItemModel& model = *tree().model();
    const QModelIndexList found =
        model.match(model.index(0, 0), Qt::DisplayRole, name, 1, Qt::MatchExactly | Qt::MatchRecursive);
    return found.isEmpty() ? QModelIndex() : found.front();
  }
  void click(const QString& name, Qt::KeyboardModifiers keys = {}) {
    tree().scrollTo(row(name));
    QTest::mouseClick(tree().viewport(), Qt::LeftButton, keys, tree().visualRect(row(name)).center());
  }
  QString cell(const QString& name, int column) {
    return row(name).siblingAtColumn(column).data().toString();
  }
  bool canUse() { return widgetIn<QPushButton>(dialog, "arrayUse").isEnabled(); }

  ArrayDialog dialog;
};

}  // namespace

class TestArrayDialog : public QObject {
  Q_OBJECT

 private slots:
  /// A real folder with real HDF5 files, by clicks alone.
  void clicksChooseAndPlanAgain() {
    const SourceFolder folder;
    for (const char* person : {"P1", "P2"})
      folder.hdf5(std::string(person) + "_film.h5",
                  {{"bold/clean", {6, 20}}, {"bold/raw", {6, 90}}, {"times", {6}}});
    ImportDialog dialog(programActions({}), folder.path(), nullptr);
    dialog.show();
    auto& button = widgetIn<QPushButton>(dialog, "importArray");
    QVERIFY(!button.isEnabled());
    QVERIFY(button.toolTip().contains("No file"));
    dialog.look(folder.path());
    QTRY_VERIFY(!dialog.isBusy());
    auto& people = widgetIn<PlanTable>(dialog, "planTable");
    QCOMPARE(people.columnCount(), 3);  // the person and two runs, clean and raw
    QTest::mouseClick(&button, Qt::LeftButton);
    auto* arrays = dialog.findChild<ArrayDialog*>();
    QVERIFY(arrays != nullptr && arrays->isVisible());
    auto& tree = widgetIn<QTreeView>(*arrays, "arrayTree");
    const QModelIndex clean = tree.model()->index(0, 0, tree.model()->index(0, 0));
    QCOMPARE(clean.data().toString(), QString("clean"));
    QTest::mouseClick(tree.viewport(), Qt::LeftButton, {}, tree.visualRect(clean).center());
    QCOMPARE(widgetIn<QLabel>(*arrays, "arrayWhat").text(), QString("bold/clean, in 2 of 2 files."));
    QTest::mouseClick(&widgetIn<QPushButton>(*arrays, "arrayUse"), Qt::LeftButton);
    QTRY_VERIFY(!dialog.isBusy() && people.columnCount() == 2);
    for (int row = 0; row < 2; ++row) QCOMPARE(people.item(row, 1)->text(), QStringLiteral("6 × 20"));
    QVERIFY(people.item(1, 1)->toolTip().contains("P2_film.h5 [bold/clean]"));
    QVERIFY(button.toolTip().contains("chosen: bold/clean"));
    dialog.look(folder.path());  // a folder that is looked through anew starts without choices
    QTRY_VERIFY(!dialog.isBusy() && people.columnCount() == 3);
  }

  void rowsSayWhatDataSetsAre() {
    ImportArrayFile file = fileOf("a.h5", {"group/good"});
    file.taken = {"group/good"};
    file.arrays.push_back({"group/stack", {2, 3, 4}, "int16", {}, {}});
    file.arrays.push_back({"names", {7}, "|S20", {}, "holds text"});
    file.arrays.push_back({"row", {1, 30000}, "float64", {}, {}});
    Stage stage({file});
    QCOMPARE(stage.cell("good", 1), QStringLiteral("6 × 20"));
    QCOMPARE(stage.cell("good", 2), QString("float32"));
    QCOMPARE(stage.cell("good", 3), QStringLiteral("6 samples × 20 values ✓"));
    QCOMPARE(stage.cell("row", 1), QStringLiteral("1 × 30,000"));
    for (const auto& [name, why] :
         {std::pair{"stack", "3 dimensions"}, {"names", "holds text"}, {"row", "1 x 30000"}}) {
      QCOMPARE(stage.cell(name, 3), QString("no run"));
      QVERIFY2(stage.row(name).data(Qt::ToolTipRole).toString().contains(why), name);
      stage.click(name);
      QVERIFY2(!stage.canUse(), name);
    }
    stage.click("group");
    QVERIFY(!stage.canUse());
    QVERIFY(!widgetIn<QCheckBox>(stage.dialog, "arrayAlone").isVisible());  // there is but one file
    stage.click("good");
    QVERIFY(stage.canUse());
  }

  void keysChoose() {
    ImportArrayFile file = fileOf("a.h5", {"a/one", "a/two"});
    file.arrays.insert(file.arrays.begin(), {"a/bad", {2, 3, 4}, "int16", {}, {}});
    Stage stage({file});
    QSignalSpy accepted(&stage.dialog, &QDialog::accepted);
    QTest::keyClick(&stage.tree(), Qt::Key_Down);  // from the group over what cannot be chosen
    QVERIFY(stage.canUse());
    QTest::keyClick(&stage.tree(), Qt::Key_Down);
    QTest::keyClick(&stage.tree(), Qt::Key_Return);
    QCOMPARE(accepted.count(), 1);
    QCOMPARE(textsOf(stage.dialog.choicesAfter({})), QStringList{":a/two"});
  }

  void escapeChangesNothing() {
    Stage stage({fileOf("a.h5", {"one", "two"})});
    QSignalSpy accepted(&stage.dialog, &QDialog::accepted);
    stage.click("one");
    QTest::keyClick(&stage.tree(), Qt::Key_Escape);
    QVERIFY(!stage.dialog.isVisible());
    QCOMPARE(accepted.count(), 0);
  }

  void aFileAloneOrAllOfThem() {
    const std::vector<ArrayChoice> before{
        general("one"), general("other"), {"b.h5", "two"}, {"a.h5", "three"}};
    Stage stage({fileOf("a.h5", {"one", "two", "three"}), fileOf("b.h5", {"one", "two"})});
    stage.click("two");
    QCOMPARE(textsOf(stage.dialog.choicesAfter(before)), (QStringList{":other", "b.h5:two", ":two"}));
    auto& alone = widgetIn<QCheckBox>(stage.dialog, "arrayAlone");
    QTest::mouseClick(&alone, Qt::LeftButton, {}, {8, alone.height() / 2});
    QVERIFY(alone.isChecked());
    QCOMPARE(textsOf(stage.dialog.choicesAfter(before)),
             (QStringList{":one", ":other", "b.h5:two", "a.h5:two"}));
    stage.click("three", Qt::ControlModifier);
    QVERIFY(widgetIn<QLabel>(stage.dialog, "arrayWhat").text().startsWith("2 data sets"));
    QCOMPARE(textsOf(stage.dialog.choicesAfter({})), (QStringList{"a.h5:two", "a.h5:three"}));
    widgetIn<QComboBox>(stage.dialog, "arrayFile").setCurrentIndex(1);
    QVERIFY(!stage.row("three").isValid());
    stage.click("one");
    QCOMPARE(textsOf(stage.dialog.choicesAfter(before)),
             (QStringList{":one", ":other", "a.h5:three", "b.h5:one"}));
  }

  void thousandsAreSearched() {
    std::vector<std::string> paths;
    for (int i = 0; i < 50'000; ++i)
      paths.push_back("day" + textOf(i / 100) + "/trial" + textOf(i) + "/bold");
    Stage stage({fileOf("a.h5", paths)});
    QCOMPARE(stage.tree().model()->rowCount(), 500);
    QTest::keyClicks(&widgetIn<QLineEdit>(stage.dialog, "arraySearch"), "TRIAL4321/");
    QTRY_COMPARE(stage.tree().model()->rowCount(), 1);
    stage.tree().expandAll();
    stage.click("bold");
    QCOMPARE(textsOf(stage.dialog.choicesAfter({})), QStringList{":day43/trial4321/bold"});
  }

  void hostileNamesAreShownPrintable() {
    const std::string deep = [] {
      std::string path;
      for (int i = 0; i < 20'000; ++i) path += "g/";
      return path + "x";
    }();
    const std::vector<std::string> paths{"line\nend\x1b[31m",
                                         "\xe2\x80\xae"
                                         "gnp.exe",
                                         "\xff\xfe",
                                         std::string(5'000'000, 'a'),
                                         deep,
                                         ""};
    Stage stage({fileOf("a\n.h5", paths)});
    QVERIFY(stage.row(QString("line%1end%1[31m").arg(QChar(QChar::ReplacementCharacter))).isValid());
    QVERIFY(stage.row(QString("%1gnp.exe").arg(QChar(QChar::ReplacementCharacter))).isValid());
    stage.click(QString("line%1end%1[31m").arg(QChar(QChar::ReplacementCharacter)));
    QCOMPARE(stage.dialog.choicesAfter({}).front().array, paths[0]);  // the true name is what is chosen
    QCOMPARE(shownName(paths[3]).size(), 120);
    QVERIFY(shownName(paths[3]).contains(QStringLiteral("…")));
    QVERIFY(stage.row("(no name)").isValid());
    QCOMPARE(plainTip("a <b>\n&"), QString("<qt>a &lt;b&gt;<br>&amp;</qt>"));
    QVERIFY(!widgetIn<QComboBox>(stage.dialog, "arrayFile").currentText().contains('\n'));
    stage.dialog.grab();
  }
};

int main(int argc, char** argv) {
  TestArrayDialog test;
  return runWindowTest(test, argc, argv);
}
#include "base/text.h"
#include "tst_array_dialog.moc"
