// The objects of a running component: instances, resource types, lifted and lowered functions. All belong to one store
// and live as long as it does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "canonical-abi/async/task.hpp"
#include "canonical-abi/handles/instance.hpp"
#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/flatten.hpp"
#include "component/plan/plan.hpp"
#include "component/runtime/adapter.hpp"
#include "vm/runtime/function.hpp"
#include "vm/runtime/memory.hpp"

namespace cvm::component {

class ComponentStore;
class HostFunction;
class InstanceThreads;
class Thread;
struct Activation;

class ComponentInstanceState final : public abi::ComponentInstance {
 public:
  ComponentInstanceState(ComponentStore& store, ComponentInstanceState* parent, abi::HandleLimits limits);
  ~ComponentInstanceState() override;

  ComponentStore& store() const { return store_; }
  // The outermost instance around this one.
  ComponentInstanceState& root() const { return *root_; }
  // What a thread of this instance, which is a root, or of one in it has trapped with, as nobody waited for it.
  std::optional<Error> trap;

  abi::InstanceGate gate;
  // Takes the lock of the gate.
  void Lock(Thread& thread, const Activation& activation) {
    gate.Lock(&activation);
    exclusive_thread = &thread;
  }
  Thread* exclusive_thread = nullptr;  // whose the lock is, while it is taken
  // Calls of functions that are not `async` that are under way in this instance: what it runs must not block them.
  uint32_t sync_calls = 0;
  // Made on first use.
  InstanceThreads& threads();
  InstanceThreads* threads_if_any() const { return threads_.get(); }

 private:
  ComponentStore& store_;
  ComponentInstanceState* root_;
  std::unique_ptr<InstanceThreads> threads_;
};

// Every resource type here is one or the other: impl() tells them apart.
class GuestResourceType final : public abi::ResourceType {
 public:
  GuestResourceType(ComponentInstanceState* instance, rt::Function* destructor)
      : abi::ResourceType(instance), instance_(instance), destructor_(destructor) {}
  ComponentInstanceState* instance() const { return instance_; }
  rt::Function* destructor() const { return destructor_; }  // may be null

 private:
  ComponentInstanceState* instance_;
  rt::Function* destructor_;
};

// Defined by a host; may be shared by stores, each of which has representations of its own.
class HostResourceType final : public abi::ResourceType, public std::enable_shared_from_this<HostResourceType> {
 public:
  // `store`: the one whose guest dropped the resource, or which the host had it from; null for a resource that no guest
  // has ever had, and for one that outlived its store. An error ends the guest's call with a trap.
  using Destructor = std::function<Result<void>(ComponentStore* store, uint64_t rep)>;
  HostResourceType(std::string name, Destructor destructor)
      : abi::ResourceType(nullptr, std::move(name)), destructor_(std::move(destructor)) {}
  Result<void> Destroy(ComponentStore* store, uint64_t rep) const {
    return destructor_ ? destructor_(store, rep) : Result<void>();
  }

 private:
  Destructor destructor_;
};

// A linear memory as the Canonical ABI sees it.
class MemoryView final : public abi::GuestMemory {
 public:
  explicit MemoryView(rt::Memory& memory)
      : abi::GuestMemory(memory.type().limits.addr == AddrKind::kI64 ? abi::PtrType::kI64 : abi::PtrType::kI32),
        memory_(memory) {}
  std::span<uint8_t> bytes() override { return memory_.bytes(); }

 private:
  rt::Memory& memory_;
};

// A function's component-level type and what follows from it and its options, worked out once per component.
struct FuncCode {
  FuncTypeRef type;
  std::vector<abi::ValType> params;
  std::vector<abi::ValType> results;
  abi::CoreFuncType flat;  // of the core function that is lifted, or that lowering makes
  FuncType core_type;      // the same as the engine has it, and its id (lowered functions)
  uint32_t type_id = 0;
};

struct FuncOptions : abi::LiftLowerOptions {
  rt::Function* post_return = nullptr;
  rt::Function* callback = nullptr;
  bool async = false;
};

struct LiftedFunc {
  rt::Function* core = nullptr;
  const FuncCode* code = nullptr;
  FuncOptions options;
  ComponentInstanceState* instance = nullptr;
  bool async_typed = false;  // the function's type is `async`

  // definitions.py: needs_exclusive. REQUIRES: async_typed.
  bool needs_exclusive() const { return !options.async || options.callback != nullptr; }
};

// A core function made by canon lower: what it calls, and for whom.
struct LoweredFunc {
  ComponentStore* store = nullptr;
  std::variant<const LiftedFunc*, const HostFunction*> callee;
  const FuncCode* code = nullptr;
  FuncOptions options;
  ComponentInstanceState* caller = nullptr;
  // Made at the first call of a LiftedFunc; null where values take the literal way.
  mutable std::unique_ptr<const CallAdapter> adapter;
  mutable bool adapter_known = false;

  uint32_t max_flat_params() const { return options.async ? abi::kMaxFlatAsyncParams : abi::kMaxFlatParams; }
  uint32_t max_flat_results() const { return options.async ? 0 : abi::kMaxFlatResults; }
};

}  // namespace cvm::component
