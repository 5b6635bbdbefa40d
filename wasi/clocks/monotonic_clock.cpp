#include "wasi/clocks/monotonic_clock.hpp"

#include <memory>

#include "wasi/io/poll.hpp"

namespace cvm::wasi {

Result<uint64_t> HostMonotonicClock::Now() { return reactor_.clock().MonotonicNow(); }

Result<uint64_t> HostMonotonicClock::Resolution() { return reactor_.clock().MonotonicResolution(); }

Result<Own<io::poll::Pollable>> HostMonotonicClock::SubscribeInstant(uint64_t when) {
  return Own<io::poll::Pollable>(std::make_unique<HostPollable>(reactor_, reactor_.At(when)));
}

Result<Own<io::poll::Pollable>> HostMonotonicClock::SubscribeDuration(uint64_t when) {
  return Own<io::poll::Pollable>(std::make_unique<HostPollable>(reactor_, reactor_.After(when)));
}

}  // namespace cvm::wasi
