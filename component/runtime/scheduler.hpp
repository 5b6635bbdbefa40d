// Scheduler: which thread of a store runs next. definitions.py: Store.tick and Store.waiting.
//
// Threads that wait are known to what they wait for, and are put into one queue when it has come: first in, first out,
// where definitions.py leaves the choice open; so that none is starved, and every run is like the last. The thread
// itself says, at its turn, whether it is still ready.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "component/runtime/activity.hpp"
#include "component/runtime/thread.hpp"

namespace cvm::component {

class Scheduler {
 public:
  explicit Scheduler(ComponentStore& store) : store_(store) {}

  uint64_t NextOrder() { return ++order_; }
  // The thread may be ready.
  void Notify(Thread& thread);
  // The lock of the instance is free: whoever waits longest for it may go on.
  void Unlocked(ComponentInstanceState& instance);
  // There is no more backpressure.
  void BackpressureEnded(ComponentInstanceState& instance);
  // Something else than `except` could run in the same outermost component.
  bool OtherReady(const ComponentInstanceState& root, const Thread& except) const;
  // definitions.py traps where a call that is not `async` blocks and nothing can run; wasmtime, whose words the
  // official suite compares, says this before it looks further, unless something else could run.
  Result<void> CheckMayBlock(Thread& thread, const ComponentInstanceState& instance) const;

  // One turn: definitions.py: tick. False: nothing is ready. An error is a trap of the thread that ran.
  Result<bool> RunOne();
  // A turn for each that is ready now; false: none was.
  Result<bool> RunRound();
  // The same until `done`, or until nothing is left that could ever run; then an error. Blocks in the event loop while
  // all wait for the host.
  Result<void> RunUntil(const std::function<bool()>& done, const ComponentInstanceState& instance);
  // Blocks for one turn of the event loop; an interruption of the store ends that with its trap.
  Result<void> WaitForHost();
  // Something can be run.
  bool HasWork() const;

  // Runs an activity; if a host function waits, keeps it, and goes on with it when that has woken.
  Result<void> RunActivity(std::unique_ptr<Activity> activity);
  std::unique_ptr<Activity> NewActivity();
  void Recycle(std::unique_ptr<Activity> activity);
  Activity* running() const { return running_; }
  class RunningActivity {
   public:
    RunningActivity(Scheduler& scheduler, Activity& activity) : scheduler_(scheduler), outer_(scheduler.running_) {
      scheduler.running_ = &activity;
    }
    ~RunningActivity() {
      scheduler_.running_ = outer_;
      scheduler_.WorkArrived();
    }
    RunningActivity(const RunningActivity&) = delete;
    RunningActivity& operator=(const RunningActivity&) = delete;

   private:
    Scheduler& scheduler_;
    Activity* outer_;
  };

  // Work of the host's that has a guest as its end: done in turn with the threads.
  using Work = UniqueFunction<Result<void>()>;
  void Post(Work work);

  // Waiters of host functions that have begun and not ended, and ends of streams in the host's hands: what may yet come
  // from outside.
  HostWait BeginHostWait() { return HostWait(&host_waits_); }

  // Lets go of all that is under way, at the end of the store.
  void Close();

  // While one lives, whoever holds it gives turns: nobody needs to be told of work.
  class Turns {
   public:
    explicit Turns(Scheduler& scheduler) : scheduler_(scheduler) { ++scheduler_.turns_; }
    ~Turns() { --scheduler_.turns_; }
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

   private:
    Scheduler& scheduler_;
  };

  // Called when there is work and nothing runs. Calls take turns: the first that is there is asked.
  using OnWork = std::function<void()>;
  void AddListener(const OnWork* listener) { listeners_.push_back(listener); }
  void RemoveListener(const OnWork* listener) { std::erase(listeners_, listener); }
  // There may be work now: also to be called when an instance has been left that was entered from the host.
  void WorkArrived();

  // The trap of a component in which nobody can go on, or the one that led there.
  static Error Deadlock(const ComponentInstanceState& instance);

 private:
  Result<void> RunThread(Thread& thread);
  Result<bool> RunHostWork();
  Thread* NextReady();

  ComponentStore& store_;
  ThreadList ready_;
  std::deque<Work> work_;
  std::deque<Activity*> woken_;
  std::vector<std::unique_ptr<Activity>> parked_;
  std::vector<std::unique_ptr<Activity>> free_;
  std::vector<const OnWork*> listeners_;
  Activity* running_ = nullptr;
  uint32_t turns_ = 0;
  uint64_t order_ = 0;
  size_t host_waits_ = 0;
};

}  // namespace cvm::component
