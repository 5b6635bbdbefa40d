#include "canonical-abi/async/task.hpp"

#include "vm/base/try.hpp"

namespace cvm::abi {

Result<void> TaskState::CheckUnresolved() const {
  if (!resolved()) return {};
  return TrapError("`task.return` or `task.cancel` called more than once for current task");
}

Result<void> TaskState::CheckReturn() const {
  CVM_RETURN_IF_ERROR(CheckUnresolved());
  return scope_.CheckNoBorrows();
}

Result<void> TaskState::CheckCancel() const {
  if (state_ != State::kCancelDelivered) {
    return resolved() ? CheckUnresolved()
                      : Result<void>(TrapError("`task.cancel` called by task which has not been cancelled"));
  }
  return scope_.CheckNoBorrows();
}

bool TaskState::DeliverPendingCancel(bool cancellable) {
  if (!cancellable || state_ != State::kPendingCancel) return false;
  state_ = State::kCancelDelivered;
  return true;
}

Result<void> TaskState::CheckEnd() const {
  if (!resolved()) return TrapError("async-lifted export failed to produce a result");
  return {};
}

Result<void> InstanceGate::IncBackpressure() {
  if (backpressure_ == kMaxBackpressure) return TrapError("backpressure counter overflow");
  ++backpressure_;
  return {};
}

Result<bool> InstanceGate::DecBackpressure() {
  if (backpressure_ == 0) return TrapError("backpressure counter underflow");
  return --backpressure_ == 0;
}

}  // namespace cvm::abi
