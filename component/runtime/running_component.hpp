// RunningComponent: one instantiation of a component, with all instances nested in it. Made by running the plan's
// steps; owned by its store, whose thread it belongs to.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "component/runtime/builtins.hpp"
#include "component/runtime/compiled_component.hpp"
#include "component/runtime/component_store.hpp"
#include "component/runtime/host_function.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {

// What an import is linked to: nothing (unused imports), a host function, a function of another component of the same
// store, a resource type, a core module.
using ImportValue = std::variant<std::monostate, std::shared_ptr<const HostFunction>, const LiftedFunc*,
                                 std::shared_ptr<const abi::ResourceType>, std::shared_ptr<CompiledModule>>;

// A function that a component exports: one of its own, or an import that it passes on.
using ExportedFunc = std::variant<const LiftedFunc*, std::shared_ptr<const HostFunction>>;

class RunningComponent {
 public:
  // Runs the steps, start functions of core modules included. `imports` are by import slot, of the kinds that the plan
  // asks for. A component that fails is not entered again; what it made lives on with the store.
  static Result<RunningComponent*> Instantiate(ComponentStore& store, std::shared_ptr<const CompiledComponent> code,
                                               std::vector<ImportValue> imports);

  ComponentStore& store() const { return store_; }
  const CompiledComponent& code() const { return *code_; }
  const Plan& plan() const { return code_->plan(); }
  ExportedFunc Func(const FuncRef& ref) const;
  // Shared, so that it can be given to another component; lives as long as the store.
  std::shared_ptr<const abi::ResourceType> Resource(ResourceSlot slot) const;
  ComponentInstanceState& root() const { return *instances_[0]; }
  ComponentInstanceState& instance(InstanceSlot slot) const { return *instances_[slot.value]; }

  // Runs the host's destructors for what the instances still own. At the end of the store.
  void DestroyHostResources();

 private:
  RunningComponent(ComponentStore& store, std::shared_ptr<const CompiledComponent> code,
                   std::vector<ImportValue> imports)
      : store_(store), code_(std::move(code)), imports_(std::move(imports)) {}

  Result<void> Prepare();
  Result<void> CheckStore(const ImportValue& import) const;
  Result<void> Run(size_t step);
  Result<void> Run(size_t step, const InstantiateCore& s);
  Result<void> Run(size_t step, const ExtractCoreExport& s);
  Result<void> Run(size_t step, const DefineResource& s);
  Result<void> Run(size_t step, const LowerFunc& s);
  Result<void> Run(size_t step, const LiftFunc& s);
  Result<void> Run(size_t step, const Builtin& s);
  Result<rt::Function*> FunctionAt(std::optional<CoreSlot> slot) const;
  Result<FuncOptions> OptionsOf(const PlanOptions& options);
  Result<std::vector<ExternVal>> ArgumentsOf(const InstantiateCore& s, const ModuleData& module) const;
  rt::Function* NewFunction(const FuncCode& code, rt::HostBody body);

  ComponentStore& store_;
  std::shared_ptr<const CompiledComponent> code_;
  std::vector<ImportValue> imports_;
  std::vector<std::unique_ptr<ComponentInstanceState>> instances_;
  std::vector<const abi::ResourceType*> resources_;  // by slot; shared by all instances
  std::vector<ExternVal> core_;
  std::vector<rt::Instance*> core_instances_;
  std::vector<LiftedFunc> funcs_;
  std::map<rt::Memory*, std::unique_ptr<MemoryView>> memories_;
  std::deque<GuestResourceType> guest_resources_;
  std::deque<LoweredFunc> lowered_;
  std::deque<BuiltinSite> builtins_;
};

}  // namespace cvm::component
