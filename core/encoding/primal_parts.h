#pragma once

#include <vector>

#include "base/eigen.h"
#include "encoding/ridge_form.h"

// Private to encoding.
namespace cortexscope {

/// One fold in float64, before its operators are packed. Features and targets of its rows are taken from the
/// mean of its training rows: shift is 0 without an intercept.
struct PrimalParts {
  RidgeFold rows;
  VectorD values;        // eigenvalues of the training rows' Gram matrix
  MatrixD vectors;       // features x features
  VectorD trainingMean;  // of the features; 0 without an intercept
  VectorD scoredSum;     // of the scored rows' features, before the shift
};

/// Decompositions of every fold's training rows, each Gram matrix by subtraction from that of all rows, and
/// (returned) of all rows; on all threads.
SymmetricEigen decomposeFolds(const MatrixD& features, const RidgeSetup& setup,
                              std::vector<PrimalParts>& parts);

}  // namespace cortexscope
