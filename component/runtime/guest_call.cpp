// Calls between components: canon lower of a lifted function. definitions.py: canon_lower over Store.lift and
// canon_lift.
//
// The body is a state machine that never waits on the native stack: it lifts the arguments out of the caller and lowers
// them into the callee, asks for the callee to be called, is called again with its result, lifts and lowers that, asks
// for post-return to be called, and returns. Callee and post-return are frames of the guest stack like any other; so a
// callee may be suspended, and calls between components nest as deeply as the guest stack allows. Only realloc is run
// within a step: it cannot leave its instance, so that it neither waits nor nests.
//
// On a trap everything stays as it is: the callee's instance remains entered, and so is never entered again.
#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "component/runtime/component_store.hpp"
#include "component/runtime/host_function.hpp"
#include "component/runtime/task.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

abi::LiftLowerContext CallerContext(const LoweredFunc& site, GuestCall& state) {
  return abi::LiftLowerContext(site.options, *site.caller, state.budget, {.subtask = &state.subtask},
                               abi::Boundary::kComponent);
}
abi::LiftLowerContext CalleeContext(const LiftedFunc& callee, GuestCall& state) {
  return abi::LiftLowerContext(callee.options, *callee.instance, state.budget, {.task = &state.task},
                               abi::Boundary::kComponent);
}

Result<rt::HostStatus> Begin(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee) {
  CVM_RETURN_IF_ERROR(site.caller->CheckMayLeave());
  CVM_RETURN_IF_ERROR(callee.instance->CheckMayEnterFrom(site.caller));
  GuestCall& state = Task::Of(call.execution).PushCall();
  *call.state = reinterpret_cast<uint64_t>(&state);
  state.budget = abi::HostBudget(site.store->limits().host_bytes_per_call);
  callee.instance->EnterFrom(site.caller);

  abi::CoreValue values[kMaxCoreParams];
  abi::CoreValueIter vi(ReadWindow(call.window, site.code->flat.params, values));
  abi::LiftLowerContext caller_cx = CallerContext(site, state);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::Value> args,
                       abi::LiftFlatValues(caller_cx, abi::kMaxFlatParams, vi, site.code->params));
  abi::LiftLowerContext callee_cx = CalleeContext(callee, state);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::CoreValue> flat,
                       abi::LowerFlatValues(callee_cx, abi::kMaxFlatParams, args, callee.code->params));
  WriteWindow(call.callee_window(), flat);
  return call.CallGuest(callee.core);
}

rt::HostStatus End(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee, GuestCall& state) {
  callee.instance->LeaveTo(site.caller);
  state.subtask.DeliverResolve();
  Task::Of(call.execution).PopCall();
  return rt::HostStatus::kReturned;
}

Result<rt::HostStatus> AfterCallee(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee,
                                   GuestCall& state) {
  const abi::CoreFuncType& flat_ft = callee.code->flat;
  uint64_t core_result = call.execution.acc;
  if (!flat_ft.results.empty() && flat_ft.results[0] != abi::CoreType::kI32 &&
      flat_ft.results[0] != abi::CoreType::kI64) {
    std::memcpy(&core_result, call.execution.facc, sizeof core_result);
  }
  abi::CoreValue result_value;
  abi::CoreValueIter results(ReadWindow(&core_result, flat_ft.results, &result_value));
  abi::LiftLowerContext callee_cx = CalleeContext(callee, state);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::Value> values,
                       abi::LiftFlatValues(callee_cx, abi::kMaxFlatResults, results, callee.code->results));
  CVM_RETURN_IF_ERROR(state.task.CheckNoBorrows());

  // Where the results go in memory, the pointer is the last parameter.
  abi::CoreValue params[kMaxCoreParams];
  const auto all = ReadWindow(call.window, site.code->flat.params, params);
  abi::CoreValueIter out(all.empty() ? all : all.last(1));
  abi::LiftLowerContext caller_cx = CallerContext(site, state);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::CoreValue> lowered,
                       abi::LowerFlatValues(caller_cx, abi::kMaxFlatResults, values, site.code->results, &out));
  WriteWindow(call.window, lowered);

  if (callee.options.post_return == nullptr) return End(call, site, callee, state);
  CVM_RETURN_IF_ERROR(callee.instance->CheckMayLeave());
  callee.instance->set_may_leave(false);
  state.stage = GuestCall::Stage::kPostReturn;
  call.callee_window()[0] = core_result;
  return call.CallGuest(callee.options.post_return);
}

}  // namespace

rt::HostStatus CallGuest(rt::HostCall& call, const LoweredFunc& site) {
  const LiftedFunc& callee = *std::get<const LiftedFunc*>(site.callee);
  if (!call.resumed) {
    Result<rt::HostStatus> begun = Begin(call, site, callee);
    return begun.ok() ? *begun : call.Fail(std::move(begun).error());
  }
  GuestCall& state = *reinterpret_cast<GuestCall*>(*call.state);
  if (state.stage == GuestCall::Stage::kPostReturn) {
    callee.instance->set_may_leave(true);
    return End(call, site, callee, state);
  }
  Result<rt::HostStatus> next = AfterCallee(call, site, callee, state);
  return next.ok() ? *next : call.Fail(std::move(next).error());
}

}  // namespace cvm::component
