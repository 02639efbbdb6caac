// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/mel_matrix.h"

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "io/arrays/npy.h"
#include "networks/onnx/file.h"

namespace cortexscope {

namespace fs = std::filesystem;

void importMelMatrix(const fs::path& onnxSource, const fs::path& npyFile) {
  const OnnxModel model = readOnnx(onnxSource);
  const OnnxTensor* matrix = nullptr;
  for (const OnnxTensor& tensor : model.initializers) {
    if (!tensor.isFloat() || tensor.dims != OnnxShape{kSpectrumBins, kMelBands}) continue;
    require(matrix == nullptr, ErrorCode::BadFile,
            [&] { return onnxSource.string() + ": holds more than one matrix of 257 x 32"; });
    matrix = &tensor;
  }
  require(matrix != nullptr, ErrorCode::BadFile,
          [&] { return onnxSource.string() + ": holds no mel matrix of 257 x 32"; });
  for (const float value : matrix->floats())
    require(std::isfinite(value) && value >= 0, ErrorCode::BadFile,
            [&] { return onnxSource.string() + ": the mel matrix holds " + textOf(value); });
  const Eigen::Map<const MatrixF> values(matrix->floats().data(), kSpectrumBins, kMelBands);
  writeNpy(npyFile, ConstMatrixRefF(values));
}

}  // namespace cortexscope
