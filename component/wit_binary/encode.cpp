#include "component/wit_binary/encode.hpp"

#include <map>
#include <set>

#include "component/wit_binary/package_docs.hpp"
#include "vm/base/try.hpp"

namespace cvm::wit {
namespace {

using component::AliasDef;
using component::ComponentTypeDef;
using component::DefValType;
using component::ExportDef;
using component::ExternDesc;
using component::ExternNameText;
using component::ImportDef;
using component::Sort;
using component::ValTypeRef;
using ValKind = abi::TypeKind;
using ModelType = component::TypeDef;

static_assert(static_cast<int>(Prim::kF64) == static_cast<int>(ValKind::kF64));
static_assert(static_cast<int>(Prim::kErrorContext) == static_cast<int>(ValKind::kErrorContext));
ValKind KindOf(Prim prim) { return static_cast<ValKind>(prim); }

// A component or instance type in the making: its declarations, and what its index spaces hold.
struct Scope {
  std::shared_ptr<ComponentTypeDef> def = std::make_shared<ComponentTypeDef>();
  Scope* outer = nullptr;
  const World* world = nullptr;  // whose items it declares; its types are imports, those of an interface exports
  uint32_t types = 0;
  uint32_t instances = 0;
  std::map<TypeId, uint32_t> named = {};                         // types that have a name here
  std::map<std::string, uint32_t> anonymous = {};                // by their text
  std::map<InterfaceId, uint32_t> interfaces = {};               // instances
  std::map<std::pair<uint32_t, TypeId>, uint32_t> aliases = {};  // types of instances
  std::set<const WorldItem*> declared = {};

  void Add(decltype(ComponentTypeDef::Decl::what) what) { def->decls.push_back({0, std::move(what)}); }
  uint32_t AddType(ModelType type) {
    Add(std::move(type));
    return types++;
  }
  uint32_t AddValue(DefValType value) {
    ModelType type;
    type.value = std::move(value);
    return AddType(std::move(type));
  }
  uint32_t AddScope(const Scope& inner, ModelType::Kind kind) {
    ModelType type;
    type.kind = kind;
    type.decls = inner.def;
    return AddType(std::move(type));
  }
};

ExternDesc DescOf(Sort sort, uint32_t type) {
  ExternDesc desc;
  desc.sort = sort;
  desc.type = type;
  if (sort == Sort::kType) desc.bound = {false, type};
  return desc;
}
ExternDesc NewResource() {
  ExternDesc desc;
  desc.sort = Sort::kType;
  desc.bound.sub_resource = true;
  return desc;
}

class Encoder {
 public:
  explicit Encoder(const Resolve& resolve) : resolve_(resolve) {}

  Result<std::shared_ptr<const component::Component>> Run(PackageId id);

 private:
  std::string_view Keep(std::string text) { return strings_->emplace_back(std::move(text)); }
  ExternNameText NameText(const std::string& name, const Meta& meta);
  // An import or export of a component type, or an export of an instance type.
  void Declare(Scope& scope, bool import, const ExternNameText& name, const ExternDesc& desc);

  Result<ValTypeRef> Ref(Scope& scope, const Type& type);
  Result<std::optional<ValTypeRef>> Ref(Scope& scope, const std::optional<Type>& type);
  struct ValueMaker;
  Result<uint32_t> NamedType(Scope& scope, TypeId id);
  Result<uint32_t> DeclareType(Scope& scope, TypeId id);
  Result<uint32_t> AliasedType(Scope& scope, const TypeDef& def, const Alias& alias);
  Result<uint32_t> UsedType(Scope& scope, TypeId target);
  Result<bool> ImportInterface(Scope& scope, const InterfaceId* id);
  Result<void> AddFunction(Scope& scope, const Function& function, bool import);
  Result<uint32_t> InstanceType(Scope& outer, InterfaceId id, bool functions);
  std::set<InterfaceId> UsesOf(InterfaceId id) const;
  Result<void> ImportUsed(Scope& scope, InterfaceId id);
  Result<void> AddItem(Scope& scope, const WorldItem& item, bool import);
  std::vector<const WorldItem*> OrderedExports(const World& world) const;
  // The component type around an interface or world, as an export of the package.
  void Wrap(const std::string& name, const std::string& full, Sort sort, Scope around, uint32_t type);

  const Resolve& resolve_;
  std::shared_ptr<std::deque<std::string>> strings_ = std::make_shared<std::deque<std::string>>();
  component::Component component_;
  uint32_t root_types_ = 0;
};

ExternNameText Encoder::NameText(const std::string& name, const Meta& meta) {
  ExternNameText text;
  text.name = Keep(name);
  if (meta.external_id.has_value()) text.external_id = Keep(*meta.external_id);
  return text;
}

void Encoder::Declare(Scope& scope, bool import, const ExternNameText& name, const ExternDesc& desc) {
  if (import) {
    scope.Add(ImportDef{name, desc});
  } else {
    scope.Add(ExportDef{name, {}, desc});
  }
  if (desc.sort == Sort::kType) ++scope.types;
  if (desc.sort == Sort::kInstance) ++scope.instances;
}

// ---- types

// What a type stands for, its parts defined before it.
struct Encoder::ValueMaker {
  Encoder& encoder;
  Scope& scope;

  Result<DefValType> One(ValKind kind, const std::optional<Type>& first,
                         const std::optional<Type>& second = std::nullopt) const {
    DefValType value;
    value.kind = kind;
    CVM_ASSIGN_OR_RETURN(value.first, encoder.Ref(scope, first));
    CVM_ASSIGN_OR_RETURN(value.second, encoder.Ref(scope, second));
    return value;
  }
  DefValType Labels(ValKind kind, const std::vector<Case>& cases) const {
    DefValType value;
    value.kind = kind;
    for (const Case& c : cases) value.labels.push_back(encoder.Keep(c.name));
    return value;
  }

  Result<DefValType> operator()(const Record& record) const {
    DefValType value;
    value.kind = ValKind::kRecord;
    for (const Field& field : record.fields) {
      CVM_ASSIGN_OR_RETURN(const ValTypeRef type, encoder.Ref(scope, field.type));
      value.fields.push_back({encoder.Keep(field.name), type});
    }
    return value;
  }
  Result<DefValType> operator()(const Variant& variant) const {
    DefValType value;
    value.kind = ValKind::kVariant;
    for (const Case& c : variant.cases) {
      CVM_ASSIGN_OR_RETURN(const std::optional<ValTypeRef> type, encoder.Ref(scope, c.payload));
      value.cases.push_back({encoder.Keep(c.name), type});
    }
    return value;
  }
  Result<DefValType> operator()(const Tuple& tuple) const {
    DefValType value;
    value.kind = ValKind::kTuple;
    for (const Type& part : tuple.types) {
      CVM_ASSIGN_OR_RETURN(const ValTypeRef type, encoder.Ref(scope, part));
      value.types.push_back(type);
    }
    return value;
  }
  Result<DefValType> operator()(const List& list) const {
    CVM_ASSIGN_OR_RETURN(DefValType value, One(ValKind::kList, list.element));
    value.length = list.length;
    return value;
  }
  Result<DefValType> operator()(const Handle& handle) const {
    DefValType value;
    value.kind = handle.borrow ? ValKind::kBorrow : ValKind::kOwn;
    CVM_ASSIGN_OR_RETURN(value.resource, encoder.NamedType(scope, handle.resource));
    return value;
  }
  Result<DefValType> operator()(const Enum& t) const { return Labels(ValKind::kEnum, t.cases); }
  Result<DefValType> operator()(const Flags& t) const { return Labels(ValKind::kFlags, t.flags); }
  Result<DefValType> operator()(const Map& t) const { return One(ValKind::kMap, Type(t.key), t.value); }
  Result<DefValType> operator()(const Option& t) const { return One(ValKind::kOption, t.some); }
  Result<DefValType> operator()(const ResultType& t) const { return One(ValKind::kResult, t.ok, t.err); }
  Result<DefValType> operator()(const Future& t) const { return One(ValKind::kFuture, t.element); }
  Result<DefValType> operator()(const Stream& t) const { return One(ValKind::kStream, t.element); }
  Result<DefValType> operator()(const Alias&) const { return CVM_BUG("an alias is a name, not a value"); }
  Result<DefValType> operator()(const Resource&) const { return CVM_BUG("a resource is not a value"); }
};

// Types without a name are defined where they are first mentioned. They nest at most kMaxTypeDepth deep.
Result<ValTypeRef> Encoder::Ref(Scope& scope, const Type& type) {
  if (const Prim* prim = std::get_if<Prim>(&type)) return ValTypeRef(KindOf(*prim));
  const TypeId id = std::get<TypeId>(type);
  const TypeDef& def = resolve_.at(id);
  if (!def.name.empty()) {
    CVM_ASSIGN_OR_RETURN(const uint32_t named, NamedType(scope, id));
    return ValTypeRef(named);
  }
  const std::string text = resolve_.TypeText(type);
  if (const auto it = scope.anonymous.find(text); it != scope.anonymous.end()) return ValTypeRef(it->second);
  CVM_ASSIGN_OR_RETURN(DefValType value, std::visit(ValueMaker{*this, scope}, def.kind));
  const uint32_t index = scope.AddValue(std::move(value));
  scope.anonymous.emplace(text, index);
  return ValTypeRef(index);
}

Result<std::optional<ValTypeRef>> Encoder::Ref(Scope& scope, const std::optional<Type>& type) {
  if (!type.has_value()) return std::optional<ValTypeRef>();
  CVM_ASSIGN_OR_RETURN(const ValTypeRef ref, Ref(scope, *type));
  return std::optional(ref);
}

// The type of another interface, whose instance the scope holds, or the one around it.
Result<uint32_t> Encoder::UsedType(Scope& scope, TypeId target) {
  const TypeDef& def = resolve_.at(target);
  const InterfaceId* owner = std::get_if<InterfaceId>(&def.owner);
  const auto instance = owner == nullptr ? scope.interfaces.end() : scope.interfaces.find(*owner);
  if (instance == scope.interfaces.end()) {
    CVM_ASSIGN_OR_RETURN(const bool imported, ImportInterface(scope, owner));
    if (imported) return UsedType(scope, target);
    if (scope.outer == nullptr) return CVM_BUG("the interface of type `" + def.name + "` is not imported");
    CVM_ASSIGN_OR_RETURN(const uint32_t outer, UsedType(*scope.outer, target));
    AliasDef alias;
    alias.kind = AliasDef::Kind::kOuter;
    alias.sort = Sort::kType;
    alias.outer_count = 1;
    alias.outer_index = outer;
    scope.Add(std::move(alias));
    return scope.types++;
  }
  const auto [it, added] = scope.aliases.emplace(std::pair(instance->second, target), scope.types);
  if (!added) return it->second;
  AliasDef alias;
  alias.sort = Sort::kType;
  alias.instance = instance->second;
  alias.name = Keep(def.name);
  scope.Add(std::move(alias));
  return scope.types++;
}

// A world may mention an interface before it imports it.
Result<bool> Encoder::ImportInterface(Scope& scope, const InterfaceId* id) {
  if (scope.world == nullptr || id == nullptr) return false;
  for (const WorldItem& item : scope.world->imports) {
    const InterfaceId* imported = std::get_if<InterfaceId>(&item.item);
    if (imported == nullptr || item.plain_name || *imported != *id || scope.declared.count(&item) != 0) continue;
    CVM_RETURN_IF_ERROR(AddItem(scope, item, /*import=*/true));
    return scope.interfaces.count(*id) != 0;
  }
  return false;
}

// The index of a type that has a name. In WIT it may be mentioned before it is declared, here it may not. Types nest at
// most kMaxTypeDepth deep by name, too.
Result<uint32_t> Encoder::NamedType(Scope& scope, TypeId id) {
  if (const auto it = scope.named.find(id); it != scope.named.end()) return it->second;
  CVM_ASSIGN_OR_RETURN(const uint32_t index, DeclareType(scope, id));
  scope.named[id] = index;
  return index;
}

Result<uint32_t> Encoder::AliasedType(Scope& scope, const TypeDef& def, const Alias& alias) {
  if (def.used) return UsedType(scope, std::get<TypeId>(alias.target));
  if (const TypeId* target = std::get_if<TypeId>(&alias.target)) return NamedType(scope, *target);
  DefValType value;
  value.kind = KindOf(std::get<Prim>(alias.target));
  return scope.AddValue(std::move(value));
}

Result<uint32_t> Encoder::DeclareType(Scope& scope, TypeId id) {
  const TypeDef& def = resolve_.at(id);
  const bool import = scope.world != nullptr;
  if (std::holds_alternative<Resource>(def.kind)) {
    Declare(scope, import, NameText(def.name, def.meta), NewResource());
    return scope.types - 1;
  }
  uint32_t eq = 0;
  if (const Alias* alias = std::get_if<Alias>(&def.kind)) {
    CVM_ASSIGN_OR_RETURN(eq, AliasedType(scope, def, *alias));
  } else {
    CVM_ASSIGN_OR_RETURN(DefValType value, std::visit(ValueMaker{*this, scope}, def.kind));
    eq = scope.AddValue(std::move(value));
  }
  Declare(scope, import, NameText(def.name, def.meta), DescOf(Sort::kType, eq));
  return scope.types - 1;
}

Result<void> Encoder::AddFunction(Scope& scope, const Function& function, bool import) {
  ModelType type;
  type.kind = ModelType::Kind::kFunc;
  type.func.async = function.is_async;
  for (const Param& param : function.params) {
    CVM_ASSIGN_OR_RETURN(const ValTypeRef ref, Ref(scope, param.type));
    type.func.params.push_back({Keep(param.name), ref});
  }
  CVM_ASSIGN_OR_RETURN(type.func.result, Ref(scope, function.result));
  const uint32_t index = scope.AddType(std::move(type));
  Declare(scope, import, NameText(function.name, function.meta), DescOf(Sort::kFunc, index));
  return {};
}

// ---- interfaces

Result<uint32_t> Encoder::InstanceType(Scope& outer, InterfaceId id, bool functions) {
  const Interface& interface = resolve_.at(id);
  Scope scope;
  scope.outer = &outer;
  for (TypeId type : interface.types) CVM_RETURN_IF_ERROR(NamedType(scope, type));
  for (const Function& function : interface.functions) {
    if (functions) CVM_RETURN_IF_ERROR(AddFunction(scope, function, /*import=*/false));
  }
  return outer.AddScope(scope, ModelType::Kind::kInstance);
}

// The interfaces that it takes types from.
std::set<InterfaceId> Encoder::UsesOf(InterfaceId id) const {
  std::set<InterfaceId> uses;
  for (TypeId type : resolve_.at(id).types) {
    const TypeDef& def = resolve_.at(type);
    if (!def.used) continue;
    const Owner& owner = resolve_.at(std::get<TypeId>(std::get<Alias>(def.kind).target)).owner;
    if (const InterfaceId* used = std::get_if<InterfaceId>(&owner)) uses.insert(*used);
  }
  return uses;
}

// Imports the types of all that the interface uses, each behind what it uses itself.
Result<void> Encoder::ImportUsed(Scope& scope, InterfaceId id) {
  std::vector<std::pair<InterfaceId, std::vector<InterfaceId>>> stack;
  const auto open = [&](InterfaceId at) {
    const std::set<InterfaceId> uses = UsesOf(at);
    stack.emplace_back(at, std::vector<InterfaceId>(uses.rbegin(), uses.rend()));
  };
  open(id);
  while (!stack.empty()) {
    auto& [at, uses] = stack.back();
    if (!uses.empty()) {
      const InterfaceId next = uses.back();
      uses.pop_back();
      if (scope.interfaces.count(next) == 0) open(next);
      continue;
    }
    const InterfaceId done = at;
    stack.pop_back();
    if (done == id || scope.interfaces.count(done) != 0) continue;
    CVM_ASSIGN_OR_RETURN(const uint32_t type, InstanceType(scope, done, /*functions=*/false));
    Declare(scope, /*import=*/true, NameText(resolve_.InterfaceName(done), {}), DescOf(Sort::kInstance, type));
    scope.interfaces[done] = scope.instances - 1;
  }
  return {};
}

// ---- worlds

Result<void> Encoder::AddItem(Scope& scope, const WorldItem& item, bool import) {
  if (!scope.declared.insert(&item).second) return {};
  if (const Function* function = std::get_if<Function>(&item.item)) {
    Function named = *function;
    named.meta.external_id = item.meta.external_id;
    return AddFunction(scope, named, import);
  }
  if (const TypeId* type = std::get_if<TypeId>(&item.item)) {
    CVM_RETURN_IF_ERROR(NamedType(scope, *type));
    return {};
  }
  const InterfaceId id = std::get<InterfaceId>(item.item);
  CVM_ASSIGN_OR_RETURN(const uint32_t type, InstanceType(scope, id, /*functions=*/true));
  ExternNameText name = NameText(item.name, item.meta);
  const bool implements = item.plain_name && !resolve_.at(id).name.empty();
  if (implements) name.implements = Keep(resolve_.InterfaceName(id));
  Declare(scope, import, name, DescOf(Sort::kInstance, type));
  if (!implements) scope.interfaces[id] = scope.instances - 1;
  return {};
}

// Exported interfaces behind those exported ones that they use.
std::vector<const WorldItem*> Encoder::OrderedExports(const World& world) const {
  std::map<InterfaceId, const WorldItem*> exported;
  for (const WorldItem& item : world.exports) {
    const InterfaceId* id = std::get_if<InterfaceId>(&item.item);
    if (id != nullptr && (!item.plain_name || resolve_.at(*id).name.empty())) exported.emplace(*id, &item);
  }
  std::vector<const WorldItem*> order;
  std::set<const WorldItem*> opened;
  std::vector<std::pair<const WorldItem*, std::vector<InterfaceId>>> stack;
  const auto open = [&](const WorldItem* item) {
    if (!opened.insert(item).second) return;
    const InterfaceId* id = std::get_if<InterfaceId>(&item->item);
    const std::set<InterfaceId> uses = id == nullptr ? std::set<InterfaceId>() : UsesOf(*id);
    stack.emplace_back(item, std::vector<InterfaceId>(uses.rbegin(), uses.rend()));
  };
  for (const WorldItem& item : world.exports) {
    open(&item);
    while (!stack.empty()) {
      auto& [at, uses] = stack.back();
      if (uses.empty()) {
        order.push_back(at);
        stack.pop_back();
        continue;
      }
      const auto next = exported.find(uses.back());
      uses.pop_back();
      if (next != exported.end()) open(next->second);
    }
  }
  return order;
}

// ---- the package

void Encoder::Wrap(const std::string& name, const std::string& full, Sort sort, Scope around, uint32_t type) {
  Declare(around, /*import=*/false, NameText(full, {}), DescOf(sort, type));
  ModelType wrapper;
  wrapper.kind = ModelType::Kind::kComponent;
  wrapper.decls = around.def;
  component_.definitions.push_back({0, std::move(wrapper)});
  ExportDef exported;
  exported.name = NameText(name, {});
  exported.what = {Sort::kType, root_types_};
  component_.definitions.push_back({0, std::move(exported)});
  root_types_ += 2;
}

Result<std::shared_ptr<const component::Component>> Encoder::Run(PackageId id) {
  const Package& package = resolve_.at(id);
  for (InterfaceId interface : package.interfaces) {
    Scope around;
    CVM_RETURN_IF_ERROR(ImportUsed(around, interface));
    CVM_ASSIGN_OR_RETURN(const uint32_t type, InstanceType(around, interface, /*functions=*/true));
    Wrap(resolve_.at(interface).name, resolve_.InterfaceName(interface), Sort::kInstance, std::move(around), type);
  }
  for (WorldId world : package.worlds) {
    Scope inner;
    inner.world = &resolve_.at(world);
    for (const WorldItem& item : resolve_.at(world).imports) CVM_RETURN_IF_ERROR(AddItem(inner, item, true));
    for (const WorldItem* item : OrderedExports(resolve_.at(world))) CVM_RETURN_IF_ERROR(AddItem(inner, *item, false));
    Scope around;
    const uint32_t type = around.AddScope(inner, ModelType::Kind::kComponent);
    Wrap(resolve_.at(world).name, resolve_.WorldName(world), Sort::kComponent, std::move(around), type);
  }
  const std::vector<uint8_t> docs = WritePackageDocs(CollectPackageDocs(resolve_, id));
  constexpr size_t kEmptyDocs = 3;  // the version and `{}`
  if (docs.size() > kEmptyDocs) {
    const std::string& kept = strings_->emplace_back(docs.begin(), docs.end());
    component_.customs.push_back(
        {kPackageDocsSection, Bytes(reinterpret_cast<const uint8_t*>(kept.data()), kept.size()), 0});
  }
  component_.strings = strings_;
  return std::make_shared<const component::Component>(std::move(component_));
}

}  // namespace

Result<std::shared_ptr<const component::Component>> EncodeWit(const Resolve& resolve, PackageId package) {
  return Encoder(resolve).Run(package);
}

}  // namespace cvm::wit
