// LowerCall: a call from one component to another whose callee has a stack of its own: a call that is lowered `async`,
// or of a function that is lifted `async`. definitions.py: the Subtask of canon_lower, with on_start and on_resolve.
//
// Where the caller waits for the end, no handle refers to it; otherwise it is an entry of the caller's table, if it did
// not end at once. It ends when it is resolved: the callee's task may go on.
#pragma once

#include <memory>

#include "canonical-abi/async/subtask.hpp"
#include "component/runtime/async_task.hpp"

namespace cvm::component {

class LowerCall final : public abi::Subtask, public TaskCaller {
 public:
  // `window`: the core arguments of the lowered function.
  LowerCall(const LoweredFunc& site, const uint64_t* window);

  Result<std::vector<abi::CoreValue>> OnStart(abi::LiftLowerContext& callee) override;
  Result<void> OnResolve(abi::LiftLowerContext& callee, uint32_t max_flat, abi::CoreValueSource& result,
                         const abi::TaskState& task) override;
  void OnCancelled() override;

  // The callee, until it is resolved: whom to ask to cancel.
  std::shared_ptr<AsyncTask> callee;
  // The caller, where it waits for the end on its stack.
  Thread* waiter = nullptr;
  // Core results.
  const std::vector<abi::CoreValue>& results() const { return results_; }

 private:
  abi::LiftLowerContext Context();
  void Resolved();

  const LoweredFunc& site_;
  abi::CoreValue args_[kMaxCoreParams];
  size_t num_args_ = 0;
  abi::HostBudget budget_;
  std::vector<abi::CoreValue> results_;
};

// A host function of type `async` that was lowered `async`, and waits. Its work goes on in the scheduler's turns.
class HostSubtask final : public abi::Subtask {
 public:
  HostSubtask(const LoweredFunc& site, const uint64_t* window, SuspendedImport suspended);

  void Begin(std::shared_ptr<HostSubtask> self);
  // Cancellation of a host function takes effect at once: what it waited for is let go.
  void Cancel();

 private:
  Result<void> Step();

  const LoweredFunc& site_;
  uint64_t window_[kMaxCoreParams];
  SuspendedImport suspended_;
};

// The body of a core function whose callee has a stack of its own.
rt::HostStatus CallElsewhere(rt::HostCall& call, const LoweredFunc& site, const LiftedFunc& callee);

}  // namespace cvm::component
