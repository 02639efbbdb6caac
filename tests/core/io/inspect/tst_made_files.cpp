// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QProcess>
#include <filesystem>

#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"
#include "io/inspect/inspect.h"
#include "networks/inspect_file.h"
#include "support/expect.h"
#include "support/run_program.h"

using namespace cortexscope;
using test::MadeFile;
using test::Verdict;

Q_DECLARE_METATYPE(MadeFile)

namespace {

constexpr unsigned kLongestSec = 20;
constexpr long kMostKib = 1 << 20;
#ifdef CORTEXSCOPE_ADDRESS_SANITIZER
constexpr long kMostKibHere = kMostKib;  // which keeps what was freed
#else
constexpr long kMostKibHere = 64 << 10;
#endif

long peakMemoryKib(int whose = RUSAGE_SELF) {
  rusage usage{};
  getrusage(whose, &usage);
  return usage.ru_maxrss;
}

std::filesystem::path written(const MadeFile& made, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& contents) {
    std::ofstream(folder / name, std::ios::binary) << contents;
    return folder / name;
  };
  for (const auto& [name, contents] : made.companions) write(name, contents);
  return write(made.name, made.contents);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + "\n";
  return all;
}

void expectWords(const std::string& text, const MadeFile& made) {
  for (const std::string& word : made.words)
    QVERIFY2(text.find(word) != std::string::npos, ("\"" + word + "\" is missing in: " + text).c_str());
}

}  // namespace

/// Malformed files are refused by name, reason and place, odd ones load with a warning, legal ones load; none
/// takes memory that its size does not justify.
class TestMadeFiles : public QObject {
  Q_OBJECT
 private slots:
  void thereAreEnough() {
    const std::map<std::string, std::pair<int, int>> kLeast{
        {"any file", {40, 0}}, {"NIfTI and MGH", {40, 40}},  {"CIFTI-2", {20, 6}},
        {"GIFTI", {30, 12}},   {"FreeSurfer", {25, 10}},     {"NumPy and MATLAB", {35, 10}},
        {"ONNX", {15, 10}},    {"films and sound", {10, 4}}, {"tables", {6, 3}}};
    int allRefused = 0, allOdd = 0;
    for (const test::MadeFamily& family : test::madeFamilies()) {
      int refused = 0, odd = 0;
      for (const MadeFile& made : family.make()) ++(made.verdict == Verdict::Refuse ? refused : odd);
      qInfo("%-17s %3d to refuse, %3d odd or legal", family.name, refused, odd);
      const auto [leastRefused, leastOdd] = kLeast.at(family.name);
      QVERIFY2(refused >= leastRefused && odd >= leastOdd, family.name);
      allRefused += refused;
      allOdd += odd;
    }
    QCOMPARE(test::madeFamilies().size(), kLeast.size());
    QVERIFY(allRefused >= 60 && allOdd >= 30);
    qInfo("%-17s %3d to refuse, %3d odd or legal", "all", allRefused, allOdd);
  }

  void everyFile_data() {
    QTest::addColumn<MadeFile>("made");
    for (const MadeFile& made : test::allMadeFiles())
      QTest::addRow("%s: %s", made.name.c_str(), made.what.c_str()) << made;
  }
  void everyFile() {
    QFETCH(MadeFile, made);
    const test::ScratchFolder scratch;
    const std::filesystem::path file = written(made, scratch.path("made"));
    const long before = peakMemoryKib();
    FileFacts facts;
    ::alarm(kLongestSec);  // a reader that hangs ends this test
    const auto caught = test::errorOf([&] { facts = inspectFile(file); });
    ::alarm(0);
    const long taken = peakMemoryKib() - before;
    QVERIFY2(taken < kMostKibHere, qPrintable(QString("took %1 KiB").arg(taken)));
    if (made.verdict == Verdict::Refuse) {
      QVERIFY2(caught.thrown, ("was accepted as " + facts.format + ", " + joined(facts.warnings)).c_str());
      const std::string stem = file.stem().string();
      QVERIFY2(caught.message.find(file.parent_path().string() + "/" + stem.substr(0, stem.find('.'))) == 0,
               caught.message.c_str());
      return expectWords(caught.message, made);
    }
    QVERIFY2(!caught.thrown, caught.message.c_str());
    QCOMPARE(facts.warnings.empty(), made.verdict == Verdict::Load);
    expectWords(joined(facts.warnings), made);
    if (made.mean) QCOMPARE(facts.numbers.value().mean, *made.mean);
    compareHeader(file, facts);
  }

  /// Headers alone say the same where they say anything.
  void compareHeader(const std::filesystem::path& file, const FileFacts& whole) {
    FileFacts header;
    const auto caught = test::errorOf([&] { header = inspectHeader(file); });
    if (caught.thrown) {
      QVERIFY2(caught.code == ErrorCode::Unsupported, caught.message.c_str());
      return;
    }
    QCOMPARE(header.format, whole.format);
    QCOMPARE(header.vertices.value_or(0), header.vertices ? whole.vertices.value_or(0) : 0);
    QCOMPARE(header.trSec.has_value(), whole.trSec.has_value() && whole.format != "MGH");
    if (header.trSec) QCOMPARE(*header.trSec, *whole.trSec);
    if (whole.format != "GIFTI") QCOMPARE(header.shape, whole.shape);
    QCOMPARE(header.datasets.size(), whole.datasets.size());
  }

  /// The same files through the program, under limits that the system enforces.
  void theProgramToldOfAll() {
    const test::ScratchFolder scratch;
    const std::vector<MadeFile> all = test::allMadeFiles();
    QStringList arguments{"inspect"};
    std::vector<std::string> files;
    for (const MadeFile& made : all) {
      files.push_back(written(made, scratch.path(textOf(files.size()))).string());
      arguments << QString::fromStdString(files.back());
    }
    QProcess program;
    program.setChildProcessModifier([] {
#ifndef CORTEXSCOPE_ADDRESS_SANITIZER
      const rlimit memory{kMostKib << 10, kMostKib << 10};
      setrlimit(RLIMIT_DATA, &memory);
#endif
    });
    program.start(test::programPath("cortexscope-cli"), arguments);
    QVERIFY(program.waitForFinished(200000));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 3);
    QVERIFY(peakMemoryKib(RUSAGE_CHILDREN) < kMostKib);
    const QByteArray said = "\n" + program.readAllStandardOutput(),
                     refused = "\n" + program.readAllStandardError();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const QByteArray name = QByteArray::fromStdString(files[i]);
      // Of a pair, the half that is at fault is named.
      const QByteArray start = name.left(name.lastIndexOf('/') + 2);
      if (all[i].verdict == Verdict::Refuse)
        QVERIFY2(refused.contains("\ncortexscope-cli: " + start), all[i].what.c_str());
      else
        QVERIFY2(said.contains("\n" + name + ": "), all[i].what.c_str());
      if (all[i].verdict == Verdict::Say)
        QVERIFY2(refused.contains("\nwarning: " + start), all[i].what.c_str());
    }
  }

  void namesOfAnyKindAreFine_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("spaces and brackets") << QByteArray("a b [1] (x).npy");
    QTest::newRow("not ASCII") << QByteArray("\xc3\xa4\xe6\x97\xa5.npy");
    QTest::newRow("not UTF-8") << QByteArray("a\xff\xfe.npy");
    QTest::newRow("like an option") << QByteArray("--help.npy");
  }
  void namesOfAnyKindAreFine() {
    QFETCH(QByteArray, name);
    const test::ScratchFolder scratch;
    const std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
    const auto file = scratch.write(name.toStdString(), test::npyFile(text, std::string(8, '\0')));
    QCOMPARE(inspectFile(file).numbers.value().mean, 0.0);
    const auto bad = scratch.write(name.toStdString(), test::npyFile(text, ""));
    const auto caught = test::errorOf([&] { inspectFile(bad); });
    QVERIFY(caught.message.find(name.toStdString()) != std::string::npos);
  }

  void placesThatAreNoFiles() {
    const test::ScratchFolder scratch;
    namespace fs = std::filesystem;
    fs::create_directory(scratch.path("folder.nii"));
    fs::create_symlink("loop.nii", scratch.path("loop.nii"));
    fs::create_symlink("nowhere", scratch.path("dangling.nii"));
    fs::create_symlink("/dev/zero", scratch.path("endless.nii"));
    QCOMPARE(::mkfifo(scratch.path("pipe.nii").c_str(), 0600), 0);
    for (const char* name :
         {"folder.nii", "loop.nii", "dangling.nii", "endless.nii", "pipe.nii", "missing.nii"}) {
      const auto caught = test::errorOf([&] { inspectFile(scratch.path(name)); });
      QVERIFY2(caught.thrown && caught.message.find(name) != std::string::npos, name);
    }
  }
};

QTEST_GUILESS_MAIN(TestMadeFiles)
#include "tst_made_files.moc"
