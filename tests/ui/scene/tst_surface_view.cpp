// SPDX-License-Identifier: GPL-3.0-or-later
#include <QMainWindow>
#include <QSignalSpy>
#include <QVBoxLayout>
#include <cmath>

#include "ellipsoid_cortex.h"
#include "support/expect.h"
#include "surface_view/surface_view.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// Notes keys that the view did not use.
class Parent : public QWidget {
 public:
  std::vector<int> keys;
  void keyPressEvent(QKeyEvent* event) override {
    if (event->key() != Qt::Key_Shift) keys.push_back(event->key());
  }
};

int differingPixels(const QImage& a, const QImage& b) {
  if (a.size() != b.size()) return a.width() * a.height();
  int count = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x) {
      const QColor p = a.pixelColor(x, y), q = b.pixelColor(x, y);
      count +=
          std::abs(p.red() - q.red()) + std::abs(p.green() - q.green()) + std::abs(p.blue() - q.blue()) > 24;
    }
  return count;
}

int coloredPixels(const QImage& image) {
  int count = 0;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y).saturation() > 80;
  return count;
}

}  // namespace

class TestSurfaceView : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    if (QGuiApplication::platformName() != QLatin1String("xcb")) QSKIP("needs an X display");
    m_parent = std::make_unique<Parent>();
    m_parent->resize(620, 420);
    auto* layout = new QVBoxLayout(m_parent.get());
    layout->setContentsMargins(0, 0, 0, 0);
    m_view = new SurfaceView;
    layout->addWidget(m_view);
    m_shape = ellipsoidCortex();
    CortexScene& scene = m_view->scene();
    scene.setCortex(m_shape);
    scene.setBrains({"sub-01", "sub-02"});
    std::vector<float> values(static_cast<std::size_t>(scene.vertexCount()));
    for (Index i = 0; i < scene.vertexCount(); ++i) {
      const Hemisphere side = m_shape.anatomical.sideOf(i);
      values[static_cast<std::size_t>(i)] =
          m_shape.anatomical.hemisphere(side).points(i - m_shape.anatomical.firstVertex(side), 1) / 70;
    }
    for (const int brain : {0, 1}) m_view->setFrame(brain, values, values);
    m_parent->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_parent.get()));
    m_view->setFocus();
    QVERIFY(m_view->canDraw());
  }
  void cleanup() { m_parent.reset(); }

  void draws() {
    const QImage image = m_view->grab().toImage();
    QVERIFY(QImage(image).pixelColor(2, 2) == Qt::white);
    int red = 0, blue = 0;
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) {
        red += image.pixelColor(x, y).red() > image.pixelColor(x, y).blue() + 60;
        blue += image.pixelColor(x, y).blue() > image.pixelColor(x, y).red() + 60;
      }
    QVERIFY2(red > 3000 && blue > 3000, qPrintable(QString("%1 %2").arg(red).arg(blue)));
  }

  void dragsMoveTheScene_data() {
    QTest::addColumn<int>("button");
    QTest::addColumn<int>("modifiers");
    QTest::addColumn<bool>("moves");
    QTest::addColumn<bool>("enlarges");
    QTest::newRow("left turns") << int(Qt::LeftButton) << int(Qt::NoModifier) << true << false;
    QTest::newRow("right zooms") << int(Qt::RightButton) << int(Qt::NoModifier) << true << true;
    QTest::newRow("middle pans") << int(Qt::MiddleButton) << int(Qt::NoModifier) << true << false;
    QTest::newRow("shift + left pans") << int(Qt::LeftButton) << int(Qt::ShiftModifier) << true << false;
    QTest::newRow("control + left is free")
        << int(Qt::LeftButton) << int(Qt::ControlModifier) << false << false;
  }
  void dragsMoveTheScene() {
    QFETCH(int, button);
    QFETCH(int, modifiers);
    QFETCH(bool, moves);
    QFETCH(bool, enlarges);
    const QImage before = shot();
    const double sizeBefore = brainSize();
    QSignalSpy picked(m_view, &SurfaceView::vertexPicked), changed(m_view, &SurfaceView::viewChanged);
    drag(static_cast<Qt::MouseButton>(button), static_cast<Qt::KeyboardModifiers>(modifiers), {0, -40});
    const int different = differingPixels(before, shot());
    QVERIFY2(moves ? different > 500 : different < 200, qPrintable(QString::number(different)));
    QCOMPARE(changed.count() > 0, moves);
    QCOMPARE(picked.count(), 0);
    QCOMPARE(brainSize() > 1.1 * sizeBefore, enlarges);
  }

  void panFollowsTheMouse() {
    // The first step out of rest also lets the cells grow; from then on a brain sticks to the mouse.
    drag(Qt::MiddleButton, Qt::NoModifier, {24, 16});
    const QPoint place = placeOf({0, facing()});
    drag(Qt::MiddleButton, Qt::NoModifier, {-20, 28});
    const QPoint moved = placeOf({0, facing()}) - place;
    QVERIFY2((moved - QPoint(-20, 28)).manhattanLength() <= 2,
             qPrintable(QString("%1 %2").arg(moved.x()).arg(moved.y())));
  }

  void wheelZooms() {
    const double before = brainSize();
    QWheelEvent in(m_view->rect().center(), m_view->mapToGlobal(m_view->rect().center()), {}, {0, 240},
                   Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_view, &in);
    QVERIFY2(std::abs(brainSize() / before - 1.15 * 1.15) < 0.02,
             qPrintable(QString::number(brainSize() / before)));
  }

  void clickPicks() {
    QSignalSpy picked(m_view, &SurfaceView::vertexPicked);
    const Index left = vertexTowards(m_shape.anatomical.left, {-1, 0.2f, 0.2f});
    const Index right =
        m_shape.anatomical.left.vertexCount() + vertexTowards(m_shape.anatomical.right, {1, -0.3f, 0.1f});
    for (const BrainSpot spot :
         {BrainSpot{0, left}, BrainSpot{1, left}, BrainSpot{0, right}, BrainSpot{1, right}}) {
      QTest::mouseClick(target(), Qt::LeftButton, {}, placeOf(spot));
      QCOMPARE(picked.count(), 1);
      const QList<QVariant> arguments = picked.takeFirst();
      QCOMPARE(arguments[0].toInt(), spot.brain);
      QVERIFY2(near(static_cast<Index>(arguments[1].toLongLong()), spot.vertex), "a neighbour within 5 mm");
    }
    QTest::mouseClick(target(), Qt::LeftButton, {}, {1, 1});
    QTest::mouseClick(target(), Qt::RightButton, {}, placeOf({0, left}));
    QTest::mouseClick(target(), Qt::LeftButton, Qt::ControlModifier, placeOf({0, left}));
    QCOMPARE(picked.count(), 0);
  }

  void hoverTellsWhatIsUnderTheMouse() {
    QSignalSpy hovered(m_view, &SurfaceView::hovered);
    const Index vertex = vertexTowards(m_shape.anatomical.left, {-1, 0.2f, 0.2f});
    hover({1, 1});
    hover(placeOf({1, vertex}));
    QVERIFY(hovered.count() > 0);
    QCOMPARE(hovered.last()[0].toInt(), 1);
    QVERIFY(near(static_cast<Index>(hovered.last()[1].toLongLong()), vertex));
    hover({2, 2});
    QCOMPARE(hovered.last()[0].toInt(), -1);
    QCOMPARE(hovered.last()[1].toLongLong(), -1LL);
  }

  /// What keys do to the brains is the window's to say (tests/ui/window/tst_shortcuts.cpp).
  void keysGoOn() {
    const QImage before = shot();
    const std::vector<int> keys{Qt::Key_Q, Qt::Key_Space, Qt::Key_Return, Qt::Key_1, Qt::Key_7, Qt::Key_Left};
    for (const int key : keys)
      QTest::keyClick(m_view, static_cast<Qt::Key>(key),
                      key == Qt::Key_Left ? Qt::ShiftModifier : Qt::NoModifier);
    QVERIFY(m_parent->keys == keys);
    QVERIFY(differingPixels(before, shot()) < 20);
  }

  void newValuesAreDrawnByThemselves() {
    m_view->grab();
    const std::vector<float> ones(static_cast<std::size_t>(m_view->scene().vertexCount()), 1.0f);
    const QImage before = m_view->grab().toImage();
    m_view->setFrame(1, ones, ones);
    QTRY_VERIFY(differingPixels(before, m_view->grab().toImage()) > 1000);
  }

  void resizes() {
    m_view->grab();
    m_parent->resize(900, 300);
    QTRY_COMPARE(m_view->width(), 900);
    const QImage image = m_view->grab().toImage();
    QCOMPARE(image.width(), static_cast<int>(std::lround(900 * m_view->devicePixelRatioF())));
    QVERIFY(coloredPixels(image.copy(image.width() / 2, 0, image.width() / 2, image.height())) > 1000);
  }

  void survivesAnotherWindow() {
    const QImage before = shot();
    QMainWindow other;
    other.resize(620, 420);
    other.setCentralWidget(m_view);
    other.show();
    QVERIFY(QTest::qWaitForWindowExposed(&other));
    QCOMPARE(differingPixels(before, shot()), 0);
    QVERIFY(coloredPixels(m_view->grab().toImage()) > 3000);
    const std::vector<float> ones(static_cast<std::size_t>(m_view->scene().vertexCount()), 1.0f);
    m_view->setFrame(0, ones, ones);
    QVERIFY(differingPixels(before, shot()) > 500);
  }

  void pictureHasAnySize() {
    m_view->grab();
    const QImage image = m_view->picture({500, 300, 2.0, 2});
    QCOMPARE(image.size(), QSize(1000, 600));
    QCOMPARE(image.pixelColor(0, 0), QColor(Qt::white));
    QVERIFY2(coloredPixels(image) > 20000, qPrintable(QString::number(coloredPixels(image))));
    EXPECT_ERROR(ErrorCode::BadValue, m_view->picture({0, 10}), "empty");
    const QImage after = m_view->grab().toImage();
    QCOMPARE(after.width(), static_cast<int>(std::lround(m_view->width() * m_view->devicePixelRatioF())));
  }

 private:
  /// Delivered at once: the pointer of the display moves when the display finds the time, and may be moved by
  /// others.
  void hover(QPoint place) {
    QWidget* widget = target();
    QMouseEvent move(QEvent::MouseMove, place, widget->mapToGlobal(place), Qt::NoButton, Qt::NoButton, {});
    QCoreApplication::sendEvent(widget, &move);
  }

  QWidget* target() const { return m_view->childAt(m_view->rect().center()); }

  /// The view's state as a picture that does not depend on when edges on screen are smoothed.
  QImage shot() const { return m_view->picture({620, 420, 1.0, 2}); }

  QPoint placeOf(BrainSpot spot) const {
    const auto [x, y] = m_view->scene().pixelOf(spot).value();
    const double ratio = m_view->devicePixelRatioF();
    return {static_cast<int>(std::lround(x / ratio)),
            static_cast<int>(std::lround(m_view->height() - y / ratio))};
  }

  Index facing() const { return vertexTowards(m_shape.anatomical.left, {-1, 0, 0}); }

  double brainSize() const {
    const auto a =
        m_view->scene().pixelOf({0, vertexTowards(m_shape.anatomical.left, {-1, 0.3f, 0})}).value();
    const auto b =
        m_view->scene().pixelOf({0, vertexTowards(m_shape.anatomical.left, {-1, -0.3f, 0})}).value();
    return std::hypot(a[0] - b[0], a[1] - b[1]);
  }

  bool near(Index a, Index b) const {
    const Cortex& cortex = m_shape.anatomical;
    if (cortex.sideOf(a) != cortex.sideOf(b)) return false;
    const Points& points = cortex.hemisphere(cortex.sideOf(a)).points;
    const Index first = cortex.firstVertex(cortex.sideOf(a));
    return (points.row(a - first) - points.row(b - first)).norm() < 5;
  }

  void drag(Qt::MouseButton button, Qt::KeyboardModifiers modifiers, QPoint by) {
    QWidget* widget = target();
    const QPoint start = placeOf({0, facing()});
    QTest::mousePress(widget, button, modifiers, start);
    for (int step = 1; step <= 4; ++step) {
      const QPointF place = start + by * step / 4;
      QMouseEvent move(QEvent::MouseMove, place, widget->mapToGlobal(place), Qt::NoButton, button, modifiers);
      QCoreApplication::sendEvent(widget, &move);
    }
    QTest::mouseRelease(widget, button, modifiers, start + by);
  }

  std::unique_ptr<Parent> m_parent;
  SurfaceView* m_view = nullptr;
  CortexShape m_shape;
};

QTEST_MAIN(TestSurfaceView)
#include "tst_surface_view.moc"
