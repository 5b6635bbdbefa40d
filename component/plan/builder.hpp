// PlanBuilder: executes a component's definitions abstractly and writes down the steps. Private to component/plan;
// lives for one MakePlan.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "component/plan/environment.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {

class PlanBuilder {
 public:
  explicit PlanBuilder(std::shared_ptr<const Component> component) { plan_->component = std::move(component); }

  Result<std::shared_ptr<const Plan>> Build();

 private:
  // --- definitions (definitions.cpp)
  Result<InstanceEnv*> Instantiate(const ComponentEnv& component, const InstanceEnv* args,
                                   std::optional<InstanceSlot> parent, uint32_t depth);
  Result<void> Define(Scope& scope, const Definition& definition);
  Result<void> Define(Scope& scope, const CoreModuleDef& def);
  Result<void> Define(Scope& scope, const CoreInstanceDef& def);
  Result<void> Define(Scope& scope, const CoreTypeDef& def);
  Result<void> Define(Scope& scope, const std::shared_ptr<const Component>& def);
  Result<void> Define(Scope& scope, const InstanceDef& def);
  Result<void> Define(Scope& scope, const AliasDef& def);
  Result<void> Define(Scope& scope, const TypeDef& def);
  Result<void> Define(Scope& scope, const CanonDef& def);
  Result<void> Define(Scope& scope, const StartDef& def);
  Result<void> Define(Scope& scope, const ImportDef& def);
  Result<void> Define(Scope& scope, const ExportDef& def);
  Result<void> Define(Scope& scope, const ValueDef& def);
  Result<void> InstantiateModule(Scope& scope, const CoreInstantiation& def);
  Result<Item> ItemAt(const Scope& scope, SortIndex what) const;
  Result<CoreNode*> CoreItemAt(const Scope& scope, SortIndex what) const;
  // Appends an item to the index space of its kind.
  Result<void> AddItem(Scope& scope, const Item& item);
  Result<void> AddAlias(Scope& scope, const AliasDef& def);
  Result<void> AddOuterAlias(Scope& scope, const AliasDef& def);
  Result<CoreNode*> CoreExport(CoreInstanceEnv& instance, std::string_view name);
  void AddCoreItem(Scope& scope, Sort sort, CoreNode* node);

  // --- types (types.cpp)
  Result<TypeEnv> EvaluateType(Scope& scope, const TypeDef& def);
  Result<abi::ValType> EvaluateValType(const Scope& scope, const DefValType& def) const;
  Result<abi::ValType> ValTypeOf(const Scope& scope, const ValTypeRef& ref) const;
  Result<std::optional<abi::ValType>> ValTypeOf(const Scope& scope, const std::optional<ValTypeRef>& ref) const;
  Result<FuncTypeRef> EvaluateFuncType(const Scope& scope, const FuncTypeDef& def) const;
  Result<abi::ValType> RecordOf(const Scope& scope, const DefValType& def) const;
  Result<abi::ValType> VariantOf(const Scope& scope, const DefValType& def) const;
  Result<ResourceSlot> ResourceAt(const Scope& scope, uint32_t type) const;
  Result<FuncTypeRef> FuncTypeAt(const Scope& scope, uint32_t type) const;
  // The leaf, or the instance of leaves, that an import of the root is.
  Result<Item> ImportItem(Scope& scope, const ExternDesc& desc, std::vector<std::string> path);
  Result<const InstanceEnv*> ImportInstance(const DeclsEnv& type, const std::vector<std::string>& path);
  ImportSlot AddImport(PlanImport import);

  // --- nodes (nodes.cpp)
  Result<CoreSlot> SlotOf(CoreNode& node);
  Result<FuncRef> RefOf(FuncNode& node);
  Result<void> EmitCanon(const CoreNode::Canon& canon, CoreSlot result);
  Result<void> EmitLower(const CoreNode::Canon& canon, CoreSlot result);
  Result<PlanOptions> OptionsOf(const Scope& scope, const CanonOptions& options);
  Result<std::optional<CoreSlot>> OptionalFunc(const Scope& scope, std::optional<uint32_t> func);
  Result<void> Emit(Step step);
  Result<std::vector<PlanExport>> ExportsOf(const InstanceEnv& instance, uint32_t depth);
  // Marks the imported resources that used functions mention.
  void MarkUsedResources();

  // Counts against kMaxPlanWork.
  Result<void> Work(uint64_t amount);
  Scope* NewScope(Scope* parent);
  CoreNode* NewCoreNode(CoreNode node) { return &core_nodes_.emplace_back(std::move(node)); }
  FuncNode* NewFuncNode(FuncNode node) { return &func_nodes_.emplace_back(std::move(node)); }

  std::shared_ptr<Plan> plan_ = std::make_shared<Plan>();
  std::deque<Scope> scopes_;
  std::deque<CoreNode> core_nodes_;
  std::deque<FuncNode> func_nodes_;
  std::deque<InstanceEnv> instances_;
  std::deque<CoreInstanceEnv> core_instances_;
  std::map<const ModuleData*, ModuleSlot> module_slots_;
  std::set<uint32_t> wide_resources_;  // slots of resources with 64-bit representations
  uint64_t work_ = 0;
  uint32_t node_depth_ = 0;  // of SlotOf and RefOf, which call one another
};

// What an index of a valid component cannot do.
inline Error BadIndex(std::string_view what) {
  return CVM_BUG("an index of a " + std::string(what) + " is out of range");
}

// The element `index` of an index space.
template <class T>
Result<T> At(const std::vector<T>& space, uint32_t index, std::string_view what) {
  if (index >= space.size()) return BadIndex(what);
  return space[index];
}

}  // namespace cvm::component
