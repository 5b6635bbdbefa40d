// The driver: the definitions of a component in order, nested components within.
#include "component/validate/validate.hpp"

#include "component/validate/context.hpp"

namespace cvm::component {
namespace validate {
namespace {

Result<void> DefineComponent(Context& cx, const Component& component);

struct DefinitionVisitor {
  Context& cx;
  Result<void> operator()(const CoreModuleDef& def) const { return DefineCoreModule(cx, def); }
  Result<void> operator()(const CoreInstanceDef& def) const { return DefineCoreInstance(cx, def); }
  Result<void> operator()(const CoreTypeDef& def) const { return DefineCoreType(cx, def); }
  Result<void> operator()(const std::shared_ptr<const Component>& def) const { return DefineComponent(cx, *def); }
  Result<void> operator()(const InstanceDef& def) const { return DefineInstance(cx, def); }
  Result<void> operator()(const AliasDef& def) const { return DefineAlias(cx, def); }
  Result<void> operator()(const TypeDef& def) const { return DefineType(cx, def); }
  Result<void> operator()(const CanonDef& def) const { return DefineCanon(cx, def); }
  Result<void> operator()(const StartDef&) const {
    return UnsupportedError("component start functions are not part of this build");
  }
  Result<void> operator()(const ImportDef& def) const { return DefineImport(cx, def); }
  Result<void> operator()(const ExportDef& def) const { return DefineExport(cx, def); }
  Result<void> operator()(const ValueDef&) const {
    return UnsupportedError("component values are not part of this build");
  }
};

// Checks all definitions in a scope of their own; gives the component's type.
Result<TypeId> CheckDefinitions(Context& cx, const Component& component) {
  CVM_RETURN_IF_ERROR(cx.OpenScope(Scope::Kind::kComponent));
  for (const Definition& definition : component.definitions) {
    Result<void> defined = std::visit(DefinitionVisitor{cx}, definition.what);
    if (defined.ok()) continue;
    // Offsets in a module that stands in a text are not those of the text.
    const bool no_place = component.bytes == nullptr && std::holds_alternative<CoreModuleDef>(definition.what);
    if (no_place || !defined.error().offset()) return std::move(defined).error().AtOffset(definition.offset);
    CVM_RETURN_IF_ERROR(std::move(defined));
  }
  return cx.CloseScope();
}

Result<void> DefineComponent(Context& cx, const Component& component) {
  CVM_ASSIGN_OR_RETURN(const TypeId type, CheckDefinitions(cx, component));
  cx.scope().components.push_back(type);
  return {};
}

}  // namespace
}  // namespace validate

Result<void> ValidateComponent(const Component& component, const Features& features, CanonicalTypes& types,
                               const ComponentValidation& options) {
  return ValidateComponent(component, features, types, options, nullptr);
}

Result<void> ValidateComponent(const Component& component, const Features& features, CanonicalTypes& types,
                               const ComponentValidation& options, const ReadWorld& read) {
  validate::Context cx{features, options, types};
  CVM_ASSIGN_OR_RETURN(const validate::TypeId type, validate::CheckDefinitions(cx, component));
  if (read == nullptr) return {};
  const std::shared_ptr<const validate::World> world = cx.types[type].world;
  return read(cx.types, *world);
}

}  // namespace cvm::component
