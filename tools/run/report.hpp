// Errors as the command prints them, on standard error:
//
//   Error: failed to run main module `app.wasm`
//
//   Caused by:
//       0: failed to invoke `_start`
//       1: integer divide by zero
//
//   wasm backtrace:
//       0: divide
//       1: _start
#pragma once

#include <string>
#include <string_view>

#include "cvm/result.hpp"

namespace cvm::run {

std::string FormatError(const Error& error);

// Prints the error and returns the exit code that it stands for: the guest's own, 134 for a trap, else 1.
int ReportError(const Error& error);

// Prints what is wrong with the command line, and where help is; returns 2.
int ReportUsage(std::string_view command, const Error& error);

}  // namespace cvm::run
