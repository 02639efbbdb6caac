// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/panels.h"

// Private to encoding: targets in and out of panels, the working memory of threads, and products in spectral
// bands.
namespace cortexscope {

/// Workspaces that are lent to threads, so that memory is touched for the first time only once per thread.
template <class Workspace>
class WorkspacePool {
 public:
  /// Goes back to the pool when it goes out of scope; the pool must outlive it.
  class Loan {
   public:
    Loan(WorkspacePool& pool, std::unique_ptr<Workspace> workspace)
        : m_pool(pool), m_workspace(std::move(workspace)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { m_pool.takeBack(std::move(m_workspace)); }
    Workspace& operator*() const { return *m_workspace; }
    Workspace* operator->() const { return m_workspace.get(); }

   private:
    WorkspacePool& m_pool;
    std::unique_ptr<Workspace> m_workspace;
  };

  Loan lend() {
    const std::lock_guard lock(m_mutex);
    if (m_free.empty()) return {*this, std::make_unique<Workspace>()};
    std::unique_ptr<Workspace> workspace = std::move(m_free.back());
    m_free.pop_back();
    return {*this, std::move(workspace)};
  }

 private:
  void takeBack(std::unique_ptr<Workspace> workspace) {
    const std::lock_guard lock(m_mutex);
    m_free.push_back(std::move(workspace));
  }

  std::mutex m_mutex;
  std::vector<std::unique_ptr<Workspace>> m_free;
};

/// A buffer as `count` panels of `rows` rows.
template <class Scalar>
Panels<Scalar> panelsIn(AlignedArray<Scalar>& buffer, Index rows, Index count) {
  buffer.reserve(rows * count * kPanelTargets<Scalar>);
  return {buffer.data(), rows, count};
}

template <class Scalar>
Index panelCount(Index targets) {
  return (targets + kPanelTargets<Scalar> - 1) / kPanelTargets<Scalar>;
}

/// Means of columns, summed in float64 row by row; zero if not wanted.
VectorD columnMeans(const ConstMatrixRefF& targets, bool wanted);

/// Targets minus their means, side by side in panels; lanes beyond the last target are 0.
template <class Scalar>
void loadPanels(const ConstMatrixRefF& targets, const VectorD& means, const Panels<Scalar>& panels);

/// Rows [row, row + values.rows()) of the panels as a matrix of targets.
template <class Scalar>
void storePanels(const Panels<Scalar>& panels, Index row,
                 Eigen::Ref<MatrixF, 0, Eigen::OuterStride<>> values);

/// out(row i) = in(row i) / (values[i] + penalty of the lane); penalties hold one number per target.
template <class Scalar>
void filterPanels(const Panels<Scalar>& in, const VectorD& values, const VectorD& penalties,
                  const Panels<Scalar>& out);

}  // namespace cortexscope
