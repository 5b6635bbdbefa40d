// Running components: what `cvm-run run` does with one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/component.hpp"
#include "cvm/wasi.hpp"
#include "tools/run/settings.hpp"

namespace cvm::run {

// A component whose exports meet imports of those that come after it. It has nothing of what the main one may see: no
// arguments, no environment, no directories, no streams.
struct ComponentLink {
  std::string name;  // for messages
  std::string content;
};

// What a component is run with.
struct ComponentRun {
  const Engine& engine;
  const RunLimits& limits;
  const wasi::WasiConfig& wasi_config;
  std::optional<std::string> invoke;  // `name("x", 1)`, or a name alone
  std::vector<ComponentLink> links = {};
};

// A command's `run`, or the function to invoke, whose result goes to standard output in WAVE. The exit code: 1 if `run`
// answers an error.
Result<int> RunComponent(const ComponentRun& run, const std::string& content);

// A call in words, taken apart: `wasi:cli/run@0.2.0.run()` is the function `run` of the instance before its last point.
struct InvokeTarget {
  std::string function;   // "greet", "demo:greet/greet@0.1.0.hello", "demo:greet/greet#hello"
  std::string arguments;  // without the parentheses
};
Result<InvokeTarget> ParseInvoke(std::string_view text);

// The name that GetFunc takes. A bare name is looked for in all exports; several of that name are an error that lists
// them.
Result<std::string> ResolveExport(std::span<const std::string> exports, std::string_view function);

}  // namespace cvm::run
