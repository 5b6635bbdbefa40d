// FakeClock: the Clock of tests. Time stands still until Advance; with kAutoAdvance a reactor that would have to sleep
// moves it to the next deadline instead, so that guests that sleep run at once. One thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "wasi/os/clock.hpp"

namespace cvm::wasi {

class FakeClock final : public Clock {
 public:
  enum class Mode { kManual, kAutoAdvance };

  explicit FakeClock(Mode mode = Mode::kManual, uint64_t monotonic = 1'000, WallTime wall = {1'700'000'000, 0})
      : mode_(mode), monotonic_(monotonic), wall_(wall) {}

  // Moves both clocks on; the monotonic one stops at its largest value instead of wrapping.
  void Advance(uint64_t nanoseconds) {
    const uint64_t room = std::numeric_limits<uint64_t>::max() - monotonic_;
    if (nanoseconds > room) nanoseconds = room;
    monotonic_ += nanoseconds;
    const uint64_t nanos = wall_.nanoseconds + nanoseconds % 1'000'000'000;
    wall_.seconds += static_cast<int64_t>(nanoseconds / 1'000'000'000 + nanos / 1'000'000'000);
    wall_.nanoseconds = static_cast<uint32_t>(nanos % 1'000'000'000);
  }
  void SetWall(WallTime wall) { wall_ = wall; }
  void SetZone(ZoneInfo zone, std::optional<std::string> iana) { zone_ = std::move(zone), iana_ = std::move(iana); }

  uint64_t MonotonicNow() override { return monotonic_; }
  uint64_t MonotonicResolution() override { return 1; }
  WallTime WallNow() override { return wall_; }
  uint64_t WallResolution() override { return 1; }
  ZoneInfo LocalZone(const WallTime&) override { return zone_; }
  std::optional<std::string> IanaZone() override { return iana_; }

  bool IsRealTime() const override { return false; }
  bool AdvanceTo(uint64_t deadline) override {
    if (mode_ == Mode::kManual || deadline == std::numeric_limits<uint64_t>::max()) return false;
    if (deadline > monotonic_) Advance(deadline - monotonic_);
    return true;
  }

 private:
  Mode mode_;
  uint64_t monotonic_;
  WallTime wall_;
  ZoneInfo zone_;
  std::optional<std::string> iana_;
};

}  // namespace cvm::wasi
