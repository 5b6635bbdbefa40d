#include "component/validate/context.hpp"

namespace cvm::component::validate {

Result<void> Context::OpenScope(Scope::Kind kind) {
  const size_t depth = scopes.size() + 1;
  if (depth > options.limits.component_depth) {
    return LimitExceeded(options.limits, &LoadLimits::component_depth, depth, "components or types nested too deeply");
  }
  auto scope = std::make_unique<Scope>();
  scope->kind = kind;
  scope->first_resource = types.next_resource();
  scopes.push_back(std::move(scope));
  return {};
}

Result<TypeId> Context::CloseScope() {
  const std::unique_ptr<Scope> scope = std::move(scopes.back());
  scopes.pop_back();
  World& world = scope->world;
  // What the exports mention and neither came in by an import nor from outside was made here: each instantiation makes
  // it anew.
  CVM_ASSIGN_OR_RETURN(const std::vector<ResourceId> mentioned,
                       types.FreeResources(world.exports, scope->first_resource));
  const absl::flat_hash_set<ResourceId> imported(world.imported.begin(), world.imported.end());
  for (const ResourceId id : mentioned) {
    if (id >= scope->first_resource && !imported.contains(id)) world.defined.push_back(id);
  }
  const bool instance = scope->kind == Scope::Kind::kInstanceType;
  return types.AddWorld(instance ? TypeDef::Kind::kInstance : TypeDef::Kind::kComponent, std::move(world));
}

Result<void> Context::Require(bool ComponentFeatures::* feature, const std::string& what) const {
  if (options.features.*feature) return {};
  std::string key;
  for (const ComponentFeatureKey& k : kComponentFeatureKeys) {
    if (k.member == feature) key = k.key;
  }
  return UnsupportedError(what + " requires the feature " + key + ", which is off");
}

Result<TypeId> TypeAt(const Scope& scope, uint32_t index) { return At(scope.types, index, "type"); }

Result<TypeId> TypeAt(const Context& cx, const Scope& scope, uint32_t index, TypeDef::Kind kind) {
  constexpr const char* kNames[] = {"a defined", "a function", "a resource", "a component", "an instance"};
  CVM_ASSIGN_OR_RETURN(const TypeId type, TypeAt(scope, index));
  if (cx.types[type].kind == kind) return type;
  return Invalid("type index " + std::to_string(index) + " is not " + kNames[static_cast<size_t>(kind)] + " type");
}

Result<Entity> EntityAt(Context& cx, SortIndex what) {
  const Scope& scope = cx.scope();
  Entity entity;
  entity.sort = what.sort;
  if (what.sort == Sort::kCoreModule) {
    CVM_ASSIGN_OR_RETURN(entity.module, At(scope.core_modules, what.index, "module"));
    return entity;
  }
  if (what.sort == Sort::kValue) return UnsupportedError("component values are not part of this build");
  const std::vector<TypeId>& space = what.sort == Sort::kFunc        ? scope.funcs
                                     : what.sort == Sort::kType      ? scope.types
                                     : what.sort == Sort::kComponent ? scope.components
                                                                     : scope.instances;
  const char* name = what.sort == Sort::kFunc        ? "function"
                     : what.sort == Sort::kType      ? "type"
                     : what.sort == Sort::kComponent ? "component"
                                                     : "instance";
  CVM_ASSIGN_OR_RETURN(entity.type, At(space, what.index, name));
  return entity;
}

void AddToSpace(Scope& scope, const Entity& entity) {
  if (entity.sort == Sort::kCoreModule) scope.core_modules.push_back(entity.module);
  if (entity.sort == Sort::kFunc) scope.funcs.push_back(entity.type);
  if (entity.sort == Sort::kType) scope.types.push_back(entity.type);
  if (entity.sort == Sort::kComponent) scope.components.push_back(entity.type);
  if (entity.sort == Sort::kInstance) scope.instances.push_back(entity.type);
}

Result<ExternType> CoreItemAt(const Scope& scope, SortIndex what) {
  if (what.sort == Sort::kCoreFunc) {
    CVM_ASSIGN_OR_RETURN(const uint32_t id, At(scope.core_funcs, what.index, "function"));
    return ExternType(TypeIndex(id));
  }
  if (what.sort == Sort::kCoreTable) {
    CVM_ASSIGN_OR_RETURN(const TableType type, At(scope.core_tables, what.index, "table"));
    return ExternType(type);
  }
  if (what.sort == Sort::kCoreMemory) {
    CVM_ASSIGN_OR_RETURN(const MemoryType type, At(scope.core_memories, what.index, "memory"));
    return ExternType(type);
  }
  if (what.sort == Sort::kCoreGlobal) {
    CVM_ASSIGN_OR_RETURN(const GlobalType type, At(scope.core_globals, what.index, "global"));
    return ExternType(type);
  }
  CVM_ASSIGN_OR_RETURN(const TagType type, At(scope.core_tags, what.index, "tag"));
  return ExternType(type);
}

void AddCoreItem(Scope& scope, const ExternType& type) {
  if (const TypeIndex* func = std::get_if<TypeIndex>(&type)) scope.core_funcs.push_back(func->value);
  if (const TableType* table = std::get_if<TableType>(&type)) scope.core_tables.push_back(*table);
  if (const MemoryType* memory = std::get_if<MemoryType>(&type)) scope.core_memories.push_back(*memory);
  if (const GlobalType* global = std::get_if<GlobalType>(&type)) scope.core_globals.push_back(*global);
  if (const TagType* tag = std::get_if<TagType>(&type)) scope.core_tags.push_back(*tag);
}

}  // namespace cvm::component::validate
