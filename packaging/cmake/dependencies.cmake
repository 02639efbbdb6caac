# SPDX-License-Identifier: GPL-3.0-or-later
# Every third-party part, found once. Modules link the targets named here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(EXPAT REQUIRED)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Boost 1.74 REQUIRED CONFIG)              # headers only: Boost.Math distributions
pkg_check_modules(BLAS REQUIRED IMPORTED_TARGET openblas)
find_library(LAPACKE_LIBRARY lapacke REQUIRED)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil libswscale libswresample)

# OpenCV's CMake files come only with the package that also brings Qt 5, so the module packages are found by hand.
find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
add_library(cortexscope_opencv INTERFACE)
target_include_directories(cortexscope_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE_DIR})
foreach(module core imgproc dnn)
  find_library(OPENCV_${module} opencv_${module} REQUIRED)
  target_link_libraries(cortexscope_opencv INTERFACE ${OPENCV_${module}})
endforeach()

add_library(cortexscope_linear_algebra INTERFACE)
target_compile_definitions(cortexscope_linear_algebra INTERFACE EIGEN_USE_BLAS EIGEN_MPL2_ONLY)
target_link_libraries(cortexscope_linear_algebra INTERFACE Eigen3::Eigen PkgConfig::BLAS ${LAPACKE_LIBRARY})

if(CORTEXSCOPE_BUILD_WINDOW)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets Multimedia)
  find_package(VTK 9.1 REQUIRED COMPONENTS CommonCore CommonDataModel CommonExecutionModel FiltersCore
    FiltersGeneral InteractionStyle RenderingCore RenderingOpenGL2 RenderingUI RenderingFreeType
    RenderingAnnotation IOImage)
  # The package's Qt 6 build of QCustomPlot has no CMake or pkg-config file.
  find_path(QCUSTOMPLOT_INCLUDE_DIR qcustomplot.h REQUIRED)
  find_library(QCUSTOMPLOT_LIBRARY NAMES QCustomPlotQt6 REQUIRED)
endif()
if(CORTEXSCOPE_BUILD_TESTS)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core Test)
endif()
