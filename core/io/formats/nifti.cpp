#include "io/formats/nifti.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/error.h"
#include "io/formats/byte_reader.h"

namespace cortexscope::nifti {
namespace {

constexpr std::int64_t kLargestDim = std::int64_t{1} << 40;

struct TypeSize {
  int type;
  std::int64_t bytes;
};
constexpr TypeSize kNumericTypes[] = {{2, 1},   {4, 2},   {8, 4},   {16, 4},   {64, 8},
                                      {256, 1}, {512, 2}, {768, 4}, {1024, 8}, {1280, 8}};

/// Byte places of the fields that are read, and access to them in the file's byte order.
class Fields {
 public:
  Fields(std::string_view start, int version, std::endian order)
      : m_start(start), m_version(version), m_order(order) {}

  bool second() const { return m_version == 2; }
  std::int64_t dim(std::size_t i) const {
    return second() ? at<std::int64_t>(16 + 8 * i) : at<std::int16_t>(40 + 2 * i);
  }
  int type() const { return second() ? at<std::int16_t>(12) : at<std::int16_t>(70); }
  int bitsPerVoxel() const { return second() ? at<std::int16_t>(14) : at<std::int16_t>(72); }
  double pixdim(std::size_t i) const { return second() ? at<double>(104 + 8 * i) : real(76 + 4 * i); }
  double dataStart() const { return second() ? static_cast<double>(at<std::int64_t>(168)) : real(108); }
  double slope() const { return second() ? at<double>(176) : real(112); }
  double intercept() const { return second() ? at<double>(184) : real(116); }
  int qformCode() const { return second() ? at<std::int32_t>(344) : at<std::int16_t>(252); }
  int sformCode() const { return second() ? at<std::int32_t>(348) : at<std::int16_t>(254); }
  double quaternion(std::size_t i) const { return second() ? at<double>(352 + 8 * i) : real(256 + 4 * i); }
  double offset(std::size_t i) const { return second() ? at<double>(376 + 8 * i) : real(268 + 4 * i); }
  double sform(std::size_t row, std::size_t col) const {
    return second() ? at<double>(400 + 32 * row + 8 * col) : real(280 + 16 * row + 4 * col);
  }

 private:
  template <class T>
  T at(std::size_t place) const {
    return numberAt<T>(m_start.data() + place, m_order);
  }
  double real(std::size_t place) const { return static_cast<double>(at<float>(place)); }

  std::string_view m_start;
  int m_version;
  std::endian m_order;
};

void recognise(std::string_view start, const std::string& file, Header& header) {
  require(start.size() >= kHeaderBytes1, ErrorCode::BadFile, [&] {
    return file + ": has " + std::to_string(start.size()) + " bytes, a NIfTI header takes " +
           std::to_string(kHeaderBytes1);
  });
  bool known = false;
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const auto headerBytes = static_cast<std::size_t>(numberAt<std::uint32_t>(start.data(), order));
    if (headerBytes != kHeaderBytes1 && headerBytes != kHeaderBytes2) continue;
    header.order = order;
    header.version = headerBytes == kHeaderBytes1 ? 1 : 2;
    known = true;
  }
  require(known, ErrorCode::BadFile, [&] {
    return file + ": is no NIfTI file: its header size field is " +
           std::to_string(numberAt<std::int32_t>(start.data(), std::endian::little)) + ", not 348 or 540";
  });
  require(header.version == 1 || start.size() >= kHeaderBytes2, ErrorCode::BadFile, [&] {
    return file + ": has " + std::to_string(start.size()) + " bytes, a NIfTI-2 header takes " +
           std::to_string(kHeaderBytes2);
  });
  const std::string_view magic = header.version == 1 ? start.substr(344, 4) : start.substr(4, 8);
  const bool pair = magic.starts_with(header.version == 1 ? "ni1" : "ni2");
  require(!pair, ErrorCode::Unsupported, [&] {
    return file +
           ": is the header of a pair (.hdr and .img); only files of one piece (.nii, .nii.gz) are read";
  });
  const std::string_view expected =
      header.version == 1 ? std::string_view("n+1\0", 4) : std::string_view("n+2\0\r\n\x1a\n", 8);
  require(magic == expected, ErrorCode::BadFile, [&] {
    return file + ": its magic (bytes " + (header.version == 1 ? "344 to 347" : "4 to 11") +
           ") is not that of NIfTI-" + std::to_string(header.version);
  });
}

void readSize(const Fields& fields, const std::string& file, Header& header) {
  const std::int64_t dimCount = fields.dim(0);
  require(dimCount >= 1 && dimCount <= 7, ErrorCode::BadFile,
          [&] { return file + ": dim[0] is " + std::to_string(dimCount) + ", not 1 to 7"; });
  std::int64_t product = 1;
  for (std::size_t d = 1; d <= static_cast<std::size_t>(dimCount); ++d) {
    const std::int64_t size = fields.dim(d);
    require(size > 0 && size <= kLargestDim && product <= kLargestDim / size, ErrorCode::BadFile, [&] {
      return file + ": dim[" + std::to_string(d) + "] is " + std::to_string(size) +
             (size > 0 ? ", which makes more voxels than any file has" : ", not a positive number");
    });
    product *= size;
    header.size[d - 1] = size;
  }
}

void readType(const Fields& fields, const std::string& file, Header& header) {
  header.type = fields.type();
  for (const TypeSize& known : kNumericTypes)
    if (known.type == header.type) header.bytesPerVoxel = known.bytes;
  require(header.bytesPerVoxel > 0, ErrorCode::Unsupported, [&] {
    return file + ": its datatype is " + std::to_string(header.type) +
           "; only whole and floating numbers of 8 to 64 bits are read";
  });
  if (fields.bitsPerVoxel() != 8 * header.bytesPerVoxel)
    header.warnings.push_back(file + ": bitpix is " + std::to_string(fields.bitsPerVoxel()) + ", datatype " +
                              std::to_string(header.type) + " has " +
                              std::to_string(8 * header.bytesPerVoxel) + " bits; the datatype was believed");
}

void readStart(const Fields& fields, const std::string& file, Header& header) {
  const double start = fields.dataStart();
  const double earliest = static_cast<double>(header.version == 1 ? kHeaderBytes1 : kHeaderBytes2) + 4;
  require(
      std::isfinite(start) && start >= 0 && start <= static_cast<double>(kLargestDim), ErrorCode::BadFile,
      [&] { return file + ": vox_offset is " + std::to_string(start) + ", which is no place in a file"; });
  header.dataStart = static_cast<std::int64_t>(std::max(start, earliest));
  if (start < earliest)
    header.warnings.push_back(file + ": vox_offset is " + std::to_string(start) +
                              ", inside the header; voxels were read from byte " +
                              std::to_string(header.dataStart));
}

void readScaling(const Fields& fields, const std::string& file, Header& header) {
  const double slope = fields.slope(), intercept = fields.intercept();
  require(!std::isinf(slope) && !std::isinf(intercept), ErrorCode::BadFile,
          [&] { return file + ": scl_slope or scl_inter is infinite"; });
  if (std::isnan(slope) || std::isnan(intercept)) {
    header.warnings.push_back(file + ": scl_slope or scl_inter is NaN; values were left unscaled");
    return;
  }
  if (slope == 0) return;  // the format's way to say: not scaled
  header.slope = slope;
  header.intercept = intercept;
}

bool invertible(const Eigen::Matrix4d& transform) {
  return transform.allFinite() && std::abs(transform.topLeftCorner<3, 3>().determinant()) > 1e-12;
}

Eigen::Matrix3d rotation(double b, double c, double d) {
  const double rest = 1 - (b * b + c * c + d * d);
  const double length =
      rest < 0 ? std::sqrt(1 - rest) : 1;  // a quaternion longer than 1 is a turn by 180 degrees
  b /= length, c /= length, d /= length;
  const double a = rest < 0 ? 0 : std::sqrt(rest);
  Eigen::Matrix3d r;
  r << a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c),  //
      2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b),   //
      2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b;
  return r;
}

Eigen::Vector3d voxelSizesMm(const Fields& fields) {
  return {std::abs(fields.pixdim(1)), std::abs(fields.pixdim(2)), std::abs(fields.pixdim(3))};
}

std::optional<Eigen::Matrix4d> sformOf(const Fields& fields) {
  if (fields.sformCode() <= 0) return std::nullopt;
  Eigen::Matrix4d transform = Eigen::Matrix4d::Identity();
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t col = 0; col < 4; ++col)
      transform(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(col)) = fields.sform(row, col);
  return transform;
}

std::optional<Eigen::Matrix4d> qformOf(const Fields& fields) {
  if (fields.qformCode() <= 0) return std::nullopt;
  Eigen::Vector3d sizes = voxelSizesMm(fields);
  if (fields.pixdim(0) < 0) sizes[2] = -sizes[2];
  Eigen::Matrix4d transform = Eigen::Matrix4d::Identity();
  transform.topLeftCorner<3, 3>() =
      rotation(fields.quaternion(0), fields.quaternion(1), fields.quaternion(2)) * sizes.asDiagonal();
  for (std::size_t row = 0; row < 3; ++row) transform(static_cast<Eigen::Index>(row), 3) = fields.offset(row);
  return transform;
}

void readSpace(const Fields& fields, const std::string& file, Header& header) {
  bool refused = false;
  for (const auto& form : {sformOf(fields), qformOf(fields)}) {
    if (form && invertible(*form)) {
      header.mmFromVoxel = *form;
      if (refused)
        header.warnings.push_back(file + ": its sform is singular or not finite; the qform was used");
      return;
    }
    refused = refused || form.has_value();
  }
  Eigen::Matrix4d plain = Eigen::Matrix4d::Identity();
  plain.diagonal().head<3>() = voxelSizesMm(fields);
  require(invertible(plain), ErrorCode::BadFile, [&] {
    return file + ": has no usable transform, and its voxel sizes (pixdim) are " +
           std::to_string(fields.pixdim(1)) + ", " + std::to_string(fields.pixdim(2)) + ", " +
           std::to_string(fields.pixdim(3));
  });
  header.mmFromVoxel = plain;
  header.warnings.push_back(file + ": says no place in space; its voxel sizes were used");
}

template <class T>
void convertAs(const Header& header, const char* bytes, std::size_t voxelCount, float* values) {
  for (std::size_t i = 0; i < voxelCount; ++i)
    values[i] = static_cast<float>(static_cast<double>(numberAt<T>(bytes + i * sizeof(T), header.order)) *
                                       header.slope +
                                   header.intercept);
}

}  // namespace

Header parseHeader(std::string_view start, const std::string& file) {
  Header header;
  recognise(start, file, header);
  const Fields fields(start, header.version, header.order);
  readSize(fields, file, header);
  readType(fields, file, header);
  readStart(fields, file, header);
  readScaling(fields, file, header);
  readSpace(fields, file, header);
  return header;
}

void convert(const Header& header, const char* bytes, std::size_t voxelCount, float* values) {
  switch (header.type) {
    case 2:
      return convertAs<std::uint8_t>(header, bytes, voxelCount, values);
    case 4:
      return convertAs<std::int16_t>(header, bytes, voxelCount, values);
    case 8:
      return convertAs<std::int32_t>(header, bytes, voxelCount, values);
    case 16:
      return convertAs<float>(header, bytes, voxelCount, values);
    case 64:
      return convertAs<double>(header, bytes, voxelCount, values);
    case 256:
      return convertAs<std::int8_t>(header, bytes, voxelCount, values);
    case 512:
      return convertAs<std::uint16_t>(header, bytes, voxelCount, values);
    case 768:
      return convertAs<std::uint32_t>(header, bytes, voxelCount, values);
    case 1024:
      return convertAs<std::int64_t>(header, bytes, voxelCount, values);
    default:
      return convertAs<std::uint64_t>(header, bytes, voxelCount, values);
  }
}

}  // namespace cortexscope::nifti
