// wasi:cli/exit: ends the guest's run with an Error of kind kExit, which unwinds to whoever called it. Stateless.
#pragma once

#include "gen/wasi/cli/exit.hpp"

namespace cvm::wasi {

class HostExit final : public cli::Exit {
 public:
  Result<void> Exit_(const WitResult<>& status) override;
  Result<void> ExitWithCode(uint8_t status_code) override;
};

}  // namespace cvm::wasi
