// Deadlines: one thread for the process, started by the first deadline, which requests an interruption of each store
// whose time has come. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "vm/runtime/interruption.hpp"

namespace cvm::rt {

class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadlines& OfProcess();

  // Takes the place of the deadline that `target` had.
  void Set(const std::shared_ptr<Interruption>& target, Clock::time_point when);
  // Also takes back the request of a deadline that has passed.
  void Clear(const std::shared_ptr<Interruption>& target);

 private:
  struct Entry {
    std::weak_ptr<Interruption> target;
    uint64_t number;  // Interruption::NextDeadline
  };
  void Forget(const Interruption* target);
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false;
  std::multimap<Clock::time_point, Entry> entries_;
  std::map<const Interruption*, std::multimap<Clock::time_point, Entry>::iterator> by_target_;
};

}  // namespace cvm::rt
