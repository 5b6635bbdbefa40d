// Alias definitions: exports of instances, exports of core instances, and items of enclosing scopes.
#include "component/validate/context.hpp"

namespace cvm::component::validate {
namespace {

Result<void> AliasExport(Context& cx, const AliasDef& def) {
  Scope& scope = cx.scope();
  CVM_ASSIGN_OR_RETURN(const TypeId instance, At(scope.instances, def.instance, "instance"));
  const Entity* entity = cx.types[instance].world->exports.Find(def.name);
  const std::string where = "instance " + std::to_string(def.instance);
  if (entity == nullptr) return Invalid(where + " has no export named " + Quote(def.name));
  if (entity->sort != def.sort) {
    return Invalid("export " + Quote(def.name) + " for " + where + " is not a " + std::string(EntityName(def.sort)));
  }
  AddToSpace(scope, *entity);
  return {};
}

Result<void> AliasCoreExport(Context& cx, const AliasDef& def) {
  constexpr std::string_view kNames[] = {"func", "table", "memory", "global", "tag"};
  Scope& scope = cx.scope();
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<const CoreInstance> instance,
                       At(scope.core_instances, def.instance, "core instance"));
  const auto it = instance->exports.find(std::string(def.name));
  const std::string where = "core instance " + std::to_string(def.instance);
  if (it == instance->exports.end()) return Invalid(where + " has no export named " + Quote(def.name));
  // The core sorts stand in the order of ExternKind.
  const auto kind = static_cast<size_t>(def.sort);
  if (it->second.index() != kind) {
    return Invalid("export " + Quote(def.name) + " for " + where + " is not a " + std::string(kNames[kind]));
  }
  AddCoreItem(scope, it->second);
  return {};
}

// True where a component lies between the innermost scope and the one that many levels out.
bool CrossesComponent(const Context& cx, uint32_t count) {
  for (uint32_t level = 0; level < count; ++level) {
    if (cx.scopes[cx.scopes.size() - 1 - level]->kind == Scope::Kind::kComponent) return true;
  }
  return false;
}

// Resources are made by instances: a component cannot reach for those of the one around it.
Result<void> CheckNoResources(const Context& cx, TypeId type, uint32_t count) {
  if (cx.types[type].free.empty() || !CrossesComponent(cx, count)) return {};
  return Invalid("cannot alias outer type which transitively refers to resources not defined in the current component");
}

Result<void> AliasOuter(Context& cx, const AliasDef& def) {
  if (def.outer_count >= cx.scopes.size()) {
    return Invalid("invalid outer alias count of " + std::to_string(def.outer_count));
  }
  const Scope& outer = *cx.scopes[cx.scopes.size() - 1 - def.outer_count];
  Scope& scope = cx.scope();
  if (def.sort == Sort::kCoreModule) {
    CVM_ASSIGN_OR_RETURN(std::shared_ptr<const ModuleType> module, At(outer.core_modules, def.outer_index, "module"));
    scope.core_modules.push_back(std::move(module));
    return {};
  }
  if (def.sort == Sort::kCoreType) {
    CVM_ASSIGN_OR_RETURN(const CoreTypeSpace::Item item, outer.core_types.At(def.outer_index));
    return scope.core_types.AddAlias(item, cx.canonical);
  }
  if (def.sort == Sort::kType) {
    CVM_ASSIGN_OR_RETURN(const TypeId type, TypeAt(outer, def.outer_index));
    CVM_RETURN_IF_ERROR(CheckNoResources(cx, type, def.outer_count));
    scope.types.push_back(type);
    return {};
  }
  if (def.sort == Sort::kComponent) {
    CVM_ASSIGN_OR_RETURN(const TypeId component, At(outer.components, def.outer_index, "component"));
    CVM_RETURN_IF_ERROR(CheckNoResources(cx, component, def.outer_count));
    scope.components.push_back(component);
    return {};
  }
  return Invalid("an outer alias of this sort is not allowed");
}

}  // namespace

Result<void> DefineAlias(Context& cx, const AliasDef& def) {
  if (def.kind == AliasDef::Kind::kExport) return AliasExport(cx, def);
  if (def.kind == AliasDef::Kind::kCoreExport) return AliasCoreExport(cx, def);
  return AliasOuter(cx, def);
}

}  // namespace cvm::component::validate
