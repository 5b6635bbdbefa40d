// cvm-run print, parse and objdump: modules and components between text and binary, and the register code of modules.
#include <array>
#include <cstdio>

#include "cvm/component_text.hpp"
#include "cvm/module.hpp"
#include "cvm/text.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/file_commands.hpp"
#include "tools/run/input.hpp"
#include "tools/run/report.hpp"
#include "tools/run/settings.hpp"

namespace cvm::run {
namespace {

// The binary of a file of either format, a module or a component.
Result<std::string> ReadBinary(const Engine& engine, const std::string& path) {
  Result<std::string> content = ReadInput(path);
  if (!content.ok()) return content;
  const InputKind kind = DetectKind(*content);
  if (kind == InputKind::kCoreBinary || kind == InputKind::kComponentBinary) return content;
  Result<std::vector<uint8_t>> binary =
      IsComponent(kind) ? TextToComponent(engine, *content) : TextToBinary(engine, *content);
  if (!binary.ok()) return std::move(binary.error().In(path));
  return std::string(binary->begin(), binary->end());
}

Result<void> Print(const CommandLine& line) {
  const std::string& path = line.operands.front();
  Result<Engine> engine = EngineFor(line);
  if (!engine.ok()) return std::move(engine).error();
  Result<std::string> binary = ReadBinary(*engine, path);
  if (!binary.ok()) return std::move(binary).error();
  const TextOptions options{line.Has("folded")};
  Result<std::string> text = IsComponent(DetectKind(*binary)) ? ComponentToText(*engine, BytesOf(*binary), options)
                                                              : BinaryToText(*engine, BytesOf(*binary), options);
  if (!text.ok()) return std::move(text.error().In("failed to print `" + path + "`"));
  return WriteOutput(line.Last("output").value_or("-"), *text);
}

Result<void> Parse(const CommandLine& line) {
  Result<Engine> engine = EngineFor(line);
  if (!engine.ok()) return std::move(engine).error();
  Result<std::string> binary = ReadBinary(*engine, line.operands.front());
  if (!binary.ok()) return std::move(binary).error();
  return WriteOutput(line.Last("output").value_or("-"), *binary);
}

Result<void> Objdump(const CommandLine& line) {
  const std::string& path = line.operands.front();
  Result<Engine> engine = EngineFor(line);
  if (!engine.ok()) return std::move(engine).error();
  // Offsets are those of the binary, whatever the file was.
  Result<std::string> binary = ReadBinary(*engine, path);
  if (!binary.ok()) return std::move(binary).error();
  if (IsComponent(DetectKind(*binary))) return Error(ErrorKind::kUsage, "`" + path + "` is a component, not a module");
  Result<Module> module = Module::Load(*engine, BytesOf(*binary));
  if (!module.ok()) return std::move(module.error().In(path));
  uint32_t first = module->imported_functions(), end = module->functions();
  if (const std::optional<std::string> func = line.Last("func")) {
    const std::optional<uint64_t> number = ParseNumber(*func);
    if (!number || *number >= ~uint32_t{0}) return Error(ErrorKind::kUsage, "`" + *func + "` is not a function index");
    first = static_cast<uint32_t>(*number);
    end = first + 1;
  }
  for (uint32_t i = first; i < end; ++i) {
    Result<std::string> listing = module->Listing(i);
    if (!listing.ok()) return std::move(listing).error();
    std::printf("%s%u: %s", i == first ? "" : "\n", i, listing->c_str());
  }
  return {};
}

constexpr OptionSpec kWasm = {"wasm", 'W', "KEY[=VAL],..", "switch features, set limits; -W help lists them"};
constexpr OptionSpec kHelp = {"help", 'h', "", "print this help"};

constexpr auto kPrintOptions = std::to_array<OptionSpec>({
    {"folded", 0, "", "instructions as nested forms, not one a line"},
    {"output", 'o', "FILE", "write to FILE, not to standard output"},
    kWasm,
    kHelp,
});
constexpr auto kParseOptions = std::to_array<OptionSpec>({
    {"output", 'o', "FILE", "write to FILE, not to standard output"},
    kWasm,
    kHelp,
});
constexpr auto kObjdumpOptions = std::to_array<OptionSpec>({
    {"func", 'f', "N", "only the function of that index"},
    kWasm,
    kHelp,
});

}  // namespace

const Command kPrintCommand = {
    .name = "print",
    .usage = "FILE [OPTIONS]",
    .summary = "print a module or a component in the text format",
    .examples = "  cvm-run print app.wasm --folded\n",
    .options = kPrintOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunFileCommand<Print>,
};

const Command kParseCommand = {
    .name = "parse",
    .usage = "FILE [OPTIONS]",
    .summary = "turn a module or a component in the text format into binary",
    .examples = "  cvm-run parse app.wat -o app.wasm\n",
    .options = kParseOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunFileCommand<Parse>,
};

const Command kObjdumpCommand = {
    .name = "objdump",
    .usage = "FILE [OPTIONS]",
    .summary = "print the register code of a module beside its instructions",
    .examples = "  cvm-run objdump app.wasm --func 3\n",
    .options = kObjdumpOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunFileCommand<Objdump>,
};

}  // namespace cvm::run
