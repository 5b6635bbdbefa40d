#include "wasi/cli/terminal_stderr.hpp"

#include <memory>

#include "wasi/cli/terminal_output.hpp"

namespace cvm::wasi {

Result<std::optional<Own<cli::terminal_output::TerminalOutput>>> HostTerminalStderr::GetTerminalStderr() {
  std::optional<Own<cli::terminal_output::TerminalOutput>> terminal;
  if (is_terminal_) terminal.emplace(std::make_unique<HostTerminalOutputResource>());
  return terminal;
}

}  // namespace cvm::wasi
