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
#include "component/runtime/lower_call.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

abi::LiftLowerContext CallerContext(const LoweredFunc& site, GuestCall& state) {
  return abi::LiftLowerContext(site.options, *site.caller, state.budget, {.subtask = &state.subtask},
                               abi::Boundary::kComponent);
}
abi::LiftLowerContext CalleeContext(const LiftedFunc& callee, GuestCall& state) {
  return abi::LiftLowerContext(callee.options, *callee.instance, state.budget, {.task = &state.scope},
                               abi::Boundary::kComponent);
}

// Null: values take the literal way, through abi::Value.
const CallAdapter* AdapterOf(const LoweredFunc& site) {
  if (!site.adapter_known) {
    site.adapter_known = true;
    if (const CompileAdapter compile = site.store->compile_adapter()) site.adapter = compile(site);
  }
  return site.adapter.get();
}

// The callee's instance has been entered.
Result<rt::HostStatus> Start(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee, GuestCall& state) {
  if (callee.async_typed) callee.instance->Lock(Thread::Of(call.execution), state);
  state.stage = GuestCall::Stage::kCallee;
  abi::LiftLowerContext caller_cx = CallerContext(site, state);
  if (const CallAdapter* adapter = AdapterOf(site)) {
    abi::LiftLowerContext callee_cx = CalleeContext(callee, state);
    CVM_RETURN_IF_ERROR(adapter->MoveArguments(caller_cx, callee_cx, call.window, call.callee_window()));
    return call.CallGuest(callee.core);
  }
  abi::CoreValue values[kMaxCoreParams];
  abi::CoreValueIter vi(ReadWindow(call.window, site.code->flat.params, values));
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::Value> args,
                       abi::LiftFlatValues(caller_cx, abi::kMaxFlatParams, vi, site.code->params));
  abi::LiftLowerContext callee_cx = CalleeContext(callee, state);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::CoreValue> flat,
                       abi::LowerFlatValues(callee_cx, abi::kMaxFlatParams, args, callee.code->params));
  WriteWindow(call.callee_window(), flat);
  return call.CallGuest(callee.core);
}

Result<rt::HostStatus> Begin(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee) {
  CVM_RETURN_IF_ERROR(site.caller->CheckMayLeave());
  Thread& thread = Thread::Of(call.execution);
  if (callee.async_typed) CVM_RETURN_IF_ERROR(site.store->scheduler().CheckMayBlock(thread, *site.caller));
  CVM_RETURN_IF_ERROR(callee.instance->CheckMayCallFrom(*site.caller));
  GuestCall& state = thread.stack->PushCall();
  *call.state = reinterpret_cast<uint64_t>(&state);
  state.budget = abi::HostBudget(site.store->limits().host_bytes_per_call);
  state.instance = callee.instance;
  state.caller = site.caller;
  state.sync_typed = !callee.async_typed;
  state.needs_exclusive = callee.async_typed;
  callee.instance->EnterFrom(site.caller);
  if (state.sync_typed) {
    ++callee.instance->sync_calls;
  } else if (callee.instance->gate.MustWait(/*needs_exclusive=*/true)) {
    // definitions.py: enter_implicit_thread
    state.stage = GuestCall::Stage::kEnter;
    thread.StartWaiting(Thread::Condition::kEnter, /*cancellable=*/false, *callee.instance);
    return thread.Block();
  }
  return Start(call, site, callee, state);
}

// The word that is left in the frame of a call that is over, but whose caller has to wait for its turn.
constexpr uint64_t kReturned = 1;

Result<rt::HostStatus> End(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee, GuestCall& state) {
  Thread& thread = Thread::Of(call.execution);
  if (state.sync_typed) {
    --callee.instance->sync_calls;
  } else {
    callee.instance->gate.Unlock();
    site.store->scheduler().Unlocked(*callee.instance);
  }
  if (state.thread_index != 0) CVM_RETURN_IF_ERROR(thread.EndCall(state));
  state.subtask.DeliverResolve();
  const bool detached = state.detached;
  thread.stack->PopCall();
  if (!detached) {
    callee.instance->LeaveTo(site.caller);
    return rt::HostStatus::kReturned;
  }
  // The callee ran on its own account, and its caller has been left: it is ready, and is entered in its turn.
  *call.state = kReturned;
  thread.StartWaiting(Thread::Condition::kAlways, /*cancellable=*/false, *site.caller);
  return thread.Block();
}

uint64_t CoreResultOf(const rt::HostCall& call, const LiftedFunc& callee) {
  const std::vector<abi::CoreType>& results = callee.code->flat.results;
  uint64_t core_result = call.execution.acc;
  if (!results.empty() && results[0] != abi::CoreType::kI32 && results[0] != abi::CoreType::kI64) {
    std::memcpy(&core_result, call.execution.facc, sizeof core_result);
  }
  return core_result;
}

// Lifts the result out of the callee and lowers it into the caller.
Result<void> PassResult(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee, GuestCall& state,
                        uint64_t core_result) {
  if (const CallAdapter* adapter = site.adapter.get()) {
    abi::LiftLowerContext callee_cx = CalleeContext(callee, state);
    abi::LiftLowerContext caller_cx = CallerContext(site, state);
    return adapter->MoveResult(callee_cx, caller_cx, state.scope, core_result, call.window);
  }
  const abi::CoreFuncType& flat_ft = callee.code->flat;
  abi::CoreValue result_value;
  abi::CoreValueIter results(ReadWindow(&core_result, flat_ft.results, &result_value));
  abi::LiftLowerContext callee_cx = CalleeContext(callee, state);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::Value> values,
                       abi::LiftFlatValues(callee_cx, abi::kMaxFlatResults, results, callee.code->results));
  CVM_RETURN_IF_ERROR(state.scope.CheckNoBorrows());

  // Where the results go in memory, the pointer is the last parameter.
  abi::CoreValue params[kMaxCoreParams];
  const auto all = ReadWindow(call.window, site.code->flat.params, params);
  abi::CoreValueIter out(all.empty() ? all : all.last(1));
  abi::LiftLowerContext caller_cx = CallerContext(site, state);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::CoreValue> lowered,
                       abi::LowerFlatValues(caller_cx, abi::kMaxFlatResults, values, site.code->results, &out));
  WriteWindow(call.window, lowered);
  return {};
}

Result<rt::HostStatus> AfterCallee(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee,
                                   GuestCall& state) {
  const uint64_t core_result = CoreResultOf(call, callee);
  CVM_RETURN_IF_ERROR(PassResult(call, site, callee, state, core_result));
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
  if (site.options.async || callee.options.async) return CallElsewhere(call, site, callee);
  if (!call.resumed) {
    Result<rt::HostStatus> begun = Begin(call, site, callee);
    return begun.ok() ? *begun : call.Fail(std::move(begun).error());
  }
  if (*call.state == kReturned) return rt::HostStatus::kReturned;
  GuestCall& state = *reinterpret_cast<GuestCall*>(*call.state);
  Result<rt::HostStatus> next = rt::HostStatus::kReturned;
  switch (state.stage) {
    case GuestCall::Stage::kEnter:
      next = Start(call, site, callee, state);
      break;
    case GuestCall::Stage::kPostReturn:
      callee.instance->set_may_leave(true);
      next = End(call, site, callee, state);
      break;
    default:
      next = AfterCallee(call, site, callee, state);
  }
  return next.ok() ? *next : call.Fail(std::move(next).error());
}

}  // namespace cvm::component
