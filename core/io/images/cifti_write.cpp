// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/images/cifti.h"
#include "io/images/cifti_checks.h"
#include "io/images/cifti_xml.h"
#include "io/parsing/xml.h"

namespace cortexscope {
namespace cifti {
namespace {

/// The shortest text that reads back equal, with a point in every locale.
std::string numberText(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

void addRows(const CiftiRows& rows, std::string& xml) {
  xml += "<MatrixIndicesMap AppliesToMatrixDimension=\"0\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_";
  if (rows.kind == CiftiRows::Kind::Series) {
    xml += "SERIES\" NumberOfSeriesPoints=\"" + textOf(rows.count) +
           "\" SeriesExponent=\"0\" SeriesStart=\"" + numberText(rows.start) + "\" SeriesStep=\"" +
           numberText(rows.step) + "\" SeriesUnit=\"" + xmlEscaped(rows.unit) + "\"/>\n";
    return;
  }
  xml += "SCALARS\">\n";
  for (const std::string& name : rows.names)
    xml += "<NamedMap><MapName>" + xmlEscaped(name) + "</MapName></NamedMap>\n";
  xml += "</MatrixIndicesMap>\n";
}

void addVolume(const CiftiColumns& columns, std::string& xml) {
  if (columns.volumeSize[0] == 0) return;
  xml += "<Volume VolumeDimensions=\"" + textOf(columns.volumeSize[0]) + "," + textOf(columns.volumeSize[1]) +
         "," + textOf(columns.volumeSize[2]) +
         "\"><TransformationMatrixVoxelIndicesIJKtoXYZ MeterExponent=\"-3\">";
  for (Index row = 0; row < 4; ++row)
    for (Index col = 0; col < 4; ++col)
      xml += numberText(columns.mmFromVoxel(row, col)) + (col == 3 ? "\n" : " ");
  xml += "</TransformationMatrixVoxelIndicesIJKtoXYZ></Volume>\n";
}

void addModel(const BrainModel& model, std::string& xml) {
  xml += "<BrainModel IndexOffset=\"" + textOf(model.offset) + "\" IndexCount=\"" + textOf(model.count()) +
         "\" BrainStructure=\"" + model.structure + "\" ModelType=\"CIFTI_MODEL_TYPE_";
  if (model.isSurface()) {
    xml += "SURFACE\" SurfaceNumberOfVertices=\"" + textOf(model.surfaceVertices) + "\"><VertexIndices>";
    for (const std::int32_t vertex : model.vertices) xml += textOf(vertex) + " ";
    xml.back() = '<';
    xml += "/VertexIndices></BrainModel>\n";
    return;
  }
  xml += "VOXELS\"><VoxelIndicesIJK>";
  for (const VoxelIndex& voxel : model.voxels)
    xml += textOf(voxel[0]) + " " + textOf(voxel[1]) + " " + textOf(voxel[2]) + "\n";
  xml += "</VoxelIndicesIJK></BrainModel>\n";
}

}  // namespace

std::string headerXml(const CiftiHeader& header) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CIFTI Version=\"2\"><Matrix>\n";
  addRows(header.rows, xml);
  xml +=
      "<MatrixIndicesMap AppliesToMatrixDimension=\"1\" "
      "IndicesMapToDataType=\"CIFTI_INDEX_TYPE_BRAIN_MODELS\">\n";
  addVolume(header.columns, xml);
  for (const BrainModel& model : header.columns.models) addModel(model, xml);
  return xml + "</MatrixIndicesMap>\n</Matrix></CIFTI>\n";
}

}  // namespace cifti

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::size_t kHeaderBytes = 540;
constexpr int kDenseSeries = 3002, kDenseScalars = 3006, kCiftiExtension = 32;

template <class T>
void put(std::string& bytes, std::size_t place, T value) {
  std::memcpy(bytes.data() + place, &value, sizeof(T));
}

/// A NIfTI-2 header for a float32 matrix whose voxels start at `dataStart`.
std::string niftiHeader(const CiftiHeader& header, std::int64_t dataStart) {
  const bool series = header.rows.kind == CiftiRows::Kind::Series;
  std::string bytes(kHeaderBytes, '\0');
  put<std::int32_t>(bytes, 0, kHeaderBytes);
  bytes.replace(4, 8, std::string_view("n+2\0\r\n\x1a\n", 8));
  put<std::int16_t>(bytes, 12, 16);  // float32
  put<std::int16_t>(bytes, 14, 32);
  const std::array<std::int64_t, 8> dims{6, 1, 1, 1, 1, header.rows.count, header.columns.count(), 1};
  for (std::size_t d = 0; d < dims.size(); ++d) {
    put(bytes, 16 + 8 * d, dims[d]);
    put(bytes, 104 + 8 * d, 1.0);
  }
  put(bytes, 168, dataStart);
  put(bytes, 176, 1.0);                  // slope
  put<std::int32_t>(bytes, 500, 2 | 8);  // mm and s
  put<std::int32_t>(bytes, 504, series ? kDenseSeries : kDenseScalars);
  bytes.replace(508, 15, series ? std::string_view("ConnDenseSeries") : std::string_view("ConnDenseScalar"));
  return bytes;
}

void checkWritable(const std::filesystem::path& file, const CiftiHeader& header,
                   const ConstMatrixRefF& values) {
  const bool series = header.rows.kind == CiftiRows::Kind::Series;
  require(header.rows.kind != CiftiRows::Kind::Labels && header.columns.dense(), ErrorCode::Unsupported,
          [&] { return file.string() + ": only dense series and dense scalars are written"; });
  const std::string ending = series ? ".dtseries.nii" : ".dscalar.nii";
  require(file.string().ends_with(ending), ErrorCode::BadValue,
          [&] { return file.string() + ": other programs know such a file by the ending " + ending; });
  std::vector<Index> counts;
  for (const BrainModel& model : header.columns.models) counts.push_back(model.count());
  cifti::checkColumns(header.columns, counts, file.string());
  require(values.rows() == header.rows.count && values.cols() == header.columns.count() &&
              values.rows() > 0 && (series || std::ssize(header.rows.names) == values.rows()),
          ErrorCode::BadShape, [&] {
            return file.string() + ": has " + textOf(values.rows()) + " x " + textOf(values.cols()) +
                   " values; its rows and columns are described as " + textOf(header.rows.count) + " (" +
                   textOf(header.rows.names.size()) + " names) x " + textOf(header.columns.count());
          });
}

}  // namespace

void writeCifti(const std::filesystem::path& file, const CiftiHeader& header, const ConstMatrixRefF& values) {
  checkWritable(file, header, values);
  std::string xml = cifti::headerXml(header);
  const std::size_t extensionBytes = (xml.size() + 8 + 15) / 16 * 16;
  xml.resize(extensionBytes - 8, '\0');
  const std::size_t dataStart = kHeaderBytes + 4 + extensionBytes;
  writeFileAtomically(file, [&](std::ostream& out) {
    std::string start = niftiHeader(header, static_cast<std::int64_t>(dataStart));
    start += std::string("\1\0\0\0", 4);
    start.resize(start.size() + 8);
    put<std::int32_t>(start, kHeaderBytes + 4, static_cast<std::int32_t>(extensionBytes));
    put<std::int32_t>(start, kHeaderBytes + 8, kCiftiExtension);
    out << start << xml;
    for (Index column = 0; column < values.cols(); ++column) {
      const VectorF rows = values.col(column);
      out.write(reinterpret_cast<const char*>(rows.data()), rows.size() * static_cast<Index>(sizeof(float)));
    }
  });
}

}  // namespace cortexscope
