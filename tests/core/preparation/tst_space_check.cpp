// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/space_check.h"

#include "support/expect.h"

using namespace cortexscope;

namespace {
const SurfaceSpace kFsaverage5{"fsaverage5", 10242, 10242};
const SurfaceSpace kFsLr32k{"fsLR 32k", 32492, 32492};
}  // namespace

class TestSpaceCheck : public QObject {
  Q_OBJECT
 private slots:
  void densitiesAreThoseOfTheTemplates() {
    // An icosahedron divided n times has 10 * 4^n + 2 vertices.
    Index power = 64;
    for (const KnownDensity& known : knownDensities()) {
      if (known.family != "fsaverage") continue;
      QCOMPARE(known.perHemisphere, 10 * power + 2);
      power *= 4;
    }
    QCOMPARE(power, Index(65536));
    QCOMPARE(knownDensities().size(), std::size_t(8));
  }

  void namesAreOne_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, int count, const char* expected) {
      QTest::addRow("%s of %d", name, count) << QString(name) << count << QString(expected);
    };
    row("fsaverage5", 20484, "fsaverage5");
    row("FSaverage6", 40962, "fsaverage6");
    row("space-fsaverage_den-10k", 20484, "fsaverage5");
    row("fsaverage_den-41k", 81924, "fsaverage6");
    row("space-fsaverage5_den-10k", 20484, "fsaverage5");
    row("fsaverage7", 163842, "fsaverage");
    row("fsaverage", 327684, "fsaverage");
    row("fsaverage", 20484, "fsaverage");  // no density was named: the finest is meant
    row("fsLR", 64984, "fsLR 32k");
    row("fs_LR", 59292, "fsLR 59k");
    row("fs_LR_32k", 64984, "fsLR 32k");
    row("space-fsLR_den-91k", 64984, "fsLR 32k");
    row("fsLR_den-170k", 118584, "fsLR 59k");
    row("fsLR164k", 327684, "fsLR 164k");
    row("fsLR", 91282, "fsLR 32k");
    row("fsLR", 77, "fsLR");
    row("fsaverage_sym", 163842, "fsaverage_sym");
    row("fsnative", 120000, "fsnative");
    row("", 20484, "");
  }
  void namesAreOne() {
    QFETCH(QString, name);
    QFETCH(int, count);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(spaceName(name.toStdString(), count)), expected);
  }

  void countsAreNamed() {
    QCOMPARE(spacesWith(20484), std::vector<std::string>{"fsaverage5, both hemispheres"});
    QCOMPARE(spacesWith(163842),
             (std::vector<std::string>{"fsaverage, one hemisphere", "fsLR 164k, one hemisphere"}));
    QVERIFY(spacesWith(12345).empty());
  }

  void acceptsWhatFits() {
    QVERIFY(checkResponseSpace({"fsaverage5", 20484}, kFsaverage5).empty());
    QVERIFY(checkResponseSpace({"space-fsaverage_den-10k", 20484}, kFsaverage5).empty());
    QVERIFY(checkResponseSpace({"fsLR", 64984}, kFsLr32k).empty());
    QVERIFY(checkResponseSpace({"fsLR", 32492}, {"fsLR_den-32k", 32492, 0}).empty());
    QVERIFY(checkResponseSpace({"MNI-CIVET-20k", 40962}, {"mni_civet_20k", 20481, 20481}).empty());
    QVERIFY(checkResponseSpace({"fsnative", 250001}, {"fsnative", 125000, 125001}).empty());
  }

  void warnsOfSpacesThatAreNotSaid() {
    const auto plain = checkResponseSpace({"", 20484}, kFsaverage5);
    QCOMPARE(plain.size(), std::size_t(1));
    QVERIFY(plain[0].find("20484") != std::string::npos && plain[0].find("fsaverage5") != std::string::npos);
    const auto twofold = checkResponseSpace({"", 327684}, {"fsaverage", 163842, 163842});
    QVERIFY(twofold[0].find("fsLR 164k") != std::string::npos);
    QVERIFY(twofold[0].find("fsaverage, both") == std::string::npos);
    QVERIFY(plain[0].find("but") == std::string::npos);
    const auto stranger = checkResponseSpace({"", 40962}, {"MNI-CIVET-20k", 20481, 20481});
    QVERIFY(stranger[0].find("but fsaverage6, one hemisphere has as many") != std::string::npos);
  }

  void refusesOtherDensities() {
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsaverage", 327684}, kFsaverage5),
                 "fsaverage with 327684", "fsaverage5 with 20484", "never made by keeping the first vertices",
                 "mri_surf2surf", "fsaverage:den-10k");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsaverage6", 81924}, kFsaverage5), "two densities",
                 "never made by keeping the first vertices");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"space-fsaverage", 20484}, kFsaverage5),
                 "two densities", "say so: space-fsaverage_den-10k");
    // Cut on the way here, by someone: the name still tells.
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsaverage6", 20484}, kFsaverage5),
                 "two densities");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"", 327684}, kFsaverage5),
                 "an unnamed space with 327684", "fsaverage, both hemispheres",
                 "never made by keeping the first vertices", "mri_surf2surf");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsLR_den-164k", 327684}, kFsLr32k),
                 "two densities", "wb_command");
  }

  void refusesOtherSpaces() {
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsLR", 327684}, {"fsaverage", 163842, 163842}),
                 "fsLR with 327684", "fsaverage with 327684", "different spaces");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsnative", 20484}, kFsaverage5), "fsnative",
                 "different spaces");
    EXPECT_ERROR(ErrorCode::BadShape,
                 checkResponseSpace({"fsaverage5", 20484}, {"MNI-CIVET-20k", 10242, 10242}), "MNI-CIVET-20k",
                 "different spaces");
  }

  void refusesOtherCounts() {
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsaverage5", 10242}, kFsaverage5),
                 "one hemisphere alone");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsaverage5", 20484}, {"fsaverage5", 10242, 0}),
                 "both hemispheres");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsaverage5", 81924}, kFsaverage5),
                 "fsaverage5 has 10242 vertices", "81924 is fsaverage6, both hemispheres");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsLR", 59412}, kFsLr32k), "59412", "medial wall");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsLR_den-91k", 91282}, kFsLr32k), "91282",
                 "medial wall");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsLR", 777}, kFsLr32k), "fsLR with 777", "64984");
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsnative", 9}, {"fsnative", 5, 5}), "9 values",
                 "one value per vertex", "5 left, 5 right", "never cut");
  }

  void refusesSurfacesThatAreNotWhatTheySay() {
    EXPECT_ERROR(ErrorCode::BadShape, checkResponseSpace({"fsaverage5", 20484}, {"fsaverage5", 10242, 10241}),
                 "10242", "10241");
  }
};

QTEST_APPLESS_MAIN(TestSpaceCheck)
#include "tst_space_check.moc"
