// Interruption of guests of preview 1 that wait (INT-09).
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "test/wasi/p1/guest.hpp"
#include "wasi/os/stdio.hpp"

namespace cvm::wasi::p1 {
namespace {

using Steady = std::chrono::steady_clock;
constexpr uint32_t kIn = 0x2000;
constexpr uint32_t kOut = 0x10000;
// What is aimed at is 10 ms; a machine may be busy.
constexpr auto kGenerous = std::chrono::seconds(5);
constexpr auto kSoon = std::chrono::milliseconds(15);

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2];
};

// Calls, with a deadline, what would block for ever.
template <class... Args>
void CheckStopped(Guest& guest, const char* name, Args... args) {
  INFO(name);
  const auto begin = Steady::now();
  guest.store().SetDeadline(kSoon);
  const auto ended = guest.TryCall(name, args...);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().message() == "deadline exceeded (15ms)");
  CHECK(ended.error().trap() == TrapKind::kDeadlineExceeded);
  const auto took = Steady::now() - begin;
  CHECK(took >= kSoon);
  CHECK(took < kGenerous);
  // The same by another thread, whenever that comes.
  const InterruptHandle handle = guest.store().interrupt_handle();
  std::thread other([&] { handle.Interrupt(); });
  const auto again = guest.TryCall(name, args...);
  other.join();
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().message() == "interrupted");
  CHECK(guest.Call("sched_yield") == Errno::kSuccess);
}

TEST_CASE("INT-09 a poll of an hour is interrupted") {
  Guest guest;
  guest.Set<uint64_t>(kIn, 1);
  guest.Set<uint8_t>(kIn + 8, 0);
  guest.Set<uint32_t>(kIn + 16, 1);
  guest.Set<uint64_t>(kIn + 24, uint64_t{3'600'000'000'000});
  guest.Set<uint64_t>(kIn + 32, 0);
  guest.Set<uint16_t>(kIn + 40, 0);
  CheckStopped(guest, "poll_oneoff", kIn, kOut, 1u, Guest::kResult);
  // And one for a descriptor.
  auto context = WasiContext::Create({}).value();
  Pipe pipe;
  context->impl().input = MakeFdSource(pipe.ends[0]);
  Guest reader(context);
  reader.Set<uint64_t>(kIn, 1);
  reader.Set<uint8_t>(kIn + 8, 1);
  reader.Set<uint32_t>(kIn + 16, 0);
  CheckStopped(reader, "poll_oneoff", kIn, kOut, 1u, Guest::kResult);
}

TEST_CASE("INT-09 a read of an empty pipe and a write to a full one are interrupted") {
  auto context = WasiContext::Create({}).value();
  Pipe in, out;
  context->impl().input = MakeFdSource(in.ends[0]);
  context->impl().output = MakeFdSink(out.ends[1]);
  Guest guest(context);
  guest.Set<uint32_t>(kIn, 0x8000);
  guest.Set<uint32_t>(kIn + 4, 0x8000);
  CheckStopped(guest, "fd_read", 0u, kIn, 1u, Guest::kResult);
  // Until the pipe is full.
  const int flags = ::fcntl(out.ends[1], F_GETFL);
  ::fcntl(out.ends[1], F_SETFL, flags | O_NONBLOCK);
  const std::string bytes(4096, 'x');
  while (::write(out.ends[1], bytes.data(), bytes.size()) > 0) {
  }
  ::fcntl(out.ends[1], F_SETFL, flags);
  CheckStopped(guest, "fd_write", 1u, kIn, 1u, Guest::kResult);
}

TEST_CASE("a blocking write is whole, however slow the reader") {
  auto context = WasiContext::Create({}).value();
  Pipe out;
  context->impl().output = MakeFdSink(out.ends[1]);
  Guest guest(context);
  guest.Set<uint32_t>(kIn, 0);
  guest.Set<uint32_t>(kIn + 4, Guest::kMemory);
  size_t total = 0;
  std::thread reader([&] {
    char buffer[1000];
    while (total < Guest::kMemory) total += static_cast<size_t>(::read(out.ends[0], buffer, sizeof buffer));
  });
  CHECK(guest.Call("fd_write", 1u, kIn, 1u, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == Guest::kMemory);
  reader.join();
  CHECK(total == Guest::kMemory);
}

}  // namespace
}  // namespace cvm::wasi::p1
