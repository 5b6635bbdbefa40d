#include "component/runtime/lower_call.hpp"

#include <algorithm>

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "component/runtime/component_store.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {

LowerCall::LowerCall(const LoweredFunc& site, const uint64_t* window)
    : site_(site), num_args_(site.code->flat.params.size()), budget_(site.store->limits().host_bytes_per_call) {
  ReadWindow(window, site.code->flat.params, args_);
}

abi::LiftLowerContext LowerCall::Context() {
  return abi::LiftLowerContext(site_.options, *site_.caller, budget_, {.subtask = &lenders()},
                               abi::Boundary::kComponent);
}

Result<std::vector<abi::CoreValue>> LowerCall::OnStart(abi::LiftLowerContext& callee_cx) {
  Start();
  abi::CoreValueIter vi({args_, num_args_});
  abi::LiftLowerContext cx = Context();
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::Value> args,
                       abi::LiftFlatValues(cx, site_.max_flat_params(), vi, site_.code->params));
  const LiftedFunc& lifted = **std::get_if<const LiftedFunc*>(&site_.callee);
  return abi::LowerFlatValues(callee_cx, abi::kMaxFlatParams, args, lifted.code->params);
}

Result<void> LowerCall::OnResolve(abi::LiftLowerContext& callee_cx, uint32_t max_flat, abi::CoreValueSource& result,
                                  const abi::TaskState& task) {
  const LiftedFunc& lifted = **std::get_if<const LiftedFunc*>(&site_.callee);
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::Value> values,
                       abi::LiftFlatValues(callee_cx, max_flat, result, lifted.code->results));
  CVM_RETURN_IF_ERROR(task.CheckReturn());
  const std::span<const abi::CoreValue> all(args_, num_args_);
  abi::CoreValueIter out(all.empty() ? all : all.last(1));
  abi::LiftLowerContext cx = Context();
  CVM_ASSIGN_OR_RETURN(results_, abi::LowerFlatValues(cx, site_.max_flat_results(), values, site_.code->results, &out));
  Resolve(State::kReturned);
  Resolved();
  return {};
}

void LowerCall::OnCancelled() {
  ResolveCancelled();
  Resolved();
}

void LowerCall::Resolved() {
  callee = nullptr;
  if (waiter != nullptr) waiter->OnEvent();
}

// --- the body

namespace {

enum Phase : uint64_t { kBegin = 0, kStopped = 1, kResolved = 2, kHolderRan = 3 };

// A thread of the callee's instance that has the lock which the call would wait for, and could go on. The call lets it:
// the official suite (sync-streams.wast) wants the call started then, where the model would have it wait.
Thread* Holder(const LoweredFunc& site, const LiftedFunc& callee) {
  ComponentInstanceState& instance = *callee.instance;
  const abi::InstanceGate& gate = instance.gate;
  if (!site.options.async || !callee.needs_exclusive() || gate.exclusive() == nullptr) return nullptr;
  if (gate.HasBackpressure(/*needs_exclusive=*/false) || gate.num_waiting_to_enter > 0) return nullptr;
  Thread* holder = instance.exclusive_thread;
  return holder->Ready() && &holder->top() == gate.exclusive() ? holder : nullptr;
}

Result<rt::HostStatus> Spawn(rt::HostCall& call, Thread& thread, const LoweredFunc& site, const LiftedFunc& callee) {
  thread.lower = std::make_shared<LowerCall>(site, call.window);
  CVM_ASSIGN_OR_RETURN(Thread * other, AsyncTask::Spawn(*site.store, callee, thread.lower, &thread.lower->callee));
  *call.state = kStopped;
  return thread.RunFirst(*other);
}

Result<rt::HostStatus> Begin(rt::HostCall& call, Thread& thread, const LoweredFunc& site, const LiftedFunc& callee) {
  CVM_RETURN_IF_ERROR(site.caller->CheckMayLeave());
  if (!site.options.async) CVM_RETURN_IF_ERROR(site.store->scheduler().CheckMayBlock(thread, *site.caller));
  CVM_RETURN_IF_ERROR(callee.instance->CheckMayCallFrom(*site.caller));
  callee.instance->EnterFrom(site.caller);
  if (Thread* holder = Holder(site, callee)) {
    *call.state = kHolderRan;
    holder->Resume();
    return thread.RunFirst(*holder);
  }
  return Spawn(call, thread, site, callee);
}

// The callee has returned, or blocked for the first time.
Result<rt::HostStatus> AfterStop(rt::HostCall& call, Thread& thread, const LoweredFunc& site,
                                 const LiftedFunc& callee) {
  callee.instance->LeaveTo(site.caller);
  LowerCall& lower = *thread.lower;
  if (!lower.resolved() && !site.options.async) {
    *call.state = kResolved;
    lower.waiter = &thread;
    thread.StartWaiting(Thread::Condition::kResolved, /*cancellable=*/false, *site.caller);
    return thread.Block();
  }
  if (lower.resolved()) {
    lower.DeliverResolve();
    if (site.options.async) {
      call.window[0] = static_cast<uint64_t>(abi::Subtask::State::kReturned);
    } else {
      WriteWindow(call.window, lower.results());
    }
  } else {
    CVM_ASSIGN_OR_RETURN(const uint32_t index,
                         site.caller->handles().Add(std::shared_ptr<abi::HandleObject>(thread.lower)));
    lower.ReportAs(index);
    call.window[0] = static_cast<uint64_t>(lower.state()) | (uint64_t{index} << 4);
  }
  thread.lower = nullptr;
  return rt::HostStatus::kReturned;
}

Result<rt::HostStatus> StepOf(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee) {
  Thread& thread = Thread::Of(call.execution);
  switch (*call.state) {
    case kBegin:
      return Begin(call, thread, site, callee);
    case kHolderRan:
      return Spawn(call, thread, site, callee);
    case kStopped:
      return AfterStop(call, thread, site, callee);
    default: {
      const std::shared_ptr<LowerCall> lower = std::move(thread.lower);
      lower->waiter = nullptr;
      lower->DeliverResolve();
      WriteWindow(call.window, lower->results());
      return rt::HostStatus::kReturned;
    }
  }
}

}  // namespace

rt::HostStatus CallElsewhere(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee) {
  Result<rt::HostStatus> status = StepOf(call, site, callee);
  return status.ok() ? *status : call.Fail(std::move(status).error());
}

// --- host functions

HostSubtask::HostSubtask(const LoweredFunc& site, const uint64_t* window, SuspendedImport suspended)
    : site_(site), suspended_(std::move(suspended)) {
  std::copy_n(window, kMaxCoreParams, window_);
  AdoptLenders(std::move(suspended_.subtask));
  Start();
}

void HostSubtask::Begin(std::shared_ptr<HostSubtask> self) {
  suspended_.wait = site_.store->scheduler().BeginHostWait();
  suspended_.step.waiter->Start([weak = std::weak_ptr<HostSubtask>(self)] {
    const std::shared_ptr<HostSubtask> woken = weak.lock();
    if (woken == nullptr || woken->resolved()) return;
    woken->suspended_.wait.End();
    woken->site_.store->scheduler().Post([woken]() -> Result<void> {
      if (woken->resolved()) return {};
      Result<void> stepped = woken->Step();
      if (!stepped.ok()) {
        woken->site_.caller->Poison();
        return stepped;
      }
      if (!woken->resolved()) woken->Begin(woken);
      return {};
    });
  });
}

// The result is lowered into the caller, whose realloc may run for it.
Result<void> HostSubtask::Step() {
  ComponentStore& store = *site_.store;
  CVM_ASSIGN_OR_RETURN(Thread * thread, store.NewThread(Thread::Kind::kPlain));
  const ThreadGuard guard(store, *thread);
  CVM_RETURN_IF_ERROR(store.GiveStack(*thread));
  const RunningOn running(store, *thread->stack);
  CVM_RETURN_IF_ERROR(running.Check());
  suspended_.step.waiter.reset();
  abi::LiftLowerContext cx(site_.options, *site_.caller, suspended_.budget, {.subtask = &lenders()});
  HostFrame frame{site_, cx, window_};
  CVM_ASSIGN_OR_RETURN(HostStep step, suspended_.step.resume(frame));
  if (step.waiter == nullptr) {
    suspended_.step = HostStep();
    Resolve(State::kReturned);
  } else {
    suspended_.step = std::move(step);
  }
  return {};
}

void HostSubtask::Cancel() {
  suspended_.wait.End();
  suspended_.step = HostStep();
  ResolveCancelled();
}

}  // namespace cvm::component
