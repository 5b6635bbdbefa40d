// Imports and exports, of components and in the types of components and instances.
#include "component/validate/visibility.hpp"

namespace cvm::component::validate {
namespace {

Result<void> CheckVisible(Context& cx, Direction direction, const Entity& entity) {
  CVM_ASSIGN_OR_RETURN(const bool visible, CheckAndName(cx, cx.scope(), direction, entity));
  if (visible) return {};
  return Invalid(std::string(EntityName(entity.sort)) + " not valid to be used as " + DirectionName(direction));
}

Result<void> AddExport(Context& cx, const ExternNameText& name, const Entity& entity) {
  Scope& scope = cx.scope();
  CVM_RETURN_IF_ERROR(CheckExternName(cx, scope.exported, Direction::kExport, name, entity));
  NoteResourceName(cx, scope.exported, name.name, entity);
  CVM_RETURN_IF_ERROR(CheckVisible(cx, Direction::kExport, entity));
  AddToSpace(scope, entity);
  scope.world.exports.Add(name.name, entity, &name);
  return {};
}

// The item that an export ascribes a type to, seen through that type.
Result<Entity> Ascribe(Context& cx, const Entity& actual, const ExternDesc& desc) {
  const ResourceId first_new = cx.types.next_resource();
  CVM_ASSIGN_OR_RETURN(Entity ascribed, ResolveDesc(cx, desc));
  Matcher matcher(cx.types, cx.canonical);
  // The resources that the ascribed type makes stand for those of the item while the two are compared.
  if (cx.types.next_resource() > first_new && ascribed.sort == actual.sort) {
    std::vector<ResourceId> bound;
    for (ResourceId id = first_new; id < cx.types.next_resource(); ++id) bound.push_back(id);
    ItemMap wanted;
    ItemMap found;
    wanted.Add("", ascribed);
    found.Add("", actual);
    CVM_RETURN_IF_ERROR(matcher.Bind(bound, wanted, found));
  }
  Result<void> match = matcher.MatchEntity(actual, ascribed);
  if (!match.ok() && match.error().kind() == ErrorKind::kInvalid) {
    return Invalid("ascribed type of export is not compatible with item's type: " + match.error().message());
  }
  CVM_RETURN_IF_ERROR(std::move(match));
  return ascribed;
}

}  // namespace

Result<Entity> ResolveDesc(Context& cx, const ExternDesc& desc) {
  Scope& scope = cx.scope();
  Entity entity;
  entity.sort = desc.sort;
  if (desc.sort == Sort::kCoreModule) {
    CVM_ASSIGN_OR_RETURN(const CoreTypeSpace::Item item, scope.core_types.At(desc.type));
    if (item.module == nullptr) {
      return Invalid("core type index " + std::to_string(desc.type) + " is not a module type");
    }
    entity.module = item.module;
    return entity;
  }
  if (desc.sort == Sort::kValue) return UnsupportedError("component values are not part of this build");
  if (desc.sort == Sort::kType) {
    if (desc.bound.sub_resource) {
      CVM_ASSIGN_OR_RETURN(entity.type, cx.types.AddResource(cx.types.NewResource()));
    } else {
      CVM_ASSIGN_OR_RETURN(const TypeId eq, TypeAt(scope, desc.bound.eq));
      CVM_ASSIGN_OR_RETURN(entity.type, cx.types.Copy(eq));
    }
    return entity;
  }
  const TypeDef::Kind kind = desc.sort == Sort::kFunc        ? TypeDef::Kind::kFunc
                             : desc.sort == Sort::kComponent ? TypeDef::Kind::kComponent
                                                             : TypeDef::Kind::kInstance;
  CVM_ASSIGN_OR_RETURN(entity.type, TypeAt(cx, scope, desc.type, kind));
  if (desc.sort == Sort::kInstance) {
    CVM_ASSIGN_OR_RETURN(entity.type, OpenInstance(cx.types, entity.type));
  }
  return entity;
}

Result<void> DefineImport(Context& cx, const ImportDef& def) {
  Scope& scope = cx.scope();
  const ResourceId first_new = cx.types.next_resource();
  CVM_ASSIGN_OR_RETURN(const Entity entity, ResolveDesc(cx, def.desc));
  for (ResourceId id = first_new; id < cx.types.next_resource(); ++id) scope.world.imported.push_back(id);
  CVM_RETURN_IF_ERROR(CheckExternName(cx, scope.imported, Direction::kImport, def.name, entity));
  NoteResourceName(cx, scope.imported, def.name.name, entity);
  CVM_RETURN_IF_ERROR(CheckVisible(cx, Direction::kImport, entity));
  AddToSpace(scope, entity);
  scope.world.imports.Add(def.name.name, entity, &def.name);
  return {};
}

Result<void> DefineExport(Context& cx, const ExportDef& def) {
  CVM_ASSIGN_OR_RETURN(Entity entity, EntityAt(cx, def.what));
  if (def.ascribed) {
    CVM_ASSIGN_OR_RETURN(entity, Ascribe(cx, entity, *def.ascribed));
  } else if (entity.sort == Sort::kType) {
    CVM_ASSIGN_OR_RETURN(entity.type, cx.types.Copy(entity.type));
  }
  return AddExport(cx, def.name, entity);
}

Result<void> DefineExportDecl(Context& cx, const ExportDef& def) {
  CVM_ASSIGN_OR_RETURN(const Entity entity, ResolveDesc(cx, *def.ascribed));
  return AddExport(cx, def.name, entity);
}

}  // namespace cvm::component::validate
