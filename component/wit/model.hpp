// The resolved form of WIT packages: arenas of packages, interfaces, worlds and types that refer to one another by id.
//
// A Resolve is plain data, owned by whoever asked for it, and free to be read from any thread. Ids are handed out in an
// order that depends on the meaning of the packages only (see resolver.hpp), so that a Resolve printed and resolved
// again compares equal. Terms are those of WIT.md; function names are the extern names of the component model
// (`[method]r.f`).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "component/names/semver.hpp"
#include "vm/base/index.hpp"

namespace cvm::wit {

using component::Version;

using PackageId = Index<struct PackageTag>;
using InterfaceId = Index<struct InterfaceTag>;
using WorldId = Index<struct WorldTag>;
using TypeId = Index<struct WitTypeTag>;

// `wasi:clocks@0.2.0`. With nested namespaces and packages `ns` and `name` hold the inner `:` and `/`.
struct PackageName {
  std::string ns;
  std::string name;
  std::optional<Version> version;

  bool operator==(const PackageName&) const = default;
  // `wasi:clocks`
  std::string Path() const { return ns + ":" + name; }
  std::string ToString() const { return version.has_value() ? Path() + "@" + version->ToString() : Path(); }
};

// Feature gates of an item (WIT.md, "Feature Gates"); all empty where it has none.
struct Gate {
  std::optional<Version> since;
  std::string unstable;  // the feature's name
  std::optional<Version> deprecated;

  bool operator==(const Gate&) const = default;
  bool empty() const { return !since.has_value() && unstable.empty() && !deprecated.has_value(); }
};

// What may stand before an item: its documentation (lines joined by '\n'), gates and `@external-id`.
struct Meta {
  std::string docs;
  Gate gate;
  std::optional<std::string> external_id;

  bool operator==(const Meta&) const = default;
};

enum class Prim : uint8_t {
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kErrorContext,
};
std::string_view PrimName(Prim prim);
// The primitive type of that keyword, if there is one.
std::optional<Prim> PrimFromName(std::string_view name);

using Type = std::variant<Prim, TypeId>;

struct Field {
  std::string name;
  Type type;
  std::string docs;
  bool operator==(const Field&) const = default;
};
// A case of a variant or an enum, or a flag; only variants have payloads.
struct Case {
  std::string name;
  std::optional<Type> payload;
  std::string docs;
  bool operator==(const Case&) const = default;
};

struct Record {
  std::vector<Field> fields;
  bool operator==(const Record&) const = default;
};
struct Variant {
  std::vector<Case> cases;
  bool operator==(const Variant&) const = default;
};
struct Enum {
  std::vector<Case> cases;
  bool operator==(const Enum&) const = default;
};
struct Flags {
  std::vector<Case> flags;
  bool operator==(const Flags&) const = default;
};
struct Resource {
  bool operator==(const Resource&) const = default;
};
// `type a = b`, or a name brought in by `use`: then the target belongs to another interface.
struct Alias {
  Type target;
  bool operator==(const Alias&) const = default;
};
struct Tuple {
  std::vector<Type> types;
  bool operator==(const Tuple&) const = default;
};
struct List {
  Type element;
  std::optional<uint32_t> length;  // a fixed-length list
  bool operator==(const List&) const = default;
};
struct Map {
  Prim key;
  Type value;
  bool operator==(const Map&) const = default;
};
struct Option {
  Type some;
  bool operator==(const Option&) const = default;
};
struct ResultType {
  std::optional<Type> ok;
  std::optional<Type> err;
  bool operator==(const ResultType&) const = default;
};
struct Future {
  std::optional<Type> element;
  bool operator==(const Future&) const = default;
};
struct Stream {
  std::optional<Type> element;
  bool operator==(const Stream&) const = default;
};
// `own<r>` (a resource's bare name stands for it too) or `borrow<r>`. The resource may be an alias of one.
struct Handle {
  TypeId resource;
  bool borrow = false;
  bool operator==(const Handle&) const = default;
};

using TypeKind = std::variant<Record, Variant, Enum, Flags, Resource, Alias, Tuple, List, Map, Option, ResultType,
                              Future, Stream, Handle>;
using Owner = std::variant<std::monostate, InterfaceId, WorldId>;

struct TypeDef {
  std::string name;  // empty for types without a name (`list<u8>`)
  Owner owner;       // where a named type is declared; none for types without a name
  TypeKind kind;
  bool used = false;  // an Alias that stands for a `use`
  Meta meta;
  bool operator==(const TypeDef&) const = default;
};

enum class FunctionKind : uint8_t { kFree, kMethod, kStatic, kConstructor };

struct Param {
  std::string name;
  Type type;
  bool operator==(const Param&) const = default;
};
struct Function {
  std::string name;   // as it is imported and exported: `read`, `[method]file.read`, `[constructor]file`
  std::string label;  // the last part of it: `read`; of a constructor, the resource's name
  FunctionKind kind = FunctionKind::kFree;
  std::optional<TypeId> resource;  // of methods, statics and constructors
  bool is_async = false;
  std::vector<Param> params;   // a method's begin with `self`
  std::optional<Type> result;  // a constructor's is written out
  Meta meta;
  bool operator==(const Function&) const = default;
};

struct Interface {
  std::string name;  // empty for an interface written inline in a world
  PackageId package;
  std::vector<TypeId> types;        // the named ones, in order
  std::vector<Function> functions;  // those of resources first
  Meta meta;
  bool operator==(const Interface&) const = default;
};

// An import or export of a world. Types count as imports.
struct WorldItem {
  std::string name;         // the extern name: `run`, `wasi:cli/run@0.2.0`
  bool plain_name = false;  // the item was named by a label, not by its interface
  std::variant<InterfaceId, Function, TypeId> item;
  Meta meta;
  bool operator==(const WorldItem&) const = default;
};

struct World {
  std::string name;
  PackageId package;
  std::vector<WorldItem> imports;  // with everything that the items use, each behind what it needs
  std::vector<WorldItem> exports;
  Meta meta;
  bool operator==(const World&) const = default;
};

struct Package {
  PackageName name;
  std::string docs;
  std::vector<InterfaceId> interfaces;  // the named ones
  std::vector<WorldId> worlds;
  bool operator==(const Package&) const = default;
};

struct Resolve {
  std::vector<Package> packages;  // each behind those that it depends on
  std::vector<Interface> interfaces;
  std::vector<World> worlds;
  std::vector<TypeDef> types;

  bool operator==(const Resolve&) const = default;

  const Package& at(PackageId id) const { return packages[id.value]; }
  const Interface& at(InterfaceId id) const { return interfaces[id.value]; }
  const World& at(WorldId id) const { return worlds[id.value]; }
  const TypeDef& at(TypeId id) const { return types[id.value]; }

  // By full name, with the version: `wasi:clocks@0.2.0`.
  std::optional<PackageId> FindPackage(std::string_view name) const;
  std::optional<InterfaceId> FindInterface(PackageId package, std::string_view name) const;
  std::optional<WorldId> FindWorld(PackageId package, std::string_view name) const;
  std::optional<TypeId> FindType(InterfaceId interface, std::string_view name) const;

  // `wasi:io/poll@0.2.0`; empty for an inline interface.
  std::string InterfaceName(InterfaceId id) const;
  std::string WorldName(WorldId id) const;

  // What an alias stands for in the end: itself where it is none.
  TypeId Dealias(TypeId id) const;
  // The type as WIT text, named types by their bare names: `result<list<u8>, error-code>`. For messages and comparison.
  std::string TypeText(const Type& type) const;
  // What a named type stands for, as `type name = …` gives it: `list<u8>`; empty for records and the like.
  std::string KindText(const TypeDef& def) const;
  // `async func(a: u32, b: borrow<r>) -> string`
  std::string SignatureText(const Function& function) const;
};

}  // namespace cvm::wit
