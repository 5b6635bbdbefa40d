// Type definitions: core types, value types, functions, resources, and the types of components and instances.
#include "component/validate/context.hpp"

namespace cvm::component::validate {
namespace {

// ---- core module types ----

Result<void> AddModuleDecl(Context& cx, CoreTypeSpace& space, const ModuleDecl& decl, ModuleType* type) {
  if (decl.kind == ModuleDecl::Kind::kType) {
    if (decl.definition.module != nullptr) {
      return Invalid("invalid leading byte (0x50) for a core type: module types cannot be nested in module types");
    }
    return space.AddGroup(decl.definition.types, cx.features, cx.canonical, cx.types);
  }
  if (decl.kind == ModuleDecl::Kind::kOuterAlias) {
    // Count 0 is the module type itself, 1 the innermost scope.
    if (decl.outer_count > cx.scopes.size()) {
      return Invalid("invalid outer alias count of " + std::to_string(decl.outer_count));
    }
    const CoreTypeSpace& outer =
        decl.outer_count == 0 ? space : cx.scopes[cx.scopes.size() - decl.outer_count]->core_types;
    CVM_ASSIGN_OR_RETURN(const CoreTypeSpace::Item item, outer.At(decl.outer_index));
    if (item.module != nullptr) return Invalid("outer aliases to module types are not allowed in module types");
    return space.AddAlias(item, cx.canonical);
  }
  CVM_ASSIGN_OR_RETURN(const ExternType what, CheckExternType(space, decl.type, cx.features, cx.canonical, cx.types));
  if (decl.kind == ModuleDecl::Kind::kImport) {
    type->imports.push_back({decl.module, decl.name, what});
  } else if (!type->AddExport(decl.name, what)) {
    return Invalid("export name " + Quote(decl.name) + " already defined");
  }
  return {};
}

Result<std::shared_ptr<const ModuleType>> MakeModuleType(Context& cx, const ModuleTypeDef& def) {
  auto type = std::make_shared<ModuleType>();
  CoreTypeSpace space;
  for (const ModuleDecl& decl : def.decls) {
    Result<void> added = AddModuleDecl(cx, space, decl, type.get());
    if (!added.ok()) return std::move(added).error().AtOffset(decl.offset);
  }
  CVM_RETURN_IF_ERROR(CheckUniqueImports(*type));
  return std::shared_ptr<const ModuleType>(std::move(type));
}

// ---- value types ----

// Labels are unique regardless of case. `what` is as in "record field name", `short_what` as in "previous field name".
class Labels {
 public:
  Labels(const char* what, const char* short_what) : what_(what), short_what_(short_what) {}

  Result<void> Add(std::string_view label) {
    if (label.empty()) return Invalid(std::string(what_) + " name cannot be empty");
    if (!IsLabel(label)) return Invalid(std::string(what_) + " name " + Quote(label) + " is not in kebab case");
    const auto [it, added] = seen_.emplace(LowercaseLabel(label), label);
    if (added) return {};
    return Invalid(std::string(what_) + " name " + Quote(label) + " conflicts with previous " + short_what_ + " name " +
                   Quote(it->second));
  }

 private:
  const char* what_;
  const char* short_what_;
  absl::flat_hash_map<std::string, std::string_view> seen_;
};

// A type as written, with its index replaced by the id it means.
Result<void> ResolveRef(Context& cx, ValTypeRef& ref) {
  if (uint32_t* index = std::get_if<uint32_t>(&ref)) {
    CVM_ASSIGN_OR_RETURN(*index, TypeAt(cx, cx.scope(), *index, TypeDef::Kind::kValue));
    return {};
  }
  if (std::get<abi::TypeKind>(ref) != abi::TypeKind::kErrorContext) return {};
  return cx.Require(&ComponentFeatures::error_context, "`error-context`");
}
Result<void> ResolveRef(Context& cx, std::optional<ValTypeRef>& ref) {
  if (ref) return ResolveRef(cx, *ref);
  return {};
}

Result<void> ResolveLabelled(Context& cx, DefValType& def) {
  Labels fields("record field", "field");
  for (LabelledType& field : def.fields) {
    CVM_RETURN_IF_ERROR(fields.Add(field.label));
    CVM_RETURN_IF_ERROR(ResolveRef(cx, field.type));
  }
  Labels cases("variant case", "case");
  for (LabelledCase& c : def.cases) {
    CVM_RETURN_IF_ERROR(cases.Add(c.label));
    CVM_RETURN_IF_ERROR(ResolveRef(cx, c.type));
  }
  const bool flags = def.kind == abi::TypeKind::kFlags;
  Labels labels(flags ? "flag" : "enum tag", flags ? "flag" : "tag");
  for (const std::string_view label : def.labels) CVM_RETURN_IF_ERROR(labels.Add(label));
  return {};
}

Result<void> CheckGates(const Context& cx, const DefValType& def) {
  using abi::TypeKind;
  if (def.kind == TypeKind::kErrorContext) return cx.Require(&ComponentFeatures::error_context, "`error-context`");
  if (def.kind == TypeKind::kStream) return cx.Require(&ComponentFeatures::async, "`stream`");
  if (def.kind == TypeKind::kFuture) return cx.Require(&ComponentFeatures::async, "`future`");
  if (def.kind == TypeKind::kMap) return cx.Require(&ComponentFeatures::maps, "`map`");
  if (def.length) return cx.Require(&ComponentFeatures::fixed_length_lists, "a fixed-length list");
  return {};
}

Result<void> DefineValueType(Context& cx, DefValType def) {
  using abi::TypeKind;
  CVM_RETURN_IF_ERROR(CheckGates(cx, def));
  CVM_RETURN_IF_ERROR(ResolveLabelled(cx, def));
  CVM_RETURN_IF_ERROR(ResolveRef(cx, def.first));
  CVM_RETURN_IF_ERROR(ResolveRef(cx, def.second));
  for (ValTypeRef& type : def.types) CVM_RETURN_IF_ERROR(ResolveRef(cx, type));
  if (def.kind == TypeKind::kOwn || def.kind == TypeKind::kBorrow) {
    CVM_ASSIGN_OR_RETURN(def.resource, TypeAt(cx, cx.scope(), def.resource, TypeDef::Kind::kResource));
  }
  if ((def.kind == TypeKind::kStream || def.kind == TypeKind::kFuture) && def.first) {
    const abi::ValType element = cx.types.AbiOf(*def.first);
    if (def.kind == TypeKind::kStream && element.kind() == TypeKind::kChar) {
      return Invalid("`stream<char>` is not valid at this time");
    }
    if (abi::ContainsBorrow(element)) {
      return Invalid(Quote(abi::TypeKindName(def.kind)) + " element type cannot contain a `borrow` type");
    }
  }
  CVM_ASSIGN_OR_RETURN(const TypeId type, cx.types.AddValue(std::move(def)));
  cx.scope().types.push_back(type);
  return {};
}

// ---- functions and resources ----

Result<void> DefineFuncType(Context& cx, FuncTypeDef def) {
  if (def.async) CVM_RETURN_IF_ERROR(cx.Require(&ComponentFeatures::async, "an async function type"));
  Labels labels("function parameter", "parameter");
  for (LabelledType& param : def.params) {
    CVM_RETURN_IF_ERROR(labels.Add(param.label));
    CVM_RETURN_IF_ERROR(ResolveRef(cx, param.type));
  }
  CVM_RETURN_IF_ERROR(ResolveRef(cx, def.result));
  if (def.result && abi::ContainsBorrow(cx.types.AbiOf(*def.result))) {
    return Invalid("function result cannot contain a `borrow` type");
  }
  CVM_ASSIGN_OR_RETURN(const TypeId type, cx.types.AddFunc(std::move(def)));
  cx.scope().types.push_back(type);
  return {};
}

Result<void> DefineResource(Context& cx, const ResourceTypeDef& def) {
  Scope& scope = cx.scope();
  if (scope.kind != Scope::Kind::kComponent) {
    return Invalid("resources can only be defined within a concrete component");
  }
  if (def.rep64 && !cx.features.Has(Feature::kMemory64)) {
    return Invalid("resources can only be represented by `i32`");
  }
  if (def.destructor) {
    CVM_ASSIGN_OR_RETURN(const uint32_t id, At(scope.core_funcs, *def.destructor, "function"));
    const FuncType expected{{def.rep64 ? ValType::I64() : ValType::I32()}, {}};
    if (!(cx.canonical.TypeOf(id).func == expected)) {
      return Invalid("core function " + std::to_string(*def.destructor) + " has wrong signature for a destructor");
    }
  }
  const ResourceId resource = cx.types.NewResource();
  CVM_ASSIGN_OR_RETURN(const TypeId type, cx.types.AddResource(resource));
  scope.local_resources.emplace(resource, def.rep64);
  scope.types.push_back(type);
  return {};
}

// ---- component and instance types ----

struct DeclVisitor {
  Context& cx;
  Result<void> operator()(const CoreTypeDef& def) const { return DefineCoreType(cx, def); }
  Result<void> operator()(const TypeDef& def) const { return DefineType(cx, def); }
  Result<void> operator()(const AliasDef& def) const {
    const bool export_kind = def.sort == Sort::kInstance || def.sort == Sort::kType;
    const bool outer_kind = def.sort == Sort::kCoreType || def.sort == Sort::kType;
    const bool allowed = def.kind == AliasDef::Kind::kExport  ? export_kind
                         : def.kind == AliasDef::Kind::kOuter ? outer_kind
                                                              : false;
    if (!allowed) return Invalid("aliases in component or instance types may only refer to types or instances");
    return DefineAlias(cx, def);
  }
  Result<void> operator()(const ImportDef& def) const { return DefineImport(cx, def); }
  Result<void> operator()(const ExportDef& def) const { return DefineExportDecl(cx, def); }
};

Result<void> DefineWorldType(Context& cx, const TypeDef& def) {
  CVM_RETURN_IF_ERROR(
      cx.OpenScope(def.kind == TypeDef::Kind::kComponent ? Scope::Kind::kComponentType : Scope::Kind::kInstanceType));
  for (const ComponentTypeDef::Decl& decl : def.decls->decls) {
    Result<void> defined = std::visit(DeclVisitor{cx}, decl.what);
    if (!defined.ok() && !defined.error().offset()) return std::move(defined).error().AtOffset(decl.offset);
    CVM_RETURN_IF_ERROR(std::move(defined));
  }
  CVM_ASSIGN_OR_RETURN(const TypeId type, cx.CloseScope());
  cx.scope().types.push_back(type);
  return {};
}

}  // namespace

Result<void> DefineCoreType(Context& cx, const CoreTypeDef& def) {
  CoreTypeSpace& space = cx.scope().core_types;
  if (def.module == nullptr) return space.AddGroup(def.types, cx.features, cx.canonical, cx.types);
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<const ModuleType> type, MakeModuleType(cx, *def.module));
  space.Add(std::move(type));
  return {};
}

Result<void> DefineType(Context& cx, const TypeDef& def) {
  if (def.kind == TypeDef::Kind::kValue) return DefineValueType(cx, def.value);
  if (def.kind == TypeDef::Kind::kFunc) return DefineFuncType(cx, def.func);
  if (def.kind == TypeDef::Kind::kResource) return DefineResource(cx, def.resource);
  return DefineWorldType(cx, def);
}

}  // namespace cvm::component::validate
