#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/matrix.h"
#include "cortex/parcellation.h"
#include "cortex/surface.h"

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
  std::string text;         ///< contents of <Data>

  Index rows() const { return dims.front(); }
  Index cols() const;  ///< product of the other dims
};

struct Document {
  std::vector<Region> labels;
  bool hasLabelTable = false;
  std::vector<DataArray> arrays;
};

/// True if the text looks like XML.
bool isXml(std::string_view contents);

/// Reads the structure. Entities are refused, nothing outside the file is opened, elements nest at most 32
/// deep. Errors   BadFile with the line and the reason; Unsupported for external data
Document parse(std::string_view contents, const std::string& file);

/// Decodes an array of UINT8, INT16, INT32, FLOAT32 or FLOAT64 numbers; every encoding, order and byte order.
/// Errors   BadFile if the data do not fit the declared sizes, checked before memory is taken; Unsupported
/// types
MatrixD values(const DataArray& array);

/// The POINTSET and TRIANGLE arrays, in any order. Transforms to other spaces are not applied.
Surface surfaceOf(const Document& document, const std::string& file);

/// The first array that is neither points nor triangles: one value per vertex.
VectorF firstMapOf(const Document& document, const std::string& file);

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
