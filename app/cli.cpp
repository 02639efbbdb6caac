// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/abandon.h"
#include "base/error.h"
#include "base/parallel.h"
#include "demo/demo.h"
#include "encoding_commands.h"
#include "import_command.h"
#include "inspect_command.h"
#include "label_command.h"
#include "library_versions.h"
#include "networks/network.h"
#include "networks/network_import.h"
#include "program_paths.h"
#include "program_version.h"
#include "study/checks/read_study.h"
#include "study/document/findings.h"
#include "study/export/bids_derivatives.h"
#include "study/pipeline/pipeline.h"
#include "study/pipeline/summary.h"
#include "terminal_job.h"
#include "word_choice.h"

namespace {

using namespace cortexscope;
namespace fs = std::filesystem;

constexpr int kWrongUsage = 2;
constexpr int kBadInput = 3;
constexpr int kCancelled = 130;

const std::vector<std::pair<std::string, PipelineStep>> kSteps{{"features", PipelineStep::Features},
                                                               {"encoders", PipelineStep::Encoders},
                                                               {"activation", PipelineStep::Activation},
                                                               {"labels", PipelineStep::Labels}};

void runAndReport(const Study& study, const PipelineOptions& options, TerminalJob& terminal, const Job& job) {
  runPipeline(study, options, job);
  terminal.finish();
  if (options.until == PipelineStep::Labels) std::puts(summaryText(study).c_str());
}

void addDemo(CLI::App& app) {
  auto* command =
      app.add_subcommand("demo", "Make the demo study (simulated people on real films) and run it");
  struct Choice {
    std::string folder, materials = defaultMaterials().string();
    DemoOptions demo;
    bool onlyMake = false;
  };
  const auto choice = std::make_shared<Choice>();
  command->add_option("DIR", choice->folder, "Folder of the study, made if missing")->required();
  command->add_flag("--fast", choice->demo.fast, "Use the small image network");
  command->add_option("--materials", choice->materials, "Folder filled by packaging/fetch_materials.sh")
      ->capture_default_str();
  command->add_option("--people", choice->demo.people, "Number of simulated people")
      ->check(CLI::Range(1, 99))
      ->capture_default_str();
  command->add_option("--seed", choice->demo.seed, "Seed of the simulation")->capture_default_str();
  command
      ->add_option("--threads", choice->demo.threads,
                   "Threads, 0 = one per core; results do not depend on it")
      ->check(CLI::Range(0, 1024));
  command->add_flag("--shift-responses", choice->demo.shiftResponses,
                    "Negative control: rotate each person's responses in time");
  command->add_flag("--only-make", choice->onlyMake, "Make the study, run nothing on it");
  command->callback([choice] {
    TerminalJob terminal;
    const Job job = terminal.job();
    choice->demo.materials = choice->materials;
    choice->demo.resources = resourceFolder();
    const Study study = makeDemoStudy(choice->folder, choice->demo, job.part(0, 0.6));
    if (!choice->onlyMake)
      runAndReport(study, {choice->demo.threads, PipelineStep::Labels}, terminal, job.part(0.6, 1));
  });
}

void addRun(CLI::App& app) {
  auto* command =
      app.add_subcommand("run", "Compute what is missing in a study; goes on where a stopped run ended");
  struct Choice {
    std::string folder;
    PipelineOptions options;
  };
  const auto choice = std::make_shared<Choice>();
  command->add_option("DIR", choice->folder, "Study folder")->required();
  command
      ->add_option("--threads", choice->options.threads,
                   "Threads, 0 = one per core; results do not depend on it")
      ->check(CLI::Range(0, 1024));
  takeOneOf(command->add_option("--until", choice->options.until, "Last step to compute"), kSteps)
      ->type_name("STEP");
  command->callback([choice] {
    TerminalJob terminal;
    runAndReport(readStudy(choice->folder), choice->options, terminal, terminal.job());
  });
}

void addInfo(CLI::App& app) {
  auto* command = app.add_subcommand("info", "Say what a study holds and, once it ran, its results");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Study folder")->required();
  command->callback([folder] {
    const Study study = readStudy(*folder);
    std::printf("%s\n%s%zu people, %zu runs, %ld samples of %g s, space %s\n", study.title.c_str(),
                study.simulated ? "SIMULATED responses\n" : "", study.people.size(), study.runs.size(),
                long(sampleCount(study.runs)), study.samplePeriodSec, study.cortex.space.c_str());
    if (!study.origin.source.empty()) {
      std::printf("imported from %s (%s)\n", study.origin.source.c_str(), study.origin.layout.c_str());
      for (const Finding& problem : readProblems(study.folder))
        if (problem.severity != Severity::Note)
          std::printf("  %s: %s\n", nameOf(problem.severity).c_str(), findingText(problem).c_str());
    }
    if (fs::exists(study.results() / "summary.json"))
      std::printf("\n%s", summaryText(study).c_str());
    else
      std::printf("Not run to the end yet: cortexscope-cli run \"%s\"\n", folder->c_str());
  });
}

void addExport(CLI::App& app) {
  auto* command = app.add_subcommand(
      "export", "Write a study's predictions, accuracy and label estimates as a BIDS derivative");
  struct Choice {
    std::string study, folder;
    ExportOptions options;
  };
  const auto choice = std::make_shared<Choice>();
  command->add_option("DIR", choice->study, "Study folder")->required();
  command->add_option("OUT", choice->folder, "Folder to make, for example derivatives/cortexscope")
      ->required();
  command->add_flag("--cifti", choice->options.cifti, "CIFTI-2 files besides GIFTI");
  command->callback([choice] {
    TerminalJob terminal;
    const Study study = readStudy(choice->study);
    exportDerivatives(study, loadResults(study), choice->folder, choice->options, terminal.job());
    terminal.finish();
  });
}

void addImportNetwork(CLI::App& app) {
  auto* command = app.add_subcommand("import-network",
                                     "Convert a TensorFlow.js or ONNX network to the ONNX form used here");
  struct Choice {
    std::string source, target, classes;
    ImportOptions options;
  };
  const auto choice = std::make_shared<Choice>();
  command
      ->add_option("SOURCE", choice->source, "model.json (TensorFlow.js, weight shards beside it) or .onnx")
      ->required();
  command->add_option("TARGET", choice->target, "ONNX file to write")->required();
  command->add_option("--title", choice->options.title, "Name shown to people");
  command->add_option("--licence", choice->options.licence, "Licence of the weights");
  command->add_option("--origin", choice->options.origin, "Package and version the weights came from");
  command->add_option("--classes", choice->classes, "Class names, JSON or one a line");
  command->callback([choice] {
    TerminalJob terminal;
    choice->options.classNames = choice->classes;
    importNetwork(choice->source, choice->target, choice->options, terminal.job());
    terminal.finish();
    const Network network(choice->target);
    std::printf("%s: %s\n", choice->target.c_str(), network.info().title.c_str());
    for (const NetworkLayer& layer : network.info().layers) {
      std::printf("  %-12s", layer.name.c_str());
      for (std::size_t i = 0; i < layer.shape.size(); ++i)
        std::printf("%s%d", i == 0 ? "" : " x ", layer.shape[i]);
      std::printf("\n");
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  useSingleThreadedLinearAlgebra();
  CLI::App app{"CortexScope without a window: brain-mediated transfer learning on study folders"};
  app.require_subcommand(1);
  app.set_version_flag("--version",
                       [] { return versionLine("cortexscope-cli") + '\n' + coreLibraryVersions(); });
  app.footer(
      "Exit status: 0 done, 2 wrong usage, 3 bad input, 130 cancelled by Ctrl-C (run again to go on).");
  addDemo(app);
  addRun(app);
  addInfo(app);
  addExport(app);
  addLabels(app);
  addImportNetwork(app);
  addInspect(app, kBadInput);
  addImport(app, kBadInput);
  addEncodingCommands(app);
  addScoreCommands(app);
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::RuntimeError& failed) {  // a command that has said already what was wrong
    return failed.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  } catch (const Cancelled&) {
    std::fprintf(stderr,
                 "\nCancelled; steps that were finished are kept and a further run goes on from there. "
                 "An import leaves nothing behind.\n");
    endPastAbandonedWork(kCancelled);
    return kCancelled;
  } catch (const Error& error) {
    std::fprintf(stderr, "\ncortexscope-cli: %s\n", error.what());
    return kBadInput;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "\ncortexscope-cli: there is not enough memory for this step\n");
    return kBadInput;
  } catch (
      const std::exception& error) {  // what libraries throw, such as a folder that may not be looked into
    std::fprintf(stderr, "\ncortexscope-cli: %s\n", error.what());
    return kBadInput;
  }
}
