#include "wasi/cli/stdout.hpp"

#include "wasi/io/streams.hpp"

namespace cvm::wasi {

Result<Own<io::streams::OutputStream>> HostStdout::GetStdout() {
  return Own<io::streams::OutputStream>(std::make_unique<HostOutputStream>(reactor_, sink_));
}

}  // namespace cvm::wasi
