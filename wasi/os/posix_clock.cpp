#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <string_view>

#include "wasi/os/clock.hpp"

namespace cvm::wasi {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;

uint64_t Nanoseconds(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * kNanosPerSecond + static_cast<uint64_t>(time.tv_nsec);
}

uint64_t Resolution(clockid_t id) {
  timespec resolution{};
  if (::clock_getres(id, &resolution) != 0) return 1;
  return Nanoseconds(resolution);
}

class SystemClock final : public Clock {
 public:
  // localtime_r need not look at TZ itself (POSIX), so it is done once here.
  SystemClock() { ::tzset(); }

  uint64_t MonotonicNow() override {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return Nanoseconds(now);
  }
  uint64_t MonotonicResolution() override { return Resolution(CLOCK_MONOTONIC); }

  WallTime WallNow() override {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return WallTime{now.tv_sec, static_cast<uint32_t>(now.tv_nsec)};
  }
  uint64_t WallResolution() override { return Resolution(CLOCK_REALTIME); }

  ZoneInfo LocalZone(const WallTime& when) override {
    const time_t seconds = when.seconds;
    tm local{};
    // Fails for years that an int does not hold; such times are answered in UTC.
    if (::localtime_r(&seconds, &local) == nullptr) return ZoneInfo{};
    ZoneInfo zone;
    zone.utc_offset_seconds = static_cast<int32_t>(local.tm_gmtoff);
    if (local.tm_zone != nullptr && *local.tm_zone != '\0') zone.name = local.tm_zone;
    zone.in_daylight_saving_time = local.tm_isdst > 0;
    return zone;
  }

  std::optional<std::string> IanaZone() override {
    const char* variable = ::getenv("TZ");
    if (variable != nullptr) {
      std::string_view name = variable;
      if (name.starts_with(':')) name.remove_prefix(1);
      // Of TZ's two forms only a zone file's name is IANA's: "CET-1CEST" and absolute paths are not.
      if (name == "UTC" || (name.find('/') != name.npos && !name.starts_with('/') && name.find(',') == name.npos)) {
        return std::string(name);
      }
      return std::nullopt;
    }
    char target[PATH_MAX];
    const ssize_t length = ::readlink("/etc/localtime", target, sizeof(target));
    if (length <= 0) return std::nullopt;
    const std::string_view path(target, static_cast<size_t>(length));
    constexpr std::string_view kFolder = "zoneinfo/";
    const size_t at = path.find(kFolder);
    if (at == path.npos) return std::nullopt;
    std::string_view name = path.substr(at + kFolder.size());
    if (name == "Etc/UTC") name = "UTC";
    return std::string(name);
  }
};

}  // namespace

std::unique_ptr<Clock> MakeSystemClock() { return std::make_unique<SystemClock>(); }

}  // namespace cvm::wasi
