#include "wasi/cli/stderr.hpp"

#include "wasi/io/streams.hpp"

namespace cvm::wasi {

Result<Own<io::streams::OutputStream>> HostStderr::GetStderr() {
  return Own<io::streams::OutputStream>(std::make_unique<HostOutputStream>(reactor_, sink_));
}

}  // namespace cvm::wasi
