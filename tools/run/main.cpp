// cvm-run: runs WebAssembly modules and components. One table of subcommands; each has its options, its help and its
// function. Sees public headers alone, as any embedder does.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "tools/run/commands.hpp"
#include "tools/run/report.hpp"

namespace cvm::run {
namespace {

constexpr std::array kCommands = {&kRunCommand,   &kWastCommand,  &kValidateCommand, &kWitCommand,
                                  &kPrintCommand, &kParseCommand, &kObjdumpCommand,  &kComposeCommand};

const Command* FindCommand(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, [](const Command* command) { return command->name; });
  return found == kCommands.end() ? nullptr : *found;
}

std::string CommandHelp(const Command& command) {
  std::string text = "Usage: cvm-run " + std::string(command.name) + " " + std::string(command.usage) + "\n\n" +
                     std::string(command.summary) + "\n\nOptions (before the first file):\n" +
                     OptionsHelp(command.options);
  if (!command.examples.empty()) text += "\nExamples:\n" + std::string(command.examples);
  return text;
}

std::string Help() {
  std::string text = "Runs WebAssembly modules and components.\n\nUsage: cvm-run [run] [OPTIONS] FILE [ARGS...]\n";
  for (const Command* command : kCommands) {
    if (command == &kRunCommand) continue;
    text += "       cvm-run " + std::string(command->name) + " " + std::string(command->usage) + "\n";
  }
  text += "\nCommands (`cvm-run help COMMAND` says more):\n";
  for (const Command* command : kCommands) {
    text += "  " + std::string(command->name) + std::string(10 - command->name.size(), ' ') +
            std::string(command->summary) + "\n";
  }
  text += "\nOptions of run (all options stand before FILE; what follows FILE belongs to the guest):\n" +
          OptionsHelp(kRunCommand.options) + "  -V, --version                  print the version\n\nExamples:\n";
  for (const Command* command : kCommands) text += command->examples;
  return text;
}

// Prints the table of a group where the line asks for it.
bool PrintGroupHelp(const CommandLine& line, std::string_view option, std::string_view group,
                    std::span<const SettingSpec> (*settings)()) {
  const std::vector<std::string> values = line.All(option);
  if (settings == nullptr || std::ranges::find(values, "help") == values.end()) return false;
  std::fputs(SettingsHelp(group, settings()).c_str(), stdout);
  return true;
}

int RunCommand(const Command& command, std::span<const std::string> words) {
  const Result<CommandLine> line = ParseCommandLine(command.options, words);
  if (!line.ok()) return ReportUsage(command.name, line.error());
  if (line->Has("help")) {
    std::fputs(CommandHelp(command).c_str(), stdout);
    return 0;
  }
  if (PrintGroupHelp(*line, "wasm", "-W", command.wasm_settings)) return 0;
  if (PrintGroupHelp(*line, "wasi", "-S", command.wasi_settings)) return 0;
  return command.run(command, *line);
}

int Main(std::vector<std::string> words) {
  if (words.empty()) {
    std::fputs(Help().c_str(), stderr);
    return kExitUsage;
  }
  const std::string& first = words[0];
  if (first == "-V" || first == "--version") {
    std::puts("cvm-run " CVM_VERSION);
    return 0;
  }
  if (first == "-h" || first == "--help" || first == "help") {
    const Command* about = words.size() > 1 ? FindCommand(words[1]) : nullptr;
    std::fputs((about == nullptr ? Help() : CommandHelp(*about)).c_str(), stdout);
    return 0;
  }
  if (const Command* command = FindCommand(first)) return RunCommand(*command, std::span(words).subspan(1));
  return RunCommand(kRunCommand, words);
}

}  // namespace
}  // namespace cvm::run

int main(int argc, char** argv) {
  // A closed pipe is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  return cvm::run::Main(std::vector<std::string>(argv + 1, argv + argc));
}
