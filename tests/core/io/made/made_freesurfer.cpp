// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"

namespace cortexscope::test {
namespace {

template <class T>
std::string big(T value) {
  return bytesOf(value, std::endian::big);
}
std::string big24(std::uint32_t value) {
  return big(value).substr(1);
}

const std::string kStamp = "made by a test\n\n";

std::string coordinates(bool shorts) {
  std::string bytes;
  for (int i = 0; i < 12; ++i)
    bytes += shorts ? big(static_cast<std::int16_t>(100 * i)) : big(static_cast<float>(i));
  return bytes;
}

std::string triangleSurface(std::int32_t vertices, std::int32_t triangles, std::int32_t lastCorner,
                            const std::string& stamp = kStamp) {
  return "\xff\xff\xfe" + stamp + big(vertices) + big(triangles) + coordinates(false) + big(0) + big(1) +
         big(2) + big(0) + big(1) + big(lastCorner);
}

std::string quadSurface(bool shorts, std::uint32_t lastCorner) {
  return (shorts ? "\xff\xff\xff" : "\xff\xff\xfd") + big24(4) + big24(1) + coordinates(shorts) + big24(0) +
         big24(1) + big24(2) + big24(lastCorner);
}

std::string curv(std::int32_t vertices, std::int32_t perVertex = 1) {
  std::string bytes = "\xff\xff\xff" + big(vertices) + big(std::int32_t{2}) + big(perVertex);
  for (int i = 0; i < 4; ++i) bytes += big(static_cast<float>(i));
  return bytes;
}

std::string oldCurv() {
  std::string bytes = big24(4) + big24(2);
  for (int i = 0; i < 4; ++i) bytes += big(static_cast<std::int16_t>(100 * i));
  return bytes;
}

std::string named(const std::string& name) {
  return big(static_cast<std::int32_t>(name.size() + 1)) + name + std::string(1, '\0');
}
std::string entry(const std::string& name, std::int32_t red) {
  return named(name) + big(red) + big(std::int32_t{0}) + big(std::int32_t{0}) + big(std::int32_t{0});
}

std::string codes(std::int32_t claimed, std::int32_t lastVertex, std::int32_t lastCode = 20) {
  return big(claimed) + big(std::int32_t{0}) + big(std::int32_t{10}) + big(lastVertex) + big(lastCode);
}
std::string table1() {
  return big(std::int32_t{1}) + big(std::int32_t{2}) + named("t") + entry("a", 10) + entry("b", 20);
}
std::string table2() {
  return big(std::int32_t{1}) + big(std::int32_t{-2}) + big(std::int32_t{2}) + named("t") +
         big(std::int32_t{2}) + big(std::int32_t{0}) + entry("a", 10) + big(std::int32_t{1}) + entry("b", 20);
}

std::string patch(std::int32_t claimed, std::int32_t number) {
  return big(std::int32_t{-1}) + big(claimed) + big(number) + big(1.0f) + big(2.0f) + big(3.0f);
}

}  // namespace

std::vector<MadeFile> madeFreesurfer() {
  std::vector<MadeFile> files;
  const auto refuse = [&](const char* name, const char* what, const std::string& contents,
                          std::vector<std::string> words) {
    files.push_back({name, what, contents, Verdict::Refuse, std::move(words)});
  };
  const auto legal = [&](const char* name, const char* what, const std::string& contents, double mean,
                         std::vector<std::string> words = {}) {
    files.push_back(
        {name, what, contents, words.empty() ? Verdict::Load : Verdict::Say, std::move(words), mean});
  };
  const std::string surface = triangleSurface(4, 2, 3);
  legal("lh.white", "triangles", surface, 5.5);
  legal("lh.white", "quadrangles", quadSurface(false, 3), 5.5);
  legal("lh.white", "quadrangles in hundredths", quadSurface(true, 3), 5.5);
  refuse("lh.white", "negative vertex count", triangleSurface(-4, 2, 3), {"claims -4 vertices"});
  refuse("lh.white", "huge vertex count", triangleSurface(650288644, 2, 3), {"650288644"});
  refuse("lh.white", "huge face count", triangleSurface(4, INT32_MAX, 3), {"2147483647 faces"});
  refuse("lh.white", "cut in the vertices", surface.substr(0, 50), {"vertices"});
  refuse("lh.white", "cut in the faces", surface.substr(0, surface.size() - 3), {"faces"});
  refuse("lh.white", "face index", triangleSurface(4, 2, 4), {"vertex 4"});
  refuse("lh.white", "negative face index", triangleSurface(4, 2, -1), {"vertex -1"});
  refuse("lh.white", "one line end", triangleSurface(4, 2, 3, "stamp\n"), {"one line end"});
  refuse("lh.white", "endless stamp", triangleSurface(4, 2, 3, std::string(9000, 'a')), {"stamp"});
  refuse("lh.white", "quadrangle index", quadSurface(false, 9), {"vertex 9"});
  refuse("lh.white", "quadrangles cut", quadSurface(false, 3).substr(0, 60), {"quadrangles"});
  refuse("lh.white", "unknown magic", "\xff\xff\xf0" + surface.substr(3), {"ff ff f0"});
  std::string nan = surface;
  nan.replace(3 + kStamp.size() + 8, 4, big(std::nanf("")));
  refuse("lh.white", "coordinate NaN", nan, {"vertex 0", "finite"});
  legal("lh.curv", "new", curv(4), 1.5);
  legal("lh.curv", "old", oldCurv(), 1.5);
  refuse("lh.curv", "count against size", curv(5), {"claims 5"});
  refuse("lh.curv", "absurd count", curv(INT32_MAX), {"2147483647"});
  refuse("lh.curv", "two values per vertex", curv(4, 2), {"2 values per vertex"});
  refuse("lh.curv", "cut", curv(4).substr(0, 24), {"claims 4"});
  legal("lh.x.annot", "table 1", codes(2, 1) + table1(), 0.5);
  legal("lh.x.annot", "table 2", codes(2, 1) + table2(), 0.5);
  legal("lh.x.annot", "value in no entry", codes(2, 1, 77) + table2(), -0.5);
  legal("lh.x.annot", "no table", codes(2, 1), 15, {"no colour table"});
  refuse("lh.x.annot", "negative count", codes(-2, 1), {"claims -2 vertices"});
  refuse("lh.x.annot", "huge count", codes(1 << 30, 1), {"1073741824"});
  refuse("lh.x.annot", "vertex out of range", codes(2, 2), {"vertex 2"});
  refuse("lh.x.annot", "name length", codes(2, 1) + big(1) + big(-2) + big(2) + big(-7), {"claims -7 bytes"});
  refuse("lh.x.annot", "file-name length", codes(2, 1) + big(1) + big(-2) + big(2) + big(1 << 30) + "x",
         {"1073741824"});
  refuse("lh.x.annot", "cut", (codes(2, 1) + table2()).substr(0, 60), {"x.annot"});
  const std::string head = "#!ascii label , from subject x\n";
  legal("lh.x.label", "label", head + "2\n3 1 2 3 0.5\n5 1 2 3 1\n", 4);
  refuse("lh.x.label", "too few lines", head + "3\n3 1 2 3 0.5\n5 1 2 3 1\n", {"line 2", "claims 3"});
  refuse("lh.x.label", "too many lines", head + "1\n3 1 2 3 0.5\n5 1 2 3 1\n", {"more than the 1"});
  refuse("lh.x.label", "a word", head + "1\nthree 1 2 3 0.5\n", {"three", "line 3"});
  refuse("lh.x.label", "negative vertex", head + "1\n-3 1 2 3 0.5\n", {"-3"});
  refuse("lh.x.label", "no label", "vertices\n1\n3 1 2 3 0.5\n", {"x.label"});
  refuse("lh.x.label", "huge count", head + "999999999\n3 1 2 3 0.5\n", {"999999999"});
  legal("lh.x.patch", "patch", patch(1, 7), 2);
  legal("lh.x.patch", "on the border", patch(1, -7), 2);
  refuse("lh.x.patch", "number zero", patch(1, 0), {"number 0"});
  refuse("lh.x.patch", "huge count", patch(1 << 30, 7), {"1073741824"});
  return files;
}

}  // namespace cortexscope::test
