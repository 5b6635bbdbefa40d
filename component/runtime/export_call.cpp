#include "component/runtime/export_call.hpp"

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "canonical-abi/values/check.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {

// The host as a task's caller. The call that it is of may be gone before the task resolves.
class ExportCall::Caller final : public TaskCaller {
 public:
  Caller(ExportCall* call, Lower lower, Lift lift)
      : call(call), function_(call->function_), lower_(std::move(lower)), lift_(std::move(lift)) {}

  Result<std::vector<abi::CoreValue>> OnStart(abi::LiftLowerContext& callee) override {
    Result<std::vector<abi::CoreValue>> flat = lower_(callee);
    begun = flat.ok();
    return flat;
  }
  Result<void> OnResolve(abi::LiftLowerContext& callee, uint32_t max_flat, abi::CoreValueSource& result,
                         const abi::TaskState& task) override {
    if (call != nullptr) {
      CVM_RETURN_IF_ERROR(lift_(callee, max_flat, result));
    } else {
      // The host has lost interest: the values are lifted all the same, and dropped.
      CVM_RETURN_IF_ERROR(abi::LiftFlatValues(callee, max_flat, result, function_.code->results));
    }
    CVM_RETURN_IF_ERROR(task.CheckReturn());
    resolved = true;
    Tell();
    return {};
  }
  void OnCancelled() override { OnTrapped(UsageError("the call was cancelled")); }
  void OnTrapped(const Error& trap) override {
    error = trap;
    Tell();
  }
  abi::Boundary boundary() const override { return abi::Boundary::kHost; }
  bool over() const { return resolved || error.has_value(); }

  ExportCall* call;    // null once it is gone
  bool begun = false;  // the arguments have been lowered
  bool resolved = false;
  std::optional<Error> error;

 private:
  void Tell() {
    if (call != nullptr && !call->driving_ && call->on_wake_) call->on_wake_();
  }

  const LiftedFunc& function_;
  Lower lower_;  // with what the host has lent to the callee
  Lift lift_;    // refers to what the call's owner keeps for the results
};

ExportCall::~ExportCall() {
  if (!store_alive()) return;
  EndAsync();
  if (activity_ != nullptr) activity_->Abandon(UsageError("the call was given up"));
  if (thread_ != nullptr) store_.ReleaseThread(*thread_);
}

bool ExportCall::woken() const {
  if (!suspended()) return false;
  if (caller_ != nullptr) return caller_->over() || store_.scheduler().HasWork();
  return activity_ != nullptr && activity_->woken;
}

// --- functions of type `async`

void ExportCall::EndAsync() {
  if (caller_ == nullptr) return;
  caller_->call = nullptr;
  store_.scheduler().RemoveListener(&on_wake_);
}

Result<bool> ExportCall::StartAsync(Lower lower, Lift lift) {
  caller_ = std::make_shared<Caller>(this, std::move(lower), std::move(lift));
  std::shared_ptr<AsyncTask> task;
  CVM_ASSIGN_OR_RETURN(Thread * thread, AsyncTask::Spawn(store_, function_, caller_, &task));
  function_.instance->EnterFrom(nullptr);
  stage_ = Stage::kCallee;
  if (on_wake_) store_.scheduler().AddListener(&on_wake_);
  std::unique_ptr<Activity> activity = store_.scheduler().NewActivity();
  activity->Begin(*thread, function_.instance);
  driving_ = true;
  const Scheduler::Turns giving(store_.scheduler());
  Result<void> ran = store_.scheduler().RunActivity(std::move(activity));
  if (!ran.ok() && ran.error().kind() == ErrorKind::kUsage && !caller_->begun) {
    // The host's own mistake does no harm to the guest.
    function_.instance->Revive();
    function_.instance->root().trap.reset();
    function_.instance->LeaveTo(nullptr);
  }
  return AfterAsync(std::move(ran));
}

Result<bool> ExportCall::AfterAsync(Result<void> ran) {
  driving_ = false;
  if (ran.ok() && caller_->error.has_value()) ran = *caller_->error;
  if (ran.ok() && !caller_->resolved) {
    // Other tasks are ready, and nobody else gives them turns.
    if (on_wake_ && store_.scheduler().HasWork()) on_wake_();
    return false;
  }
  EndAsync();
  stage_ = ran.ok() ? Stage::kDone : Stage::kFailed;
  if (!ran.ok()) return std::move(ran).error();
  return true;
}

// --- others

Result<std::vector<abi::CoreValue>> ExportCall::LowerArgs(Lower& lower) {
  const RunningOn running(store_, *thread_->stack);
  CVM_RETURN_IF_ERROR(running.Check());
  abi::LiftLowerContext cx = Context();
  return lower(cx);
}

Result<bool> ExportCall::Start(Lower lower, Lift lift, std::function<void()> on_wake) {
  if (stage_ != Stage::kIdle) return UsageError("the call has been started before");
  ComponentInstanceState& instance = *function_.instance;
  CVM_RETURN_IF_ERROR(instance.CheckMayEnterFrom(nullptr));
  on_wake_ = std::move(on_wake);
  if (function_.async_typed) return StartAsync(std::move(lower), std::move(lift));
  CVM_ASSIGN_OR_RETURN(thread_, store_.NewThread(Thread::Kind::kPlain));
  CVM_RETURN_IF_ERROR(store_.GiveStack(*thread_));
  thread_->base.instance = &instance;
  thread_->base.sync_typed = true;
  budget_ = abi::HostBudget(store_.limits().host_bytes_per_call);
  lift_ = std::move(lift);
  instance.EnterFrom(nullptr);
  ++instance.sync_calls;
  Result<std::vector<abi::CoreValue>> flat = LowerArgs(lower);
  if (!flat.ok()) {
    // The host's own mistake does no harm to the guest; what its realloc did wrong does.
    if (flat.error().kind() == ErrorKind::kUsage) {
      --instance.sync_calls;
      instance.LeaveTo(nullptr);
      store_.scheduler().WorkArrived();
    }
    return AfterSync(std::move(flat).error());
  }
  uint64_t slots[kMaxCoreParams] = {};
  WriteWindow(slots, *flat);
  stage_ = Stage::kCallee;
  thread_->SetStart(*function_.core, slots);
  thread_->Resume();
  activity_ = store_.scheduler().NewActivity();
  activity_->Begin(*thread_, nullptr);
  activity_->on_wake = on_wake_;
  return AfterSync(activity_->Run());
}

Result<bool> ExportCall::Resume() {
  if (!suspended()) return UsageError("the call is not suspended");
  if (caller_ == nullptr) return AfterSync(activity_->Run());
  driving_ = true;
  // An interruption ends the call that is resumed, also where nothing runs that it could stop.
  Result<void> ran;
  if (!caller_->over()) ran = CheckStop(store_.store());
  if (!ran.ok()) function_.instance->Poison();
  // Guests that never wait are left after so many rounds: woken() says that there is more to do.
  constexpr int kMaxRounds = 64;
  for (int round = 0; ran.ok() && round < kMaxRounds && !caller_->over(); ++round) {
    Result<bool> any = store_.scheduler().RunRound();
    if (!any.ok()) ran = std::move(any).error();
    if (!any.ok() || !*any) break;
  }
  return AfterAsync(std::move(ran));
}

Result<void> ExportCall::Finish() {
  if (caller_ != nullptr && suspended()) {
    driving_ = true;
    Result<void> ran = store_.scheduler().RunUntil([this] { return caller_->over(); }, *function_.instance);
    if (!ran.ok() && ran.error().kind() == ErrorKind::kTrap) function_.instance->Poison();
    CVM_RETURN_IF_ERROR(AfterAsync(std::move(ran)));
  }
  while (!done()) {
    if (!suspended()) return UsageError("the call is not suspended");
    Result<void> waited;
    while (waited.ok() && !activity_->woken) waited = store_.scheduler().WaitForHost();
    if (!waited.ok() && waited.error().kind() == ErrorKind::kTrap) {
      // An interruption ends the call.
      activity_->Abandon(waited.error());
      return std::move(AfterSync(std::move(waited).error())).error();
    }
    CVM_RETURN_IF_ERROR(waited);
    CVM_RETURN_IF_ERROR(Resume());
  }
  return {};
}

Result<bool> ExportCall::AfterSync(Result<Activity::Outcome> outcome) {
  if (outcome.ok() && *outcome == Activity::Outcome::kHostWait) return false;
  Result<void> returned;
  if (!outcome.ok()) {
    returned = std::move(outcome).error();
  } else if (thread_->state() != Thread::State::kEnded) {
    returned = CVM_BUG("a call that is not async has blocked");
  } else {
    returned = Return();
  }
  if (activity_ != nullptr) store_.scheduler().Recycle(std::move(activity_));
  store_.ReleaseThread(*std::exchange(thread_, nullptr));
  stage_ = returned.ok() ? Stage::kDone : Stage::kFailed;
  if (!returned.ok()) return std::move(returned).error();
  return true;
}

Result<void> ExportCall::Return() {
  uint64_t slots[2] = {};
  Stack& stack = *thread_->stack;
  TakeResults(stack, *function_.core, slots);
  abi::CoreValue value;
  abi::CoreValueIter vi(ReadWindow(slots, function_.code->flat.results, &value));
  abi::LiftLowerContext cx = Context();
  CVM_RETURN_IF_ERROR(lift_(cx, abi::kMaxFlatResults, vi));
  CVM_RETURN_IF_ERROR(scope_.CheckNoBorrows());
  ComponentInstanceState& instance = *function_.instance;
  if (rt::Function* post_return = function_.options.post_return) {
    CVM_RETURN_IF_ERROR(instance.CheckMayLeave());
    instance.set_may_leave(false);
    const RunScope scope(store_);
    if (!scope.ok()) return TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
    const rt::RunStatus status = StartCall(stack, *post_return, slots, store_.any_context());
    if (status == rt::RunStatus::kTrapped) return TakeTrap(stack);
    if (status != rt::RunStatus::kDone) return CVM_BUG("post-return waits");
    instance.set_may_leave(true);
  }
  if (thread_->base.task != nullptr) {
    thread_->base.task->state().SetResolved();
    CVM_RETURN_IF_ERROR(thread_->base.task->RemoveThread(*thread_));
  }
  --instance.sync_calls;
  instance.LeaveTo(nullptr);
  store_.scheduler().WorkArrived();
  return {};
}

ExportCall::Lower LowerValues(const LiftedFunc& function, std::vector<abi::Value> args) {
  return [&function, args = std::move(args)](abi::LiftLowerContext& cx) {
    return abi::LowerFlatValues(cx, abi::kMaxFlatParams, args, function.code->params);
  };
}

ExportCall::Lift LiftValues(const LiftedFunc& function, std::vector<abi::Value>* results) {
  return [&function, results](abi::LiftLowerContext& cx, uint32_t max_flat, abi::CoreValueSource& vi) -> Result<void> {
    CVM_ASSIGN_OR_RETURN(*results, abi::LiftFlatValues(cx, max_flat, vi, function.code->results));
    return {};
  };
}

Result<std::vector<abi::Value>> CallExport(ComponentStore& store, const LiftedFunc& function,
                                           const std::vector<abi::Value>& args) {
  const std::vector<abi::ValType>& params = function.code->params;
  if (args.size() != params.size()) {
    return UsageError("the function takes " + std::to_string(params.size()) + " arguments, not " +
                      std::to_string(args.size()));
  }
  for (size_t i = 0; i < args.size(); ++i) CVM_RETURN_IF_ERROR(abi::CheckValue(args[i], params[i]));
  std::vector<abi::Value> results;
  ExportCall call(store, function);
  CVM_ASSIGN_OR_RETURN(const bool done, call.Start(LowerValues(function, args), LiftValues(function, &results)));
  if (!done) CVM_RETURN_IF_ERROR(call.Finish());
  return results;
}

}  // namespace cvm::component
