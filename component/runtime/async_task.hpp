// AsyncTask: a call of a lifted function that has a stack of its own, or threads beside its first. definitions.py:
// Task, with the part of canon_lift that runs it.
//
// Made for calls that may go on when their caller does: lifted `async`, or lowered `async`, or made by the host of a
// function of type `async`; and when a task starts a thread. Lives as long as a thread of it does, or somebody who may
// cancel it.
#pragma once

#include <memory>
#include <vector>

#include "canonical-abi/async/task.hpp"
#include "canonical-abi/flat/core_value.hpp"
#include "component/runtime/thread.hpp"

namespace cvm::component {

// Who called: on_start and on_resolve of definitions.py.
class TaskCaller {
 public:
  virtual ~TaskCaller() = default;
  // Lifts the arguments, lowers them into the callee.
  virtual Result<std::vector<abi::CoreValue>> OnStart(abi::LiftLowerContext& callee) = 0;
  // Lifts the result out of the callee, checks that it may return (TaskState::CheckReturn), passes it on.
  virtual Result<void> OnResolve(abi::LiftLowerContext& callee, uint32_t max_flat, abi::CoreValueSource& result,
                                 const abi::TaskState& task) = 0;
  virtual void OnCancelled() = 0;
  // Words the traps.
  virtual abi::Boundary boundary() const { return abi::Boundary::kComponent; }
  // It will not resolve.
  virtual void OnTrapped(const Error&) {}
};

class AsyncTask : public std::enable_shared_from_this<AsyncTask> {
 public:
  AsyncTask(const LiftedFunc* function, ComponentInstanceState& instance) : function_(function), instance_(instance) {}

  // Null: the task of a call on its caller's stack.
  const LiftedFunc* function() const { return function_; }
  ComponentInstanceState& instance() const { return instance_; }
  abi::TaskState& state() { return state_; }
  // Lifted with the option `async`: it returns by task.return.
  bool async() const { return function_ != nullptr && function_->options.async; }

  // Calls `function`, on a thread of its own that is to be run next, with the instance entered.
  static Result<Thread*> Spawn(ComponentStore& store, const LiftedFunc& function, std::shared_ptr<TaskCaller> caller,
                               std::shared_ptr<AsyncTask>* task);

  // The thread of the call goes on: definitions.py: thread_func of canon_lift.
  Result<Thread::Stop> Run(Thread& thread);

  // task.return and task.cancel
  Result<void> Return(uint32_t max_flat, abi::CoreValueSource& result);
  Result<void> Cancel();

  // definitions.py: request_cancellation. Where a thread is to be told, it is given back: to be run next, in the
  // instance, which has been entered from `caller`.
  Result<Thread*> RequestCancellation(const ComponentInstanceState* caller);

  void AddThread(Thread& thread) { threads_.push_back(&thread); }
  // definitions.py: unregister_thread. Traps if it was the last and there is no result.
  Result<void> RemoveThread(Thread& thread);
  // The thread is gone, without having ended.
  void Forget(Thread& thread) {
    std::erase(threads_, &thread);
    if (implicit_ == &thread) implicit_ = nullptr;
  }
  // Nobody waits for it any more.
  void DropCaller() { caller_ = nullptr; }
  // One of its threads has ended with a trap.
  void Trapped(const Error& error);

 private:
  enum class Stage : uint8_t { kStart, kEntering, kCore, kCallback, kWaiting, kPostReturn };

  Result<Thread::Stop> Enter(Thread& thread);
  Result<Thread::Stop> Call(Thread& thread, rt::Function& f, std::span<const uint64_t> slots, Stage stage);
  Result<Thread::Stop> After(Thread& thread, rt::RunStatus status);
  Result<Thread::Stop> AfterCore(Thread& thread);
  Result<Thread::Stop> AfterCallback(Thread& thread, uint32_t packed);
  Result<Thread::Stop> CallBack(Thread& thread, const abi::Event& event);
  Result<Thread::Stop> Exit(Thread& thread);
  abi::LiftLowerContext Context();
  void Unlock();

  const LiftedFunc* function_;
  ComponentInstanceState& instance_;
  std::shared_ptr<TaskCaller> caller_;
  abi::TaskState state_;
  abi::HostBudget budget_;
  abi::Boundary boundary_ = abi::Boundary::kComponent;
  Thread* implicit_ = nullptr;
  std::vector<Thread*> threads_;
  Stage stage_ = Stage::kStart;
  bool yielding_ = false;  // kWaiting: for its turn, not for an event
};

}  // namespace cvm::component
