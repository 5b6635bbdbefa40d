// Stack: a guest stack, with what the component layer knows of the frames on it. And Activation and GuestCall, which
// are calls into component instances, as they lie on a stack or stand at its base.
//
// Every run of component code is on a Stack that belongs to a Thread (thread.hpp): the bodies of lowered functions rely
// on it. Stacks are pooled by their store.
#pragma once

#include <memory>
#include <vector>

#include "canonical-abi/memory/budget.hpp"
#include "component/runtime/host_function.hpp"
#include "component/runtime/host_wait.hpp"
#include "component/runtime/objects.hpp"
#include "vm/runtime/execution.hpp"

namespace cvm::component {

class AsyncTask;
class Thread;

// A thread of definitions.py, as its code sees itself. A call between components that waits for its end has one on the
// stack of its caller; it costs no more than its fields until somebody asks for its index, or it blocks.
struct Activation {
  ComponentInstanceState* instance = nullptr;  // null: a start function
  std::shared_ptr<AsyncTask> task;             // null: a synchronously lifted call that nothing has asked for its task
  uint64_t storage[2] = {};                    // context.get, context.set
  uint32_t thread_index = 0;                   // in the instance's table of threads; 0: not registered
  bool sync_typed = false;                     // a call of a function that is not `async`: it must not block its caller
  bool needs_exclusive = false;                // the implicit thread of a task that runs under the instance's lock
  bool looping = false;                        // it has blocked its caller, who runs other threads of the instance
};

// A call from one component to another on the caller's stack: definitions.py's subtask of the caller, task and thread
// of the callee. Calls of a stack are a stack; objects are used again.
struct GuestCall : Activation {
  enum class Stage : uint8_t { kEnter, kCallee, kPostReturn };
  Stage stage = Stage::kCallee;
  bool detached = false;  // it has blocked: its instance and its caller's have been left
  ComponentInstanceState* caller = nullptr;
  abi::HostBudget budget;
  abi::SubtaskScope subtask;
  abi::TaskScope scope;
};

// A host function that waits, on top of its stack.
struct SuspendedImport {
  HostStep step;
  abi::HostBudget budget;
  abi::SubtaskScope subtask;
  HostWait wait;  // from when the waiter has begun
};

class Stack final : public rt::Execution {
 public:
  explicit Stack(size_t stack_bytes) : rt::Execution(stack_bytes) {}
  static Stack& Of(rt::Execution& execution) { return static_cast<Stack&>(execution); }

  Thread* thread = nullptr;  // whose it is at present
  std::unique_ptr<SuspendedImport> suspended;

  GuestCall& PushCall();
  // What its thread has to do first: Thread::EndCall.
  void PopCall() { --depth_; }
  size_t depth() const { return depth_; }
  GuestCall& call(size_t i) { return *calls_[i]; }

  // Forgets all frames; the stack is empty afterwards.
  void Reset();

 private:
  std::vector<std::unique_ptr<GuestCall>> calls_;
  size_t depth_ = 0;
};

}  // namespace cvm::component
