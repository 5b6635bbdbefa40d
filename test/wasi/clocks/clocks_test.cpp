#include <catch2/catch.hpp>

#include "test/wasi/support/loop.hpp"
#include "wasi/clocks/monotonic_clock.hpp"
#include "wasi/clocks/timezone.hpp"
#include "wasi/clocks/wall_clock.hpp"

namespace cvm::wasi {
namespace {

using clocks::wall_clock::Datetime;

TEST_CASE("monotonic-clock: now, resolution, timers") {
  Loop loop;
  HostMonotonicClock clock(*loop.reactor);
  CHECK(clock.Now().value() == 1'000);
  CHECK(clock.Resolution().value() == 1);
  auto instant = clock.SubscribeInstant(3'000).value();
  auto duration = clock.SubscribeDuration(1'500).value();
  CHECK_FALSE(instant->Ready().value());
  CHECK(loop.Finish(duration->Block()).ok());
  CHECK(clock.Now().value() == 2'500);
  CHECK_FALSE(instant->Ready().value());
  CHECK(loop.Finish(instant->Block()).ok());
  CHECK(clock.Now().value() == 3'000);
}

TEST_CASE("durations of 0, 1 and 2^64-1 (HST-05)") {
  Loop loop(FakeClock::Mode::kManual);
  HostMonotonicClock clock(*loop.reactor);
  CHECK(clock.SubscribeDuration(0).value()->Ready().value());
  CHECK(clock.SubscribeInstant(0).value()->Ready().value());
  auto one = clock.SubscribeDuration(1).value();
  auto longest = clock.SubscribeDuration(UINT64_MAX).value();
  auto last = clock.SubscribeInstant(UINT64_MAX).value();
  CHECK_FALSE(one->Ready().value());
  loop.clock.Advance(1);
  CHECK(one->Ready().value());
  loop.clock.Advance(UINT64_MAX / 2);
  CHECK_FALSE(longest->Ready().value());
  CHECK_FALSE(last->Ready().value());
}

TEST_CASE("wall-clock") {
  FakeClock fake(FakeClock::Mode::kManual, 0, WallTime{1'234'567'890, 5});
  HostWallClock clock(fake);
  CHECK(clock.Now().value() == Datetime{1'234'567'890, 5});
  CHECK(clock.Resolution().value() == Datetime{0, 1});
  fake.SetWall({-1, 0});
  CHECK(clock.Now().error().kind() == ErrorKind::kTrap);
}

TEST_CASE("timezone") {
  FakeClock fake;
  fake.SetZone({7'200, "CEST", true}, "Europe/Vienna");
  HostTimezone zone(fake);
  const auto display = zone.Display(Datetime{0, 0}).value();
  CHECK(display.utc_offset == 7'200);
  CHECK(display.name == "CEST");
  CHECK(display.in_daylight_saving_time);
  CHECK(zone.UtcOffset(Datetime{0, 0}).value() == 7'200);
  // What is no time has no zone.
  for (const Datetime& bad : {Datetime{UINT64_MAX, 0}, Datetime{0, 1'000'000'000}}) {
    CHECK(zone.UtcOffset(bad).value() == 0);
    CHECK(zone.Display(bad).value().name == "UTC");
  }
}

}  // namespace
}  // namespace cvm::wasi
