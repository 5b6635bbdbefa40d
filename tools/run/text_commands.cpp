// cvm-run print, parse and objdump: modules and components between text and binary, and the register code of modules.
#include <array>
#include <cstdio>
#include <fstream>

#include "cvm/component_text.hpp"
#include "cvm/module.hpp"
#include "cvm/text.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/input.hpp"
#include "tools/run/report.hpp"
#include "tools/run/settings.hpp"

namespace cvm::run {
namespace {

// These commands have no guest that words behind the file could belong to: options may stand there too. The line with
// all of them; an Error of kind kUsage unless there is exactly one file.
Result<CommandLine> OneFile(const Command& command, const CommandLine& line) {
  CommandLine all = line;
  while (all.operands.size() > 1) {
    Result<CommandLine> rest = ParseCommandLine(command.options, std::span(all.operands).subspan(1));
    if (!rest.ok()) return std::move(rest).error();
    if (rest->options.empty()) break;
    all.options.insert(all.options.end(), rest->options.begin(), rest->options.end());
    all.operands.resize(1);
    all.operands.insert(all.operands.end(), rest->operands.begin(), rest->operands.end());
  }
  if (all.operands.size() != 1) return Error(ErrorKind::kUsage, "one file is wanted");
  return all;
}

// An engine with the features and limits of -W.
Result<Engine> EngineFor(const CommandLine& line) {
  Config config;
  if (Result<void> applied = ApplyEngineSettings(line, &config); !applied.ok()) return std::move(applied).error();
  return Engine::Create(config);
}

// The binary of a file of either format, a module or a component.
Result<std::string> ReadBinary(const Engine& engine, const std::string& path) {
  Result<std::string> content = ReadInput(path);
  if (!content.ok()) return content;
  const InputKind kind = DetectKind(*content);
  if (kind == InputKind::kCoreBinary || kind == InputKind::kComponentBinary) return content;
  Result<std::vector<uint8_t>> binary = IsComponent(kind) ? TextToComponent(engine, *content)
                                                          : TextToBinary(engine, *content);
  if (!binary.ok()) return std::move(binary.error().In(path));
  return std::string(binary->begin(), binary->end());
}

// To a file, or to standard output for "-".
Result<void> Write(const std::string& path, std::string_view bytes) {
  if (path == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    if (std::fflush(stdout) != 0) return Error(ErrorKind::kIo, "cannot write to standard output");
    return {};
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Error(ErrorKind::kIo, "cannot write `" + path + "`");
  return {};
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
  return Write(line.Last("output").value_or("-"), *text);
}

Result<void> Parse(const CommandLine& line) {
  Result<Engine> engine = EngineFor(line);
  if (!engine.ok()) return std::move(engine).error();
  Result<std::string> binary = ReadBinary(*engine, line.operands.front());
  if (!binary.ok()) return std::move(binary).error();
  return Write(line.Last("output").value_or("-"), *binary);
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

template <Result<void> (*kDo)(const CommandLine&)>
int RunText(const Command& command, const CommandLine& line) {
  const Result<CommandLine> all = OneFile(command, line);
  if (!all.ok()) return ReportUsage(command.name, all.error());
  const Result<void> done = kDo(*all);
  if (done.ok()) return 0;
  return done.error().kind() == ErrorKind::kUsage ? ReportUsage(command.name, done.error()) : ReportError(done.error());
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
    .run = RunText<Print>,
};

const Command kParseCommand = {
    .name = "parse",
    .usage = "FILE [OPTIONS]",
    .summary = "turn a module or a component in the text format into binary",
    .examples = "  cvm-run parse app.wat -o app.wasm\n",
    .options = kParseOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunText<Parse>,
};

const Command kObjdumpCommand = {
    .name = "objdump",
    .usage = "FILE [OPTIONS]",
    .summary = "print the register code of a module beside its instructions",
    .examples = "  cvm-run objdump app.wasm --func 3\n",
    .options = kObjdumpOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunText<Objdump>,
};

}  // namespace cvm::run
