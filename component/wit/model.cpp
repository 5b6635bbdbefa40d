#include "component/wit/model.hpp"

#include <utility>

#include "component/wit/lexer.hpp"

namespace cvm::wit {
namespace {

constexpr std::pair<std::string_view, Prim> kPrims[] = {
    {"bool", Prim::kBool},     {"s8", Prim::kS8},
    {"u8", Prim::kU8},         {"s16", Prim::kS16},
    {"u16", Prim::kU16},       {"s32", Prim::kS32},
    {"u32", Prim::kU32},       {"s64", Prim::kS64},
    {"u64", Prim::kU64},       {"f32", Prim::kF32},
    {"f64", Prim::kF64},       {"char", Prim::kChar},
    {"string", Prim::kString}, {"error-context", Prim::kErrorContext},
};

// Puts the text of one type together. Types are at most kMaxTypeDepth deep (resolver.hpp), so recursion is bounded.
class TypeWriter {
 public:
  explicit TypeWriter(const Resolve& resolve) : resolve_(resolve) {}

  std::string Text(const Type& type) const {
    if (const Prim* prim = std::get_if<Prim>(&type)) return std::string(PrimName(*prim));
    const TypeDef& def = resolve_.at(std::get<TypeId>(type));
    if (!def.name.empty()) return EscapeId(def.name);
    return std::visit(*this, def.kind);
  }

  std::string operator()(const Tuple& tuple) const {
    std::string text = "tuple<";
    for (const Type& type : tuple.types) text += (&type == tuple.types.data() ? "" : ", ") + Text(type);
    return text + ">";
  }
  std::string operator()(const List& list) const {
    const std::string length = list.length.has_value() ? ", " + std::to_string(*list.length) : "";
    return "list<" + Text(list.element) + length + ">";
  }
  std::string operator()(const Map& map) const {
    return "map<" + std::string(PrimName(map.key)) + ", " + Text(map.value) + ">";
  }
  std::string operator()(const Option& option) const { return "option<" + Text(option.some) + ">"; }
  std::string operator()(const ResultType& result) const {
    if (!result.ok.has_value() && !result.err.has_value()) return "result";
    std::string text = "result<" + (result.ok.has_value() ? Text(*result.ok) : "_");
    if (result.err.has_value()) text += ", " + Text(*result.err);
    return text + ">";
  }
  std::string operator()(const Future& future) const { return Optional("future", future.element); }
  std::string operator()(const Stream& stream) const { return Optional("stream", stream.element); }
  std::string operator()(const Handle& handle) const {
    const std::string name = EscapeId(resolve_.at(handle.resource).name);
    return handle.borrow ? "borrow<" + name + ">" : name;
  }
  std::string operator()(const Alias& alias) const { return Text(alias.target); }
  // The other kinds always have a name.
  template <class Named>
  std::string operator()(const Named&) const {
    return "";
  }

 private:
  std::string Optional(const char* keyword, const std::optional<Type>& element) const {
    return element.has_value() ? std::string(keyword) + "<" + Text(*element) + ">" : keyword;
  }

  const Resolve& resolve_;
};

template <class Id, class Arena>
std::optional<Id> FindByName(const std::vector<Id>& ids, const Arena& arena, std::string_view name) {
  for (Id id : ids) {
    if (arena[id.value].name == name) return id;
  }
  return std::nullopt;
}

}  // namespace

std::string_view PrimName(Prim prim) {
  for (const auto& [name, value] : kPrims) {
    if (value == prim) return name;
  }
  return "";
}

std::optional<Prim> PrimFromName(std::string_view name) {
  for (const auto& [text, value] : kPrims) {
    if (text == name) return value;
  }
  return std::nullopt;
}

std::optional<PackageId> Resolve::FindPackage(std::string_view name) const {
  for (uint32_t i = 0; i < packages.size(); ++i) {
    if (packages[i].name.ToString() == name) return PackageId(i);
  }
  return std::nullopt;
}

std::optional<InterfaceId> Resolve::FindInterface(PackageId package, std::string_view name) const {
  return FindByName(at(package).interfaces, interfaces, name);
}

std::optional<WorldId> Resolve::FindWorld(PackageId package, std::string_view name) const {
  return FindByName(at(package).worlds, worlds, name);
}

std::optional<TypeId> Resolve::FindType(InterfaceId interface, std::string_view name) const {
  return FindByName(at(interface).types, types, name);
}

namespace {
std::string Qualified(const PackageName& package, const std::string& name) {
  std::string text = package.Path() + "/" + name;
  if (package.version.has_value()) text += "@" + package.version->ToString();
  return text;
}
}  // namespace

std::string Resolve::InterfaceName(InterfaceId id) const {
  const Interface& interface = at(id);
  return interface.name.empty() ? "" : Qualified(at(interface.package).name, interface.name);
}

std::string Resolve::WorldName(WorldId id) const { return Qualified(at(at(id).package).name, at(id).name); }

TypeId Resolve::Dealias(TypeId id) const {
  while (const Alias* alias = std::get_if<Alias>(&at(id).kind)) {
    const TypeId* next = std::get_if<TypeId>(&alias->target);
    if (next == nullptr) break;
    id = *next;
  }
  return id;
}

std::string Resolve::TypeText(const Type& type) const { return TypeWriter(*this).Text(type); }

std::string Resolve::KindText(const TypeDef& def) const {
  const Handle* handle = std::get_if<Handle>(&def.kind);
  // A bare name would make an alias of the resource.
  if (handle != nullptr && !handle->borrow) return "own<" + EscapeId(at(handle->resource).name) + ">";
  return std::visit(TypeWriter(*this), def.kind);
}

std::string Resolve::SignatureText(const Function& function) const {
  std::string text = function.is_async ? "async func(" : "func(";
  for (const Param& param : function.params) {
    if (&param != function.params.data()) text += ", ";
    text += EscapeId(param.name) + ": " + TypeText(param.type);
  }
  text += ")";
  if (function.result.has_value()) text += " -> " + TypeText(*function.result);
  return text;
}

}  // namespace cvm::wit
