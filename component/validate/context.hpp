// Private to component/validate: the scopes of a component under validation and what all rules share.
//
// A scope is a component, a component type or an instance type that is open: its index spaces so far, its imports and
// exports, and what names it has given. Scopes form a stack; outer aliases count it from the top.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "component/names/extern_name.hpp"
#include "component/validate/core_types.hpp"
#include "component/validate/substitute.hpp"
#include "component/validate/subtype.hpp"
#include "component/validate/validate.hpp"

namespace cvm::component::validate {

inline Error Invalid(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }
inline std::string Quote(std::string_view name) { return "`" + std::string(name) + "`"; }

// Whether a name is of an import or of an export.
enum class Direction : uint8_t { kImport, kExport };
constexpr const char* DirectionName(Direction d) { return d == Direction::kImport ? "import" : "export"; }

// The exports of a core instance.
struct CoreInstance {
  absl::flat_hash_map<std::string, ExternType> exports;
};

// The names given on one side of a scope.
struct NamedThings {
  absl::flat_hash_map<std::string, std::string> names;  // unique key -> name
  // Types that imports or exports have named; only these may occur in what follows (visibility.hpp).
  absl::flat_hash_set<TypeId> types;
  // Names of resource types, for [constructor], [method] and [static].
  absl::flat_hash_set<std::string> resource_names;
  absl::flat_hash_map<ResourceId, std::vector<std::string>> names_of_resource;
};

struct Scope {
  enum class Kind : uint8_t { kComponent, kComponentType, kInstanceType };

  Kind kind = Kind::kComponent;
  ResourceId first_resource = 0;  // resources made within have this number or a higher one

  std::vector<TypeId> types;
  std::vector<TypeId> funcs;
  std::vector<TypeId> components;
  std::vector<TypeId> instances;
  CoreTypeSpace core_types;
  std::vector<uint32_t> core_funcs;  // canonical types
  std::vector<TableType> core_tables;
  std::vector<MemoryType> core_memories;
  std::vector<GlobalType> core_globals;
  std::vector<TagType> core_tags;
  std::vector<std::shared_ptr<const ModuleType>> core_modules;
  std::vector<std::shared_ptr<const CoreInstance>> core_instances;

  World world;  // imports and exports so far
  NamedThings imported;
  NamedThings exported;
  absl::flat_hash_map<ResourceId, bool> local_resources;  // defined here; whether of 64-bit representation
  std::optional<bool> context_i64;                        // the one type of context.get and context.set

  NamedThings& named(Direction d) { return d == Direction::kImport ? imported : exported; }
};

struct Context {
  const Features& features;
  const ComponentValidation& options;
  CanonicalTypes& canonical;
  TypeTable types{options.limits};
  std::vector<std::unique_ptr<Scope>> scopes = {};

  Scope& scope() { return *scopes.back(); }
  Result<void> OpenScope(Scope::Kind kind);
  // Closes the innermost scope; its imports and exports become a type.
  Result<TypeId> CloseScope();
  // Refuses by its key a part that is off. `what` is said to need it.
  Result<void> Require(bool ComponentFeatures::* feature, const std::string& what) const;
};

// An item of an index space: "unknown type 3: type index out of bounds".
template <class T>
Result<T> At(const std::vector<T>& space, uint32_t index, const char* what) {
  if (index < space.size()) return space[index];
  return Invalid(std::string("unknown ") + what + " " + std::to_string(index) + ": " + what + " index out of bounds");
}
Result<TypeId> TypeAt(const Scope& scope, uint32_t index);
// The same for a type that has to be of one kind: "type index 0 is not a function type".
Result<TypeId> TypeAt(const Context& cx, const Scope& scope, uint32_t index, TypeDef::Kind kind);
// What a sort and index mean, as something that can be exported or given as an argument.
Result<Entity> EntityAt(Context& cx, SortIndex what);
// Adds an item to the index space of its sort.
void AddToSpace(Scope& scope, const Entity& entity);
// A core item, of one of the five sorts of core externs.
Result<ExternType> CoreItemAt(const Scope& scope, SortIndex what);
void AddCoreItem(Scope& scope, const ExternType& type);

// define.cpp: type definitions, and the declarations of component and instance types
Result<void> DefineCoreType(Context& cx, const CoreTypeDef& def);
Result<void> DefineType(Context& cx, const TypeDef& def);
// externs.cpp
Result<Entity> ResolveDesc(Context& cx, const ExternDesc& desc);
Result<void> DefineImport(Context& cx, const ImportDef& def);
Result<void> DefineExport(Context& cx, const ExportDef& def);
Result<void> DefineExportDecl(Context& cx, const ExportDef& def);
// extern_names.cpp: the rules of a name, its attributes and what it names; notes the name as taken.
Result<void> CheckExternName(Context& cx, NamedThings& named, Direction direction, const ExternNameText& text,
                             const Entity& entity);
// Lets the names of methods that follow refer to a resource. (Not in bundles of exports: there are no such names
// there.)
void NoteResourceName(const Context& cx, NamedThings& named, std::string_view name, const Entity& entity);
// aliases.cpp
Result<void> DefineAlias(Context& cx, const AliasDef& def);
// instances.cpp
Result<void> DefineCoreModule(Context& cx, const CoreModuleDef& def);
Result<void> DefineCoreInstance(Context& cx, const CoreInstanceDef& def);
Result<void> DefineInstance(Context& cx, const InstanceDef& def);
// canon.cpp, builtins.cpp
Result<void> DefineCanon(Context& cx, const CanonDef& def);
Result<FuncType> BuiltinType(Context& cx, const CanonDef& def);

// Options of canonical definitions, checked by themselves (CanonicalABI.md, "canonopt Validation").
struct CheckedOptions {
  abi::PtrType ptr_type = abi::PtrType::kI32;
  bool memory = false;
  bool realloc = false;
};
Result<CheckedOptions> CheckOptions(Context& cx, const CanonOptions& options);
Result<void> RequireMemory(const CheckedOptions& options);
Result<void> RequireRealloc(const CheckedOptions& options);

}  // namespace cvm::component::validate
