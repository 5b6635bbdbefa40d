// cvm-run validate: reads modules and says whether they are valid.
#include <array>
#include <cstdio>

#include "cvm/module.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/input.hpp"
#include "tools/run/module_input.hpp"
#include "tools/run/report.hpp"
#include "tools/run/settings.hpp"

namespace cvm::run {
namespace {

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"wasm", 'W', "KEY[=VAL],..", "switch features, set limits; -W help lists them"},
    {"help", 'h', "", "print this help"},
});

int RunValidate(const Command& command, const CommandLine& line) {
  if (line.operands.empty()) return ReportUsage(command.name, Error(ErrorKind::kUsage, "no file was given"));
  Config config;
  if (const Result<void> applied = ApplyEngineSettings(line, &config); !applied.ok()) {
    return ReportUsage(command.name, applied.error());
  }
  const Result<Engine> engine = Engine::Create(config);
  if (!engine.ok()) return ReportError(engine.error());
  int exit_code = 0;
  for (const std::string& path : line.operands) {
    if (const Result<void> valid = Validate(*engine, path); !valid.ok()) exit_code = ReportError(valid.error());
  }
  return exit_code;
}

}  // namespace

const Command kValidateCommand = {
    .name = "validate",
    .usage = "[OPTIONS] FILE...",
    .summary = "check that modules are well-formed and valid",
    .examples =
        "  cvm-run validate app.wasm\n"
        "  cvm-run validate -W simd=n app.wat\n",
    .options = kOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunValidate,
};

}  // namespace cvm::run
