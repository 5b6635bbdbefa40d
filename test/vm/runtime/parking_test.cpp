// ParkingLot: who waits where, in what order they wake, and every way in which a wait ends.
#include "vm/runtime/parking.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <thread>

namespace cvm::rt {
namespace {

alignas(8) uint32_t words[4];

void WaitUntilWaiting(ParkingLot& lot, const void* address, uint32_t count) {
  while (lot.Waiting(address) != count) std::this_thread::yield();
}

TEST_CASE("a wait on other contents than expected ends at once", "[race]") {
  ParkingLot lot;
  words[0] = 7;
  CHECK(lot.Park(&words[0], 8, 4, -1) == ParkResult::kNotEqual);
  // Of 32 bits alone, whatever stands above them in the operand.
  CHECK(lot.Park(&words[0], 0x1'0000'0007, 4, 0) == ParkResult::kTimedOut);
  CHECK(lot.Park(&words[0], 0x1'0000'0007, 8, -1) == ParkResult::kNotEqual);
}

TEST_CASE("timeouts", "[race]") {
  ParkingLot lot;
  words[0] = 0;
  CHECK(lot.Park(&words[0], 0, 4, 0) == ParkResult::kTimedOut);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(lot.Park(&words[0], 0, 4, 2'000'000) == ParkResult::kTimedOut);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(2));
  CHECK(lot.Waiting(&words[0]) == 0);
}

TEST_CASE("the longest timeout does not overflow the clock", "[race]") {
  ParkingLot lot;
  words[0] = 0;
  ParkResult result{};
  std::thread waiter([&] { result = lot.Park(&words[0], 0, 4, std::numeric_limits<int64_t>::max()); });
  WaitUntilWaiting(lot, &words[0], 1);
  CHECK(lot.Unpark(&words[0], 1) == 1);
  waiter.join();
  CHECK(result == ParkResult::kNotified);
}

TEST_CASE("a notification wakes those who came first, on that address, and no more than asked for", "[race]") {
  ParkingLot lot;
  words[0] = words[1] = 0;
  std::atomic<int> order{0};
  int place[3] = {};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      CHECK(lot.Park(&words[0], 0, 4, -1) == ParkResult::kNotified);
      place[i] = ++order;
    });
    WaitUntilWaiting(lot, &words[0], static_cast<uint32_t>(i + 1));
  }
  CHECK(lot.Unpark(&words[1], 5) == 0);
  CHECK(lot.Unpark(&words[0], 0) == 0);
  for (int i = 0; i < 3; ++i) {
    CHECK(lot.Unpark(&words[0], 1) == 1);
    threads[static_cast<size_t>(i)].join();
    CHECK(place[i] == i + 1);
  }
  CHECK(lot.Unpark(&words[0], 5) == 0);
}

TEST_CASE("a notification for all wakes all", "[race]") {
  ParkingLot lot;
  words[0] = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { lot.Park(&words[0], 0, 4, -1); });
  WaitUntilWaiting(lot, &words[0], 8);
  CHECK(lot.Unpark(&words[0], std::numeric_limits<uint32_t>::max()) == 8);
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("a wait can be stopped from outside", "[race]") {
  ParkingLot lot;
  words[0] = 0;
  std::atomic<uint32_t> stop{0}, other{0};
  ParkResult result{};
  std::thread waiter([&] { result = lot.Park(&words[0], 0, 4, -1, &stop); });
  WaitUntilWaiting(lot, &words[0], 1);
  other = 1;
  lot.WakeStopped(&other);
  CHECK(lot.Waiting(&words[0]) == 1);
  stop = 1;
  lot.WakeStopped(&stop);
  waiter.join();
  CHECK(result == ParkResult::kStopped);
  CHECK(lot.Waiting(&words[0]) == 0);
  // Stopped before it began.
  CHECK(lot.Park(&words[0], 0, 4, -1, &stop) == ParkResult::kStopped);
}

}  // namespace
}  // namespace cvm::rt
