#include "wasi/clocks/wall_clock.hpp"

#include "vm/base/try.hpp"

namespace cvm::wasi {

using clocks::wall_clock::Datetime;

Result<Datetime> HostWallClock::Now() {
  const WallTime now = clock_.WallNow();
  const auto seconds = now.UnsignedSeconds();
  if (!seconds.ok()) return TrapError("wall-clock.now: the clock stands before 1970");
  return Datetime{*seconds, now.nanoseconds};
}

Result<Datetime> HostWallClock::Resolution() {
  constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;
  const uint64_t resolution = clock_.WallResolution();
  return Datetime{resolution / kNanosecondsPerSecond, static_cast<uint32_t>(resolution % kNanosecondsPerSecond)};
}

}  // namespace cvm::wasi
