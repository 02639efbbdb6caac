// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/made/made_file.h"

namespace cortexscope::test {

std::vector<MadeFile> madeForeign() {
  std::vector<MadeFile> files;
  const auto refuse = [&](const char* name, const char* what, const std::string& contents,
                          std::vector<std::string> words) {
    files.push_back({name, what, contents, Verdict::Refuse, std::move(words)});
  };
  for (const char* name : {"x.nii", "x.surf.gii", "lh.white", "x.npy", "x.npz", "x.h5", "x.mat", "x.tsv",
                           "x.mp4", "x.mgz", "x.onnx"}) {
    refuse(name, "empty", "", {"empty"});
    refuse(name, "web page", "<!DOCTYPE html>\n<html><body>404</body></html>", {name});
    refuse(name, "large-file pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n",
           {"LFS"});
    refuse(name, "pickle", std::string("\x80\4\x95\x0b\0\0\0\0\0\0\0]\x94(K\1K\2e.", 20), {name});
  }
  refuse("x.h5", "signature only", "\x89HDF\r\n\x1a\n", {"x.h5"});
  refuse("x.h5", "cut", "\x89HDF\r\n\x1a\n" + std::string(60, '\0'), {"x.h5", "HDF5"});
  return files;
}

std::vector<MadeFile> madeTables() {
  std::vector<MadeFile> files;
  const auto refuse = [&](const char* name, const char* what, const std::string& contents,
                          std::vector<std::string> words) {
    files.push_back({name, what, contents, Verdict::Refuse, std::move(words)});
  };
  refuse("x.tsv", "ragged", "a\tb\n1\t2\n3\n", {"line 3"});
  refuse("x.tsv", "column twice", "a\ta\n1\t2\n", {"twice"});
  refuse("x.csv", "unclosed quote", "a,b\n\"1,2\n", {"line 2", "quote"});
  refuse("x.tsv", "NUL bytes", std::string("a\tb\n1\t\0\n", 8), {"line 2"});
  refuse("x.tsv", "UTF-16",
         std::string("\xff\xfe"
                     "a\0\t\0b\0",
                     8),
         {"UTF-16"});
  refuse("x.tsv", "one endless line", "a\tb\n" + std::string(5 << 20, '1'), {"line 2"});
  const auto legal = [&](const char* what, const std::string& contents, std::vector<std::string> words = {}) {
    files.push_back(
        {"x.tsv", what, contents, words.empty() ? Verdict::Load : Verdict::Say, std::move(words)});
  };
  legal("n/a, mark, CRLF, no last line end",
        "\xef\xbb\xbf"
        "a\tb\r\nn/a\t2\r\n3\t4");
  legal("no rows", "a\tb\n", {"no rows"});
  legal("Latin-1", "a\tb\ncaf\xe9\t1\n", {"Latin-1"});
  refuse("x.csv", "decimal commas", "onset,duration\n1,5,2,5\n", {"line 2", "4 cells"});
  legal("seven lines of one column", "a\n1\n2\n3\n4\n5\n6\n7\n");
  return files;
}

const std::vector<MadeFamily>& madeFamilies() {
  static const std::vector<MadeFamily> kFamilies{
      {"any file", &madeForeign}, {"NIfTI and MGH", &madeImages},  {"CIFTI-2", &madeCifti},
      {"GIFTI", &madeSurfaces},   {"FreeSurfer", &madeFreesurfer}, {"NumPy and MATLAB", &madeArrays},
      {"ONNX", &madeNetworks},    {"films and sound", &madeMedia}, {"tables", &madeTables}};
  return kFamilies;
}

std::vector<MadeFile> allMadeFiles() {
  std::vector<MadeFile> all;
  for (const MadeFamily& family : madeFamilies())
    for (MadeFile& made : family.make()) all.push_back(std::move(made));
  return all;
}

}  // namespace cortexscope::test
