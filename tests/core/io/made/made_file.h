// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cortexscope::test {

/// What a reader must do with a file.
enum class Verdict {
  Refuse,  ///< an error that names file, reason and place
  Say,     ///< right values and a warning that names file and reason
  Load     ///< right values, nothing to say
};

/// A file put together byte by byte, by other means than the program's own writers.
struct MadeFile {
  std::string name;  ///< of the file, with the ending that its format has
  std::string what;  ///< what is odd about it, for the test's output
  std::string contents;
  Verdict verdict = Verdict::Refuse;
  std::vector<std::string> words;  ///< that the message or the warning must hold
  std::optional<double> mean{};    ///< of the values, where they are compared
  std::vector<std::pair<std::string, std::string>> companions{};  ///< files beside it, names and contents
};

std::vector<MadeFile> madeImages();      ///< NIfTI-1 and -2, pairs, MGH
std::vector<MadeFile> madeSurfaces();    ///< GIFTI
std::vector<MadeFile> madeFreesurfer();  ///< surfaces, curv, annot, label, patch
std::vector<MadeFile> madeCifti();
std::vector<MadeFile> madeArrays();    ///< npy, npz, MATLAB 5
std::vector<MadeFile> madeNetworks();  ///< ONNX
std::vector<MadeFile> madeMedia();     ///< films and sound
std::vector<MadeFile> madeTables();
std::vector<MadeFile> madeForeign();  ///< other things under every name

struct MadeFamily {
  const char* name;
  std::vector<MadeFile> (*make)();
};
const std::vector<MadeFamily>& madeFamilies();
std::vector<MadeFile> allMadeFiles();

/// A MATLAB 5 file with one variable "x", 2 x 3, holding 1 to 6 as float64.
std::string matlabFile(bool bigEndian, bool compressed);

/// A zip archive with these members, stored or deflated.
std::string zipFile(const std::vector<std::pair<std::string, std::string>>& members, bool deflated);

/// A .npy file of version 1 with this header and these bytes of numbers.
std::string npyFile(const std::string& header, const std::string& numbers);

/// A CIFTI-2 dense series or scalars: `rows` x 5 values 0, 1, 2, ... over three of four left vertices and two
/// voxels.
std::string ciftiFile(int rows, const std::string& xml, int intent);
std::string ciftiXml(int rows, bool series);

}  // namespace cortexscope::test
