// Thread: a thread of execution in component code, which runs, waits, or is suspended. definitions.py: "Threads".
//
// definitions.py gives every call a thread. Here a call that its caller waits for shares the stack, and so the Thread,
// of the caller: all activations of a stack but the topmost wait for those above, so that one state is enough. A Thread
// has a Stack while there are frames to keep: a task lifted with a callback has none between two callbacks, however
// many of them wait.
//
// A thread that stops says why (Stop), and its Activity goes on from there. Threads belong to their store and its
// thread of the host.
#pragma once

#include <cstdint>
#include <memory>

#include "canonical-abi/async/account.hpp"
#include "canonical-abi/async/waitable.hpp"
#include "component/runtime/stack.hpp"

namespace cvm::component {

class ComponentStore;
class LowerCall;
class Thread;

// A place in one of the lists of threads: those that may be ready, and those that wait at the gate of an instance.
struct ThreadLink {
  Thread* thread = nullptr;
  ThreadLink* previous = nullptr;
  ThreadLink* next = nullptr;
  bool in_list() const { return next != nullptr; }
};
class ThreadList {
 public:
  ThreadList() { head_.previous = head_.next = &head_; }
  ThreadList(const ThreadList&) = delete;
  ThreadList& operator=(const ThreadList&) = delete;
  Thread* front() const { return head_.next->thread; }
  // The one behind, or null. REQUIRES: link.in_list().
  static Thread* Next(const ThreadLink& link) { return link.next->thread; }
  void PushBack(ThreadLink& link);
  static void Remove(ThreadLink& link);
  ~ThreadList() {
    while (front() != nullptr) Remove(*head_.next);
  }

 private:
  ThreadLink head_;
};

// The threads of an instance that have an index, and those that wait at its gate. Made when the first one does.
class InstanceThreads {
 public:
  struct Entry {
    Thread* thread = nullptr;  // null: free
    Activation* activation = nullptr;
    uint32_t next_free = 0;
  };
  // definitions.py: Table.add, get, remove.
  uint32_t Add(Thread& thread, Activation& activation);
  void Remove(uint32_t i);
  // Null: none, or free.
  Entry* Find(uint32_t i);
  const std::vector<Entry>& entries() const { return entries_; }

  ThreadList to_enter;   // in Task.enter_implicit_thread
  ThreadList callbacks;  // that have an event, and need the lock
 private:
  std::vector<Entry> entries_ = std::vector<Entry>(1);
  uint32_t first_free_ = 0;
};

class Thread final : public abi::EventWaiter {
 public:
  // What a thread is, at its base.
  enum class Kind : uint8_t {
    kPlain,     // a function called by the host: a synchronous export, a start function, a destructor
    kImplicit,  // of an AsyncTask
    kExplicit,  // thread.new-indirect
  };
  enum class State : uint8_t { kSuspended, kWaiting, kRunning, kEnded };
  // definitions.py: ready_func
  enum class Condition : uint8_t {
    kAlways,
    kWoken,     // the host has called Wake
    kEvent,     // of wait_set
    kWaitable,  // of wait_on
    kResolved,  // the call `lower`
    kEnter,     // the gate of the instance is open
    kCallbackYield,
    kCallbackEvent,
  };
  // Why a thread has come to a stop.
  enum class Stop : uint8_t {
    kBlocked,  // waits or is suspended; `other`, if any, runs in its place
    kEnded,
    kResume,    // `other` runs till it stops, then this one goes on
    kHostWait,  // with all that called it, for a host function that is synchronous
  };

  Thread(ComponentStore& store, Kind kind) : kind_(kind), store_(store) {
    ready_link_.thread = gate_link_.thread = this;
  }
  ~Thread();
  static Thread& Of(rt::Execution& execution) { return *Stack::Of(execution).thread; }

  ComponentStore& store() const { return store_; }
  Kind kind() const { return kind_; }
  State state() const { return state_; }
  // The one that runs, or would.
  Activation& top() { return stack != nullptr && stack->depth() > 0 ? stack->call(stack->depth() - 1) : base; }

  Activation base;
  std::unique_ptr<Stack> stack;
  abi::AsyncAccount::Place place;

  // --- for the bodies of built-ins, while the thread runs

  // Stops; the body is called again, resumed, when the thread goes on.
  rt::HostStatus Block(Thread* other = nullptr) { return StopAs(Stop::kBlocked, other); }
  rt::HostStatus RunFirst(Thread& other) { return StopAs(Stop::kResume, &other); }
  rt::HostStatus WaitForHost() { return StopAs(Stop::kHostWait, nullptr); }

  // definitions.py: start_waiting_internal, with cancellable of block_internal. The members that the condition refers
  // to are set before. `instance`: whose code waits.
  void StartWaiting(Condition condition, bool cancellable, ComponentInstanceState& instance);
  // definitions.py: block_internal without a condition.
  void Suspend(bool cancellable, ComponentInstanceState& instance);
  // The task of the code that runs was asked to end, and is told so now.
  bool DeliverPendingCancel(bool cancellable);

  std::shared_ptr<abi::WaitableSet> wait_set;
  std::shared_ptr<abi::Waitable> wait_on;
  std::shared_ptr<LowerCall> lower;
  std::shared_ptr<AsyncTask> cancelling;  // subtask.cancel: whose thread runs first
  // How the wait ended.
  bool cancelled = false;
  void Wake();  // kWoken

  // definitions.py: register_thread, for the topmost activation, whose instance this is.
  uint32_t Register(ComponentInstanceState& instance);
  void Unregister(Activation& activation);
  // At the end of a call on the stack, before it is popped: unregister_thread, and the loop that ran for it.
  Result<void> EndCall(GuestCall& call);

  // --- for the scheduler

  bool Ready() const;
  bool suspended() const { return state_ == State::kSuspended; }
  bool waiting() const { return state_ == State::kWaiting; }
  bool cancellable() const { return cancellable_; }
  uint64_t wait_order() const { return wait_order_; }
  // Whose code waits.
  ComponentInstanceState* instance() const { return instance_; }
  // definitions.py: resume. The thread is to be run by an Activity now.
  void Resume(bool as_cancelled = false);
  // Is not to be resumed any more.
  void End();
  // Goes on till it stops.
  Result<Stop> Run();
  Thread* other() const { return other_; }
  // After it has blocked: leaves the instances that it has entered on its stack, up to a call that must not block.
  // True:
  // `*loop` is such a call, and nobody has a loop for it yet.
  bool LeaveCalls(Activation** loop);

  void OnEvent() override;

  // What is to be called first: kPlain, kExplicit.
  void SetStart(rt::Function& f, std::span<const uint64_t> slots);

 private:
  friend class AsyncTask;
  friend class ComponentStore;
  friend class Scheduler;

  rt::HostStatus StopAs(Stop stop, Thread* other) {
    stop_ = stop, other_ = other;
    return rt::HostStatus::kSuspended;
  }
  void StopWaiting();
  // How a run of the stack ended, where it did not end with its function.
  Result<Stop> Stopped(rt::RunStatus status);
  Result<Stop> RunPlain();

  const Kind kind_;
  State state_ = State::kSuspended;
  Condition condition_ = Condition::kAlways;
  Stop stop_ = Stop::kBlocked;
  bool cancellable_ = false;
  bool woken_ = false;
  bool begun_ = false;
  uint64_t wait_order_ = 0;
  Thread* other_ = nullptr;
  ComponentInstanceState* instance_ = nullptr;
  ComponentStore& store_;
  rt::Function* start_ = nullptr;
  uint64_t slots_[kMaxCoreParams] = {};
  ThreadLink ready_link_;
  ThreadLink gate_link_;
  size_t store_index_ = 0;
};

}  // namespace cvm::component
