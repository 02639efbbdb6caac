// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <hdf5.h>

#include <filesystem>
#include <vector>

namespace cortexscope::test {

/// Files are made with the library itself; the programs under test never load it.
class Hdf5File {
 public:
  explicit Hdf5File(const std::filesystem::path& file, hid_t plan = H5P_DEFAULT)
      : m_file(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, plan, H5P_DEFAULT)) {}
  ~Hdf5File() { H5Fclose(m_file); }
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;
  hid_t id() const { return m_file; }

  /// A data set holding 0, 1, 2, ... in this type.
  void add(const char* name, std::vector<hsize_t> sizes, hid_t type = H5T_IEEE_F32LE,
           hid_t plan = H5P_DEFAULT, bool filled = true) {
    const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t dataset = H5Dcreate2(m_file, name, type, space, links, plan, H5P_DEFAULT);
    if (filled) {
      std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
      H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    H5Dclose(dataset);
    H5Pclose(links);
    H5Sclose(space);
  }

 private:
  hid_t m_file;
};

}  // namespace cortexscope::test
