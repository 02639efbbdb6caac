# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed, and the Debian package made of it: cmake --build build && (cd build && cpack)
include(GNUInstallDirs)
set(CORTEXSCOPE_SHARE ${CMAKE_INSTALL_DATADIR}/cortexscope)

install(TARGETS cortexscope-cli cortexscope-reader cortexscope-network-trial RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/resources/ DESTINATION ${CORTEXSCOPE_SHARE})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/cortexscope RENAME copyright)
# The demo's materials are others' and never part of a package; the script that fetches them is.
install(PROGRAMS packaging/fetch_materials.sh packaging/install_packages.sh DESTINATION ${CORTEXSCOPE_SHARE}/packaging)
install(FILES packaging/common.sh packaging/materials.tsv packaging/archives.tsv packaging/packages.txt
  packaging/packages-headless.txt DESTINATION ${CORTEXSCOPE_SHARE}/packaging)
if(CORTEXSCOPE_BUILD_WINDOW)
  install(TARGETS cortexscope RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES packaging/cortexscope.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
  install(FILES resources/icons/cortexscope.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cortexscope)
set(CPACK_PACKAGE_VENDOR CortexScope)
set(CPACK_PACKAGE_CONTACT "CortexScope authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "watch predicted brain activity of several people beside a film")
set(CPACK_PACKAGE_DESCRIPTION "CortexScope learns one encoder per person from films and fMRI, shows \
the predicted cortex of several people beside the film, and estimates what each would perceive through it.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# Loaded at run time or by hand, so no linker names them.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "qt6-qpa-plugins, qt6-svg-plugins | libqt6svg6 (<< 6.7), libgl1-mesa-dri")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "fonts-dejavu-core, curl, ca-certificates")
# The libraries that the programs link, found by dpkg-shlibdeps; CPack also needs the package "file" for that and
# refuses without it, which is better than a package that does not name its libraries.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
