#include <algorithm>

#include "study/import/import_study_parts.h"
#include "study/result_files.h"

namespace cortexscope::importing {

/// Tables shared by all stand alone; people's own belong to one table.
void addLabels(Importing& importing) {
  NewLabels own{"ratings", {}};
  for (const LabelsOfPerson& table : importing.choices.labels) {
    if (!table.person.empty())
      own.files.push_back(table);
    else
      importing.study = attachLabels(importing.study, {fileNameOf(table.file.stem().string()), {table}});
  }
  if (!own.files.empty()) importing.study = attachLabels(importing.study, own);
}

}  // namespace cortexscope::importing
