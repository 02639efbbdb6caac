// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <unistd.h>

#include <QtTest>

#include "core/import/source_folder.h"
#include "import/scan/names.h"
#include "import/scan/source_scan.h"
#include "support/expect.h"

using namespace cortexscope;
using test::SourceFolder;

namespace {

namespace fs = std::filesystem;

std::vector<std::string> namesOf(const SourceScan& scan) {
  std::vector<std::string> names;
  for (const ScannedFile& file : scan.files) names.push_back(file.path.generic_string());
  return names;
}

bool says(const SourceScan& scan, Severity severity, const std::string& file, const std::string& word) {
  return std::any_of(scan.findings.begin(), scan.findings.end(), [&](const Finding& finding) {
    return finding.severity == severity && finding.file == file &&
           finding.what.find(word) != std::string::npos && !finding.advice.empty();
  });
}

#define EXPECT_SAID(scan, severity, file, word) \
  QVERIFY2(says(scan, severity, file, word), test::allFindings((scan).findings).c_str())

}  // namespace

class TestSourceScan : public QObject {
  Q_OBJECT
 private slots:
  void namesAreTakenApart_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("parts");
    QTest::newRow("volume")
        << "sub-01_ses-2_task-film_run-1_space-MNI152NLin2009cAsym_res-2_desc-preproc_bold.nii.gz"
        << "desc=preproc res=2 run=1 ses=2 space=MNI152NLin2009cAsym sub=01 task=film|bold|.nii.gz";
    QTest::newRow("surface") << "sub-a_task-x_hemi-L_space-fsaverage5_bold.func.gii"
                             << "hemi=L space=fsaverage5 sub=a task=x|bold|.func.gii";
    QTest::newRow("grayordinates") << "sub-1_space-fsLR_den-91k_bold.dtseries.nii"
                                   << "den=91k space=fsLR sub=1|bold|.dtseries.nii";
    QTest::newRow("dot in a value") << "sub-1_acq-1.5mm_bold.nii"
                                    << "acq=1.5mm sub=1|bold|.nii";
    QTest::newRow("no suffix") << "sub-01"
                               << "sub=01||";
    QTest::newRow("inherited") << "task-film_bold.json"
                               << "task=film|bold|.json";
    for (const char* other :
         {"S01_responses.hdf", "participants.tsv", "sub-01_sub-02_bold.nii", "sub-_bold.nii", "-01_bold.nii",
          "a b.txt", "", "_", ".", "sub-1_bold_x.nii", "sub-1_-_bold.nii"})
      QTest::newRow(other) << other << "";
  }
  void namesAreTakenApart() {
    QFETCH(QString, name);
    QFETCH(QString, parts);
    const auto parsed = parseBidsName(name.toStdString());
    std::string found;
    if (parsed) {
      for (const auto& [key, value] : parsed->entities)
        found += (found.empty() ? "" : " ") + key + "=" + value;
      found += "|" + parsed->suffix + "|" + parsed->extension;
    }
    QCOMPARE(QString::fromStdString(found), parts);
  }

  void numbersAreOrdered() {
    std::vector<std::string> names{
        "run-10", "run-2", "run-1", "run-02", "run", "run-1b", "run-9999999999999999999999"};
    std::sort(names.begin(), names.end(), naturalLess);
    QCOMPARE(names, (std::vector<std::string>{"run", "run-1", "run-1b", "run-02", "run-2", "run-10",
                                              "run-9999999999999999999999"}));
    QVERIFY(!naturalLess("a", "a"));
  }

  void oddBytesAreShown() {
    QVERIFY(isPrintableUtf8("größe 大 🧠"));
    for (const char* bad :
         {"a\nb", "\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x7f", "\xc2\x85"})
      QVERIFY2(!isPrintableUtf8(bad), bad);
    QCOMPARE(printable("a\nb\xff"
                       "c\xc3\xa9"),
             std::string("a?b?c\xc3\xa9"));
  }

  void filesAreListedInOrder() {
    const SourceFolder folder;
    for (const char* name : {"b/run-10.npy", "b/run-2.npy", "a.txt", ".hidden/x", "b/.also", "b/c/d.txt"})
      folder.text(name, "abc");
    const SourceScan scan = scanSource(folder.path());
    QCOMPARE(namesOf(scan), (std::vector<std::string>{"a.txt", "b/c/d.txt", "b/run-2.npy", "b/run-10.npy"}));
    QCOMPARE(scan.files.front().bytes, std::uintmax_t{3});
    QVERIFY(scan.findings.empty());
  }

  void linksStayInside() {
    const SourceFolder folder, outside;
    folder.text("in/file.txt", "x");
    outside.text("secret.txt", "x");
    fs::create_symlink("in/file.txt", folder.path("good"));
    fs::create_symlink(outside.path("secret.txt"), folder.path("out"));
    fs::create_symlink(outside.path(), folder.path("outfolder"));
    fs::create_symlink(".", folder.path("in/loop"));
    fs::create_symlink("self", folder.path("self"));
    fs::create_symlink("nowhere", folder.path("dangling"));
    const SourceScan scan = scanSource(folder.path());
    QCOMPARE(namesOf(scan), (std::vector<std::string>{"good", "in/file.txt"}));
    EXPECT_SAID(scan, Severity::Warning, "out", "leaves the folder");
    EXPECT_SAID(scan, Severity::Warning, "outfolder", "leaves the folder");
    EXPECT_SAID(scan, Severity::Note, "in/loop", "link to a folder");
    EXPECT_SAID(scan, Severity::Warning, "self", "cannot be followed");
    EXPECT_SAID(scan, Severity::Warning, "dangling", "not there");
    QCOMPARE(scan.findings.size(), std::size_t{5});
  }

  void siblingWithTheSameStartIsOutside() {
    const SourceFolder folder;
    folder.text("data/a.txt", "x");
    folder.text("data2/secret.txt", "x");
    fs::create_symlink("../data2/secret.txt", folder.path("data/link"));
    const SourceScan scan = scanSource(folder.path("data"));
    QCOMPARE(namesOf(scan), (std::vector<std::string>{"a.txt"}));
    EXPECT_SAID(scan, Severity::Warning, "link", "leaves the folder");
  }

  void oddNamesAreLeftOut() {
    const SourceFolder folder;
    folder.text("line\nbreak.npy", "x");
    folder.text("latin\xe9.npy", "x");
    folder.text("bad\nfolder/x.npy", "x");
    folder.text(
        "gr\xc3\xb6\xc3\x9f"
        "e [1].npy",
        "x");
    const SourceScan scan = scanSource(folder.path());
    QCOMPARE(namesOf(scan), (std::vector<std::string>{"gr\xc3\xb6\xc3\x9f"
                                                      "e [1].npy"}));
    EXPECT_SAID(scan, Severity::Warning, "line?break.npy", "no text");
    EXPECT_SAID(scan, Severity::Warning, "latin?.npy", "no text");
    EXPECT_SAID(scan, Severity::Warning, "bad?folder", "no text");
  }

  void pipesAreNotOpened() {
    const SourceFolder folder;
    QCOMPARE(::mkfifo(folder.path("pipe.npy").c_str(), 0600), 0);
    const SourceScan scan = scanSource(folder.path());
    QVERIFY(scan.files.empty());
    EXPECT_SAID(scan, Severity::Note, "pipe.npy", "no regular file");
  }

  void limitsEndTheWalk() {
    const SourceFolder folder;
    for (int i = 0; i < 30; ++i) folder.text("f" + textOf(i), "");
    folder.text("1/2/3/4/deep.txt", "");
    SourceScan scan = scanSource(folder.path(), {3, 1000});
    QCOMPARE(scan.files.size(), std::size_t{30});
    EXPECT_SAID(scan, Severity::Warning, "1/2/3/4", "more than 3 folders deep");
    scan = scanSource(folder.path(), {16, 10});
    QVERIFY(scan.files.size() <= 10);
    EXPECT_SAID(scan, Severity::Error, ".", "more than 10 files");
  }

  void oneFolderThatCannotBeReadDoesNotEndIt() {
    const SourceFolder folder;
    folder.text("open/a.txt", "x");
    folder.text("shut/b.txt", "x");
    fs::permissions(folder.path(), fs::perms(0755));
    fs::permissions(folder.path("shut"), fs::perms(0));
    constexpr uid_t kNobody = 65534;
    const bool root = ::geteuid() == 0;  // whom no permission stops
    if (root && ::seteuid(kNobody) != 0) QSKIP("the rights of root cannot be laid down");
    SourceScan scan;
    const auto caught = test::errorOf([&] { scan = scanSource(folder.path()); });
    const bool back = !root || ::seteuid(0) == 0;
    fs::permissions(folder.path("shut"), fs::perms(0755));
    QVERIFY(back);
    if (caught.thrown) QSKIP("the folder for temporary files is shut for others");
    QCOMPARE(namesOf(scan), (std::vector<std::string>{"open/a.txt"}));
    EXPECT_SAID(scan, Severity::Error, "shut", "cannot be listed");
  }

  void manyFilesAreListed() {
    const SourceFolder folder;
    for (int i = 0; i < 10'000; ++i) folder.text("many/" + textOf(i), "");
    QCOMPARE(scanSource(folder.path()).files.size(), std::size_t{10'000});
  }

  void sourceItselfMustBeAFolder() {
    const SourceFolder folder;
    folder.text("file", "x");
    EXPECT_ERROR(ErrorCode::MissingFile, scanSource(folder.path("nothing")), "nothing", "cannot be found");
    EXPECT_ERROR(ErrorCode::BadFile, scanSource(folder.path("file")), "file", "folder that holds it");
  }

  void cancelEndsTheWalk() {
    const SourceFolder folder;
    for (int i = 0; i < 600; ++i) folder.text(textOf(i), "");
    std::stop_source stop;
    stop.request_stop();
    bool cancelled = false;
    try {
      scanSource(folder.path(), {}, Job(stop.get_token(), [](double, std::string_view) {}));
    } catch (const Cancelled&) {
      cancelled = true;
    }
    QVERIFY(cancelled);
  }
};

QTEST_GUILESS_MAIN(TestSourceScan)
#include "tst_source_scan.moc"
