#include <errno.h>
#include <time.h>

#include <cstdlib>
#include <set>

#include "test/wasi/os/temp_dir.hpp"
#include "wasi/os/entropy.hpp"
#include "wasi/os/fake_clock.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/siphash.hpp"

namespace cvm::wasi {
namespace {

// Sets TZ for one test.
struct ZoneVariable {
  explicit ZoneVariable(const char* value) {
    if (const char* old = ::getenv("TZ")) old_ = old, had_ = true;
    ::setenv("TZ", value, 1);
  }
  ~ZoneVariable() {
    had_ ? ::setenv("TZ", old_.c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }
  std::string old_;
  bool had_ = false;
};

}  // namespace

TEST_CASE("The system's clocks") {
  auto clock = MakeSystemClock();
  const uint64_t first = clock->MonotonicNow();
  const uint64_t second = clock->MonotonicNow();
  CHECK(second >= first);
  CHECK(clock->MonotonicResolution() >= 1);
  CHECK(clock->WallResolution() >= 1);
  CHECK(clock->WallNow().seconds > 1'600'000'000);
  CHECK(clock->WallNow().nanoseconds < 1'000'000'000);
  CHECK(clock->IsRealTime());
  CHECK(!clock->AdvanceTo(0));
}

TEST_CASE("The local time zone at a point of time") {
  const ZoneVariable zone("CET-1CEST,M3.5.0,M10.5.0/3");
  auto clock = MakeSystemClock();
  const ZoneInfo winter = clock->LocalZone({1'704'067'200, 0});  // 2024-01-01
  CHECK(winter.utc_offset_seconds == 3'600);
  CHECK(winter.name == "CET");
  CHECK(!winter.in_daylight_saving_time);
  const ZoneInfo summer = clock->LocalZone({1'719'792'000, 0});  // 2024-07-01
  CHECK(summer.utc_offset_seconds == 7'200);
  CHECK(summer.name == "CEST");
  CHECK(summer.in_daylight_saving_time);
  CHECK(!clock->IanaZone().has_value());
  for (const int64_t seconds : {INT64_MIN, INT64_MAX, int64_t{-1}, int64_t{0}}) {
    const ZoneInfo info = clock->LocalZone({seconds, 0});
    CHECK(std::abs(info.utc_offset_seconds) < 86'400);
    CHECK(!info.name.empty());
  }
}

TEST_CASE("The name of the local zone") {
  {
    const ZoneVariable zone(":Europe/Vienna");
    CHECK(MakeSystemClock()->IanaZone() == "Europe/Vienna");
  }
  {
    const ZoneVariable zone("UTC");
    CHECK(MakeSystemClock()->IanaZone() == "UTC");
    CHECK(MakeSystemClock()->LocalZone({0, 0}).utc_offset_seconds == 0);
  }
  const ZoneVariable zone("/etc/secret");
  CHECK(!MakeSystemClock()->IanaZone().has_value());
}

TEST_CASE("FakeClock moves when told, and stops at the end") {
  FakeClock clock(FakeClock::Mode::kManual, 5, {100, 999'999'999});
  clock.Advance(2'000'000'001);
  CHECK(clock.MonotonicNow() == 2'000'000'006);
  CHECK(clock.WallNow() == WallTime{103, 0});
  CHECK(!clock.AdvanceTo(9'000'000'000));
  clock.Advance(UINT64_MAX);
  CHECK(clock.MonotonicNow() == UINT64_MAX);
  FakeClock automatic(FakeClock::Mode::kAutoAdvance, 5);
  CHECK(automatic.AdvanceTo(77));
  CHECK(automatic.MonotonicNow() == 77);
  CHECK(automatic.AdvanceTo(3));
  CHECK(automatic.MonotonicNow() == 77);
  CHECK(!automatic.AdvanceTo(UINT64_MAX));
  automatic.SetZone({3'600, "TST", true}, "Test/Zone");
  CHECK(automatic.LocalZone({0, 0}).name == "TST");
  CHECK(automatic.IanaZone() == "Test/Zone");
}

TEST_CASE("Entropy: the kernel's differs, the seeded one repeats") {
  auto system = MakeSystemEntropy();
  std::vector<uint8_t> one(100'000);
  std::vector<uint8_t> two(100'000);
  REQUIRE((system->Fill(one).ok() && system->Fill(two).ok()));
  CHECK(one != two);
  CHECK(std::set<uint8_t>(one.begin(), one.end()).size() == 256);
  CHECK(system->Fill({}).ok());
  CHECK(*system->Next() != *system->Next());

  SeededEntropy a(42);
  SeededEntropy b(42);
  SeededEntropy c(43);
  REQUIRE((a.Fill(one).ok() && b.Fill(two).ok()));
  CHECK(one == two);
  REQUIRE(c.Fill(two).ok());
  CHECK(one != two);
  CHECK(*a.Next() == *b.Next());
  SeededEntropy zero(0);
  CHECK(*zero.Next() != 0);
  // The stream is one of bytes, little-endian words of xoshiro256** seeded by splitmix64(1234567).
  SeededEntropy known(1234567);
  const uint64_t word = *known.Next();
  SeededEntropy same(1234567);
  uint8_t bytes[8];
  REQUIRE(same.Fill(bytes).ok());
  for (int i = 0; i < 8; ++i) CHECK(bytes[i] == static_cast<uint8_t>(word >> (8 * i)));
}

TEST_CASE("SipHash-2-4-128 against the reference vectors") {
  // Key 00..0f, message 00..(n-1): the first rows of the authors' vectors_sip128.
  std::array<uint8_t, 16> key;
  for (uint8_t i = 0; i < 16; ++i) key[i] = i;
  CHECK(SipHash128(key, {}) == std::array<uint64_t, 2>{0xe6a825ba047f81a3u, 0x930255c71472f66du});
  const uint8_t zero[] = {0};
  CHECK(SipHash128(key, zero) == std::array<uint64_t, 2>{0x44af996bd8c187dau, 0x45fc229b11597634u});
}

TEST_CASE("errno and FsError") {
  CHECK(FsErrorFromErrno(ENOENT) == FsError::kNoEntry);
  CHECK(FsErrorFromErrno(EXDEV) == FsError::kCrossDevice);
  CHECK(FsErrorFromErrno(ENOTSUP) == FsError::kUnsupported);
  CHECK(FsErrorFromErrno(EAGAIN) == FsError::kWouldBlock);
  CHECK(FsErrorFromErrno(EMFILE) == FsError::kInsufficientMemory);
  CHECK(FsErrorFromErrno(123'456) == FsError::kIo);
  std::set<std::string_view> names;
  for (int i = 0; i < kFsErrorCount; ++i) names.insert(FsErrorName(static_cast<FsError>(i)));
  CHECK(names.size() == kFsErrorCount);
  CHECK(names.count("") == 0);
  CHECK(FsErrorName(FsError::kAccess) == "access");
  CHECK(FsErrorName(FsError::kNoEntry) == "no-entry");
  CHECK(FsErrorName(FsError::kCrossDevice) == "cross-device");
}

TEST_CASE("The names of FsError are WIT's, in WIT's order") {
  const std::filesystem::path wit = std::filesystem::path(CVM_SUITES_DIR) / "wit/0.2.12/filesystem/types.wit";
  std::ifstream in(wit);
  if (!in) return;  // the suites are not here
  std::string line;
  while (std::getline(in, line) && line.find("enum error-code") == line.npos) {
  }
  int index = 0;
  while (std::getline(in, line) && line.find('}') == line.npos) {
    const size_t start = line.find_first_not_of(' ');
    if (start == line.npos || line[start] == '/') continue;
    REQUIRE(index < kFsErrorCount);
    CHECK(line.substr(start, line.find(',') - start) == FsErrorName(static_cast<FsError>(index++)));
  }
  CHECK(index == kFsErrorCount);
}

}  // namespace cvm::wasi
