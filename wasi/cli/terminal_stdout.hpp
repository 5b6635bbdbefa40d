// wasi:cli/terminal-stdout: whether standard output is a terminal, as the embedder's stream says. Immutable.
#pragma once

#include <optional>

#include "gen/wasi/cli/terminal_stdout.hpp"

namespace cvm::wasi {

class HostTerminalStdout final : public cli::TerminalStdout {
 public:
  explicit HostTerminalStdout(bool is_terminal) : is_terminal_(is_terminal) {}

  Result<std::optional<Own<cli::terminal_output::TerminalOutput>>> GetTerminalStdout() override;

 private:
  bool is_terminal_;
};

}  // namespace cvm::wasi
