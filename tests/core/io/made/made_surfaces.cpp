// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>

#include <QByteArray>

#include "base/text.h"
#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"

namespace cortexscope::test {
namespace {

std::string base64(const std::string& bytes) {
  return QByteArray::fromStdString(bytes).toBase64().toStdString();
}

template <class T>
std::string raw(const std::vector<double>& values, std::endian order = std::endian::little) {
  std::string bytes;
  for (const double value : values) bytes += bytesOf(static_cast<T>(value), order);
  return bytes;
}

struct Array {
  std::string intent = "NIFTI_INTENT_SHAPE", type = "NIFTI_TYPE_FLOAT32", order = "RowMajorOrder",
              encoding = "Base64Binary", endian = "LittleEndian", dims = "Dimensionality=\"1\" Dim0=\"4\"",
              external = "ExternalFileName=\"\" ExternalFileOffset=\"\"",
              data = base64(raw<float>({0, 1, 2, 3})), metadata;
};

std::string xml(const Array& a) {
  return "<DataArray Intent=\"" + a.intent + "\" DataType=\"" + a.type + "\" ArrayIndexingOrder=\"" +
         a.order + "\" " + a.dims + " Encoding=\"" + a.encoding + "\" Endian=\"" + a.endian + "\" " +
         a.external + ">" + a.metadata + "<Data>" + a.data + "</Data></DataArray>\n";
}

std::string document(const std::string& body, int count, const std::string& before = {}) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + before +
         "<GIFTI Version=\"1.0\" NumberOfDataArrays=\"" + textOf(count) + "\">\n" + body + "</GIFTI>\n";
}

template <class Change>
std::string shape(Change change) {
  Array array;
  change(array);
  return document(xml(array), 1);
}

Array points() {
  Array array;
  array.intent = "NIFTI_INTENT_POINTSET";
  array.dims = "Dimensionality=\"2\" Dim0=\"4\" Dim1=\"3\"";
  array.data = base64(raw<float>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  return array;
}
Array triangles(const std::vector<double>& corners = {0, 1, 2, 0, 2, 3}) {
  Array array;
  array.intent = "NIFTI_INTENT_TRIANGLE";
  array.type = "NIFTI_TYPE_INT32";
  array.dims = "Dimensionality=\"2\" Dim0=\"2\" Dim1=\"3\"";
  array.data = base64(raw<std::int32_t>(corners));
  return array;
}
std::string surface(const Array& first, const Array& second) {
  return document(xml(first) + xml(second), 2);
}

void addRefused(std::vector<MadeFile>& files) {
  const auto refuse = [&](const char* name, const char* what, const std::string& contents,
                          std::vector<std::string> words) {
    files.push_back({name, what, contents, Verdict::Refuse, std::move(words)});
  };
  const std::string good = surface(points(), triangles());
  refuse("x.surf.gii", "cut", good.substr(0, good.size() - 40), {"line", "not well-formed"});
  refuse("x.surf.gii", "another root", "<svg></svg>", {"<svg>"});
  refuse("x.surf.gii", "not UTF-8", document("<MetaData>\xff\xfe</MetaData>", 0), {"line 3"});
  refuse("x.surf.gii", "internal entities",
         document(xml(points()), 1, "<!DOCTYPE GIFTI [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"),
         {"entity"});
  refuse("x.surf.gii", "external entity",
         document(xml(points()), 1, "<!DOCTYPE GIFTI [<!ENTITY x SYSTEM \"/etc/passwd\">]>"), {"entity"});
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  refuse("x.surf.gii", "nested very deep", document(deep, 1), {"32 deep"});
  refuse("x.shape.gii", "no arrays", document("", 0), {"no data arrays"});
  refuse("x.surf.gii", "faces without points", document(xml(triangles()), 1), {"POINTSET"});
}

void addRefusedShapes(std::vector<MadeFile>& files) {
  const auto refuse = [&](const char* name, const char* what, const std::string& contents,
                          std::vector<std::string> words) {
    files.push_back({name, what, contents, Verdict::Refuse, std::move(words)});
  };
  refuse("x.shape.gii", "Dim huge",
         shape([](Array& a) { a.dims = "Dimensionality=\"1\" Dim0=\"2147483647\""; }), {"8589934588"});
  refuse("x.shape.gii", "Dim negative", shape([](Array& a) { a.dims = "Dimensionality=\"1\" Dim0=\"-4\""; }),
         {"-4"});
  refuse("x.shape.gii", "Dim zero", shape([](Array& a) { a.dims = "Dimensionality=\"1\" Dim0=\"0\""; }),
         {"Dim0 is 0"});
  refuse("x.shape.gii", "wrapping",
         shape([](Array& a) { a.dims = "Dimensionality=\"2\" Dim0=\"65536\" Dim1=\"65536\""; }), {"65536"});
  refuse("x.shape.gii", "data too short", shape([](Array& a) { a.dims = "Dimensionality=\"1\" Dim0=\"5\""; }),
         {"20 bytes", "16"});
  refuse("x.shape.gii", "data too long", shape([](Array& a) { a.dims = "Dimensionality=\"1\" Dim0=\"3\""; }),
         {"12 bytes", "16"});
  refuse("x.shape.gii", "unknown encoding", shape([](Array& a) { a.encoding = "Base85"; }), {"Base85"});
  refuse("x.shape.gii", "unknown type", shape([](Array& a) { a.type = "NIFTI_TYPE_RGB24"; }), {"RGB24"});
  refuse("x.shape.gii", "foreign characters", shape([](Array& a) { a.data[3] = '*'; }), {"data array 1"});
  refuse("x.shape.gii", "base64 cut", shape([](Array& a) { a.data.resize(13); }), {"data array 1"});
  refuse("x.shape.gii", "zlib damaged", shape([](Array& a) {
           a.encoding = "GZipBase64Binary";
           a.data = base64("abcdefgh");
         }),
         {"damaged"});
  refuse("x.shape.gii", "zlib bomb", shape([](Array& a) {
           a.encoding = "GZipBase64Binary";
           a.data = base64(packed(std::string(1 << 22, '\0'), 15));
         }),
         {"more than the 16 bytes"});
  refuse("x.shape.gii", "too few words", shape([](Array& a) {
           a.encoding = "ASCII";
           a.data = "0.5 1.5 2.5";
         }),
         {"value of 4"});
  refuse("x.shape.gii", "a word among numbers", shape([](Array& a) {
           a.encoding = "ASCII";
           a.data = "0 1 two 3";
         }),
         {"two"});
  for (const char* place : {"../secret.dat", "/etc/passwd"})
    refuse("x.shape.gii", "external data", shape([&](Array& a) {
             a.encoding = "ExternalFileBinary";
             a.external = "ExternalFileName=\"" + std::string(place) + "\" ExternalFileOffset=\"0\"";
             a.data.clear();
           }),
           {"another file", "not opened"});
  refuse("x.surf.gii", "face past the last vertex", surface(points(), triangles({0, 1, 2, 0, 2, 4})),
         {"vertex 4"});
  refuse("x.surf.gii", "negative face index", surface(points(), triangles({0, 1, 2, 0, 2, -1})),
         {"vertex -1"});
  Array flat = points();
  flat.dims = "Dimensionality=\"2\" Dim0=\"6\" Dim1=\"2\"";
  refuse("x.surf.gii", "points of two coordinates", surface(flat, triangles()), {"3 columns"});
  refuse("x.surf.gii", "random bytes", "\x13\x37\x99\x42\x01\x77", {"line 1"});
  refuse("x.shape.gii", "external data past the end", shape([&](Array& a) {
           a.encoding = "ExternalFileBinary";
           a.external = "ExternalFileName=\"missing.dat\" ExternalFileOffset=\"99999999999\"";
         }),
         {"another file", "not opened"});
  Array keys;
  keys.intent = "NIFTI_INTENT_LABEL";
  keys.type = "NIFTI_TYPE_INT32";
  keys.data = base64(raw<std::int32_t>({0, 0, 0, 0}));
  refuse("x.label.gii", "colour that is no number",
         document("<LabelTable><Label Key=\"0\" Red=\"red\" Green=\"0\" Blue=\"0\" "
                  "Alpha=\"1\">a</Label></LabelTable>" +
                      xml(keys),
                  1),
         {"line 3", "Red", "red"});
  Array infinite = points();
  infinite.data = base64(raw<float>({INFINITY, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  refuse("x.surf.gii", "vertex infinite", surface(infinite, triangles()), {"vertex 0"});
  Array nan = points();
  nan.data = base64(raw<float>({0, 1, 2, 3, std::nan(""), 5, 6, 7, 8, 9, 10, 11}));
  refuse("x.surf.gii", "vertex NaN", surface(nan, triangles()), {"vertex 1"});
}

void addLegal(std::vector<MadeFile>& files) {
  const auto legal = [&](const char* name, const char* what, const std::string& contents, double mean,
                         std::vector<std::string> words = {}) {
    files.push_back(
        {name, what, contents, words.empty() ? Verdict::Load : Verdict::Say, std::move(words), mean});
  };
  legal("x.surf.gii", "points first", surface(points(), triangles()), 5.5);
  legal("x.surf.gii", "faces first", surface(triangles(), points()), 5.5);
  legal("x.surf.gii", "repeated vertex", surface(points(), triangles({0, 0, 2, 0, 2, 3})), 5.5);
  Array column = points();
  column.order = "ColumnMajorOrder";
  legal("x.surf.gii", "column-major", surface(column, triangles()), 5.5);
  legal("x.surf.gii.gz", "gzipped", gzipped(surface(points(), triangles())), 5.5);
  legal("x.shape.gii", "big-endian", shape([](Array& a) {
          a.endian = "BigEndian";
          a.data = base64(raw<float>({0, 1, 2, 3}, std::endian::big));
        }),
        1.5);
  legal("x.shape.gii", "zlib", shape([](Array& a) {
          a.encoding = "GZipBase64Binary";
          a.data = base64(packed(raw<float>({0, 1, 2, 3}), 15));
        }),
        1.5);
  legal("x.shape.gii", "ASCII", shape([](Array& a) {
          a.encoding = "ASCII";
          a.data = " 0 1\n2\t3 ";
        }),
        1.5);
  legal("x.shape.gii", "base64 in lines", shape([](Array& a) { a.data.insert(5, "\r\n  "); }), 1.5);
  legal("x.shape.gii", "white space round CDATA",
        shape([](Array& a) { a.data = " \n<![CDATA[" + a.data + "]]>\n "; }), 1.5);
  legal("x.shape.gii", "wrong number of arrays", document(xml(Array()), 3), 1.5,
        {"NumberOfDataArrays says 3"});
  Array step;
  step.intent = "NIFTI_INTENT_TIME_SERIES";
  step.metadata = "<MetaData><MD><Name>TimeStep</Name><Value>1500.0</Value></MD></MetaData>";
  legal("x.func.gii", "series", document(xml(step) + xml(step), 2), 1.5);
  step.dims = "Dimensionality=\"2\" Dim0=\"2\" Dim1=\"2\"";
  legal("x.time.gii", "series in one array", document(xml(step), 1), 1.5);
  Array labels;
  labels.intent = "NIFTI_INTENT_LABEL";
  labels.type = "NIFTI_TYPE_INT16";
  labels.data = base64(raw<std::int16_t>({0, 1, 1, 99}));
  legal("x.label.gii", "INT16 labels, one not in the table",
        document(
            "<LabelTable><Label Key=\"0\">a</Label><Label Key=\"1\">b</Label></LabelTable>" + xml(labels), 1),
        25.25);
}

}  // namespace

std::vector<MadeFile> madeSurfaces() {
  std::vector<MadeFile> files;
  addRefused(files);
  addRefusedShapes(files);
  addLegal(files);
  return files;
}

}  // namespace cortexscope::test
