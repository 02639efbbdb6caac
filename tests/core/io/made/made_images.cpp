// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include "base/text.h"
#include "core/io/images/nifti_spec.h"
#include "core/io/made/made_file.h"

namespace cortexscope::test {
namespace {

constexpr double kMean = 11.5;  // of 0 to 23

template <class Change>
std::string changed(Change change) {
  NiftiSpec spec = good();
  change(spec);
  return fileOf(spec);
}

template <class T>
void add(std::string& bytes, T value) {
  bytes += bytesOf(value, std::endian::big);
}

struct MghSpec {
  std::int32_t version = 1, width = 2, height = 3, depth = 4, frames = 1, type = 3;
  std::int16_t placed = 1;
  float spacing = 2;
  std::string voxels;
};

std::string mghFile(const MghSpec& spec) {
  std::string bytes;
  for (const std::int32_t number :
       {spec.version, spec.width, spec.height, spec.depth, spec.frames, spec.type, 0})
    add(bytes, number);
  add(bytes, spec.placed);
  for (int i = 0; i < 3; ++i) add(bytes, spec.spacing);
  for (const float number : {-1.0f, 0.0f, 0.0f, 0.0f, 0.0f, -1.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f})
    add(bytes, number);
  bytes.resize(284, '\0');
  if (!spec.voxels.empty()) return bytes + spec.voxels;
  for (int i = 0; i < 24; ++i) add(bytes, static_cast<float>(i));
  return bytes;
}

template <class Change>
std::string mgh(Change change) {
  MghSpec spec;
  change(spec);
  return mghFile(spec);
}

template <class T>
std::string typedVoxels() {
  std::string voxels;
  for (int i = 0; i < 24; ++i) add(voxels, static_cast<T>(i));
  return voxels;
}

std::string extension(std::int32_t size, std::size_t bytes) {
  std::string text = bytesOf(size, std::endian::little) + bytesOf(std::int32_t{6}, std::endian::little);
  text.resize(bytes, 'x');
  return text;
}

NiftiSpec withExtension(const std::string& bytes) {
  NiftiSpec spec = good();
  spec.extensions = bytes;
  spec.start = 352 + static_cast<double>(bytes.size());
  return spec;
}

NiftiSpec fourDimensions(double step, int units) {
  NiftiSpec spec = good();
  spec.dims = {4, 2, 3, 2, 2, 1, 1, 1};
  spec.pixdim[4] = step;
  spec.units = units;
  return spec;
}

void addRefusedNifti(std::vector<MadeFile>& files) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::string whole = fileOf(good());
  const auto refuse = [&](const char* what, const std::string& contents, std::vector<std::string> words) {
    files.push_back({"x.nii", what, contents, Verdict::Refuse, std::move(words)});
  };
  refuse("empty", "", {"empty"});
  refuse("cut in the header", whole.substr(0, 200), {"200 bytes"});
  refuse("cut in the voxels", whole.substr(0, 380), {"380"});
  refuse("magic", changed([](NiftiSpec& s) { s.magic = std::string("n+9\0", 4); }), {"magic"});
  refuse("ANALYZE", changed([](NiftiSpec& s) { s.magic = std::string(4, '\0'); }), {"ANALYZE"});
  NiftiSpec second = good();
  second.version = 2;
  second.start = 544;
  std::string text = fileOf(second);
  text.replace(4, 8, std::string("n+2\0\n\0\x1a\n", 8));
  refuse("text-mode transfer", text, {"magic"});
  refuse("no dimensions", changed([](NiftiSpec& s) { s.dims[0] = 0; }), {"dim[0] is 0"});
  refuse("negative dim[0]", changed([](NiftiSpec& s) { s.dims[0] = -5; }), {"dim[0] is -5"});
  refuse("dim[0] beyond the slots", changed([](NiftiSpec& s) { s.dims[0] = 200; }), {"dim[0] is 200"});
  refuse("negative size", changed([](NiftiSpec& s) { s.dims[2] = -3; }), {"dim[2] is -3"});
  refuse("product beyond the file", changed([](NiftiSpec& s) { s.dims[1] = 30000; }), {"30000 x 3 x 4"});
  second.dims = {3, std::int64_t{1} << 32, std::int64_t{1} << 32, 1, 1, 1, 1, 1};
  refuse("product that wraps 64 bits", fileOf(second), {"dim["});
  second.dims = {3, std::int64_t{1} << 39, 1, 1, 1, 1, 1, 1};
  refuse("terabytes", fileOf(second), {"549755813888"});
  refuse("unknown type", changed([](NiftiSpec& s) { s.type = 77; }), {"datatype is 77"});
  refuse("colour", changed([](NiftiSpec& s) { s.type = 128; }), {"datatype is 128"});
  refuse("offset NaN", changed([](NiftiSpec& s) { s.start = std::nan(""); }), {"vox_offset"});
  refuse("offset infinite", changed([&](NiftiSpec& s) { s.start = infinity; }), {"vox_offset"});
  refuse("offset enormous", changed([](NiftiSpec& s) { s.start = 1e30; }), {"vox_offset"});
  refuse("offset negative", changed([](NiftiSpec& s) { s.start = -352; }), {"vox_offset"});
  refuse("offset past the end", changed([](NiftiSpec& s) { s.start = 4096; }), {"4144", "400"});
  refuse("slope infinite", changed([&](NiftiSpec& s) { s.slope = infinity; }), {"infinite"});
  refuse("no usable space", changed([](NiftiSpec& s) {
           s.sform = 0;
           s.pixdim[1] = std::nan("");
         }),
         {"pixdim"});
  refuse("web page", "<!DOCTYPE html><html><body>404 not found</body></html>", {"web page"});
  refuse("large-file pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", {"LFS"});
  refuse("header size", "\x5d" + whole.substr(1), {"header size field is 349"});
  refuse("random bytes", std::string(4000, '\x5a'), {"header size field"});
  refuse("size zero", changed([](NiftiSpec& s) { s.dims[2] = 0; }), {"dim[2] is 0"});
  refuse("product that wraps 32 bits", changed([](NiftiSpec& s) {
           s.dims = {4, 256, 256, 256, 256, 1, 1, 1};
           s.type = 2;
         }),
         {"4294967"});
  refuse("product that wraps to a small number",
         changed([](NiftiSpec& s) { s.dims = {5, 8192, 8192, 8192, 8192, 4096, 1, 1}; }), {"dim["});
}

void addRefusedPackedAndPairs(std::vector<MadeFile>& files) {
  const std::string whole = fileOf(good());
  files.push_back(
      {"x.nii.gz", "bytes after the stream", gzipped(whole) + "hello", Verdict::Refuse, {"not gzip follow"}});
  files.push_back({"x.nii.gz",
                   "out of all proportion",
                   gzipped(changed([](NiftiSpec& s) {
                     s.dims = {3, 1000, 1000, 1000, 1, 1, 1, 1};
                     s.voxels.resize(std::size_t{4} << 20);
                   })),
                   Verdict::Refuse,
                   {"2000000352", "compressed bytes"}});
  const std::string packed = gzipped(whole);
  files.push_back({"x.nii.gz", "stream cut", packed.substr(0, packed.size() - 12), Verdict::Refuse, {"cut"}});
  std::string checksum = packed;
  checksum[checksum.size() - 6] = static_cast<char>(checksum[checksum.size() - 6] ^ 1);
  files.push_back({"x.nii.gz", "wrong checksum", checksum, Verdict::Refuse, {"damaged"}});
  files.push_back({"x.nii.gz",
                   "claims far more than is packed",
                   gzipped(changed([](NiftiSpec& s) { s.dims[1] = 1000; })),
                   Verdict::Refuse,
                   {"ends inside", "24"}});
  files.push_back({"x.hdr",
                   "header without its image",
                   changed([](NiftiSpec& s) { s.magic = std::string("ni1\0", 4); }),
                   Verdict::Refuse,
                   {"x.img"}});
  files.push_back({"y.hdr",
                   "image shorter than the header says",
                   changed([](NiftiSpec& s) {
                     s.magic = std::string("ni1\0", 4);
                     s.start = 0;
                   }),
                   Verdict::Refuse,
                   {"y.img", "48"},
                   std::nullopt,
                   {{"y.img", std::string(47, 'a')}}});
}

void addLegalNifti(std::vector<MadeFile>& files) {
  const std::string whole = fileOf(good());
  const auto legal = [&](const char* what, const std::string& contents, std::vector<std::string> words = {}) {
    files.push_back(
        {"x.nii", what, contents, words.empty() ? Verdict::Load : Verdict::Say, std::move(words), kMean});
  };
  for (int type = 0; type < 10; ++type)
    for (const int version : {1, 2}) {
      NiftiSpec spec;
      spec.version = version;
      spec.order = type % 2 == 0 ? std::endian::big : std::endian::little;
      legal(("type " + textOf(type) + " version " + textOf(version)).c_str(), fileOf(typed(type, spec)));
    }
  legal("slope zero", changed([](NiftiSpec& s) { s.slope = 0; }));
  legal("slope NaN", changed([](NiftiSpec& s) { s.slope = std::nan(""); }), {"NaN"});
  legal("bitpix", changed([](NiftiSpec& s) { s.bits = 32; }), {"bitpix is 32"});
  const auto floats = [](auto valueOf) {
    NiftiSpec spec = counting<float>(NiftiSpec(), 16);
    spec.voxels.clear();
    for (int i = 0; i < 24; ++i) spec.voxels += bytesOf(static_cast<float>(valueOf(i)), spec.order);
    return fileOf(spec);
  };
  const auto load = [&](const char* name, const char* what, const std::string& contents,
                        std::optional<double> mean) {
    files.push_back({name, what, contents, Verdict::Load, {}, mean});
  };
  load("x.nii", "all NaN", floats([](int) { return std::nan(""); }), std::nullopt);
  load("x.nii", "some NaN and infinite",
       floats([](int i) { return i == 3   ? std::nan("")
                                 : i == 4 ? INFINITY
                                          : 2.0; }), 2);
  load("x.nii", "constant", floats([](int) { return 5.0; }), 5);
  load("x.nii.gz", "several streams one after the other",
       gzipped(whole.substr(0, 200)) + gzipped(whole.substr(200)), kMean);
  files.push_back({"x.nii.gz",
                   "more than declared",
                   gzipped(whole + std::string(100, 'x')),
                   Verdict::Say,
                   {"more bytes"},
                   kMean});
  legal("sform NaN", changed([](NiftiSpec& s) { s.rows.fill(std::nan("")); }), {"no place in space"});
  legal("TR negative", fileOf(fourDimensions(-2, 2 | 8)), {"no duration"});
  legal("offset zero", changed([](NiftiSpec& s) { s.start = 0; }), {"vox_offset is 0"});
  legal("offset not divisible by 16", fileOf(withExtension(std::string(5, '\0'))), {"not divisible by 16"});
  legal("bytes after", whole + "more", {"more bytes"});
  legal("packed under a plain name", gzipped(whole), {"compressed"});
  legal("unknown form code", changed([](NiftiSpec& s) { s.sform = 77; }), {"form code is 77"});
  legal("quaternion longer than 1", changed([](NiftiSpec& s) {
          s.sform = 0;
          s.qform = 1;
          s.quaternion = {0, 0, 2};
        }),
        {"quaternion"});
  legal("sform singular", changed([](NiftiSpec& s) {
          s.rows.fill(0);
          s.qform = 1;
        }),
        {"qform was used"});
  legal("extension", fileOf(withExtension(extension(16, 16))));
  legal("extension of size 0", fileOf(withExtension(extension(0, 16))), {"claims 0 bytes"});
  legal("extension of negative size", fileOf(withExtension(extension(-8, 16))), {"claims -8 bytes"});
  legal("extension of huge size", fileOf(withExtension(extension(1 << 30, 16))), {"1073741824"});
  legal("extension not a multiple of 16", fileOf(withExtension(extension(24, 32))), {"multiple of 16"});
  std::string flagged = whole;
  flagged[348] = 1;
  legal("flag without extension", flagged, {"has none"});
  legal("TR in milliseconds", fileOf(fourDimensions(1500, 2 | 16)));
  legal("TR in microseconds", fileOf(fourDimensions(1.5e6, 2 | 24)));
  legal("TR zero", fileOf(fourDimensions(0, 2 | 8)), {"no duration"});
  legal("TR NaN", fileOf(fourDimensions(std::nan(""), 2 | 8)), {"no duration"});
  legal("TR absurd", fileOf(fourDimensions(2000, 2 | 8)), {"absurd"});
}

void addLegalPackedAndPairs(std::vector<MadeFile>& files) {
  const std::string whole = fileOf(good());
  files.push_back({"x.nii.gz", "plain content under .gz", whole, Verdict::Say, {"not compressed"}, kMean});
  for (const char* given : {"p.hdr", "q.img"}) {
    const std::string stem = std::string(given).substr(0, 1);
    const std::string header = changed([](NiftiSpec& s) {
                                 s.magic = std::string("ni1\0", 4);
                                 s.start = 0;
                               }).substr(0, 352);
    const bool isHeader = std::string(given).ends_with("hdr");
    files.push_back({given,
                     "pair",
                     isHeader ? header : good().voxels,
                     Verdict::Load,
                     {},
                     kMean,
                     {{stem + (isHeader ? ".img" : ".hdr"), isHeader ? good().voxels : header}}});
  }
}

void addMgh(std::vector<MadeFile>& files) {
  const auto refuse = [&](const char* what, const std::string& contents, std::vector<std::string> words) {
    files.push_back({"x.mgh", what, contents, Verdict::Refuse, std::move(words)});
  };
  const std::string whole = mghFile({});
  refuse("cut in the voxels", whole.substr(0, 300), {"300"});
  refuse("cut in the header", whole.substr(0, 60), {"60 bytes"});
  refuse("version unknown", mgh([](MghSpec& s) { s.version = 2; }), {"version is 2"});
  refuse("type unknown", mgh([](MghSpec& s) { s.type = 9; }), {"x.mgh"});
  refuse("negative size", mgh([](MghSpec& s) { s.height = -3; }), {"height is -3"});
  refuse("huge size", mgh([](MghSpec& s) { s.width = INT32_MAX; }), {"2147483647"});
  refuse("wrapping sizes", mgh([](MghSpec& s) { s.width = s.height = s.depth = s.frames = 1 << 16; }),
         {"65536"});
  files.push_back(
      {"x.mgz", "cut inside gzip", gzipped(whole.substr(0, 320)), Verdict::Refuse, {"ends inside"}});
  const auto legal = [&](const char* what, const std::string& contents, std::vector<std::string> words = {}) {
    files.push_back(
        {"x.mgz", what, contents, words.empty() ? Verdict::Load : Verdict::Say, std::move(words), kMean});
  };
  legal("float", whole);
  legal("packed", gzipped(whole));
  legal("uint8", mgh([](MghSpec& s) { s.type = 0, s.voxels = typedVoxels<std::uint8_t>(); }));
  legal("int32", mgh([](MghSpec& s) { s.type = 1, s.voxels = typedVoxels<std::int32_t>(); }));
  legal("int16", mgh([](MghSpec& s) { s.type = 4, s.voxels = typedVoxels<std::int16_t>(); }));
  legal("uint16", mgh([](MghSpec& s) { s.type = 10, s.voxels = typedVoxels<std::uint16_t>(); }));
  legal("no orientation", mgh([](MghSpec& s) { s.placed = 0; }), {"default"});
  legal("zero voxel size", mgh([](MghSpec& s) { s.spacing = 0; }), {"zero"});
}

}  // namespace

std::vector<MadeFile> madeImages() {
  std::vector<MadeFile> files;
  addRefusedNifti(files);
  addRefusedPackedAndPairs(files);
  addLegalNifti(files);
  addLegalPackedAndPairs(files);
  addMgh(files);
  return files;
}

}  // namespace cortexscope::test
