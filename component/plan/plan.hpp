// Plan: what instantiating a component comes to, as a flat list of steps (architecture decision 9; Explainer.md,
// "Component Definitions"). Nested components, aliases, bundles of exports and types are worked out when the plan is
// made; what is left is to create core instances, canonical functions and resource types one after the other.
//
// Everything has a slot, a number within its kind. A component that is instantiated twice has its steps twice, with
// slots of their own; so a resource slot stands for one resource type of the running component, and the
// abi::ResourceIndex in the value types here is that slot. Imports of the root are leaves: what a linker has to find,
// by name.
//
// Immutable once made, shared by threads and by all instantiations. Keeps the decoded component alive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "canonical-abi/types/flatten.hpp"
#include "canonical-abi/types/val_type.hpp"
#include "component/model/component.hpp"
#include "vm/module/module.hpp"

namespace cvm::component {

// Slots of a plan, by kind. Core funcs, tables, memories, globals and tags share one kind.
using CoreSlot = Index<struct CoreSlotTag>;
using CoreInstanceSlot = Index<struct CoreInstanceSlotTag>;
using ModuleSlot = Index<struct ModuleSlotTag>;
using FuncSlot = Index<struct FuncSlotTag>;          // component functions that are lifted
using InstanceSlot = Index<struct InstanceSlotTag>;  // component instances
using ImportSlot = Index<struct ImportSlotTag>;
using ResourceSlot = abi::ResourceIndex;

using FuncTypeRef = std::shared_ptr<const abi::FuncType>;

// Canonical options with their indices resolved (Explainer.md, "Canonical ABI").
struct PlanOptions {
  CanonOptions::Encoding encoding = CanonOptions::Encoding::kUtf8;
  abi::PtrType ptr_type = abi::PtrType::kI32;
  std::optional<CoreSlot> memory;
  std::optional<CoreSlot> realloc;
  std::optional<CoreSlot> post_return;
  std::optional<CoreSlot> callback;
  bool async = false;
  bool always_task_return = false;
};

// A component function: one that a step lifts, or an import of the root.
struct FuncRef {
  std::variant<FuncSlot, ImportSlot> what;
};

// --- steps

struct InstantiateCore {
  struct Arg {
    std::string_view module;
    std::string_view name;
    CoreSlot slot;
  };
  ModuleSlot module;
  std::vector<Arg> args;  // in the order of the module's imports, where the module is known
  CoreInstanceSlot result;
};

struct ExtractCoreExport {
  CoreInstanceSlot instance;
  std::string_view name;
  CoreSlot result;
};

struct DefineResource {
  InstanceSlot instance;
  std::optional<CoreSlot> destructor;
  bool rep64 = false;  // the representation is an i64
  ResourceSlot result;
};

// canon lower
struct LowerFunc {
  FuncRef callee;
  FuncTypeRef type;
  PlanOptions options;
  InstanceSlot instance;  // whose code calls it
  CoreSlot result;
};

// canon lift
struct LiftFunc {
  CoreSlot callee;
  FuncTypeRef type;
  PlanOptions options;
  InstanceSlot instance;
  FuncSlot result;
};

// Any other canonical definition: `canon` says which, with its flags.
struct Builtin {
  const CanonDef* canon = nullptr;
  std::optional<ResourceSlot> resource;  // resource.new, resource.drop, resource.rep
  bool rep64 = false;                    // of that resource
  std::optional<abi::ValType> type;      // of streams and futures; result of task.return
  PlanOptions options;
  InstanceSlot instance;
  CoreSlot result;
  // thread.new-indirect: the table, the width of its indices and of the argument that threads start with.
  std::optional<CoreSlot> table;
  bool table64 = false;
  bool start64 = false;
};

using Step = std::variant<InstantiateCore, ExtractCoreExport, DefineResource, LowerFunc, LiftFunc, Builtin>;

// --- imports and exports

struct PlanModule {
  std::shared_ptr<const ModuleData> data;  // null if it is an import
  std::optional<ImportSlot> import;
};

// What the root has to be given: the import's name and, within an instance, the names of exports.
struct PlanImport {
  std::vector<std::string> path;
  // A function's type, the slot that the resource type goes to, or a core module.
  std::variant<FuncTypeRef, ResourceSlot, ModuleSlot> what;
  bool used = false;             // something of the plan needs it
  std::string ToString() const;  // "wasi:io/poll@0.2.0" `poll`
};

struct PlanExport {
  std::string name;
  struct Func {
    FuncRef func;
    FuncTypeRef type;
  };
  // A function, a resource type, a core module, or what an instance exports.
  std::variant<Func, ResourceSlot, ModuleSlot, std::vector<PlanExport>> what;
};

struct Plan {
  std::shared_ptr<const Component> component;
  std::vector<Step> steps;
  std::vector<PlanModule> modules;
  // Component instances by their parents; the root, which is the first, has none.
  std::vector<std::optional<InstanceSlot>> instances;
  std::vector<PlanImport> imports;
  std::vector<PlanExport> exports;
  uint32_t core_slots = 0;
  uint32_t core_instances = 0;
  uint32_t funcs = 0;
  uint32_t resources = 0;
};

// Limits of flattening: a file of a few bytes can ask for exponentially many instances (security.md DEC-08).
inline constexpr uint32_t kMaxPlanSteps = 100'000;
// Definitions and declarations looked at, instantiated components counted anew each time.
inline constexpr uint32_t kMaxPlanWork = 1'000'000;
// Levels of components within components, and of instances within instances.
inline constexpr uint32_t kMaxPlanDepth = 100;

// Flattens a valid component. Errors: kLimit; kUnsupported for imported components and for values.
Result<std::shared_ptr<const Plan>> MakePlan(std::shared_ptr<const Component> component);

}  // namespace cvm::component
