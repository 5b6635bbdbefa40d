#include "vm/runtime/parking.hpp"

#include <algorithm>
#include <chrono>

namespace cvm::rt {
namespace {

// Longer waits are for ever: a clock that counts nanoseconds in 64 bits has no room for them.
constexpr int64_t kLongestTimeoutNs = int64_t{1} << 61;

bool Holds(const void* address, uint64_t expected, uint32_t bytes) {
  if (bytes == 8) return __atomic_load_n(static_cast<const uint64_t*>(address), __ATOMIC_SEQ_CST) == expected;
  return __atomic_load_n(static_cast<const uint32_t*>(address), __ATOMIC_SEQ_CST) == static_cast<uint32_t>(expected);
}

}  // namespace

ParkingLot& ParkingLot::OfProcess() {
  static auto* lot = new ParkingLot;  // never destroyed: threads may wait while static objects die
  return *lot;
}

ParkingLot::Bucket& ParkingLot::BucketOf(const void* address) {
  const auto bits = reinterpret_cast<uintptr_t>(address);
  return buckets_[(bits >> 2 ^ bits >> 12) % kBuckets];
}

ParkResult ParkingLot::Park(const void* address, uint64_t expected, uint32_t bytes, int64_t timeout_ns,
                            const std::atomic<uint32_t>* stop) {
  const auto begin = std::chrono::steady_clock::now();
  Bucket& bucket = BucketOf(address);
  std::unique_lock lock(bucket.mutex);
  // Compared under the lock that Unpark takes: a change that is followed by a notification is seen, or the notification
  // is.
  if (!Holds(address, expected, bytes)) return ParkResult::kNotEqual;
  const auto stopped = [&] { return stop != nullptr && stop->load() != 0; };
  if (stopped()) return ParkResult::kStopped;
  Waiter self{address, stop};
  bucket.waiters.push_back(&self);
  const auto awake = [&] { return self.awake || stopped(); };
  if (timeout_ns < 0 || timeout_ns > kLongestTimeoutNs) {
    self.wake.wait(lock, awake);
  } else {
    self.wake.wait_until(lock, begin + std::chrono::nanoseconds(timeout_ns), awake);
  }
  if (self.awake) return ParkResult::kNotified;
  std::erase(bucket.waiters, &self);
  return stopped() ? ParkResult::kStopped : ParkResult::kTimedOut;
}

uint32_t ParkingLot::Unpark(const void* address, uint32_t count) {
  Bucket& bucket = BucketOf(address);
  std::lock_guard lock(bucket.mutex);
  uint32_t woken = 0;
  std::erase_if(bucket.waiters, [&](Waiter* waiter) {
    if (waiter->address != address || woken == count) return false;
    ++woken;
    // Within the lock: the waiter dies as soon as it can see that it is awake.
    waiter->awake = true;
    waiter->wake.notify_one();
    return true;
  });
  return woken;
}

void ParkingLot::WakeStopped(const std::atomic<uint32_t>* stop) {
  for (Bucket& bucket : buckets_) {
    std::lock_guard lock(bucket.mutex);
    for (Waiter* waiter : bucket.waiters) {
      if (waiter->stop == stop) waiter->wake.notify_one();
    }
  }
}

uint32_t ParkingLot::Waiting(const void* address) {
  Bucket& bucket = BucketOf(address);
  std::lock_guard lock(bucket.mutex);
  return static_cast<uint32_t>(std::count_if(bucket.waiters.begin(), bucket.waiters.end(),
                                             [&](const Waiter* waiter) { return waiter->address == address; }));
}

}  // namespace cvm::rt
