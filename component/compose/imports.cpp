#include "component/compose/imports.hpp"

#include "component/names/extern_name.hpp"

namespace cvm::component {
namespace {

Error CannotUnite(const std::string& name, const std::string& what) {
  return UnsupportedError("the imports of `" + name + "` cannot be united: " + what);
}

// Replaces the type indices in a value or function type.
template <class Map>
Result<void> RemapRef(ValTypeRef& ref, Map map) {
  if (uint32_t* index = std::get_if<uint32_t>(&ref)) {
    CVM_ASSIGN_OR_RETURN(*index, map(*index));
  }
  return {};
}
template <class Map>
Result<void> RemapRef(std::optional<ValTypeRef>& ref, Map map) {
  return ref.has_value() ? RemapRef(*ref, map) : Result<void>();
}
template <class Map>
Result<void> RemapType(TypeDef& type, Map map) {
  DefValType& value = type.value;
  CVM_RETURN_IF_ERROR(RemapRef(value.first, map));
  CVM_RETURN_IF_ERROR(RemapRef(value.second, map));
  for (LabelledType& field : value.fields) CVM_RETURN_IF_ERROR(RemapRef(field.type, map));
  for (LabelledCase& c : value.cases) CVM_RETURN_IF_ERROR(RemapRef(c.type, map));
  for (ValTypeRef& part : value.types) CVM_RETURN_IF_ERROR(RemapRef(part, map));
  if (value.kind == abi::TypeKind::kOwn || value.kind == abi::TypeKind::kBorrow) {
    CVM_ASSIGN_OR_RETURN(value.resource, map(value.resource));
  }
  for (LabelledType& param : type.func.params) CVM_RETURN_IF_ERROR(RemapRef(param.type, map));
  return RemapRef(type.func.result, map);
}

}  // namespace

ComposeImports::Outline& ComposeImports::OutlineOf(const ComposePart& part) {
  const auto [it, added] = outlines_.try_emplace(part.component.get());
  Outline& outline = it->second;
  if (!added) return outline;
  outline.part = &part;
  for (const Definition& definition : part.component->definitions) {
    std::optional<Sort> sort;
    if (std::holds_alternative<TypeDef>(definition.what)) sort = Sort::kType;
    if (std::holds_alternative<CoreTypeDef>(definition.what)) sort = Sort::kCoreType;
    if (std::holds_alternative<InstanceDef>(definition.what)) sort = Sort::kInstance;
    if (const auto* alias = std::get_if<AliasDef>(&definition.what)) sort = alias->sort;
    if (const auto* import = std::get_if<ImportDef>(&definition.what)) sort = import->desc.sort;
    if (const auto* exported = std::get_if<ExportDef>(&definition.what)) sort = exported->what.sort;
    if (sort == Sort::kType) outline.types.push_back(&definition);
    if (sort == Sort::kInstance) outline.instances.push_back(&definition);
    if (const auto* core = std::get_if<CoreTypeDef>(&definition.what)) {
      const size_t count = core->module != nullptr ? 1 : core->types.size();
      outline.core_types.insert(outline.core_types.end(), count, &definition);
    } else if (sort == Sort::kCoreType) {
      outline.core_types.push_back(&definition);
    }
  }
  return outline;
}

// Names of compatible versions have one key.
std::string ComposeImports::KeyOf(const std::string& name) {
  const Result<ExternName> parsed = ParseExternName(name);
  return parsed.ok() && parsed->is_interface() ? LinkKey(parsed->interface) : name;
}

Result<void> ComposeImports::Note(const ComposePart& part, const std::string& name, const std::string& as) {
  Outline& outline = OutlineOf(part);
  for (const Definition& definition : part.component->definitions) {
    const auto* import = std::get_if<ImportDef>(&definition.what);
    if (import == nullptr || import->name.name != name) continue;
    Group& group = groups_[KeyOf(as)];
    for (const Wanted& wanted : group.wanted) {
      if (wanted.import == import) return {};
    }
    group.wanted.push_back({&outline, import});
    if (group.name.empty()) group.name = as;
    const Result<ExternName> known = ParseExternName(group.name);
    const Result<ExternName> other = ParseExternName(as);
    if (known.ok() && other.ok() && known->interface.version.has_value() && other->interface.version.has_value() &&
        CompareVersions(known->interface.version->version, other->interface.version->version) < 0) {
      group.name = as;
    }
    return {};
  }
  return UsageError("`" + part.name + "` has no import `" + name + "`");
}

Result<SortIndex> ComposeImports::Get(const std::string& name) {
  const auto it = groups_.find(KeyOf(name));
  if (it == groups_.end()) return CVM_BUG("an import that was not noted");
  Group& group = it->second;
  if (!group.made.has_value()) {
    if (group.open) return CannotUnite(group.name, "they depend on one another in a circle");
    group.open = true;
    CVM_ASSIGN_OR_RETURN(group.made, Make(group));
  }
  return *group.made;
}

Result<SortIndex> ComposeImports::Make(Group& group) {
  ImportDef import = *group.wanted.front().import;
  for (const Wanted& wanted : group.wanted) {
    if (wanted.import->desc.sort != import.desc.sort) return CannotUnite(group.name, "they are of different sorts");
    if (wanted.import->name.name == group.name) import.name = wanted.import->name;
  }
  if (import.name.name != group.name) {
    import.name = {};
    import.name.name = out_.Keep(group.name);
  }
  CVM_ASSIGN_OR_RETURN(import.desc, DescOf(group));
  const Sort sort = import.desc.sort;
  return SortIndex{sort, out_.Add(sort, std::move(import))};
}

Result<ExternDesc> ComposeImports::DescOf(Group& group) {
  Outline& outline = *group.wanted.front().outline;
  ExternDesc desc = group.wanted.front().import->desc;
  // What an import needs of others is imported before it, of all that share it.
  if (desc.sort == Sort::kInstance && group.wanted.size() > 1) {
    CVM_ASSIGN_OR_RETURN(desc.type, UniteInstances(group));
  } else if (desc.sort == Sort::kCoreModule) {
    CVM_ASSIGN_OR_RETURN(desc.type, MapCoreType(outline, desc.type));
  } else if (desc.sort == Sort::kType && !desc.bound.sub_resource) {
    CVM_ASSIGN_OR_RETURN(desc.bound.eq, MapType(outline, desc.bound.eq));
  } else if (desc.sort != Sort::kType) {
    CVM_ASSIGN_OR_RETURN(desc.type, MapType(outline, desc.type));
  }
  return desc;
}

// ---- types

Result<uint32_t> ComposeImports::MapType(Outline& outline, uint32_t index) {
  if (const auto it = outline.mapped.find(index); it != outline.mapped.end()) return it->second;
  if (index >= outline.types.size()) return Error(ErrorKind::kInvalid, "type index out of bounds");
  CVM_ASSIGN_OR_RETURN(const uint32_t made, CopyType(outline, *outline.types[index]));
  outline.mapped[index] = made;
  return made;
}

Result<uint32_t> ComposeImports::CopyType(Outline& outline, const Definition& definition) {
  const auto map = [&](uint32_t index) { return MapType(outline, index); };
  if (const auto* import = std::get_if<ImportDef>(&definition.what)) {
    const std::string name(import->name.name);
    CVM_RETURN_IF_ERROR(Note(*outline.part, name, name));
    CVM_ASSIGN_OR_RETURN(const SortIndex item, Get(name));
    return item.index;
  }
  if (const auto* exported = std::get_if<ExportDef>(&definition.what)) return map(exported->what.index);
  if (const auto* alias = std::get_if<AliasDef>(&definition.what)) {
    const Definition* instance =
        alias->instance < outline.instances.size() ? outline.instances[alias->instance] : nullptr;
    const auto* import = instance == nullptr ? nullptr : std::get_if<ImportDef>(&instance->what);
    if (alias->kind != AliasDef::Kind::kExport || import == nullptr) {
      return UnsupportedError("an import of `" + outline.part->name + "` depends on a type of no import");
    }
    const std::string name(import->name.name);
    CVM_RETURN_IF_ERROR(Note(*outline.part, name, name));
    CVM_ASSIGN_OR_RETURN(const SortIndex item, Get(name));
    AliasDef copy = *alias;
    copy.instance = item.index;
    return out_.Add(Sort::kType, copy);
  }
  TypeDef type = std::get<TypeDef>(definition.what);
  if (type.kind == TypeDef::Kind::kResource) {
    return UnsupportedError("an import of `" + outline.part->name + "` depends on a resource that it defines itself");
  }
  CVM_RETURN_IF_ERROR(RemapType(type, map));
  if (type.decls != nullptr) {
    CVM_ASSIGN_OR_RETURN(type.decls, MapDecls(outline, *type.decls, 1));
  }
  return out_.Add(Sort::kType, std::move(type));
}

Result<uint32_t> ComposeImports::MapCoreType(Outline& outline, uint32_t index) {
  const Definition* definition = index < outline.core_types.size() ? outline.core_types[index] : nullptr;
  const auto* core = definition == nullptr ? nullptr : std::get_if<CoreTypeDef>(&definition->what);
  if (core == nullptr || core->module == nullptr) {
    return UnsupportedError("an import of `" + outline.part->name + "` depends on a core type of no definition");
  }
  for (const ModuleDecl& decl : core->module->decls) {
    if (decl.kind == ModuleDecl::Kind::kOuterAlias && decl.outer_count > 0) {
      return UnsupportedError("an import of `" + outline.part->name + "` depends on a core type of the component");
    }
  }
  return out_.Add(Sort::kCoreType, *core);
}

// The declarations of an instance or component type, with what they take from the component replaced.
Result<std::shared_ptr<const ComponentTypeDef>> ComposeImports::MapDecls(Outline& outline, const ComponentTypeDef& def,
                                                                         uint32_t depth) {
  auto copy = std::make_shared<ComponentTypeDef>(def);
  for (ComponentTypeDef::Decl& decl : copy->decls) {
    if (auto* type = std::get_if<TypeDef>(&decl.what); type != nullptr && type->decls != nullptr) {
      CVM_ASSIGN_OR_RETURN(type->decls, MapDecls(outline, *type->decls, depth + 1));
    }
    auto* alias = std::get_if<AliasDef>(&decl.what);
    if (alias == nullptr || alias->kind != AliasDef::Kind::kOuter || alias->outer_count != depth) continue;
    CVM_ASSIGN_OR_RETURN(alias->outer_index, alias->sort == Sort::kType ? MapType(outline, alias->outer_index)
                                                                        : MapCoreType(outline, alias->outer_index));
  }
  return std::shared_ptr<const ComponentTypeDef>(std::move(copy));
}

// ---- one interface for several parts

Result<uint32_t> ComposeImports::UniteInstances(Group& group) {
  Union united;
  for (const Wanted& wanted : group.wanted) {
    Outline& outline = *wanted.outline;
    const uint32_t index = wanted.import->desc.type;
    const TypeDef* type = index < outline.types.size() ? std::get_if<TypeDef>(&outline.types[index]->what) : nullptr;
    if (type == nullptr || type->decls == nullptr) return CannotUnite(group.name, "one has no type of its own");
    Result<void> added = AddTo(united, outline, *type->decls);
    if (!added.ok()) return std::move(added.error().In("the imports of `" + group.name + "` cannot be united"));
  }
  TypeDef type;
  type.kind = TypeDef::Kind::kInstance;
  type.decls = std::move(united.def);
  return out_.Add(Sort::kType, std::move(type));
}

// Adds what the instance type declares and the union has not. Types are told apart by the names they are exported by;
// that they agree is seen when the whole is validated.
Result<void> ComposeImports::AddTo(Union& united, Outline& outline, const ComponentTypeDef& def) {
  std::vector<uint32_t> types;  // by index there: the index in the union
  const auto map = [&](uint32_t index) -> Result<uint32_t> {
    if (index < types.size()) return types[index];
    return Error(ErrorKind::kInvalid, "type index out of bounds");
  };
  const auto add = [&united](decltype(ComponentTypeDef::Decl::what) what) {
    united.def->decls.push_back({0, std::move(what)});
  };
  for (const ComponentTypeDef::Decl& decl : def.decls) {
    if (const auto* type = std::get_if<TypeDef>(&decl.what); type != nullptr && type->decls == nullptr) {
      TypeDef copy = *type;
      CVM_RETURN_IF_ERROR(RemapType(copy, map));
      add(std::move(copy));
      types.push_back(united.types++);
      continue;
    }
    const auto* alias = std::get_if<AliasDef>(&decl.what);
    if (alias != nullptr && alias->kind == AliasDef::Kind::kOuter && alias->sort == Sort::kType) {
      AliasDef copy = *alias;
      if (alias->outer_count == 0) {
        CVM_ASSIGN_OR_RETURN(copy.outer_index, map(alias->outer_index));
      } else {
        CVM_ASSIGN_OR_RETURN(copy.outer_index, MapType(outline, alias->outer_index));
      }
      add(copy);
      types.push_back(united.types++);
      continue;
    }
    const auto* exported = std::get_if<ExportDef>(&decl.what);
    const Sort sort = exported == nullptr ? Sort::kComponent : exported->ascribed->sort;
    if (sort != Sort::kType && sort != Sort::kFunc) return UnsupportedError("it holds more than types and functions");
    ExportDef copy = *exported;
    if (sort == Sort::kFunc) {
      if (!united.other_exports.emplace(exported->name.name).second) continue;
      CVM_ASSIGN_OR_RETURN(copy.ascribed->type, map(copy.ascribed->type));
      add(std::move(copy));
      continue;
    }
    const auto known = united.type_exports.find(exported->name.name);
    if (known != united.type_exports.end()) {
      types.push_back(known->second);
      continue;
    }
    if (!copy.ascribed->bound.sub_resource) {
      CVM_ASSIGN_OR_RETURN(copy.ascribed->bound.eq, map(copy.ascribed->bound.eq));
    }
    add(std::move(copy));
    united.type_exports.emplace(exported->name.name, united.types);
    types.push_back(united.types++);
  }
  return {};
}

}  // namespace cvm::component
