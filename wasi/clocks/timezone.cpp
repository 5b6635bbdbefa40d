#include "wasi/clocks/timezone.hpp"

namespace cvm::wasi {

using clocks::timezone::Datetime;
using clocks::timezone::TimezoneDisplay;

ZoneInfo HostTimezone::ZoneAt(const Datetime& when) const {
  const auto time = WallTime::FromUnsigned(when.seconds, when.nanoseconds);
  return time.ok() ? clock_.LocalZone(*time) : ZoneInfo();
}

Result<TimezoneDisplay> HostTimezone::Display(const Datetime& when) {
  ZoneInfo zone = ZoneAt(when);
  return TimezoneDisplay{zone.utc_offset_seconds, std::move(zone.name), zone.in_daylight_saving_time};
}

Result<int32_t> HostTimezone::UtcOffset(const Datetime& when) { return ZoneAt(when).utc_offset_seconds; }

}  // namespace cvm::wasi
