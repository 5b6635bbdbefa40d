// InterruptHandle: stops what runs in a store, from any thread. Copyable; valid beyond the store's life, when it does
// nothing.
#pragma once

#include <functional>
#include <memory>

namespace cvm {

namespace rt {
class Interruption;
class WakeScope;
}  // namespace rt

// While it lives, an interruption of its store calls a function: see InterruptHandle::OnInterrupt.
class InterruptCallback {
 public:
  InterruptCallback(InterruptCallback&&) noexcept;
  InterruptCallback& operator=(InterruptCallback&&) noexcept;
  ~InterruptCallback();

 private:
  friend class InterruptHandle;
  explicit InterruptCallback(std::unique_ptr<rt::WakeScope> scope);
  std::unique_ptr<rt::WakeScope> scope_;
};

class InterruptHandle {
 public:
  // Ends what runs in the store, or else the next call into it, with the trap "interrupted" (TrapKind::kInterrupted),
  // whatever the guest does; a host function that is running is not ended, but can ask (Caller::interrupted) or be
  // woken (OnInterrupt). With the outermost call having returned that trap the interruption is over: the store can be
  // used again.
  void Interrupt() const;
  // Takes an interruption back that has not ended anything yet.
  void Withdraw() const;

  // Calls `wake` when an interruption is requested, by Interrupt or a deadline, on that thread and under a lock: it
  // must be short, and may touch neither the store nor a handle of it. For host functions that block: make this, then
  // look whether Caller::interrupted(), then block.
  InterruptCallback OnInterrupt(std::function<void()> wake) const;

  explicit InterruptHandle(std::shared_ptr<rt::Interruption> state)
      : state_(std::move(state)) {}  // for cvm's own layers

 private:
  std::shared_ptr<rt::Interruption> state_;
};

}  // namespace cvm
