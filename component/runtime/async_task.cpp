#include "component/runtime/async_task.hpp"

#include <algorithm>

#include "canonical-abi/async/canon_async.hpp"
#include "canonical-abi/flat/lift_flat.hpp"
#include "component/runtime/component_store.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {

Result<Thread*> AsyncTask::Spawn(ComponentStore& store, const LiftedFunc& function, std::shared_ptr<TaskCaller> caller,
                                 std::shared_ptr<AsyncTask>* made) {
  auto task = std::make_shared<AsyncTask>(&function, *function.instance);
  CVM_ASSIGN_OR_RETURN(Thread * thread, store.NewThread(Thread::Kind::kImplicit));
  task->boundary_ = caller->boundary();
  task->caller_ = std::move(caller);
  task->budget_ = abi::HostBudget(store.limits().host_bytes_per_call);
  task->implicit_ = thread;
  thread->base.instance = function.instance;
  thread->base.needs_exclusive = function.needs_exclusive();
  thread->base.task = task;
  thread->Resume();
  *made = std::move(task);
  return thread;
}

abi::LiftLowerContext AsyncTask::Context() {
  return abi::LiftLowerContext(function_->options, instance_, budget_, {.task = &state_.scope()}, boundary_);
}

Result<Thread::Stop> AsyncTask::Run(Thread& thread) {
  switch (stage_) {
    case Stage::kStart:
      // definitions.py: enter_implicit_thread
      if (instance_.gate.MustWait(function_->needs_exclusive())) {
        stage_ = Stage::kEntering;
        thread.StartWaiting(Thread::Condition::kEnter, /*cancellable=*/true, instance_);
        return Thread::Stop::kBlocked;
      }
      return Enter(thread);
    case Stage::kEntering:
      return Enter(thread);
    case Stage::kWaiting: {
      abi::Event event;
      if (thread.cancelled) {
        event.code = abi::EventCode::kTaskCancelled;
      } else if (!yielding_) {
        event = thread.wait_set->GetPendingEvent();
      }
      thread.wait_set = nullptr;
      return CallBack(thread, event);
    }
    default:
      thread.stop_ = Thread::Stop::kBlocked, thread.other_ = nullptr;
      return After(thread, ContinueHost(*thread.stack));
  }
}

Result<Thread::Stop> AsyncTask::Enter(Thread& thread) {
  ComponentStore& store = thread.store();
  if (function_->needs_exclusive()) instance_.Lock(thread, thread.base);
  AddThread(thread);
  state_.Start();
  CVM_RETURN_IF_ERROR(store.GiveStack(thread));
  std::vector<abi::CoreValue> flat;
  {
    const RunningOn running(store, *thread.stack);
    CVM_RETURN_IF_ERROR(running.Check());
    abi::LiftLowerContext cx = Context();
    Result<std::vector<abi::CoreValue>> lowered =
        caller_ == nullptr ? CVM_BUG("a call without a caller") : caller_->OnStart(cx);
    if (!lowered.ok()) {
      // A mistake of the host's does the guest no harm.
      if (lowered.error().kind() == ErrorKind::kUsage && function_->needs_exclusive()) Unlock();
      return std::move(lowered).error();
    }
    flat = *std::move(lowered);
  }
  uint64_t slots[kMaxCoreParams] = {};
  WriteWindow(slots, flat);
  return Call(thread, *function_->core, slots, Stage::kCore);
}

Result<Thread::Stop> AsyncTask::Call(Thread& thread, rt::Function& f, std::span<const uint64_t> slots, Stage stage) {
  stage_ = stage;
  thread.stop_ = Thread::Stop::kBlocked, thread.other_ = nullptr;
  return After(thread, StartCall(*thread.stack, f, slots, thread.store().any_context()));
}

Result<Thread::Stop> AsyncTask::After(Thread& thread, rt::RunStatus status) {
  if (status != rt::RunStatus::kDone) return thread.Stopped(status);
  switch (stage_) {
    case Stage::kCore:
      return AfterCore(thread);
    case Stage::kCallback: {
      uint64_t slots[2] = {};
      TakeResults(*thread.stack, *function_->options.callback, slots);
      return AfterCallback(thread, static_cast<uint32_t>(slots[0]));
    }
    default:
      instance_.set_may_leave(true);
      return Exit(thread);
  }
}

Result<Thread::Stop> AsyncTask::AfterCore(Thread& thread) {
  uint64_t slots[2] = {};
  TakeResults(*thread.stack, *function_->core, slots);
  if (function_->options.callback != nullptr) return AfterCallback(thread, static_cast<uint32_t>(slots[0]));
  if (async()) return Exit(thread);
  abi::CoreValue value;
  abi::CoreValueIter results(ReadWindow(slots, function_->code->flat.results, &value));
  {
    const RunningOn running(thread.store(), *thread.stack);
    CVM_RETURN_IF_ERROR(Return(abi::kMaxFlatResults, results));
  }
  rt::Function* post_return = function_->options.post_return;
  if (post_return == nullptr) return Exit(thread);
  CVM_RETURN_IF_ERROR(instance_.CheckMayLeave());
  instance_.set_may_leave(false);
  return Call(thread, *post_return, slots, Stage::kPostReturn);
}

// definitions.py: the loop of canon_lift with a callback.
Result<Thread::Stop> AsyncTask::AfterCallback(Thread& thread, uint32_t packed) {
  CVM_ASSIGN_OR_RETURN(const abi::CallbackResult result, abi::UnpackCallbackResult(packed));
  if (result.code == abi::CallbackCode::kExit) return Exit(thread);
  yielding_ = result.code == abi::CallbackCode::kYield;
  if (!yielding_) {
    CVM_ASSIGN_OR_RETURN(thread.wait_set, abi::GetWaitableSet(instance_, result.waitable_set));
  }
  if (state_.DeliverPendingCancel(true)) {
    thread.wait_set = nullptr;
    return CallBack(thread, {abi::EventCode::kTaskCancelled, 0, 0});
  }
  Unlock();
  stage_ = Stage::kWaiting;
  thread.StartWaiting(yielding_ ? Thread::Condition::kCallbackYield : Thread::Condition::kCallbackEvent,
                      /*cancellable=*/true, instance_);
  thread.store().TakeStack(thread);
  return Thread::Stop::kBlocked;
}

Result<Thread::Stop> AsyncTask::CallBack(Thread& thread, const abi::Event& event) {
  instance_.Lock(thread, thread.base);
  CVM_RETURN_IF_ERROR(thread.store().GiveStack(thread));
  const uint64_t slots[3] = {static_cast<uint64_t>(event.code), event.p1, event.p2};
  return Call(thread, *function_->options.callback, slots, Stage::kCallback);
}

Result<Thread::Stop> AsyncTask::Exit(Thread& thread) {
  thread.Unregister(thread.base);
  CVM_RETURN_IF_ERROR(RemoveThread(thread));
  implicit_ = nullptr;
  if (function_->needs_exclusive()) Unlock();
  return Thread::Stop::kEnded;
}

void AsyncTask::Unlock() {
  instance_.gate.Unlock();
  instance_.store().scheduler().Unlocked(instance_);
}

// --- built-ins

Result<void> AsyncTask::Return(uint32_t max_flat, abi::CoreValueSource& result) {
  CVM_RETURN_IF_ERROR(state_.CheckUnresolved());
  abi::LiftLowerContext cx = Context();
  const std::shared_ptr<TaskCaller> caller = std::exchange(caller_, nullptr);
  if (caller != nullptr) {
    CVM_RETURN_IF_ERROR(caller->OnResolve(cx, max_flat, result, state_));
  } else {
    // A host that has lost interest: the values are lifted all the same, and dropped.
    CVM_RETURN_IF_ERROR(abi::LiftFlatValues(cx, max_flat, result, function_->code->results));
    CVM_RETURN_IF_ERROR(state_.CheckReturn());
  }
  state_.SetResolved();
  return {};
}

Result<void> AsyncTask::Cancel() {
  CVM_RETURN_IF_ERROR(state_.CheckCancel());
  if (const std::shared_ptr<TaskCaller> caller = std::exchange(caller_, nullptr)) caller->OnCancelled();
  state_.SetResolved();
  return {};
}

Result<Thread*> AsyncTask::RequestCancellation(const ComponentInstanceState* caller) {
  Thread* const none = nullptr;
  if (state_.state() == abi::TaskState::State::kInitial) {
    state_.SetCancelDelivered();
    Thread* thread = std::exchange(implicit_, nullptr);
    CVM_RETURN_IF_ERROR(Cancel());
    thread->store().ReleaseThread(*thread);
    instance_.store().scheduler().Unlocked(instance_);
    return none;
  }
  const void* exclusive = instance_.gate.exclusive();
  for (Thread* thread : threads_) {
    if (thread->state() == Thread::State::kRunning || !thread->cancellable() || &thread->top() != &thread->base)
      continue;
    const bool barred =
        thread == implicit_ && function_->needs_exclusive() && exclusive != nullptr && exclusive != &thread->base;
    if (barred || !instance_.MayEnterFrom(caller)) continue;
    state_.SetCancelDelivered();
    instance_.EnterFrom(caller);
    thread->Resume(/*as_cancelled=*/true);
    return thread;
  }
  state_.SetPendingCancel();
  return none;
}

Result<void> AsyncTask::RemoveThread(Thread& thread) {
  std::erase(threads_, &thread);
  if (!threads_.empty()) return {};
  return state_.CheckEnd();
}

void AsyncTask::Trapped(const Error& error) {
  if (const std::shared_ptr<TaskCaller> caller = std::exchange(caller_, nullptr)) caller->OnTrapped(error);
}

}  // namespace cvm::component
