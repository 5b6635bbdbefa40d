// The names of imports and exports: their uniqueness, their attributes, and what annotated names ask of a function
// (Binary.md, "Import and Export Definitions").
#include "component/validate/context.hpp"

namespace cvm::component::validate {
namespace {

// The resource that a handle type is of, where it is of that kind.
std::optional<ResourceId> HandleOf(const Context& cx, const ValTypeRef& type, abi::TypeKind kind) {
  const uint32_t* id = std::get_if<uint32_t>(&type);
  if (id == nullptr || cx.types[*id].value->def.kind != kind) return std::nullopt;
  return cx.types[cx.types[*id].value->def.resource].resource;
}

Result<void> CheckResourceName(const NamedThings& named, ResourceId resource, const std::string& expected) {
  const auto it = named.names_of_resource.find(resource);
  if (it == named.names_of_resource.end()) {
    return Invalid("resource used in function does not have a name in this context");
  }
  for (const std::string& name : it->second) {
    if (name == expected) return {};
  }
  return Invalid("function does not match expected resource name " + Quote(it->second.front()));
}

// (own $R) or (result (own $R) E?)
Result<void> CheckConstructor(const Context& cx, const NamedThings& named, const ExternName& name,
                              const FuncTypeDef& func) {
  if (!func.result) return Invalid("function should return one value");
  std::optional<ResourceId> resource = HandleOf(cx, *func.result, abi::TypeKind::kOwn);
  if (const uint32_t* id = std::get_if<uint32_t>(&*func.result)) {
    const DefValType& def = cx.types[*id].value->def;
    if (def.kind == abi::TypeKind::kResult && def.first) resource = HandleOf(cx, *def.first, abi::TypeKind::kOwn);
  }
  if (!resource) return Invalid("function should return `(own $T)` or `(result (own $T))`");
  return CheckResourceName(named, *resource, name.resource);
}

Result<void> CheckMethod(const Context& cx, const NamedThings& named, const ExternName& name, const FuncTypeDef& func) {
  if (func.params.empty()) return Invalid("function should have at least one argument");
  if (func.params[0].label != "self") return Invalid("function should have a first argument called `self`");
  const std::optional<ResourceId> resource = HandleOf(cx, func.params[0].type, abi::TypeKind::kBorrow);
  if (!resource) return Invalid("function should take a first argument of `(borrow $T)`");
  return CheckResourceName(named, *resource, name.resource);
}

Result<void> CheckAnnotation(const Context& cx, const NamedThings& named, const ExternName& name,
                             const Entity& entity) {
  if (!name.is_annotated()) return {};
  if (entity.sort != Sort::kFunc) return Invalid("item is not a func");
  const FuncTypeDef& func = cx.types[entity.type].func->def;
  if (name.kind == ExternNameKind::kConstructor) return CheckConstructor(cx, named, name, func);
  if (name.kind == ExternNameKind::kMethod) return CheckMethod(cx, named, name, func);
  if (named.resource_names.contains(name.resource)) return {};
  return Invalid("static resource name is not known in this context");
}

// 🏷️ and 🔗
Result<void> CheckAttributes(const ExternNameText& text, const ExternName& name, const Entity& entity) {
  if (text.implements) {
    CVM_RETURN_IF_ERROR(ParseInterfaceName(*text.implements));
    if (entity.sort != Sort::kInstance) return Invalid("only instances can have an `implements`");
    if (name.kind != ExternNameKind::kLabel) {
      return Invalid("name " + Quote(text.name) + " is not valid with `implements`");
    }
  }
  if (text.version_suffix) {
    const bool canonical = name.is_interface() && name.interface.version && name.interface.version->canonical;
    if (!canonical) return Invalid("name " + Quote(text.name) + " is not valid with `versionsuffix`");
    CVM_RETURN_IF_ERROR(ParseVersion(name.interface.version->text + std::string(*text.version_suffix)));
  }
  return {};
}

}  // namespace

Result<void> CheckExternName(Context& cx, NamedThings& named, Direction direction, const ExternNameText& text,
                             const Entity& entity) {
  CVM_ASSIGN_OR_RETURN(const ExternName name, ParseExternName(text.name));
  CVM_RETURN_IF_ERROR(CheckAttributes(text, name, entity));
  if (Result<void> fits = CheckAnnotation(cx, named, name, entity); !fits.ok()) {
    return Invalid(std::string(DirectionName(direction)) + " name " + Quote(text.name) +
                   " is not valid: " + fits.error().message());
  }
  const auto [it, added] = named.names.emplace(UniqueKey(name), text.name);
  if (!added) {
    return Invalid(std::string(DirectionName(direction)) + " name " + Quote(text.name) +
                   " conflicts with previous name " + Quote(it->second));
  }
  return {};
}

void NoteResourceName(const Context& cx, NamedThings& named, std::string_view name, const Entity& entity) {
  if (entity.sort != Sort::kType || cx.types[entity.type].kind != TypeDef::Kind::kResource || !IsLabel(name)) return;
  named.resource_names.insert(std::string(name));
  named.names_of_resource[cx.types[entity.type].resource].push_back(std::string(name));
}

}  // namespace cvm::component::validate
