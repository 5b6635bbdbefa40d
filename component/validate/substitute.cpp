#include "component/validate/substitute.hpp"

namespace cvm::component::validate {

// What was a copy of a type becomes a copy of what that becomes: chains of copies are followed to the first, then back.
Result<TypeId> Substitution::Apply(TypeId id) {
  std::vector<TypeId> copies;
  TypeId made = kNoType;
  while (made == kNoType) {
    if (!types_[id].free.Meets(range_) && id < first_type_) {
      made = id;
    } else if (const auto it = done_.find(id); it != done_.end()) {
      made = it->second;
    } else if (types_[id].copied_from != kNoType) {
      copies.push_back(id);
      id = types_[id].copied_from;
    } else {
      CVM_RETURN_IF_ERROR(types_.Work());
      CVM_ASSIGN_OR_RETURN(made, Rebuild(id, types_[id]));
      done_.emplace(id, made);
    }
  }
  for (; !copies.empty(); copies.pop_back()) {
    CVM_RETURN_IF_ERROR(types_.Work());
    const TypeId copy = copies.back();
    if (made == types_[copy].copied_from) {
      made = copy;
    } else {
      CVM_ASSIGN_OR_RETURN(made, types_.Copy(made));
    }
    done_.emplace(copy, made);
  }
  return made;
}

Result<ItemMap> Substitution::Apply(const ItemMap& items) {
  ItemMap out;
  CVM_RETURN_IF_ERROR(types_.Work(items.items().size()));
  for (const ItemMap::Item& item : items.items()) {
    Entity entity = item.entity;
    if (entity.sort != Sort::kCoreModule) {
      CVM_ASSIGN_OR_RETURN(entity.type, Apply(entity.type));
    }
    out.Add(item.name, std::move(entity), item.text);
  }
  return out;
}

Result<void> Substitution::Replace(ValTypeRef& ref) {
  if (uint32_t* id = std::get_if<uint32_t>(&ref)) {
    CVM_ASSIGN_OR_RETURN(*id, Apply(*id));
  }
  return {};
}

Result<void> Substitution::Replace(std::optional<ValTypeRef>& ref) {
  if (ref) return Replace(*ref);
  return {};
}

Result<bool> Substitution::Changes(TypeId part) {
  CVM_ASSIGN_OR_RETURN(const TypeId made, Apply(part));
  return made != part;
}

Result<bool> Substitution::ChangesPartsOf(const Type& type) {
  std::vector<TypeId> parts;
  const auto add = [&parts](TypeId part) { parts.push_back(part); };
  if (type.value != nullptr) ForEachValuePart(type.value->def, add);
  if (type.func != nullptr) ForEachFuncPart(type.func->def, add);
  if (type.world != nullptr) {
    for (const ItemMap* items : {&type.world->imports, &type.world->exports}) {
      for (const ItemMap::Item& item : items->items()) {
        if (item.entity.sort != Sort::kCoreModule) add(item.entity.type);
      }
    }
  }
  CVM_RETURN_IF_ERROR(types_.Work(parts.size()));
  bool changes = false;
  for (const TypeId part : parts) {
    CVM_ASSIGN_OR_RETURN(const bool one, Changes(part));
    changes |= one;
  }
  return changes;
}

Result<TypeId> Substitution::Rebuild(TypeId id, const Type& type) {
  if (type.kind == TypeDef::Kind::kResource) {
    const auto it = map_.find(type.resource);
    if (it == map_.end()) return id;
    return types_.AddResource(it->second);
  }
  CVM_ASSIGN_OR_RETURN(const bool changes, ChangesPartsOf(type));
  if (!changes) return id;
  if (type.kind == TypeDef::Kind::kValue) return RebuildValue(*type.value);
  if (type.kind == TypeDef::Kind::kFunc) return RebuildFunc(*type.func);
  return RebuildWorld(type);
}

Result<TypeId> Substitution::RebuildWorld(const Type& type) {
  World world;
  world.imported = type.world->imported;
  world.defined = type.world->defined;
  CVM_ASSIGN_OR_RETURN(world.imports, Apply(type.world->imports));
  CVM_ASSIGN_OR_RETURN(world.exports, Apply(type.world->exports));
  return types_.AddWorld(type.kind, std::move(world));
}

Result<TypeId> Substitution::RebuildValue(const ValueInfo& info) {
  DefValType def = info.def;
  CVM_RETURN_IF_ERROR(Replace(def.first));
  CVM_RETURN_IF_ERROR(Replace(def.second));
  for (LabelledType& field : def.fields) CVM_RETURN_IF_ERROR(Replace(field.type));
  for (LabelledCase& c : def.cases) CVM_RETURN_IF_ERROR(Replace(c.type));
  for (ValTypeRef& type : def.types) CVM_RETURN_IF_ERROR(Replace(type));
  if (def.kind == abi::TypeKind::kOwn || def.kind == abi::TypeKind::kBorrow) {
    CVM_ASSIGN_OR_RETURN(def.resource, Apply(def.resource));
  }
  return types_.AddValue(std::move(def), &info.abi);
}

Result<TypeId> Substitution::RebuildFunc(const FuncInfo& info) {
  FuncTypeDef def = info.def;
  for (LabelledType& param : def.params) CVM_RETURN_IF_ERROR(Replace(param.type));
  CVM_RETURN_IF_ERROR(Replace(def.result));
  return types_.AddFunc(std::move(def), &info.abi);
}

Result<TypeId> OpenInstance(TypeTable& types, TypeId instance_type) {
  const std::shared_ptr<const World> world = types[instance_type].world;
  if (world->defined.empty()) return instance_type;
  Substitution fresh(types);
  for (const ResourceId id : world->defined) fresh.Map(id, types.NewResource());
  World instance;
  CVM_ASSIGN_OR_RETURN(instance.exports, fresh.Apply(world->exports));
  return types.AddWorld(TypeDef::Kind::kInstance, std::move(instance));
}

}  // namespace cvm::component::validate
