// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QTest>

#include "architecture/function_lengths.h"
#include "architecture/rules.h"
#include "architecture/text_rules.h"

using namespace cortexscope::test;

Q_DECLARE_METATYPE(SourceFile)

namespace {

const QString kRoot = QStringLiteral(CORTEXSCOPE_SOURCE_DIR);

/// What a build or an editor leaves in a checkout is no part of the project (see .gitignore).
bool isIgnored(const QString& entry) {
  return entry.startsWith("build") || entry == ".git" || entry == ".cache" || entry.endsWith(".swp");
}

std::vector<std::string> rootEntries() {
  std::vector<std::string> names;
  for (const QString& name : QDir(kRoot).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot))
    if (!isIgnored(name)) names.push_back(name.toStdString());
  return names;
}

SourceFile read(const QString& path) {
  QFile file(path);
  const bool open = file.open(QIODevice::ReadOnly);
  return {QDir(kRoot).relativeFilePath(path).toStdString(),
          open ? file.readAll().toStdString() : std::string()};
}

/// All text files of the project; a NUL byte tells the others.
std::vector<SourceFile> projectFiles() {
  std::vector<SourceFile> files;
  for (const std::string& entry : rootEntries()) {
    const QString path = kRoot + "/" + QString::fromStdString(entry);
    if (QFileInfo(path).isFile()) files.push_back(read(path));
    QDirIterator below(path, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (QFileInfo(path).isDir() && below.hasNext()) {
      SourceFile file = read(below.next());
      if (file.text.find('\0') == std::string::npos && !file.path.ends_with(".swp"))
        files.push_back(std::move(file));
    }
  }
  return files;
}

/// All files and folders of the project, whatever is in them.
std::set<std::string> projectEntries() {
  std::set<std::string> entries;
  for (const std::string& entry : rootEntries()) {
    entries.insert(entry);
    QDirIterator below(kRoot + "/" + QString::fromStdString(entry),
                       QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (below.hasNext()) entries.insert(QDir(kRoot).relativeFilePath(below.next()).toStdString());
  }
  return entries;
}

template <class Rule>
Offenders inAll(const std::vector<SourceFile>& files, Rule rule) {
  Offenders all;
  for (const SourceFile& file : files)
    for (const std::string& offender : rule(file)) all.push_back(offender);
  return all;
}

void expectNone(const Offenders& offenders) {
  QByteArray list;
  for (const std::string& offender : offenders) list += "\n  " + QByteArray::fromStdString(offender);
  QVERIFY2(offenders.empty(), list.constData());
}

std::string body(int lines) {
  std::string text = "int f(int a) {\n";
  for (int i = 2; i < lines; ++i) text += "  ++a;\n";
  return text + "}\n";
}

}  // namespace

class ArchitectureTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void folderRuleFindsOffenders_data();
  void folderRuleFindsOffenders();
  void insidesStayInside();
  void libraryRuleFindsOffenders_data();
  void libraryRuleFindsOffenders();
  void privateHeaderStaysInItsRoom();
  void lengthRuleFindsOffenders_data();
  void lengthRuleFindsOffenders();
  void functionsAreMeasured();
  void literalsAndCommentsAreBlanked();
  void textRulesFindOffenders_data();
  void textRulesFindOffenders();
  void licenceRuleFindsOffenders_data();
  void licenceRuleFindsOffenders();
  void linkRuleFindsOffenders_data();
  void linkRuleFindsOffenders();
  void localeRuleFindsOffenders();
  void namesAndRootEntriesAreChecked();

  void foldersIncludeOnlyToTheLeft() { expectNone(inAll(m_files, wrongFolderIncludes)); }
  void privateHeadersStayInside() { expectNone(wrongPrivateIncludes(m_files)); }
  void librariesStayInTheirRooms() { expectNone(wrongLibraryIncludes(m_files)); }
  void filesAndFunctionsAreShort() { expectNone(inAll(m_files, tooLong)); }
  void noPathsOfOneMachine() { expectNone(inAll(m_files, machinePaths)); }
  void numbersDoNotFollowTheLocale() { expectNone(inAll(m_files, numbersByLocale)); }
  void noForbiddenWords() { expectNone(inAll(m_files, forbiddenWords)); }
  void filesNameTheirLicence() { expectNone(inAll(m_files, withoutLicence)); }
  void linksLeadSomewhere() {
    const std::set<std::string> entries = projectEntries();
    expectNone(inAll(m_files, [&](const SourceFile& file) { return brokenLinks(file, entries); }));
  }
  void filesAreNamedInSnakeCase() { expectNone(inAll(m_files, wrongNames)); }
  void rootHoldsOnlyTheLayout() { expectNone(unknownRootEntries(rootEntries())); }

 private:
  std::vector<SourceFile> m_files;
};

void ArchitectureTest::initTestCase() {
  if (!QFileInfo::exists(kRoot + "/CMakeLists.txt")) QSKIP("the source tree is not beside this build");
  m_files = projectFiles();
  QVERIFY2(m_files.size() > 50, "the source tree was not read");
}

void ArchitectureTest::folderRuleFindsOffenders_data() {
  QTest::addColumn<QString>("path");
  QTest::addColumn<QString>("include");
  QTest::addColumn<bool>("wrong");
  const auto row = [](const char* name, const char* path, const char* include, bool wrong) {
    QTest::newRow(name) << path << include << wrong;
  };
  row("left", "core/encoding/ridge.cpp", "stats/correlation.h", false);
  row("own folder", "core/encoding/ridge.cpp", "encoding/ridge.h", false);
  row("right", "core/io/arrays/npy.cpp", "features/delays.h", true);
  row("base sees nothing", "core/base/job.h", "stats/tests.h", true);
  row("left inside a room", "core/io/images/image.cpp", "io/packing/gzip.h", false);
  row("right inside a room", "core/io/packing/gzip.cpp", "io/images/image.h", true);
  row("document sees no pipeline", "core/study/document/study_file.cpp", "study/pipeline/feature_step.h",
      true);
  row("pipeline sees document", "core/study/pipeline/feature_step.cpp", "study/document/study.h", false);
  row("study sees no import", "core/study/pipeline/pipeline.cpp", "import/plan/import_plan.h", true);
  row("formats see no network", "core/networks/onnx/read.cpp", "networks/network.h", true);
  row("core sees no ui", "core/study/document/study.cpp", "control/study_controller.h", true);
  row("core sees no scene", "core/study/document/study.cpp", "scene/picker.h", true);
  row("scene sees cortex", "ui/scene/picker.cpp", "cortex/surface.h", false);
  row("scene sees no study", "ui/scene/picker.cpp", "study/document/study.h", true);
  row("scene sees no panels", "ui/scene/picker.cpp", "panels/film_panel.h", true);
  row("window sees scene", "ui/window/main_window.cpp", "scene/picker.h", false);
  row("control sees no panel", "ui/control/study_controller.cpp", "panels/film_panel.h", true);
  row("surface view sees no study", "ui/surface_view/gl_canvas.cpp", "study/document/study.h", true);
  row("surface view sees no panel", "ui/surface_view/gl_canvas.cpp", "panels/film_panel.h", true);
  row("folder without a place", "core/io/attic/old.cpp", "base/error.h", true);
  row("app sees all", "app/main.cpp", "window/main_window.h", false);
  row("tests see all", "tests/core/base/tst_job.cpp", "study/document/study.h", false);
}

void ArchitectureTest::folderRuleFindsOffenders() {
  QFETCH(QString, path);
  QFETCH(QString, include);
  QFETCH(bool, wrong);
  const SourceFile file{path.toStdString(), "#pragma once\n#include \"" + include.toStdString() + "\"\n"};
  const Offenders offenders = wrongFolderIncludes(file);
  QCOMPARE(offenders.size(), std::size_t(wrong ? 1 : 0));
  if (wrong) QVERIFY(offenders.front().starts_with(file.path + ":"));
}

void ArchitectureTest::insidesStayInside() {
  const SourceFile header{"core/io/media/stream.h", "#pragma once\n// Private to io/media.\n"};
  const SourceFile owner{"core/io/media/video.cpp", "#include \"io/media/stream.h\"\n"};
  const SourceFile stranger{"core/io/inspect/inspect.cpp", "#include \"io/media/stream.h\"\n"};
  const SourceFile test{"tests/core/io/tst_stream.cpp", "#include \"io/media/stream.h\"\n"};
  QVERIFY(wrongPrivateIncludes({header, owner, test}).empty());
  QCOMPARE(wrongPrivateIncludes({header, owner, test, stranger}),
           Offenders{"core/io/inspect/inspect.cpp:1: io/media/stream.h is private to io/media"});
}

void ArchitectureTest::libraryRuleFindsOffenders_data() {
  QTest::addColumn<QString>("path");
  QTest::addColumn<QString>("include");
  QTest::addColumn<bool>("wrong");
  QTest::newRow("Qt in core") << "core/study/document/study.cpp"
                              << "QString" << true;
  QTest::newRow("Qt in scene") << "ui/scene/picker.cpp"
                               << "QtGui/QImage" << true;
  QTest::newRow("Qt in ui") << "ui/widgets/look.h"
                            << "QColor" << false;
  QTest::newRow("plots in scene") << "ui/scene/picker.cpp"
                                  << "qcustomplot.h" << true;
  QTest::newRow("VTK in core") << "core/cortex/surface.cpp"
                               << "vtkPolyData.h" << true;
  QTest::newRow("VTK in scene") << "ui/scene/picker.h"
                                << "vtkNew.h" << false;
  QTest::newRow("VTK in surface view") << "ui/surface_view/gl_canvas.h"
                                       << "vtkNew.h" << false;
  QTest::newRow("VTK in ui") << "ui/window/main_window.cpp"
                             << "vtkNew.h" << true;
  QTest::newRow("OpenCV in features") << "core/networks/network.cpp"
                                      << "opencv2/dnn.hpp" << false;
  QTest::newRow("OpenCV in io") << "core/io/media/media.cpp"
                                << "opencv2/core.hpp" << true;
  QTest::newRow("FFmpeg in io") << "core/io/media/media.cpp"
                                << "libavcodec/avcodec.h" << false;
  QTest::newRow("FFmpeg in ui") << "ui/playback/film_decoder.cpp"
                                << "libswscale/swscale.h" << true;
  QTest::newRow("HDF5 in study") << "core/study/document/study.cpp"
                                 << "hdf5.h" << true;
  QTest::newRow("standard header") << "core/base/job.h"
                                   << "queue" << false;
}

void ArchitectureTest::libraryRuleFindsOffenders() {
  QFETCH(QString, path);
  QFETCH(QString, include);
  QFETCH(bool, wrong);
  const SourceFile file{path.toStdString(), "#include <" + include.toStdString() + ">\n"};
  QCOMPARE(wrongLibraryIncludes({file}).size(), std::size_t(wrong ? 1 : 0));
}

void ArchitectureTest::privateHeaderStaysInItsRoom() {
  const SourceFile header{"core/io/media/stream.h", "#include <libavcodec/avcodec.h>\n"};
  const SourceFile owner{"core/io/media/media.cpp", "#include \"io/media/stream.h\"\n"};
  const SourceFile stranger{"core/features/visual.cpp", "#include \"io/media/stream.h\"\n"};
  QVERIFY(wrongLibraryIncludes({header, owner}).empty());
  QCOMPARE(wrongLibraryIncludes({header, owner, stranger}).size(), std::size_t(1));
  const SourceFile canvas{"ui/surface_view/gl_canvas.h", "#include <vtkNew.h>\n"};
  const SourceFile window{"ui/window/main_window.cpp", "#include \"surface_view/gl_canvas.h\"\n"};
  QCOMPARE(wrongLibraryIncludes({canvas, window}).size(), std::size_t(1));
}

void ArchitectureTest::lengthRuleFindsOffenders_data() {
  QTest::addColumn<QString>("path");
  QTest::addColumn<QString>("text");
  QTest::addColumn<bool>("wrong");
  const auto lines = [](int count) { return QString("\n").repeated(count); };
  QTest::newRow("source of 420") << "core/io/a.cpp" << lines(420) << false;
  QTest::newRow("source of 421") << "core/io/a.cpp" << lines(421) << true;
  QTest::newRow("header of 150") << "core/io/a.h" << lines(150) << false;
  QTest::newRow("header of 151") << "core/io/a.h" << lines(151) << true;
  QTest::newRow("main window of 620") << "ui/window/main_window.cpp" << lines(620) << false;
  QTest::newRow("main window of 621") << "ui/window/main_window.cpp" << lines(621) << true;
  QTest::newRow("function of 80") << "core/io/a.cpp" << QString::fromStdString(body(80)) << false;
  QTest::newRow("function of 81") << "core/io/a.cpp" << QString::fromStdString(body(81)) << true;
  QTest::newRow("table of 900") << "resources/a.tsv" << lines(900) << false;
}

void ArchitectureTest::lengthRuleFindsOffenders() {
  QFETCH(QString, path);
  QFETCH(QString, text);
  QFETCH(bool, wrong);
  QCOMPARE(tooLong({path.toStdString(), text.toStdString()}).size(), std::size_t(wrong ? 1 : 0));
}

void ArchitectureTest::functionsAreMeasured() {
  const std::string source =
      "#define MACRO(x) \\\n  if (x) {\n"
      "namespace a {\n"
      "struct Plain { int value = 0; };\n"
      "constexpr int kTable[] = {1, 2,\n 3};\n"
      "const auto kLambda = [](int x) {\n return x; };\n"
      "class B : public C {\n"
      " public:\n"
      "  B() : m_one(1), m_two{2} {\n  }\n"
      "  int get() const noexcept { return 1'000 + '{'; }\n"
      "};\n"
      "template <class T>\nvoid B::run(T t) {\n  if (t) {\n    go(\"}\");\n  }\n}\n"
      "}\n";
  const auto found = functionLengths(source);
  QStringList summary;
  for (const FunctionLength& f : found) summary << QString("%1 %2").arg(f.name.c_str()).arg(f.lineCount);
  QVERIFY2(summary.contains("get 1"), qPrintable(summary.join(", ")));
  QVERIFY2(summary.contains("run 5"), qPrintable(summary.join(", ")));
  QVERIFY2(!summary.join(' ').contains("Table"), qPrintable(summary.join(", ")));
}

void ArchitectureTest::literalsAndCommentsAreBlanked() {
  QCOMPARE(withoutCommentsAndLiterals("a /* { */ b // {\nc"), std::string("a         b     \nc"));
  QCOMPARE(withoutCommentsAndLiterals("f(\"\\\"{\", '{', 1'000)"), std::string("f(     ,    , 1'000)"));
  QCOMPARE(withoutCommentsAndLiterals("R\"x({)\")x\" y"), std::string("R          y"));
  QCOMPARE(withoutCommentsAndLiterals("/* never closed {"), std::string(17, ' '));
}

void ArchitectureTest::textRulesFindOffenders_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<int>("paths");
  QTest::addColumn<int>("words");
  // Slashes and words are joined here, so that this file passes its own rules.
  const QString slash = "/";
  QTest::newRow("clean") << "see core" + slash + "work/plan, ${TMP}" + slash + "tmp/x and todos" << 0 << 0;
  QTest::newRow("home") << "open(\"" + slash + "home/me/film.mp4\")" << 1 << 0;
  QTest::newRow("temporary") << "cd " + slash + "tmp/x" << 1 << 0;
  QTest::newRow("two lines") << slash + "work/a\n'" + slash + "work/b'" << 2 << 0;
  QTest::newRow("unfinished") << QString("// TO") + "DO later" << 0 << 1;
  QTest::newRow("number") << QString("see issue ") + "#12" << 0 << 1;
  QTest::newRow("part of a word") << QString("auTO") + "DOwn" << 0 << 0;
}

void ArchitectureTest::textRulesFindOffenders() {
  QFETCH(QString, text);
  QFETCH(int, paths);
  QFETCH(int, words);
  const SourceFile file{"README.md", text.toStdString()};
  QCOMPARE(static_cast<int>(machinePaths(file).size()), paths);
  QCOMPARE(static_cast<int>(forbiddenWords(file).size()), words);
}

void ArchitectureTest::licenceRuleFindsOffenders_data() {
  QTest::addColumn<QString>("path");
  QTest::addColumn<QString>("text");
  QTest::addColumn<bool>("wrong");
  const QString licence = "SPDX-License-Identifier: GPL-3.0-or-later\n";
  QTest::newRow("source") << "core/io/a.cpp"
                          << "// " + licence + "int a;\n"
                          << false;
  QTest::newRow("source without") << "core/io/a.cpp"
                                  << "int a;\n"
                                  << true;
  QTest::newRow("empty header") << "core/io/a.h"
                                << "" << true;
  QTest::newRow("second line") << "core/io/a.h"
                               << "#pragma once\n// " + licence << true;
  QTest::newRow("other licence") << "core/io/a.h"
                                 << "// SPDX-License-Identifier: MIT\n"
                                 << true;
  QTest::newRow("other comment") << "core/io/a.h"
                                 << "# " + licence << true;
  QTest::newRow("no newline") << "core/io/a.h"
                              << "// " + licence.trimmed() << false;
  QTest::newRow("script") << "packaging/a.sh"
                          << "#!/bin/sh\n# " + licence << false;
  QTest::newRow("script without") << "packaging/a.sh"
                                  << "#!/bin/sh\necho\n"
                                  << true;
  QTest::newRow("nothing but a shebang") << "packaging/a.sh"
                                         << "#!/bin/sh" << true;
  QTest::newRow("script without an ending") << ".ci/a"
                                            << "#!/bin/sh\necho\n"
                                            << true;
  QTest::newRow("part of scripts") << "packaging/b.sh"
                                   << "# " + licence << false;
  QTest::newRow("CMake") << "core/CMakeLists.txt"
                         << "add_library(a)\n"
                         << true;
  QTest::newRow("Python") << "tests/a.py"
                          << "# " + licence << false;
  QTest::newRow("page") << "README.md"
                        << "text\n"
                        << false;
  QTest::newRow("data") << "packaging/packages.txt"
                        << "cmake\n"
                        << false;
}

void ArchitectureTest::licenceRuleFindsOffenders() {
  QFETCH(QString, path);
  QFETCH(QString, text);
  QFETCH(bool, wrong);
  QCOMPARE(withoutLicence({path.toStdString(), text.toStdString()}).size(), std::size_t(wrong ? 1 : 0));
}

void ArchitectureTest::linkRuleFindsOffenders_data() {
  QTest::addColumn<QString>("page");
  QTest::addColumn<QString>("text");
  QTest::addColumn<int>("broken");
  QTest::newRow("file") << "README.md"
                        << "[a](LICENSE) ![b](resources/p.png)" << 0;
  QTest::newRow("part of a page") << "README.md"
                                  << "[a](resources/guide/b.md#c)" << 0;
  QTest::newRow("folder") << "README.md"
                          << "[a](resources)" << 0;
  QTest::newRow("web") << "README.md"
                       << "[a](https://example.org/x)" << 0;
  QTest::newRow("same page") << "README.md"
                             << "[a](#b)" << 0;
  QTest::newRow("missing") << "README.md"
                           << "[a](resources/q.png), [b](LICENSE), [c](none.md)" << 2;
  QTest::newRow("beside") << "resources/guide/a.md"
                          << "[a](b.md) [b](../p.png)" << 0;
  QTest::newRow("from the root") << "resources/guide/a.md"
                                 << "[a](resources/p.png)" << 1;
  QTest::newRow("not installed") << "resources/guide/a.md"
                                 << "[a](../../LICENSE)" << 1;
  QTest::newRow("no page") << "core/a.cpp"
                           << "[a](none.md)" << 0;
}

void ArchitectureTest::linkRuleFindsOffenders() {
  QFETCH(QString, page);
  QFETCH(QString, text);
  QFETCH(int, broken);
  const std::set<std::string> entries{"LICENSE", "README.md", "resources", "resources/p.png",
                                      "resources/guide/b.md"};
  QCOMPARE(int(brokenLinks({page.toStdString(), text.toStdString()}, entries).size()), broken);
}

void ArchitectureTest::localeRuleFindsOffenders() {
  const auto offenders = [](const char* path, const char* text) {
    return numbersByLocale({path, text}).size();
  };
  QCOMPARE(offenders("core/io/a.cpp",
                     "std::to_string(0.5);\nstd::snprintf(text, 9, \"%.2f\", x);\nstrtod(text, &end);"),
           std::size_t(3));
  QCOMPARE(offenders("core/io/a.cpp", "textOf(0.5); std::fprintf(stderr, \"%s %d\", a, b);"), std::size_t(0));
  QCOMPARE(offenders("tests/core/io/a.cpp", "std::to_string(0.5)"), std::size_t(0));
}

void ArchitectureTest::namesAndRootEntriesAreChecked() {
  QVERIFY(wrongNames({"core/io/arrays/npy_header.cpp", ""}).empty());
  QVERIFY(wrongNames({"packaging/cmake/Any-Name.cmake", ""}).empty());
  QCOMPARE(wrongNames({"core/io/NpyHeader.cpp", ""}).size(), std::size_t(1));
  QCOMPARE(unknownRootEntries({"core", "README.md", "notes.txt"}),
           Offenders{"notes.txt: not an entry of the project's root"});
}

QTEST_APPLESS_MAIN(ArchitectureTest)
#include "tst_architecture.moc"
