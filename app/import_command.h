// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace cortexscope {

/// Adds `import SOURCE --study DIR`, which makes a study of a folder, and `import SOURCE --dry-run`, which
/// says what would be imported. The status is `badInput` if something stands in the way, and also if a study
/// was made without somebody whose data cannot be used.
void addImport(CLI::App& app, int badInput);

}  // namespace cortexscope
