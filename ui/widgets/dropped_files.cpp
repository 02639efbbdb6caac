// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/dropped_files.h"

#include <QDir>
#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

namespace cortexscope {

DroppedFiles droppedFiles(const QMimeData* data) {
  if (data == nullptr || data->urls().isEmpty()) return {};
  const QFileInfo first(data->urls().first().toLocalFile());
  if (!first.exists()) return {};
  DroppedFiles dropped;
  dropped.folder =
      first.isDir() && data->urls().size() == 1 ? first.absoluteFilePath() : first.absolutePath();
  const QString ending = first.suffix().toLower();
  if (first.isFile() && (ending == QLatin1String("tsv") || ending == QLatin1String("csv")))
    dropped.table = first.absoluteFilePath();
  dropped.isStudy = QFileInfo::exists(QDir(dropped.folder).filePath(QStringLiteral("study.json")));
  return dropped;
}

}  // namespace cortexscope
