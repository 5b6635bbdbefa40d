#include <unistd.h>

#include "wasi/os/unique_fd.hpp"

namespace cvm::wasi {

void UniqueFd::Reset(int fd) {
  // Not retried on EINTR: on Linux the descriptor is gone either way, and its number may already be someone else's.
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

}  // namespace cvm::wasi
