// Private to component/validate: replacing resources in types. An instance type that is imported gets resources of its
// own, an instantiated component those of its arguments and new ones for what it defines.
//
// Binary.md: the type that is given for an import of a type replaces it as well, as an id.
//
// A type that mentions nothing that is replaced stays as it is, id and all; each other type is replaced once, so that
// what was one type before is one type after.
#pragma once

#include "component/validate/types.hpp"

namespace cvm::component::validate {

class Substitution {
 public:
  explicit Substitution(TypeTable& types) : types_(types) {}

  void Map(ResourceId from, ResourceId to) {
    map_[from] = to;
    range_.Add(from);
  }
  void MapType(TypeId from, TypeId to) {
    done_[from] = to;
    first_type_ = std::min(first_type_, from);
  }
  Result<TypeId> Apply(TypeId id);
  Result<ItemMap> Apply(const ItemMap& items);

 private:
  Result<void> Replace(std::optional<ValTypeRef>& ref);
  Result<void> Replace(ValTypeRef& ref);
  Result<TypeId> Rebuild(TypeId id, const Type& type);
  Result<TypeId> RebuildValue(const ValueInfo& info);
  Result<TypeId> RebuildFunc(const FuncInfo& info);
  Result<TypeId> RebuildWorld(const Type& type);
  // Applies to a part of a type that is looked at; true if that changes it.
  Result<bool> Changes(TypeId part);
  Result<bool> ChangesPartsOf(const Type& type);

  TypeTable& types_;
  absl::flat_hash_map<ResourceId, ResourceId> map_;
  ResourceRange range_;
  TypeId first_type_ = UINT32_MAX;  // a type defined before it mentions no type that is replaced
  absl::flat_hash_map<TypeId, TypeId> done_;
};

// An instance of an instance type: each resource that the type defines becomes a new one.
Result<TypeId> OpenInstance(TypeTable& types, TypeId instance_type);

}  // namespace cvm::component::validate
