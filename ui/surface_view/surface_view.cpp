// SPDX-License-Identifier: GPL-3.0-or-later
#include "surface_view/surface_view.h"

#include <QApplication>
#include <QLabel>
#include <QMouseEvent>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <cmath>

#include "base/error.h"
#include "surface_view/gl_canvas.h"

namespace cortexscope {
namespace {

constexpr float kDegPerPx = 0.5f;
constexpr double kPxPerZoomE = 150.0;  // right drag over so many pixels zooms by e
constexpr double kZoomPerWheelStep = 1.15;
constexpr int kSettleMs = 250;

}  // namespace

SurfaceView::SurfaceView(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAccessibleName(tr("Brain surfaces"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  const QString problem = GlCanvas::problem();
  if (problem.isEmpty()) {
    m_canvas = new GlCanvas(m_scene, this);
    layout->addWidget(m_canvas);
  } else {
    auto* label = new QLabel(tr("The brain cannot be shown in 3-D: %1.").arg(problem), this);
    label->setObjectName(QStringLiteral("noOpenGl"));
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignCenter);
    layout->addWidget(label);
  }
  m_settle.setSingleShot(true);
  m_settle.setInterval(kSettleMs);
  connect(&m_settle, &QTimer::timeout, this, &SurfaceView::settle);
  m_scene.onChange = [this] { sceneChanged(); };
}

SurfaceView::~SurfaceView() {
  m_scene.onChange = nullptr;
  delete m_canvas;  // before the scene that it draws
}

void SurfaceView::sceneChanged() {
  if (m_canvas == nullptr || m_isSettling) return;
  // Smoothing costs as much as all the rest when the processor draws: leave it for the moment when things
  // stand still.
  if (m_canvas->isSoftware()) {
    m_isSettling = true;
    m_scene.setSmoothEdges(false);
    m_isSettling = false;
    m_settle.start();
  }
  m_canvas->update();
}

void SurfaceView::settle() {
  m_isSettling = true;
  m_scene.setSmoothEdges(true);
  m_isSettling = false;
  m_canvas->update();
}

void SurfaceView::setFrame(int brain, std::span<const float> now, std::span<const float> next) {
  m_scene.setValues(brain, now, next);
}

QImage SurfaceView::picture(const ImageSize& size) {
  require(m_canvas != nullptr, ErrorCode::Unsupported,
          "pictures of the brain need OpenGL, which cannot be had here");
  const RgbImage image = m_canvas->picture(size);
  return QImage(image.pixels.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888)
      .copy();
}

std::array<double, 2> SurfaceView::scenePixel(QPointF place) const {
  const double ratio = devicePixelRatioF();
  return {place.x() * ratio, (height() - place.y()) * ratio};
}

SurfaceView::Drag SurfaceView::dragFor(const QMouseEvent& event) {
  if (event.modifiers().testFlag(Qt::ControlModifier)) return Drag::None;
  if (event.button() == Qt::MiddleButton) return Drag::Pan;
  if (event.button() == Qt::RightButton) return Drag::Zoom;
  if (event.button() != Qt::LeftButton) return Drag::None;
  return event.modifiers().testFlag(Qt::ShiftModifier) ? Drag::Pan : Drag::Turn;
}

void SurfaceView::mousePressEvent(QMouseEvent* event) {
  if (m_drag != Drag::None) return;
  m_drag = m_canvas != nullptr ? dragFor(*event) : Drag::None;
  if (m_drag == Drag::None) {
    event->ignore();
    return;
  }
  m_dragButton = event->button();
  m_pressed = m_last = event->position();
  m_hasMoved = false;
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF place = event->position();
  if (m_drag == Drag::None) {
    const auto [x, y] = scenePixel(place);
    if (m_canvas != nullptr && event->buttons() == Qt::NoButton) hover(m_scene.pick(x, y));
    return;
  }
  if (!m_hasMoved && (place - m_pressed).manhattanLength() < QApplication::startDragDistance()) return;
  m_hasMoved = true;
  const QPointF moved = place - m_last;
  m_last = place;
  if (m_drag == Drag::Turn) {
    const auto [x, y] = scenePixel(m_pressed);
    m_scene.rotate(kDegPerPx * static_cast<float>(moved.x()), -kDegPerPx * static_cast<float>(moved.y()),
                   m_scene.sideAt(x, y));
  } else if (m_drag == Drag::Zoom) {
    m_scene.zoom(static_cast<float>(std::exp(-moved.y() / kPxPerZoomE)));
  } else {
    m_scene.pan(moved.x() * devicePixelRatioF(), -moved.y() * devicePixelRatioF());
  }
  emit viewChanged();
}

void SurfaceView::mouseReleaseEvent(QMouseEvent* event) {
  if (m_drag == Drag::None || event->button() != m_dragButton) {
    event->ignore();
    return;
  }
  const bool isClick = m_drag == Drag::Turn && !m_hasMoved;
  m_drag = Drag::None;
  if (!isClick) return;
  const auto [x, y] = scenePixel(event->position());
  if (const std::optional<BrainSpot> spot = m_scene.pick(x, y))
    emit vertexPicked(spot->brain, static_cast<long>(spot->vertex));
}

void SurfaceView::wheelEvent(QWheelEvent* event) {
  if (m_canvas == nullptr || event->angleDelta().y() == 0) {
    event->ignore();
    return;
  }
  m_scene.zoom(static_cast<float>(std::pow(kZoomPerWheelStep, event->angleDelta().y() / 120.0)));
  emit viewChanged();
}

void SurfaceView::leaveEvent(QEvent* event) {
  hover(std::nullopt);
  QWidget::leaveEvent(event);
}

void SurfaceView::hover(std::optional<BrainSpot> spot) {
  if (spot == m_hovered) return;
  m_hovered = spot;
  emit hovered(spot ? spot->brain : -1, spot ? static_cast<long>(spot->vertex) : -1);
}

}  // namespace cortexscope
