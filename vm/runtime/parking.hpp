// ParkingLot: where threads wait for a notification on an address of a shared memory (proposal threads, wait and
// notify).
//
// One table for the process, because the threads that wait on one memory run in stores that know nothing of each other.
// Addresses are those of the host: a memory never moves. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace cvm::rt {

// The first three are what memory.atomic.wait returns.
enum class ParkResult : uint8_t { kNotified = 0, kNotEqual = 1, kTimedOut = 2, kStopped = 3 };

class ParkingLot {
 public:
  static ParkingLot& OfProcess();

  // If the `bytes` (4 or 8) at `address`, which is aligned, hold `expected`: waits for Unpark, for `timeout_ns` (for
  // ever, if negative), or until `*stop`, where given, is not 0 and WakeStopped(stop) called.
  ParkResult Park(const void* address, uint64_t expected, uint32_t bytes, int64_t timeout_ns,
                  const std::atomic<uint32_t>* stop = nullptr);
  // Wakes up to `count` of those that wait on `address`, who came first first; how many there were.
  uint32_t Unpark(const void* address, uint32_t count);
  // Wakes all that were parked with `stop`. REQUIRES: it is not 0.
  void WakeStopped(const std::atomic<uint32_t>* stop);
  // Those that wait on `address` now.
  uint32_t Waiting(const void* address);

 private:
  struct Waiter {
    const void* address;
    const std::atomic<uint32_t>* stop;
    bool awake = false;
    std::condition_variable wake = {};
  };
  struct Bucket {
    std::mutex mutex;
    std::vector<Waiter*> waiters;  // in the order of their coming
  };

  Bucket& BucketOf(const void* address);

  static constexpr size_t kBuckets = 64;
  std::array<Bucket, kBuckets> buckets_;
};

}  // namespace cvm::rt
