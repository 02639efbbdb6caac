// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QMimeData;

namespace cortexscope {

/// What files that are dropped on a window mean.
struct DroppedFiles {
  QString folder;        ///< the dropped one, or the one that holds the first file; empty if nothing is there
  QString table;         ///< the first file if it is a table (TSV, CSV), which labels come in; else empty
  bool isStudy = false;  ///< the folder is one
};
DroppedFiles droppedFiles(const QMimeData* data);

}  // namespace cortexscope
