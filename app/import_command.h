#pragma once

namespace CLI {
class App;
}

namespace cortexscope {

/// Adds `import SOURCE --dry-run [--study DIR] [--space S] [--task T] [--session S] [--json]`, which
/// recognises a folder and says what would be imported from it. The status is `badInput` if something in it
/// stands in the way.
void addImport(CLI::App& app, int badInput);

}  // namespace cortexscope
