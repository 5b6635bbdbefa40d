// wasi:cli/terminal-input: a resource that says "this is a terminal" by being there. The interface has no functions
// yet. Stateless.
#pragma once

#include "gen/wasi/cli/terminal_input.hpp"

namespace cvm::wasi {

class HostTerminalInput final : public cli::TerminalInput {};

class HostTerminalInputResource final : public cli::terminal_input::TerminalInput {};

}  // namespace cvm::wasi
