// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPointF>
#include <QTimer>
#include <QWidget>
#include <memory>
#include <optional>
#include <span>

#include "scene/cortex_scene.h"

namespace cortexscope {

class GlCanvas;

/// Shows a cortex scene and lets the mouse move it.
///
/// Left drag turns, wheel or right drag zooms, Shift + left drag or middle drag pans, a click picks. Ctrl +
/// left drag and all keys go on to the parent: what a key does is said in one place, the window's shortcuts.
/// Where OpenGL cannot be had, a text says so and the scene is kept undrawn.
class SurfaceView : public QWidget {
  Q_OBJECT

 public:
  explicit SurfaceView(QWidget* parent = nullptr);
  ~SurfaceView() override;

  /// Every change to it is drawn at the next opportunity.
  CortexScene& scene() { return m_scene; }
  bool canDraw() const { return m_canvas != nullptr; }
  /// False while edges are still rough because things moved a moment ago.
  bool isSettled() const { return !m_settle.isActive(); }

  /// Values of one brain at the time shown and at the next one; errors of CortexScene::setValues.
  void setFrame(int brain, std::span<const float> now, std::span<const float> next);

  /// The scene at any size, with the view of the moment.
  /// Errors   Unsupported if OpenGL cannot be had; those of CortexScene::drawImage
  QImage picture(const ImageSize& size);

  QSize sizeHint() const override { return {640, 480}; }
  QSize minimumSizeHint() const override { return {160, 120}; }

 signals:
  void vertexPicked(int brain, long vertex);
  /// What is under the mouse; (-1, -1) once when it leaves the brains.
  void hovered(int brain, long vertex);
  void viewChanged();

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  enum class Drag { None, Turn, Zoom, Pan };
  static Drag dragFor(const QMouseEvent& event);

  void sceneChanged();
  void settle();
  void hover(std::optional<BrainSpot> spot);
  std::array<double, 2> scenePixel(QPointF place) const;

  CortexScene m_scene;
  GlCanvas* m_canvas = nullptr;
  QTimer m_settle;
  bool m_isSettling = false;
  Drag m_drag = Drag::None;
  Qt::MouseButton m_dragButton = Qt::NoButton;
  bool m_hasMoved = false;
  QPointF m_pressed, m_last;
  std::optional<BrainSpot> m_hovered;
};

}  // namespace cortexscope
