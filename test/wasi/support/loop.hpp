// An event loop over a fake clock for the tests of WASI 0.2, and the calls of the interfaces run to their end in it.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cvm/bind.hpp"
#include "wasi/os/fake_clock.hpp"
#include "wasi/reactor/reactor.hpp"
#include "wasi/reactor/thread_pool.hpp"

namespace cvm::wasi {

struct Loop {
  explicit Loop(FakeClock::Mode mode = FakeClock::Mode::kAutoAdvance) : clock(mode) {
    auto made = Reactor::Create(clock, pool);
    REQUIRE(made.ok());
    reactor = *std::move(made);
  }

  // Answers what the call comes to. `suspensions` counts how often it had to wait.
  template <class R>
  Result<R> Finish(Pending<R> call) {
    suspensions = 0;
    while (!call.ready()) {
      ++suspensions;
      auto suspension = std::move(call.suspension());
      bool woken = false;
      suspension.waiter->Start([&woken] { woken = true; });
      REQUIRE_FALSE(woken);
      while (!woken) reactor->Turn(kForever);
      call = suspension.resume();
    }
    return std::move(call).result();
  }
  // The same for calls of which the host must make no error.
  template <class R>
  R Do(Pending<R> call) {
    return Finish(std::move(call)).value();
  }

  FakeClock clock;
  ThreadPool pool{1};
  std::unique_ptr<Reactor> reactor;
  int suspensions = 0;
};

inline std::span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string AsText(const std::vector<uint8_t>& bytes) { return std::string(bytes.begin(), bytes.end()); }

}  // namespace cvm::wasi
