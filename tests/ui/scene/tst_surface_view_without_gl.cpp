// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QSignalSpy>

#include "ellipsoid_cortex.h"
#include "support/expect.h"
#include "surface_view/surface_view.h"

using namespace cortexscope;

/// Runs where windows have no OpenGL: the program must say so and live on.
class TestSurfaceViewWithoutGl : public QObject {
  Q_OBJECT

 private slots:
  void saysSoAndLivesOn() {
    if (QGuiApplication::platformName() != QLatin1String("offscreen"))
      QSKIP("needs QT_QPA_PLATFORM=offscreen");
    SurfaceView view;
    view.scene().setCortex(test::ellipsoidCortex(2));
    view.scene().setBrains({"sub-01"});
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(!view.canDraw());
    const auto* label = view.findChild<QLabel*>("noOpenGl");
    QVERIFY(label != nullptr && label->isVisible());
    QVERIFY2(label->text().contains("OpenGL"), qPrintable(label->text()));
    QSignalSpy picked(&view, &SurfaceView::vertexPicked);
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.rect().center());
    QTest::keyClick(&view, Qt::Key_7);
    QCOMPARE(picked.count(), 0);
    EXPECT_ERROR(ErrorCode::Unsupported, view.picture({100, 100}), "OpenGL");
  }
};

QTEST_MAIN(TestSurfaceViewWithoutGl)
#include "tst_surface_view_without_gl.moc"
