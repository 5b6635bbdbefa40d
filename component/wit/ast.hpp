// The syntax tree of WIT files, as written: names not yet resolved. Plain data; one tree a file.
//
// Trees compare by content, not by place (see Span), which is how two copies of one package are told to be the same.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "component/wit/model.hpp"
#include "component/wit/source.hpp"

namespace cvm::wit::ast {

struct Ident {
  std::string name;
  Span span;
  bool operator==(const Ident&) const = default;
};

// `types`, or `wasi:http/types@0.2.0`.
struct UsePath {
  std::optional<PackageName> package;
  Ident name;
  Span span;
  bool operator==(const UsePath&) const = default;
};

// A type where it is mentioned. kNone stands for one that is left out (`_`, no result, no payload).
struct TypeExpr {
  enum class Kind : uint8_t {
    kNone,
    kPrim,
    kNamed,
    kTuple,
    kList,
    kMap,
    kOption,
    kResult,
    kOwn,
    kBorrow,
    kFuture,
    kStream,
  };
  Kind kind = Kind::kNone;
  Prim prim = Prim::kBool;         // kPrim; kMap: the key
  Ident name;                      // kNamed, kOwn, kBorrow
  std::vector<TypeExpr> args;      // kResult: two; kFuture, kStream: one (maybe kNone)
  std::optional<uint32_t> length;  // kList
  Span span;
  bool operator==(const TypeExpr&) const = default;
};

// A field of a record, a case of a variant or enum, a flag, a parameter: a name with or without a type.
struct Member {
  std::string docs;
  Ident name;
  TypeExpr type;
  bool operator==(const Member&) const = default;
};

struct Function {
  Meta meta;
  Ident name;  // of a constructor: the resource's
  FunctionKind kind = FunctionKind::kFree;
  bool is_async = false;
  std::vector<Member> params;
  TypeExpr result;
  bool operator==(const Function&) const = default;
};

struct TypeDecl {
  enum class Kind : uint8_t { kRecord, kVariant, kEnum, kFlags, kResource, kAlias };
  Meta meta;
  Ident name;
  Kind kind = Kind::kAlias;
  std::vector<Member> members;
  std::vector<Function> functions;  // of a resource
  TypeExpr target;                  // of an alias
  bool operator==(const TypeDecl&) const = default;
};

struct Use {
  Meta meta;
  UsePath from;
  std::vector<std::pair<Ident, Ident>> names;  // what it is called there, and here
  bool operator==(const Use&) const = default;
};

using InterfaceItem = std::variant<Use, TypeDecl, Function>;
struct Interface {
  Meta meta;
  Ident name;  // empty where written inline
  std::vector<InterfaceItem> items;
  bool operator==(const Interface&) const = default;
};

// `import` or `export`. The target is a path alone (`name` empty), or, behind `name:`, a function, an interface written
// inline, or the path of an interface that the name implements.
struct Extern {
  Meta meta;
  bool is_export = false;
  Ident name;
  std::variant<UsePath, Function, Interface> target;
  bool operator==(const Extern&) const = default;
};

struct Include {
  Meta meta;
  UsePath world;
  std::vector<std::pair<Ident, Ident>> renames;
  bool operator==(const Include&) const = default;
};

using WorldItem = std::variant<Use, TypeDecl, Extern, Include>;
struct World {
  Meta meta;
  Ident name;
  std::vector<WorldItem> items;
  bool operator==(const World&) const = default;
};

struct TopLevelUse {
  UsePath path;
  Ident as;  // the name that it defines
  bool operator==(const TopLevelUse&) const = default;
};

// The items of a file, or of a `package a:b { … }` in one.
struct Body {
  std::vector<TopLevelUse> uses;
  std::vector<Interface> interfaces;
  std::vector<World> worlds;
  bool operator==(const Body&) const = default;
};

struct PackageDecl {
  PackageName name;
  std::string docs;
  Span span;
  bool operator==(const PackageDecl&) const = default;
};

struct File {
  std::optional<PackageDecl> package;
  Body body;
  std::vector<std::pair<PackageDecl, Body>> nested;
};

}  // namespace cvm::wit::ast
