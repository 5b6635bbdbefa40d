// Types as they are in one component instance, and the leaves that the types of the root's imports describe.
#include "component/plan/builder.hpp"

namespace cvm::component {

Result<abi::ValType> PlanBuilder::ValTypeOf(const Scope& scope, const ValTypeRef& ref) const {
  if (const auto* kind = std::get_if<abi::TypeKind>(&ref)) return abi::ValType(*kind);
  CVM_ASSIGN_OR_RETURN(const TypeEnv type, At(scope.types, std::get<uint32_t>(ref), "type"));
  if (const auto* value = std::get_if<abi::ValType>(&type)) return *value;
  return CVM_BUG("a type is no value type");
}

Result<std::optional<abi::ValType>> PlanBuilder::ValTypeOf(const Scope& scope,
                                                           const std::optional<ValTypeRef>& ref) const {
  if (!ref.has_value()) return std::optional<abi::ValType>();
  CVM_ASSIGN_OR_RETURN(abi::ValType type, ValTypeOf(scope, *ref));
  return std::optional(std::move(type));
}

Result<ResourceSlot> PlanBuilder::ResourceAt(const Scope& scope, uint32_t index) const {
  CVM_ASSIGN_OR_RETURN(const TypeEnv type, At(scope.types, index, "type"));
  if (const auto* resource = std::get_if<ResourceSlot>(&type)) return *resource;
  return CVM_BUG("a type is no resource type");
}

Result<FuncTypeRef> PlanBuilder::FuncTypeAt(const Scope& scope, uint32_t index) const {
  CVM_ASSIGN_OR_RETURN(const TypeEnv type, At(scope.types, index, "type"));
  if (const auto* func = std::get_if<FuncTypeRef>(&type)) return *func;
  return CVM_BUG("a type is no function type");
}

Result<abi::ValType> PlanBuilder::RecordOf(const Scope& scope, const DefValType& def) const {
  std::vector<abi::FieldType> fields;
  for (const LabelledType& field : def.fields) {
    CVM_ASSIGN_OR_RETURN(abi::ValType type, ValTypeOf(scope, field.type));
    fields.push_back({std::string(field.label), std::move(type)});
  }
  return abi::RecordType(std::move(fields));
}

Result<abi::ValType> PlanBuilder::VariantOf(const Scope& scope, const DefValType& def) const {
  std::vector<abi::CaseType> cases;
  for (const LabelledCase& c : def.cases) {
    CVM_ASSIGN_OR_RETURN(std::optional<abi::ValType> type, ValTypeOf(scope, c.type));
    cases.push_back({std::string(c.label), std::move(type)});
  }
  return abi::VariantType(std::move(cases));
}

Result<abi::ValType> PlanBuilder::EvaluateValType(const Scope& scope, const DefValType& def) const {
  using enum abi::TypeKind;
  CVM_ASSIGN_OR_RETURN(std::optional<abi::ValType> first, ValTypeOf(scope, def.first));
  CVM_ASSIGN_OR_RETURN(std::optional<abi::ValType> second, ValTypeOf(scope, def.second));
  const auto labels = [&] { return std::vector<std::string>(def.labels.begin(), def.labels.end()); };
  switch (def.kind) {
    case kList:
    case kOption:
      if (!first.has_value()) return CVM_BUG("a type has no element");
      if (def.kind == kOption) return abi::OptionType(*first);
      return def.length.has_value() ? abi::FixedListType(*first, *def.length) : abi::ListType(*first);
    case kMap:
      if (!first.has_value() || !second.has_value()) return CVM_BUG("a map has no key or value");
      return abi::MapType(*first, *second);
    case kRecord:
      return RecordOf(scope, def);
    case kVariant:
      return VariantOf(scope, def);
    case kTuple: {
      std::vector<abi::ValType> types;
      for (const ValTypeRef& ref : def.types) {
        CVM_ASSIGN_OR_RETURN(abi::ValType type, ValTypeOf(scope, ref));
        types.push_back(std::move(type));
      }
      return abi::TupleType(std::move(types));
    }
    case kEnum:
      return abi::EnumType(labels());
    case kFlags:
      return abi::FlagsType(labels());
    case kResult:
      return abi::ResultType(std::move(first), std::move(second));
    case kStream:
      return abi::StreamType(std::move(first));
    case kFuture:
      return abi::FutureType(std::move(first));
    case kOwn:
    case kBorrow: {
      CVM_ASSIGN_OR_RETURN(const ResourceSlot resource, ResourceAt(scope, def.resource));
      return def.kind == kOwn ? abi::OwnType(resource) : abi::BorrowType(resource);
    }
    default:
      return abi::ValType(def.kind);
  }
}

Result<FuncTypeRef> PlanBuilder::EvaluateFuncType(const Scope& scope, const FuncTypeDef& def) const {
  auto func = std::make_shared<abi::FuncType>();
  func->async = def.async;
  for (const LabelledType& param : def.params) {
    CVM_ASSIGN_OR_RETURN(abi::ValType type, ValTypeOf(scope, param.type));
    func->params.emplace_back(std::string(param.label), std::move(type));
  }
  CVM_ASSIGN_OR_RETURN(func->result, ValTypeOf(scope, def.result));
  return FuncTypeRef(std::move(func));
}

// A resource type comes to be where it is evaluated: each instantiation has its own.
Result<TypeEnv> PlanBuilder::EvaluateType(Scope& scope, const TypeDef& def) {
  switch (def.kind) {
    case TypeDef::Kind::kValue: {
      const DefValType& value = def.value;
      CVM_RETURN_IF_ERROR(Work(value.fields.size() + value.cases.size() + value.types.size() + value.labels.size()));
      CVM_ASSIGN_OR_RETURN(abi::ValType type, EvaluateValType(scope, value));
      return TypeEnv(std::move(type));
    }
    case TypeDef::Kind::kFunc: {
      CVM_RETURN_IF_ERROR(Work(def.func.params.size()));
      CVM_ASSIGN_OR_RETURN(FuncTypeRef type, EvaluateFuncType(scope, def.func));
      return TypeEnv(std::move(type));
    }
    case TypeDef::Kind::kResource: {
      const ResourceSlot slot(plan_->resources++);
      CVM_ASSIGN_OR_RETURN(std::optional<CoreSlot> destructor, OptionalFunc(scope, def.resource.destructor));
      if (def.resource.rep64) wide_resources_.insert(slot.value);
      CVM_RETURN_IF_ERROR(Emit(DefineResource{scope.instance, destructor, def.resource.rep64, slot}));
      return TypeEnv(slot);
    }
    case TypeDef::Kind::kComponent:
    case TypeDef::Kind::kInstance:
      break;
  }
  return TypeEnv(DeclsEnv{def.decls.get(), &scope});
}

// --- imports of the root

std::string PlanImport::ToString() const {
  std::string text;
  for (const std::string& name : path) text += (text.empty() ? "`" : " `") + name + "`";
  return text;
}

ImportSlot PlanBuilder::AddImport(PlanImport import) {
  plan_->imports.push_back(std::move(import));
  return ImportSlot(static_cast<uint32_t>(plan_->imports.size() - 1));
}

Result<Item> PlanBuilder::ImportItem(Scope& scope, const ExternDesc& desc, std::vector<std::string> path) {
  Item item;
  switch (desc.sort) {
    case Sort::kFunc: {
      CVM_ASSIGN_OR_RETURN(FuncTypeRef type, FuncTypeAt(scope, desc.type));
      const ImportSlot slot = AddImport({std::move(path), type});
      item.what = NewFuncNode({slot, std::move(type), std::nullopt});
      return item;
    }
    case Sort::kType: {
      if (!desc.bound.sub_resource) {
        CVM_ASSIGN_OR_RETURN(item.what, At(scope.types, desc.bound.eq, "type"));
        return item;
      }
      const ResourceSlot slot(plan_->resources++);
      AddImport({std::move(path), slot});
      item.what = TypeEnv(slot);
      return item;
    }
    case Sort::kInstance: {
      CVM_ASSIGN_OR_RETURN(const TypeEnv type, At(scope.types, desc.type, "type"));
      const auto* decls = std::get_if<DeclsEnv>(&type);
      if (decls == nullptr) return CVM_BUG("a type is no instance type");
      CVM_ASSIGN_OR_RETURN(item.what, ImportInstance(*decls, path));
      return item;
    }
    case Sort::kCoreModule: {
      const ModuleSlot slot(static_cast<uint32_t>(plan_->modules.size()));
      plan_->modules.push_back({nullptr, AddImport({std::move(path), slot})});
      item.what = slot;
      return item;
    }
    default:
      return UnsupportedError("imports of sort " + std::string(SortName(desc.sort)) + " are not supported");
  }
}

Result<const InstanceEnv*> PlanBuilder::ImportInstance(const DeclsEnv& type, const std::vector<std::string>& path) {
  if (path.size() > kMaxPlanDepth) return LimitError("instances are nested too deeply");
  InstanceEnv& instance = instances_.emplace_back();
  Scope& scope = *NewScope(type.scope);
  for (const ComponentTypeDef::Decl& decl : type.def->decls) {
    CVM_RETURN_IF_ERROR(Work(1));
    if (const auto* def = std::get_if<ExportDef>(&decl.what)) {
      if (!def->ascribed.has_value()) return CVM_BUG("a declared export has no type");
      std::vector<std::string> inner = path;
      inner.emplace_back(def->name.name);
      CVM_ASSIGN_OR_RETURN(Item item, ImportItem(scope, *def->ascribed, std::move(inner)));
      CVM_RETURN_IF_ERROR(AddItem(scope, item));
      instance.Add(def->name.name, std::move(item));
    } else if (const auto* defined = std::get_if<TypeDef>(&decl.what)) {
      CVM_RETURN_IF_ERROR(Define(scope, *defined));
    } else if (const auto* alias = std::get_if<AliasDef>(&decl.what)) {
      CVM_RETURN_IF_ERROR(AddAlias(scope, *alias));
    } else if (const auto* core = std::get_if<CoreTypeDef>(&decl.what)) {
      CVM_RETURN_IF_ERROR(Define(scope, *core));
    } else {
      return CVM_BUG("an instance type has an import");
    }
  }
  return &instance;
}

}  // namespace cvm::component
