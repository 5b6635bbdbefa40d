#include "wasi/io/stream_source.hpp"

namespace cvm::wasi {

std::unique_ptr<Pollable> ByteStreamSource::Ready(Reactor& reactor) {
  if (source_.fd() < 0) return std::make_unique<ReadyPollable>(reactor);
  return reactor.ForFd(source_.fd(), Interest::kRead);
}

}  // namespace cvm::wasi
