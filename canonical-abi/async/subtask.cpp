#include "canonical-abi/async/subtask.hpp"

#include "vm/base/try.hpp"

namespace cvm::abi {

void Subtask::Progress(State state) {
  state_ = state;
  if (index_ != 0) SetPendingEvent();
}

void Subtask::Start() { Progress(State::kStarted); }
void Subtask::Resolve(State state) { Progress(state); }
void Subtask::ResolveCancelled() {
  Progress(state_ == State::kStarting ? State::kCancelledBeforeStarted : State::kCancelledBeforeReturned);
}

Event Subtask::TakeEvent() {
  if (resolved() && !resolve_delivered()) DeliverResolve();
  return {EventCode::kSubtask, index_, static_cast<uint32_t>(state_)};
}

Result<void> Subtask::CheckCancel(bool sync) const {
  if (resolve_delivered()) return TrapError("`subtask.cancel` called after terminal status delivered");
  if (cancellation_requested_) return TrapError("`subtask.cancel` called twice for the same subtask");
  if (sync && in_waitable_set()) {
    return TrapError("waitable cannot be used synchronously while added to a waitable set");
  }
  return {};
}

Result<void> Subtask::CheckDrop() const {
  if (!resolve_delivered()) return TrapError("cannot drop a subtask which has not yet resolved");
  return {};
}

}  // namespace cvm::abi
