// Writing to descriptors whose reader may be gone. Only posix_*.cpp files of wasi/os include this.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

namespace cvm::wasi {

// write(2) that answers EPIPE without raising SIGPIPE, whatever the process does about that signal: no guest may end
// the process by writing to a pipe (security row HST-06). Retries on EINTR.
ssize_t WriteWithoutSigpipe(int fd, std::span<const uint8_t> bytes);

}  // namespace cvm::wasi
