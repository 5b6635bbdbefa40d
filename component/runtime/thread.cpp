#include "component/runtime/thread.hpp"

#include <algorithm>

#include "component/runtime/activity.hpp"
#include "component/runtime/async_task.hpp"
#include "component/runtime/component_store.hpp"
#include "component/runtime/lower_call.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {

// --- lists

void ThreadList::PushBack(ThreadLink& link) {
  link.previous = head_.previous, link.next = &head_;
  head_.previous->next = &link, head_.previous = &link;
}

void ThreadList::Remove(ThreadLink& link) {
  if (!link.in_list()) return;
  link.previous->next = link.next, link.next->previous = link.previous;
  link.previous = link.next = nullptr;
}

uint32_t InstanceThreads::Add(Thread& thread, Activation& activation) {
  uint32_t i = first_free_;
  if (i != 0) {
    first_free_ = entries_[i].next_free;
  } else {
    i = static_cast<uint32_t>(entries_.size());
    entries_.emplace_back();
  }
  entries_[i] = {&thread, &activation, 0};
  return i;
}

void InstanceThreads::Remove(uint32_t i) {
  entries_[i] = {nullptr, nullptr, first_free_};
  first_free_ = i;
}

InstanceThreads::Entry* InstanceThreads::Find(uint32_t i) {
  return i < entries_.size() && entries_[i].thread != nullptr ? &entries_[i] : nullptr;
}

// --- instances

ComponentInstanceState::ComponentInstanceState(ComponentStore& store, ComponentInstanceState* parent,
                                               abi::HandleLimits limits)
    : abi::ComponentInstance(parent, limits), store_(store), root_(parent == nullptr ? this : parent->root_) {}

ComponentInstanceState::~ComponentInstanceState() = default;

InstanceThreads& ComponentInstanceState::threads() {
  if (threads_ == nullptr) threads_ = std::make_unique<InstanceThreads>();
  return *threads_;
}

// --- waiting

Thread::~Thread() {
  if (waiting()) StopWaiting();
  ThreadList::Remove(ready_link_);
  ThreadList::Remove(gate_link_);
}

void Thread::StartWaiting(Condition condition, bool cancellable, ComponentInstanceState& instance) {
  state_ = State::kWaiting;
  condition_ = condition;
  cancellable_ = cancellable;
  instance_ = &instance;
  wait_order_ = store_.scheduler().NextOrder();
  cancelled = false;
  switch (condition) {
    case Condition::kEvent:
    case Condition::kCallbackEvent:
      wait_set->AddWaiter(*this);
      break;
    case Condition::kWaitable:
      wait_on->set_sync_waiter(this);
      break;
    case Condition::kEnter:
      ++instance.gate.num_waiting_to_enter;
      instance.threads().to_enter.PushBack(gate_link_);
      break;
    default:
      break;
  }
  if (condition != Condition::kEnter) Register(instance);
  OnEvent();
}

void Thread::Suspend(bool cancellable, ComponentInstanceState& instance) {
  state_ = State::kSuspended;
  cancellable_ = cancellable;
  instance_ = &instance;
  cancelled = false;
  Register(instance);
}

void Thread::StopWaiting() {
  switch (condition_) {
    case Condition::kEvent:
    case Condition::kCallbackEvent:
      wait_set->RemoveWaiter(*this);
      break;
    case Condition::kWaitable:
      wait_on->set_sync_waiter(nullptr);
      break;
    case Condition::kEnter:
      --instance_->gate.num_waiting_to_enter;
      break;
    default:
      break;
  }
  woken_ = false;
  ThreadList::Remove(ready_link_);
  ThreadList::Remove(gate_link_);
}

bool Thread::Ready() const {
  if (!waiting()) return false;
  const abi::InstanceGate& gate = instance_->gate;
  switch (condition_) {
    case Condition::kAlways:
      return true;
    case Condition::kWoken:
      return woken_;
    case Condition::kEvent:
      return wait_set->HasPendingEvent();
    case Condition::kWaitable:
      return wait_on->HasPendingEvent();
    case Condition::kResolved:
      return lower->resolved();
    case Condition::kEnter:
      return !gate.HasBackpressure(const_cast<Thread*>(this)->top().needs_exclusive);
    case Condition::kCallbackYield:
      return gate.exclusive() == nullptr;
    case Condition::kCallbackEvent:
      return wait_set->HasPendingEvent() && gate.exclusive() == nullptr;
  }
  return false;
}

// Only takes note. What waits for an instance's lock alone stands in its list until the lock is free.
void Thread::OnEvent() {
  if (!waiting()) return;
  if (Ready()) return store_.scheduler().Notify(*this);
  const bool has_event = condition_ == Condition::kCallbackYield ||
                         (condition_ == Condition::kCallbackEvent && wait_set->HasPendingEvent());
  if (has_event && !gate_link_.in_list()) instance_->threads().callbacks.PushBack(gate_link_);
}

void Thread::Wake() {
  woken_ = true;
  OnEvent();
}

void Thread::Resume(bool as_cancelled) {
  if (waiting()) StopWaiting();
  state_ = State::kRunning;
  cancelled = as_cancelled;
}

void Thread::End() {
  if (waiting()) StopWaiting();
  state_ = State::kEnded;
}

bool Thread::DeliverPendingCancel(bool cancellable) {
  AsyncTask* task = top().task.get();
  return task != nullptr && task->state().DeliverPendingCancel(cancellable);
}

// --- the table of threads

uint32_t Thread::Register(ComponentInstanceState& instance) {
  Activation& activation = top();
  if (activation.thread_index == 0) {
    activation.instance = &instance;
    activation.thread_index = instance.threads().Add(*this, activation);
  }
  return activation.thread_index;
}

void Thread::Unregister(Activation& activation) {
  if (activation.thread_index == 0) return;
  activation.instance->threads().Remove(activation.thread_index);
  activation.thread_index = 0;
}

Result<void> Thread::EndCall(GuestCall& call) {
  Unregister(call);
  if (call.looping) CVM_RETURN_IF_ERROR(store_.scheduler().running()->EndLoop(call));
  if (call.task == nullptr) return {};
  call.task->state().SetResolved();
  return call.task->RemoveThread(*this);
}

bool Thread::LeaveCalls(Activation** loop) {
  if (stack != nullptr) {
    for (size_t i = stack->depth(); i-- > 0;) {
      GuestCall& call = stack->call(i);
      if (call.detached || call.looping) return false;
      if (call.sync_typed) return *loop = &call, true;
      call.instance->LeaveTo(call.caller);
      call.detached = true;
    }
  }
  if (!base.sync_typed || base.looping) return false;
  *loop = &base;
  return true;
}

// --- running

void Thread::SetStart(rt::Function& f, std::span<const uint64_t> slots) {
  start_ = &f;
  std::copy_n(slots.begin(), std::min(slots.size(), kMaxCoreParams), slots_);
}

Result<Thread::Stop> Thread::Stopped(rt::RunStatus status) {
  switch (status) {
    case rt::RunStatus::kSuspended:
      if (stop_ == Stop::kBlocked && state_ == State::kRunning) return CVM_BUG("a guest waits for nothing");
      return stop_;
    case rt::RunStatus::kTrapped:
      return TakeTrap(*stack);
    default:
      return CVM_BUG("a run ended with no status");
  }
}

Result<Thread::Stop> Thread::RunPlain() {
  rt::RunStatus status;
  stop_ = Stop::kBlocked, other_ = nullptr;
  if (!begun_) {
    begun_ = true;
    CVM_RETURN_IF_ERROR(store_.GiveStack(*this));
    status = StartCall(*stack, *start_, slots_, store_.any_context());
  } else {
    status = ContinueHost(*stack);
  }
  if (status != rt::RunStatus::kDone) return Stopped(status);
  if (kind_ == Kind::kExplicit) {
    Unregister(base);
    CVM_RETURN_IF_ERROR(base.task->RemoveThread(*this));
  }
  return Stop::kEnded;
}

Result<Thread::Stop> Thread::Run() {
  if (kind_ == Kind::kImplicit) return base.task->Run(*this);
  return RunPlain();
}

}  // namespace cvm::component
