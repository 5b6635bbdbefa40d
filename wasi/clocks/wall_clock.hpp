// wasi:clocks/wall-clock over a Clock, which is used, not owned. As thread-safe as that.
#pragma once

#include "gen/wasi/clocks/wall_clock.hpp"
#include "wasi/os/clock.hpp"

namespace cvm::wasi {

class HostWallClock final : public clocks::WallClock {
 public:
  explicit HostWallClock(Clock& clock) : clock_(clock) {}

  // A clock that stands before 1970 cannot be told in a datetime: a trap.
  Result<clocks::wall_clock::Datetime> Now() override;
  Result<clocks::wall_clock::Datetime> Resolution() override;

 private:
  Clock& clock_;
};

}  // namespace cvm::wasi
