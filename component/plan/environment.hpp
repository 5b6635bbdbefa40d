// The environment of abstract execution: what the indices of a component's index spaces stand for while a plan is made.
// Private to component/plan.
//
// Core items and functions are nodes: a node says how the item would be made, and gets a slot (and its step) when
// something first needs it. So what is defined but not used costs nothing. Scopes are linked to those around them for
// outer aliases; all live in the builder until the plan is done.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "component/plan/plan.hpp"

namespace cvm::component {

struct Scope;
struct InstanceEnv;
struct CoreInstanceEnv;

// A core item: an export of a core instance, or a canonical function.
struct CoreNode {
  struct Export {
    const CoreInstanceEnv* instance;
    std::string_view name;
  };
  struct Canon {
    const CanonDef* def;
    Scope* scope;
  };
  std::variant<Export, Canon> how;
  std::optional<CoreSlot> slot;
  // A memory or table with 64-bit addresses.
  bool address64 = false;
};
struct FuncNode {
  std::variant<ImportSlot, CoreNode::Canon> how;  // an import of the root, or canon lift
  FuncTypeRef type;
  std::optional<FuncSlot> slot;
};

struct CoreInstanceEnv {
  // A real instance: its slot and module; otherwise a bundle.
  std::optional<CoreInstanceSlot> slot;
  ModuleSlot module;
  std::map<std::string_view, CoreNode*> exports;  // of a real one: those that were named
};

// A component with the scope that it was defined in.
struct ComponentEnv {
  const Component* component = nullptr;
  Scope* scope = nullptr;
};
// The type of components or instances, likewise.
struct DeclsEnv {
  const ComponentTypeDef* def = nullptr;
  Scope* scope = nullptr;
};
using TypeEnv = std::variant<std::monostate, abi::ValType, FuncTypeRef, ResourceSlot, DeclsEnv>;

struct CoreTypeEnv {
  const ModuleTypeDef* module = nullptr;  // null: a core type
  const SubType* type = nullptr;
};

// An item of any component-level sort: an argument or an export.
struct Item {
  std::variant<std::monostate, FuncNode*, TypeEnv, ComponentEnv, const InstanceEnv*, ModuleSlot> what;
};

struct InstanceEnv {
  // In order of definition.
  std::vector<std::pair<std::string_view, Item>> exports;
  std::map<std::string_view, size_t> by_name;

  void Add(std::string_view name, Item item) {
    by_name.emplace(name, exports.size());
    exports.emplace_back(name, std::move(item));
  }
  const Item* Find(std::string_view name) const {
    const auto it = by_name.find(name);
    return it == by_name.end() ? nullptr : &exports[it->second].second;
  }
};

struct Scope {
  Scope* parent = nullptr;
  uint32_t depth = 0;
  InstanceSlot instance;  // of components: the instance that is made
  std::vector<CoreNode*> core_funcs, core_tables, core_memories, core_globals, core_tags;
  std::vector<CoreTypeEnv> core_types;
  std::vector<ModuleSlot> core_modules;
  std::vector<const CoreInstanceEnv*> core_instances;
  std::vector<FuncNode*> funcs;
  std::vector<TypeEnv> types;
  std::vector<ComponentEnv> components;
  std::vector<const InstanceEnv*> instances;
  const InstanceEnv* args = nullptr;  // what its imports are given; null for the root
  InstanceEnv* exports = nullptr;
};

}  // namespace cvm::component
