// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/hdf5_library.h"

#define H5_USE_110_API  // the interface that both 1.10 and 1.14 have
#include <hdf5.h>
#include <sys/resource.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "io/arrays/hdf5_lzf.h"
#include "io/packing/packed_size.h"

namespace cortexscope::hdf5 {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::size_t kMostObjects = 100000;
constexpr int kDeepest = 64;
constexpr hsize_t kLargestChunk = hsize_t{512} << 20;
constexpr hsize_t kBlockBytes = hsize_t{8} << 20;
constexpr hsize_t kSmallBytes = hsize_t{64}
                                << 20;  // fill values of an array that was never written may take this

/// An identifier of the library, closed at the end.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
  ~Handle() {
    if (m_id >= 0) m_close(m_id);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return m_id; }

 private:
  hid_t m_id;
  herr_t (*m_close)(hid_t);
};

herr_t keepReason(unsigned level, const H5E_error2_t* error, void* reason) {
  if (level == 0 && error->desc != nullptr) *static_cast<std::string*>(reason) = error->desc;
  return 0;
}

[[noreturn]] void fail(const std::string& what) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keepReason, &reason);
  throw Error(ErrorCode::BadFile, what + (reason.empty() ? "" : ": " + reason));
}

void field(const std::string& text) {
  std::fwrite(text.c_str(), 1, text.size() + 1, stdout);
}

std::string sizesText(const std::vector<hsize_t>& sizes) {
  std::string text;
  for (const hsize_t size : sizes) text += (text.empty() ? "" : "x") + textOf(size);
  return text;
}

std::string integerName(std::size_t bytes, bool isSigned) {
  return (isSigned ? "int" : "uint") + textOf(8 * bytes);
}

/// What the numbers are called, and in which form of this machine they are read; no form where they are not.
struct Type {
  std::string name, memoryName;
  hid_t memory = -1;
  std::string note;
};

Type integerType(std::size_t bytes, bool isSigned) {
  Type type{integerName(bytes, isSigned), integerName(bytes, isSigned), -1, ""};
  if (bytes == 1) type.memory = isSigned ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
  if (bytes == 2) type.memory = isSigned ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
  if (bytes == 4) type.memory = isSigned ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
  if (bytes == 8) type.memory = isSigned ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
  if (type.memory < 0) type.note = "whole numbers of " + textOf(bytes) + " bytes are not read";
  return type;
}

/// h5py keeps booleans as an enumeration of FALSE and TRUE.
bool isBoolean(hid_t type) {
  if (H5Tget_nmembers(type) != 2 || H5Tget_size(type) != 1) return false;
  char* name = H5Tget_member_name(type, 0);
  const bool boolean = name != nullptr && std::string(name) == "FALSE";
  H5free_memory(name);
  return boolean;
}

Type typeOf(hid_t type) {
  const std::size_t bytes = H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return integerType(bytes, H5Tget_sign(type) == H5T_SGN_2);
    case H5T_FLOAT:
      if (bytes == 2) return {"float16", "float32", H5T_NATIVE_FLOAT, ""};
      if (bytes == 4) return {"float32", "float32", H5T_NATIVE_FLOAT, ""};
      if (bytes == 8) return {"float64", "float64", H5T_NATIVE_DOUBLE, ""};
      return {"float" + textOf(8 * bytes), "float64", H5T_NATIVE_DOUBLE, ""};
    case H5T_ENUM:
      if (isBoolean(type)) return {"bool", "int8", H5T_NATIVE_INT8, ""};
      return {"enum", "", -1, "holds names where numbers are needed"};
    case H5T_STRING:
      if (H5Tis_variable_str(type) > 0) return {"object", "", -1, "holds text where numbers are needed"};
      return {"|S" + textOf(bytes), "", -1, "holds text where numbers are needed"};
    case H5T_VLEN:
      return {"object", "", -1, "holds rows of varying length where numbers are needed"};
    case H5T_COMPOUND:
      return {"struct", "", -1, "holds structures where numbers are needed"};
    default:
      return {"object", "", -1, "holds something else than numbers"};
  }
}

/// MATLAB marks its text, which it keeps as numbers.
bool isMatlabText(hid_t dataset) {
  if (H5Aexists(dataset, "MATLAB_class") <= 0) return false;
  const Handle attribute(H5Aopen(dataset, "MATLAB_class", H5P_DEFAULT), H5Aclose);
  if (attribute < 0) return false;
  const Handle type(H5Aget_type(attribute), H5Tclose);
  if (type < 0 || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0 || H5Tget_size(type) > 64)
    return false;
  const Handle space(H5Aget_space(attribute), H5Sclose);
  if (space < 0 || H5Sget_simple_extent_npoints(space) != 1) return false;
  char text[65] = {};
  return H5Aread(attribute, type, text) >= 0 && (std::string(text) == "char" || std::string(text) == "cell");
}

std::vector<hsize_t> sizesOf(hid_t dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  if (space < 0) fail("its shape cannot be read");
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return {0};
  const int count = H5Sget_simple_extent_ndims(space);
  if (count < 0) fail("its shape cannot be read");
  std::vector<hsize_t> sizes(static_cast<std::size_t>(count));
  if (count > 0 && H5Sget_simple_extent_dims(space, sizes.data(), nullptr) < 0)
    fail("its shape cannot be read");
  return sizes;
}

void listDataset(hid_t dataset, const std::string& name) {
  const Handle stored(H5Dget_type(dataset), H5Tclose);
  Type type = stored < 0 ? Type{"unknown", "", -1, "its type cannot be read"} : typeOf(stored);
  if (type.memory >= 0 && isMatlabText(dataset))
    type = {"object", "", -1, "holds text where numbers are needed"};
  field(name);
  field(type.name);
  field(sizesText(sizesOf(dataset)));
  field(type.memory >= 0 ? "1" : "0");
  field(type.note);
}

struct Link {
  std::string name;
  H5L_type_t type;
};

herr_t collect(hid_t, const char* name, const H5L_info_t* info, void* into) {
  auto& links = *static_cast<std::vector<Link>*>(into);
  if (links.size() >= kMostObjects) return -1;
  links.push_back({name, info->type});
  return 0;
}

class Lister {
 public:
  void group(hid_t group, const std::string& path, int depth) {
    std::vector<Link> links;
    hsize_t from = 0;
    if (depth > kDeepest) throw Error(ErrorCode::Unsupported, "groups are nested more than 64 deep");
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &from, collect, &links) < 0)
      fail("the group \"" + path + "\" cannot be listed");
    for (const Link& link : links) {
      const std::string name = path.empty() ? link.name : path + "/" + link.name;
      if (link.type == H5L_TYPE_HARD)
        object(group, link.name, name, depth);
      else if (link.type == H5L_TYPE_EXTERNAL)
        for (const std::string& text : {name, std::string("link"), std::string(), std::string("0"),
                                        std::string("is a link to another file, which is not opened")})
          field(text);
    }
  }

 private:
  void object(hid_t group, const std::string& link, const std::string& name, int depth) {
    const Handle opened(H5Oopen(group, link.c_str(), H5P_DEFAULT), H5Oclose);
    if (opened < 0) fail("\"" + name + "\" cannot be opened");
    H5O_info_t info;
    if (H5Oget_info2(opened, &info, H5O_INFO_BASIC) < 0) fail("\"" + name + "\" cannot be opened");
    if (info.type != H5O_TYPE_GROUP && info.type != H5O_TYPE_DATASET) return;
    if (!m_seen.insert(info.addr).second) return;
    if (m_seen.size() > kMostObjects) throw Error(ErrorCode::Unsupported, "has more than 100000 objects");
    if (info.type == H5O_TYPE_GROUP)
      this->group(opened, name, depth + 1);
    else
      listDataset(opened, name);
  }

  std::set<haddr_t> m_seen;
};

hid_t openFile(const std::string& file) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);  // no filter is ever loaded from a folder
  registerLzf();
  const hid_t opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (opened < 0) fail("is no HDF5 file that can be opened");
  // Nothing else is to be opened from here on, whatever the file says.
  const rlimit none{0, 0};
  setrlimit(RLIMIT_NOFILE, &none);
  return opened;
}

void checkFilters(hid_t plan) {
  const int count = H5Pget_nfilters(plan);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    char name[64] = {};
    const H5Z_filter_t filter = H5Pget_filter2(plan, static_cast<unsigned>(i), &flags, &values, nullptr,
                                               sizeof(name) - 1, name, nullptr);
    if (H5Zfilter_avail(filter) <= 0)
      throw Error(ErrorCode::Unsupported,
                  "is packed by filter " + textOf(filter) + " (" + name +
                      "), which this program does not know; filter plugins are not loaded");
  }
}

/// Refuses what would open other files or take memory out of all proportion, before anything is read.
void checkStorage(hid_t dataset, hsize_t bytes, std::size_t each) {
  const Handle plan(H5Dget_create_plist(dataset), H5Pclose);
  if (plan < 0) fail("its storage cannot be read");
  if (H5Pget_external_count(plan) > 0)
    throw Error(ErrorCode::Unsupported, "its numbers are in another file, which is not opened");
  const H5D_layout_t layout = H5Pget_layout(plan);
  if (layout == H5D_VIRTUAL)
    throw Error(ErrorCode::Unsupported,
                "is put together from other data sets (a virtual data set), which is not done");
  checkFilters(plan);
  if (layout == H5D_CHUNKED) {
    hsize_t sizes[H5S_MAX_RANK] = {};
    const int count = H5Pget_chunk(plan, H5S_MAX_RANK, sizes);
    hsize_t chunk = each;
    for (int d = 0; d < count; ++d)
      if (sizes[d] == 0 || (chunk *= sizes[d]) > kLargestChunk)
        throw Error(ErrorCode::Unsupported, "has chunks of more than 512 MiB");
  }
  const hsize_t stored = H5Dget_storage_size(dataset);
  if (bytes > kSmallBytes && bytes > mostUnpackedFrom(stored))
    throw Error(ErrorCode::BadFile, "claims " + textOf(bytes) + " bytes of numbers; " + textOf(stored) +
                                        " are stored in the file");
}

hsize_t countOf(const std::vector<hsize_t>& sizes) {
  hsize_t count = 1;
  for (const hsize_t size : sizes) {
    if (size != 0 && count > (hsize_t{1} << 56) / size)
      throw Error(ErrorCode::BadFile, "claims more numbers than 2^56");
    count *= size;
  }
  return count;
}

/// Reads rows of the first dimension, as many at a time as fit a block.
void writeNumbers(hid_t dataset, const Type& type, const std::vector<hsize_t>& sizes, std::size_t each) {
  const hsize_t count = countOf(sizes);
  if (count == 0) return;
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const hsize_t rows = sizes.empty() ? 1 : sizes[0];
  const hsize_t rowNumbers = count / rows;
  const hsize_t step =
      std::max<hsize_t>(1, std::min(rows, kBlockBytes / std::max<hsize_t>(1, rowNumbers * each)));
  std::vector<char> block(static_cast<std::size_t>(step * rowNumbers * each));
  std::vector<hsize_t> start(sizes.size(), 0), part = sizes;
  for (hsize_t row = 0; row < rows; row += step) {
    const hsize_t now = std::min(step, rows - row);
    if (!sizes.empty()) {
      start[0] = row;
      part[0] = now;
      if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, part.data(), nullptr) < 0)
        fail("rows from " + textOf(row) + " on cannot be read");
    }
    const hsize_t numbers = now * rowNumbers;
    const Handle memory(H5Screate_simple(1, &numbers, nullptr), H5Sclose);
    if (H5Dread(dataset, type.memory, memory, space, H5P_DEFAULT, block.data()) < 0)
      fail("rows from " + textOf(row) + " on cannot be read");
    if (std::fwrite(block.data(), each, static_cast<std::size_t>(numbers), stdout) != numbers) std::exit(1);
  }
}

}  // namespace

void list(const std::string& file) {
  const Handle opened(openFile(file), H5Fclose);
  const Handle root(H5Gopen2(opened, "/", H5P_DEFAULT), H5Gclose);
  if (root < 0) fail("its first group cannot be opened");
  Lister().group(root, "", 0);
}

void read(const std::string& file, const std::string& name) {
  const Handle opened(openFile(file), H5Fclose);
  const Handle dataset(H5Dopen2(opened, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (dataset < 0) fail("\"" + name + "\" cannot be opened");
  try {
    const Handle stored(H5Dget_type(dataset), H5Tclose);
    if (stored < 0) fail("its type cannot be read");
    const Type type = typeOf(stored);
    if (type.memory < 0) throw Error(ErrorCode::Unsupported, type.note);
    const std::vector<hsize_t> sizes = sizesOf(dataset);
    const std::size_t each = H5Tget_size(type.memory);
    checkStorage(dataset, countOf(sizes) * each, each);
    field(type.memoryName);
    field(sizesText(sizes));
    writeNumbers(dataset, type, sizes, each);
  } catch (const Error& error) {
    throw error.within("data set \"" + name + "\"");
  }
}

}  // namespace cortexscope::hdf5
