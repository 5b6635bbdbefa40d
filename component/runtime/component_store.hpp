// ComponentStore: what the component layer keeps in a store: tasks, the event loop, limits, host resource types in use
// and all running components. Made on first use, dies with its store; same thread.
#pragma once

#include <memory>
#include <vector>

#include "canonical-abi/memory/budget.hpp"
#include "component/runtime/task.hpp"
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

  Result<std::unique_ptr<Task>> NewTask();
  void Recycle(std::unique_ptr<Task> task);

  // Calls a core function and blocks until it is done. `slots`: parameters in, results out.
  Result<void> Run(rt::Function& f, std::span<uint64_t> slots);
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
  rt::Context* any_context_;
  std::vector<std::unique_ptr<Task>> free_tasks_;
  std::vector<std::unique_ptr<RunningComponent>> components_;
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

}  // namespace cvm::component
