// Interruption: how other threads stop what runs in a store. Shared by the store and by all handles on it, which may
// outlive it.
//
// Running code looks for nothing. A request changes what the code meets anyway: the stack limits of the store's
// contexts become ones that no frame passes (every function entry compares with them), and the first cells of all loops
// of the modules in use are replaced by one that asks (ModuleCode::HoldLoops). Code that runs long without either (bulk
// operations, instantiation) polls attention() now and then; whoever blocks registers a WakeScope. Between guest code
// and the host nothing is held, so that a store which is idle or in a host function costs others with the same modules
// nothing: whoever enters guest code looks whether a request is pending.
//
// The order "write executing, read attention" there against "write attention, read executing" here is kept by
// ProcessBarrier on this side alone; where the system has none, attention() is never 0 and the slow paths have a fence.
//
// Request, Withdraw and requested may be called by any thread, everything else by the store's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "cvm/trap.hpp"

namespace cvm::rt {

struct Context;
struct ModuleCode;

// Bits of Interruption::attention().
inline constexpr uint32_t kStopRequested = 1;  // by a handle
inline constexpr uint32_t kStopDeadline = 2;   // a deadline has passed
inline constexpr uint32_t kStopMask = kStopRequested | kStopDeadline;
inline constexpr uint32_t kNeedsFence = 4;  // always set where there is no ProcessBarrier

class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // Asks the store to stop: what runs now, or what runs next, traps. `reason`: one of the two bits. No-op after Close.
  void Request(uint32_t reason = kStopRequested);
  // Takes requests back that have not been met. Whether one was pending.
  bool Withdraw(uint32_t reasons);
  uint32_t requested() const { return attention_.load() & kStopMask; }

  // Deadlines: a request with kStopDeadline holds only if it was made with the number that the last NextDeadline gave.
  uint64_t NextDeadline();
  void RequestDeadline(uint64_t number);

  // The trap that a pending request stands for; kNone: nothing is pending.
  TrapKind Pending() const;
  // The word that contexts point to.
  const std::atomic<uint32_t>* attention() const { return &attention_; }
  // The same without kNeedsFence, for ParkingLot::Park and Heap::StopBy.
  const std::atomic<uint32_t>* stop() const { return &stop_; }

  // What a request has to reach. Called while no guest code of the store executes.
  void Add(Context* context, ModuleCode* code);
  // The store is going.
  void Close();

  // A run of the interpreter begins or ends; runs nest. The end of the outermost one, if the request that was pending
  // has ended it, is where the request has been met.
  void BeginRun() { ++depth_; }
  void EndRun(bool interrupted);
  uint32_t depth() const { return depth_; }
  // The request has been met where no code runs.
  void Met();

  // Guest code executes from here on, unless a request is pending: false.
  bool EnterGuest() {
    executing_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return attention_.load(std::memory_order_relaxed) == 0 || EnterSlowly();
  }
  // It does no longer. False: a request is pending.
  bool LeaveGuest() {
    executing_.store(false, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return attention_.load(std::memory_order_relaxed) == 0 || LeaveSlowly();
  }

 private:
  friend class WakeScope;
  void RequestLocked(uint32_t reason);
  void ClearLocked(uint32_t reasons);
  void Hold();
  void Release();
  bool EnterSlowly();
  bool LeaveSlowly();

  std::atomic<uint32_t> attention_;
  std::atomic<uint32_t> stop_{0};
  std::atomic<bool> executing_{false};
  uint32_t depth_ = 0;

  std::mutex mutex_;  // of all that follows
  bool closed_ = false;
  bool held_ = false;
  uint64_t deadline_ = 0;
  std::vector<Context*> contexts_;
  absl::flat_hash_set<ModuleCode*> modules_;
  std::list<std::function<void()>> wakers_;
};

// While it lives, a request calls `wake`: on the thread that makes it, under a lock, so `wake` is short and touches
// nothing of the store. Whoever blocks looks at requested() after making this and before blocking.
class WakeScope {
 public:
  WakeScope(std::shared_ptr<Interruption> interruption, std::function<void()> wake);
  ~WakeScope();
  WakeScope(const WakeScope&) = delete;
  WakeScope& operator=(const WakeScope&) = delete;

 private:
  std::shared_ptr<Interruption> interruption_;
  std::list<std::function<void()>>::iterator place_;
};

}  // namespace cvm::rt
