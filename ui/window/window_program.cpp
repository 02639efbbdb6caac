// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/window_program.h"

#include <QLoggingCategory>
#include <QSurfaceFormat>
#include <QTimer>
#include <clocale>
#include <cstdio>

#include "base/parallel.h"
#include "base/text.h"
#include "scene/snapshot.h"
#include "widgets/look.h"
#include "window/main_window.h"
#include "window/window_application.h"

namespace cortexscope {

namespace {

constexpr int kBadInput = 3;
constexpr int kPollMs = 20;
constexpr int kGiveUpMs = 120000;

QtMessageHandler s_otherMessages = nullptr;

int fail(const std::string& sentence) {
  std::fprintf(stderr, "cortexscope: %s\n", sentence.c_str());
  return kBadInput;
}

/// A computer without a sound server is no fault to report: the window says so beside the speed.
void passOnMessages(QtMsgType type, const QMessageLogContext& context, const QString& text) {
  if (!text.startsWith(QLatin1String("PulseAudioService"))) s_otherMessages(type, context, text);
}

void chooseSurfaceFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setStencilBufferSize(8);
  format.setAlphaBufferSize(8);
  format.setSamples(0);
  QSurfaceFormat::setDefaultFormat(format);
}

/// Loads a study, sets what was asked, waits until it is drawn, saves the picture and ends the program.
class ScreenshotRun : public QObject {
 public:
  ScreenshotRun(MainWindow& window, const WindowRequest& request) : m_window(window), m_request(request) {
    StudyController& controller = window.controller();
    connect(&controller, &StudyController::problem, this,
            [this](const Problem& problem) { end(fail(problem.details.toStdString())); });
    connect(&controller, &StudyController::studyChanged, this, &ScreenshotRun::choose);
    connect(&m_poll, &QTimer::timeout, this, &ScreenshotRun::saveWhenSettled);
    QTimer::singleShot(kGiveUpMs, this, [this] { end(fail("the window was not drawn within two minutes")); });
    controller.openStudy(request.study);
  }

 private:
  void choose() {
    StudyController& controller = m_window.controller();
    if (!m_request.label.empty()) {
      const int label = controller.labelNamed(QString::fromStdString(m_request.label));
      if (label < 0) return end(fail("the study has no label named " + m_request.label));
      controller.setLabel(label);
    }
    if (!m_request.layer.empty()) {
      const auto layer = layerFromKey(QString::fromStdString(m_request.layer));
      if (!layer || !controller.isLayerAvailable(*layer))
        return end(fail("the study has no layer " + m_request.layer + " yet"));
      BrainDisplay display = controller.display();
      display.layer = *layer;
      controller.setDisplay(display);
    }
    if (m_request.timeSec > controller.time().totalSec())
      return end(fail("--time " + textOf(m_request.timeSec) + " is after the study's end at " +
                      textOf(controller.time().totalSec()) + " s"));
    controller.setTime(m_request.timeSec);
    m_poll.start(kPollMs);
  }

  void saveWhenSettled() {
    if (!m_window.isSettled()) return;
    m_poll.stop();
    const QString file = QString::fromStdString(m_request.screenshot.string());
    end(m_window.picture().save(file, "PNG") ? 0 : fail("cannot write " + m_request.screenshot.string()));
  }

  void end(int status) {
    m_poll.stop();
    if (m_ended) return;
    m_ended = true;
    QTimer::singleShot(0, qApp, [status] { QCoreApplication::exit(status); });
  }

  MainWindow& m_window;
  WindowRequest m_request;
  QTimer m_poll;
  bool m_ended = false;
};

WindowOptions optionsFor(const WindowRequest& request, const ProgramFolders& folders) {
  WindowOptions options;
  std::error_code ignored;
  options.demoPossible = std::filesystem::is_directory(folders.materials, ignored);
  options.guide = folders.resources / "guide";
  if (request.screenshot.empty())
    options.settings =
        std::make_unique<QSettings>(QStringLiteral("CortexScope"), QStringLiteral("CortexScope"));
  return options;
}

/// Qt plays sound alone here, yet from 6.8 on it looks for drivers that decode video, and they and it say so.
void spareVideoDrivers() {
  for (const char* types : {"QT_FFMPEG_DECODING_HW_DEVICE_TYPES", "QT_FFMPEG_ENCODING_HW_DEVICE_TYPES"})
    if (qEnvironmentVariableIsEmpty(types)) qputenv(types, ",");
  QLoggingCategory::setFilterRules(QStringLiteral("qt.multimedia.*.info=false"));
}

}  // namespace

int runWindow(int& argc, char** argv, const WindowRequest& request, const ProgramFolders& folders) {
  if (const std::string problem = drawingProblem(); !problem.empty()) return fail(problem);
  // VTK 9.1 needs GLX, which a Wayland session offers through X.
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "xcb");
  spareVideoDrivers();
  chooseSurfaceFormat();
  useSingleThreadedLinearAlgebra();
  s_otherMessages = qInstallMessageHandler(passOnMessages);
  WindowApplication application(argc, argv);
  std::setlocale(LC_NUMERIC, "C");  // which it has set to the user's: libraries read and write numbers, too
  QCoreApplication::setApplicationName(QStringLiteral("CortexScope"));
  look::apply(application);
  MainWindow window(programActions(folders), optionsFor(request, folders));
  QObject::connect(&application, &WindowApplication::caught, &window, &MainWindow::showCaught);
  std::unique_ptr<ScreenshotRun> screenshot;
  if (!request.screenshot.empty()) {
    window.resize(request.width, request.height);
    screenshot = std::make_unique<ScreenshotRun>(window, request);
  } else if (!request.study.empty()) {
    window.controller().openStudy(request.study);
  }
  window.show();
  return QApplication::exec();
}

std::string windowLibraryVersions() {
  return std::string("Qt ") + qVersion() + '\n' + drawingLibraryVersion();
}

}  // namespace cortexscope
