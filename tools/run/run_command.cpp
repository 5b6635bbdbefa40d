// cvm-run run: runs a module or a component, or calls one of its functions.
#include <array>
#include <cstdio>
#include <optional>

#include "cvm/linker.hpp"
#include "cvm/wasi.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/component_run.hpp"
#include "tools/run/core_values.hpp"
#include "tools/run/input.hpp"
#include "tools/run/module_input.hpp"
#include "tools/run/report.hpp"
#include "tools/run/settings.hpp"
#include "tools/run/wasi_options.hpp"

namespace cvm::run {
namespace {

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"invoke", 0, "NAME",
     "call this export: of a module with the words after FILE, of a component as 'name(\"x\", 1)'"},
    {"dir", 0, "HOST[::GUEST[::ro|rw]]", "open a directory to the guest, under the name GUEST"},
    {"env", 0, "NAME[=VAL]", "set a variable of the guest; without =VAL to the value that it has here"},
    {"link", 0, "NAME=FILE", "a component whose exports meet imports of the ones after it; it has no -S, --dir, --env"},
    {"argv0", 0, "NAME", "the guest's argument 0, instead of the name of FILE"},
    {"wasm", 'W', "KEY[=VAL],..", "switch features, set limits; -W help lists them"},
    {"wasi", 'S', "KEY[=VAL],..", "what WASI gives the guest; -S help lists it"},
    {"optimize", 'O', "KEY[=VAL],..", "accepted for compatibility; means nothing here"},
    {"codegen", 'C', "KEY[=VAL],..", "accepted for compatibility; means nothing here"},
    {"help", 'h', "", "print this help"},
});

// Calls the function and prints its results, one a line.
Result<void> Invoke(const Instance& instance, const std::string& name, std::span<const std::string> words) {
  const Result<Func> func = instance.GetFunc(name);
  if (!func.ok()) return func.error();
  const Result<std::vector<Val>> args = ParseArguments(func->signature(), words);
  if (!args.ok()) return args.error();
  Result<std::vector<Val>> results = func->Call(*args);
  if (!results.ok()) return std::move(results).error();
  for (const Val& result : *results) std::printf("%s\n", ToString(result).c_str());
  return {};
}

// What a core module does when it is run: a reactor's `_initialize`, then the default function of a command.
Result<void> RunExports(const Instance& instance, const std::optional<std::string>& invoke,
                        std::span<const std::string> words) {
  if (instance.Has("_initialize")) {
    if (Result<void> done = Invoke(instance, "_initialize", {}); !done.ok()) return done;
  }
  if (invoke.has_value()) {
    Result<void> done = Invoke(instance, *invoke, words);
    if (!done.ok()) return std::move(done.error().In("failed to invoke `" + *invoke + "`"));
    return {};
  }
  for (const char* name : {"", "_start"}) {
    if (!instance.Has(name)) continue;
    Result<void> done = Invoke(instance, name, {});
    if (!done.ok()) return std::move(done.error().In("failed to invoke `" + std::string(name) + "`"));
    return {};
  }
  return {};
}

// A core module of preview 1, or one that needs nothing.
Result<int> RunCore(const CommandLine& line, const Engine& engine, const RunLimits& limits,
                    const wasi::WasiConfig& wasi_config, const std::string& content) {
  Result<Module> module = LoadCoreModule(engine, content);
  if (!module.ok()) return std::move(module).error();
  const Result<std::shared_ptr<wasi::WasiContext>> context = wasi::WasiContext::Create(wasi_config);
  if (!context.ok()) return context.error();
  Store store(engine, limits.store);
  limits.metering.ApplyTo(store);
  Linker linker(engine);
  if (Result<void> added = wasi::AddPreview1(linker, *context); !added.ok()) return std::move(added).error();
  Result<Instance> instance = linker.Instantiate(store, *module);
  if (!instance.ok()) return std::move(instance.error().In("failed to instantiate"));
  Result<void> done = RunExports(*instance, line.Last("invoke"), std::span(line.operands).subspan(1));
  if (!done.ok()) return std::move(done).error();
  return 0;
}

// --link NAME=FILE
Result<std::vector<ComponentLink>> ReadLinks(const CommandLine& line) {
  std::vector<ComponentLink> links;
  for (const std::string& link : line.All("link")) {
    const size_t equals = link.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Error(ErrorKind::kUsage, "--link takes NAME=FILE, not `" + link + "`");
    }
    Result<std::string> content = ReadInput(link.substr(equals + 1));
    if (!content.ok()) return std::move(content).error();
    if (!IsComponent(DetectKind(*content))) {
      return Error(ErrorKind::kUsage, "--link is for components, and `" + link.substr(equals + 1) + "` is none");
    }
    links.push_back({link.substr(0, equals), *std::move(content)});
  }
  return links;
}

int Run(const Command& command, const CommandLine& line) {
  if (line.operands.empty()) return ReportUsage(command.name, Error(ErrorKind::kUsage, "no file was given"));
  const std::string& path = line.operands.front();
  Config config;
  RunLimits limits;
  if (const Result<void> applied = ApplyWasmSettings(line, &config, &limits); !applied.ok()) {
    return ReportUsage(command.name, applied.error());
  }
  limits.metering.ApplyTo(&config);
  Result<wasi::WasiConfig> wasi_config = MakeWasiConfig(line, path);
  if (!wasi_config.ok()) return ReportUsage(command.name, wasi_config.error());
  limits.metering.ApplyTo(&*wasi_config);
  if (line.Has("optimize") || line.Has("codegen")) {
    std::fputs("warning: -O and -C are for compilers; cvm interprets, and ignores them\n", stderr);
  }
  const Result<Engine> engine = Engine::Create(config);
  if (!engine.ok()) return ReportError(engine.error());
  const Result<std::string> content = ReadInput(path);
  if (!content.ok()) return ReportError(content.error());
  Result<std::vector<ComponentLink>> links = ReadLinks(line);
  if (!links.ok()) return ReportUsage(command.name, links.error());
  if (!links->empty() && !IsComponent(DetectKind(*content))) {
    return ReportUsage(command.name, Error(ErrorKind::kUsage, "--link is for components, and `" + path + "` is none"));
  }
  Result<int> code =
      IsComponent(DetectKind(*content))
          ? RunComponent({*engine, limits, *wasi_config, line.Last("invoke"), *std::move(links)}, *content)
          : RunCore(line, *engine, limits, *wasi_config, *content);
  if (code.ok()) return *code;
  return ReportError(limits.metering.Explain(code.error()).In("failed to run main module `" + path + "`"));
}

}  // namespace

const Command kRunCommand = {
    .name = "run",
    .usage = "[OPTIONS] FILE [ARGS...]",
    .summary = "run a module or a component; may be left out",
    .examples =
        "  cvm-run --invoke add add.wat 1 2\n"
        "  cvm-run -W max-memory-size=0x1000000 app.wasm\n",
    .options = kOptions,
    .wasm_settings = WasmSettings,
    .wasi_settings = WasiSettings,
    .run = Run,
};

}  // namespace cvm::run
