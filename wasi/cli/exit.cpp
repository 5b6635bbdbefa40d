#include "wasi/cli/exit.hpp"

#include <string>

namespace cvm::wasi {
namespace {

Error ExitError(int code) {
  return Error(ErrorKind::kExit, "exit with code " + std::to_string(code)).WithExitCode(code);
}

}  // namespace

Result<void> HostExit::Exit_(const WitResult<>& status) { return ExitError(status.ok() ? 0 : 1); }

Result<void> HostExit::ExitWithCode(uint8_t status_code) { return ExitError(status_code); }

}  // namespace cvm::wasi
