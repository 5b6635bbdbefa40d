// ComponentStore: what the component layer keeps in a store: threads, their scheduler, the event loop, limits, host
// resource types in use and all running components. Made on first use, dies with its store; same thread.
#pragma once

#include <memory>
#include <vector>

#include "canonical-abi/memory/budget.hpp"
#include "component/runtime/adapter.hpp"
#include "component/runtime/scheduler.hpp"
#include "component/runtime/thread.hpp"
#include "cvm/event_loop.hpp"
#include "vm/base/account.hpp"
#include "vm/engine/compiled_module.hpp"
#include "vm/runtime/store.hpp"

namespace cvm::component {

class RunningComponent;

// Handles of all instances of a store, unless the embedder says otherwise.
inline constexpr uint64_t kDefaultTotalHandles = 1'000'000;

// Limits of the component layer, beside those of rt::StoreLimits.
struct StoreLimits {
  abi::HandleLimits handles;  // of each component instance
  uint64_t host_bytes_per_call = abi::kDefaultHostBytesPerCall;
  uint64_t max_component_instances = 100'000;
};

class ComponentStore {
 public:
  // The component layer of `store`, whose engine has this state.
  static Result<ComponentStore*> Of(rt::Store& store, const std::shared_ptr<EngineState>& engine);
  ~ComponentStore();

  rt::Store& store() { return store_; }
  StoreLimits& limits() { return limits_; }
  // The handles of all instances.
  Account& handles() { return handles_; }
  // Not owned; null where there is none.
  EventLoop* event_loop() const { return event_loop_; }
  void set_event_loop(EventLoop* loop) { event_loop_ = loop; }

  // Makes adapters for calls between components; null: all of them are literal. To be set before the first call.
  CompileAdapter compile_adapter() const { return compile_adapter_; }
  void set_compile_adapter(CompileAdapter compile) { compile_adapter_ = compile; }

  Scheduler& scheduler() { return scheduler_; }
  abi::AsyncAccount& account() { return *account_; }

  // A thread that is suspended; it is the store's, and lives until it is released.
  Result<Thread*> NewThread(Thread::Kind kind);
  void ReleaseThread(Thread& thread);
  size_t num_threads() const { return threads_.size(); }
  // A thread gets a stack if it has none, and gives it back when there is no frame on it.
  Result<void> GiveStack(Thread& thread);
  void TakeStack(Thread& thread);

  // Calls a core function and blocks until it is done. `slots`: parameters in, results out.
  Result<void> Run(rt::Function& f, std::span<uint64_t> slots);
  // Runs an activity whose first thread is `thread`, until that has ended.
  Result<void> Finish(Activity& activity, Thread& thread);
  // Drops an own handle that the host holds: runs the destructor of the resource.
  Result<void> DropOwn(const abi::OwnHandle& handle);

  // Host resources between two tables; see there.
  abi::OwnsInTransit& transit() { return transit_; }

  // A context for host functions that nobody's code calls.
  rt::Context* any_context() const { return any_context_; }

  // Expires when the store dies: for handles that may outlive it.
  std::weak_ptr<const void> alive() const { return alive_; }

  // Owns a running component.
  RunningComponent& Add(std::unique_ptr<RunningComponent> component);
  Result<void> CountInstances(size_t more);

 private:
  ComponentStore(rt::Store& store, rt::Context* any);

  rt::Store& store_;
  StoreLimits limits_;
  Account handles_{kDefaultTotalHandles};
  EventLoop* event_loop_ = nullptr;
  CompileAdapter compile_adapter_ = nullptr;
  rt::Context* any_context_;
  std::shared_ptr<abi::AsyncAccount> account_ = std::make_shared<abi::AsyncAccount>();
  std::vector<std::unique_ptr<Stack>> free_stacks_;
  // Those that come later stand in the lists of those that come first.
  Scheduler scheduler_{*this};
  std::vector<std::unique_ptr<RunningComponent>> components_;
  std::vector<std::unique_ptr<Thread>> threads_;
  abi::OwnsInTransit transit_;
  size_t instances_ = 0;
  std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);
  uint32_t running_ = 0;  // nested runs on the native stack
  friend class RunScope;
};

// Counts runs that nest on the native stack: host functions that call guests. REQUIRES for use: ok().
class RunScope {
 public:
  explicit RunScope(ComponentStore& store) : store_(store) { ++store_.running_; }
  ~RunScope() { --store_.running_; }
  RunScope(const RunScope&) = delete;
  RunScope& operator=(const RunScope&) = delete;
  bool ok() const { return store_.running_ <= store_.store_.limits().max_host_nesting; }

 private:
  ComponentStore& store_;
};

// What runs guest code within a step, as realloc, runs on this stack.
class RunningOn {
 public:
  RunningOn(ComponentStore& store, rt::Execution& execution)
      : scope_(store), store_(store.store()), outer_(store_.running) {
    store_.running = &execution;
  }
  ~RunningOn() { store_.running = outer_; }
  RunningOn(const RunningOn&) = delete;
  RunningOn& operator=(const RunningOn&) = delete;
  // Traps if too many runs are nested on the native stack.
  Result<void> Check() const;

 private:
  RunScope scope_;
  rt::Store& store_;
  rt::Execution* outer_;
};

// Releases a thread at the end of a scope.
class ThreadGuard {
 public:
  ThreadGuard(ComponentStore& store, Thread& thread) : store_(store), thread_(thread) {}
  ~ThreadGuard() { store_.ReleaseThread(thread_); }
  ThreadGuard(const ThreadGuard&) = delete;
  ThreadGuard& operator=(const ThreadGuard&) = delete;

 private:
  ComponentStore& store_;
  Thread& thread_;
};

}  // namespace cvm::component
