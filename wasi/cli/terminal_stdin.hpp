// wasi:cli/terminal-stdin: whether standard input is a terminal, as the embedder's stream says. Immutable.
#pragma once

#include <optional>

#include "gen/wasi/cli/terminal_stdin.hpp"

namespace cvm::wasi {

class HostTerminalStdin final : public cli::TerminalStdin {
 public:
  explicit HostTerminalStdin(bool is_terminal) : is_terminal_(is_terminal) {}

  Result<std::optional<Own<cli::terminal_input::TerminalInput>>> GetTerminalStdin() override;

 private:
  bool is_terminal_;
};

}  // namespace cvm::wasi
