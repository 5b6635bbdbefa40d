// What the generator works on: units with their C++ names, and the C++ spelling of every WIT type.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "component/wit/model.hpp"
#include "cvm/result.hpp"
#include "tools/bindgen/generate/generator.hpp"

namespace cvm::bindgen {

// One header to be.
struct Unit {
  std::string link_name;  // the instance it is linked as: `wasi:io/poll@0.2.12`, `host`, or "" for a world's own
  std::string key;        // for bindgen.txt: `wasi:io/poll`
  std::string docs;
  std::string outer;        // namespace of the struct: `cvm::wasi::io`
  std::string inner;        // name of the types' namespace in it: `poll`
  std::string struct_name;  // `Poll`
  std::string path;         // `wasi/io/poll.hpp`
  wit::Owner owner;
  std::vector<wit::TypeId> types;
  std::vector<const wit::Function*> functions;
};

// All units of a Resolve, and the names that their types have.
class UnitSet {
 public:
  UnitSet(const wit::Resolve& resolve, const Options& options);

  Result<void> Collect();

  const std::vector<Unit>& units() const { return units_; }
  const wit::Resolve& resolve() const { return resolve_; }
  const Options& options() const { return options_; }

  // The unit that a named type belongs to.
  const Unit& UnitOf(wit::TypeId id) const { return units_[unit_by_owner_.at(resolve_.at(id).owner)]; }
  // The bare C++ name of a named type.
  const std::string& NameOf(wit::TypeId id) const { return names_.at(id); }
  // `::cvm::wasi::io::poll::Pollable`
  std::string QualifiedName(wit::TypeId id) const;

  // A type as a value, from within namespace `outer::inner` (prefix ""), or from within `outer` (prefix `poll::`).
  std::string ValueType(const wit::Type& type, const std::string& prefix) const;
  // As a parameter: a view where that saves a copy.
  std::string ParamType(const wit::Type& type, const std::string& prefix) const;
  // What a type without a name, or an alias, stands for.
  std::string KindType(const wit::TypeDef& def, const std::string& prefix) const;
  // True where values can only be moved: something in it is owned.
  bool IsMoveOnly(const wit::Type& type) const;

 private:
  void AddInterface(wit::InterfaceId id);
  void AddInline(wit::WorldId world, const wit::WorldItem& item);
  void AddWorldItself(wit::WorldId id);
  void AddWorld(wit::WorldId id);
  void Add(Unit unit);
  std::string PackageNamespace(wit::PackageId id) const;
  std::string PackagePath(wit::PackageId id) const;
  std::string PackageKey(wit::PackageId id) const;

  const wit::Resolve& resolve_;
  const Options& options_;
  std::vector<Unit> units_;
  std::map<wit::Owner, size_t> unit_by_owner_;
  std::map<wit::TypeId, std::string> names_;
};

}  // namespace cvm::bindgen
