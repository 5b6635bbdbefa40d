#include "wasi/os/clock.hpp"

#include <limits>

namespace cvm::wasi {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;

}  // namespace

OsResult<WallTime> WallTime::FromUnsigned(uint64_t seconds, uint32_t nanoseconds) {
  if (nanoseconds >= kNanosPerSecond) return FsError::kInvalid;
  if (seconds > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return FsError::kOverflow;
  return WallTime{static_cast<int64_t>(seconds), nanoseconds};
}

WallTime WallTime::FromNanoseconds(uint64_t nanoseconds) {
  return WallTime{static_cast<int64_t>(nanoseconds / kNanosPerSecond),
                  static_cast<uint32_t>(nanoseconds % kNanosPerSecond)};
}

OsResult<uint64_t> WallTime::UnsignedSeconds() const {
  if (seconds < 0) return FsError::kOverflow;
  return static_cast<uint64_t>(seconds);
}

OsResult<uint64_t> WallTime::ToNanoseconds() const {
  if (seconds < 0) return FsError::kOverflow;
  const uint64_t whole = static_cast<uint64_t>(seconds);
  if (whole > (std::numeric_limits<uint64_t>::max() - nanoseconds) / kNanosPerSecond) return FsError::kOverflow;
  return whole * kNanosPerSecond + nanoseconds;
}

}  // namespace cvm::wasi
