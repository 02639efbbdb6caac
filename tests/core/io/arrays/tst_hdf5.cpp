// SPDX-License-Identifier: GPL-3.0-or-later
#include <hdf5.h>
#include <sys/stat.h>

#include <csignal>

#include <random>

#include "base/child_process.h"
#include "core/io/arrays/hdf5_spec.h"
#include "core/io/format_bytes.h"
#include "io/arrays/array_file.h"
#include "io/inspect/inspect.h"
#include "support/expect.h"

using namespace cortexscope;
using test::Hdf5File;

namespace {

/// A plan of data sets in chunks, closed at the end.
struct Plan {
  Plan() : id(H5Pcreate(H5P_DATASET_CREATE)) {}
  ~Plan() { H5Pclose(id); }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  hid_t id;
};

}  // namespace

class TestHdf5 : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

  void everyTypeReadsEqual() {
    const auto file = m_scratch.path("types.h5");
    const std::vector<std::pair<const char*, hid_t>> types{
        {"int8", H5T_STD_I8LE},     {"uint8", H5T_STD_U8BE},   {"int16", H5T_STD_I16BE},
        {"uint16", H5T_STD_U16LE},  {"int32", H5T_STD_I32LE},  {"uint32", H5T_STD_U32BE},
        {"int64", H5T_STD_I64BE},   {"uint64", H5T_STD_U64LE}, {"float32", H5T_IEEE_F32BE},
        {"float64", H5T_IEEE_F64LE}};
    {
      Hdf5File made(file);
      for (const auto& [name, type] : types) made.add((std::string("a/b/") + name).c_str(), {2, 3, 4}, type);
      made.add("number", {}, H5T_IEEE_F64LE);
    }
    const std::vector<ArrayInfo> infos = listArrays(file);
    QCOMPARE(infos.size(), types.size() + 1);
    for (const auto& [name, type] : types) {
      const NumberArray array = readNumberArray(file, std::string("a/b/") + name);
      QCOMPARE(array.shape, (std::vector<std::int64_t>{2, 3, 4}));
      for (std::size_t i = 0; i < 24; ++i) QCOMPARE(array.values[i], static_cast<float>(i));
      const auto info = std::find_if(infos.begin(), infos.end(), [name = name](const ArrayInfo& candidate) {
        return candidate.name == std::string("a/b/") + name;
      });
      QCOMPARE(info->dtype, std::string(name));
    }
    QCOMPARE(readArrayMatrix(file, "number"), MatrixF::Zero(1, 1));
    EXPECT_ERROR(ErrorCode::BadValue, readArrayMatrix(file, "a/c"), "types.h5", "\"a/c\"", "a/b/int8");
    EXPECT_ERROR(ErrorCode::Unsupported, readArrayMatrix(file, "a/b/int8"), "types.h5", "3 dimensions");
  }

  void packedChunksReadEqual() {
    const auto file = m_scratch.path("packed.h5");
    {
      Plan plan;
      const hsize_t chunk[] = {3, 7};
      H5Pset_chunk(plan.id, 2, chunk);
      H5Pset_shuffle(plan.id);
      H5Pset_deflate(plan.id, 6);
      Hdf5File(file).add("x", {11, 13}, H5T_IEEE_F32LE, plan.id);
    }
    const MatrixF read = readArrayMatrix(file, "");
    QCOMPARE(read.rows(), Index{11});
    QCOMPARE(read(10, 12), 142.0f);
    QCOMPARE(read(3, 4), 43.0f);
  }

  void matlabKeepsColumnsTogether() {
    const auto file = m_scratch.path("new.mat");
    {
      // MATLAB 7.3 puts its own 512 bytes in front of an HDF5 file and turns sizes round.
      const hid_t plan = H5Pcreate(H5P_FILE_CREATE);
      H5Pset_userblock(plan, 512);
      Hdf5File made(file, plan);
      made.add("x", {3, 2}, H5T_IEEE_F64LE);
      made.add("#refs#/a", {3, 2}, H5T_IEEE_F64LE);
      H5Pclose(plan);
    }
    std::string bytes = test::contentsOf(file);
    bytes.replace(0, 19, "MATLAB 7.3 MAT-file");
    m_scratch.write("new.mat", bytes);
    QVERIFY(arrayFormatOf(file) == ArrayFormat::Matlab73);
    QCOMPARE(listArrays(file).size(), std::size_t{1});
    QCOMPARE(readArrayMatrix(file, "x"), (MatrixF(2, 3) << 0, 2, 4, 1, 3, 5).finished());
  }

  void nothingOutsideIsOpened() {
    // A pipe that nobody writes to: opening it would block until the child is stopped after 20 s.
    QCOMPARE(::mkfifo(m_scratch.path("pipe").c_str(), 0600), 0);
    const std::string pipe = m_scratch.path("pipe").string();
    const auto file = m_scratch.path("reaching.h5");
    {
      Hdf5File made(file);
      H5Lcreate_external(pipe.c_str(), "/x", made.id(), "link", H5P_DEFAULT, H5P_DEFAULT);
      H5Lcreate_soft("/circle", made.id(), "circle", H5P_DEFAULT, H5P_DEFAULT);
      Plan elsewhere;
      H5Pset_external(elsewhere.id, pipe.c_str(), 0, 16);
      made.add("stored elsewhere", {4}, H5T_IEEE_F32LE, elsewhere.id, false);
      Plan joined;
      const hsize_t four = 4;
      const hid_t space = H5Screate_simple(1, &four, nullptr);
      H5Pset_virtual(joined.id, space, pipe.c_str(), "x", space);
      made.add("joined", {4}, H5T_IEEE_F32LE, joined.id, false);
      H5Sclose(space);
      made.add("good", {4});
    }
    const std::vector<ArrayInfo> infos = listArrays(file);
    QCOMPARE(infos.size(), std::size_t{4});
    EXPECT_ERROR(ErrorCode::Unsupported, readArrayMatrix(file, "link"), "reaching.h5", "another file");
    EXPECT_ERROR(ErrorCode::Unsupported, readArrayMatrix(file, "stored elsewhere"), "reaching.h5",
                 "another file");
    EXPECT_ERROR(ErrorCode::Unsupported, readArrayMatrix(file, "joined"), "reaching.h5", "virtual");
    QCOMPARE(readArrayMatrix(file, "good").sum(), 6.0f);
    const FileFacts facts = inspectData(file, Job());
    QCOMPARE(facts.warnings.size(), std::size_t{3});
  }

  void circlesOfGroupsEnd() {
    const auto file = m_scratch.path("circle.h5");
    {
      Hdf5File made(file);
      made.add("a/x", {4});
      H5Lcreate_hard(made.id(), "/a", made.id(), "/a/again", H5P_DEFAULT, H5P_DEFAULT);
      H5Lcreate_hard(made.id(), "/", made.id(), "/a/top", H5P_DEFAULT, H5P_DEFAULT);
    }
    QCOMPARE(listArrays(file).size(), std::size_t{1});
  }

  void hugeClaimsAreRefused() {
    const auto file = m_scratch.path("huge.h5");
    {
      Hdf5File made(file);
      Plan chunked;
      const hsize_t chunk[] = {1000, 1000}, large[] = {1 << 14, 1 << 14};
      H5Pset_chunk(chunked.id, 2, chunk);
      made.add("terabytes", {1 << 20, 1 << 20}, H5T_IEEE_F64LE, chunked.id, false);
      Plan wide;
      H5Pset_chunk(wide.id, 2, large);
      made.add("chunks", {1 << 14, 1 << 14}, H5T_IEEE_F32LE, wide.id, false);
    }
    EXPECT_ERROR(ErrorCode::BadFile, readArrayMatrix(file, "terabytes"), "huge.h5", "terabytes",
                 "8796093022208", "0 are");
    EXPECT_ERROR(ErrorCode::Unsupported, readArrayMatrix(file, "chunks"), "huge.h5", "512 MiB");
    QCOMPARE(inspectData(file, Job()).datasets.size(), std::size_t{2});
  }

  void damagedFilesAreErrors() {
    const auto file = m_scratch.path("good.h5");
    {
      Hdf5File made(file);
      made.add("a/x", {20, 30});
      made.add("b", {4}, H5T_STD_I16LE);
    }
    const std::string good = test::contentsOf(file);
    std::mt19937 random(3);
    int refused = 0;
    for (int i = 0; i < 30; ++i) {
      std::string bytes = good;
      for (int flip = 0; flip < 8; ++flip) bytes[random() % 2000] = static_cast<char>(random());
      if (i % 5 == 0) bytes.resize(random() % bytes.size());
      const auto bad = m_scratch.write("bad.h5", bytes);
      const auto caught = test::errorOf([&] { inspectData(bad, Job()); });
      if (!caught.thrown) continue;
      ++refused;
      QVERIFY2(caught.message.find("bad.h5") != std::string::npos, caught.message.c_str());
    }
    QVERIFY(refused > 5);
  }

  void whatAChildDoesIsTold() {
    const auto crash = runChild("/bin/sh", {"-c", "kill -SEGV $$"}, 100, std::chrono::seconds(20), Job());
    QCOMPARE(crash.signal, SIGSEGV);
    const auto words =
        runChild("/bin/sh", {"-c", "echo out; echo err >&2; exit 7"}, 100, std::chrono::seconds(20), Job());
    QCOMPARE(words.output, std::string("out\n"));
    QCOMPARE(words.errors, std::string("err\n"));
    QCOMPARE(words.exitStatus, 7);
    QVERIFY(runChild("/bin/sh", {"-c", "yes"}, 100, std::chrono::seconds(20), Job()).tooMuch);
    QVERIFY(runChild("/bin/sh", {"-c", "sleep 60"}, 100, std::chrono::seconds(1), Job()).tooLong);
    EXPECT_ERROR(ErrorCode::Io, runChild("/no/such/program", {}, 100, std::chrono::seconds(1), Job()),
                 "/no/such");
    std::stop_source stop;
    stop.request_stop();
    const Job cancelled(stop.get_token(), [](double, std::string_view) {});
    QVERIFY_THROWS_EXCEPTION(
        Cancelled, runChild("/bin/sh", {"-c", "sleep 60"}, 100, std::chrono::seconds(20), cancelled));
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestHdf5)
#include "tst_hdf5.moc"
