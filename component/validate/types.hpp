// The types of a component while it is checked, and what an item of an index space is. For component/validate, and for
// what is told of a component that was checked (validate.hpp: ReadWorld).
//
// A type is defined once and never changes. Its id is its name: an import or export of a type gives it a new id with
// the same contents, and the rule that exported types must be named (visibility.hpp) looks at ids. Resources have
// numbers of their own, the same under all ids. Contents are the model's own structs, with type ids in the place of
// indices.
//
// A component or instance type binds resources: those it imports and those it makes. All others that it mentions are
// free in it. The bound ones are replaced when the type is put to use (substitute.hpp).
//
// The table bounds what a hostile component can make it do: nesting and expanded size of a type, the number of parts of
// all types together, and the steps spent on comparing and replacing them.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "canonical-abi/types/flatten.hpp"
#include "component/model/component.hpp"
#include "vm/base/try.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm::component::validate {

using TypeId = uint32_t;
using ResourceId = uint32_t;

inline constexpr TypeId kNoType = UINT32_MAX;

// Parts (fields, cases, parameters, imports, exports) of all types of a component together.
inline constexpr uint64_t kMaxTypeParts = 1'000'000;
// Steps of comparing and replacing types.
inline constexpr uint64_t kMaxTypeWork = 10'000'000;
// Resources that one component or instance type makes or imports: each use of the type makes as many.
inline constexpr size_t kMaxBoundResources = 10'000;

struct ModuleType;

// What an import, an export or an instantiation argument is.
struct Entity {
  Sort sort = Sort::kFunc;                   // kCoreModule, kFunc, kType, kComponent or kInstance
  TypeId type = 0;                           // all but kCoreModule
  std::shared_ptr<const ModuleType> module;  // kCoreModule
};

// "func", "module" … as the suite's messages have them.
std::string_view EntityName(Sort sort);

// Imports or exports by name, in order.
class ItemMap {
 public:
  struct Item {
    std::string_view name;
    Entity entity;
    const ExternNameText* text = nullptr;  // the name with its attributes, in the component's model
  };
  const std::vector<Item>& items() const { return items_; }
  const Entity* Find(std::string_view name) const;
  // False if the name is taken.
  bool Add(std::string_view name, Entity entity, const ExternNameText* text = nullptr);

 private:
  std::vector<Item> items_;
  absl::flat_hash_map<std::string, uint32_t> by_name_;
};

struct ValueInfo {
  DefValType def;
  abi::ValType abi;  // for sizes and flattening: its resources mean nothing
};
struct FuncInfo {
  FuncTypeDef def;
  abi::FuncType abi;
};
// The type of a component, or of an instance (which has no imports).
struct World {
  ItemMap imports;
  ItemMap exports;
  std::vector<ResourceId> imported;  // bound by the imports
  std::vector<ResourceId> defined;   // bound by the exports; empty for an instance that exists
};

// The smallest and largest free resource of a type: most types have none, which saves looking into them.
struct ResourceRange {
  ResourceId lo = UINT32_MAX;
  ResourceId hi = 0;
  bool empty() const { return lo > hi; }
  void Add(ResourceId id) { *this = {std::min(lo, id), std::max(hi, id)}; }
  void Add(ResourceRange other) { *this = {std::min(lo, other.lo), std::max(hi, other.hi)}; }
  bool Meets(ResourceRange other) const { return !empty() && !other.empty() && lo <= other.hi && other.lo <= hi; }
};

struct Type {
  TypeDef::Kind kind = TypeDef::Kind::kValue;
  std::shared_ptr<const ValueInfo> value;  // kValue
  std::shared_ptr<const FuncInfo> func;    // kFunc
  std::shared_ptr<const World> world;      // kComponent, kInstance
  ResourceId resource = 0;                 // kResource
  ResourceRange free;
  TypeId copied_from = kNoType;  // the type that this is another name of
  uint32_t levels = 1;
  uint32_t size = 1;
};

// "defined type", "func" … of a type where another was expected.
std::string_view TypeKindDescription(TypeDef::Kind kind);

class TypeTable {
 public:
  // The limits must outlive the table.
  explicit TypeTable(const LoadLimits& limits) : limits_(limits) {}

  const LoadLimits& limits() const { return limits_; }
  const Type& operator[](TypeId id) const { return types_[id]; }

  // A value type. `abi` is given where it is known already.
  Result<TypeId> AddValue(DefValType def, const abi::ValType* abi = nullptr);
  Result<TypeId> AddFunc(FuncTypeDef def, const abi::FuncType* abi = nullptr);
  Result<TypeId> AddResource(ResourceId resource);
  Result<TypeId> AddWorld(TypeDef::Kind kind, World world);
  // The same type under a new id.
  Result<TypeId> Copy(TypeId id);

  ResourceId NewResource() { return next_resource_++; }
  ResourceId next_resource() const { return next_resource_; }

  abi::ValType AbiOf(const ValTypeRef& type) const;
  // The free resources of items that are `from` or above, in the order met.
  Result<std::vector<ResourceId>> FreeResources(const ItemMap& items, ResourceId from);

  // Counts steps of work.
  Result<void> Work(uint64_t steps = 1);

 private:
  Result<TypeId> Add(Type type, uint64_t parts);
  void Include(Type& type, TypeId part) const;
  void Include(Type& type, const ValTypeRef& part) const;
  Result<abi::ValType> MakeAbi(const DefValType& def) const;

  const LoadLimits& limits_;
  std::deque<Type> types_;
  ResourceId next_resource_ = 0;
  uint64_t parts_ = 0;
  uint64_t work_ = 0;
};

// Calls `visit` for each type that the contents of `type` mention (all but those of worlds).
template <class Visit>
void ForEachValuePart(const DefValType& def, Visit visit) {
  const auto one = [&visit](const ValTypeRef& ref) {
    if (const uint32_t* id = std::get_if<uint32_t>(&ref)) visit(*id);
  };
  if (def.first) one(*def.first);
  if (def.second) one(*def.second);
  for (const LabelledType& field : def.fields) one(field.type);
  for (const LabelledCase& c : def.cases) {
    if (c.type) one(*c.type);
  }
  for (const ValTypeRef& type : def.types) one(type);
  if (def.kind == abi::TypeKind::kOwn || def.kind == abi::TypeKind::kBorrow) visit(def.resource);
}
template <class Visit>
void ForEachFuncPart(const FuncTypeDef& def, Visit visit) {
  const auto one = [&visit](const ValTypeRef& ref) {
    if (const uint32_t* id = std::get_if<uint32_t>(&ref)) visit(*id);
  };
  for (const LabelledType& param : def.params) one(param.type);
  if (def.result) one(*def.result);
}

}  // namespace cvm::component::validate
