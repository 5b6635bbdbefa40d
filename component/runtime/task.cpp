#include "component/runtime/task.hpp"

#include "component/runtime/component_store.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {

GuestCall& Task::PushCall() {
  if (depth_ == calls_.size()) calls_.push_back(std::make_unique<GuestCall>());
  GuestCall& call = *calls_[depth_++];
  call.stage = GuestCall::Stage::kCallee;
  call.budget = abi::HostBudget();
  call.subtask = abi::SubtaskScope();
  call.task = abi::TaskScope();
  return call;
}

void Task::Reset() {
  depth_ = 0;
  suspended.reset();
  woken = false;
  on_wake = nullptr;
  status = rt::RunStatus::kIdle;
  error.reset();
  context = nullptr;
  top = stack_begin();
  base = nullptr;
  nesting = 0;
}

Result<bool> Task::Start(rt::Function& f, std::span<const uint64_t> slots) {
  const RunScope scope(store_);
  if (!scope.ok()) return TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
  return After(StartCall(*this, f, slots, store_.any_context()));
}

Result<bool> Task::Resume() {
  if (status != rt::RunStatus::kSuspended) return UsageError("the call is not suspended");
  const RunScope scope(store_);
  if (!scope.ok()) return TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
  woken = false;
  return After(ContinueHost(*this));
}

Result<bool> Task::After(rt::RunStatus result) {
  switch (result) {
    case rt::RunStatus::kDone:
      return true;
    case rt::RunStatus::kSuspended: {
      if (suspended == nullptr || suspended->step.waiter == nullptr) return CVM_BUG("a guest waits for nothing");
      suspended->step.waiter->Start([this] {
        woken = true;
        if (on_wake) on_wake();
      });
      return false;
    }
    case rt::RunStatus::kTrapped:
      return TakeTrap(*this);
    default:
      return CVM_BUG("a run ended with no status");
  }
}

Result<void> Task::Block() {
  EventLoop* loop = store_.event_loop();
  if (loop == nullptr) return UsageError("the guest waits, and the store has no event loop");
  const rt::WakeScope waking(store_.store().interruption(), [loop] { loop->Wake(); });
  while (!woken) {
    CVM_RETURN_IF_ERROR(CheckStop(store_.store()));
    CVM_RETURN_IF_ERROR(loop->Turn());
  }
  return {};
}

}  // namespace cvm::component
