#include "component/validate/core_types.hpp"

#include "absl/container/flat_hash_set.h"

namespace cvm::component::validate {
namespace {

Error TypeError(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }

bool NamesType(ValType type) { return type.is_ref() && type.heap.is_concrete(); }

// True where a type names no other, so that it may be looked at alone.
bool StandsAlone(const std::vector<SubType>& group) {
  if (group.size() != 1) return false;
  const SubType& type = group.front();
  const auto none = [](const std::vector<ValType>& types) {
    return std::none_of(types.begin(), types.end(), NamesType);
  };
  return type.supertypes.empty() && !type.descriptor && !type.describes && none(type.func.params) &&
         none(type.func.results) &&
         std::none_of(type.fields.begin(), type.fields.end(), [](const FieldType& f) { return NamesType(f.type); });
}

// Adds the words that the component suite has for an index without a type.
Error IndexWords(Error error) {
  if (error.message().rfind("unknown type", 0) != 0) return error;
  return Error(error.kind(), error.message() + ": type index out of bounds");
}

constexpr std::string_view kKindNames[] = {"func", "table", "memory", "global", "tag"};

std::string FuncText(const CanonicalTypes& types, TypeIndex id) {
  const std::string signature = ToString(types.TypeOf(id.value).func);
  return signature.empty() ? "(func)" : "(func " + signature + ")";
}

Result<void> MatchTables(const TypeContext& cx, const TableType& a, const TableType& b) {
  if (MatchTable(cx, a, b)) return {};
  if (!MatchVal(cx, a.element, b.element) || !MatchVal(cx, b.element, a.element)) {
    return TypeError("expected table element type " + ToString(b.element) + ", found " + ToString(a.element));
  }
  return TypeError(a.limits.addr != b.limits.addr ? "mismatch in index type used for tables"
                                                  : "mismatch in table limits");
}

Result<void> MatchMemories(const MemoryType& a, const MemoryType& b) {
  if (MatchMemory(a, b)) return {};
  if (a.limits.shared != b.limits.shared) return TypeError("mismatch in the shared flag for memories");
  if (a.limits.addr != b.limits.addr) return TypeError("mismatch in index type used for memories");
  if (a.page_size_log2 != b.page_size_log2) return TypeError("mismatch in page size for memories");
  return TypeError("mismatch in memory limits");
}

Result<void> MatchGlobals(const TypeContext& cx, const GlobalType& a, const GlobalType& b) {
  if (MatchGlobal(cx, a, b)) return {};
  if (a.mutable_ != b.mutable_) return TypeError("global types differ in mutability");
  return TypeError("expected global type " + ToString(b.type) + ", found " + ToString(a.type));
}

}  // namespace

bool ModuleType::AddExport(std::string_view name, ExternType type) {
  if (!exports_by_name.emplace(std::string(name), static_cast<uint32_t>(exports.size())).second) return false;
  exports.emplace_back(name, type);
  return true;
}

const ExternType* ModuleType::FindExport(std::string_view name) const {
  const auto it = exports_by_name.find(std::string(name));
  return it == exports_by_name.end() ? nullptr : &exports[it->second].second;
}

Result<CoreTypeSpace::Item> CoreTypeSpace::At(uint32_t index) const {
  if (index < items_.size()) return items_[index];
  return TypeError("unknown type " + std::to_string(index) + ": type index out of bounds");
}

Result<uint32_t> CoreTypeSpace::IdAt(uint32_t index) const {
  CVM_ASSIGN_OR_RETURN(const Item item, At(index));
  if (item.module != nullptr) return TypeError("core type index " + std::to_string(index) + " is a module type");
  return item.id;
}

void CoreTypeSpace::Add(std::shared_ptr<const ModuleType> module) {
  items_.push_back({std::move(module), 0});
  module_.rec_groups.push_back({static_cast<uint32_t>(module_.types.size()), 1});
  module_.types.emplace_back();
}

Result<void> CoreTypeSpace::AddAlias(const Item& item, const CanonicalTypes& types) {
  if (item.module != nullptr) {
    Add(item.module);
    return {};
  }
  // Types that name others have no text of their own in this space.
  const CanonicalTypes::Entry& entry = types.At(item.id);
  if (entry.group_count != 1 || !StandsAlone({entry.type})) {
    return UnsupportedError("outer aliases of recursive core types are not part of this build");
  }
  items_.push_back(item);
  module_.rec_groups.push_back({static_cast<uint32_t>(module_.types.size()), 1});
  module_.types.push_back(entry.type);
  return {};
}

Result<void> CoreTypeSpace::AddGroup(const std::vector<SubType>& group, const Features& features, CanonicalTypes& types,
                                     TypeTable& work) {
  const auto count = static_cast<uint32_t>(group.size());
  ModuleData module;
  if (!StandsAlone(group)) {
    CVM_RETURN_IF_ERROR(work.Work(module_.types.size()));
    module.types = module_.types;
    module.rec_groups = module_.rec_groups;
  }
  const auto start = static_cast<uint32_t>(module.types.size());
  module.types.insert(module.types.end(), group.begin(), group.end());
  module.rec_groups.push_back({start, count});
  ValidatedModule validated;
  if (Result<void> valid = ValidateDeclarations(module, features, types, &validated, work.limits()); !valid.ok()) {
    return IndexWords(std::move(valid).error());
  }
  module_.rec_groups.push_back({static_cast<uint32_t>(module_.types.size()), count});
  for (uint32_t i = 0; i < count; ++i) {
    items_.push_back({nullptr, validated.canonical_ids[start + i]});
    module_.types.push_back(group[i]);
  }
  return {};
}

Result<ExternType> CheckExternType(const CoreTypeSpace& space, const ExternType& type, const Features& features,
                                   CanonicalTypes& types, TypeTable& work) {
  // A module that imports just this says whether it is valid. The whole type space is taken only where the type needs
  // it.
  ModuleData module;
  const TypeIndex* func = std::get_if<TypeIndex>(&type);
  const TagType* tag = std::get_if<TagType>(&type);
  std::vector<uint32_t> ids;
  if (func != nullptr || tag != nullptr) {
    CVM_ASSIGN_OR_RETURN(const uint32_t id, space.IdAt(func != nullptr ? func->value : tag->type.value));
    if (types.TypeOf(id).kind != CompositeKind::kFunc) return TypeError("core type is not a function type");
    if (func != nullptr) return ExternType(TypeIndex(id));
    if (!types.TypeOf(id).func.results.empty()) return TypeError("non-empty tag result type");
    return ExternType(TagType{TypeIndex(id)});
  }
  const TableType* table = std::get_if<TableType>(&type);
  const GlobalType* global = std::get_if<GlobalType>(&type);
  const bool names = (table != nullptr && NamesType(table->element)) || (global != nullptr && NamesType(global->type));
  if (names) {
    CVM_RETURN_IF_ERROR(work.Work(space.items().size()));
    module.types = space.as_module().types;
    module.rec_groups = space.as_module().rec_groups;
    const HeapType heap = table != nullptr ? table->element.heap : global->type.heap;
    CVM_RETURN_IF_ERROR(space.IdAt(heap.index));
    for (const CoreTypeSpace::Item& item : space.items()) ids.push_back(item.id);
  }
  module.imports.push_back({{}, {}, type});
  FinishIndexSpaces(&module);
  ValidatedModule validated;
  if (Result<void> valid = ValidateDeclarations(module, features, types, &validated, work.limits()); !valid.ok()) {
    return IndexWords(std::move(valid).error());
  }
  return Canonicalize(ids, type);
}

Result<std::shared_ptr<const ModuleType>> TypeOfModule(const ModuleData& module, std::span<const uint32_t> ids) {
  auto type = std::make_shared<ModuleType>();
  for (const Import& import : module.imports) {
    type->imports.push_back({import.module, import.name, Canonicalize(ids, import.type)});
  }
  for (const Export& exported : module.exports) {
    ExternType what = TypeIndex(0);
    if (exported.kind == ExternKind::kFunc) what = module.func_types[exported.index];
    if (exported.kind == ExternKind::kTable) what = module.table_types[exported.index];
    if (exported.kind == ExternKind::kMemory) what = module.memory_types[exported.index];
    if (exported.kind == ExternKind::kGlobal) what = module.global_types[exported.index];
    if (exported.kind == ExternKind::kTag) what = module.tag_types[exported.index];
    type->AddExport(exported.name, Canonicalize(ids, what));
  }
  CVM_RETURN_IF_ERROR(CheckUniqueImports(*type));
  return std::shared_ptr<const ModuleType>(std::move(type));
}

Result<void> CheckUniqueImports(const ModuleType& type) {
  absl::flat_hash_set<std::pair<std::string, std::string>> seen;
  for (const ModuleType::CoreImport& import : type.imports) {
    if (seen.emplace(std::string(import.module), std::string(import.name)).second) continue;
    return TypeError("duplicate import name `" + std::string(import.module) + ":" + std::string(import.name) + "`");
  }
  return {};
}

Result<void> MatchCore(const CanonicalTypes& types, const ExternType& a, const ExternType& b) {
  const TypeContext cx(types);
  if (a.index() != b.index()) {
    return TypeError("expected " + std::string(kKindNames[b.index()]) + ", found " +
                     std::string(kKindNames[a.index()]));
  }
  if (const TypeIndex* func = std::get_if<TypeIndex>(&b)) {
    const TypeIndex found = std::get<TypeIndex>(a);
    if (types.IsSubtype(found.value, func->value)) return {};
    return TypeError("type mismatch: expected: " + FuncText(types, *func) + ", found: " + FuncText(types, found));
  }
  if (const TableType* table = std::get_if<TableType>(&b)) return MatchTables(cx, std::get<TableType>(a), *table);
  if (const MemoryType* memory = std::get_if<MemoryType>(&b)) return MatchMemories(std::get<MemoryType>(a), *memory);
  if (const GlobalType* global = std::get_if<GlobalType>(&b)) return MatchGlobals(cx, std::get<GlobalType>(a), *global);
  const TagType& found = std::get<TagType>(a);
  const TagType& expected = std::get<TagType>(b);
  if (MatchTag(cx, found, expected)) return {};
  return TypeError("type mismatch: expected: " + FuncText(types, expected.type) +
                   ", found: " + FuncText(types, found.type));
}

Result<void> MatchModule(const CanonicalTypes& types, TypeTable& work, const ModuleType& a, const ModuleType& b) {
  CVM_RETURN_IF_ERROR(work.Work(a.imports.size() + b.imports.size() + b.exports.size()));
  absl::flat_hash_map<std::pair<std::string, std::string>, const ExternType*> given;
  for (const ModuleType::CoreImport& import : b.imports) {
    given.emplace(std::pair(std::string(import.module), std::string(import.name)), &import.type);
  }
  for (const ModuleType::CoreImport& import : a.imports) {
    const std::string name = std::string(import.module) + "::" + std::string(import.name);
    const auto it = given.find(std::pair(std::string(import.module), std::string(import.name)));
    if (it == given.end()) return TypeError("missing expected import `" + name + "`");
    if (Result<void> match = MatchCore(types, *it->second, import.type); !match.ok()) {
      return TypeError("type mismatch in import `" + name + "`: " + match.error().message());
    }
  }
  for (const auto& [name, expected] : b.exports) {
    const ExternType* found = a.FindExport(name);
    if (found == nullptr) return TypeError("missing expected export `" + std::string(name) + "`");
    if (Result<void> match = MatchCore(types, *found, expected); !match.ok()) {
      return TypeError("type mismatch in export `" + std::string(name) + "`: " + match.error().message());
    }
  }
  return {};
}

}  // namespace cvm::component::validate
