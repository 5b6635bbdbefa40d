// cvm-run wit: WIT from text, folders, packages in the binary format and components, as text or as a binary package.
#include <array>
#include <cstdio>

#include "cvm/wit.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/file_commands.hpp"
#include "tools/run/input.hpp"
#include "tools/run/settings.hpp"

namespace cvm::run {
namespace {

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"output", 'o', "FILE", "write to FILE, not to standard output"},
    {"binary", 'b', "", "write the package in the binary format"},
    {"features", 0, "NAME,..", "keep items behind these @unstable features"},
    {"all-features", 0, "", "keep all items"},
    {"wasm", 'W', "KEY[=VAL],..", "switch features, set limits; -W help lists them"},
    {"help", 'h', "", "print this help"},
});

WitOptions OptionsOf(const CommandLine& line) {
  WitOptions options;
  options.all_features = line.Has("all-features");
  for (const std::string& list : line.All("features")) {
    for (size_t begin = 0; begin <= list.size();) {
      const size_t end = std::min(list.find(',', begin), list.size());
      if (end > begin) options.features.push_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return options;
}

Result<Wit> Open(const Engine& engine, const std::string& path, const WitOptions& options) {
  if (path != "-") return Wit::Load(engine, path, options);
  const Result<std::string> content = ReadInput(path);
  if (!content.ok()) return content.error();
  return Wit::Read(engine, *content, "-", options);
}

Result<void> PrintWit(const CommandLine& line) {
  const std::string& path = line.operands.front();
  Result<Engine> engine = EngineFor(line);
  if (!engine.ok()) return std::move(engine).error();
  Result<Wit> wit = Open(*engine, path, OptionsOf(line));
  if (!wit.ok()) return std::move(wit.error().In("failed to read `" + path + "`"));
  for (const std::string& warning : wit->warnings()) std::fprintf(stderr, "Warning: %s\n", warning.c_str());
  const std::string output = line.Last("output").value_or("-");
  if (!line.Has("binary")) return WriteOutput(output, wit->ToText());
  const Result<std::vector<uint8_t>> binary = wit->ToBinary();
  if (!binary.ok()) return binary.error();
  return WriteOutput(output, std::string(binary->begin(), binary->end()));
}

}  // namespace

const Command kWitCommand = {
    .name = "wit",
    .usage = "FILE|FOLDER [OPTIONS]",
    .summary = "print the WIT of a component, a package or a folder of packages",
    .examples = "  cvm-run wit app.wasm\n  cvm-run wit wit/ --binary -o wit.wasm\n",
    .options = kOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunFileCommand<PrintWit>,
};

}  // namespace cvm::run
