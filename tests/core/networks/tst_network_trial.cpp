// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <fstream>

#include "core/io/format_bytes.h"
#include "core/networks/small_onnx.h"
#include "networks/network.h"
#include "networks/network_trial.h"
#include "networks/onnx/protobuf.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace cortexscope::test;

/// Whatever a network does to OpenCV happens in another process; this one goes on with an error. A program
/// beside this test stands in for that process and crashes when it is asked to.
class TestNetworkTrial : public QObject {
  Q_OBJECT

 private slots:
  void aGoodNetworkIsTriedOnce() {
    const auto file = write("good", 2);
    Network first(file);
    QCOMPARE(first.forward(std::vector<float>(12, 1.0f), {"sum"})[0].front(), 111.0f);
    const Network clone = first.clone();
    const Network second(file);
    QCOMPARE(second.digest(), first.digest());
    QCOMPARE(contentsOf(file.string() + ".tries"), std::string("tried\n"));
    const Network larger(write("good", 3));
    QVERIFY(larger.digest() != first.digest());
    QCOMPARE(contentsOf(file.string() + ".tries"), std::string("tried\ntried\n"));
  }

  void whatEndsTheProcessIsAnError_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("words");
    QTest::newRow("abort") << "abort"
                           << "OpenCV crashed on it|signal 6|nothing else was harmed";
    QTest::newRow("killed") << "killed"
                            << "OpenCV crashed on it|signal 9";
    QTest::newRow("status") << "exit"
                            << "status 9";
    QTest::newRow("another network") << "other"
                                     << "changed while it was read";
    QTest::newRow("endless computing") << "spin"
                                       << "took more than 60 s";
    QTest::newRow("endless output") << "endless"
                                    << "no sense";
#ifndef CORTEXSCOPE_ADDRESS_SANITIZER
    QTest::newRow("memory") << "memory"
                            << "no memory";
#endif
  }
  void whatEndsTheProcessIsAnError() {
    QFETCH(QString, name);
    QFETCH(QString, words);
    // A network that no other case has tried.
    const auto file = write(name.toStdString(), 20 + name.size());
    const Caught caught = errorOf([&] { Network network(file); });
    QVERIFY(caught.thrown && caught.code == ErrorCode::BadFile);
    QVERIFY2(caught.message.starts_with(file.string() + ": "), caught.message.c_str());
    for (const QString& word : words.split('|'))
      QVERIFY2(QString::fromStdString(caught.message).contains(word), caught.message.c_str());
    QVERIFY2(errorOf([&] { Network network(file); }).thrown, "what failed once passed later");
    QCOMPARE(contentsOf(file.string() + ".tries"), std::string("tried\ntried\n"));
  }

  void whatHangsIsStopped() {
    const auto file = write("hang", 50);
    EXPECT_ERROR(ErrorCode::BadFile, tryNetworkApart(file, "digest", Job(), std::chrono::seconds(1)),
                 file.string(), "more than 1 s");
    std::stop_source stop;
    stop.request_stop();
    const Job cancelled(stop.get_token(), [](double, std::string_view) {});
    QVERIFY_THROWS_EXCEPTION(Cancelled, Network(file, cancelled));
  }

  /// Weights in other files are refused before any process starts, whether the place is inside the folder or
  /// not.
  void weightsElsewhereAreNeverOpened_data() {
    QTest::addColumn<QString>("place");
    for (const char* place : {"pipe", "../pipe", "sub/../../pipe", "link", "*/_ORT_MEM_ADDR_/*"})
      QTest::newRow(place) << place;
    QTest::newRow("absolute") << QString::fromStdString(m_scratch.path("pipe").string());
  }
  void weightsElsewhereAreNeverOpened() {
    QFETCH(QString, place);
    // A pipe that nobody writes to: whoever opens it waits for ever.
    ::mkfifo(m_scratch.path("pipe").c_str(), 0600);
    std::error_code there;
    std::filesystem::create_symlink("pipe", m_scratch.path("link"), there);
    std::filesystem::create_directory(m_scratch.path("sub"), there);
    ProtobufWriter out;
    const auto graph = out.begin(7), tensor = out.begin(5);
    out.integer(2, 1);
    out.text(8, "w");
    const auto entry = out.begin(13);
    out.text(1, "location");
    out.text(2, place.toStdString());
    out.end(entry);
    out.integer(14, 1);
    out.end(tensor);
    out.end(graph);
    const auto file = m_scratch.write("sub/reaching.onnx", out.take());
    EXPECT_ERROR(ErrorCode::Unsupported, Network{file}, "reaching.onnx", "\"w\"", "another file");
    QVERIFY(!std::filesystem::exists(file.string() + ".tries"));
  }

 private:
  std::filesystem::path write(const std::string& name, qsizetype side) {
    const auto file = m_scratch.path(name + ".onnx");
    writeOnnx(file, described(smallPictureModel(side), smallPictureInfo(static_cast<int>(side))));
    return file;
  }
  ScratchFolder m_scratch;
};

QTEST_GUILESS_MAIN(TestNetworkTrial)
#include "tst_network_trial.moc"
