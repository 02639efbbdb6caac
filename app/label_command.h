// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace CLI {
class App;
}

namespace cortexscope {

/// `labels STUDY`: lists a study's label tables, or attaches one.
void addLabels(CLI::App& app);

}  // namespace cortexscope
