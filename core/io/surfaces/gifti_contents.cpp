// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "io/parsing/text_numbers.h"
#include "io/surfaces/gifti.h"

namespace cortexscope::gifti {
namespace {

const DataArray& onlyArray(const Document& document, const char* intent, const std::string& file) {
  const DataArray* found = nullptr;
  for (const DataArray& array : document.arrays) {
    if (array.intent != intent) continue;
    require(found == nullptr, ErrorCode::BadFile,
            [&] { return file + ": has more than one array of intent " + intent + "; a surface has one"; });
    found = &array;
  }
  require(found != nullptr, ErrorCode::BadFile,
          [&] { return file + ": has no array of intent " + intent + ", so it holds no surface"; });
  require(found->dims.size() == 2 && found->cols() == 3, ErrorCode::BadFile, [&] {
    return found->place + ": " + intent + " needs 3 columns, its dimensions give " + textOf(found->cols()) +
           " by " + textOf(found->rows()) + " rows";
  });
  return *found;
}

bool isInteger(const DataArray& array) {
  return array.type.find("INT") != std::string::npos;
}

bool isMap(const DataArray& array) {
  return array.intent != "POINTSET" && array.intent != "TRIANGLE";
}

const DataArray* firstMap(const Document& document) {
  for (const DataArray& array : document.arrays)
    if (isMap(array)) return &array;
  return nullptr;
}

VectorD oneColumn(const DataArray& array) {
  require(array.cols() == 1, ErrorCode::Unsupported, [&] {
    return array.place + ": has " + textOf(array.cols()) + " values per vertex; arrays with 1 are read";
  });
  return values(array).col(0);
}

std::int32_t keyOf(double value, const DataArray& array, Index vertex) {
  const bool whole =
      value == std::floor(value) && std::abs(value) <= std::numeric_limits<std::int32_t>::max();
  require(whole, ErrorCode::BadFile, [&] {
    return array.place + ": vertex " + textOf(vertex) + " has " + textOf(value) + ", which is no label key";
  });
  return static_cast<std::int32_t>(value);
}

}  // namespace

Surface surfaceOf(const Document& document, const std::string& file) {
  const DataArray& points = onlyArray(document, "POINTSET", file);
  const DataArray& triangles = onlyArray(document, "TRIANGLE", file);
  require(isInteger(triangles), ErrorCode::BadFile, [&] {
    return triangles.place + ": triangles are given as " + shown(triangles.type) + ", not as whole numbers";
  });
  return {values(points).cast<float>(), values(triangles).cast<std::int32_t>()};
}

MatrixF mapsOf(const Document& document, const std::string& file) {
  const DataArray* first = firstMap(document);
  require(first != nullptr, ErrorCode::BadFile,
          [&] { return file + ": holds a surface and no values per vertex"; });
  // Every array is decoded, and so checked against its data, before memory for all of them is taken.
  std::vector<MatrixF> parts;
  Index rows = 0;
  for (const DataArray& array : document.arrays)
    if (isMap(array)) {
      require(array.rows() == first->rows(), ErrorCode::BadFile, [&] {
        return array.place + ": has values for " + textOf(array.rows()) + " vertices, the first map for " +
               textOf(first->rows());
      });
      parts.push_back(values(array).transpose().cast<float>());
      rows += parts.back().rows();
    }
  if (parts.size() == 1) return std::move(parts.front());
  MatrixF maps(rows, first->rows());
  Index row = 0;
  for (const MatrixF& part : parts) {
    maps.middleRows(row, part.rows()) = part;
    row += part.rows();
  }
  return maps;
}

std::vector<std::string> mapNamesOf(const Document& document) {
  std::vector<std::string> names;
  for (const DataArray& array : document.arrays)
    if (isMap(array)) {
      const auto name = array.metadata.find("Name");
      names.insert(names.end(), static_cast<std::size_t>(array.cols()),
                   name == array.metadata.end() ? std::string() : name->second);
    }
  return names;
}

Parcellation parcellationOf(const Document& document, const std::string& file) {
  const DataArray* labels = firstMap(document);
  for (const DataArray& array : document.arrays)
    if (array.intent == "LABEL") {
      labels = &array;
      break;
    }
  require(labels != nullptr && (labels->intent == "LABEL" || document.hasLabelTable), ErrorCode::BadFile,
          [&] { return file + ": holds no labels (no array of intent LABEL and no label table)"; });
  std::unordered_set<std::int32_t> keys;
  for (const Region& region : document.labels)
    require(keys.insert(region.key).second, ErrorCode::BadFile,
            [&] { return file + ": its label table has the key " + textOf(region.key) + " twice"; });
  const VectorD read = oneColumn(*labels);
  Parcellation parcellation{document.labels, {}, document.warnings};
  parcellation.keys.reserve(static_cast<std::size_t>(read.size()));
  for (Index v = 0; v < read.size(); ++v) parcellation.keys.push_back(keyOf(read[v], *labels, v));
  return parcellation;
}

}  // namespace cortexscope::gifti
