// wasi:cli/terminal-output: a resource that says "this is a terminal" by being there. The interface has no functions
// yet. Stateless.
#pragma once

#include "gen/wasi/cli/terminal_output.hpp"

namespace cvm::wasi {

class HostTerminalOutput final : public cli::TerminalOutput {};

class HostTerminalOutputResource final : public cli::terminal_output::TerminalOutput {};

}  // namespace cvm::wasi
