#include "component/runtime/export_call.hpp"

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "canonical-abi/values/check.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {
namespace {

// realloc is called on the task that is to run the call.
class RunningOn {
 public:
  RunningOn(rt::Store& store, rt::Execution& execution) : store_(store), outer_(store.running) {
    store.running = &execution;
  }
  ~RunningOn() { store_.running = outer_; }
  RunningOn(const RunningOn&) = delete;
  RunningOn& operator=(const RunningOn&) = delete;

 private:
  rt::Store& store_;
  rt::Execution* outer_;
};

}  // namespace

ExportCall::~ExportCall() {
  if (task_ != nullptr && store_alive()) store_.Recycle(std::move(task_));
}

Result<std::vector<abi::CoreValue>> ExportCall::LowerArgs(Lower& lower) {
  const RunScope scope(store_);
  if (!scope.ok()) return TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
  const RunningOn running(store_.store(), *task_);
  abi::LiftLowerContext cx = Context();
  return lower(cx);
}

Result<bool> ExportCall::Start(Lower lower, Lift lift, std::function<void()> on_wake) {
  if (stage_ != Stage::kIdle) return UsageError("the call has been started before");
  CVM_RETURN_IF_ERROR(function_.instance->CheckMayEnterFrom(nullptr));
  CVM_ASSIGN_OR_RETURN(task_, store_.NewTask());
  task_->on_wake = std::move(on_wake);
  budget_ = abi::HostBudget(store_.limits().host_bytes_per_call);
  lift_ = std::move(lift);
  function_.instance->EnterFrom(nullptr);
  Result<std::vector<abi::CoreValue>> flat = LowerArgs(lower);
  if (!flat.ok()) {
    // The host's own mistake does no harm to the guest; what its realloc did wrong does.
    if (flat.error().kind() == ErrorKind::kUsage) function_.instance->LeaveTo(nullptr);
    return After(std::move(flat).error());
  }
  uint64_t slots[kMaxCoreParams] = {};
  WriteWindow(slots, *flat);
  stage_ = Stage::kCallee;
  return After(task_->Start(*function_.core, slots));
}

Result<bool> ExportCall::Resume() {
  if (!suspended()) return UsageError("the call is not suspended");
  return After(task_->Resume());
}

Result<void> ExportCall::Finish() {
  while (!done()) {
    if (!suspended()) return UsageError("the call is not suspended");
    if (Result<void> blocked = task_->Block(); !blocked.ok()) {
      // An interruption ends the call.
      if (blocked.error().kind() == ErrorKind::kTrap) return std::move(After(std::move(blocked).error())).error();
      return blocked;
    }
    CVM_RETURN_IF_ERROR(Resume());
  }
  return {};
}

Result<bool> ExportCall::After(Result<bool> done) {
  if (done.ok() && !*done) return false;
  Result<void> returned = done.ok() ? Return() : Result<void>(std::move(done).error());
  store_.Recycle(std::move(task_));
  stage_ = returned.ok() ? Stage::kDone : Stage::kFailed;
  if (!returned.ok()) return std::move(returned).error();
  return true;
}

Result<void> ExportCall::Return() {
  uint64_t slots[2] = {};
  TakeResults(*task_, *function_.core, slots);
  abi::CoreValue value;
  abi::CoreValueIter vi(ReadWindow(slots, function_.code->flat.results, &value));
  abi::LiftLowerContext cx = Context();
  CVM_RETURN_IF_ERROR(lift_(cx, vi));
  CVM_RETURN_IF_ERROR(scope_.CheckNoBorrows());
  ComponentInstanceState& instance = *function_.instance;
  if (rt::Function* post_return = function_.options.post_return) {
    CVM_RETURN_IF_ERROR(instance.CheckMayLeave());
    instance.set_may_leave(false);
    CVM_ASSIGN_OR_RETURN(const bool done, task_->Start(*post_return, slots));
    if (!done) return CVM_BUG("post-return waits");
    instance.set_may_leave(true);
  }
  instance.LeaveTo(nullptr);
  return {};
}

ExportCall::Lower LowerValues(const LiftedFunc& function, std::vector<abi::Value> args) {
  return [&function, args = std::move(args)](abi::LiftLowerContext& cx) {
    return abi::LowerFlatValues(cx, abi::kMaxFlatParams, args, function.code->params);
  };
}

ExportCall::Lift LiftValues(const LiftedFunc& function, std::vector<abi::Value>* results) {
  return [&function, results](abi::LiftLowerContext& cx, abi::CoreValueSource& vi) -> Result<void> {
    CVM_ASSIGN_OR_RETURN(*results, abi::LiftFlatValues(cx, abi::kMaxFlatResults, vi, function.code->results));
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
