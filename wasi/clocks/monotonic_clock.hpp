// wasi:clocks/monotonic-clock over a Clock; its pollables are timers of the reactor. Both are used, not owned. One
// thread, that of the reactor.
#pragma once

#include "gen/wasi/clocks/monotonic_clock.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostMonotonicClock final : public clocks::MonotonicClock {
 public:
  explicit HostMonotonicClock(Reactor& reactor) : reactor_(reactor) {}

  Result<uint64_t> Now() override;
  Result<uint64_t> Resolution() override;
  // An instant that has passed is ready at once; the largest one is never (security row HST-05).
  Result<Own<Pollable>> SubscribeInstant(uint64_t when) override;
  Result<Own<Pollable>> SubscribeDuration(uint64_t when) override;

 private:
  Reactor& reactor_;
};

}  // namespace cvm::wasi
