// SPDX-License-Identifier: GPL-3.0-or-later
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>

#include <QtTest>
#include <new>

#include "ellipsoid_cortex.h"
#include "scene/cortex_scene.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

/// Has no memory to draw with.
class WindowWithoutMemory : public vtkGenericOpenGLRenderWindow {
 public:
  static WindowWithoutMemory* New();
  vtkTypeMacro(WindowWithoutMemory, vtkGenericOpenGLRenderWindow);
  void Render() override { throw std::bad_alloc(); }
};
vtkStandardNewMacro(WindowWithoutMemory);

}  // namespace

class TestSnapshot : public QObject {
  Q_OBJECT

 private slots:
  void aPictureThatFailsLeavesTheSceneAsItWas();
};

void TestSnapshot::aPictureThatFailsLeavesTheSceneAsItWas() {
  vtkNew<WindowWithoutMemory> window;
  CortexScene scene;
  scene.setCortex(ellipsoidCortex(2));
  scene.setBrains({"P01"});
  scene.attach(window);
  scene.resize(600, 400, 1);
  const auto place = scene.pixelOf({0, 0});
  QVERIFY(place.has_value());
  int changes = 0;
  scene.onChange = [&] { ++changes; };
  QVERIFY_EXCEPTION_THROWN(scene.drawImage({320, 200, 1, 2}), std::bad_alloc);
  QCOMPARE(changes, 0);
  QCOMPARE(scene.pixelOf({0, 0}), place);
  scene.setMarker(3);
  QCOMPARE(changes, 1);
  scene.detach();
}

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
