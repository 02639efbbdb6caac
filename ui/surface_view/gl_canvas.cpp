// SPDX-License-Identifier: GPL-3.0-or-later
#include "surface_view/gl_canvas.h"

#include <vtkCallbackCommand.h>
#include <vtkCommand.h>
#include <vtkOpenGLState.h>
#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <algorithm>
#include <cmath>
#include <utility>

namespace cortexscope {
namespace {

/// Calls `handler(callData)` on an event of a VTK object.
template <class Handler>
void observe(vtkObject* object, unsigned long event, Handler handler) {
  vtkNew<vtkCallbackCommand> command;
  command->SetClientData(new Handler(std::move(handler)));
  command->SetClientDataDeleteCallback([](void* data) { delete static_cast<Handler*>(data); });
  command->SetCallback(
      [](vtkObject*, unsigned long, void* client, void* call) { (*static_cast<Handler*>(client))(call); });
  object->AddObserver(event, command);
}

/// VTK's state of OpenGL while it draws, left as it was found.
class OwnGlState {
 public:
  explicit OwnGlState(vtkOpenGLRenderWindow& window) : m_state(window.GetState()) {
    m_state->Reset();  // Qt changes it between two frames behind VTK's back
    m_state->Push();
  }
  ~OwnGlState() { m_state->Pop(); }
  OwnGlState(const OwnGlState&) = delete;
  OwnGlState& operator=(const OwnGlState&) = delete;

 private:
  vtkOpenGLState* m_state;
};

}  // namespace

QSurfaceFormat GlCanvas::surfaceFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setStencilBufferSize(8);
  format.setAlphaBufferSize(8);
  format.setSamples(0);
  return format;
}

QString GlCanvas::problem() {
  const QString platform = QGuiApplication::platformName();
  // There Qt crashes on the first paint of an OpenGL widget instead of refusing it.
  if (platform == QLatin1String("offscreen") || platform == QLatin1String("minimal"))
    return QObject::tr("the display system \"%1\" has no OpenGL").arg(platform);
  QOpenGLContext context;
  context.setFormat(surfaceFormat());
  if (!context.create()) return QObject::tr("OpenGL could not be started");
  QOffscreenSurface surface;
  surface.setFormat(context.format());
  surface.create();
  if (!context.makeCurrent(&surface)) return QObject::tr("OpenGL could not be started");
  const auto [major, minor] = context.format().version();
  context.doneCurrent();
  if (major * 10 + minor < 32)
    return QObject::tr("OpenGL 3.2 is needed, this computer offers %1.%2").arg(major).arg(minor);
  return {};
}

GlCanvas::GlCanvas(CortexScene& scene, QWidget* parent) : QOpenGLWidget(parent), m_scene(scene) {
  setFormat(surfaceFormat());
  setMouseTracking(true);
  m_window->SetOwnContext(0);
  m_window->SetReadyForRendering(false);
  m_window->SetMultiSamples(0);
  m_window->SetFrameBlitModeToBlitToCurrent();
  answerWindow();
  m_scene.attach(m_window);
}

GlCanvas::~GlCanvas() {
  // The base destructor ends the context when our members are already gone.
  disconnect(m_contextEnds);
  releaseWindow();
  m_scene.detach();
}

void GlCanvas::answerWindow() {
  observe(m_window, vtkCommand::WindowMakeCurrentEvent, [this](void*) {
    // Only where needed: making current binds Qt's framebuffer behind VTK's back, which would then draw into
    // it.
    if (isValid() && QOpenGLContext::currentContext() != context()) makeCurrent();
  });
  observe(m_window, vtkCommand::WindowIsCurrentEvent, [this](void* answer) {
    *static_cast<bool*>(answer) = context() != nullptr && QOpenGLContext::currentContext() == context();
  });
  observe(m_window, vtkCommand::WindowSupportsOpenGLEvent,
          [](void* answer) { *static_cast<int*>(answer) = 1; });
  observe(m_window, vtkCommand::WindowIsDirectEvent, [](void* answer) { *static_cast<int*>(answer) = 1; });
}

void GlCanvas::initializeGL() {
  disconnect(m_contextEnds);
  m_contextEnds = connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { releaseWindow(); });
  const auto* renderer = reinterpret_cast<const char*>(context()->functions()->glGetString(GL_RENDERER));
  const QString name = QString::fromLatin1(renderer != nullptr ? renderer : "").toLower();
  m_isSoftware = name.contains(QLatin1String("llvmpipe")) || name.contains(QLatin1String("softpipe")) ||
                 name.contains(QLatin1String("swrast")) || name.contains(QLatin1String("swr"));
  m_window->SetReadyForRendering(true);
  m_window->SetMapped(1);
  m_window->OpenGLInit();
}

void GlCanvas::releaseWindow() {
  if (!isValid()) return;
  makeCurrent();
  m_window->Finalize();
  m_window->SetReadyForRendering(false);
  doneCurrent();
}

void GlCanvas::resizeGL(int, int) {
  const double ratio = devicePixelRatioF();
  m_scene.resize(static_cast<int>(std::lround(width() * ratio)),
                 static_cast<int>(std::lround(height() * ratio)), ratio);
}

void GlCanvas::paintGL() {
  const OwnGlState own(*m_window);
  resizeGL(0, 0);
  m_scene.draw();
}

RgbImage GlCanvas::picture(const ImageSize& size) {
  makeCurrent();
  const auto restore = [this] {
    m_window->SetFrameBlitModeToBlitToCurrent();
    doneCurrent();
    update();
  };
  try {
    RgbImage image = [&] {
      const OwnGlState own(*m_window);
      m_window->SetFrameBlitModeToNoBlit();
      return m_scene.drawImage(size);
    }();
    restore();
    return image;
  } catch (...) {
    restore();
    throw;
  }
}

}  // namespace cortexscope
