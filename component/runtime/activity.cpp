#include "component/runtime/activity.hpp"

#include "component/runtime/async_task.hpp"
#include "component/runtime/component_store.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {

void Activity::Begin(Thread& first, ComponentInstanceState* entered) {
  frames_.clear();
  current_ = &first;
  entered_ = entered;
  woken = false;
}

Result<Activity::Outcome> Activity::Run() {
  const RunScope scope(store_);
  if (!scope.ok()) {
    Error error = TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
    Abandon(error);
    return error;
  }
  woken = false;
  const Scheduler::RunningActivity running(store_.scheduler(), *this);
  Result<Outcome> outcome = RunThreads();
  if (!outcome.ok()) {
    Abandon(outcome.error());
  } else if (*outcome == Outcome::kHostWait) {
    StartWaiter();
  } else if (entered_ != nullptr) {
    entered_->LeaveTo(nullptr);
  }
  return outcome;
}

void Activity::StartWaiter() {
  SuspendedImport& suspended = *current_->stack->suspended;
  suspended.wait = store_.scheduler().BeginHostWait();
  suspended.step.waiter->Start([this, &suspended] {
    suspended.wait.End();
    woken = true;
    if (on_wake) on_wake();
  });
}

Result<Activity::Outcome> Activity::RunThreads() {
  for (;;) {
    CVM_ASSIGN_OR_RETURN(const Thread::Stop stop, current_->Run());
    Thread* other = nullptr;
    switch (stop) {
      case Thread::Stop::kHostWait:
        return Outcome::kHostWait;
      case Thread::Stop::kResume:
        frames_.push_back({current_, nullptr, nullptr});
        current_ = current_->other();
        continue;
      case Thread::Stop::kEnded:
        if (current_->base.looping) CVM_RETURN_IF_ERROR(EndLoop(current_->base));
        current_->End();
        // A thread that the host called has results to be taken.
        if (current_->kind() != Thread::Kind::kPlain) store_.ReleaseThread(*current_);
        break;
      case Thread::Stop::kBlocked: {
        Activation* loop = nullptr;
        if (current_->LeaveCalls(&loop)) {
          loop->looping = true;
          frames_.push_back({current_, loop, current_->instance()});
        }
        other = current_->other();
        break;
      }
    }
    if (other != nullptr) {
      current_ = other;
      continue;
    }
    CVM_ASSIGN_OR_RETURN(const bool more, Next());
    if (!more) return Outcome::kIdle;
  }
}

// Who goes on, now that the running thread has stopped.
Result<bool> Activity::Next() {
  if (frames_.empty()) return false;
  const Frame frame = frames_.back();
  if (frame.loop == nullptr) {
    frames_.pop_back();
    current_ = frame.thread;
    return true;
  }
  CVM_ASSIGN_OR_RETURN(current_, Candidate(frame));
  current_->Resume();
  return true;
}

// The end of canon_lift: a call that is not `async` has blocked. Its caller's stack is its own: threads of the same
// instance may run, but none that needs the instance to itself.
Result<Thread*> Activity::Candidate(const Frame& frame) const {
  Thread* found = nullptr;
  for (const InstanceThreads::Entry& entry : frame.instance->threads().entries()) {
    Thread* thread = entry.thread;
    if (thread == nullptr || !thread->Ready() || entry.activation != &thread->top()) continue;
    if (entry.activation->needs_exclusive) continue;
    if (found == nullptr || thread->wait_order() < found->wait_order()) found = thread;
  }
  if (found == nullptr) return Scheduler::Deadlock(*frame.instance);
  return found;
}

Result<void> Activity::EndLoop(const Activation& call) {
  if (frames_.empty() || frames_.back().loop != &call) return CVM_BUG("a call returns out of turn");
  frames_.pop_back();
  return {};
}

namespace {

// Whatever had a call on the stack is not entered again, also if it had been left while the call waited; nor is
// anything of the component around it, if that was entered.
void Poison(ComponentInstanceState* instance, const Error& error) {
  if (instance == nullptr) return;
  instance->Poison();
  ComponentInstanceState& root = instance->root();
  if (!root.MayEnterFrom(nullptr) && !root.trap.has_value()) root.trap = error;
}

void Poison(Thread& thread, const Error& error) {
  Poison(thread.base.instance, error);
  if (thread.stack == nullptr) return;
  for (size_t i = 0; i < thread.stack->depth(); ++i) Poison(thread.stack->call(i).instance, error);
}

}  // namespace

void Activity::Abandon(const Error& error) {
  std::vector<Frame> frames = std::exchange(frames_, {});
  frames.push_back({std::exchange(current_, nullptr), nullptr, nullptr});
  for (const Frame& frame : frames) {
    if (frame.thread == nullptr || frame.thread->state() == Thread::State::kEnded) continue;
    Poison(*frame.thread, error);
    frame.thread->End();
    if (frame.thread->kind() == Thread::Kind::kPlain) continue;
    if (frame.thread->kind() == Thread::Kind::kImplicit) frame.thread->base.task->Trapped(error);
    store_.ReleaseThread(*frame.thread);
  }
}

}  // namespace cvm::component
