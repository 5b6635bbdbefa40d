// Clock: the seam to the clocks of the machine: a monotonic one in nanoseconds, the wall clock, the local time zone.
//
// One Clock serves any number of stores and threads: the members of SystemClock are pure look-ups. FakeClock
// (fake_clock.hpp) is the twin for tests, in which time stands still until it is told to move.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

// A point of wall-clock time: seconds since 1970-01-01T00:00Z (negative before it) and nanoseconds after that second.
struct WallTime {
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;  // < 10⁹

  bool operator==(const WallTime&) const = default;

  // From WASI 0.2's record (unsigned seconds). kInvalid for nanoseconds of 10⁹ or more, kOverflow above 2⁶³-1 seconds.
  static OsResult<WallTime> FromUnsigned(uint64_t seconds, uint32_t nanoseconds);
  // From preview 1's timestamp.
  static WallTime FromNanoseconds(uint64_t nanoseconds);
  // To WASI 0.2's unsigned seconds; kOverflow for times before 1970.
  OsResult<uint64_t> UnsignedSeconds() const;
  // To preview 1's timestamp; kOverflow before 1970 and from the year 2554 on.
  OsResult<uint64_t> ToNanoseconds() const;
};

// How the local time zone stands at one point of time.
struct ZoneInfo {
  int32_t utc_offset_seconds = 0;  // east of Greenwich is positive; |offset| < one day
  std::string name = "UTC";        // the abbreviation in force ("CEST")
  bool in_daylight_saving_time = false;
};

class Clock {
 public:
  virtual ~Clock() = default;

  // Nanoseconds since some fixed point; never goes back.
  virtual uint64_t MonotonicNow() = 0;
  virtual uint64_t MonotonicResolution() = 0;
  virtual WallTime WallNow() = 0;
  // In nanoseconds.
  virtual uint64_t WallResolution() = 0;
  virtual ZoneInfo LocalZone(const WallTime& when) = 0;
  // The IANA name of the local zone ("Europe/Vienna"), where the machine says so.
  virtual std::optional<std::string> IanaZone() = 0;

  // False for a clock that only moves when told to: then the reactor arms no timer of the machine.
  virtual bool IsRealTime() const { return true; }
  // Called by a reactor that has nothing else to do until `deadline` (monotonic): a virtual clock may jump there and
  // answer true.
  virtual bool AdvanceTo(uint64_t /*deadline*/) { return false; }
};

// The clocks of the operating system.
std::unique_ptr<Clock> MakeSystemClock();

}  // namespace cvm::wasi
