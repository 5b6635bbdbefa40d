// From errno to FsError, and the EINTR loop. Only the posix_*.cpp and linux_*.cpp files of wasi/os and wasi/reactor
// include this.
#pragma once

#include <cerrno>

#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

// The FsError for a value of errno; kIo for what has no case of its own.
FsError FsErrorFromErrno(int error);

inline FsError LastFsError() { return FsErrorFromErrno(errno); }

// Calls `call` again for as long as a signal interrupts it (-1 with EINTR).
template <class Call>
auto RetryOnEintr(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result == -1 && errno == EINTR);
  return result;
}

}  // namespace cvm::wasi
