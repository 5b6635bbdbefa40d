// The subcommands of cvm-run, and what they share: the table in main.cpp names each with its options and its help.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tools/run/options.hpp"

namespace cvm::run {

struct Command {
  std::string_view name;
  std::string_view usage;     // what follows the name
  std::string_view summary;   // one line
  std::string_view examples;  // whole lines
  std::span<const OptionSpec> options;
  std::span<const SettingSpec> (*wasm_settings)();  // what -W takes; null: no -W
  std::span<const SettingSpec> (*wasi_settings)();  // what -S takes; null: no -S
  int (*run)(const Command& command, const CommandLine& line);
};

extern const Command kRunCommand;
extern const Command kWastCommand;
extern const Command kValidateCommand;
extern const Command kWitCommand;
extern const Command kComposeCommand;
extern const Command kPrintCommand;
extern const Command kParseCommand;
extern const Command kObjdumpCommand;

// Exit codes (bad usage, trap) that do not come from the guest.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitTrap = 134;  // 128 + SIGABRT, as wasmtime has it

}  // namespace cvm::run
