#include "wasi/cli/stdin.hpp"

namespace cvm::wasi {

Result<Own<io::streams::InputStream>> HostStdin::GetStdin() {
  return Own<io::streams::InputStream>(std::make_unique<HostInputStream>(reactor_, source_, max_read_));
}

}  // namespace cvm::wasi
