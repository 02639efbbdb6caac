#include "import_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "study/import/import_plan.h"
#include "study/import/import_text.h"
#include "terminal_job.h"

namespace cortexscope {
namespace {

struct ImportChoice {
  std::string source, study;
  ImportRequest options;
  bool dryRun = false, asJson = false;
};

void runImport(const ImportChoice& choice, int badInput) {
  TerminalJob terminal;
  const ImportPlan plan = planImport(choice.source, choice.options, terminal.job());
  terminal.finish();
  const std::string text = choice.asJson ? importJson(plan) + "\n" : importText(plan);
  std::fputs(text.c_str(), stdout);
  if (!plan.importable()) throw CLI::RuntimeError(badInput);
}

}  // namespace

void addImport(CLI::App& app, int badInput) {
  auto* command = app.add_subcommand("import",
                                     "Recognise a folder of responses (fMRIPrep, HCP, voxelwise tutorials, "
                                     "parcels, plain) and say what is in it");
  const auto choice = std::make_shared<ImportChoice>();
  command->add_option("SOURCE", choice->source, "Folder to look through; nothing in it is changed")
      ->required();
  command->add_option("--study", choice->study,
                      "Study folder that the import is meant for; a dry run does not touch it");
  command->add_option("--space", choice->options.space,
                      "Space to take, as file names say it (fsaverage5, fsLR)");
  command->add_option("--task", choice->options.task, "Only runs of this task");
  command->add_option("--session", choice->options.session, "Only runs of this session");
  command
      ->add_flag("--dry-run", choice->dryRun,
                 "Look at names and headers alone; print people x runs and what does not fit")
      ->required();
  command->add_flag("--json", choice->asJson, "Print the whole plan as one JSON object");
  command->callback([choice, badInput] { runImport(*choice, badInput); });
}

}  // namespace cortexscope
