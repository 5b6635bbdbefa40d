#include "component/validate/types.hpp"

#include "absl/container/flat_hash_set.h"

namespace cvm::component::validate {
namespace {

static_assert(LoadLimits().type_depth == abi::kMaxTypeDepth && LoadLimits().type_size == abi::kMaxTypeSize &&
                  LoadLimits().flags == abi::kMaxFlags,
              "the defaults are what the canonical ABI can do at most");

Error TypeError(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }

uint32_t SaturatingAdd(uint32_t a, uint32_t b) { return a > UINT32_MAX - b ? UINT32_MAX : a + b; }

std::vector<std::string> Strings(const std::vector<std::string_view>& views) {
  return std::vector<std::string>(views.begin(), views.end());
}

// Collects free resources, skipping types that have none and types seen before.
class Collector {
 public:
  Collector(TypeTable& types, ResourceId from) : types_(types), from_(from) {}

  Result<void> Visit(const ItemMap& items) {
    for (const ItemMap::Item& item : items.items()) {
      if (item.entity.sort != Sort::kCoreModule) CVM_RETURN_IF_ERROR(Visit(item.entity.type));
    }
    return {};
  }

  std::vector<ResourceId> Take() {
    std::erase_if(found_, [this](ResourceId id) { return bound_.contains(id); });
    return std::move(found_);
  }

 private:
  Result<void> Visit(TypeId id) {
    const Type& type = types_[id];
    if (type.free.empty() || type.free.hi < from_ || !seen_.insert(id).second) return {};
    CVM_RETURN_IF_ERROR(types_.Work());
    if (type.kind == TypeDef::Kind::kResource) {
      if (resources_.insert(type.resource).second) found_.push_back(type.resource);
      return {};
    }
    if (type.world != nullptr) {
      bound_.insert(type.world->imported.begin(), type.world->imported.end());
      bound_.insert(type.world->defined.begin(), type.world->defined.end());
      CVM_RETURN_IF_ERROR(Visit(type.world->imports));
      return Visit(type.world->exports);
    }
    std::vector<TypeId> parts;
    const auto add = [&parts](TypeId part) { parts.push_back(part); };
    if (type.value != nullptr) ForEachValuePart(type.value->def, add);
    if (type.func != nullptr) ForEachFuncPart(type.func->def, add);
    for (const TypeId part : parts) CVM_RETURN_IF_ERROR(Visit(part));
    return {};
  }

  TypeTable& types_;
  ResourceId from_;
  absl::flat_hash_set<TypeId> seen_;
  absl::flat_hash_set<ResourceId> resources_;
  absl::flat_hash_set<ResourceId> bound_;  // by a component or instance type on the way
  std::vector<ResourceId> found_;
};

}  // namespace

std::string_view EntityName(Sort sort) { return sort == Sort::kCoreModule ? "module" : SortName(sort); }

std::string_view TypeKindDescription(TypeDef::Kind kind) {
  constexpr std::string_view kNames[] = {"defined type", "func", "resource", "component", "instance"};
  return kNames[static_cast<size_t>(kind)];
}

const Entity* ItemMap::Find(std::string_view name) const {
  const auto it = by_name_.find(std::string(name));
  return it == by_name_.end() ? nullptr : &items_[it->second].entity;
}

bool ItemMap::Add(std::string_view name, Entity entity, const ExternNameText* text) {
  if (!by_name_.emplace(std::string(name), static_cast<uint32_t>(items_.size())).second) return false;
  items_.push_back({name, std::move(entity), text});
  return true;
}

Result<void> TypeTable::Work(uint64_t steps) {
  work_ += steps;
  if (work_ <= kMaxTypeWork) return {};
  return LimitError("types take too long to check");
}

void TypeTable::Include(Type& type, TypeId part) const {
  const Type& p = types_[part];
  type.free.Add(p.free);
  type.levels = std::max(type.levels, p.levels + 1);
  type.size = SaturatingAdd(type.size, p.size);
}

Result<TypeId> TypeTable::Add(Type type, uint64_t parts) {
  parts_ += parts + 1;
  if (parts_ > kMaxTypeParts) return LimitError("too many types");
  // Value types nest as deep as is allowed, and component and instance types around them.
  if (type.levels > 2 * limits_.type_depth) return LimitExceeded(limits_, &LoadLimits::type_depth, type.levels);
  CVM_RETURN_IF_ERROR(CheckLimit(limits_, &LoadLimits::type_size, type.size));
  types_.push_back(std::move(type));
  return static_cast<TypeId>(types_.size() - 1);
}

Result<TypeId> TypeTable::AddValue(DefValType def, const abi::ValType* abi) {
  Type type;
  type.kind = TypeDef::Kind::kValue;
  ForEachValuePart(def, [&](TypeId part) { Include(type, part); });
  const uint64_t parts = def.fields.size() + def.cases.size() + def.types.size() + def.labels.size();
  if (abi == nullptr) {
    CVM_ASSIGN_OR_RETURN(const abi::ValType made, MakeAbi(def));
    type.value = std::make_shared<ValueInfo>(ValueInfo{std::move(def), made});
  } else {
    type.value = std::make_shared<ValueInfo>(ValueInfo{std::move(def), *abi});
  }
  CVM_RETURN_IF_ERROR(CheckLimit(limits_, &LoadLimits::type_depth, abi::TypeDepth(type.value->abi)));
  type.size = abi::ExpandedTypeSize(type.value->abi);
  return Add(std::move(type), parts);
}

Result<TypeId> TypeTable::AddFunc(FuncTypeDef def, const abi::FuncType* abi) {
  Type type;
  type.kind = TypeDef::Kind::kFunc;
  ForEachFuncPart(def, [&](TypeId part) { Include(type, part); });
  const uint64_t parts = def.params.size() + 1;
  FuncInfo info;
  if (abi != nullptr) {
    info.abi = *abi;
  } else {
    info.abi.async = def.async;
    for (const LabelledType& param : def.params) info.abi.params.emplace_back(param.label, AbiOf(param.type));
    if (def.result) info.abi.result = AbiOf(*def.result);
  }
  info.def = std::move(def);
  type.func = std::make_shared<FuncInfo>(std::move(info));
  return Add(std::move(type), parts);
}

Result<TypeId> TypeTable::AddResource(ResourceId resource) {
  Type type;
  type.kind = TypeDef::Kind::kResource;
  type.resource = resource;
  type.free.Add(resource);
  return Add(std::move(type), 1);
}

Result<TypeId> TypeTable::AddWorld(TypeDef::Kind kind, World world) {
  if (world.imported.size() + world.defined.size() > kMaxBoundResources) {
    return LimitError("too many resources in a component or instance type");
  }
  Type type;
  type.kind = kind;
  for (const ItemMap* items : {&world.imports, &world.exports}) {
    for (const ItemMap::Item& item : items->items()) {
      if (item.entity.sort != Sort::kCoreModule) Include(type, item.entity.type);
      type.size = SaturatingAdd(type.size, 1);
    }
  }
  // Where resources are bound, the free ones are those that remain.
  const bool binds = !world.imported.empty() || !world.defined.empty();
  if (binds && !type.free.empty()) {
    type.free = {};
    for (const ItemMap* items : {&world.imports, &world.exports}) {
      CVM_ASSIGN_OR_RETURN(const std::vector<ResourceId> mentioned, FreeResources(*items, 0));
      const absl::flat_hash_set<ResourceId> imported(world.imported.begin(), world.imported.end());
      const absl::flat_hash_set<ResourceId> defined(world.defined.begin(), world.defined.end());
      for (const ResourceId id : mentioned) {
        if (!imported.contains(id) && !defined.contains(id)) type.free.Add(id);
      }
    }
  }
  const uint64_t parts = world.imports.items().size() + world.exports.items().size();
  type.world = std::make_shared<World>(std::move(world));
  return Add(std::move(type), parts);
}

Result<TypeId> TypeTable::Copy(TypeId id) {
  Type copy = types_[id];
  copy.copied_from = id;
  return Add(std::move(copy), 0);
}

abi::ValType TypeTable::AbiOf(const ValTypeRef& type) const {
  if (const abi::TypeKind* kind = std::get_if<abi::TypeKind>(&type)) return abi::ValType(*kind);
  return types_[std::get<uint32_t>(type)].value->abi;
}

Result<abi::ValType> TypeTable::MakeAbi(const DefValType& def) const {
  using abi::TypeKind;
  const auto optional = [this](const std::optional<ValTypeRef>& type) {
    return type ? std::optional<abi::ValType>(AbiOf(*type)) : std::nullopt;
  };
  if (def.kind <= TypeKind::kErrorContext) return abi::ValType(def.kind);
  if (def.kind == TypeKind::kList && def.length) return abi::FixedListType(AbiOf(*def.first), *def.length);
  if (def.kind == TypeKind::kList) return abi::ListType(AbiOf(*def.first));
  if (def.kind == TypeKind::kOption) return abi::OptionType(AbiOf(*def.first));
  if (def.kind == TypeKind::kResult) return abi::ResultType(optional(def.first), optional(def.second));
  if (def.kind == TypeKind::kMap) return abi::MapType(AbiOf(*def.first), AbiOf(*def.second));
  if (def.kind == TypeKind::kEnum) return abi::EnumType(Strings(def.labels));
  if (def.kind == TypeKind::kFlags) return abi::FlagsType(Strings(def.labels));
  if (def.kind == TypeKind::kOwn) return abi::OwnType(abi::ResourceIndex(0));
  if (def.kind == TypeKind::kBorrow) return abi::BorrowType(abi::ResourceIndex(0));
  if (def.kind == TypeKind::kStream) return abi::StreamType(optional(def.first));
  if (def.kind == TypeKind::kFuture) return abi::FutureType(optional(def.first));
  if (def.kind == TypeKind::kRecord) {
    std::vector<abi::FieldType> fields;
    for (const LabelledType& f : def.fields) fields.push_back({std::string(f.label), AbiOf(f.type)});
    return abi::RecordType(std::move(fields));
  }
  if (def.kind == TypeKind::kTuple) {
    std::vector<abi::ValType> types;
    for (const ValTypeRef& t : def.types) types.push_back(AbiOf(t));
    return abi::TupleType(std::move(types));
  }
  if (def.kind == TypeKind::kVariant) {
    std::vector<abi::CaseType> cases;
    for (const LabelledCase& c : def.cases) cases.push_back({std::string(c.label), optional(c.type)});
    return abi::VariantType(std::move(cases));
  }
  return TypeError("unknown kind of value type");
}

Result<std::vector<ResourceId>> TypeTable::FreeResources(const ItemMap& items, ResourceId from) {
  Collector collector(*this, from);
  CVM_RETURN_IF_ERROR(collector.Visit(items));
  return collector.Take();
}

}  // namespace cvm::component::validate
