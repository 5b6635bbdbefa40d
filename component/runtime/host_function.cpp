// Calls of host functions from guests: canon lower of an import that the host implements.
#include "component/runtime/host_function.hpp"

#include "component/runtime/component_store.hpp"
#include "component/runtime/lower_call.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {

std::span<abi::CoreValue> ReadWindow(const uint64_t* window, std::span<const abi::CoreType> types,
                                     abi::CoreValue* values) {
  for (size_t i = 0; i < types.size(); ++i) {
    const bool narrow = types[i] == abi::CoreType::kI32 || types[i] == abi::CoreType::kF32;
    values[i] = {types[i], narrow ? window[i] & 0xffffffff : window[i]};
  }
  return {values, types.size()};
}

void WriteWindow(uint64_t* window, std::span<const abi::CoreValue> values) {
  for (size_t i = 0; i < values.size(); ++i) window[i] = values[i].bits;
}

namespace {

// A function that is not `async` waits as if it ran: its caller, and all that called it, wait with it. One that is
// blocks its caller alone, or has become a subtask.
Result<rt::HostStatus> Wait(rt::HostCall& call, const LoweredFunc& site, SuspendedImport suspended) {
  Thread& thread = Thread::Of(call.execution);
  if (site.options.async) {
    auto subtask = std::make_shared<HostSubtask>(site, call.window, std::move(suspended));
    CVM_ASSIGN_OR_RETURN(const uint32_t index, site.caller->handles().Add(std::shared_ptr<abi::HandleObject>(subtask)));
    subtask->ReportAs(index);
    call.window[0] = static_cast<uint64_t>(subtask->state()) | (uint64_t{index} << 4);
    subtask->Begin(subtask);
    return rt::HostStatus::kReturned;
  }
  thread.stack->suspended = std::make_unique<SuspendedImport>(std::move(suspended));
  if (!site.code->type->async) return thread.WaitForHost();
  thread.StartWaiting(Thread::Condition::kWoken, /*cancellable=*/false, *site.caller);
  SuspendedImport& waiting = *thread.stack->suspended;
  waiting.wait = site.store->scheduler().BeginHostWait();
  waiting.step.waiter->Start([&thread, &waiting] {
    waiting.wait.End();
    thread.Wake();
  });
  return thread.Block();
}

Result<rt::HostStatus> Finish(rt::HostCall& call, const LoweredFunc& site, Result<HostStep> step,
                              abi::HostBudget& budget, abi::SubtaskScope& subtask) {
  if (!step.ok()) return std::move(step).error();
  // The scope moves, with the loans it counts; handles know nothing of it.
  if (step->waiter != nullptr) return Wait(call, site, {*std::move(step), budget, std::move(subtask), {}});
  subtask.DeliverResolve();
  if (site.options.async) call.window[0] = static_cast<uint64_t>(abi::Subtask::State::kReturned);
  return rt::HostStatus::kReturned;
}

Result<rt::HostStatus> Begin(rt::HostCall& call, const LoweredFunc& site) {
  CVM_RETURN_IF_ERROR(site.caller->CheckMayLeave());
  if (site.code->type->async && !site.options.async) {
    CVM_RETURN_IF_ERROR(site.store->scheduler().CheckMayBlock(Thread::Of(call.execution), *site.caller));
  }
  abi::HostBudget budget(site.store->limits().host_bytes_per_call);
  abi::SubtaskScope subtask;
  abi::LiftLowerContext cx(site.options, *site.caller, budget, {.subtask = &subtask});
  HostFrame frame{site, cx, call.window};
  return Finish(call, site, std::get<const HostFunction*>(site.callee)->Start(frame), budget, subtask);
}

Result<rt::HostStatus> GoOn(rt::HostCall& call, const LoweredFunc& site) {
  const std::unique_ptr<SuspendedImport> suspended = std::move(Stack::Of(call.execution).suspended);
  if (suspended == nullptr) return CVM_BUG("a host function that did not wait is resumed");
  suspended->step.waiter.reset();
  abi::LiftLowerContext cx(site.options, *site.caller, suspended->budget, {.subtask = &suspended->subtask});
  HostFrame frame{site, cx, call.window};
  return Finish(call, site, suspended->step.resume(frame), suspended->budget, suspended->subtask);
}

}  // namespace

rt::HostStatus CallImport(rt::HostCall& call, const LoweredFunc& site) {
  Result<rt::HostStatus> status = call.resumed ? GoOn(call, site) : Begin(call, site);
  return status.ok() ? *status : call.Fail(std::move(status).error());
}

}  // namespace cvm::component
