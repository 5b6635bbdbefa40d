// Task: a guest stack on which one call of the host's runs, with what the component layer knows of the frames on it.
// And GuestCall, the state of one call between components on it.
//
// Every run of component code is on a Task: the bodies of lowered functions rely on it. Tasks are pooled by their
// store.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "canonical-abi/memory/budget.hpp"
#include "component/runtime/host_function.hpp"
#include "component/runtime/objects.hpp"
#include "vm/runtime/execution.hpp"

namespace cvm::component {

// A call from one component to another: definitions.py's subtask of the caller and task of the callee. Calls of a task
// are a stack; objects are used again.
struct GuestCall {
  enum class Stage : uint8_t { kCallee, kPostReturn };
  Stage stage = Stage::kCallee;
  abi::HostBudget budget;
  abi::SubtaskScope subtask;
  abi::TaskScope task;
};

// A host function that waits, on top of its task's stack.
struct SuspendedImport {
  HostStep step;
  abi::HostBudget budget;
  abi::SubtaskScope subtask;
};

class Task final : public rt::Execution {
 public:
  Task(ComponentStore& store, size_t stack_bytes) : rt::Execution(stack_bytes), store_(store) {}

  static Task& Of(rt::Execution& execution) { return static_cast<Task&>(execution); }

  // Calls `f` with the parameters in `slots`. True: done, results are to be taken (TakeResults). False: the guest
  // waits; `woken` becomes true, and on_wake is called, when Resume is worth calling. A trap is an Error.
  Result<bool> Start(rt::Function& f, std::span<const uint64_t> slots);
  Result<bool> Resume();
  // Runs the store's event loop until woken.
  Result<void> Block();

  bool woken = false;
  std::function<void()> on_wake;

  // For the bodies of lowered functions.
  GuestCall& PushCall();
  void PopCall() { --depth_; }
  std::unique_ptr<SuspendedImport> suspended;

  // Forgets all frames; the stack is empty afterwards.
  void Reset();

 private:
  Result<bool> After(rt::RunStatus status);

  ComponentStore& store_;
  std::vector<std::unique_ptr<GuestCall>> calls_;
  size_t depth_ = 0;
};

}  // namespace cvm::component
