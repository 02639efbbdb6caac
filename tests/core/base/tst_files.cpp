// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "base/files.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;
namespace fs = std::filesystem;

class TestFiles : public QObject {
  Q_OBJECT

 private slots:
  void writesAndReplaces();
  void sameContentsLeaveTheFileAlone();
  void oldContentsSurviveAFailedWrite();
  void fullDiskIsSaid();
  void impossiblePlacesAreSaid();
  void writersOfOneFileDoNotMix();
  void longNamesCanBeWritten();
  void specialFilesAreRefused_data();
  void specialFilesAreRefused();
  void textIsReadWhole();
  void mappedFileShowsTheBytes();

 private:
  fs::path at(const std::string& name) { return fs::path(m_folder.path().toStdString()) / name; }
  std::size_t filesIn(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  QTemporaryDir m_folder;
};

void TestFiles::writesAndReplaces() {
  const fs::path file = at("new/deep/K\u00fcche [1].txt");
  writeFileAtomically(file, "first");
  QCOMPARE(readTextFile(file), std::string("first"));
  writeFileAtomically(file, [](std::ostream& out) { out << "second " << 2; });
  QCOMPARE(readTextFile(file), std::string("second 2"));
  QCOMPARE(filesIn(file.parent_path()), std::size_t{1});
  fs::create_directory_symlink("new", at("link"));
  writeFileAtomically(at("link/deep/through"), "x");
  QCOMPARE(readTextFile(at("new/deep/through")), std::string("x"));
}

void TestFiles::oldContentsSurviveAFailedWrite() {
  const fs::path file = at("kept/file.txt");
  writeFileAtomically(file, "old");
  EXPECT_ERROR(ErrorCode::BadValue,
               writeFileAtomically(file,
                                   [](std::ostream& out) {
                                     out << "half";
                                     throw Error(ErrorCode::BadValue, "no more");
                                   }),
               "no more");
  EXPECT_ERROR(ErrorCode::Io,
               writeFileAtomically(file, [](std::ostream& out) { out.setstate(std::ios::badbit); }),
               "file.txt", "could not be written in full");
  QCOMPARE(readTextFile(file), std::string("old"));
  QCOMPARE(filesIn(file.parent_path()), std::size_t{1});
}

void TestFiles::fullDiskIsSaid() {
  const fs::path file = at("full/file.bin");
  writeFileAtomically(file, "old");
  rlimit before{};
  QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto caught = errorOf([&] { writeFileAtomically(file, std::string(1 << 20, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  QVERIFY(caught.thrown && caught.code == ErrorCode::Io);
  QVERIFY2(caught.message.find("file.bin: could not be written in full: File too large") != std::string::npos,
           caught.message.c_str());
  QCOMPARE(readTextFile(file), std::string("old"));
  QCOMPARE(filesIn(file.parent_path()), std::size_t{1});
}

void TestFiles::impossiblePlacesAreSaid() {
  writeFileAtomically(at("plain"), "x");
  EXPECT_ERROR(ErrorCode::Io, writeFileAtomically(at("plain/below"), "y"), "plain", "cannot be created");
  fs::create_directory(at("folder"));
  EXPECT_ERROR(ErrorCode::Io, writeFileAtomically(at("folder"), "y"), "folder", "cannot be replaced");
  EXPECT_ERROR(ErrorCode::Io, writeFileAtomically("/proc/new-file", "y"), "/proc/new-file",
               "cannot be written");
}

void TestFiles::writersOfOneFileDoNotMix() {
  const fs::path file = at("race/file.txt");
  {
    std::vector<std::jthread> writers;
    for (char c = 'a'; c < 'e'; ++c)
      writers.emplace_back([&file, c] {
        for (int i = 0; i < 20; ++i) writeFileAtomically(file, std::string(50'000, c));
      });
  }
  const std::string contents = readTextFile(file);
  QCOMPARE(contents, std::string(50'000, contents.at(0)));
  QCOMPARE(filesIn(file.parent_path()), std::size_t{1});
}

void TestFiles::longNamesCanBeWritten() {
  const fs::path file = at(std::string(255, 'n'));
  writeFileAtomically(file, "x");
  QCOMPARE(readTextFile(file), std::string("x"));
}

void TestFiles::specialFilesAreRefused_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<int>("code");
  QTest::addColumn<QString>("reason");
  fs::create_directory(at("a folder"));
  QVERIFY(::mkfifo(at("pipe").c_str(), 0600) == 0);
  fs::create_symlink("nowhere", at("dangling"));
  fs::create_symlink("itself", at("itself"));
  fs::create_symlink("/dev/zero", at("endless"));
  const int missing = static_cast<int>(ErrorCode::MissingFile), bad = static_cast<int>(ErrorCode::BadFile);
  QTest::newRow("missing") << "absent" << missing << "No such file";
  QTest::newRow("dangling link") << "dangling" << missing << "No such file";
  QTest::newRow("link to itself") << "itself" << missing << "symbolic links";
  QTest::newRow("below a file") << "plain.txt/x" << missing << "cannot be opened";
  QTest::newRow("folder") << "a folder" << bad << "not a regular file";
  QTest::newRow("pipe") << "pipe" << bad << "not a regular file";
  QTest::newRow("endless device") << "endless" << bad << "not a regular file";
  QTest::newRow("not UTF-8") << QString::fromLatin1("absent-\xfc") << missing << "absent-";
}

void TestFiles::specialFilesAreRefused() {
  QFETCH(QString, name);
  QFETCH(int, code);
  QFETCH(QString, reason);
  writeFileAtomically(at("plain.txt"), "x");
  const fs::path file = at(name.toLatin1().toStdString());
  const auto expected = static_cast<ErrorCode>(code);
  EXPECT_ERROR(expected, regularFileSize(file), file.string(), reason.toStdString());
  EXPECT_ERROR(expected, readTextFile(file), file.string(), reason.toStdString());
  EXPECT_ERROR(expected, MappedFile{file}, file.string(), reason.toStdString());
}

void TestFiles::textIsReadWhole() {
  const std::string bytes("a\0b\r\n\xff", 6);
  writeFileAtomically(at("bytes"), bytes);
  QCOMPARE(readTextFile(at("bytes")), bytes);
  QCOMPARE(readTextFile(at("bytes"), 6), bytes);
  EXPECT_ERROR(ErrorCode::BadFile, readTextFile(at("bytes"), 5), "bytes", "6 bytes", "at most 5");
  writeFileAtomically(at("empty"), "");
  QCOMPARE(readTextFile(at("empty")), std::string());
}

void TestFiles::mappedFileShowsTheBytes() {
  writeFileAtomically(at("mapped"), "0123456789");
  const MappedFile mapped(at("mapped"));
  QCOMPARE(mapped.bytes().size(), std::size_t{10});
  QCOMPARE(static_cast<char>(mapped.bytes()[7]), '7');
  writeFileAtomically(at("mapped"), "replaced");  // the old file lives on while it is mapped
  QCOMPARE(static_cast<char>(mapped.bytes()[9]), '9');
  writeFileAtomically(at("nothing"), "");
  QVERIFY(MappedFile(at("nothing")).bytes().empty());
}

void TestFiles::sameContentsLeaveTheFileAlone() {
  const fs::path file = at("same");
  writeFileAtomically(file, "abc");
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(file, old);
  const auto kept = fs::last_write_time(file);
  writeFileAtomically(file, "abc");
  QVERIFY(fs::last_write_time(file) == kept);
  writeFileAtomically(file, "abd");
  QVERIFY(fs::last_write_time(file) != kept);
  QCOMPARE(readTextFile(file), std::string("abd"));
}

QTEST_APPLESS_MAIN(TestFiles)
#include "tst_files.moc"
