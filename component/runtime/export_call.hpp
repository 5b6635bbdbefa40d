// ExportCall: a call of a lifted function by the host. definitions.py: Store.lift and canon_lift, with the host as
// caller.
//
// Start runs until the call is done or the guest waits; then Resume goes on, or Finish blocks until the end.
//
// A function that is not `async` runs as if nobody else did: while it waits for the host, its instances stay entered.
// Destroying a call that waits gives it up: nothing enters them again. A function of type `async` is done when it has
// returned its result; its task may go on, and is run by the turns of the store's scheduler, which Resume and Finish of
// any call make. Destroying such a call gives up its result alone.
//
// An embedder may hold thousands of calls at once. A call that outlives its store is given up. Belongs to the thread of
// its store.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "canonical-abi/flat/core_value.hpp"
#include "component/runtime/async_task.hpp"
#include "component/runtime/component_store.hpp"
#include "component/runtime/objects.hpp"

namespace cvm::component {

class ExportCall {
 public:
  // Lowers the arguments to core values: called once.
  using Lower = UniqueFunction<Result<std::vector<abi::CoreValue>>(abi::LiftLowerContext&)>;
  // Lifts the result, of which there are at most so many core values before it is passed in memory: called once.
  using Lift = UniqueFunction<Result<void>(abi::LiftLowerContext&, uint32_t max_flat, abi::CoreValueSource&)>;

  ExportCall(ComponentStore& store, const LiftedFunc& function)
      : store_(store), store_alive_(store.alive()), function_(function) {}
  ~ExportCall();
  ExportCall(const ExportCall&) = delete;
  ExportCall& operator=(const ExportCall&) = delete;

  // True: done. False: the guest waits; `on_wake`, where there is one, is called once Resume is worth calling.
  Result<bool> Start(Lower lower, Lift lift, std::function<void()> on_wake = nullptr);
  Result<bool> Resume();
  // Blocks in the store's event loop until the call is done.
  Result<void> Finish();

  bool done() const { return stage_ == Stage::kDone; }
  bool suspended() const { return stage_ == Stage::kCallee && store_alive(); }
  bool store_alive() const { return !store_alive_.expired(); }
  bool woken() const;

 private:
  enum class Stage : uint8_t { kIdle, kCallee, kDone, kFailed };
  class Caller;

  Result<bool> StartAsync(Lower lower, Lift lift);
  Result<bool> AfterAsync(Result<void> ran);
  void EndAsync();
  Result<bool> AfterSync(Result<Activity::Outcome> outcome);
  Result<void> Return();
  Result<std::vector<abi::CoreValue>> LowerArgs(Lower& lower);
  abi::LiftLowerContext Context() {
    return abi::LiftLowerContext(function_.options, *function_.instance, budget_, {.task = &scope_});
  }

  ComponentStore& store_;
  std::weak_ptr<const void> store_alive_;
  const LiftedFunc& function_;
  Stage stage_ = Stage::kIdle;
  std::function<void()> on_wake_;

  // Of a function that is not `async`.
  Thread* thread_ = nullptr;
  std::unique_ptr<Activity> activity_;
  Lift lift_;
  abi::HostBudget budget_;
  abi::TaskScope scope_;

  // Of one that is.
  std::shared_ptr<Caller> caller_;
  bool driving_ = false;
};

// The same with dynamic values, to the end.
Result<std::vector<abi::Value>> CallExport(ComponentStore& store, const LiftedFunc& function,
                                           const std::vector<abi::Value>& args);
// The two halves of a dynamic call.
ExportCall::Lower LowerValues(const LiftedFunc& function, std::vector<abi::Value> args);
ExportCall::Lift LiftValues(const LiftedFunc& function, std::vector<abi::Value>* results);

}  // namespace cvm::component
