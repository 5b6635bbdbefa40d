// The state of a task and the gate of an instance, as far as no VM is needed. definitions.py: Task.State, Task.return_,
// Task.cancel, Task.deliver_pending_cancel; ComponentInstance.backpressure, exclusive_thread, num_waiting_to_enter.
#pragma once

#include <cstdint>

#include "canonical-abi/handles/resource.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

class TaskState {
 public:
  enum class State : uint8_t { kInitial, kStarted, kPendingCancel, kCancelDelivered, kResolved };

  State state() const { return state_; }
  bool resolved() const { return state_ == State::kResolved; }
  TaskScope& scope() { return scope_; }

  void Start() { state_ = State::kStarted; }
  // return_: what has to hold before the result is lifted, and before it is passed on. Then SetResolved.
  Result<void> CheckUnresolved() const;
  Result<void> CheckReturn() const;
  // cancel
  Result<void> CheckCancel() const;
  void SetResolved() { state_ = State::kResolved; }

  // request_cancellation: to be delivered when the task next waits for it, or now.
  void SetPendingCancel() { state_ = State::kPendingCancel; }
  void SetCancelDelivered() { state_ = State::kCancelDelivered; }
  bool DeliverPendingCancel(bool cancellable);

  // When its last thread ends. definitions.py: unregister_thread
  Result<void> CheckEnd() const;

 private:
  TaskScope scope_;
  State state_ = State::kInitial;
};

// Who may enter an instance. A thread that holds the lock is known by its address alone.
class InstanceGate {
 public:
  static constexpr uint32_t kMaxBackpressure = 0xffff;

  // canon_backpressure_inc, canon_backpressure_dec. True: the counter has become zero.
  Result<void> IncBackpressure();
  Result<bool> DecBackpressure();

  bool HasBackpressure(bool needs_exclusive) const {
    return backpressure_ > 0 || (needs_exclusive && exclusive_ != nullptr);
  }
  bool MustWait(bool needs_exclusive) const { return HasBackpressure(needs_exclusive) || num_waiting_to_enter > 0; }

  const void* exclusive() const { return exclusive_; }
  void Lock(const void* thread) { exclusive_ = thread; }
  void Unlock() { exclusive_ = nullptr; }

  uint32_t num_waiting_to_enter = 0;

 private:
  uint32_t backpressure_ = 0;
  const void* exclusive_ = nullptr;
};

}  // namespace cvm::abi
