// SPDX-License-Identifier: GPL-3.0-or-later
#include <unordered_map>

#include "base/text.h"
#include "io/parsing/byte_reader.h"
#include "io/surfaces/freesurfer.h"

namespace cortexscope::freesurfer {
namespace {

using KeysOfCodes = std::unordered_map<std::int32_t, std::int32_t>;

struct ColourTable {
  std::vector<Region> regions;
  KeysOfCodes keyOf;  ///< region of a colour code
};

std::int32_t colourCode(std::int32_t red, std::int32_t green, std::int32_t blue) {
  return red | green << 8 | blue << 16;
}

std::string readName(ByteReader& reader, const std::string& field) {
  const std::size_t length = reader.count("bytes of " + field, 1);
  const std::string_view padded = reader.bytes(length, field);
  return std::string(padded.substr(0, padded.find('\0')));
}

void readEntry(ByteReader& reader, std::int32_t key, ColourTable& table) {
  Region region;
  region.key = key;
  region.name = readName(reader, "the name of region " + textOf(key));
  std::int32_t rgb[3];
  for (std::int32_t& part : rgb) {
    part = reader.number<std::int32_t>("the colour of region " + textOf(key));
    require(part >= 0 && part <= 255, ErrorCode::BadFile, [&] {
      return reader.file() + ": region \"" + region.name + "\" has the colour part " + textOf(part) +
             ", outside 0 to 255";
    });
  }
  reader.number<std::int32_t>("the transparency of region " + textOf(key));
  region.red = static_cast<float>(rgb[0]) / 255.0f;
  region.green = static_cast<float>(rgb[1]) / 255.0f;
  region.blue = static_cast<float>(rgb[2]) / 255.0f;
  table.keyOf.try_emplace(colourCode(rgb[0], rgb[1], rgb[2]), key);
  table.regions.push_back(std::move(region));
}

/// Version 1 starts with the number of entries, later ones with minus their version.
ColourTable readColourTable(ByteReader& reader) {
  constexpr std::size_t kSmallestEntryBytes = 20;
  ColourTable table;
  const auto first = reader.number<std::int32_t>("the colour table's version");
  if (first >= 0) {
    readName(reader, "the table's file name");
    reader.checkCount(first, "colour table entries", kSmallestEntryBytes);
    for (std::int32_t key = 0; key < first; ++key) readEntry(reader, key, table);
    return table;
  }
  require(first == -2, ErrorCode::Unsupported, [&] {
    return reader.file() + ": the colour table has version " + textOf(-static_cast<std::int64_t>(first)) +
           "; versions 1 and 2 are read";
  });
  reader.number<std::int32_t>("the largest table index");
  readName(reader, "the table's file name");
  const std::size_t entryCount = reader.count("colour table entries", kSmallestEntryBytes);
  for (std::size_t i = 0; i < entryCount; ++i)
    readEntry(reader, reader.number<std::int32_t>("a table index"), table);
  return table;
}

/// Without a table the codes themselves are names and colours.
ColourTable tableFromCodes(const std::vector<std::int32_t>& codes) {
  ColourTable table;
  for (const std::int32_t code : codes)
    if (table.keyOf.try_emplace(code, code).second)
      table.regions.push_back({code, textOf(code), static_cast<float>(code & 255) / 255.0f,
                               static_cast<float>(code >> 8 & 255) / 255.0f,
                               static_cast<float>(code >> 16 & 255) / 255.0f});
  return table;
}

std::vector<std::int32_t> readCodes(ByteReader& reader) {
  const std::size_t vertexCount = reader.count("vertices", 8);
  std::vector<std::int32_t> codes(vertexCount, 0);
  std::vector<bool> seen(vertexCount, false);
  for (std::size_t i = 0; i < vertexCount; ++i) {
    const auto vertex = reader.number<std::int32_t>("a vertex number");
    require(vertex >= 0 && static_cast<std::size_t>(vertex) < vertexCount, ErrorCode::BadFile, [&] {
      return reader.file() + ": entry " + textOf(i) + " is for vertex " + textOf(vertex) +
             "; the file has vertices 0 to " + textOf(vertexCount - 1);
    });
    const auto place = static_cast<std::size_t>(vertex);
    require(!seen[place], ErrorCode::BadFile,
            [&] { return reader.file() + ": has two entries for vertex " + textOf(vertex); });
    seen[place] = true;
    codes[place] = reader.number<std::int32_t>("a vertex's colour code");
  }
  return codes;
}

}  // namespace

Parcellation readAnnot(std::string_view contents, const std::string& file) {
  ByteReader reader(contents, std::endian::big, file);
  const std::vector<std::int32_t> codes = readCodes(reader);
  const bool hasTable = reader.remaining() > 0 && reader.number<std::int32_t>("the colour table's mark") == 1;
  const ColourTable table = hasTable ? readColourTable(reader) : tableFromCodes(codes);
  Parcellation regions;
  regions.regions = table.regions;
  if (!hasTable)
    regions.warnings.push_back(file + ": has no colour table; its colour codes were taken as names");
  regions.keys.reserve(codes.size());
  for (const std::int32_t code : codes) {
    const auto found = table.keyOf.find(code);
    regions.keys.push_back(found == table.keyOf.end() ? kNoRegion : found->second);
  }
  return regions;
}

}  // namespace cortexscope::freesurfer
