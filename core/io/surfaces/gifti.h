// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/matrix.h"
#include "cortex/parcellation.h"
#include "cortex/surface.h"
#include "io/parsing/numbers.h"

namespace cortexscope::gifti {

/// One array as the file holds it, not decoded yet.
struct DataArray {
  std::string place;   ///< file, number and line, for messages
  std::string intent;  ///< without "NIFTI_INTENT_"
  std::string type;    ///< without "NIFTI_TYPE_"
  std::string encoding;
  std::string endian;
  bool columnMajor = false;
  std::vector<Index> dims;  ///< all positive
  std::map<std::string, std::string, std::less<>> metadata;
  std::string text;  ///< contents of <Data>

  Index rows() const { return dims.front(); }
  Index cols() const;  ///< product of the other dims
};

struct Document {
  std::map<std::string, std::string, std::less<>> metadata;
  std::optional<double> timeStepSec;  ///< between the maps of a series
  std::vector<std::string> warnings;  ///< odd but usable things, each a sentence with the file
  std::vector<Region> labels;
  bool hasLabelTable = false;
  std::vector<DataArray> arrays;
};

/// Reads the structure. Entities are refused, nothing outside the file is opened, elements nest at most 32
/// deep.
/// Errors   BadFile with the line and the reason; Unsupported for external data
Document parse(std::string_view contents, const std::string& file);

/// The structure up to the contents of the first array, which alone is there and has no text.
struct Start {
  Document document;
  std::optional<std::int64_t> claimedArrays;  ///< NumberOfDataArrays
};

/// Reads the start of a document, given as much of it as the caller has: an empty optional if it ends before
/// the first array's contents.
/// Errors   as parse
std::optional<Start> parseStart(std::string_view contents, const std::string& file);

/// Decodes an array of UINT8, INT16, INT32, FLOAT32 or FLOAT64 numbers; every encoding, order and byte order.
/// Errors   BadFile if the data do not fit the declared sizes, checked before memory is taken; Unsupported
///          types
MatrixD values(const DataArray& array);

/// The POINTSET and TRIANGLE arrays, in any order. Transforms to other spaces are not applied.
Surface surfaceOf(const Document& document, const std::string& file);

/// The numbers that an array's name of a type stands for.
/// Errors   Unsupported for other types than those five
NumberType numberTypeOf(const DataArray& array);

/// Arrays that are neither points nor triangles, each row of the result one map (a time step, a contrast)
/// over vertices: an array of one value per vertex gives one row, one of k values per vertex gives k.
/// Errors   BadFile if there is none or the arrays differ in their numbers of vertices
MatrixF mapsOf(const Document& document, const std::string& file);

/// Names of the rows of mapsOf, "" where the file gives none.
std::vector<std::string> mapNamesOf(const Document& document);

/// The first LABEL array (or the first map, where a label table is present) with the label table.
Parcellation parcellationOf(const Document& document, const std::string& file);

/// What the writer puts into a file; numbers are written little-endian, compressed.
struct OutputArray {
  std::string intent;                                         ///< with "NIFTI_INTENT_"
  std::vector<std::pair<std::string, std::string>> metadata;  ///< names and values
  std::vector<Index> dims;
  std::string type;  ///< with "NIFTI_TYPE_"
  std::string littleEndianBytes;
  bool withIdentityTransform = false;  ///< point sets must name a space
};
struct Output {
  std::vector<std::pair<std::string, std::string>> metadata;
  const std::vector<Region>* labels = nullptr;
  std::vector<OutputArray> arrays;
};
std::string document(const Output& output);

}  // namespace cortexscope::gifti
