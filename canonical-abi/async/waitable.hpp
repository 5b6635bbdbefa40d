// Waitable and WaitableSet: what a guest can wait for, and what it waits with. definitions.py: "Waitable State".
//
// Waiting itself belongs to the runtime: a thread that waits is an EventWaiter here, told when it is worth looking
// again. A set delivers events in the order in which they came (definitions.py leaves the order open), so that none is
// starved; every operation takes constant time, however many waitables a set has.
//
// Waitables and sets are entries of the handle tables of one store, and belong to its thread. Either may die first.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "canonical-abi/async/event.hpp"
#include "canonical-abi/handles/handle_table.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

class Waitable;
class WaitableSet;

// A thread that waits for an event of a waitable or a set.
class EventWaiter {
 public:
  // An event may have come. Only takes note: no guest code runs and nothing else is called from within.
  virtual void OnEvent() = 0;

 protected:
  ~EventWaiter() = default;
};

// A list that runs through the waitables themselves.
class WaitableList {
 public:
  Waitable* front() const { return front_; }
  size_t size() const { return size_; }
  void PushBack(Waitable& w);
  void Remove(Waitable& w);

 private:
  Waitable* front_ = nullptr;
  Waitable* back_ = nullptr;
  size_t size_ = 0;
};

class Waitable : public HandleObject {
 public:
  ~Waitable() override { Leave(); }
  Waitable(const Waitable&) = delete;
  Waitable& operator=(const Waitable&) = delete;

  bool HasPendingEvent() const { return pending_; }
  // Delivers the event: what it reports has happened from now on. REQUIRES: HasPendingEvent().
  Event GetPendingEvent();

  bool in_waitable_set() const { return set_ != nullptr; }
  bool has_sync_waiter() const { return sync_waiter_ != nullptr; }
  // definitions.py: wait_for_pending_event; null ends the wait.
  void set_sync_waiter(EventWaiter* waiter) { sync_waiter_ = waiter; }

  // definitions.py: join, of a set or (null) of none. Traps while a thread waits synchronously.
  Result<void> Join(WaitableSet* set);

 protected:
  Waitable() = default;
  // definitions.py: set_pending_event. What the event is, is asked when it is delivered.
  void SetPendingEvent();
  virtual Event TakeEvent() = 0;
  // definitions.py: drop
  void Leave();

 private:
  friend class WaitableList;
  friend class WaitableSet;

  WaitableSet* set_ = nullptr;
  EventWaiter* sync_waiter_ = nullptr;
  Waitable* previous_ = nullptr;  // in a list of set_
  Waitable* next_ = nullptr;
  bool pending_ = false;
};

class WaitableSet final : public HandleObject {
 public:
  WaitableSet() = default;
  ~WaitableSet() override;
  WaitableSet(const WaitableSet&) = delete;
  WaitableSet& operator=(const WaitableSet&) = delete;

  HandleKind kind() const override { return HandleKind::kWaitableSet; }
  size_t size() const { return idle_.size() + ready_.size(); }

  bool HasPendingEvent() const { return ready_.front() != nullptr; }
  // The first event that came. REQUIRES: HasPendingEvent().
  Event GetPendingEvent() { return ready_.front()->GetPendingEvent(); }

  // A thread waits, or no longer does. definitions.py: num_waiting
  void AddWaiter(EventWaiter& waiter) { waiters_.push_back(&waiter); }
  void RemoveWaiter(EventWaiter& waiter) { std::erase(waiters_, &waiter); }
  size_t num_waiting() const { return waiters_.size(); }

  // definitions.py: drop. Traps if it has waitables or waiters.
  Result<void> CheckDrop() const;

 private:
  friend class Waitable;
  WaitableList& ListOf(const Waitable& w) { return w.pending_ ? ready_ : idle_; }
  void Notify();

  WaitableList idle_;
  WaitableList ready_;  // those with an event, in the order in which events came
  std::vector<EventWaiter*> waiters_;
};

}  // namespace cvm::abi
