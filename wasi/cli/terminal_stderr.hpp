// wasi:cli/terminal-stderr: whether standard error is a terminal, as the embedder's stream says. Immutable.
#pragma once

#include <optional>

#include "gen/wasi/cli/terminal_stderr.hpp"

namespace cvm::wasi {

class HostTerminalStderr final : public cli::TerminalStderr {
 public:
  explicit HostTerminalStderr(bool is_terminal) : is_terminal_(is_terminal) {}

  Result<std::optional<Own<cli::terminal_output::TerminalOutput>>> GetTerminalStderr() override;

 private:
  bool is_terminal_;
};

}  // namespace cvm::wasi
