// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include "core/io/format_bytes.h"
#include "core/io/made/made_file.h"

namespace cortexscope::test {
namespace {

template <class T>
std::string little(T value) {
  return bytesOf(value, std::endian::little);
}

std::string numbers(const std::vector<double>& values, std::endian order = std::endian::little) {
  std::string bytes;
  for (const double value : values) bytes += bytesOf(value, order);
  return bytes;
}

std::string header(const std::string& type, const std::string& order, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

std::string six(const std::string& type = "<f8", const std::string& order = "False",
                const std::string& shape = "(2, 3)") {
  return npyFile(header(type, order, shape), numbers({1, 2, 3, 4, 5, 6}));
}

std::uint32_t checksum(const std::string& bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::string changedAt(std::string bytes, std::size_t place, const std::string& to) {
  return bytes.replace(place, to.size(), to);
}

void addNpy(std::vector<MadeFile>& files) {
  const auto refuse = [&](const char* what, const std::string& contents, std::vector<std::string> words) {
    files.push_back({"x.npy", what, contents, Verdict::Refuse, std::move(words)});
  };
  const auto legal = [&](const char* what, const std::string& contents, double mean) {
    files.push_back({"x.npy", what, contents, Verdict::Load, {}, mean});
  };
  const auto shaped = [](const std::string& shape) { return six("<f8", "False", shape); };
  refuse("magic", changedAt(six(), 0, "\x92"), {"starts with"});
  refuse("version", changedAt(six(), 6, "\x09"), {"version 9"});
  refuse("header beyond the file", changedAt(six(), 8, "\xff\xff"), {"65535"});
  refuse("code in the header", npyFile("__import__('os').system('touch owned')", ""), {"x.npy"});
  refuse("nested very deep", npyFile("{'descr': " + std::string(500, '(') + "}", ""), {"x.npy"});
  refuse("keys missing", npyFile("{'descr': '<f8'}", ""), {"lacks the key"});
  refuse("shape of words", shaped("('a', 3)"), {"shape"});
  refuse("negative shape", shaped("(-2, 3)"), {"-2"});
  refuse("huge shape", shaped("(99999999999, 3)"), {"99999999999", "48"});
  refuse("wrapping shape", shaped("(4294967296, 4294967296)"), {"2^62"});
  refuse("data short", shaped("(2, 4)"), {"64 bytes", "48"});
  refuse("pickle", six("|O"), {"never loaded"});
  refuse("text", six("<U4"), {"text"});
  refuse("complex", six("<c16"), {"complex"});
  refuse("cut", six().substr(0, 30), {"x.npy"});
  refuse("structures",
         npyFile("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", numbers({1})),
         {"structures"});
  std::string second = six();  // version 2 gives the header's length four bytes
  second.replace(6, 4, std::string("\2\0", 2) + second.substr(8, 2) + std::string(2, '\0'));
  refuse("version 2, header beyond the file", changedAt(second, 8, little(std::uint32_t{1} << 31)),
         {"2147483648"});
  legal("version 2", second, 3.5);
  legal("version 3", changedAt(second, 6, "\3"), 3.5);
  legal("plain", six(), 3.5);
  legal("Fortran order", six("<f8", "True"), 3.5);
  legal("three dimensions", shaped("(1, 2, 3)"), 3.5);
  legal("big-endian",
        npyFile(header(">f8", "False", "(2, 3)"), numbers({1, 2, 3, 4, 5, 6}, std::endian::big)), 3.5);
  legal("no dimensions", npyFile(header("<f8", "False", "()"), numbers({7})), 7);
}

void addNpz(std::vector<MadeFile>& files) {
  const auto refuse = [&](const char* what, const std::string& contents, std::vector<std::string> words) {
    files.push_back({"x.npz", what, contents, Verdict::Refuse, std::move(words)});
  };
  const std::string good = zipFile({{"a.npy", six()}, {"b.npy", six()}}, false);
  refuse("directory cut", good.substr(0, good.size() - 30), {"directory"});
  refuse("signature only", std::string("PK\3\4", 4), {"directory"});
  refuse("leaves the folder", zipFile({{"../a.npy", six()}}, false), {"leaves"});
  refuse("absolute name", zipFile({{"/etc/a.npy", six()}}, false), {"leaves"});
  refuse("one name twice", zipFile({{"a.npy", six()}, {"a.npy", six()}}, false), {"two members"});
  refuse("no array", zipFile({{"a.npy", "hello"}}, false), {"a.npy"});
  std::string lies = zipFile({{"a.npy", six()}}, true);
  const std::size_t entry = lies.find("PK\1\2");
  refuse("size that lies", changedAt(lies, entry + 24, little(std::uint32_t{900000})), {"a.npy"});
  refuse("huge size", changedAt(lies, entry + 24, little(std::uint32_t{0xfffffff0})), {"4294967280"});
  refuse("out of all proportion", changedAt(lies, entry + 24, little(std::uint32_t{1} << 30)),
         {"1073741824", "proportion"});
  refuse("encrypted", changedAt(lies, entry + 8, "\x01"), {"encrypted"});
  refuse("unknown method", changedAt(lies, entry + 10, "\x0e"), {"method 14"});
  refuse("damaged", changedAt(lies, 50, "\xff\xff\xff"), {"a.npy"});
  refuse("checksum", changedAt(good, 150, "\x55"), {"checksum"});
  refuse("place outside", changedAt(lies, entry + 42, little(std::uint32_t{0x7fffffff})), {"2147483647"});
  files.push_back({"x.npz", "stored", zipFile({{"a.npy", six()}}, false), Verdict::Load, {}, 3.5});
  files.push_back({"x.npz", "deflated", zipFile({{"a.npy", six()}}, true), Verdict::Load, {}, 3.5});
  files.push_back({"x.npz",
                   "pickle beside",
                   zipFile({{"a.npy", six()}, {"b.npy", six("|O")}}, true),
                   Verdict::Say,
                   {"never loaded"}});
}

void addMatlab(std::vector<MadeFile>& files) {
  const auto refuse = [&](const char* what, const std::string& contents, std::vector<std::string> words) {
    files.push_back({"x.mat", what, contents, Verdict::Refuse, std::move(words)});
  };
  for (const bool big : {false, true})
    for (const bool compressed : {false, true})
      files.push_back({"x.mat", "one matrix", matlabFile(big, compressed), Verdict::Load, {}, 3.5});
  const std::string plain = matlabFile(false, false), compressed = matlabFile(false, true);
  refuse("cut in the header", plain.substr(0, 90), {"90 bytes"});
  refuse("cut in a variable", plain.substr(0, plain.size() - 20), {"claims"});
  refuse("size of a variable", changedAt(plain, 132, little(std::uint32_t{0x7fffffff})), {"2147483647"});
  refuse("size of the numbers", changedAt(plain, plain.size() - 52, little(std::uint32_t{4096})), {"4096"});
  refuse("negative dimension", changedAt(plain, 160, little(std::int32_t{-2})), {"-2"});
  refuse("huge dimension", changedAt(plain, 160, little(INT32_MAX)), {"2147483647"});
  refuse("compressed data damaged", changedAt(compressed, 150, "\xff\xff\xff\xff"), {"damaged"});
  refuse("compressed data cut", compressed.substr(0, compressed.size() - 9), {"claims"});
  refuse("version 4", std::string("\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0a\0", 22), {"x.mat"});
  refuse("old MATLAB under .h5", plain.substr(0, 100), {"x.mat"});
}

}  // namespace

std::string npyFile(const std::string& text, const std::string& bytes) {
  std::string padded = text;
  padded.resize((10 + text.size() + 1 + 63) / 64 * 64 - 11, ' ');
  padded += '\n';
  return "\x93NUMPY" + std::string("\1\0", 2) + little(static_cast<std::uint16_t>(padded.size())) + padded +
         bytes;
}

std::string zipFile(const std::vector<std::pair<std::string, std::string>>& members, bool deflated) {
  std::string file, directory;
  for (const auto& [name, contents] : members) {
    const std::string stored = deflated ? packed(contents, -15) : contents;
    // What the local header and the directory have in common: version to packed and unpacked size, name's
    // length.
    const std::string common = little(std::uint16_t{20}) + little(std::uint16_t{0}) +
                               little(std::uint16_t(deflated ? 8 : 0)) + little(std::uint32_t{0}) +
                               little(checksum(contents)) +
                               little(static_cast<std::uint32_t>(stored.size())) +
                               little(static_cast<std::uint32_t>(contents.size())) +
                               little(static_cast<std::uint16_t>(name.size())) + little(std::uint16_t{0});
    directory += "PK\1\2" + little(std::uint16_t{20}) + common + std::string(10, '\0') +
                 little(static_cast<std::uint32_t>(file.size())) + name;
    file += "PK\3\4" + common + name + stored;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return file + directory + "PK\5\6" + std::string(4, '\0') + little(count) + little(count) +
         little(static_cast<std::uint32_t>(directory.size())) +
         little(static_cast<std::uint32_t>(file.size())) + std::string(2, '\0');
}

std::string matlabFile(bool bigEndian, bool compressed) {
  const std::endian order = bigEndian ? std::endian::big : std::endian::little;
  const auto u32 = [&](std::uint32_t value) { return bytesOf(value, order); };
  const std::string flags = u32(6) + u32(8) + u32(6) + u32(0);
  const std::string dims = u32(5) + u32(8) + u32(2) + u32(3);
  // A short name is kept inside its tag.
  const std::string name = u32(1u << 16 | 1) + std::string("x\0\0\0", 4);
  const std::string values = u32(9) + u32(48) + numbers({1, 4, 2, 5, 3, 6}, order);
  const std::string body = flags + dims + name + values;
  std::string variable = u32(14) + u32(static_cast<std::uint32_t>(body.size())) + body;
  if (compressed) {
    const std::string stream = packed(variable, 15);
    variable = u32(15) + u32(static_cast<std::uint32_t>(stream.size())) + stream;
  }
  std::string text = "MATLAB 5.0 MAT-file, made by a test";
  text.resize(124, ' ');
  return text + (bigEndian ? std::string("\1\0MI", 4) : std::string("\0\1IM", 4)) + variable;
}

std::vector<MadeFile> madeArrays() {
  std::vector<MadeFile> files;
  addNpy(files);
  addNpz(files);
  addMatlab(files);
  return files;
}

}  // namespace cortexscope::test
