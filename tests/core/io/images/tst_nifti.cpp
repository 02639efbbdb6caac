// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <limits>

#include "core/cortex/meshes.h"
#include "core/io/images/nifti_spec.h"
#include "io/images/volume.h"
#include "support/expect.h"

using namespace cortexscope;
using namespace test;

class TestNifti : public QObject {
  Q_OBJECT
 private slots:
  void everyKindReadsEqual_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("version");
    QTest::addColumn<bool>("big");
    QTest::addColumn<bool>("packed");
    for (int type = 0; type < 10; ++type)
      for (const int version : {1, 2})
        for (const bool big : {false, true})
          QTest::addRow("type %d version %d big %d", type, version, big)
              << type << version << big << (type % 2 == 0);
  }
  void everyKindReadsEqual() {
    QFETCH(int, type);
    QFETCH(int, version);
    QFETCH(bool, big);
    QFETCH(bool, packed);
    NiftiSpec spec;
    spec.version = version;
    spec.order = big ? std::endian::big : std::endian::little;
    spec.slope = 0.5;
    spec.intercept = 10;
    const std::string contents = fileOf(typed(type, spec));
    const Volume volume = readVolume(
        m_scratch.write(packed ? "x.nii.gz" : "x.nii", packed ? test::gzipped(contents) : contents));
    QCOMPARE(volume.size, (std::array<Index, 3>{2, 3, 4}));
    for (int i = 0; i < 24; ++i)
      QCOMPARE(volume.values[static_cast<std::size_t>(i)], 10 + 0.5f * static_cast<float>(i));
    QCOMPARE(volume.at(1, 2, 3), 10 + 0.5f * 23);
    QCOMPARE(volume.at(1, 0, 0), 10.5f);
    QCOMPARE(volume.mmFromVoxel(0, 3), -10.0);
    QCOMPARE(volume.mmFromVoxel(2, 2), 3.0);
    QVERIFY(volume.warnings.empty());
  }

  void quaternion_data() {
    QTest::addColumn<QList<double>>("bcd");
    QTest::addColumn<double>("handedness");
    QTest::addColumn<QList<double>>("expected");  // images of the three axes, one after the other
    const double half = std::sqrt(0.5);
    QTest::newRow("none") << QList<double>{0, 0, 0} << 1.0 << QList<double>{2, 0, 0, 0, 2, 0, 0, 0, 3};
    QTest::newRow("mirrored") << QList<double>{0, 0, 0} << -1.0 << QList<double>{2, 0, 0, 0, 2, 0, 0, 0, -3};
    QTest::newRow("half turn round z")
        << QList<double>{0, 0, 1} << 1.0 << QList<double>{-2, 0, 0, 0, -2, 0, 0, 0, 3};
    QTest::newRow("quarter turn round z")
        << QList<double>{0, 0, half} << 1.0 << QList<double>{0, 2, 0, -2, 0, 0, 0, 0, 3};
    QTest::newRow("quarter turn round x")
        << QList<double>{half, 0, 0} << 1.0 << QList<double>{2, 0, 0, 0, 0, 2, 0, -3, 0};
    QTest::newRow("longer than 1") << QList<double>{0, 0, 2} << 1.0
                                   << QList<double>{-2, 0, 0, 0, -2, 0, 0, 0, 3};
  }
  void quaternion() {
    QFETCH(QList<double>, bcd);
    QFETCH(double, handedness);
    QFETCH(QList<double>, expected);
    NiftiSpec spec = good();
    spec.sform = 0;
    spec.qform = 1;
    spec.pixdim[0] = handedness;
    spec.quaternion = {bcd[0], bcd[1], bcd[2]};
    spec.offset = {5, 6, 7};
    const Volume volume = readVolume(m_scratch.write("x.nii", fileOf(spec)));
    for (int axis = 0; axis < 3; ++axis)
      for (int row = 0; row < 3; ++row)
        QVERIFY(std::abs(volume.mmFromVoxel(row, axis) - expected[3 * axis + row]) < 1e-5);
    QCOMPARE(volume.mmFromVoxel(1, 3), 6.0);
  }

  void saysWhatIsOdd_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::string& contents, const char* words) {
      QTest::newRow(name) << QByteArray::fromStdString(contents) << words;
    };
    const auto changed = [&](auto change) {
      NiftiSpec spec = good();
      change(spec);
      return fileOf(spec);
    };
    row("nothing", fileOf(good()), "");
    row("bitpix", changed([](NiftiSpec& s) { s.bits = 32; }), "bitpix is 32");
    row("offset zero", changed([](NiftiSpec& s) { s.start = 0; }), "vox_offset");
    row("slope NaN", changed([](NiftiSpec& s) { s.slope = std::nan(""); }), "NaN");
    row("no form", changed([](NiftiSpec& s) { s.sform = 0; }), "voxel sizes were used");
    row("sform singular", changed([](NiftiSpec& s) {
          s.rows.fill(0);
          s.qform = 1;
        }),
        "qform was used");
    row("bytes after", fileOf(good()) + "xyz", "more bytes");
    row("bytes after, packed", test::gzipped(fileOf(good()) + "xyz"), "more bytes");
  }
  void saysWhatIsOdd() {
    QFETCH(QByteArray, contents);
    QFETCH(QString, words);
    const Volume volume = readVolume(
        m_scratch.write(contents.startsWith("\x1f\x8b") ? "odd.nii.gz" : "odd.nii", contents.toStdString()));
    QCOMPARE(volume.values[23], 23.0f);
    QCOMPARE(volume.warnings.size(), std::size_t{words.isEmpty() ? 0u : 1u});
    if (words.isEmpty()) return;
    QVERIFY2(volume.warnings[0].find(words.toStdString()) != std::string::npos, volume.warnings[0].c_str());
    QVERIFY(volume.warnings[0].find("odd.nii") != std::string::npos);
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::string& contents, const char* words) {
      QTest::newRow(name) << QByteArray::fromStdString(contents) << words;
    };
    const auto changed = [&](auto change) {
      NiftiSpec spec = good();
      change(spec);
      return fileOf(spec);
    };
    const double infinity = std::numeric_limits<double>::infinity();
    const std::string whole = fileOf(good());
    row("empty", "", "has 0 bytes");
    row("cut in the header", whole.substr(0, 200), "has 200 bytes");
    row("cut in the voxels", whole.substr(0, 370), "the file has 370 bytes");
    row("cut in the voxels, packed", test::gzipped(whole.substr(0, 370)), "ends inside the voxels");
    row("cut in the stream", test::gzipped(whole).substr(0, 60), "cut");
    row("text", std::string(400, 'a'), "not 348 or 540");
    row("magic", changed([](NiftiSpec& s) { s.magic = "n+3"; }), "magic");
    row("pair under another name", changed([](NiftiSpec& s) { s.magic = std::string("ni1\0", 4); }), "pair");
    row("dim[0] zero", changed([](NiftiSpec& s) { s.dims[0] = 0; }), "dim[0] is 0");
    row("dim[0] too many", changed([](NiftiSpec& s) { s.dims[0] = 8; }), "dim[0] is 8");
    row("dim zero", changed([](NiftiSpec& s) { s.dims[2] = 0; }), "dim[2] is 0");
    row("dim negative", changed([](NiftiSpec& s) { s.dims[3] = -4; }), "dim[3] is -4");
    row("beyond the file", changed([](NiftiSpec& s) { s.dims[1] = 30000; }), "30000 x 3 x 4");
    row("wraps", changed([](NiftiSpec& s) { s.dims = {7, 32767, 32767, 32767, 32767, 32767, 32767, 32767}; }),
        "dim[3]");
    row("type unknown", changed([](NiftiSpec& s) { s.type = 999; }), "datatype is 999");
    row("type RGB", changed([](NiftiSpec& s) { s.type = 128; }), "datatype is 128");
    row("offset NaN", changed([](NiftiSpec& s) { s.start = std::nan(""); }), "vox_offset");
    row("offset infinite", changed([=](NiftiSpec& s) { s.start = infinity; }), "vox_offset");
    row("offset negative", changed([](NiftiSpec& s) { s.start = -16; }), "vox_offset");
    row("offset past the end", changed([](NiftiSpec& s) { s.start = 4e9; }), "the file has 400 bytes");
    row("slope infinite", changed([=](NiftiSpec& s) { s.slope = infinity; }), "infinite");
    row("no size of voxels", changed([](NiftiSpec& s) { s.sform = 0, s.pixdim[2] = std::nan(""); }),
        "pixdim");
    NiftiSpec second = good();
    second.version = 2;
    second.start = 544;
    row("damaged by text mode", fileOf([&] {
          NiftiSpec s = second;
          s.magic = std::string("n+2\0\n\x1a\n\0", 8);
          return s;
        }()),
        "magic");
    second.dims = {3, INT64_MAX, INT64_MAX, 4, 1, 1, 1, 1};
    row("64-bit dims", fileOf(second), "dim[1]");
    second.dims = {3, std::int64_t{1} << 32, std::int64_t{1} << 32, 4, 1, 1, 1, 1};
    row("64-bit wrap", fileOf(second), "dim[2]");
    second.dims = {3, 100000, 100000, 4, 1, 1, 1, 1};
    row("volume too large", fileOf(second), "100000 x 100000 x 4");
  }
  void refuses() {
    QFETCH(QByteArray, contents);
    QFETCH(QString, words);
    const auto file = m_scratch.write("bad.nii", contents.toStdString());
    const auto caught = test::errorOf([&] { readVolume(file); });
    QVERIFY(caught.thrown);
    QVERIFY2(caught.message.find("bad.nii") != std::string::npos, caught.message.c_str());
    QVERIFY2(caught.message.find(words.toStdString()) != std::string::npos, caught.message.c_str());
  }

  void flippedBytesNeverCrash() {
    std::mt19937 generator(3);
    const std::string whole = fileOf(good());
    for (int round = 0; round < 2000; ++round) {
      std::string contents = whole;
      for (int flip = 0; flip < 3; ++flip)
        contents[generator() % contents.size()] = static_cast<char>(generator());
      const auto file = m_scratch.write("flipped", contents);
      test::errorOf([&] { readVolume(file); });
    }
  }

  void labelsAreSampledInward() {
    // 1 mm voxels centred on the origin; a ball of label 7 and radius 17 mm under a surface of 20 mm.
    Volume labels;
    labels.size = {41, 41, 41};
    labels.mmFromVoxel.topRightCorner<3, 1>().setConstant(-20);
    for (int z = -20; z <= 20; ++z)
      for (int y = -20; y <= 20; ++y)
        for (int x = -20; x <= 20; ++x)
          labels.values.push_back(x * x + y * y + z * z <= 17 * 17 && x > 0 ? 7.0f : 0.0f);
    const Surface sphere = test::icosphere(2, 20);
    const auto shallow = sampleLabels(labels, sphere, 1, 0.5), deep = sampleLabels(labels, sphere, 4.5, 0.5);
    for (Index v = 0; v < sphere.vertexCount(); ++v) {
      QCOMPARE(shallow[static_cast<std::size_t>(v)], 0);
      if (std::abs(sphere.points(v, 0)) < 1) continue;
      QCOMPARE(deep[static_cast<std::size_t>(v)], sphere.points(v, 0) > 0 ? 7 : 0);
    }
    const Surface outside = test::icosphere(1, 500);
    for (const auto label : sampleLabels(labels, outside, 10, 1)) QCOMPARE(label, 0);
  }

  void samplingRefuses() {
    Volume labels;
    labels.size = {1, 1, 1};
    labels.values = {1};
    const Surface sphere = test::icosahedron(1);
    EXPECT_ERROR(ErrorCode::BadValue, sampleLabels(labels, sphere, -1, 1), "depth");
    EXPECT_ERROR(ErrorCode::BadValue, sampleLabels(labels, sphere, 4, 0), "step");
    EXPECT_ERROR(ErrorCode::BadValue, sampleLabels(labels, sphere, 4, std::nan("")), "step");
    labels.mmFromVoxel.setZero();
    EXPECT_ERROR(ErrorCode::BadValue, sampleLabels(labels, sphere, 4, 1), "inverted");
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestNifti)
#include "tst_nifti.moc"
