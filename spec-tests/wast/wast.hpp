// Runs scripts of the official test suites (.wast): modules, invocations and assertions. The interface is of standard types, so
// that the command line tool, which sees public headers alone, can use it.
//
// Everything a script defines lives in a store of its own; a script cannot disturb the next. Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/engine.hpp"

namespace cvm::wast {

struct Failure {
  uint32_t line = 0;
  std::string what;
};

// Counts are of assertions; a command that is none (module, register, invoke) counts only where it fails.
struct Report {
  uint64_t passed = 0;
  uint64_t failed = 0;
  uint64_t skipped = 0;
  std::vector<Failure> failures;
};

// Runs the script. A script whose text cannot be lexed is one failure.
Report RunScript(std::string_view script, const Config& config);

// Which features a file of the official suite was written for follows from its folder; `path` decides.
Config ConfigForPath(std::string_view path);

}  // namespace cvm::wast
