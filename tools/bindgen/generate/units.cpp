#include "tools/bindgen/generate/units.hpp"

#include <algorithm>

#include "tools/bindgen/generate/names.hpp"
#include "vm/base/try.hpp"

namespace cvm::bindgen {
namespace {

using wit::Prim;

constexpr std::pair<Prim, const char*> kPrims[] = {
    {Prim::kBool, "bool"},          {Prim::kS8, "int8_t"},
    {Prim::kU8, "uint8_t"},         {Prim::kS16, "int16_t"},
    {Prim::kU16, "uint16_t"},       {Prim::kS32, "int32_t"},
    {Prim::kU32, "uint32_t"},       {Prim::kS64, "int64_t"},
    {Prim::kU64, "uint64_t"},       {Prim::kF32, "float"},
    {Prim::kF64, "double"},         {Prim::kChar, "char32_t"},
    {Prim::kString, "std::string"}, {Prim::kErrorContext, "cvm::ErrorContext"},
};

const char* PrimType(Prim prim) {
  const auto* found =
      std::find_if(std::begin(kPrims), std::end(kPrims), [&](const auto& row) { return row.first == prim; });
  return found->second;
}

// `a:b/c` with every part in snake case, joined by `separator`.
std::string JoinParts(const std::string& text, const std::string& separator) {
  std::string joined;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find_first_of(":/", begin), text.size());
    joined += (joined.empty() ? "" : separator) + SnakeCase(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return joined;
}

}  // namespace

UnitSet::UnitSet(const wit::Resolve& resolve, const Options& options) : resolve_(resolve), options_(options) {}

std::string UnitSet::PackageNamespace(wit::PackageId id) const {
  const wit::PackageName& name = resolve_.at(id).name;
  const auto mapped = options_.namespaces.find(name.ns);
  const std::string outer = mapped != options_.namespaces.end() ? mapped->second : JoinParts(name.ns, "::");
  return outer + "::" + JoinParts(name.name, "::");
}

std::string UnitSet::PackagePath(wit::PackageId id) const { return JoinParts(resolve_.at(id).name.Path(), "/"); }
std::string UnitSet::PackageKey(wit::PackageId id) const { return resolve_.at(id).name.Path(); }

void UnitSet::Add(Unit unit) {
  if (unit_by_owner_.count(unit.owner) != 0) return;
  NameScope names;
  for (wit::TypeId id : unit.types) names_[id] = names.Take(CamelCase(resolve_.at(id).name));
  unit_by_owner_[unit.owner] = units_.size();
  units_.push_back(std::move(unit));
}

void UnitSet::AddInterface(wit::InterfaceId id) {
  const wit::Interface& interface = resolve_.at(id);
  Unit unit;
  unit.link_name = resolve_.InterfaceName(id);
  unit.key = PackageKey(interface.package) + "/" + interface.name;
  unit.docs = interface.meta.docs;
  unit.outer = PackageNamespace(interface.package);
  unit.inner = SnakeCase(interface.name);
  unit.struct_name = CamelCase(interface.name);
  unit.path = PackagePath(interface.package) + "/" + unit.inner + ".hpp";
  unit.owner = id;
  unit.types = interface.types;
  for (const wit::Function& function : interface.functions) unit.functions.push_back(&function);
  Add(std::move(unit));
}

// An import with a plain name: an interface written inline. (One that implements a named interface has that one's
// unit.)
void UnitSet::AddInline(wit::WorldId world_id, const wit::WorldItem& item) {
  const wit::World& world = resolve_.at(world_id);
  const wit::InterfaceId id = *std::get_if<wit::InterfaceId>(&item.item);
  const wit::Interface& interface = resolve_.at(id);
  const std::string world_name = SnakeCase(world.name);
  Unit unit;
  unit.link_name = item.name;
  unit.key = PackageKey(world.package) + "/" + world.name + "/" + item.name;
  unit.docs = item.meta.docs;
  unit.outer = PackageNamespace(world.package) + "::" + world_name;
  unit.inner = SnakeCase(item.name);
  unit.struct_name = CamelCase(item.name);
  unit.path = PackagePath(world.package) + "/" + world_name + "/" + unit.inner + ".hpp";
  unit.owner = id;
  unit.types = interface.types;
  for (const wit::Function& function : interface.functions) unit.functions.push_back(&function);
  Add(std::move(unit));
}

// The functions and types that a world imports by itself, if there are any.
void UnitSet::AddWorldItself(wit::WorldId id) {
  const wit::World& world = resolve_.at(id);
  Unit unit;
  unit.key = PackageKey(world.package) + "/" + world.name;
  unit.docs = world.meta.docs;
  unit.outer = PackageNamespace(world.package);
  unit.inner = SnakeCase(world.name);
  unit.struct_name = CamelCase(world.name) + "Imports";
  unit.path = PackagePath(world.package) + "/" + unit.inner + ".hpp";
  unit.owner = id;
  for (const wit::WorldItem& item : world.imports) {
    if (const auto* type = std::get_if<wit::TypeId>(&item.item)) unit.types.push_back(*type);
    if (const auto* function = std::get_if<wit::Function>(&item.item)) unit.functions.push_back(function);
  }
  if (!unit.types.empty() || !unit.functions.empty()) Add(std::move(unit));
}

void UnitSet::AddWorld(wit::WorldId id) {
  for (const wit::WorldItem& item : resolve_.at(id).imports) {
    const auto* interface = std::get_if<wit::InterfaceId>(&item.item);
    if (interface == nullptr) continue;
    if (resolve_.at(*interface).name.empty()) {
      AddInline(id, item);
    } else {
      AddInterface(*interface);
      // One under a plain name needs what its interface uses, which the world imports by name.
    }
  }
  AddWorldItself(id);
}

Result<void> UnitSet::Collect() {
  for (uint32_t i = 0; i < resolve_.worlds.size(); ++i) {
    if (options_.world.empty() || options_.world == resolve_.WorldName(wit::WorldId(i))) AddWorld(wit::WorldId(i));
  }
  if (!options_.world.empty()) {
    bool found = false;
    for (uint32_t i = 0; i < resolve_.worlds.size(); ++i) {
      found = found || options_.world == resolve_.WorldName(wit::WorldId(i));
    }
    if (!found)
      return UsageError("world `" + options_.world + "` is not in these packages; name it as `ns:package/world@1.0.0`");
  } else {
    for (uint32_t i = 0; i < resolve_.interfaces.size(); ++i) {
      if (!resolve_.interfaces[i].name.empty()) AddInterface(wit::InterfaceId(i));
    }
  }
  // Every line of bindgen.txt must fit a function, or a spelling mistake would make a blocking host.
  std::set<std::string> known;
  for (const Unit& unit : units_) {
    for (const wit::Function* function : unit.functions) known.insert(unit.key + " " + function->name);
  }
  for (const std::string& line : options_.suspending) {
    if (known.count(line) == 0 && options_.world.empty()) {
      return UsageError("`" + line + "` is listed as suspending but is no function of these packages");
    }
  }
  return {};
}

std::string UnitSet::QualifiedName(wit::TypeId id) const {
  const Unit& unit = UnitOf(id);
  return "::" + unit.outer + "::" + unit.inner + "::" + NameOf(id);
}

std::string UnitSet::ValueType(const wit::Type& type, const std::string& prefix) const {
  if (const Prim* prim = std::get_if<Prim>(&type)) return PrimType(*prim);
  const wit::TypeId id = *std::get_if<wit::TypeId>(&type);
  const wit::TypeDef& def = resolve_.at(id);
  return def.name.empty() ? KindType(def, prefix) : prefix + NameOf(id);
}

namespace {

// The C++ spelling of types without a name, and of what an alias stands for.
struct KindSpeller {
  const UnitSet& set;
  const std::string& prefix;

  std::string Value(const wit::Type& type) const { return set.ValueType(type, prefix); }
  std::string OrVoid(const std::optional<wit::Type>& type) const { return type.has_value() ? Value(*type) : "void"; }
  std::string operator()(const wit::Alias& t) const { return Value(t.target); }
  std::string operator()(const wit::Tuple& t) const {
    std::string text = "std::tuple<";
    for (const wit::Type& type : t.types) text += (&type == t.types.data() ? "" : ", ") + Value(type);
    return text + ">";
  }
  std::string operator()(const wit::List& t) const {
    if (t.length.has_value()) return "std::array<" + Value(t.element) + ", " + std::to_string(*t.length) + ">";
    return "std::vector<" + (IsBool(t.element) ? "cvm::Bool" : Value(t.element)) + ">";
  }
  std::string operator()(const wit::Map& t) const {
    return std::string("std::map<") + PrimType(t.key) + ", " + Value(t.value) + ">";
  }
  std::string operator()(const wit::Option& t) const { return "std::optional<" + Value(t.some) + ">"; }
  std::string operator()(const wit::ResultType& t) const {
    return "cvm::WitResult<" + OrVoid(t.ok) + ", " + OrVoid(t.err) + ">";
  }
  std::string operator()(const wit::Future& t) const { return "cvm::Future<" + OrVoid(t.element) + ">"; }
  std::string operator()(const wit::Stream& t) const { return "cvm::Stream<" + OrVoid(t.element) + ">"; }
  std::string operator()(const wit::Handle& t) const {
    return (t.borrow ? "cvm::Borrow<" : "cvm::Own<") + prefix + set.NameOf(t.resource) + ">";
  }
  // Records, variants, enums, flags and resources always have a name.
  template <class Named>
  std::string operator()(const Named&) const {
    return "";
  }

  // Through aliases, as these become `bool` too.
  bool IsBool(const wit::Type& type) const {
    if (const Prim* prim = std::get_if<Prim>(&type)) return *prim == Prim::kBool;
    const wit::TypeDef& def = set.resolve().at(set.resolve().Dealias(*std::get_if<wit::TypeId>(&type)));
    const auto* alias = std::get_if<wit::Alias>(&def.kind);
    const Prim* prim = alias == nullptr ? nullptr : std::get_if<Prim>(&alias->target);
    return prim != nullptr && *prim == Prim::kBool;
  }
};

// Whether a type holds something owned. Types are at most wit::kMaxTypeDepth deep.
struct MoveOnly {
  const UnitSet& set;

  bool Any(const std::optional<wit::Type>& type) const { return type.has_value() && set.IsMoveOnly(*type); }
  bool operator()(const wit::Record& t) const {
    return std::any_of(t.fields.begin(), t.fields.end(), [&](const wit::Field& f) { return set.IsMoveOnly(f.type); });
  }
  bool operator()(const wit::Variant& t) const {
    return std::any_of(t.cases.begin(), t.cases.end(), [&](const wit::Case& c) { return Any(c.payload); });
  }
  bool operator()(const wit::Tuple& t) const {
    return std::any_of(t.types.begin(), t.types.end(), [&](const wit::Type& type) { return set.IsMoveOnly(type); });
  }
  bool operator()(const wit::Alias& t) const { return set.IsMoveOnly(t.target); }
  bool operator()(const wit::List& t) const { return set.IsMoveOnly(t.element); }
  bool operator()(const wit::Map& t) const { return set.IsMoveOnly(t.value); }
  bool operator()(const wit::Option& t) const { return set.IsMoveOnly(t.some); }
  bool operator()(const wit::ResultType& t) const { return Any(t.ok) || Any(t.err); }
  bool operator()(const wit::Handle& t) const { return !t.borrow; }
  bool operator()(const wit::Future&) const { return true; }
  bool operator()(const wit::Stream&) const { return true; }
  bool operator()(const wit::Enum&) const { return false; }
  bool operator()(const wit::Flags&) const { return false; }
  bool operator()(const wit::Resource&) const { return false; }
};

}  // namespace

std::string UnitSet::KindType(const wit::TypeDef& def, const std::string& prefix) const {
  return std::visit(KindSpeller{*this, prefix}, def.kind);
}

bool UnitSet::IsMoveOnly(const wit::Type& type) const {
  if (const Prim* prim = std::get_if<Prim>(&type)) return *prim == Prim::kErrorContext;
  return std::visit(MoveOnly{*this}, resolve_.at(*std::get_if<wit::TypeId>(&type)).kind);
}

std::string UnitSet::ParamType(const wit::Type& type, const std::string& prefix) const {
  const std::string value = ValueType(type, prefix);
  if (IsMoveOnly(type)) return value;
  const wit::Type* inner = &type;
  while (const auto* id = std::get_if<wit::TypeId>(inner)) {
    const auto* alias = std::get_if<wit::Alias>(&resolve_.at(*id).kind);
    if (alias == nullptr) break;
    inner = &alias->target;
  }
  if (const Prim* prim = std::get_if<Prim>(inner)) return *prim == Prim::kString ? "std::string_view" : value;
  const wit::TypeKind& kind = resolve_.at(*std::get_if<wit::TypeId>(inner)).kind;
  const auto* list = std::get_if<wit::List>(&kind);
  if (list != nullptr && !list->length.has_value()) {
    const KindSpeller speller{*this, prefix};
    if (speller.IsBool(list->element)) return "std::span<const cvm::Bool>";
    const auto* prim = std::get_if<Prim>(&list->element);
    if (prim != nullptr) return std::string("std::span<const ") + PrimType(*prim) + ">";
    // A list that came by a name may be of a type that has no name here.
    const bool named = !resolve_.at(*std::get_if<wit::TypeId>(&type)).name.empty();
    return "std::span<const " + (named ? value + "::value_type" : speller.Value(list->element)) + ">";
  }
  const bool small = std::holds_alternative<wit::Enum>(kind) || std::holds_alternative<wit::Flags>(kind) ||
                     std::holds_alternative<wit::Handle>(kind);
  return small ? value : "const " + value + "&";
}

}  // namespace cvm::bindgen
