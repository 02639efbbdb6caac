// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <QOpenGLWidget>

#include "scene/cortex_scene.h"

namespace cortexscope {

/// Lets VTK draw a scene with the OpenGL context of a Qt widget. Handles no mouse and no keys: they go to its
/// parent.
class GlCanvas : public QOpenGLWidget {
 public:
  GlCanvas(CortexScene& scene, QWidget* parent);
  ~GlCanvas() override;

  RgbImage picture(const ImageSize& size);
  /// OpenGL runs on the processor; known after the first drawing.
  bool isSoftware() const { return m_isSoftware; }
  /// Why 3-D drawing is not possible here, or an empty text.
  static QString problem();
  static QSurfaceFormat surfaceFormat();

 protected:
  void initializeGL() override;
  void resizeGL(int widthPx, int heightPx) override;
  void paintGL() override;

 private:
  void answerWindow();
  void releaseWindow();

  CortexScene& m_scene;
  vtkNew<vtkGenericOpenGLRenderWindow> m_window;
  QMetaObject::Connection m_contextEnds;
  bool m_isSoftware = false;
};

}  // namespace cortexscope
