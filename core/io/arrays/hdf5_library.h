// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cortexscope::hdf5 {

// The side that touches the HDF5 library. It runs only inside the small program cortexscope-reader, which is
// started for one file and may crash without harm; hdf5_process.h is the other side.
//
// What it writes to its standard output, fields ended by a NUL byte:
//   list:  per data set its name, type, sizes ("7x5x3", "" for one number), "1" if numeric else "0", a note
//   read:  type of the numbers, sizes, then the numbers, little-endian, row-major

/// Lists the data sets of a file. Groups are visited once each, whatever links lead to them; links to other
/// files are listed with a note and never followed.
/// Errors   BadFile, Unsupported as sentence parts without the file's name
/// Limits   100,000 objects, groups 64 deep
void list(const std::string& file);

/// Writes one data set's numbers. Refused before reading: storage in other files, virtual data sets, unknown
/// filters, chunks beyond 512 MiB, more data than the stored bytes can give.
void read(const std::string& file, const std::string& name);

}  // namespace cortexscope::hdf5
