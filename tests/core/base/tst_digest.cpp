// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "base/digest.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// The same digest by Qt's SHA-256: each part is its length in eight bytes, then its bytes.
std::string expectedHex(const std::vector<QByteArray>& parts) {
  QCryptographicHash hash(QCryptographicHash::Sha256);
  for (const QByteArray& part : parts) {
    const std::uint64_t size = static_cast<std::uint64_t>(part.size());
    hash.addData(QByteArray(reinterpret_cast<const char*>(&size), sizeof size));
    hash.addData(part);
  }
  return hash.result().toHex().toStdString();
}

}  // namespace

class TestDigest : public QObject {
  Q_OBJECT

 private slots:
  void isSha256OfFramedParts();
  void framesTellPartsApart();
  void canGoOnAfterHex();
  void filesCountAsTheirContents();
  void unreadableFilesAreRefused();

 private:
  std::filesystem::path at(const std::string& name) { return m_folder.filePath(name.c_str()).toStdString(); }
  QTemporaryDir m_folder;
};

void TestDigest::isSha256OfFramedParts() {
  QCOMPARE(Digest().hex(), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  QCOMPARE(Digest().add("abc").add("").add("\xff").hex(), expectedHex({"abc", "", "\xff"}));
  const std::vector<float> numbers = {1, 2, 3};
  const QByteArray bytes(reinterpret_cast<const char*>(numbers.data()), 12);
  QCOMPARE(Digest().add(std::as_bytes(std::span(numbers))).hex(), expectedHex({bytes}));
}

void TestDigest::framesTellPartsApart() {
  const std::set<std::string> different = {
      Digest().hex(),
      Digest().add("").hex(),
      Digest().add("").add("").hex(),
      Digest().add("abc").hex(),
      Digest().add("ab").add("c").hex(),
      Digest().add("a").add("bc").hex(),
      Digest().add("abc").add("").hex(),
  };
  QCOMPARE(different.size(), std::size_t{7});
}

void TestDigest::canGoOnAfterHex() {
  Digest digest;
  digest.add("a");
  QCOMPARE(digest.hex(), digest.hex());
  digest.add("b");
  QCOMPARE(digest.hex(), Digest().add("a").add("b").hex());
  Digest moved = std::move(digest);
  QCOMPARE(moved.add("c").hex(), Digest().add("a").add("b").add("c").hex());
}

void TestDigest::filesCountAsTheirContents() {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, std::size_t{1} << 20, (std::size_t{1} << 20) + 1}) {
    const std::string contents(size, 'x');
    std::ofstream(at("part")) << contents;
    QCOMPARE(Digest().addFile(at("part")).hex(), Digest().add(contents).hex());
  }
}

void TestDigest::unreadableFilesAreRefused() {
  EXPECT_ERROR(ErrorCode::MissingFile, Digest().addFile(at("absent")), "absent", "cannot be opened");
  EXPECT_ERROR(ErrorCode::BadFile, Digest().addFile(at("")), "not a regular file");
  QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_ERROR(ErrorCode::BadFile, Digest().addFile(at("pipe")), "pipe", "not a regular file");
}

QTEST_APPLESS_MAIN(TestDigest)
#include "tst_digest.moc"
