// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "io/parsing/text_numbers.h"
#include "io/parsing/xml.h"
#include "io/surfaces/gifti.h"

namespace cortexscope::gifti {
namespace {

constexpr long long kMostDims = 6;

using Attributes = XmlHandler::Attributes;

std::string without(std::string_view prefix, const std::string& name) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

/// Names that early writers used instead of the standard's; files with them are still about.
std::string standardName(const std::string& name) {
  static const std::map<std::string, std::string, std::less<>> kStandard{
      {"GIFTI_ENCODING_ASCII", "ASCII"},
      {"GIFTI_ENCODING_B64BIN", "Base64Binary"},
      {"GIFTI_ENCODING_B64GZ", "GZipBase64Binary"},
      {"GIFTI_ENCODING_EXTBIN", "ExternalFileBinary"},
      {"GIFTI_ENDIAN_LITTLE", "LittleEndian"},
      {"GIFTI_ENDIAN_BIG", "BigEndian"}};
  const auto found = kStandard.find(name);
  return found == kStandard.end() ? name : found->second;
}

/// Builds the document from the parser's events.
class Builder : public XmlHandler {
 public:
  explicit Builder(std::string file) : m_file(std::move(file)) {}

  void start(const std::string& element, const Attributes& attributes, const std::string& place,
             int depth) override {
    m_place = place;
    require(depth > 1 || element == "GIFTI", ErrorCode::BadFile,
            [&] { return place + ": the outermost element is <" + shown(element) + ">, not <GIFTI>"; });
    if (depth == 1 && attributes.contains("NumberOfDataArrays"))
      m_claimedArrays = integer(attributes, "NumberOfDataArrays");
    if (element == "DataArray") startArray(attributes);
    if (element == "LabelTable") m_document.hasLabelTable = true;
    if (element == "Label") startLabel(attributes);
    if (element == "MD") m_entry = {};
    m_into = textTarget(element);
  }

  void end(const std::string& element) override {
    if (element == "DataArray") m_insideArray = false;
    if (element == "MD")
      (m_insideArray ? m_document.arrays.back().metadata : m_document.metadata).insert(std::move(m_entry));
    m_into = nullptr;
  }

  void text(std::string_view part) override {
    if (m_into != nullptr) *m_into += part;
  }

  /// True from the start of the first array's contents on.
  bool atFirstContents() const { return m_insideArray && m_into == &m_document.arrays.back().text; }

  Start started() {
    readTimeStep();
    Start start{std::move(m_document), std::nullopt};
    if (m_claimedArrays >= 0) start.claimedArrays = m_claimedArrays;
    return start;
  }

  Document finished() {
    const auto count = static_cast<long long>(m_document.arrays.size());
    require(count > 0, ErrorCode::BadFile, [&] { return m_file + ": has no data arrays"; });
    if (m_claimedArrays >= 0 && m_claimedArrays != count)
      m_document.warnings.push_back(m_file + ": NumberOfDataArrays says " + textOf(m_claimedArrays) +
                                    "; the file has " + textOf(count));
    readTimeStep();
    return std::move(m_document);
  }

 private:
  const std::string& place() const { return m_place; }

  /// FreeSurfer writes milliseconds into TimeStep, others seconds. No fMRI run lies in both ranges.
  void readTimeStep() {
    constexpr double kLongestSec = 60, kMsPerSec = 1000;
    const auto has = [](const DataArray& array) { return array.metadata.contains("TimeStep"); };
    const auto found = std::find_if(m_document.arrays.begin(), m_document.arrays.end(), has);
    if (found == m_document.arrays.end()) return;
    const std::string where = found->place + ", TimeStep";
    const double number = TextNumbers(found->metadata.at("TimeStep"), where).number("a time in ms");
    if (!(number > 0)) return;  // FreeSurfer's way to say that it does not know
    m_document.timeStepSec = number <= kLongestSec ? number : number / kMsPerSec;
    if (number <= kLongestSec)
      m_document.warnings.push_back(where + ": " + textOf(number) +
                                    " was taken as seconds; as milliseconds it is too short for fMRI");
  }

  /// Where the text inside an element belongs; null where it is passed over.
  std::string* textTarget(const std::string& element) {
    if (element == "Data" && m_insideArray) return &m_document.arrays.back().text;
    if (element == "Label") return &m_document.labels.back().name;
    if (element == "Name") return &m_entry.first;
    return element == "Value" ? &m_entry.second : nullptr;
  }

  const std::string& attribute(const Attributes& attributes, std::string_view name) const {
    const auto found = attributes.find(name);
    require(found != attributes.end(), ErrorCode::BadFile,
            [&] { return place() + ": the attribute " + std::string(name) + " is missing"; });
    return found->second;
  }

  long long integer(const Attributes& attributes, std::string_view name) const {
    const std::string& word = attribute(attributes, name);
    return TextNumbers(word, place() + ", attribute " + std::string(name))
        .integer("a count", std::numeric_limits<std::int32_t>::min(),
                 std::numeric_limits<std::int32_t>::max());
  }

  void startArray(const Attributes& attributes) {
    require(!m_insideArray, ErrorCode::BadFile,
            [&] { return place() + ": a data array inside a data array"; });
    m_insideArray = true;
    DataArray array;
    array.place = m_file + ", data array " + textOf(m_document.arrays.size() + 1) + " at " +
                  place().substr(m_file.size() + 2);
    array.intent = without("NIFTI_INTENT_", attribute(attributes, "Intent"));
    array.type = without("NIFTI_TYPE_", attribute(attributes, "DataType"));
    array.encoding = standardName(attribute(attributes, "Encoding"));
    require(!array.encoding.starts_with("External"), ErrorCode::Unsupported, [&] {
      return array.place +
             ": its data are in another file, which is not opened; convert it to a file of one piece";
    });
    if (array.encoding != "ASCII") array.endian = standardName(attribute(attributes, "Endian"));
    const std::string& order = attribute(attributes, "ArrayIndexingOrder");
    array.columnMajor = order == "ColumnMajorOrder";
    require(array.columnMajor || order == "RowMajorOrder", ErrorCode::BadFile,
            [&] { return array.place + ": unknown ArrayIndexingOrder \"" + shown(order) + "\""; });
    readDims(attributes, array);
    m_document.arrays.push_back(std::move(array));
  }

  void readDims(const Attributes& attributes, DataArray& array) const {
    const long long dimCount = integer(attributes, "Dimensionality");
    require(dimCount >= 1 && dimCount <= kMostDims, ErrorCode::BadFile, [&] {
      return array.place + ": Dimensionality is " + textOf(dimCount) + ", not 1 to " + textOf(kMostDims);
    });
    Index product = 1;
    for (long long d = 0; d < dimCount; ++d) {
      const std::string name = "Dim" + textOf(d);
      const long long size = integer(attributes, name);
      require(size > 0, ErrorCode::BadFile,
              [&] { return array.place + ": " + name + " is " + textOf(size) + ", not a positive number"; });
      require(product <= std::numeric_limits<std::int32_t>::max() / size, ErrorCode::BadFile, [&] {
        return array.place + ": its dimensions claim more than " +
               textOf(std::numeric_limits<std::int32_t>::max()) + " values (" + name + " is " + textOf(size) +
               ")";
      });
      product *= size;
      array.dims.push_back(size);
    }
  }

  float colour(const Attributes& attributes, std::string_view name, float otherwise) const {
    const auto found = attributes.find(name);
    if (found == attributes.end()) return otherwise;
    const double value = TextNumbers(found->second, place() + ", attribute " + std::string(name))
                             .number("a colour from 0 to 1");
    require(value >= 0 && value <= 1, ErrorCode::BadFile, [&] {
      return place() + ": the label colour " + std::string(name) + " is " + shown(found->second) +
             ", outside 0 to 1";
    });
    return static_cast<float>(value);
  }

  void startLabel(const Attributes& attributes) {
    Region region;
    // Version 1.0 of the format says Key, drafts before it Index.
    region.key = static_cast<std::int32_t>(integer(attributes, attributes.contains("Key") ? "Key" : "Index"));
    region.red = colour(attributes, "Red", region.red);
    region.green = colour(attributes, "Green", region.green);
    region.blue = colour(attributes, "Blue", region.blue);
    m_document.labels.push_back(std::move(region));
  }

  std::string m_file, m_place;
  Document m_document;
  std::pair<std::string, std::string> m_entry;  // of metadata: name and value
  std::string* m_into = nullptr;
  long long m_claimedArrays = -1;
  bool m_insideArray = false;
};

/// Ends the parsing once the first array is described.
class StartBuilder : public Builder {
 public:
  struct Reached {};
  using Builder::Builder;
  void start(const std::string& element, const Attributes& attributes, const std::string& place,
             int depth) override {
    Builder::start(element, attributes, place, depth);
    if (atFirstContents()) throw Reached{};
  }
};

}  // namespace

Index DataArray::cols() const {
  Index product = 1;
  for (std::size_t d = 1; d < dims.size(); ++d) product *= dims[d];
  return product;
}

Document parse(std::string_view contents, const std::string& file) {
  Builder builder(file);
  parseXml(contents, file, builder);
  return builder.finished();
}

std::optional<Start> parseStart(std::string_view contents, const std::string& file) {
  StartBuilder builder(file);
  try {
    parseXml(contents, file, builder, XmlExtent::Start);
  } catch (const StartBuilder::Reached&) {
    return builder.started();
  }
  return std::nullopt;
}

}  // namespace cortexscope::gifti
