// SPDX-License-Identifier: GPL-3.0-or-later
// cortexscope-reader: parses one HDF5 file for the other programs, which start it and read its output. It is
// a program of its own so that a crash of the HDF5 library on a damaged or hostile file ends nothing else.
// The output is described in io/arrays/hdf5_library.h.
#include <cstdio>
#include <exception>
#include <string>

#include "base/error.h"
#include "base/process_limits.h"
#include "io/arrays/hdf5_library.h"
#include "program_version.h"

int main(int argc, char** argv) {
  using namespace cortexscope;
  constexpr std::size_t kMostMemory = std::size_t{2} << 30;
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "--version" && argc == 2) return std::puts(versionLine("cortexscope-reader").c_str()) < 0;
  if (!((what == "list" && argc == 3) || (what == "read" && argc == 4))) {
    std::fprintf(stderr,
                 "usage: cortexscope-reader list FILE | read FILE DATASET (started by other programs)\n");
    return kChildWrongUsage;
  }
  limitThisProcess(kMostMemory);
  try {
    if (what == "list")
      hdf5::list(argv[2]);
    else
      hdf5::read(argv[2], argv[3]);
    return std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s", error.what());
    return error.code() == ErrorCode::Unsupported ? kChildUnsupported : kChildBadFile;
  } catch (const std::exception&) {
    std::fprintf(stderr, "needs more memory than a file of its kind should");
    return kChildBadFile;
  }
}
