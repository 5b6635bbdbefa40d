#include "wasi/cli/terminal_stdin.hpp"

#include <memory>

#include "wasi/cli/terminal_input.hpp"

namespace cvm::wasi {

Result<std::optional<Own<cli::terminal_input::TerminalInput>>> HostTerminalStdin::GetTerminalStdin() {
  std::optional<Own<cli::terminal_input::TerminalInput>> terminal;
  if (is_terminal_) terminal.emplace(std::make_unique<HostTerminalInputResource>());
  return terminal;
}

}  // namespace cvm::wasi
