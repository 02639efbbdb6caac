// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/images/cifti_xml.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "io/images/cifti_checks.h"
#include "io/parsing/text_numbers.h"
#include "io/parsing/xml.h"

namespace cortexscope::cifti {
namespace {

constexpr long long kMostVertices = 1 << 24;
constexpr long long kMostColumns = std::numeric_limits<std::int32_t>::max();

/// The rest of a list of whole numbers, each from 0 on.
std::vector<std::int32_t> indices(const std::string& text, const std::string& place) {
  std::vector<std::int32_t> found;
  TextNumbers numbers(text, place);
  while (!numbers.atEnd())
    found.push_back(static_cast<std::int32_t>(numbers.integer("an index", 0, kMostColumns)));
  return found;
}

std::vector<VoxelIndex> voxelIndices(const std::string& text, const std::string& place) {
  const std::vector<std::int32_t> flat = indices(text, place);
  require(flat.size() % 3 == 0, ErrorCode::BadFile,
          [&] { return place + ": has " + textOf(flat.size()) + " numbers, not three per voxel"; });
  std::vector<VoxelIndex> voxels(flat.size() / 3);
  for (std::size_t i = 0; i < flat.size(); ++i) voxels[i / 3][i % 3] = flat[i];
  return voxels;
}

class Builder : public XmlHandler {
 public:
  explicit Builder(std::string file) : m_file(std::move(file)) {}

  void start(const std::string& element, const Attributes& attributes, const std::string& place,
             int depth) override {
    m_place = place;
    m_text.clear();
    m_attributes = &attributes;
    if (depth == 1) startDocument(element);
    if (element == "MatrixIndicesMap") startMap();
    if (element == "NamedMap") m_header.rows.names.emplace_back();
    if (element == "LabelTable") m_header.rows.labelTables.emplace_back();
    if (element == "Label") startLabel();
    if (element == "BrainModel") startModel();
    if (element == "Surface") m_surfaces[structure()] = count("SurfaceNumberOfVertices", 1, kMostVertices);
    if (element == "Parcel") m_header.columns.parcels.push_back({attribute("Name"), {}});
    if (element == "Vertices") m_partStructure = structure();
    if (element == "Volume") readVolumeSize();
    if (element == "TransformationMatrixVoxelIndicesIJKtoXYZ")
      m_meterExponent = count("MeterExponent", -12, 12);
    m_attributes = nullptr;
  }

  void text(std::string_view part) override { m_text += part; }

  void end(const std::string& element) override {
    CiftiColumns& columns = m_header.columns;
    if (element == "MapName" && !m_header.rows.names.empty()) m_header.rows.names.back() = m_text;
    if (element == "Label" && !m_header.rows.labelTables.empty() && !m_header.rows.labelTables.back().empty())
      m_header.rows.labelTables.back().back().name = m_text;
    if (element == "VertexIndices" && !columns.models.empty())
      columns.models.back().vertices = indices(m_text, m_place + ", VertexIndices");
    if (element == "Vertices" && !columns.parcels.empty())
      addPart(indices(m_text, m_place + ", Vertices"), {});
    if (element == "VoxelIndicesIJK") addVoxels();
    if (element == "TransformationMatrixVoxelIndicesIJKtoXYZ") readTransform();
    m_text.clear();
  }

  CiftiHeader finished() {
    require(m_mapsSeen[0] && m_mapsSeen[1], ErrorCode::BadFile,
            [&] { return m_file + ": its XML describes only one of the matrix' two directions"; });
    checkColumns(m_header.columns, m_claimedCounts, m_file);
    CiftiRows& rows = m_header.rows;
    if (rows.kind != CiftiRows::Kind::Series) rows.count = std::ssize(rows.names);
    require(rows.kind != CiftiRows::Kind::Labels || std::ssize(rows.labelTables) == rows.count,
            ErrorCode::BadFile, [&] {
              return m_file + ": has " + textOf(rows.count) + " label maps and " +
                     textOf(rows.labelTables.size()) + " label tables";
            });
    return std::move(m_header);
  }

 private:
  const std::string& attribute(std::string_view name) const {
    const auto found = m_attributes->find(name);
    require(found != m_attributes->end(), ErrorCode::BadFile,
            [&] { return m_place + ": the attribute " + std::string(name) + " is missing"; });
    return found->second;
  }
  long long count(std::string_view name, long long smallest, long long largest) const {
    return TextNumbers(attribute(name), m_place + ", attribute " + std::string(name))
        .integer("a whole number", smallest, largest);
  }
  double number(std::string_view name) const {
    return TextNumbers(attribute(name), m_place + ", attribute " + std::string(name)).number("a number");
  }
  std::string structure() const {
    const std::string& name = attribute("BrainStructure");
    require(isStructure(name), ErrorCode::BadFile,
            [&] { return m_place + ": \"" + shown(name) + "\" is no brain structure of CIFTI-2"; });
    return name;
  }

  void startDocument(const std::string& element) const {
    require(element == "CIFTI", ErrorCode::BadFile,
            [&] { return m_place + ": the outermost element is <" + shown(element) + ">, not <CIFTI>"; });
    const std::string& version = attribute("Version");
    require(version == "2" || version == "2.0", ErrorCode::Unsupported, [&] {
      return m_place + ": is CIFTI version " + shown(version) +
             "; version 2 is read (convert it with Workbench)";
    });
  }

  void startMap() {
    const std::string& where = attribute("AppliesToMatrixDimension");
    const std::string& type = attribute("IndicesMapToDataType");
    const bool rows = where == "0";
    require(rows || where == "1", ErrorCode::Unsupported, [&] {
      return m_place + ": a map of the matrix direction \"" + shown(where) +
             "\"; files with rows and columns that "
             "differ in kind are read";
    });
    require(!m_mapsSeen[rows ? 0 : 1], ErrorCode::BadFile,
            [&] { return m_place + ": the matrix direction " + where + " is described twice"; });
    m_mapsSeen[rows ? 0 : 1] = true;
    if (rows && type == "CIFTI_INDEX_TYPE_SERIES") return startSeries();
    if (rows && type == "CIFTI_INDEX_TYPE_SCALARS")
      return void(m_header.rows.kind = CiftiRows::Kind::Scalars);
    if (rows && type == "CIFTI_INDEX_TYPE_LABELS") return void(m_header.rows.kind = CiftiRows::Kind::Labels);
    require(!rows && (type == "CIFTI_INDEX_TYPE_BRAIN_MODELS" || type == "CIFTI_INDEX_TYPE_PARCELS"),
            ErrorCode::Unsupported, [&] {
              return m_place + ": the matrix direction " + where + " is of type " + shown(type) +
                     "; series, scalars and labels over brain models or parcels are read";
            });
  }

  void startSeries() {
    CiftiRows& rows = m_header.rows;
    rows.kind = CiftiRows::Kind::Series;
    rows.count = count("NumberOfSeriesPoints", 1, kMostColumns);
    const double factor = std::pow(10.0, static_cast<double>(count("SeriesExponent", -12, 12)));
    rows.start = number("SeriesStart") * factor;
    rows.step = number("SeriesStep") * factor;
    rows.unit = attribute("SeriesUnit");
    require(std::isfinite(rows.start) && std::isfinite(rows.step) && rows.step > 0, ErrorCode::BadFile, [&] {
      return m_place + ": SeriesStep is " + shown(attribute("SeriesStep")) + ", which is no positive step";
    });
  }

  void startLabel() {
    require(!m_header.rows.labelTables.empty(), ErrorCode::BadFile,
            [&] { return m_place + ": a label outside a label table"; });
    Region region;
    region.key =
        static_cast<std::int32_t>(count("Key", std::numeric_limits<std::int32_t>::min(), kMostColumns));
    region.red = static_cast<float>(number("Red"));
    region.green = static_cast<float>(number("Green"));
    region.blue = static_cast<float>(number("Blue"));
    m_header.rows.labelTables.back().push_back(std::move(region));
  }

  void startModel() {
    BrainModel model;
    model.structure = structure();
    model.offset = count("IndexOffset", 0, kMostColumns);
    m_claimedCounts.push_back(count("IndexCount", 1, kMostColumns));
    const std::string& type = attribute("ModelType");
    require(type == "CIFTI_MODEL_TYPE_SURFACE" || type == "CIFTI_MODEL_TYPE_VOXELS", ErrorCode::BadFile,
            [&] { return m_place + ": \"" + shown(type) + "\" is no model type"; });
    if (type == "CIFTI_MODEL_TYPE_SURFACE")
      model.surfaceVertices = count("SurfaceNumberOfVertices", 1, kMostVertices);
    m_header.columns.models.push_back(std::move(model));
  }

  void addPart(std::vector<std::int32_t> vertices, std::vector<VoxelIndex> voxels) {
    BrainModel part;
    if (!vertices.empty()) {
      const auto surface = m_surfaces.find(m_partStructure);
      require(surface != m_surfaces.end(), ErrorCode::BadFile, [&] {
        return m_place + ": a parcel has vertices of " + m_partStructure + ", whose surface is not described";
      });
      part.structure = m_partStructure;
      part.surfaceVertices = surface->second;
    }
    part.vertices = std::move(vertices);
    part.voxels = std::move(voxels);
    m_header.columns.parcels.back().parts.push_back(std::move(part));
  }

  void addVoxels() {
    std::vector<VoxelIndex> voxels = voxelIndices(m_text, m_place + ", VoxelIndicesIJK");
    if (!m_header.columns.parcels.empty())
      addPart({}, std::move(voxels));
    else if (!m_header.columns.models.empty())
      m_header.columns.models.back().voxels = std::move(voxels);
  }

  void readVolumeSize() {
    std::string sizes = attribute("VolumeDimensions");
    std::replace(sizes.begin(), sizes.end(), ',', ' ');
    TextNumbers numbers(sizes, m_place + ", attribute VolumeDimensions");
    for (Index& size : m_header.columns.volumeSize) size = numbers.integer("a size", 1, 1 << 16);
  }

  void readTransform() {
    TextNumbers numbers(m_text, m_place + ", the volume's transform");
    Eigen::Matrix4d& transform = m_header.columns.mmFromVoxel;
    for (Index row = 0; row < 4; ++row)
      for (Index col = 0; col < 4; ++col) transform(row, col) = numbers.number("a number of the transform");
    transform.topRows<3>() *= std::pow(10.0, static_cast<double>(m_meterExponent) + 3);  // to mm
    require(transform.allFinite() && std::abs(transform.determinant()) > 1e-12, ErrorCode::BadFile,
            [&] { return m_place + ": the volume's transform is singular or not finite"; });
  }

  std::string m_file, m_place, m_text, m_partStructure;
  const Attributes* m_attributes = nullptr;  // of the element that starts
  std::map<std::string, Index> m_surfaces;
  std::vector<Index> m_claimedCounts;
  std::array<bool, 2> m_mapsSeen{false, false};
  long long m_meterExponent = -3;
  CiftiHeader m_header;
};

}  // namespace

CiftiHeader parseHeader(std::string_view xml, const std::string& file) {
  // The extension is filled up to a multiple of 16 bytes, which is no part of the text.
  const std::size_t end = xml.find_last_not_of('\0');
  Builder builder(file + ", CIFTI extension");
  parseXml(end == std::string_view::npos ? std::string_view() : xml.substr(0, end + 1),
           file + ", CIFTI extension", builder);
  return builder.finished();
}

}  // namespace cortexscope::cifti
