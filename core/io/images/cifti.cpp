// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/images/cifti.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "io/images/cifti_xml.h"
#include "io/images/image.h"

namespace cortexscope {
namespace {

void checkSizes(const ImageInfo& info, const CiftiHeader& header, const std::string& name) {
  require(info.size.size() == 6 && info.voxelsPerVolume() == 1 && info.size[3] == 1, ErrorCode::BadFile, [&] {
    return name + ": its NIfTI header has the sizes " + shapeWords(info.size) +
           "; a CIFTI matrix has 1 x 1 x 1 x 1 x rows x columns";
  });
  require(info.size[4] == header.rows.count, ErrorCode::BadFile, [&] {
    return name + ": its NIfTI header has " + textOf(info.size[4]) + " rows, its XML describes " +
           textOf(header.rows.count);
  });
  require(info.size[5] == header.columns.count(), ErrorCode::BadFile, [&] {
    return name + ": its NIfTI header has " + textOf(info.size[5]) + " columns, its XML describes " +
           textOf(header.columns.count());
  });
}

CiftiHeader headerOf(const ImageReader& reader, const std::string& name) {
  const ImageInfo& info = reader.info();
  require(!info.ciftiXml.empty(), ErrorCode::BadFile, [&] {
    return name +
           ": has no CIFTI extension (code 32) in its header, so nothing says which places its columns are";
  });
  CiftiHeader header = cifti::parseHeader(info.ciftiXml, name);
  checkSizes(info, header, name);
  header.storedType = info.storedType;
  header.warnings = info.warnings;
  return header;
}

void warnOfUnknownKeys(CiftiMatrix& matrix, const std::string& name) {
  for (Index row = 0; row < matrix.values.rows(); ++row) {
    std::unordered_set<float> known;
    for (const Region& region : matrix.header.rows.labelTables[static_cast<std::size_t>(row)])
      known.insert(static_cast<float>(region.key));
    std::set<float> unknown;
    for (const float key : matrix.values.row(row))
      if (!known.contains(key) && unknown.size() < 1000) unknown.insert(key);
    if (!unknown.empty())
      matrix.header.warnings.push_back(name + ": label map " + textOf(row + 1) + " has the key " +
                                       textOf(*unknown.begin()) + " and " + textOf(unknown.size() - 1) +
                                       " more that its label table lacks");
  }
}

}  // namespace

Index CiftiColumns::count() const {
  if (!dense()) return std::ssize(parcels);
  return models.empty() ? 0 : models.back().offset + models.back().count();
}

CiftiHeader readCiftiHeader(const std::filesystem::path& file) {
  return headerOf(ImageReader(file), file.string());
}

CiftiMatrix readCifti(const std::filesystem::path& file, const Job& job) {
  ImageReader reader(file);
  CiftiMatrix matrix{headerOf(reader, file.string()), {}};
  const Index rows = matrix.header.rows.count, columns = matrix.header.columns.count();
  // The file has all rows of a column next to each other. Memory grows as columns really come.
  std::vector<float> all;
  std::vector<float> block(static_cast<std::size_t>(rows) * 256);
  for (std::size_t got = 0; (got = reader.read(std::span<float>(block))) > 0;) {
    all.insert(all.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    job.checkpoint(static_cast<double>(all.size()) / static_cast<double>(rows * columns), "reading CIFTI");
  }
  matrix.values = Eigen::Map<const MatrixF>(all.data(), columns, rows).transpose();
  matrix.header.warnings = reader.info().warnings;
  if (matrix.header.rows.kind == CiftiRows::Kind::Labels) warnOfUnknownKeys(matrix, file.string());
  return matrix;
}

}  // namespace cortexscope
