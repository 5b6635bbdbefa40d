// Giving items their slots: the steps themselves. And the entry, MakePlan.
#include <set>

#include "component/plan/builder.hpp"

namespace cvm::component {

Result<void> PlanBuilder::Emit(Step step) {
  if (plan_->steps.size() >= kMaxPlanSteps) {
    return LimitError("instantiating the component takes more than " + std::to_string(kMaxPlanSteps) + " steps");
  }
  plan_->steps.push_back(std::move(step));
  return {};
}

namespace {

// Functions that are lowered, lifted and lowered again form chains as long as a file likes.
constexpr uint32_t kMaxNodeDepth = 1'000;

struct DepthGuard {
  explicit DepthGuard(uint32_t& depth) : depth(depth) { ++depth; }
  ~DepthGuard() { --depth; }
  uint32_t& depth;
};

}  // namespace

Result<CoreSlot> PlanBuilder::SlotOf(CoreNode& node) {
  if (node.slot.has_value()) return *node.slot;
  if (node_depth_ >= kMaxNodeDepth) return LimitError("functions are lifted and lowered too many times");
  const DepthGuard guard(node_depth_);
  const CoreSlot slot(plan_->core_slots++);
  if (const auto* from = std::get_if<CoreNode::Export>(&node.how)) {
    CVM_RETURN_IF_ERROR(Emit(ExtractCoreExport{*from->instance->slot, from->name, slot}));
  } else {
    CVM_RETURN_IF_ERROR(EmitCanon(std::get<CoreNode::Canon>(node.how), slot));
  }
  node.slot = slot;
  return slot;
}

Result<FuncRef> PlanBuilder::RefOf(FuncNode& node) {
  if (const auto* import = std::get_if<ImportSlot>(&node.how)) {
    plan_->imports[import->value].used = true;
    return FuncRef{*import};
  }
  if (node.slot.has_value()) return FuncRef{*node.slot};
  const auto& canon = std::get<CoreNode::Canon>(node.how);
  CVM_ASSIGN_OR_RETURN(CoreNode * callee, At(canon.scope->core_funcs, canon.def->index, "core function"));
  CVM_ASSIGN_OR_RETURN(const CoreSlot core, SlotOf(*callee));
  CVM_ASSIGN_OR_RETURN(PlanOptions options, OptionsOf(*canon.scope, canon.def->options));
  const FuncSlot slot(plan_->funcs++);
  CVM_RETURN_IF_ERROR(Emit(LiftFunc{core, node.type, std::move(options), canon.scope->instance, slot}));
  node.slot = slot;
  return FuncRef{slot};
}

Result<void> PlanBuilder::EmitLower(const CoreNode::Canon& canon, CoreSlot result) {
  CVM_ASSIGN_OR_RETURN(FuncNode * callee, At(canon.scope->funcs, canon.def->index, "function"));
  CVM_ASSIGN_OR_RETURN(FuncRef ref, RefOf(*callee));
  CVM_ASSIGN_OR_RETURN(PlanOptions options, OptionsOf(*canon.scope, canon.def->options));
  return Emit(LowerFunc{std::move(ref), callee->type, std::move(options), canon.scope->instance, result});
}

Result<void> PlanBuilder::EmitCanon(const CoreNode::Canon& canon, CoreSlot result) {
  const CanonDef& def = *canon.def;
  const Scope& scope = *canon.scope;
  if (def.kind == CanonKind::kLower) return EmitLower(canon, result);
  Builtin step{&def, std::nullopt, false, std::nullopt, {}, scope.instance, result, std::nullopt};
  CVM_ASSIGN_OR_RETURN(step.options, OptionsOf(scope, def.options));
  switch (def.kind) {
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceDropAsync:
    case CanonKind::kResourceRep: {
      CVM_ASSIGN_OR_RETURN(step.resource, ResourceAt(scope, def.index));
      step.rep64 = wide_resources_.contains(step.resource->value);
      break;
    }
    case CanonKind::kTaskReturn: {
      CVM_ASSIGN_OR_RETURN(step.type, ValTypeOf(scope, def.result));
      break;
    }
    case CanonKind::kThreadNewIndirect: {
      CVM_ASSIGN_OR_RETURN(CoreNode * table, At(scope.core_tables, def.table, "core table"));
      CVM_ASSIGN_OR_RETURN(step.table, SlotOf(*table));
      step.table64 = table->address64;
      CVM_ASSIGN_OR_RETURN(const CoreTypeEnv start, At(scope.core_types, def.type, "core type"));
      step.start64 = start.type != nullptr && start.type->func.params == ResultType{ValType::I64()};
      break;
    }
    default:
      if (def.kind >= CanonKind::kStreamNew && def.kind <= CanonKind::kFutureDropWritable) {
        CVM_ASSIGN_OR_RETURN(step.type, ValTypeOf(scope, ValTypeRef(def.index)));
      }
  }
  return Emit(std::move(step));
}

Result<std::optional<CoreSlot>> PlanBuilder::OptionalFunc(const Scope& scope, std::optional<uint32_t> func) {
  if (!func.has_value()) return std::optional<CoreSlot>();
  CVM_ASSIGN_OR_RETURN(CoreNode * node, At(scope.core_funcs, *func, "core function"));
  CVM_ASSIGN_OR_RETURN(const CoreSlot slot, SlotOf(*node));
  return std::optional(slot);
}

Result<PlanOptions> PlanBuilder::OptionsOf(const Scope& scope, const CanonOptions& options) {
  PlanOptions plan;
  if (options.gc) return UnsupportedError("the canonical option `gc` is not supported");
  plan.encoding = options.encoding.value_or(CanonOptions::Encoding::kUtf8);
  plan.async = options.async;
  plan.always_task_return = options.always_task_return;
  if (options.memory.has_value()) {
    CVM_ASSIGN_OR_RETURN(CoreNode * memory, At(scope.core_memories, *options.memory, "core memory"));
    CVM_ASSIGN_OR_RETURN(plan.memory, SlotOf(*memory));
    if (memory->address64) plan.ptr_type = abi::PtrType::kI64;
  }
  CVM_ASSIGN_OR_RETURN(plan.realloc, OptionalFunc(scope, options.realloc));
  CVM_ASSIGN_OR_RETURN(plan.post_return, OptionalFunc(scope, options.post_return));
  CVM_ASSIGN_OR_RETURN(plan.callback, OptionalFunc(scope, options.callback));
  return plan;
}

// Types and components that the root exports are of no use to a host; all else is made now.
Result<std::vector<PlanExport>> PlanBuilder::ExportsOf(const InstanceEnv& instance, uint32_t depth) {
  if (depth > kMaxPlanDepth) return LimitError("instances are nested too deeply");
  std::vector<PlanExport> exports;
  for (const auto& [name, item] : instance.exports) {
    CVM_RETURN_IF_ERROR(Work(1));
    if (auto* const* func = std::get_if<FuncNode*>(&item.what)) {
      CVM_ASSIGN_OR_RETURN(FuncRef ref, RefOf(**func));
      exports.push_back({std::string(name), PlanExport::Func{std::move(ref), (*func)->type}});
    } else if (const auto* type = std::get_if<TypeEnv>(&item.what)) {
      if (const auto* resource = std::get_if<ResourceSlot>(type)) exports.push_back({std::string(name), *resource});
    } else if (const auto* inner = std::get_if<const InstanceEnv*>(&item.what)) {
      CVM_ASSIGN_OR_RETURN(std::vector<PlanExport> nested, ExportsOf(**inner, depth + 1));
      exports.push_back({std::string(name), std::move(nested)});
    } else if (const auto* module = std::get_if<ModuleSlot>(&item.what)) {
      exports.push_back({std::string(name), *module});
    }
  }
  return exports;
}

namespace {

// The resources that a type mentions; nodes that were seen are not walked again.
struct ResourceWalk {
  std::set<uint32_t> resources;
  std::set<const abi::TypeNode*> seen;

  void Visit(const abi::ValType& type) {
    if (type.primitive() || !seen.insert(&type.node()).second) return;
    const abi::TypeNode& node = type.node();
    if (node.despecialized == abi::TypeKind::kOwn || node.despecialized == abi::TypeKind::kBorrow) {
      resources.insert(node.resource.value);
    }
    if (node.element.has_value()) Visit(*node.element);
    for (const abi::FieldType& field : node.fields) Visit(field.type);
    for (const abi::CaseType& c : node.cases) {
      if (c.type.has_value()) Visit(*c.type);
    }
  }
  void Visit(const abi::FuncType& type) {
    for (const auto& [name, param] : type.params) Visit(param);
    if (type.result.has_value()) Visit(*type.result);
  }
};

}  // namespace

void PlanBuilder::MarkUsedResources() {
  ResourceWalk walk;
  for (const Step& step : plan_->steps) {
    if (const auto* lower = std::get_if<LowerFunc>(&step)) walk.Visit(*lower->type);
    if (const auto* lift = std::get_if<LiftFunc>(&step)) walk.Visit(*lift->type);
    if (const auto* builtin = std::get_if<Builtin>(&step)) {
      if (builtin->resource.has_value()) walk.resources.insert(builtin->resource->value);
      if (builtin->type.has_value()) walk.Visit(*builtin->type);
    }
  }
  for (PlanImport& import : plan_->imports) {
    if (const auto* slot = std::get_if<ResourceSlot>(&import.what)) import.used = walk.resources.contains(slot->value);
  }
}

Result<std::shared_ptr<const Plan>> PlanBuilder::Build() {
  CVM_ASSIGN_OR_RETURN(const InstanceEnv* root,
                       Instantiate({plan_->component.get(), nullptr}, nullptr, std::nullopt, 0));
  CVM_ASSIGN_OR_RETURN(plan_->exports, ExportsOf(*root, 0));
  for (const Step& step : plan_->steps) {
    const auto* core = std::get_if<InstantiateCore>(&step);
    if (core == nullptr) continue;
    const std::optional<ImportSlot> import = plan_->modules[core->module.value].import;
    if (import.has_value()) plan_->imports[import->value].used = true;
  }
  MarkUsedResources();
  return std::shared_ptr<const Plan>(std::move(plan_));
}

Result<std::shared_ptr<const Plan>> MakePlan(std::shared_ptr<const Component> component) {
  return PlanBuilder(std::move(component)).Build();
}

}  // namespace cvm::component
