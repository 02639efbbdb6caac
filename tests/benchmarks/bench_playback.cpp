// SPDX-License-Identifier: GPL-3.0-or-later
// Plays a study in the window and reports how smooth it is. Numbers are read, not asserted: they belong to
// one machine.
//   bench_playback STUDY [SECONDS]
#include <QElapsedTimer>
#include <QOpenGLWidget>
#include <cstdio>
#include <ctime>

#include "panels/brains_panel.h"
#include "panels/film_panel.h"
#include "surface_view/surface_view.h"
#include "ui/window_stage.h"

using namespace cortexscope;
using namespace cortexscope::test;

namespace {

double cpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void wait(double seconds) {
  QElapsedTimer timer;
  timer.start();
  while (static_cast<double>(timer.elapsed()) < 1000 * seconds)
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 20);
}

void play(MainWindow& window, double seconds, const char* what) {
  StudyController& controller = window.controller();
  int ticks = 0, pictures = 0;
  QObject counter;
  QObject::connect(&controller, &StudyController::timeChanged, &counter, [&] { ++ticks; });
  QObject::connect(window.brains().view().findChild<QOpenGLWidget*>(), &QOpenGLWidget::frameSwapped, &counter,
                   [&] { ++pictures; });
  controller.setTime(60);
  wait(0.5);
  ticks = pictures = 0;
  const double cpuBefore = cpuSeconds();
  QElapsedTimer timer;
  const double from = controller.timeSec();
  timer.start();
  controller.togglePlaying();
  wait(seconds);
  const double played = controller.timeSec() - from, wall = static_cast<double>(timer.elapsed()) / 1000;
  controller.togglePlaying();
  std::printf("%-28s %5.1f pictures/s, %5.1f ms cpu each, %d ticks, clock %+.0f ms against the wall\n", what,
              pictures / wall, 1000 * (cpuSeconds() - cpuBefore) / std::max(1, pictures), ticks,
              1000 * (played - wall));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 5;
  QApplication application(argc, argv);
  look::apply(application);
  MainWindow window(programActions({}), {});
  window.resize(1440, 900);
  window.show();
  window.controller().openStudy(argv[1]);
  while (!window.controller().hasStudy()) wait(0.1);
  wait(1);
  play(window, seconds, "predicted, masked, fading");
  BrainDisplay display = window.controller().display();
  display.significantOnly = false;
  window.controller().setDisplay(display);
  play(window, seconds, "predicted, all vertices");
  window.controller().setVertex(0, 2874);
  play(window, seconds, "with a vertex chosen");
  return 0;
}
