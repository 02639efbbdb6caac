#include <sys/resource.h>
#include <sys/stat.h>

#include <QElapsedTimer>
#include <filesystem>

#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"
#include "io/inspect.h"
#include "support/expect.h"

using namespace cortexscope;
using test::MadeFile;
using test::Verdict;

Q_DECLARE_METATYPE(MadeFile)

namespace {

long peakMemoryKib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
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
    int refused = 0, odd = 0;
    for (const MadeFile& made : test::allMadeFiles()) ++(made.verdict == Verdict::Refuse ? refused : odd);
    QVERIFY2(refused >= 60 && odd >= 30, qPrintable(QString("%1 and %2").arg(refused).arg(odd)));
    qInfo("%d files to refuse, %d odd or legal ones", refused, odd);
  }

  void everyFile_data() {
    QTest::addColumn<MadeFile>("made");
    for (const MadeFile& made : test::allMadeFiles())
      QTest::addRow("%s: %s", made.name.c_str(), made.what.c_str()) << made;
  }
  void everyFile() {
    QFETCH(MadeFile, made);
    constexpr long kMostKib = 64 << 10;
    const test::ScratchFolder scratch;
    for (const auto& [name, contents] : made.companions) scratch.write(name, contents);
    const std::filesystem::path file = scratch.write(made.name, made.contents);
    const long before = peakMemoryKib();
    std::string warnings;
    FileFacts facts;
    const auto caught = test::errorOf([&] { facts = inspectData(file, Job()); });
    const long taken = peakMemoryKib() - before;
    QVERIFY2(taken < kMostKib, qPrintable(QString("took %1 KiB").arg(taken)));
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
    QCOMPARE(inspectData(file, Job()).numbers.value().mean, 0.0);
    const auto bad = scratch.write(name.toStdString(), test::npyFile(text, ""));
    const auto caught = test::errorOf([&] { inspectData(bad, Job()); });
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
      const auto caught = test::errorOf([&] { inspectData(scratch.path(name), Job()); });
      QVERIFY2(caught.thrown && caught.message.find(name) != std::string::npos, name);
    }
  }
};

QTEST_APPLESS_MAIN(TestMadeFiles)
#include "tst_made_files.moc"
