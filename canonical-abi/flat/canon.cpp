#include "canonical-abi/flat/canon.hpp"

#include <utility>

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

Result<void> RunPostReturn(const CanonicalOptions& opts, ComponentInstance& inst,
                           std::span<const CoreValue> flat_results) {
  if (!opts.post_return) return {};
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  inst.set_may_leave(false);
  auto done = opts.post_return(flat_results);
  inst.set_may_leave(true);
  return done;
}

}  // namespace

// On an error the instance is left as it is, entered: nothing enters it again, which is what a trap means for it.
FuncInst Lift(CoreFuncInst callee, const FuncType& ft, const CanonicalOptions& opts, ComponentInstance& inst) {
  return [callee = std::move(callee), &ft, &opts, &inst](const OnStart& on_start, const OnResolve& on_resolve,
                                                         ComponentInstance* caller) -> Result<void> {
    CVM_RETURN_IF_ERROR(inst.CheckMayEnterFrom(caller));
    inst.EnterFrom(caller);
    const Boundary boundary = caller == nullptr ? Boundary::kHost : Boundary::kComponent;
    CVM_RETURN_IF_ERROR(CanonLift(callee, ft, opts, inst, on_start, on_resolve, boundary));
    inst.LeaveTo(caller);
    return {};
  };
}

Result<void> CanonLift(const CoreFuncInst& callee, const FuncType& ft, const CanonicalOptions& opts,
                       ComponentInstance& inst, const OnStart& on_start, const OnResolve& on_resolve,
                       Boundary boundary) {
  if (opts.async) return CVM_BUG("an async function is lifted synchronously");
  TaskScope task;
  HostBudget budget(opts.host_bytes_per_call);
  LiftLowerContext cx(opts, inst, budget, {.task = &task}, boundary);
  CVM_ASSIGN_OR_RETURN(const std::vector<Value> args, on_start());
  CVM_ASSIGN_OR_RETURN(const std::vector<CoreValue> flat_args,
                       LowerFlatValues(cx, kMaxFlatParams, args, ft.ParamTypes()));
  const CoreFuncType flat_ft = FlattenFunctype(opts.flatten(), ft, FlattenContext::kLift);
  if (!TypesMatchValues(flat_ft.params, flat_args)) return CVM_BUG("lowered arguments are of other types");

  CVM_ASSIGN_OR_RETURN(const std::vector<CoreValue> flat_results, callee(flat_args));
  if (!TypesMatchValues(flat_ft.results, flat_results)) return CVM_BUG("core results are of other types");
  CoreValueIter vi(flat_results);
  CVM_ASSIGN_OR_RETURN(std::vector<Value> result, LiftFlatValues(cx, kMaxFlatResults, vi, ft.ResultTypes()));
  // Task.return_
  CVM_RETURN_IF_ERROR(task.CheckNoBorrows());
  CVM_RETURN_IF_ERROR(on_resolve(std::move(result)));
  return RunPostReturn(opts, inst, flat_results);
}

Result<std::vector<CoreValue>> CanonLower(const FuncInst& callee, const FuncType& ft, const CanonicalOptions& opts,
                                          ComponentInstance& inst, std::span<const CoreValue> flat_args,
                                          Boundary boundary) {
  if (opts.async) return CVM_BUG("an async function is lowered synchronously");
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  const CoreFuncType flat_ft = FlattenFunctype(opts.flatten(), ft, FlattenContext::kLower);
  if (!TypesMatchValues(flat_ft.params, flat_args)) return CVM_BUG("core arguments are of other types");
  CoreValueIter vi(flat_args);
  SubtaskScope subtask;
  HostBudget budget(opts.host_bytes_per_call);
  LiftLowerContext cx(opts, inst, budget, {.subtask = &subtask}, boundary);
  std::vector<CoreValue> flat_results;

  const OnStart on_start = [&] { return LiftFlatValues(cx, kMaxFlatParams, vi, ft.ParamTypes()); };
  const OnResolve on_resolve = [&](std::vector<Value> result) -> Result<void> {
    CVM_ASSIGN_OR_RETURN(flat_results, LowerFlatValues(cx, kMaxFlatResults, result, ft.ResultTypes(), &vi));
    return {};
  };
  CVM_RETURN_IF_ERROR(callee(on_start, on_resolve, &inst));
  subtask.DeliverResolve();
  if (!TypesMatchValues(flat_ft.results, flat_results)) return CVM_BUG("the callee did not resolve");
  return flat_results;
}

Result<std::vector<Value>> Invoke(const FuncInst& f, std::vector<Value> args) {
  std::vector<Value> got;
  const OnStart on_start = [&]() -> Result<std::vector<Value>> { return std::move(args); };
  const OnResolve on_resolve = [&](std::vector<Value> results) -> Result<void> {
    got = std::move(results);
    return {};
  };
  CVM_RETURN_IF_ERROR(f(on_start, on_resolve, nullptr));
  return got;
}

}  // namespace cvm::abi
