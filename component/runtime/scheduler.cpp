#include "component/runtime/scheduler.hpp"

#include <algorithm>

#include "component/runtime/component_store.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"
#include "vm/runtime/interruption.hpp"

namespace cvm::component {
namespace {

constexpr size_t kMaxFreeActivities = 16;

}  // namespace

void Scheduler::Notify(Thread& thread) {
  if (thread.ready_link_.in_list() || thread.instance()->root().trap.has_value()) return;
  ready_.PushBack(thread.ready_link_);
  WorkArrived();
}

void Scheduler::WorkArrived() {
  if (running_ == nullptr && turns_ == 0 && !listeners_.empty() && HasWork()) (*listeners_.front())();
}

void Scheduler::Unlocked(ComponentInstanceState& instance) {
  InstanceThreads* threads = instance.threads_if_any();
  if (threads == nullptr || instance.gate.exclusive() != nullptr) return;
  Thread* first = threads->to_enter.front();
  while (first != nullptr && !first->top().needs_exclusive) first = ThreadList::Next(first->gate_link_);
  if (first != nullptr && !first->Ready()) first = nullptr;
  while (Thread* t = threads->callbacks.front()) {
    if (t->Ready()) {
      if (first == nullptr || t->wait_order() < first->wait_order()) first = t;
      break;
    }
    ThreadList::Remove(t->gate_link_);  // its event is gone; it comes back with the next one
  }
  if (first != nullptr) Notify(*first);
}

// Stackful tasks wait for nothing else; of those that need the lock, the first can have it.
void Scheduler::BackpressureEnded(ComponentInstanceState& instance) {
  InstanceThreads* threads = instance.threads_if_any();
  if (threads == nullptr) return;
  for (Thread* t = threads->to_enter.front(); t != nullptr; t = ThreadList::Next(t->gate_link_)) {
    if (!t->top().needs_exclusive) Notify(*t);
  }
  Unlocked(instance);
}

bool Scheduler::OtherReady(const ComponentInstanceState& root, const Thread& except) const {
  for (Thread* t = ready_.front(); t != nullptr; t = ThreadList::Next(t->ready_link_)) {
    if (t != &except && t->Ready() && &t->instance()->root() == &root) return true;
  }
  return false;
}

Result<void> Scheduler::CheckMayBlock(Thread& thread, const ComponentInstanceState& instance) const {
  if (!thread.top().sync_typed && instance.sync_calls == 0) return {};
  if (OtherReady(instance.root(), thread)) return {};
  return TrapError("cannot block a synchronous task before returning");
}

Error Scheduler::Deadlock(const ComponentInstanceState& instance) {
  if (instance.root().trap.has_value()) return *instance.root().trap;
  return TrapError("deadlock detected: event loop cannot make further progress");
}

// A thread whose instance is entered by a call that waits for the host is none, until that has ended.
bool Scheduler::HasWork() const {
  if (!woken_.empty() || !work_.empty()) return true;
  for (Thread* t = ready_.front(); t != nullptr; t = ThreadList::Next(t->ready_link_)) {
    if (t->instance()->MayEnterFrom(nullptr)) return true;
  }
  return false;
}

// The first that is ready and whose instance is not entered by an activity that was put aside. Those of a component
// that a trap has ended are never: they are no work.
Thread* Scheduler::NextReady() {
  Thread* next = nullptr;
  for (Thread* t = ready_.front(); t != nullptr; t = next) {
    next = ThreadList::Next(t->ready_link_);
    if (t->instance()->root().trap.has_value()) {
      ThreadList::Remove(t->ready_link_);
      continue;
    }
    if (!t->Ready()) {
      ThreadList::Remove(t->ready_link_);
      // It may have been the one that was to have a lock that is free.
      if (t->waiting() && t->instance()->gate.exclusive() == nullptr) {
        Unlocked(*t->instance());
        if (next == nullptr) next = ready_.front();
      }
      continue;
    }
    if (t->instance()->MayEnterFrom(nullptr)) return t;
  }
  return nullptr;
}

Result<void> Scheduler::RunThread(Thread& thread) {
  ComponentInstanceState& instance = *thread.instance();
  instance.EnterFrom(nullptr);
  thread.Resume();
  std::unique_ptr<Activity> activity = NewActivity();
  activity->Begin(thread, &instance);
  return RunActivity(std::move(activity));
}

Result<void> Scheduler::RunActivity(std::unique_ptr<Activity> activity) {
  Activity& it = *activity;
  Result<Activity::Outcome> outcome = it.Run();
  if (!outcome.ok() || *outcome == Activity::Outcome::kIdle) {
    if (!outcome.ok() && it.entered() != nullptr && !it.entered()->root().trap.has_value()) {
      it.entered()->root().trap = outcome.error();
    }
    Recycle(std::move(activity));
    if (outcome.ok()) return {};
    return std::move(outcome).error();
  }
  it.on_wake = [this, &it] {
    woken_.push_back(&it);
    WorkArrived();
  };
  parked_.push_back(std::move(activity));
  return {};
}

// What the host has to give comes before threads: there is never more of it than the host has begun.
Result<bool> Scheduler::RunHostWork() {
  if (!work_.empty()) {
    Work work = std::move(work_.front());
    work_.pop_front();
    CVM_RETURN_IF_ERROR(work());
    return true;
  }
  if (woken_.empty()) return false;
  Activity* activity = woken_.front();
  woken_.pop_front();
  const auto place = std::find_if(parked_.begin(), parked_.end(), [&](const auto& a) { return a.get() == activity; });
  std::unique_ptr<Activity> mine = std::move(*place);
  parked_.erase(place);
  CVM_RETURN_IF_ERROR(RunActivity(std::move(mine)));
  return true;
}

Result<bool> Scheduler::RunOne() {
  CVM_ASSIGN_OR_RETURN(const bool ran, RunHostWork());
  if (ran) return true;
  Thread* thread = NextReady();
  if (thread == nullptr) return false;
  CVM_RETURN_IF_ERROR(RunThread(*thread));
  return true;
}

Result<bool> Scheduler::RunRound() {
  const Turns giving(*this);
  const uint64_t now = order_;
  bool any = false;
  for (;;) {
    CVM_ASSIGN_OR_RETURN(const bool ran, RunHostWork());
    if (!ran) {
      Thread* thread = NextReady();
      if (thread == nullptr || thread->wait_order() > now) return any;
      CVM_RETURN_IF_ERROR(RunThread(*thread));
    }
    any = true;
  }
}

Result<void> Scheduler::WaitForHost() {
  EventLoop* loop = store_.event_loop();
  if (loop == nullptr) return UsageError("the guest waits, and the store has no event loop");
  const rt::WakeScope waking(store_.store().interruption(), [loop] { loop->Wake(); });
  CVM_RETURN_IF_ERROR(CheckStop(store_.store()));
  return loop->Turn();
}

Result<void> Scheduler::RunUntil(const std::function<bool()>& done, const ComponentInstanceState& instance) {
  constexpr uint32_t kTurnsPerPoll = 64;
  const Turns giving(*this);
  EventLoop* loop = store_.event_loop();
  for (uint32_t turns = 1; !done(); ++turns) {
    CVM_ASSIGN_OR_RETURN(const bool ran, RunOne());
    if (ran) {
      if (turns % kTurnsPerPoll != 0) continue;
      // Guests' code is stopped by itself; turns of the host's work alone are not.
      CVM_RETURN_IF_ERROR(CheckStop(store_.store()));
      if (host_waits_ > 0 && loop != nullptr) CVM_RETURN_IF_ERROR(loop->Poll());
      continue;
    }
    if (host_waits_ == 0) return Deadlock(instance);
    CVM_RETURN_IF_ERROR(WaitForHost());
  }
  return {};
}

std::unique_ptr<Activity> Scheduler::NewActivity() {
  if (free_.empty()) return std::make_unique<Activity>(store_);
  std::unique_ptr<Activity> activity = std::move(free_.back());
  free_.pop_back();
  return activity;
}

void Scheduler::Recycle(std::unique_ptr<Activity> activity) {
  activity->on_wake = nullptr;
  if (free_.size() < kMaxFreeActivities) free_.push_back(std::move(activity));
}

void Scheduler::Close() {
  listeners_.clear();
  work_.clear();
  woken_.clear();
  parked_.clear();
}

void Scheduler::Post(Work work) {
  work_.push_back(std::move(work));
  WorkArrived();
}

}  // namespace cvm::component
