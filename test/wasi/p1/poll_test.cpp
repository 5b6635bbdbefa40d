// poll_oneoff, and waiting in reads.
#include <unistd.h>

#include "test/wasi/p1/guest.hpp"

namespace cvm::wasi::p1 {
namespace {

constexpr uint32_t kIn = 0x2000;
constexpr uint32_t kOut = 0x10000;

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void Write(std::string_view text) {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  int ends[2];
};

void PutClock(Guest& guest, uint32_t index, uint64_t userdata, uint32_t clock, uint64_t timeout, uint16_t flags = 0) {
  const uint32_t at = kIn + index * 48;
  guest.Set<uint64_t>(at, userdata);
  guest.Set<uint8_t>(at + 8, 0);
  guest.Set<uint32_t>(at + 16, clock);
  guest.Set<uint64_t>(at + 24, timeout);
  guest.Set<uint64_t>(at + 32, 0);
  guest.Set<uint16_t>(at + 40, flags);
}

void PutFd(Guest& guest, uint32_t index, uint64_t userdata, EventType type, uint32_t fd) {
  const uint32_t at = kIn + index * 48;
  guest.Set<uint64_t>(at, userdata);
  guest.Set<uint8_t>(at + 8, static_cast<uint8_t>(type));
  guest.Set<uint32_t>(at + 16, fd);
}

// Calls with `count` entries; each event as "userdata/error/type".
std::string Poll(Guest& guest, uint32_t count) {
  const Errno error = guest.Call("poll_oneoff", kIn, kOut, count, Guest::kResult);
  if (error != Errno::kSuccess) return "errno " + std::to_string(static_cast<int>(error));
  std::string text;
  for (uint32_t i = 0; i < guest.Get<uint32_t>(Guest::kResult); ++i) {
    const uint32_t at = kOut + 32 * i;
    text += (text.empty() ? "" : " ") + std::to_string(guest.Get<uint64_t>(at)) + "/" +
            std::to_string(guest.Get<uint16_t>(at + 8)) + "/" + std::to_string(guest.Get<uint8_t>(at + 10));
  }
  return text;
}

WasiConfig Virtual() {
  WasiConfig config;
  config.virtual_clock = VirtualClock{1000, 5'000'000'000};
  return config;
}

TEST_CASE("time-outs of every size (HST-05)") {
  Guest guest(Virtual());
  const auto now = [&] {
    REQUIRE(guest.Call("clock_time_get", 1, 0, 0) == Errno::kSuccess);
    return guest.Get<uint64_t>(0);
  };
  PutClock(guest, 0, 1, 1, 0);
  CHECK(Poll(guest, 1) == "1/0/0");
  CHECK(now() == 1000);
  PutClock(guest, 0, 2, 1, 1);
  CHECK(Poll(guest, 1) == "2/0/0");
  CHECK(now() == 1001);
  // An hour passes at once; of the two only the first has come.
  PutClock(guest, 0, 3, 1, 3'600'000'000'000);
  PutClock(guest, 1, 4, 1, UINT64_MAX);
  CHECK(Poll(guest, 2) == "3/0/0");
  CHECK(now() == 3'600'000'001'001);
  // Absolute ones: in the past, now, in the future; the wall clock too.
  PutClock(guest, 0, 5, 1, 7, kSubclockAbstime);
  CHECK(Poll(guest, 1) == "5/0/0");
  PutClock(guest, 0, 6, 1, now() + 10, kSubclockAbstime);
  CHECK(Poll(guest, 1) == "6/0/0");
  CHECK(now() == 3'600'000'001'011);
  REQUIRE(guest.Call("clock_time_get", 0, 0, 8) == Errno::kSuccess);
  PutClock(guest, 0, 7, 0, guest.Get<uint64_t>(8) + 100, kSubclockAbstime);
  CHECK(Poll(guest, 1) == "7/0/0");
  CHECK(now() == 3'600'000'001'111);
  PutClock(guest, 0, 8, 0, 0, kSubclockAbstime);
  PutClock(guest, 1, 9, 0, UINT64_MAX, kSubclockAbstime);
  CHECK(Poll(guest, 2) == "8/0/0");
}

TEST_CASE("what cannot be waited for is an event with an error, at once") {
  Guest guest(Virtual());
  PutClock(guest, 0, 1, 1, UINT64_MAX);
  PutClock(guest, 1, 2, 2, 5);
  PutClock(guest, 2, 3, 99, 5);
  PutFd(guest, 3, 4, EventType::kFdRead, 77);
  PutFd(guest, 4, 5, EventType::kFdWrite, 0);
  CHECK(Poll(guest, 5) == "2/58/0 3/28/0 4/8/1 5/8/2");
  PutFd(guest, 0, 1, static_cast<EventType>(3), 0);
  CHECK(Poll(guest, 1) == "errno 28");
}

TEST_CASE("max-poll-subscriptions: at the limit and one past it; lists of every length (HST-02)") {
  WasiConfig config = Virtual();
  config.limits.max_poll_subscriptions = 1000;
  Guest guest(config);
  CHECK(Poll(guest, 0) == "errno 28");
  CHECK(Poll(guest, 1'000'000) == "errno 28");
  CHECK(Poll(guest, 0xffffffff) == "errno 28");
  for (uint32_t i = 0; i < 1000; ++i) PutClock(guest, i, 7, 1, 5);
  CHECK(guest.Call("poll_oneoff", kIn, kOut, 1000, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 1000);
  CHECK(guest.Call("poll_oneoff", kIn, kOut, 1001, Guest::kResult) == Errno::kInval);
  CHECK(guest.Call("poll_oneoff", Guest::kMemory - 47, kOut, 1, Guest::kResult) == Errno::kFault);
  CHECK(guest.Call("poll_oneoff", kIn, Guest::kMemory - 31, 1, Guest::kResult) == Errno::kFault);
  CHECK(guest.Call("poll_oneoff", kIn, kOut, 1, Guest::kMemory) == Errno::kFault);
  // Events may be written over the list that they answer.
  CHECK(guest.Call("poll_oneoff", kIn, kIn, 1000, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 1000);
  CHECK(guest.Get<uint64_t>(kIn + 999 * 32) == 7);
}

TEST_CASE("an event has no bytes of the host (FS-12)") {
  Guest guest(Virtual());
  PutFd(guest, 0, 0, EventType::kFdWrite, 1);
  REQUIRE(Poll(guest, 1) == "0/0/2");
  CHECK(guest.Text(kOut, 32) == std::string("\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\1", 17) + std::string(15, '\0'));
  CHECK(guest.Get<uint8_t>(kOut + 32) == Guest::kFill);
}

TEST_CASE("streams and files are ready, or wait for what they stand on") {
  TempDir dir;
  WriteHostFile(dir / "file", "0123456789");
  auto context = WasiContext::Create(WithDir(dir)).value();
  Pipe pipe;
  context->impl().input = MakeFdSource(pipe.ends[0]);
  Guest guest(context);
  uint32_t file;
  REQUIRE(guest.Open(kPreopen, "file", 0, kFdRead, &file) == Errno::kSuccess);
  std::string text;
  REQUIRE(guest.Read(file, 4, &text) == Errno::kSuccess);

  // The file is ready with what is left of it; the pipe is not.
  PutFd(guest, 0, 1, EventType::kFdRead, 0);
  PutFd(guest, 1, 2, EventType::kFdRead, file);
  CHECK(Poll(guest, 2) == "2/0/1");
  CHECK(guest.Get<uint64_t>(kOut + 16) == 6);
  PutClock(guest, 1, 3, 1, 1'000'000);
  CHECK(Poll(guest, 2) == "3/0/0");
  pipe.Write("now");
  CHECK(Poll(guest, 2) == "1/0/1");
  PutFd(guest, 1, 2, EventType::kFdRead, 0);
  CHECK(Poll(guest, 2) == "1/0/1 2/0/1");

  // Without blocking, a read that finds nothing says so.
  REQUIRE(guest.Call("fd_fdstat_set_flags", 0, kFdflagsNonblock) == Errno::kSuccess);
  CHECK(guest.Read(0, 100, &text) == Errno::kSuccess);
  CHECK(text == "now");
  CHECK(guest.Read(0, 100, &text) == Errno::kAgain);
  REQUIRE(guest.Call("fd_fdstat_set_rights", 0, kFdRead, 0) == Errno::kSuccess);
  PutFd(guest, 0, 1, EventType::kFdRead, 0);
  CHECK(Poll(guest, 1) == "1/76/1");
}

TEST_CASE("every wait goes through the hook of a driver") {
  auto context = WasiContext::Create({}).value();
  Pipe pipe;
  context->impl().input = MakeFdSource(pipe.ends[0]);
  std::vector<std::pair<size_t, uint64_t>> waits;
  context->impl().wait = [&](std::span<Pollable* const> pollables, uint64_t deadline) -> Result<void> {
    waits.emplace_back(pollables.size(), deadline);
    // Returning early does no harm: the second time there is something.
    if (waits.size() == 2) pipe.Write("late");
    if (waits.size() > 4) return Error(ErrorKind::kTrap, "interrupted");
    return {};
  };
  Guest guest(context);
  std::string text;
  CHECK(guest.Read(0, 100, &text) == Errno::kSuccess);
  CHECK(text == "late");
  CHECK(waits == std::vector<std::pair<size_t, uint64_t>>{{1, kForever}, {1, kForever}});
  // Its error ends the run.
  PutClock(guest, 0, 1, 1, UINT64_MAX);
  const auto ended = guest.TryCall("poll_oneoff", kIn, kOut, 1, Guest::kResult);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().message() == "interrupted");
}

TEST_CASE("contexts may share an event loop") {
  WasiConfig config;
  config.loop = EventLoop::Create().value();
  Guest first(config);
  Guest second(config);
  for (Guest* guest : {&first, &second}) {
    PutClock(*guest, 0, 1, 1, 1000);
    CHECK(Poll(*guest, 1) == "1/0/0");
  }
  CHECK(config.loop->fd() >= 0);
  CHECK(config.loop->Turn(0) == 0);
}

TEST_CASE("the predecessor's list has other offsets") {
  Guest guest(Virtual(), "wasi_unstable");
  guest.Set<uint64_t>(kIn, 11);
  guest.Set<uint8_t>(kIn + 8, 0);
  guest.Set<uint64_t>(kIn + 16, 999);  // the identifier
  guest.Set<uint32_t>(kIn + 24, 1);
  guest.Set<uint64_t>(kIn + 32, 250);
  guest.Set<uint16_t>(kIn + 48, 0);
  guest.Set<uint64_t>(kIn + 56, 22);
  guest.Set<uint8_t>(kIn + 56 + 8, 2);
  guest.Set<uint32_t>(kIn + 56 + 16, 77);
  CHECK(Poll(guest, 1) == "11/0/0");
  CHECK(guest.Call("clock_time_get", 1, 0, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(0) == 1250);
  CHECK(Poll(guest, 2) == "22/8/2");
}

}  // namespace
}  // namespace cvm::wasi::p1
