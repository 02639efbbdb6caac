// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"
#include "io/images/cifti.h"
#include "support/expect.h"

using namespace cortexscope;

class TestCifti : public QObject {
  Q_OBJECT
 private slots:
  void rowsAndColumnsAreWhatTheFileSays() {
    const auto file = m_scratch.write("x.dtseries.nii", test::ciftiFile(2, test::ciftiXml(2, true), 3002));
    const CiftiMatrix read = readCifti(file);
    // In the file the rows of one column lie next to each other.
    QCOMPARE(read.values, (MatrixF(2, 5) << 0, 2, 4, 6, 8, 1, 3, 5, 7, 9).finished());
    QCOMPARE(read.header.rows.step, 0.72);
    const BrainModel& cortex = read.header.columns.models.at(0);
    QCOMPARE(cortex.vertices, (std::vector<std::int32_t>{0, 1, 3}));
    QCOMPARE(cortex.surfaceVertices, Index{4});
    QCOMPARE(read.header.columns.models.at(1).voxels.at(1), (VoxelIndex{3, 4, 5}));
    QCOMPARE(read.header.columns.mmFromVoxel(0, 3), 90.0);
    QVERIFY(read.header.warnings.empty());
  }

  void whatIsWrittenReadsBack_data() {
    QTest::addColumn<bool>("series");
    QTest::newRow("series") << true;
    QTest::newRow("scalars") << false;
  }
  void whatIsWrittenReadsBack() {
    QFETCH(bool, series);
    const auto source =
        m_scratch.write("a.dtseries.nii", test::ciftiFile(3, test::ciftiXml(3, series), 3002));
    const CiftiMatrix first = readCifti(source);
    const auto file = m_scratch.path(series ? "b.dtseries.nii" : "b.dscalar.nii");
    writeCifti(file, first.header, first.values);
    const CiftiMatrix second = readCifti(file);
    QCOMPARE(second.values, first.values);
    QCOMPARE(second.header.rows.names, first.header.rows.names);
    QCOMPARE(second.header.rows.step, first.header.rows.step);
    QCOMPARE(second.header.columns.models.at(0).vertices, first.header.columns.models.at(0).vertices);
    QCOMPARE(second.header.columns.models.at(1).voxels, first.header.columns.models.at(1).voxels);
    QCOMPARE(second.header.columns.mmFromVoxel, first.header.columns.mmFromVoxel);
    QVERIFY(second.header.warnings.empty());
  }

  void whatDoesNotFitIsNotWritten() {
    const auto source = m_scratch.write("a.dtseries.nii", test::ciftiFile(3, test::ciftiXml(3, true), 3002));
    CiftiMatrix matrix = readCifti(source);
    const auto file = m_scratch.path("c.dtseries.nii");
    EXPECT_ERROR(ErrorCode::BadShape, writeCifti(file, matrix.header, matrix.values.topRows(2)),
                 "c.dtseries.nii", "2 x 5", "3");
    EXPECT_ERROR(ErrorCode::BadValue, writeCifti(m_scratch.path("c.nii"), matrix.header, matrix.values),
                 "c.nii", ".dtseries.nii");
    matrix.header.columns.models[1].offset = 4;
    EXPECT_ERROR(ErrorCode::BadFile, writeCifti(file, matrix.header, matrix.values), "hole");
    QVERIFY(!std::filesystem::exists(file));
  }

 private:
  test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestCifti)
#include "tst_cifti.moc"
