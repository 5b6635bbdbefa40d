#include "wasi/io/poll.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "test/wasi/support/loop.hpp"

namespace cvm::wasi {
namespace {

using WitPollable = io::poll::Pollable;

struct Polling : Loop {
  using Loop::Loop;
  HostPollable After(uint64_t nanoseconds) { return HostPollable(*reactor, reactor->After(nanoseconds)); }
  HostPoll poll{*reactor};
};

TEST_CASE("pollable: ready and block") {
  Polling loop;
  HostPollable timer = loop.After(5);
  CHECK_FALSE(timer.Ready().value());
  CHECK(loop.Finish(timer.Block()).ok());
  CHECK(loop.suspensions == 1);
  CHECK(timer.Ready().value());
  CHECK(loop.clock.MonotonicNow() == 1'005);
  CHECK(loop.Finish(timer.Block()).ok());
  CHECK(loop.suspensions == 0);
}

TEST_CASE("poll answers the indices of all that are ready, duplicates too") {
  Polling loop;
  HostPollable early = loop.After(2);
  HostPollable late = loop.After(UINT64_MAX);
  HostPollable past = loop.After(0);
  const std::vector<Borrow<WitPollable>> some = {late, past};
  CHECK(loop.Do(loop.poll.Poll_(some)) == std::vector<uint32_t>{1});
  const std::vector<Borrow<WitPollable>> wait = {early, late, early};
  CHECK(loop.Do(loop.poll.Poll_(wait)) == std::vector<uint32_t>{0, 2});
  CHECK(loop.suspensions == 1);
}

TEST_CASE("max-poll-entries: at the limit and one past it; a poll of nothing traps (HST-02)") {
  Polling loop;
  const Result<std::vector<uint32_t>> empty = loop.Finish(loop.poll.Poll_({}));
  REQUIRE_FALSE(empty.ok());
  CHECK(empty.error().kind() == ErrorKind::kTrap);

  HostPoll small(*loop.reactor, 3);
  HostPollable past = loop.After(0);
  std::vector<Borrow<WitPollable>> list(3, past);
  CHECK(loop.Do(small.Poll_(list)).size() == 3);
  list.emplace_back(past);
  CHECK(loop.Finish(small.Poll_(list)).error().kind() == ErrorKind::kTrap);
}

TEST_CASE("poll of a million entries (HST-02)") {
  Polling loop;
  HostPollable timer = loop.After(1'000);
  const std::vector<Borrow<WitPollable>> list(1'000'000, timer);
  CHECK(loop.Do(loop.poll.Poll_(list)).size() == list.size());
}

TEST_CASE("a poll that is given up leaves nothing behind") {
  Polling loop;
  HostPollable timer = loop.After(1'000);
  {
    const std::vector<Borrow<WitPollable>> list = {timer};
    auto call = loop.poll.Poll_(list);
    REQUIRE_FALSE(call.ready());
    call.suspension().waiter->Start([] { FAIL("woken after its end"); });
    CHECK(loop.reactor->armed_timers() == 1);
  }
  CHECK(loop.reactor->armed_timers() == 0);
  loop.clock.Advance(2'000);
  loop.reactor->Turn(0);
}

TEST_CASE("a pollable of somebody else is the embedder's mistake") {
  struct Foreign final : WitPollable {
    Result<bool> Ready() override { return true; }
    Pending<void> Block() override { return {}; }
  };
  Polling loop;
  Foreign foreign;
  const std::vector<Borrow<WitPollable>> list = {foreign};
  CHECK(loop.Finish(loop.poll.Poll_(list)).error().kind() == ErrorKind::kUsage);
}

}  // namespace
}  // namespace cvm::wasi
