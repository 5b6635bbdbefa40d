// The resolver's inner class, shared by resolver.cpp (packages), resolver_types.cpp (interfaces, types, functions) and
// resolver_worlds.cpp. Private to those three. One object lives for one ResolveSources call.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "component/wit/ast.hpp"
#include "component/wit/resolver.hpp"
#include "vm/base/try.hpp"

namespace cvm::wit {

// What a name stands for on the level of a package.
using TopLevel = std::variant<InterfaceId, WorldId>;
using TopLevelNames = std::unordered_map<std::string, TopLevel>;

// A file's or nested package's items, and what its names mean.
struct Unit {
  ast::Body body;
  PackageId package;   // known once packages are in order
  TopLevelNames uses;  // from its top-level `use`s
};

// A package as collected from files, before it has an id.
struct PackageInput {
  PackageName name;
  std::string docs;
  Span span;
  std::vector<Unit*> units;
  std::map<std::string, Span> dependencies;  // by full name, and where first mentioned
  std::map<std::string, PackageName> dependency_names;
};

// A type declared by name; its kind is filled in later.
struct Declared {
  TypeId id;
  const ast::TypeDecl* decl = nullptr;  // null for a `use`
  const ast::UsePath* from = nullptr;   // of a `use` whose target is still to be looked up: where,
  const ast::Ident* name = nullptr;     // and what it is called there
};

// The types of an interface or a world by name, and how names that are not found there are looked up.
struct TypeScope {
  Owner owner;
  const Unit* unit = nullptr;
  std::unordered_map<std::string, TypeId> types;
  std::set<std::string> keys;  // all names taken, types and functions, in the form that has to be unique
  std::vector<Declared> declared;
};

struct InterfaceInput {
  const ast::Interface* ast = nullptr;
  TypeScope scope;
  std::vector<InterfaceId> uses;  // the interfaces that it takes types from, each once, in order
};

// One import, export, type or use of a world whose includes are expanded.
struct WorldEntry {
  enum class Kind : uint8_t { kUse, kType, kFunction, kInterface, kInline, kNamed };
  Kind kind = Kind::kInterface;
  bool is_export = false;
  std::string name;  // kInterface: the interface's full name
  Span span;
  const Unit* unit = nullptr;  // where the names in it are looked up
  const Meta* meta = nullptr;
  const ast::TypeDecl* type = nullptr;
  const ast::Function* function = nullptr;
  const ast::Interface* inline_interface = nullptr;
  InterfaceId interface;  // kInterface, kNamed; kInline once it has an id
  TypeId target;          // kUse
};

struct WorldInput {
  const ast::World* ast = nullptr;
  const Unit* unit = nullptr;
  std::vector<WorldEntry> entries;
  std::unordered_map<std::string, size_t> index;  // by unique key
};

class Resolver {
 public:
  explicit Resolver(const ResolveOptions& options) : options_(options) {}

  Result<Resolution> Run(std::vector<SourceGroup> groups);

 private:
  // resolver.cpp
  Result<std::optional<std::string>> AddGroup(SourceGroup group);
  Result<void> AddPackage(PackageInput input);
  Result<void> Prune(PackageInput& input);
  Result<bool> Keep(const PackageInput& input, const Meta& meta, Span span, const std::string& path);
  template <class Items>
  Result<void> PruneItems(const PackageInput& input, Items& items, const std::string& path);
  void CollectDependencies(PackageInput& input) const;
  Result<std::vector<PackageInput*>> OrderPackages();
  std::string MeantPackage(const PackageName& name) const;
  void ReplaceWasi2();
  Error PackageCycle(const std::set<PackageInput*>& done) const;
  Result<void> DeclarePackage(PackageInput& input);
  Result<void> ResolveTopLevelUses(Unit& unit);
  Result<TopLevel> LookUp(const ast::UsePath& path, const Unit& unit) const;
  Result<InterfaceId> LookUpInterface(const ast::UsePath& path, const Unit& unit) const;
  Result<WorldId> LookUpWorld(const ast::UsePath& path, const Unit& unit) const;
  std::string GateHint(const std::string& path) const;

  // resolver_types.cpp
  Result<void> ResolveInterfaces();
  Result<void> CollectUses(InterfaceInput& input);
  Result<void> CheckInterfaceCycles() const;
  Result<void> TakeName(TypeScope& scope, const std::string& name, Span span) const;
  Result<void> DeclareType(TypeScope& scope, const ast::TypeDecl& decl);
  Result<TypeId> DeclareUse(TypeScope& scope, const Meta& meta, const ast::Ident& as);
  Result<TypeId> LookUpUsed(const ast::UsePath& from, const ast::Ident& name, const Unit& unit) const;
  Result<void> DeclareInterfaceTypes(InterfaceId id);
  Result<void> DefineScopes(const std::vector<TypeScope*>& scopes);
  Result<void> BindAlias(TypeScope& scope, const Declared& declared);
  Result<void> DefineType(TypeScope& scope, const Declared& declared);
  Result<std::vector<Case>> ResolveCases(TypeScope& scope, const ast::TypeDecl& decl);
  Result<void> CheckMemberNames(const std::vector<ast::Member>& members, const char* what) const;
  Result<TypeId> LookUpType(const TypeScope& scope, const ast::Ident& name) const;
  Result<Type> ResolveType(TypeScope& scope, const ast::TypeExpr& expr);
  Result<TypeKind> ResolveKind(TypeScope& scope, const ast::TypeExpr& expr);
  Result<std::optional<Type>> ResolveOptional(TypeScope& scope, const ast::TypeExpr& expr);
  TypeId NewType(TypeDef def, Span span);
  Result<void> DefineInterfaceFunctions(InterfaceId id);
  Result<Function> ResolveFunction(TypeScope& scope, const ast::Function& function, const ast::TypeDecl* resource);
  Result<void> ResolveSignature(TypeScope& scope, const ast::Function& ast, Function& function);
  // Depth of every type from id `first` on; also which ones hold a borrow. `aliases_only`: before kinds are known.
  Result<void> CheckTypes(uint32_t first, bool aliases_only);
  Result<void> CheckBorrows(TypeId id, const std::vector<TypeId>& children);
  bool IsResource(TypeId id) const;

  // resolver_worlds.cpp
  Result<void> ResolveWorlds();
  Result<std::vector<WorldId>> OrderWorlds() const;
  Result<void> ExpandWorld(WorldId id);
  Result<void> ExpandUse(WorldInput& world, const ast::Use& use);
  Result<void> ExpandExtern(WorldInput& world, const ast::Extern& item);
  Result<void> ExpandInclude(WorldInput& world, const ast::Include& include);
  Result<void> AddEntry(WorldInput& world, WorldEntry entry, bool included);
  Result<void> BuildWorld(WorldId id);
  Result<void> DeclareWorldTypes(WorldInput& input, TypeScope& scope, std::vector<TypeScope*>& scopes);
  Result<void> BuildImport(World& world, TypeScope& scope, const WorldEntry& entry);
  Result<void> BuildExport(World& world, TypeScope& scope, const WorldEntry& entry,
                           const std::set<InterfaceId>& exported);
  Result<void> RequireImport(World& world, InterfaceId id);
  Result<void> AddItem(std::vector<WorldItem>& items, WorldItem item);

  Error ErrorAt(Span span, std::string what, const std::string& mend = "", ErrorKind kind = ErrorKind::kInvalid) const {
    return sources_.ErrorAt(span, std::move(what), mend, kind);
  }

  const ResolveOptions& options_;
  SourceMap sources_;
  Resolve resolve_;
  std::deque<Unit> units_;
  std::deque<PackageInput> packages_;
  std::map<std::string, PackageInput*> package_by_name_;
  std::map<std::string, PackageId> package_ids_;
  std::map<std::string, std::string> meant_;  // names of packages that stand for another's
  std::vector<std::string> warnings_;
  std::vector<TopLevelNames> package_names_;            // by PackageId
  std::deque<InterfaceInput> interfaces_;               // by InterfaceId
  std::deque<WorldInput> worlds_;                       // by WorldId
  std::unordered_map<std::string, std::string> gated_;  // path of an item left out → its feature
  std::set<TypeId> resources_;          // declared as such; other types look like one until their kinds are known
  std::vector<Span> type_spans_;        // by TypeId
  std::vector<uint32_t> alias_depths_;  // by TypeId; 0: not known yet
  std::vector<uint32_t> depths_;
  std::vector<bool> has_borrow_;
  std::map<InterfaceId, size_t> imported_;  // by the world that is being built, by their own names; where they stand
  size_t item_count_ = 0;                   // of all worlds together
};

}  // namespace cvm::wit
