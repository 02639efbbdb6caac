// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <charconv>

#include "base/text.h"
#include "io/packing/base64.h"
#include "io/packing/gzip.h"
#include "io/parsing/xml.h"
#include "io/surfaces/gifti.h"

namespace cortexscope::gifti {
namespace {

void addMetadata(const std::vector<std::pair<std::string, std::string>>& entries, std::string& xml) {
  xml += "<MetaData>\n";
  for (const auto& [name, value] : entries)
    xml += "<MD><Name>" + xmlEscaped(name) + "</Name><Value>" + xmlEscaped(value) + "</Value></MD>\n";
  xml += "</MetaData>\n";
}

/// The shortest text that reads back equal, with a point in every locale.
std::string numberText(float value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

void addLabels(const std::vector<Region>& regions, std::string& xml) {
  xml += "<LabelTable>\n";
  for (const Region& region : regions)
    xml += "<Label Key=\"" + textOf(region.key) + "\" Red=\"" + numberText(region.red) + "\" Green=\"" +
           numberText(region.green) + "\" Blue=\"" + numberText(region.blue) + "\" Alpha=\"1\">" +
           xmlEscaped(region.name) + "</Label>\n";
  xml += "</LabelTable>\n";
}

void addArray(const OutputArray& array, std::string& xml) {
  xml += "<DataArray Intent=\"" + array.intent + "\" DataType=\"" + array.type +
         "\" ArrayIndexingOrder=\"RowMajorOrder\" Dimensionality=\"" + textOf(array.dims.size()) + "\"";
  for (std::size_t d = 0; d < array.dims.size(); ++d)
    xml += " Dim" + textOf(d) + "=\"" + textOf(array.dims[d]) + "\"";
  xml +=
      " Encoding=\"GZipBase64Binary\" Endian=\"LittleEndian\" ExternalFileName=\"\" "
      "ExternalFileOffset=\"\">\n";
  addMetadata(array.metadata, xml);
  if (array.withIdentityTransform)
    xml +=
        "<CoordinateSystemTransformMatrix>\n<DataSpace>NIFTI_XFORM_UNKNOWN</DataSpace>\n"
        "<TransformedSpace>NIFTI_XFORM_UNKNOWN</TransformedSpace>\n"
        "<MatrixData>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</MatrixData>\n</CoordinateSystemTransformMatrix>\n";
  xml += "<Data>" + toBase64(deflated(array.littleEndianBytes)) + "</Data>\n</DataArray>\n";
}

}  // namespace

std::string document(const Output& output) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!DOCTYPE GIFTI SYSTEM \"http://www.nitrc.org/frs/download.php/115/gifti.dtd\">\n"
      "<GIFTI Version=\"1.0\" NumberOfDataArrays=\"" +
      textOf(output.arrays.size()) + "\">\n";
  addMetadata(output.metadata, xml);
  if (output.labels != nullptr) addLabels(*output.labels, xml);
  for (const OutputArray& array : output.arrays) addArray(array, xml);
  return xml + "</GIFTI>\n";
}

}  // namespace cortexscope::gifti
