// Abstract execution of definitions, in the order of the model's Definition.
#include "component/plan/builder.hpp"

namespace cvm::component {

Scope* PlanBuilder::NewScope(Scope* parent) {
  Scope& scope = scopes_.emplace_back();
  scope.parent = parent;
  scope.depth = parent == nullptr ? 0 : parent->depth + 1;
  return &scope;
}

Result<void> PlanBuilder::Work(uint64_t amount) {
  work_ += amount;
  if (work_ > kMaxPlanWork) {
    return LimitError("instantiating the component takes more than " + std::to_string(kMaxPlanWork) + " definitions");
  }
  return {};
}

Result<InstanceEnv*> PlanBuilder::Instantiate(const ComponentEnv& component, const InstanceEnv* args,
                                              std::optional<InstanceSlot> parent, uint32_t depth) {
  if (depth > kMaxPlanDepth) return LimitError("components are nested too deeply");
  CVM_RETURN_IF_ERROR(Work(1 + component.component->definitions.size()));
  Scope& scope = *NewScope(component.scope);
  scope.depth = depth;
  scope.instance = InstanceSlot(static_cast<uint32_t>(plan_->instances.size()));
  plan_->instances.push_back(parent);
  scope.args = args;
  scope.exports = &instances_.emplace_back();
  for (const Definition& definition : component.component->definitions) CVM_RETURN_IF_ERROR(Define(scope, definition));
  return scope.exports;
}

Result<void> PlanBuilder::Define(Scope& scope, const Definition& definition) {
  return std::visit([&](const auto& def) { return Define(scope, def); }, definition.what);
}

Result<void> PlanBuilder::Define(Scope& scope, const CoreModuleDef& def) {
  auto [place, fresh] =
      module_slots_.emplace(def.module.get(), ModuleSlot(static_cast<uint32_t>(plan_->modules.size())));
  if (fresh) plan_->modules.push_back({def.module, std::nullopt});
  scope.core_modules.push_back(place->second);
  return {};
}

Result<void> PlanBuilder::Define(Scope& scope, const CoreTypeDef& def) {
  if (def.module != nullptr) {
    scope.core_types.push_back({def.module.get(), nullptr});
  } else {
    for (const SubType& type : def.types) scope.core_types.push_back({nullptr, &type});
  }
  return {};
}

Result<void> PlanBuilder::Define(Scope& scope, const CoreInstanceDef& def) {
  if (const auto* instantiation = std::get_if<CoreInstantiation>(&def.how))
    return InstantiateModule(scope, *instantiation);
  CoreInstanceEnv& bundle = core_instances_.emplace_back();
  for (const CoreInlineExport& e : std::get<std::vector<CoreInlineExport>>(def.how)) {
    CVM_RETURN_IF_ERROR(Work(1));
    CVM_ASSIGN_OR_RETURN(bundle.exports[e.name], CoreItemAt(scope, e.what));
  }
  scope.core_instances.push_back(&bundle);
  return {};
}

// The arguments are the module's imports, in order; each is looked up in the instance that bears its module name.
Result<void> PlanBuilder::InstantiateModule(Scope& scope, const CoreInstantiation& def) {
  CVM_ASSIGN_OR_RETURN(const ModuleSlot module, At(scope.core_modules, def.module, "core module"));
  std::map<std::string_view, const CoreInstanceEnv*> args;
  for (const CoreInstantiation::Arg& arg : def.args) {
    CVM_ASSIGN_OR_RETURN(args[arg.name], At(scope.core_instances, arg.instance, "core instance"));
  }
  InstantiateCore step{module, {}, CoreInstanceSlot(plan_->core_instances++)};
  const auto add = [&](std::string_view module_name, std::string_view name) -> Result<void> {
    CVM_RETURN_IF_ERROR(Work(1));
    const auto arg = args.find(module_name);
    if (arg == args.end()) return CVM_BUG("an argument of a core instantiation is missing");
    CVM_ASSIGN_OR_RETURN(CoreNode * node, CoreExport(const_cast<CoreInstanceEnv&>(*arg->second), name));
    CVM_ASSIGN_OR_RETURN(const CoreSlot slot, SlotOf(*node));
    step.args.push_back({module_name, name, slot});
    return {};
  };
  if (const ModuleData* data = plan_->modules[module.value].data.get()) {
    for (const Import& import : data->imports) CVM_RETURN_IF_ERROR(add(import.module, import.name));
  } else {
    // What an imported module imports is known when it is linked: it gets all that it could name.
    for (const auto& [module_name, instance] : args) {
      if (instance->slot.has_value()) {
        const ModuleData* from = plan_->modules[instance->module.value].data.get();
        if (from == nullptr) return UnsupportedError("an imported module as an argument of an imported module");
        for (const Export& e : from->exports) CVM_RETURN_IF_ERROR(add(module_name, e.name));
      } else {
        for (const auto& [name, node] : instance->exports) CVM_RETURN_IF_ERROR(add(module_name, name));
      }
    }
  }
  CoreInstanceEnv& env = core_instances_.emplace_back();
  env.slot = step.result;
  env.module = module;
  scope.core_instances.push_back(&env);
  return Emit(std::move(step));
}

Result<CoreNode*> PlanBuilder::CoreExport(CoreInstanceEnv& instance, std::string_view name) {
  const auto found = instance.exports.find(name);
  if (found != instance.exports.end()) return found->second;
  if (!instance.slot.has_value()) return CVM_BUG("a core instance has no export `" + std::string(name) + "`");
  CoreNode* node = NewCoreNode({CoreNode::Export{&instance, name}, std::nullopt});
  if (const ModuleData* data = plan_->modules[instance.module.value].data.get()) {
    for (const Export& e : data->exports) {
      if (e.name != name) continue;
      if (e.kind == ExternKind::kMemory) node->address64 = data->memory_types[e.index].limits.addr == AddrKind::kI64;
      if (e.kind == ExternKind::kTable) node->address64 = data->table_types[e.index].limits.addr == AddrKind::kI64;
    }
  }
  instance.exports[name] = node;
  return node;
}

Result<void> PlanBuilder::Define(Scope& scope, const std::shared_ptr<const Component>& def) {
  scope.components.push_back({def.get(), &scope});
  return {};
}

Result<void> PlanBuilder::Define(Scope& scope, const InstanceDef& def) {
  if (const auto* instantiation = std::get_if<Instantiation>(&def.how)) {
    CVM_ASSIGN_OR_RETURN(const ComponentEnv component, At(scope.components, instantiation->component, "component"));
    InstanceEnv& args = instances_.emplace_back();
    for (const InstanceArg& arg : instantiation->args) {
      CVM_RETURN_IF_ERROR(Work(1));
      CVM_ASSIGN_OR_RETURN(Item item, ItemAt(scope, arg.what));
      args.Add(arg.name, std::move(item));
    }
    CVM_ASSIGN_OR_RETURN(const InstanceEnv* made, Instantiate(component, &args, scope.instance, scope.depth + 1));
    scope.instances.push_back(made);
    return {};
  }
  InstanceEnv& bundle = instances_.emplace_back();
  for (const InlineExport& e : std::get<std::vector<InlineExport>>(def.how)) {
    CVM_RETURN_IF_ERROR(Work(1));
    CVM_ASSIGN_OR_RETURN(Item item, ItemAt(scope, e.what));
    bundle.Add(e.name.name, std::move(item));
  }
  scope.instances.push_back(&bundle);
  return {};
}

Result<void> PlanBuilder::Define(Scope& scope, const AliasDef& def) { return AddAlias(scope, def); }

Result<void> PlanBuilder::AddAlias(Scope& scope, const AliasDef& def) {
  if (def.kind == AliasDef::Kind::kOuter) return AddOuterAlias(scope, def);
  if (def.kind == AliasDef::Kind::kCoreExport) {
    CVM_ASSIGN_OR_RETURN(const CoreInstanceEnv* instance, At(scope.core_instances, def.instance, "core instance"));
    CVM_ASSIGN_OR_RETURN(CoreNode * node, CoreExport(const_cast<CoreInstanceEnv&>(*instance), def.name));
    AddCoreItem(scope, def.sort, node);
    return {};
  }
  CVM_ASSIGN_OR_RETURN(const InstanceEnv* instance, At(scope.instances, def.instance, "instance"));
  const Item* item = instance->Find(def.name);
  if (item == nullptr) return CVM_BUG("an instance has no export `" + std::string(def.name) + "`");
  return AddItem(scope, *item);
}

Result<void> PlanBuilder::AddOuterAlias(Scope& scope, const AliasDef& def) {
  const Scope* outer = &scope;
  for (uint32_t i = 0; i < def.outer_count && outer != nullptr; ++i) outer = outer->parent;
  if (outer == nullptr) return BadIndex("scope");
  if (def.sort == Sort::kCoreType) {
    CVM_ASSIGN_OR_RETURN(const CoreTypeEnv type, At(outer->core_types, def.outer_index, "core type"));
    scope.core_types.push_back(type);
    return {};
  }
  CVM_ASSIGN_OR_RETURN(const Item item, ItemAt(*outer, {def.sort, def.outer_index}));
  return AddItem(scope, item);
}

Result<void> PlanBuilder::Define(Scope& scope, const TypeDef& def) {
  CVM_ASSIGN_OR_RETURN(TypeEnv type, EvaluateType(scope, def));
  scope.types.push_back(std::move(type));
  return {};
}

Result<void> PlanBuilder::Define(Scope& scope, const CanonDef& def) {
  const CoreNode::Canon canon{&def, &scope};
  if (def.kind != CanonKind::kLift) {
    scope.core_funcs.push_back(NewCoreNode({canon, std::nullopt}));
    return {};
  }
  CVM_ASSIGN_OR_RETURN(FuncTypeRef type, FuncTypeAt(scope, def.type));
  scope.funcs.push_back(NewFuncNode({canon, std::move(type), std::nullopt}));
  return {};
}

Result<void> PlanBuilder::Define(Scope&, const StartDef&) {
  return UnsupportedError("start functions of components are not supported");
}
Result<void> PlanBuilder::Define(Scope&, const ValueDef&) { return UnsupportedError("values are not supported"); }

Result<void> PlanBuilder::Define(Scope& scope, const ImportDef& def) {
  if (def.desc.sort == Sort::kType && !def.desc.bound.sub_resource) {
    CVM_ASSIGN_OR_RETURN(TypeEnv type, At(scope.types, def.desc.bound.eq, "type"));
    scope.types.push_back(std::move(type));
    return {};
  }
  if (scope.args != nullptr) {
    const Item* item = scope.args->Find(def.name.name);
    if (item == nullptr) return CVM_BUG("an argument `" + std::string(def.name.name) + "` is missing");
    return AddItem(scope, *item);
  }
  CVM_ASSIGN_OR_RETURN(const Item item, ImportItem(scope, def.desc, {std::string(def.name.name)}));
  return AddItem(scope, item);
}

// An export is an item of the index spaces too. Types that it ascribes matter to validation alone.
Result<void> PlanBuilder::Define(Scope& scope, const ExportDef& def) {
  CVM_ASSIGN_OR_RETURN(Item item, ItemAt(scope, def.what));
  CVM_RETURN_IF_ERROR(AddItem(scope, item));
  scope.exports->Add(def.name.name, std::move(item));
  return {};
}

// --- index spaces

Result<Item> PlanBuilder::ItemAt(const Scope& scope, SortIndex what) const {
  Item item;
  switch (what.sort) {
    case Sort::kFunc: {
      CVM_ASSIGN_OR_RETURN(item.what, At(scope.funcs, what.index, "function"));
      return item;
    }
    case Sort::kType: {
      CVM_ASSIGN_OR_RETURN(item.what, At(scope.types, what.index, "type"));
      return item;
    }
    case Sort::kComponent: {
      CVM_ASSIGN_OR_RETURN(item.what, At(scope.components, what.index, "component"));
      return item;
    }
    case Sort::kInstance: {
      CVM_ASSIGN_OR_RETURN(item.what, At(scope.instances, what.index, "instance"));
      return item;
    }
    case Sort::kCoreModule: {
      CVM_ASSIGN_OR_RETURN(item.what, At(scope.core_modules, what.index, "core module"));
      return item;
    }
    default:
      return UnsupportedError(std::string(SortName(what.sort)) + " items are not supported here");
  }
}

Result<void> PlanBuilder::AddItem(Scope& scope, const Item& item) {
  struct Visitor {
    Scope& scope;
    bool operator()(std::monostate) const { return false; }
    bool operator()(FuncNode* node) const { return scope.funcs.push_back(node), true; }
    bool operator()(const TypeEnv& type) const { return scope.types.push_back(type), true; }
    bool operator()(const ComponentEnv& component) const { return scope.components.push_back(component), true; }
    bool operator()(const InstanceEnv* instance) const { return scope.instances.push_back(instance), true; }
    bool operator()(ModuleSlot module) const { return scope.core_modules.push_back(module), true; }
  };
  if (!std::visit(Visitor{scope}, item.what)) return CVM_BUG("an item is of no sort");
  return {};
}

namespace {

// The index space of a core sort; null for other sorts.
template <class S>
auto* CoreSpace(S& scope, Sort sort) {
  switch (sort) {
    case Sort::kCoreFunc:
      return &scope.core_funcs;
    case Sort::kCoreTable:
      return &scope.core_tables;
    case Sort::kCoreMemory:
      return &scope.core_memories;
    case Sort::kCoreGlobal:
      return &scope.core_globals;
    case Sort::kCoreTag:
      return &scope.core_tags;
    default:
      return static_cast<decltype(&scope.core_funcs)>(nullptr);
  }
}

}  // namespace

Result<CoreNode*> PlanBuilder::CoreItemAt(const Scope& scope, SortIndex what) const {
  const auto* space = CoreSpace(scope, what.sort);
  if (space == nullptr) return CVM_BUG("an item of a core instance is of no core sort");
  return At(*space, what.index, SortName(what.sort));
}

void PlanBuilder::AddCoreItem(Scope& scope, Sort sort, CoreNode* node) {
  if (auto* space = CoreSpace(scope, sort)) space->push_back(node);
}

}  // namespace cvm::component
