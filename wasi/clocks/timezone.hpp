// wasi:clocks/timezone over a Clock, which is used, not owned. As thread-safe as that. A datetime that is none (10⁹
// nanoseconds or more, seconds past 2⁶³) is answered with UTC, as the interface does for zones it cannot tell.
#pragma once

#include "gen/wasi/clocks/timezone.hpp"
#include "wasi/os/clock.hpp"

namespace cvm::wasi {

class HostTimezone final : public clocks::Timezone {
 public:
  explicit HostTimezone(Clock& clock) : clock_(clock) {}

  Result<clocks::timezone::TimezoneDisplay> Display(const clocks::timezone::Datetime& when) override;
  Result<int32_t> UtcOffset(const clocks::timezone::Datetime& when) override;

 private:
  ZoneInfo ZoneAt(const clocks::timezone::Datetime& when) const;

  Clock& clock_;
};

}  // namespace cvm::wasi
