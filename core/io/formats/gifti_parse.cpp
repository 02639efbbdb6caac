#include <expat.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <limits>
#include <map>
#include <memory>

#include "base/error.h"
#include "io/formats/gifti.h"
#include "io/formats/text_numbers.h"

namespace cortexscope::gifti {
namespace {

constexpr int kDeepest = 32;
constexpr long long kMostDims = 6;

using Attributes = std::map<std::string, std::string, std::less<>>;

Attributes attributesOf(const XML_Char** pairs) {
  Attributes attributes;
  for (; *pairs != nullptr; pairs += 2) attributes.emplace(pairs[0], pairs[1]);
  return attributes;
}

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

/// Builds the document from the parser's events. Throws; the callbacks below keep exceptions inside.
class Builder {
 public:
  explicit Builder(std::string file) : m_file(std::move(file)) {}

  void start(const std::string& element, const Attributes& attributes, std::size_t line) {
    m_line = line;
    require(++m_depth <= kDeepest, ErrorCode::BadFile, [&] {
      return place() + ": elements are nested more than " + std::to_string(kDeepest) + " deep";
    });
    require(m_depth > 1 || element == "GIFTI", ErrorCode::BadFile,
            [&] { return place() + ": the outermost element is <" + shown(element) + ">, not <GIFTI>"; });
    if (m_depth == 1)
      m_claimedArrays =
          attributes.contains("NumberOfDataArrays") ? integer(attributes, "NumberOfDataArrays") : -1;
    if (element == "DataArray") startArray(attributes);
    if (element == "LabelTable") m_document.hasLabelTable = true;
    if (element == "Label") startLabel(attributes);
    m_insideData = element == "Data" && m_insideArray;
    m_insideLabel = element == "Label";
  }

  void end(const std::string& element) {
    --m_depth;
    if (element == "DataArray") m_insideArray = false;
    m_insideData = m_insideLabel = false;
  }

  void text(std::string_view part) {
    if (m_insideData) m_document.arrays.back().text += part;
    if (m_insideLabel) m_document.labels.back().name += part;
  }

  [[noreturn]] void refuseEntity(std::size_t line) const {
    throw Error(ErrorCode::BadFile, m_file + ", line " + std::to_string(line) +
                                        ": declares an XML entity; such files are refused");
  }

  Document finished() {
    const auto count = static_cast<long long>(m_document.arrays.size());
    require(count > 0, ErrorCode::BadFile, [&] { return m_file + ": has no data arrays"; });
    require(m_claimedArrays < 0 || m_claimedArrays == count, ErrorCode::BadFile, [&] {
      return m_file + ": NumberOfDataArrays says " + std::to_string(m_claimedArrays) + "; the file has " +
             std::to_string(count);
    });
    return std::move(m_document);
  }

  const std::string& file() const { return m_file; }

 private:
  std::string place() const { return m_file + ", line " + std::to_string(m_line); }

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
    array.place = m_file + ", data array " + std::to_string(m_document.arrays.size() + 1) + " at line " +
                  std::to_string(m_line);
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
      return array.place + ": Dimensionality is " + std::to_string(dimCount) + ", not 1 to " +
             std::to_string(kMostDims);
    });
    Index product = 1;
    for (long long d = 0; d < dimCount; ++d) {
      const std::string name = "Dim" + std::to_string(d);
      const long long size = integer(attributes, name);
      require(size > 0, ErrorCode::BadFile, [&] {
        return array.place + ": " + name + " is " + std::to_string(size) + ", not a positive number";
      });
      require(product <= std::numeric_limits<std::int32_t>::max() / size, ErrorCode::BadFile, [&] {
        return array.place + ": its dimensions claim more than " +
               std::to_string(std::numeric_limits<std::int32_t>::max()) + " values (" + name + " is " +
               std::to_string(size) + ")";
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

  std::string m_file;
  Document m_document;
  std::size_t m_line = 0;
  int m_depth = 0;
  long long m_claimedArrays = -1;
  bool m_insideArray = false, m_insideData = false, m_insideLabel = false;
};

/// expat is C: an exception must not pass through it, so it is kept and the parser is stopped.
struct Parsing {
  XML_Parser parser;
  Builder builder;
  std::exception_ptr failure;

  template <class Action>
  void guarded(Action&& action) {
    if (failure) return;
    try {
      action();
    } catch (...) {
      failure = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

void onStart(void* user, const XML_Char* name, const XML_Char** pairs) {
  auto& parsing = *static_cast<Parsing*>(user);
  parsing.guarded(
      [&] { parsing.builder.start(name, attributesOf(pairs), XML_GetCurrentLineNumber(parsing.parser)); });
}

void onEnd(void* user, const XML_Char* name) {
  auto& parsing = *static_cast<Parsing*>(user);
  parsing.guarded([&] { parsing.builder.end(name); });
}

void onText(void* user, const XML_Char* text, int length) {
  auto& parsing = *static_cast<Parsing*>(user);
  parsing.guarded([&] { parsing.builder.text({text, static_cast<std::size_t>(length)}); });
}

void onEntity(void* user, const XML_Char*, int, const XML_Char*, int, const XML_Char*, const XML_Char*,
              const XML_Char*, const XML_Char*) {
  auto& parsing = *static_cast<Parsing*>(user);
  parsing.guarded([&] { parsing.builder.refuseEntity(XML_GetCurrentLineNumber(parsing.parser)); });
}

}  // namespace

Index DataArray::cols() const {
  Index product = 1;
  for (std::size_t d = 1; d < dims.size(); ++d) product *= dims[d];
  return product;
}

bool isXml(std::string_view contents) {
  if (contents.starts_with("\xef\xbb\xbf")) contents.remove_prefix(3);
  const std::size_t start = contents.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && contents[start] == '<';
}

Document parse(std::string_view contents, const std::string& file) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                            &XML_ParserFree);
  require(parser != nullptr, ErrorCode::OutOfMemory, "the XML parser could not be made");
  Parsing parsing{parser.get(), Builder(file), nullptr};
  XML_SetUserData(parser.get(), &parsing);
  XML_SetElementHandler(parser.get(), onStart, onEnd);
  XML_SetCharacterDataHandler(parser.get(), onText);
  XML_SetEntityDeclHandler(parser.get(), onEntity);
  constexpr std::size_t kBlock = std::size_t{1} << 20;  // expat counts in int
  for (std::size_t start = 0; start == 0 || start < contents.size(); start += kBlock) {
    const std::string_view block = contents.substr(start, kBlock);
    const bool last = start + kBlock >= contents.size();
    const auto status = XML_Parse(parser.get(), block.data(), static_cast<int>(block.size()), last);
    if (parsing.failure) std::rethrow_exception(parsing.failure);
    require(status == XML_STATUS_OK, ErrorCode::BadFile, [&] {
      return file + ", line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) +
             ": is not well-formed XML: " + XML_ErrorString(XML_GetErrorCode(parser.get()));
    });
  }
  return parsing.builder.finished();
}

}  // namespace cortexscope::gifti
