// Types and functions of DecodeWit.
#include "component/wit/lexer.hpp"
#include "component/wit_binary/decoder.hpp"

namespace cvm::wit {
namespace {

// What a component's WIT may come to as text. Anonymous types are written out wherever they are mentioned.
constexpr uint64_t kMaxTextBytes = 64U << 20;

bool IsNominal(const component::DefValType& def) {
  return def.kind == abi::TypeKind::kRecord || def.kind == abi::TypeKind::kVariant ||
         def.kind == abi::TypeKind::kEnum || def.kind == abi::TypeKind::kFlags;
}

}  // namespace

Result<std::string> Decoder::Charge(std::string text) {
  text_bytes_ += text.size();
  if (text_bytes_ > kMaxTextBytes) return LimitError("the WIT of the component is larger than 64 MiB");
  return text;
}

const Decoder::Place* Decoder::FindPlace(checked::TypeId id) const {
  for (; id != checked::kNoType; id = types_[id].copied_from) {
    if (const auto it = places_.find(id); it != places_.end()) return &it->second;
  }
  return nullptr;
}

// The type has its name there. What it is a copy of has no other name: it is the same record, variant or resource.
void Decoder::SetPlace(checked::TypeId id, const Place& place) {
  places_.insert_or_assign(id, place);
  const checked::Type& type = types_[id];
  const bool nominal = type.kind == DefTypeKind::kResource || (type.value != nullptr && IsNominal(type.value->def));
  if (!nominal) return;
  for (id = type.copied_from; id != checked::kNoType; id = types_[id].copied_from) {
    if (!places_.emplace(id, place).second) return;
  }
}

std::string Decoder::FreeName(Scope& scope, const std::string& wanted) const {
  std::string name = wanted;
  for (uint32_t i = 2; !scope.taken.insert(name).second; ++i) name = wanted + "-n" + std::to_string(i);
  return name;
}

// Declares `name` in the scope: as another name of a type that has one, or by what it is.
Result<void> Decoder::AddType(Scope& scope, const std::string& name, checked::TypeId id, const std::string& before) {
  const checked::Type& type = types_[id];
  if (type.kind == DefTypeKind::kFunc || type.world != nullptr) {
    return UnsupportedError("type `" + name + "` is the type of a function, component or instance");
  }
  DraftItem item{name, before, ""};
  const Place* place = FindPlace(id);
  const bool known = scope.body.Find(name) != nullptr;
  if (place != nullptr && place->owner == scope.owner && place->name != name) {
    item.text = "type " + EscapeId(name) + " = " + EscapeId(place->name) + ";";
  } else if (place != nullptr && place->owner != scope.owner && place->owner.find(':') != std::string::npos) {
    const std::string as = place->name == name ? "" : " as " + EscapeId(name);
    item.text = "use " + EscapePath(place->owner) + ".{" + EscapeId(place->name) + as + "};";
  } else if (type.kind == DefTypeKind::kResource) {
    if (place != nullptr) return UnsupportedError("resource `" + name + "` belongs to what cannot be used from here");
    item.text = "resource " + EscapeId(name);
    item.resource = true;
  } else {
    CVM_ASSIGN_OR_RETURN(item.text, Definition(scope, name, type.value->def, PackageDocs::At(scope.type_docs, name)));
  }
  if (!known) scope.body.Add(std::move(item));
  SetPlace(id, {scope.owner, name});
  return {};
}

Result<std::string> Decoder::Definition(Scope& scope, const std::string& name, const component::DefValType& def,
                                        const ItemDocs& docs) {
  const std::string inner = scope.indent + "  ";
  const auto before = [&](std::string_view label) {
    return MetaLines(Meta{PackageDocs::At(docs.items, label), {}, std::nullopt}, inner) + inner +
           EscapeId(std::string(label));
  };
  std::string text;
  for (const component::LabelledType& field : def.fields) {
    CVM_ASSIGN_OR_RETURN(const std::string type, Ref(scope, field.type));
    text += before(field.label) + ": " + type + ",\n";
  }
  for (const component::LabelledCase& c : def.cases) {
    text += before(c.label);
    if (c.type.has_value()) {
      CVM_ASSIGN_OR_RETURN(const std::string type, Ref(scope, *c.type));
      text += "(" + type + ")";
    }
    text += ",\n";
  }
  for (const std::string_view label : def.labels) text += before(label) + ",\n";
  if (!IsNominal(def)) {
    CVM_ASSIGN_OR_RETURN(text, Structure(scope, def));
    // A bare name would make an alias of the resource.
    if (def.kind == abi::TypeKind::kOwn) text = "own<" + text + ">";
    return Charge("type " + EscapeId(name) + " = " + text + ";");
  }
  const char* keyword = def.kind == abi::TypeKind::kRecord    ? "record "
                        : def.kind == abi::TypeKind::kVariant ? "variant "
                        : def.kind == abi::TypeKind::kEnum    ? "enum "
                                                              : "flags ";
  return Charge(keyword + EscapeId(name) + " {\n" + text + scope.indent + "}");
}

Result<std::string> Decoder::Ref(Scope& scope, const ValTypeRef& ref) {
  if (const abi::TypeKind* kind = std::get_if<abi::TypeKind>(&ref)) return std::string(abi::TypeKindName(*kind));
  return NamedRef(scope, std::get<uint32_t>(ref));
}

// A type as it is mentioned: by its name in this scope, by one that is brought in, or by what it is made of.
Result<std::string> Decoder::NamedRef(Scope& scope, checked::TypeId id) {
  const checked::Type& type = types_[id];
  const bool nominal = type.kind == DefTypeKind::kResource || IsNominal(type.value->def);
  const auto direct = places_.find(id);
  const Place* place = direct != places_.end() ? &direct->second : nominal ? FindPlace(id) : nullptr;
  if (place != nullptr && place->owner == scope.owner) return EscapeId(place->name);
  if (place == nullptr && !nominal) return Structure(scope, type.value->def);
  if (const auto it = scope.uses.find(id); it != scope.uses.end()) return EscapeId(it->second);
  const std::string name = FreeName(scope, place == nullptr ? "unnamed" : place->name);
  scope.uses.emplace(id, name);
  CVM_RETURN_IF_ERROR(AddType(scope, name, id, ""));
  return EscapeId(name);
}

Result<std::string> Decoder::Optional(Scope& scope, const std::string& keyword, const std::optional<ValTypeRef>& type) {
  if (!type.has_value()) return keyword;
  CVM_ASSIGN_OR_RETURN(const std::string inner, Ref(scope, *type));
  return Charge(keyword + "<" + inner + ">");
}

Result<std::string> Decoder::Structure(Scope& scope, const component::DefValType& def) {
  if (def.kind <= abi::TypeKind::kErrorContext) return std::string(abi::TypeKindName(def.kind));
  if (def.kind == abi::TypeKind::kOwn) return NamedRef(scope, def.resource);
  if (def.kind == abi::TypeKind::kBorrow) {
    CVM_ASSIGN_OR_RETURN(const std::string resource, NamedRef(scope, def.resource));
    return "borrow<" + resource + ">";
  }
  if (def.kind == abi::TypeKind::kOption) return Optional(scope, "option", def.first);
  if (def.kind == abi::TypeKind::kStream) return Optional(scope, "stream", def.first);
  if (def.kind == abi::TypeKind::kFuture) return Optional(scope, "future", def.first);
  if (def.kind == abi::TypeKind::kList && !def.length.has_value()) return Optional(scope, "list", def.first);
  std::string text;
  const auto add = [&](const ValTypeRef& type) -> Result<void> {
    CVM_ASSIGN_OR_RETURN(const std::string part, Ref(scope, type));
    text += (text.empty() ? "" : ", ") + part;
    return {};
  };
  for (const ValTypeRef& type : def.types) CVM_RETURN_IF_ERROR(add(type));
  if (def.kind == abi::TypeKind::kResult && !def.first.has_value()) text = "_";
  if (def.first.has_value()) CVM_RETURN_IF_ERROR(add(*def.first));
  if (def.second.has_value()) CVM_RETURN_IF_ERROR(add(*def.second));
  if (def.length.has_value()) text += ", " + std::to_string(*def.length);
  if (text == "_") return std::string("result");
  return Charge(std::string(abi::TypeKindName(def.kind)) + "<" + text + ">");
}

// `(a: u32) -> string`, without the `self` of methods and the result that a constructor implies.
Result<std::string> Decoder::Signature(Scope& scope, const FuncTypeDef& func, ExternNameKind kind) {
  std::string text = "(";
  for (size_t i = kind == ExternNameKind::kMethod ? 1 : 0; i < func.params.size(); ++i) {
    CVM_ASSIGN_OR_RETURN(const std::string type, Ref(scope, func.params[i].type));
    text += (text.size() == 1 ? "" : ", ") + EscapeId(std::string(func.params[i].label)) + ": " + type;
  }
  text += ")";
  const uint32_t* result = func.result.has_value() ? std::get_if<uint32_t>(&*func.result) : nullptr;
  const bool implied = kind == ExternNameKind::kConstructor && result != nullptr &&
                       types_[*result].value->def.kind == abi::TypeKind::kOwn;
  if (func.result.has_value() && !implied) {
    CVM_ASSIGN_OR_RETURN(const std::string type, Ref(scope, *func.result));
    text += " -> " + type;
  }
  return Charge(text + ";");
}

// A function of an interface, or of a world behind `import ` or `export `; those of resources go into their braces.
Result<void> Decoder::AddFunction(Scope& scope, const Item& item, const std::string& keyword, const ItemDocs& docs) {
  const std::string name(item.name);
  CVM_ASSIGN_OR_RETURN(const ExternName parsed, component::ParseExternName(name));
  const FuncTypeDef& func = types_[item.entity.type].func->def;
  CVM_ASSIGN_OR_RETURN(const std::string signature, Signature(scope, func, parsed.kind));
  Meta meta{docs.docs, docs.gate, std::nullopt};
  if (item.text != nullptr && item.text->external_id.has_value())
    meta.external_id = std::string(*item.text->external_id);
  const std::string type = (func.async ? "async func" : "func") + signature;
  if (!parsed.is_annotated()) {
    scope.body.Add({keyword + name, MetaLines(meta, scope.indent), keyword + EscapeId(name) + ": " + type});
    return {};
  }
  DraftItem* resource = scope.body.Find(parsed.resource);
  if (resource == nullptr || !resource->resource || keyword == "export ") {
    return UnsupportedError("`" + name + "` is a function of a resource that is not defined beside it");
  }
  for (const DraftItem& function : resource->functions) {
    if (function.name == name) return {};
  }
  const std::string text =
      parsed.kind == ExternNameKind::kConstructor
          ? "constructor" + signature
          : EscapeId(parsed.label) + ": " + (parsed.kind == ExternNameKind::kStatic ? "static " : "") + type;
  resource->functions.push_back({name, MetaLines(meta, scope.indent + "  "), text});
  return {};
}

}  // namespace cvm::wit
