// Calls of host functions from guests: canon lower of an import that the host implements.
#include "component/runtime/host_function.hpp"

#include "component/runtime/component_store.hpp"
#include "component/runtime/task.hpp"
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

rt::HostStatus Finish(rt::HostCall& call, Result<HostStep> step, abi::HostBudget& budget, abi::SubtaskScope& subtask) {
  if (!step.ok()) return call.Fail(std::move(step).error());
  if (step->waiter == nullptr) {
    subtask.DeliverResolve();
    return rt::HostStatus::kReturned;
  }
  // The scope moves, with the loans it counts; handles know nothing of it.
  Task::Of(call.execution).suspended =
      std::make_unique<SuspendedImport>(SuspendedImport{*std::move(step), budget, std::move(subtask)});
  return rt::HostStatus::kSuspended;
}

}  // namespace

rt::HostStatus CallImport(rt::HostCall& call, const LoweredFunc& site) {
  const HostFunction& function = *std::get<const HostFunction*>(site.callee);
  if (!call.resumed) {
    if (Result<void> may_leave = site.caller->CheckMayLeave(); !may_leave.ok())
      return call.Fail(std::move(may_leave).error());
    abi::HostBudget budget(site.store->limits().host_bytes_per_call);
    abi::SubtaskScope subtask;
    abi::LiftLowerContext cx(site.options, *site.caller, budget, {.subtask = &subtask});
    HostFrame frame{site, cx, call.window};
    return Finish(call, function.Start(frame), budget, subtask);
  }
  const std::unique_ptr<SuspendedImport> suspended = std::move(Task::Of(call.execution).suspended);
  if (suspended == nullptr) return call.Fail(CVM_BUG("a host function that did not wait is resumed"));
  suspended->step.waiter.reset();
  abi::LiftLowerContext cx(site.options, *site.caller, suspended->budget, {.subtask = &suspended->subtask});
  HostFrame frame{site, cx, call.window};
  return Finish(call, suspended->step.resume(frame), suspended->budget, suspended->subtask);
}

}  // namespace cvm::component
