// Private to component/validate: core types within components, the types of core modules, and their matching.
//
// Every core type here is canonical: a concrete heap type or a function's type index is an id of the CanonicalTypes.
#pragma once

#include "component/validate/types.hpp"
#include "vm/types/features.hpp"
#include "vm/types/subtyping.hpp"
#include "vm/validate/module.hpp"

namespace cvm::component::validate {

struct ModuleType {
  struct CoreImport {
    std::string_view module;
    std::string_view name;
    ExternType type;
  };
  std::vector<CoreImport> imports;
  std::vector<std::pair<std::string_view, ExternType>> exports;
  absl::flat_hash_map<std::string, uint32_t> exports_by_name;

  // False if the name is taken.
  bool AddExport(std::string_view name, ExternType type);
  const ExternType* FindExport(std::string_view name) const;
};

// A core type space, of a component or of a module type.
class CoreTypeSpace {
 public:
  struct Item {
    std::shared_ptr<const ModuleType> module;  // of a module type
    uint32_t id = 0;                           // otherwise: canonical
  };
  // An item, "unknown type 3: type index out of bounds" if there is none.
  Result<Item> At(uint32_t index) const;
  // A type that is no module type.
  Result<uint32_t> IdAt(uint32_t index) const;

  void Add(std::shared_ptr<const ModuleType> module);
  // An alias of an outer type.
  Result<void> AddAlias(const Item& item, const CanonicalTypes& types);
  // A rec group whose indices are of this space.
  Result<void> AddGroup(const std::vector<SubType>& group, const Features& features, CanonicalTypes& types,
                        TypeTable& work);
  const std::vector<Item>& items() const { return items_; }
  // The types as a module would declare them; module types are stood in for by an empty function type.
  const ModuleData& as_module() const { return module_; }

 private:
  std::vector<Item> items_;
  ModuleData module_;
};

// An extern type of the space, checked and made canonical.
Result<ExternType> CheckExternType(const CoreTypeSpace& space, const ExternType& type, const Features& features,
                                   CanonicalTypes& types, TypeTable& work);

// The type of a module that was validated.
Result<std::shared_ptr<const ModuleType>> TypeOfModule(const ModuleData& module, std::span<const uint32_t> ids);
// "duplicate import name `m:n`": the two names of an import become one name of a component.
Result<void> CheckUniqueImports(const ModuleType& type);

// Matching; the error says how `a` differs from what `b` expects.
Result<void> MatchCore(const CanonicalTypes& types, const ExternType& a, const ExternType& b);
Result<void> MatchModule(const CanonicalTypes& types, TypeTable& work, const ModuleType& a, const ModuleType& b);

}  // namespace cvm::component::validate
