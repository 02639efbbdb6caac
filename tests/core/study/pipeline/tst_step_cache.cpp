// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>
#include <sys/resource.h>

#include <QTemporaryDir>
#include <fstream>

#include "base/files.h"
#include "study/document/names.h"
#include "study/pipeline/step_cache.h"
#include "support/expect.h"

using namespace cortexscope;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// No file may grow past `bytes` while this object lives: what a full disk does, without one.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &m_before);
    const rlimit limit{bytes, m_before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit m_before{};
};

}  // namespace

class TestStepCache : public QObject {
  Q_OBJECT

  std::unique_ptr<QTemporaryDir> m_temporary;
  fs::path m_folder;
  int m_computed = 0;

  /// Runs a step that writes one file, counting how often it is computed.
  void step(StepCache& cache, const std::string& key, const std::string& contents = "result") {
    cache.once("encoders/P1", key, [&] {
      ++m_computed;
      write(m_folder / "people/P1/weights.npy", contents);
      return std::vector<fs::path>{m_folder / "people/P1/weights.npy"};
    });
  }

 private slots:
  void init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
    m_computed = 0;
  }

  void presentStepsAreSkipped() {
    StepCache cache(m_folder);
    QVERIFY(!cache.has("encoders/P1", "a"));
    step(cache, "a");
    step(cache, "a");
    QCOMPARE(m_computed, 1);
    StepCache later(m_folder);
    step(later, "a");
    QCOMPARE(m_computed, 1);
    QVERIFY(later.has("encoders/P1", "a"));
    QVERIFY(!later.has("encoders/P2", "a"));
  }

  void anotherKeyComputesAgain() {
    StepCache cache(m_folder);
    step(cache, "a");
    step(cache, "b");
    QCOMPARE(m_computed, 2);
    QVERIFY(!cache.has("encoders/P1", "a") && cache.has("encoders/P1", "b"));
  }

  void cutOrMissingFilesComputeAgain() {
    StepCache cache(m_folder);
    step(cache, "a");
    fs::resize_file(m_folder / "people/P1/weights.npy", 3);
    step(cache, "a");
    QCOMPARE(m_computed, 2);
    fs::remove(m_folder / "people/P1/weights.npy");
    step(cache, "a");
    QCOMPARE(m_computed, 3);
    step(cache, "a");
    QCOMPARE(m_computed, 3);
  }

  void stoppedStepIsNotPresent() {
    StepCache cache(m_folder);
    QVERIFY_THROWS_EXCEPTION(
        Cancelled, cache.once("encoders/P1", "a", [&]() -> std::vector<fs::path> { throw Cancelled{}; }));
    QVERIFY(!cache.has("encoders/P1", "a"));
    step(cache, "a");
    QCOMPARE(m_computed, 1);
  }

  void halfOverwrittenFilesAreNotTakenForOldOnes() {
    StepCache cache(m_folder);
    step(cache, "a", "by key a");
    const auto stopped = [&]() -> std::vector<fs::path> {
      write(m_folder / "people/P1/weights.npy", "by key b");  // the same size
      throw Cancelled{};
    };
    QVERIFY_THROWS_EXCEPTION(Cancelled, cache.once("encoders/P1", "b", stopped));
    StepCache later(m_folder);
    QVERIFY2(!later.has("encoders/P1", "a"),
             "the files under key a are those of a stopped step with another key");
    step(later, "a", "by key a");
    QCOMPARE(m_computed, 2);
  }

  void damagedManifestCountsAsEmpty_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("not JSON") << QByteArray("steps: none");
    QTest::newRow("other JSON") << QByteArray("[1, 2]");
    QTest::newRow("wrong type") << QByteArray(
        R"({"steps": {"encoders/P1": {"key": 3, "seconds": 1, "files": {}}}})");
    QTest::newRow("field missing") << QByteArray(R"({"steps": {"encoders/P1": {"key": "a", "seconds": 1}}})");
    QTest::newRow("brackets") << QByteArray(100000, '[');
  }

  void damagedManifestCountsAsEmpty() {
    QFETCH(QByteArray, text);
    write(m_folder / "manifest.json", text.toStdString());
    StepCache cache(m_folder);
    QVERIFY(!cache.has("encoders/P1", "a"));
    step(cache, "a");
    QCOMPARE(m_computed, 1);
    QVERIFY(StepCache(m_folder).has("encoders/P1", "a"));
  }

  void cutManifestComputesAgain() {
    StepCache cache(m_folder);
    step(cache, "a");
    fs::resize_file(m_folder / "manifest.json", fs::file_size(m_folder / "manifest.json") / 2);
    StepCache later(m_folder);
    step(later, "a");
    QCOMPARE(m_computed, 2);
  }

  void addsUpSeconds() {
    StepCache cache(m_folder);
    step(cache, "a");
    QVERIFY(cache.seconds("encoders/") > 0);
    QCOMPARE(cache.seconds("features/"), 0.0);
    QCOMPARE(StepCache(m_folder).seconds("encoders/"), cache.seconds("encoders/"));
  }

  void promisedFileThatIsNotThereIsNamed() {
    StepCache cache(m_folder);
    EXPECT_ERROR(ErrorCode::MissingFile,
                 cache.once("x", "a", [&] { return std::vector<fs::path>{m_folder / "none.npy"}; }),
                 "none.npy");
    QVERIFY(!cache.has("x", "a"));
  }

  void fullDiskKeepsTheOldFile() {
    const fs::path file = m_folder / "study.json";
    writeFileAtomically(file, "the old contents");
    {
      const FileSizeLimit limit(4096);
      EXPECT_ERROR(ErrorCode::Io, writeFileAtomically(file, std::string(100000, 'x')), "study.json",
                   "written");
    }
    QCOMPARE(readTextFile(file), std::string("the old contents"));
    QCOMPARE(std::distance(fs::directory_iterator(m_folder), {}),
             std::ptrdiff_t{1});  // nothing half written is left
    writeFileAtomically(file, std::string(100000, 'x'));
    QCOMPARE(fs::file_size(file), std::uintmax_t{100000});
  }

  void fullDiskKeepsTheOldManifest() {
    StepCache cache(m_folder);
    step(cache, "a");
    const std::string before = readTextFile(m_folder / "manifest.json");
    {
      const FileSizeLimit limit(32);
      EXPECT_ERROR(ErrorCode::Io, cache.once("other", "a", [] { return std::vector<fs::path>{}; }),
                   "manifest.json");
    }
    QCOMPARE(readTextFile(m_folder / "manifest.json"), before);
    QVERIFY(StepCache(m_folder).has("encoders/P1", "a"));
  }

  void namesMakeSafeFiles_data() {
    QTest::addColumn<std::string>("name");
    QTest::addColumn<std::string>("file");
    QTest::newRow("plain") << std::string("run-01_a.b") << std::string("run-01_a.b");
    QTest::newRow("slashes") << std::string("a/b\\c") << std::string("a_b_c");
    QTest::newRow("folder above") << std::string("..") << std::string("_.");
    QTest::newRow("this folder") << std::string(".") << std::string("_");
    QTest::newRow("hidden") << std::string(".x") << std::string("_x");
    QTest::newRow("controls") << std::string("a\n\x7f b") << std::string("a___b");
    QTest::newRow("other scripts") << std::string("絵é") << std::string("絵é");
  }

  void namesMakeSafeFiles() {
    QFETCH(std::string, name);
    QFETCH(std::string, file);
    QCOMPARE(fileNameOf(name), file);
  }
};

QTEST_APPLESS_MAIN(TestStepCache)
#include "tst_step_cache.moc"
