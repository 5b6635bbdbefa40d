// The insides of the public handles (include/cvm/component.hpp): what wasi/ and tools reach through impl().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "canonical-abi/async/shared_copy.hpp"
#include "component/host/linker.hpp"
#include "component/runtime/export_call.hpp"
#include "cvm/component.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm {

struct Component::Impl {
  std::shared_ptr<const component::CompiledComponent> code;
};

struct ComponentLinker::Impl {
  component::Linker linker;
};

struct PreparedComponent::Impl {
  std::shared_ptr<const component::CompiledComponent> code;
  std::vector<component::ImportValue> imports;
};

struct ComponentResourceType::Impl {
  std::shared_ptr<const component::HostResourceType> type;
};

// One handle that the host has. A borrow is made invalid when its call is over.
struct ComponentResource::Impl {
  // Null for a resource of the host's that no guest has had.
  component::ComponentStore* store = nullptr;
  std::weak_ptr<const void> store_alive;
  std::shared_ptr<const abi::ResourceType> type;  // a guest's belongs to the store
  bool of_host = false;                           // its type is
  uint64_t rep = 0;
  bool owned = false;
  bool live = true;

  ~Impl();
  Result<void> Drop();
};

// A readable end in the host's hands, which it may give up.
struct ComponentStream::Impl {
  component::ComponentStore* store = nullptr;
  std::weak_ptr<const void> store_alive;
  std::shared_ptr<abi::SharedCopy> shared;
  bool live = true;

  ~Impl();
};

struct ComponentFunc::Impl {
  component::ComponentStore& store;
  component::ExportedFunc function;
  component::FuncTypeRef type;
};

struct ComponentCall::Impl {
  Impl(component::ComponentStore& store, const component::LiftedFunc& function) : store(store), call(store, function) {}

  component::ComponentStore& store;
  component::FuncTypeRef type;
  std::vector<abi::Value> values;
  std::vector<std::shared_ptr<ComponentResource::Impl>> lent;  // kept for as long as the callee may use them
  component::ExportCall call;                                  // goes first
};

// Calls between components of the store take the literal way from now on (component/fused): for tests, which compare.
// REQUIRES: nothing has been instantiated in it.
Result<void> UseLiteralCalls(Store& store);

// The component layer of a store.
Result<component::ComponentStore*> ComponentStoreOf(Store::Impl& store);

}  // namespace cvm
