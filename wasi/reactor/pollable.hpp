// Pollable: something that a guest can wait for. A readiness test, and a promise to call Notify when its answer may
// have become yes. Timers, descriptors, jobs on the thread pool and plain triggers are pollables; streams derive their
// own.
//
// Owned by whoever made it (a WASI face keeps it in its resource table); must go before its reactor. All members belong
// to the reactor's thread. Waits on a pollable that is destroyed are told so: see Waiter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace cvm::wasi {

class Pollable;
class Reactor;
class Waiter;

// One entry of one wait: a node of its pollable's list.
struct WaitLink {
  Waiter* waiter = nullptr;
  Pollable* pollable = nullptr;  // null once the pollable is gone
  WaitLink* previous = nullptr;
  WaitLink* next = nullptr;
};

class Pollable {
 public:
  explicit Pollable(Reactor& reactor) : reactor_(reactor) {}
  Pollable(const Pollable&) = delete;
  Pollable& operator=(const Pollable&) = delete;
  virtual ~Pollable();

  // Whether it is ready now. Never blocks.
  virtual bool IsReady() = 0;
  bool HasWaiters() const { return first_ != nullptr; }

 protected:
  // The first waiter has come: from now on until Disarm, Notify must be called when IsReady may have become true.
  virtual void Arm() {}
  // The last waiter has gone.
  virtual void Disarm() {}
  // Readiness may have changed: every wait is looked at in the reactor's next turn. A false alarm does no harm.
  void Notify();
  Reactor& reactor() const { return reactor_; }

 private:
  friend class Waiter;
  void Add(WaitLink* link);
  void Remove(WaitLink* link);

  Reactor& reactor_;
  WaitLink* first_ = nullptr;
};

// A wait for any of several pollables, made by Reactor::Wait. Its callback runs once, from Reactor::Turn, with the
// indices of all that are ready, in ascending order; with none if every pollable of the wait was destroyed. Destroying
// the Waiter cancels the wait; the callback may do so itself.
class Waiter {
 public:
  using Callback = std::function<void(std::span<const uint32_t> ready)>;

  Waiter(Reactor& reactor, std::span<Pollable* const> pollables, Callback callback);
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter();

  // False once the callback has been called.
  bool pending() const { return pending_; }

 private:
  friend class Pollable;
  friend class Reactor;
  // Takes the links off their pollables.
  void Detach();
  // Collects what is ready; answers whether the wait is over.
  bool CollectReady(std::vector<uint32_t>* ready) const;

  Reactor& reactor_;
  std::unique_ptr<WaitLink[]> links_;
  size_t count_;
  Callback callback_;
  bool pending_ = true;
  // Position in the reactor's queue of waits to look at.
  bool queued_ = false;
  Waiter* queue_previous_ = nullptr;
  Waiter* queue_next_ = nullptr;
};

// Always ready.
class ReadyPollable final : public Pollable {
 public:
  using Pollable::Pollable;
  bool IsReady() override { return true; }
};

// Ready when told: the base of pollables whose state lives in the host.
class ManualPollable : public Pollable {
 public:
  using Pollable::Pollable;
  bool IsReady() override { return ready_; }
  void Set() {
    ready_ = true;
    Notify();
  }
  void Reset() { ready_ = false; }

 private:
  bool ready_ = false;
};

// Ready when a function says so. Whoever changes what the function looks at calls Changed.
class ConditionPollable final : public Pollable {
 public:
  ConditionPollable(Reactor& reactor, std::function<bool()> condition)
      : Pollable(reactor), condition_(std::move(condition)) {}
  bool IsReady() override { return condition_(); }
  void Changed() { Notify(); }

 private:
  std::function<bool()> condition_;
};

}  // namespace cvm::wasi
