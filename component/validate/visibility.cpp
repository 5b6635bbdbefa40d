#include "component/validate/visibility.hpp"

namespace cvm::component::validate {
namespace {

using TypeSet = absl::flat_hash_set<TypeId>;

// One question about one set of named types; what was answered once is not asked again.
class Visibility {
 public:
  Visibility(Context& cx, const TypeSet& named) : cx_(cx), named_(named) {}

  // True if all that the contents of the type mention have names; the type itself need not have one.
  Result<bool> PartsNamed(TypeId id) {
    const Type& type = cx_.types[id];
    if (type.kind == TypeDef::Kind::kResource) return true;
    if (type.kind == TypeDef::Kind::kValue) return ValuePartsNamed(type.value->def);
    if (type.kind == TypeDef::Kind::kFunc) return FuncPartsNamed(type.func->def);
    // The type of a component stands for itself: it has checked what it imports and exports.
    if (type.kind == TypeDef::Kind::kComponent || !checked_.insert(id).second) return true;
    return ItemsNamed(type.world->exports);
  }

  Result<bool> FuncPartsNamed(const FuncTypeDef& def) {
    bool named = true;
    Result<void> walked;
    ForEachFuncPart(def, [&](TypeId part) {
      if (!named || !walked.ok()) return;
      Result<bool> one = Named(part);
      if (!one.ok()) walked = one.error();
      named = one.ok() && *one;
    });
    CVM_RETURN_IF_ERROR(walked);
    return named;
  }

 private:
  Result<bool> ItemsNamed(const ItemMap& items) {
    for (const ItemMap::Item& item : items.items()) {
      if (item.entity.sort == Sort::kCoreModule || item.entity.sort == Sort::kComponent) continue;
      CVM_ASSIGN_OR_RETURN(const bool named, PartsNamed(item.entity.type));
      if (!named) return false;
    }
    return true;
  }

  // True if a value type that something mentions has a name, where it needs one.
  Result<bool> Named(TypeId id) {
    using abi::TypeKind;
    if (named_.contains(id) || checked_.contains(id)) return true;
    CVM_RETURN_IF_ERROR(cx_.types.Work());
    const Type& type = cx_.types[id];
    if (type.kind != TypeDef::Kind::kValue) return false;  // a resource
    const TypeKind kind = type.value->def.kind;
    const bool needs_name =
        kind == TypeKind::kRecord || kind == TypeKind::kVariant || kind == TypeKind::kEnum || kind == TypeKind::kFlags;
    if (needs_name) return false;
    CVM_ASSIGN_OR_RETURN(const bool parts, ValuePartsNamed(type.value->def));
    if (parts) checked_.insert(id);
    return parts;
  }

  Result<bool> ValuePartsNamed(const DefValType& def) {
    bool named = true;
    Result<void> walked;
    ForEachValuePart(def, [&](TypeId part) {
      if (!named || !walked.ok()) return;
      Result<bool> one = Named(part);
      if (!one.ok()) walked = one.error();
      named = one.ok() && *one;
    });
    CVM_RETURN_IF_ERROR(walked);
    return named;
  }

  Context& cx_;
  const TypeSet& named_;
  TypeSet checked_;
};

}  // namespace

Result<bool> CheckAndName(Context& cx, Scope& scope, Direction direction, const Entity& entity) {
  if (scope.kind == Scope::Kind::kInstanceType) return true;
  CVM_RETURN_IF_ERROR(cx.types.Work());
  // Components and modules stand for themselves.
  if (entity.sort == Sort::kCoreModule || entity.sort == Sort::kComponent) return true;
  if (entity.sort == Sort::kInstance) {
    // The types that an instance exports are named by exporting it.
    const std::shared_ptr<const World> world = cx.types[entity.type].world;
    for (const ItemMap::Item& item : world->exports.items()) {
      CVM_ASSIGN_OR_RETURN(const bool named, CheckAndName(cx, scope, direction, item.entity));
      if (!named) return false;
    }
    return true;
  }
  Visibility visibility(cx, scope.named(direction).types);
  CVM_ASSIGN_OR_RETURN(const bool named, visibility.PartsNamed(entity.type));
  if (!named) return false;
  if (entity.sort == Sort::kType) {
    // What is imported may be exported too.
    scope.exported.types.insert(entity.type);
    if (direction == Direction::kImport) scope.imported.types.insert(entity.type);
  }
  return true;
}

}  // namespace cvm::component::validate
