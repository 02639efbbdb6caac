// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"
#include "core/io/images/nifti_spec.h"
#include "core/io/made/made_file.h"

namespace cortexscope::test {
namespace {

constexpr int kSeries = 3002, kScalars = 3006, kLabels = 3007, kParcelSeries = 3004;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string models() {
  return "<MatrixIndicesMap AppliesToMatrixDimension=\"1\" "
         "IndicesMapToDataType=\"CIFTI_INDEX_TYPE_BRAIN_MODELS\">\n"
         "<Volume VolumeDimensions=\"4,5,6\"><TransformationMatrixVoxelIndicesIJKtoXYZ MeterExponent=\"-3\">"
         "-2 0 0 90 0 2 0 -126 0 0 2 -72 0 0 0 1</TransformationMatrixVoxelIndicesIJKtoXYZ></Volume>\n"
         "<BrainModel IndexOffset=\"0\" IndexCount=\"3\" ModelType=\"CIFTI_MODEL_TYPE_SURFACE\" "
         "BrainStructure=\"CIFTI_STRUCTURE_CORTEX_LEFT\" SurfaceNumberOfVertices=\"4\">"
         "<VertexIndices>0 1 3</VertexIndices></BrainModel>\n"
         "<BrainModel IndexOffset=\"3\" IndexCount=\"2\" ModelType=\"CIFTI_MODEL_TYPE_VOXELS\" "
         "BrainStructure=\"CIFTI_STRUCTURE_BRAIN_STEM\"><VoxelIndicesIJK>0 1 2\n3 4 "
         "5</VoxelIndicesIJK></BrainModel>\n"
         "</MatrixIndicesMap>\n";
}

std::string parcels() {
  std::string text =
      "<MatrixIndicesMap AppliesToMatrixDimension=\"1\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_PARCELS\">"
      "<Surface BrainStructure=\"CIFTI_STRUCTURE_CORTEX_LEFT\" SurfaceNumberOfVertices=\"9\"/>";
  for (int i = 0; i < 5; ++i)
    text += "<Parcel Name=\"p" + textOf(i) + "\"><Vertices BrainStructure=\"CIFTI_STRUCTURE_CORTEX_LEFT\">" +
            textOf(i) + "</Vertices></Parcel>";
  return text + "</MatrixIndicesMap>\n";
}

std::string whole(const std::string& rows, const std::string& columns) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CIFTI Version=\"2\"><Matrix>\n" + rows + columns +
         "</Matrix></CIFTI>\n";
}

std::string seriesMap(int rows) {
  return "<MatrixIndicesMap AppliesToMatrixDimension=\"0\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_SERIES\" "
         "NumberOfSeriesPoints=\"" +
         textOf(rows) +
         "\" SeriesExponent=\"-3\" SeriesStart=\"0\" SeriesStep=\"720\" SeriesUnit=\"SECOND\"/>\n";
}

std::string namedMaps(int rows, const std::string& type, const std::string& table) {
  std::string text =
      "<MatrixIndicesMap AppliesToMatrixDimension=\"0\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_" + type +
      "\">";
  for (int i = 0; i < rows; ++i)
    text += "<NamedMap><MapName>map " + textOf(i) + "</MapName>" + table + "</NamedMap>";
  return text + "</MatrixIndicesMap>\n";
}

std::string labelTable(int last) {
  std::string text = "<LabelTable>";
  for (int i = 0; i <= last; ++i)
    text += "<Label Key=\"" + textOf(i) + "\" Red=\"0\" Green=\"1\" Blue=\"0\" Alpha=\"1\">l" + textOf(i) +
            "</Label>";
  return text + "</LabelTable>";
}

}  // namespace

std::string ciftiXml(int rows, bool series) {
  return whole(series ? seriesMap(rows) : namedMaps(rows, "SCALARS", ""), models());
}

std::string ciftiFile(int rows, const std::string& xml, int intent) {
  NiftiSpec spec;
  spec.version = 2;
  spec.type = 16;
  spec.bits = 32;
  spec.dims = {6, 1, 1, 1, 1, rows, 5, 1};
  spec.sform = 0;
  spec.intent = intent;
  std::string content = xml;
  content.resize((content.size() + 8 + 15) / 16 * 16 - 8, '\0');
  spec.extensions = bytesOf(static_cast<std::int32_t>(content.size() + 8), spec.order) +
                    bytesOf(std::int32_t{32}, spec.order) + content;
  if (xml.empty()) spec.extensions.clear();
  spec.start = 544 + static_cast<double>(spec.extensions.size());
  for (int i = 0; i < rows * 5; ++i) spec.voxels += bytesOf(static_cast<float>(i), spec.order);
  return fileOf(spec);
}

std::vector<MadeFile> madeCifti() {
  std::vector<MadeFile> files;
  const std::string good = ciftiXml(2, true);
  const auto refuse = [&](const char* what, const std::string& xml, std::vector<std::string> words) {
    files.push_back({"x.dtseries.nii", what, ciftiFile(2, xml, kSeries), Verdict::Refuse, std::move(words)});
  };
  const auto changed = [&](const char* what, const char* from, const char* to,
                           std::vector<std::string> words) {
    refuse(what, replaced(good, from, to), std::move(words));
  };
  refuse("no extension", "", {"CIFTI extension"});
  refuse("XML cut", good.substr(0, good.size() / 2), {"line", "not well-formed"});
  changed("not well-formed", "</BrainModel>", "</BrainModell>", {"line", "not well-formed"});
  changed("entity", "<CIFTI", "<!DOCTYPE CIFTI [<!ENTITY a \"b\">]><CIFTI", {"entity"});
  changed("version 1", "Version=\"2\"", "Version=\"1\"", {"version 1"});
  changed("rows", "NumberOfSeriesPoints=\"2\"", "NumberOfSeriesPoints=\"3\"", {"2 rows", "3"});
  changed("columns", "3 4 5</VoxelIndicesIJK>", "3 4 5 1 1 1</VoxelIndicesIJK>",
          {"IndexCount is 2", "3 voxels"});
  changed("count against list", "0 1 3</VertexIndices>", "0 1</VertexIndices>",
          {"IndexCount is 3", "2 vertices"});
  changed("overlap", "IndexOffset=\"3\"", "IndexOffset=\"2\"", {"IndexOffset is 2"});
  changed("hole", "IndexOffset=\"3\"", "IndexOffset=\"4\"", {"IndexOffset is 4"});
  changed("negative vertex", "0 1 3<", "0 1 -3<", {"-3"});
  changed("vertex beyond the surface", "0 1 3<", "0 1 4<", {"vertex 4", "4 vertices"});
  changed("vertex twice", "0 1 3<", "0 1 1<", {"vertex 1", "twice"});
  changed("voxel outside", "3 4 5<", "3 4 6<", {"3, 4, 6", "4 x 5 x 6"});
  changed("absurd surface", "SurfaceNumberOfVertices=\"4\"", "SurfaceNumberOfVertices=\"999999999\"",
          {"999999999"});
  changed("unknown structure", "CIFTI_STRUCTURE_BRAIN_STEM", "CIFTI_STRUCTURE_LEFT_FOOT", {"LEFT_FOOT"});
  changed("voxels without volume", "<Volume VolumeDimensions=\"4,5,6\">",
          "<Volume VolumeDimensions=\"0,0,0\">", {"VolumeDimensions"});
  changed("step zero", "SeriesStep=\"720\"", "SeriesStep=\"0\"", {"SeriesStep"});
  changed("step NaN", "SeriesStep=\"720\"", "SeriesStep=\"nan\"", {"SeriesStep"});
  std::string cut = ciftiFile(2, good, kSeries);
  files.push_back(
      {"x.dtseries.nii", "values cut", cut.substr(0, cut.size() - 4), Verdict::Refuse, {"claims"}});
  refuse("connectivity matrix", whole(replaced(models(), "\"1\"", "\"0,1\""), ""), {"0,1"});

  files.push_back({"x.dscalar.nii",
                   "more maps than rows",
                   ciftiFile(2, ciftiXml(3, false), kScalars),
                   Verdict::Refuse,
                   {"2 rows", "3"}});
  files.push_back(
      {"x.pscalar.nii",
       "fewer parcels than columns",
       ciftiFile(1,
                 whole(namedMaps(1, "SCALARS", ""),
                       replaced(parcels(),
                                "<Parcel Name=\"p4\"><Vertices "
                                "BrainStructure=\"CIFTI_STRUCTURE_CORTEX_LEFT\">4</Vertices></Parcel>",
                                "")),
                 3008),
       Verdict::Refuse,
       {"5 columns", "4"}});
  std::string beyond = ciftiFile(2, good, kSeries);
  beyond.replace(544, 4, bytesOf(std::int32_t{1 << 30}, std::endian::little));
  files.push_back(
      {"x.dtseries.nii", "extension larger than the file", beyond, Verdict::Refuse, {"x.dtseries.nii"}});

  const auto legal = [&](const char* name, const char* what, int rows, const std::string& xml, int intent,
                         double mean, std::vector<std::string> words = {}) {
    files.push_back({name, what, ciftiFile(rows, xml, intent), words.empty() ? Verdict::Load : Verdict::Say,
                     std::move(words), mean});
  };
  legal("x.dtseries.nii", "dense series", 2, good, kSeries, 4.5);
  legal("x.dscalar.nii", "dense scalars", 3, ciftiXml(3, false), kScalars, 7);
  legal("x.dlabel.nii", "dense labels", 1, whole(namedMaps(1, "LABELS", labelTable(4)), models()), kLabels,
        2);
  legal("x.dlabel.nii", "key not in the table", 1, whole(namedMaps(1, "LABELS", labelTable(2)), models()),
        kLabels, 2, {"label table lacks"});
  legal("x.ptseries.nii", "parcel series", 2, whole(seriesMap(2), parcels()), kParcelSeries, 4.5);
  legal("x.pscalar.nii", "parcel scalars", 1, whole(namedMaps(1, "SCALARS", ""), parcels()), 3008, 2);
  return files;
}

}  // namespace cortexscope::test
