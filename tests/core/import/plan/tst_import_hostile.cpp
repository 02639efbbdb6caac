// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <random>
#include <stop_token>

#include "core/import/plan/fmriprep_folder.h"
#include "core/io/format_bytes.h"
#include "import/plan/json.h"
#include "import/plan/text.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

namespace fs = std::filesystem;

constexpr auto kError = Severity::Error;
constexpr auto kWarning = Severity::Warning;

void expectNoThrow(const fs::path& source) {
  std::string reason;
  try {
    const ImportPlan plan = planImport(source);
    QVERIFY(!importText(plan).empty());
    QVERIFY(!importJson(plan).empty());
    return;
  } catch (const std::exception& error) {
    reason = error.what();
  }
  QVERIFY2(false, reason.c_str());
}

}  // namespace

/// Damaged, odd and huge folders end in findings, never in an exception.
class TestImportHostile : public QObject {
  Q_OBJECT
 private slots:
  void damagedFiles() {
    const SourceFolder folder;
    makeVolumes(folder);
    const std::string whole = test::contentsOf(folder.path(imageOf("01")));
    folder.text(imageOf("01"),
                whole.substr(0, whole.size() - 60));  // the header is whole, the voxels are not
    folder.text(imageOf("02"), "");
    folder.text(imageOf("03"), whole.substr(0, 30));
    folder.text(imageOf("01", "2"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    folder.text(stem("01", "2") + "desc-confounds_timeseries.tsv", std::string("a\tb\n1\n\0\x01\xff", 9));
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, imageOf("01"), "cut");
    EXPECT_FINDING(plan, kError, imageOf("02"), "empty");
    EXPECT_FINDING(plan, kError, imageOf("03"), "cannot be used");
    EXPECT_FINDING(plan, kError, imageOf("01", "2"), "Git LFS");
    EXPECT_FINDING(plan, kError, stem("01", "2") + "desc-confounds_timeseries.tsv", "cannot be used");
    QVERIFY(plan.cells[2][1]->samples == 6);
    const std::string text = importText(plan);
    QVERIFY2(text.find("\n  sub-02  ?") != std::string::npos, text.c_str());
  }

  void unusualPackingIsNotCut() {
    const SourceFolder folder;
    makeVolumes(folder);
    folder.volume("plain.nii", {3, 4, 5, 6}, 2);
    const std::string bytes = test::contentsOf(folder.path("plain.nii"));
    folder.remove("plain.nii");
    folder.text(imageOf("01"), test::gzipped(bytes.substr(0, 400)) + test::gzipped(bytes.substr(400)));
    const ImportPlan plan = planImport(folder.path());
    QVERIFY2(plan.findings.empty(), test::allFindings(plan.findings).c_str());
  }

  void cutSurfaceSeries() {
    const SourceFolder folder;
    makeSurfaces(folder);
    const std::string whole = test::contentsOf(folder.path(leftOf("01")));
    folder.text(leftOf("01"), whole.substr(0, whole.size() / 2));
    folder.text(leftOf("02"), whole.substr(0, 150));
    folder.text(leftOf("03"), "<html>not found</html>");
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kError, leftOf("01"), "is cut", "</GIFTI>");
    EXPECT_FINDING(plan, kError, leftOf("02"), "cannot be used");
    EXPECT_FINDING(plan, kError, leftOf("03"), "web page");
  }

  void nothingRecognised() {
    const SourceFolder folder;
    folder.text("notes.txt", "x");
    folder.text("empty.bin", "");
    const ImportPlan plan = planImport(folder.path());
    QVERIFY(plan.layout == ImportLayout::Unknown);
    EXPECT_FINDING(plan, kError, "", "2 files, 1 of them empty", "fMRIPrep");
  }

  void hostileFoldersEndInFindings() {
    const SourceFolder folder, outside;
    makeVolumes(folder);
    outside.volume("secret.nii", {3, 4, 5, 6}, 2);
    fs::create_symlink(outside.path("secret.nii"), folder.path("sub-01/out.nii"));
    fs::create_symlink(".", folder.path("sub-01/loop"));
    folder.text("sub-01/func/line\nbreak_bold.nii.gz", "x");
    folder.text("sub-01/func/sub-\xff_task-film_bold.nii.gz", "x");
    folder.text("labels/garbage.tsv", std::string("\x1b\0\xff\xfe\t\t\n\"", 9));
    folder.text("labels/one_line.csv", std::string(5 << 20, 'a'));
    folder.text("stimuli/film.mp4", "no film");
    const ImportPlan plan = planImport(folder.path());
    EXPECT_FINDING(plan, kWarning, "sub-01/func/line?break_bold.nii.gz", "no text");
    EXPECT_FINDING(plan, kWarning, "sub-01/func/sub-?_task-film_bold.nii.gz", "no text");
    EXPECT_FINDING(plan, kError, "labels/garbage.tsv", "cannot be used");
    EXPECT_FINDING(plan, kError, "labels/one_line.csv", "cannot be used");
    EXPECT_FINDING(plan, kError, "stimuli/film.mp4", "cannot be used");
    EXPECT_FINDING(plan, Severity::Note, "sub-01/loop", "not followed");
    EXPECT_FINDING(plan, kWarning, "sub-01/out.nii", "leaves the folder");
    QCOMPARE(plan.people.size(), std::size_t{3});
    expectNoThrow(folder.path());
  }

  void flippedBytesNeverThrow() {
    const SourceFolder good;
    makeVolumes(good);
    good.series(leftOf("01"), 12, 3);
    good.series(rightOf("01"), 12, 3);
    good.grayordinates(stem("01") + "space-fsLR_den-91k_bold.dtseries.nii", 3);
    good.npy("x/features/a.npy", 3, 4);
    std::mt19937 random(1);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(good.path()))
      if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (int round = 0; round < 60; ++round) {
      const fs::path& file = files[random() % files.size()];
      const std::string whole = test::contentsOf(file);
      std::string changed = whole.substr(0, round % 3 == 0 ? random() % whole.size() : whole.size());
      for (int i = 0; i < 4 && !changed.empty(); ++i)
        changed[random() % std::min<std::size_t>(changed.size(), 600)] = static_cast<char>(random());
      const std::string name = file.lexically_relative(good.path()).string();
      good.text(name, changed);
      expectNoThrow(good.path());
      good.text(name, whole);
    }
  }

  void tenThousandFilesAreNotOpened() {
    const SourceFolder folder;
    makeVolumes(folder);
    for (int i = 0; i < 10'000; ++i)
      folder.text("sub-01/log/sub-01_task-film_run-" + textOf(i) + "_bold.json", "{}");
    int listing = 0, reading = 0;
    const Job job(
        {}, [&](double, std::string_view stage) { (stage == "reading headers" ? reading : listing)++; });
    const ImportPlan plan = planImport(folder.path(), {}, job);
    QCOMPARE(plan.people.size(), std::size_t{3});
    QVERIFY2(listing >= 10'000 / 500, "too few checkpoints to be stopped in between");
    QVERIFY2(reading <= 3 * 2, "more was read than the header of each run");
  }

  void cancelReachesTheCaller() {
    const SourceFolder folder;
    makeVolumes(folder);
    std::stop_source stop;
    stop.request_stop();
    bool cancelled = false;
    try {
      planImport(folder.path(), {}, Job(stop.get_token(), [](double, std::string_view) {}));
    } catch (const Cancelled&) {
      cancelled = true;
    }
    QVERIFY(cancelled);
  }
};

QTEST_GUILESS_MAIN(TestImportHostile)
#include "tst_import_hostile.moc"
