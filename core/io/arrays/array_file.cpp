// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/arrays/array_file.h"

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "io/arrays/hdf5_process.h"
#include "io/arrays/mat5.h"
#include "io/arrays/npy_header.h"
#include "io/arrays/raw_array.h"
#include "io/packing/zip.h"
#include "io/parsing/foreign_file.h"
#include "io/parsing/text_numbers.h"

namespace cortexscope {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";
constexpr std::size_t kMatlabHeaderBytes = 512;

struct Mapped {
  explicit Mapped(const fs::path& file)
      : owner(std::make_shared<const MappedFile>(file)), text(owner->text()) {}
  std::shared_ptr<const MappedFile> owner;
  std::string_view text;
};

std::optional<ArrayFormat> formatOf(std::string_view start) {
  if (start.starts_with("\x93NUMPY")) return ArrayFormat::Npy;
  if (start.starts_with("PK\3\4") || start.starts_with("PK\5\6")) return ArrayFormat::Npz;
  if (start.starts_with(kHdf5Signature)) return ArrayFormat::Hdf5;
  if (start.starts_with("MATLAB 7.3") &&
      start.substr(std::min(start.size(), kMatlabHeaderBytes), 8) == kHdf5Signature)
    return ArrayFormat::Matlab73;
  if (mat5::isFile(start)) return ArrayFormat::Matlab5;
  return std::nullopt;
}

ArrayFormat requiredFormat(const Mapped& mapped, const fs::path& file) {
  const auto format = formatOf(mapped.text);
  require(format.has_value(), ErrorCode::BadFile, [&] {
    const std::string foreign = foreignFileReason(mapped.text.substr(0, 512));
    return file.string() + ": " +
           (!foreign.empty()
                ? foreign
                : "starts with \"" + shown(mapped.text.substr(0, 16)) + "\" and has " +
                      textOf(mapped.text.size()) +
                      " bytes; it is no array file that is read here (npy, npz, HDF5, MATLAB 5 to 7.3)");
  });
  return *format;
}

/// The name that NumPy shows for a member.
std::string arrayName(const zip::Member& member) {
  return member.name.ends_with(".npy") ? member.name.substr(0, member.name.size() - 4) : member.name;
}

ArrayInfo infoOf(const RawArray& array, std::string name) {
  return {std::move(name), array.shape, std::string(nameOf(array.numbers.type)), true, {}};
}

std::shared_ptr<const std::string> npzBytes(const Mapped& mapped, const zip::Member& member,
                                            const fs::path& file) {
  return std::make_shared<const std::string>(zip::contentsOf(mapped.text, member, file.string()));
}

RawArray npzArray(const std::shared_ptr<const std::string>& bytes, const zip::Member& member,
                  const fs::path& file) {
  return npyArray(*bytes, bytes, zip::placeOf(member, file.string()));
}

std::vector<ArrayInfo> listNpz(const Mapped& mapped, const fs::path& file, const Job& job) {
  std::vector<ArrayInfo> infos;
  const std::vector<zip::Member> members = zip::members(mapped.text, file.string());
  for (std::size_t i = 0; i < members.size(); ++i) {
    job.checkpoint(static_cast<double>(i) / static_cast<double>(members.size()), "reading arrays");
    // Small members are unpacked whole, and so checked against their checksum.
    const bool small = members[i].size <= kLongestNpyStart;
    const std::string start = small ? zip::contentsOf(mapped.text, members[i], file.string())
                                    : zip::startOf(mapped.text, members[i], kLongestNpyStart, file.string());
    try {
      const NpyHeader header =
          parseNpyHeader(start, members[i].size, zip::placeOf(members[i], file.string()));
      infos.push_back(
          {arrayName(members[i]), header.shape, std::string(nameOf(header.numbers.type)), true, {}});
    } catch (const Error& error) {
      // Text and objects beside the numbers are common and harmless; damage is not.
      if (error.code() != ErrorCode::Unsupported) throw;
      infos.push_back({arrayName(members[i]), {}, "object", false, error.what()});
    }
  }
  return infos;
}

/// MATLAB's order of sizes, and its bookkeeping left out.
std::vector<ArrayInfo> matlabView(std::vector<ArrayInfo> infos) {
  std::erase_if(infos, [](const ArrayInfo& info) { return info.name.starts_with('#'); });
  for (ArrayInfo& info : infos) std::reverse(info.shape.begin(), info.shape.end());
  return infos;
}

std::vector<ArrayInfo> listAll(const Mapped& mapped, const fs::path& file, const Job& job) {
  switch (requiredFormat(mapped, file)) {
    case ArrayFormat::Npy:
      return {infoOf(npyArray(mapped.text, mapped.owner, file.string()), "")};
    case ArrayFormat::Npz:
      return listNpz(mapped, file, job);
    case ArrayFormat::Hdf5:
      return hdf5::listFile(file, job);
    case ArrayFormat::Matlab73:
      return matlabView(hdf5::listFile(file, job));
    case ArrayFormat::Matlab5:
      return mat5::list(mapped.text, file.string());
  }
  return {};
}

std::string namesOf(const std::vector<ArrayInfo>& infos) {
  constexpr std::size_t kMostNames = 20;
  std::string names;
  for (std::size_t i = 0; i < infos.size() && i < kMostNames; ++i)
    names += (i == 0 ? "\"" : ", \"") + shown(infos[i].name) + "\"";
  if (infos.size() > kMostNames) names += " and " + textOf(infos.size() - kMostNames) + " more";
  return names.empty() ? "none" : names;
}

ArrayInfo chosen(const std::vector<ArrayInfo>& infos, const std::string& name, const fs::path& file) {
  const auto found = std::find_if(infos.begin(), infos.end(), [&](const ArrayInfo& info) {
    return info.name == name || (name.empty() && infos.size() == 1);
  });
  require(found != infos.end(), ErrorCode::BadValue, [&] {
    return file.string() + ": has no array \"" + shown(name) + "\"; there are " + namesOf(infos);
  });
  require(found->numeric, ErrorCode::Unsupported,
          [&] { return file.string() + ", \"" + shown(found->name) + "\": " + found->note; });
  return *found;
}

RawArray rawArray(const fs::path& file, const std::string& name, const Job& job) {
  const Mapped mapped(file);
  const ArrayFormat format = requiredFormat(mapped, file);
  if (format == ArrayFormat::Npy) return npyArray(mapped.text, mapped.owner, file.string());
  if (format == ArrayFormat::Npz) {
    // Members are not unpacked to be listed here: only the chosen one is.
    std::vector<ArrayInfo> infos;
    const std::vector<zip::Member> members = zip::members(mapped.text, file.string());
    for (const zip::Member& member : members) infos.push_back({arrayName(member), {}, {}, true, {}});
    const ArrayInfo wanted = chosen(infos, name, file);
    const auto member = std::find_if(members.begin(), members.end(), [&](const zip::Member& candidate) {
      return arrayName(candidate) == wanted.name;
    });
    return npzArray(npzBytes(mapped, *member, file), *member, file);
  }
  ArrayInfo wanted = chosen(listAll(mapped, file, job), name, file);
  if (format == ArrayFormat::Matlab5) {
    RawArray array = mat5::read(mapped.text, wanted.name, file.string());
    if (!array.owner) array.owner = mapped.owner;
    return array;
  }
  if (format == ArrayFormat::Matlab73) std::reverse(wanted.shape.begin(), wanted.shape.end());
  return hdf5::readDataset(file, wanted, format == ArrayFormat::Matlab73, job);
}

}  // namespace

std::string nameOf(ArrayFormat format) {
  switch (format) {
    case ArrayFormat::Npy:
      return "npy";
    case ArrayFormat::Npz:
      return "npz";
    case ArrayFormat::Hdf5:
      return "HDF5";
    case ArrayFormat::Matlab5:
      return "MATLAB 5";
    case ArrayFormat::Matlab73:
      return "MATLAB 7.3";
  }
  return {};
}

std::optional<ArrayFormat> arrayFormatOf(const fs::path& file) {
  return formatOf(Mapped(file).text);
}

std::vector<ArrayInfo> listArrays(const fs::path& file, const Job& job) {
  return listAll(Mapped(file), file, job);
}

NumberArray readNumberArray(const fs::path& file, const std::string& name, const Job& job) {
  const RawArray array = rawArray(file, name, job);
  return {array.shape, rowMajorValues(array)};
}

MatrixF readArrayMatrix(const fs::path& file, const std::string& name, const Job& job) {
  return matrixOf(rawArray(file, name, job));
}

NumberSummary summarizeArray(const fs::path& file, const std::string& name, const Job& job) {
  return summaryOf(rawArray(file, name, job));
}

}  // namespace cortexscope
