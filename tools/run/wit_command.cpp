// cvm-run wit: prints the world of a component, as far as its binary says.
#include <array>
#include <cstdio>

#include "tools/run/commands.hpp"
#include "tools/run/component_run.hpp"
#include "tools/run/input.hpp"
#include "tools/run/module_input.hpp"
#include "tools/run/report.hpp"

namespace cvm::run {
namespace {

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"help", 'h', "", "print this help"},
});

Result<std::string> WorldOf(const std::string& path) {
  const Result<std::string> content = ReadInput(path);
  if (!content.ok()) return content.error();
  if (!IsComponent(DetectKind(*content))) return Error(ErrorKind::kUsage, "`" + path + "` is not a component");
  Result<Component> component = LoadComponent(Engine(), *content);
  if (!component.ok()) return std::move(component.error().In("failed to load `" + path + "`"));
  return WorldText(component->imports(), component->exports());
}

int RunWit(const Command& command, const CommandLine& line) {
  if (line.operands.size() != 1) return ReportUsage(command.name, Error(ErrorKind::kUsage, "one file is wanted"));
  const Result<std::string> text = WorldOf(line.operands.front());
  if (!text.ok()) return ReportError(text.error());
  std::fputs(text->c_str(), stdout);
  return 0;
}

}  // namespace

const Command kWitCommand = {
    .name = "wit",
    .usage = "FILE",
    .summary = "print the world of a component: what it imports and exports",
    .examples = "  cvm-run wit app.wasm\n",
    .options = kOptions,
    .wasm_settings = nullptr,
    .wasi_settings = nullptr,
    .run = RunWit,
};

}  // namespace cvm::run
