#include "component/validate/subtype.hpp"

namespace cvm::component::validate {
namespace {

Error TypeError(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }

std::string Quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

// The error of a part, behind what the part is. Limits keep their own words.
Result<void> Within(std::string what, Result<void> match) {
  if (match.ok() || match.error().kind() != ErrorKind::kInvalid) return match;
  return TypeError(std::move(what) + ": " + match.error().message());
}

std::string Expected(size_t expected, size_t found, const char* what) {
  return "expected " + std::to_string(expected) + " " + what + ", found " + std::to_string(found);
}

}  // namespace

ResourceId Matcher::Resolve(ResourceId id) const {
  // What a resource stands for may itself be bound further out.
  for (size_t step = 0; step <= stands_for_.size(); ++step) {
    const auto it = stands_for_.find(id);
    if (it == stands_for_.end()) break;
    id = it->second;
  }
  return id;
}

Result<void> Matcher::Bind(const std::vector<ResourceId>& bound, const ItemMap& wanted, const ItemMap& found) {
  if (bound.empty()) return {};
  Bound open;
  for (const ResourceId id : bound) open[id] = true;
  return BindItems(open, wanted, found);
}

Result<void> Matcher::BindItems(Bound& bound, const ItemMap& wanted, const ItemMap& found) {
  CVM_RETURN_IF_ERROR(types_.Work(wanted.items().size()));
  for (const ItemMap::Item& item : wanted.items()) {
    const Entity* at_hand = found.Find(item.name);
    if (at_hand == nullptr || at_hand->sort != item.entity.sort) continue;
    if (item.entity.sort != Sort::kType && item.entity.sort != Sort::kInstance) continue;
    const Type& want = types_[item.entity.type];
    const Type& have = types_[at_hand->type];
    if (item.entity.sort == Sort::kInstance) {
      if (!want.free.empty()) CVM_RETURN_IF_ERROR(BindItems(bound, want.world->exports, have.world->exports));
      continue;
    }
    if (want.kind != TypeDef::Kind::kResource || have.kind != TypeDef::Kind::kResource) continue;
    if (bound.erase(want.resource) == 0) continue;
    const ResourceId target = Resolve(have.resource);
    if (target != want.resource) stands_for_[want.resource] = target;
  }
  return {};
}

void Matcher::Release(const std::vector<ResourceId>& bound) {
  for (const ResourceId id : bound) stands_for_.erase(id);
}

Result<void> Matcher::MatchEntity(const Entity& a, const Entity& b) {
  CVM_RETURN_IF_ERROR(types_.Work());
  if (a.sort != b.sort) {
    return TypeError("expected " + std::string(EntityName(b.sort)) + ", found " + std::string(EntityName(a.sort)));
  }
  if (a.sort == Sort::kCoreModule) return MatchModule(core_, types_, *a.module, *b.module);
  return MatchTypes(a.type, b.type);
}

Result<void> Matcher::MatchTypes(TypeId a, TypeId b) {
  const Type& have = types_[a];
  const Type& want = types_[b];
  if (a == b && have.free.empty()) return {};
  if (have.kind != want.kind) {
    return TypeError("expected " + std::string(TypeKindDescription(want.kind)) + ", found " +
                     std::string(TypeKindDescription(have.kind)));
  }
  if (have.kind == TypeDef::Kind::kValue) return MatchVals(a, b);
  if (have.kind == TypeDef::Kind::kFunc) return MatchFuncs(have.func->def, want.func->def);
  if (have.kind == TypeDef::Kind::kResource) return MatchResources(a, b);
  if (have.kind == TypeDef::Kind::kInstance) return MatchInstances(*have.world, *want.world);
  return MatchComponents(*have.world, *want.world);
}

Result<void> Matcher::MatchResources(TypeId a, TypeId b) const {
  if (Resolve(types_[a].resource) == Resolve(types_[b].resource)) return {};
  return TypeError("resource types are not the same");
}

Result<void> Matcher::MatchInstances(const World& a, const World& b) {
  CVM_RETURN_IF_ERROR(Bind(b.defined, b.exports, a.exports));
  Result<void> match;
  for (const ItemMap::Item& item : b.exports.items()) {
    const Entity* found = a.exports.Find(item.name);
    match = found == nullptr
                ? Result<void>(TypeError("missing expected export " + Quoted(item.name)))
                : Within("type mismatch in instance export " + Quoted(item.name), MatchEntity(*found, item.entity));
    if (!match.ok()) break;
  }
  Release(b.defined);
  return match;
}

// Imports the other way round: what is given to `b` must do for `a`.
Result<void> Matcher::MatchComponents(const World& a, const World& b) {
  CVM_RETURN_IF_ERROR(Bind(a.imported, a.imports, b.imports));
  Result<void> match;
  for (const ItemMap::Item& item : a.imports.items()) {
    const Entity* given = b.imports.Find(item.name);
    match = given == nullptr ? Result<void>(TypeError("missing expected import " + Quoted(item.name)))
                             : Within("type mismatch in import " + Quoted(item.name), MatchEntity(*given, item.entity));
    if (!match.ok()) break;
  }
  if (match.ok()) match = Bind(b.defined, b.exports, a.exports);
  if (match.ok()) {
    for (const ItemMap::Item& item : b.exports.items()) {
      const Entity* found = a.exports.Find(item.name);
      match = found == nullptr
                  ? Result<void>(TypeError("missing expected export " + Quoted(item.name)))
                  : Within("type mismatch in export " + Quoted(item.name), MatchEntity(*found, item.entity));
      if (!match.ok()) break;
    }
  }
  Release(a.imported);
  Release(b.defined);
  return match;
}

Result<void> Matcher::MatchFuncs(const FuncTypeDef& a, const FuncTypeDef& b) {
  CVM_RETURN_IF_ERROR(types_.Work(a.params.size() + 1));
  if (a.async != b.async) {
    return TypeError(b.async ? "expected an async function, found a synchronous one"
                             : "expected a synchronous function, found an async one");
  }
  if (a.params.size() != b.params.size()) return TypeError(Expected(b.params.size(), a.params.size(), "parameters"));
  for (size_t i = 0; i < a.params.size(); ++i) {
    if (a.params[i].label != b.params[i].label) {
      return TypeError("expected parameter named " + Quoted(b.params[i].label) + ", found " +
                       Quoted(a.params[i].label));
    }
    CVM_RETURN_IF_ERROR(Within("type mismatch in function parameter " + Quoted(a.params[i].label),
                               MatchVals(a.params[i].type, b.params[i].type)));
  }
  if (a.result && b.result) return Within("type mismatch with result type", MatchVals(*a.result, *b.result));
  if (a.result) return TypeError("expected a result, found none");
  if (b.result) return TypeError("expected no result, found one");
  return {};
}

// A defined type that is a primitive type is the same as that type.
Result<void> Matcher::MatchVals(const ValTypeRef& a, const ValTypeRef& b) {
  CVM_RETURN_IF_ERROR(types_.Work());
  const uint32_t* a_id = std::get_if<uint32_t>(&a);
  const uint32_t* b_id = std::get_if<uint32_t>(&b);
  const abi::TypeKind a_kind = a_id != nullptr ? types_[*a_id].value->def.kind : std::get<abi::TypeKind>(a);
  const abi::TypeKind b_kind = b_id != nullptr ? types_[*b_id].value->def.kind : std::get<abi::TypeKind>(b);
  const auto name = [](abi::TypeKind kind) { return std::string(abi::TypeKindName(kind)); };
  const bool a_primitive = a_kind <= abi::TypeKind::kErrorContext;
  const bool b_primitive = b_kind <= abi::TypeKind::kErrorContext;
  if (a_primitive && b_primitive) {
    if (a_kind == b_kind) return {};
    return TypeError("expected primitive `" + name(b_kind) + "` found primitive `" + name(a_kind) + "`");
  }
  if (a_kind != b_kind) {
    const std::string expected = b_primitive && b_id != nullptr ? "primitive" : name(b_kind);
    return TypeError("expected " + expected + ", found " + name(a_kind));
  }
  return MatchDefs(types_[*a_id].value->def, types_[*b_id].value->def);
}

// Two defined types of one kind.
Result<void> Matcher::MatchDefs(const DefValType& a, const DefValType& b) {
  using abi::TypeKind;
  if (a.kind == TypeKind::kRecord) return MatchRecords(a, b);
  if (a.kind == TypeKind::kVariant) return MatchVariants(a, b);
  if (a.kind == TypeKind::kTuple) return MatchTuples(a, b);
  if (a.kind == TypeKind::kOwn || a.kind == TypeKind::kBorrow) return MatchResources(a.resource, b.resource);
  if (a.kind == TypeKind::kEnum || a.kind == TypeKind::kFlags) {
    CVM_RETURN_IF_ERROR(types_.Work(a.labels.size()));
    if (a.labels == b.labels) return {};
    return TypeError(a.kind == TypeKind::kEnum ? "mismatch in enum elements" : "mismatch in flags elements");
  }
  if (a.kind == TypeKind::kResult) {
    CVM_RETURN_IF_ERROR(MatchOptional(a.first, b.first, "ok"));
    return MatchOptional(a.second, b.second, "err");
  }
  return MatchElements(a, b);
}

// list, option, map, stream and future
Result<void> Matcher::MatchElements(const DefValType& a, const DefValType& b) {
  const std::string kind(abi::TypeKindName(a.kind));
  if (a.length != b.length) return TypeError("mismatch in the length of fixed-length lists");
  if (a.first.has_value() != b.first.has_value()) {
    return TypeError(b.first ? "expected " + kind + " type, but found none"
                             : "expected " + kind + " type to not be present");
  }
  if (a.first) CVM_RETURN_IF_ERROR(MatchVals(*a.first, *b.first));
  if (a.second) return Within("type mismatch in map value", MatchVals(*a.second, *b.second));
  return {};
}

Result<void> Matcher::MatchRecords(const DefValType& a, const DefValType& b) {
  if (a.fields.size() != b.fields.size()) return TypeError(Expected(b.fields.size(), a.fields.size(), "fields"));
  for (size_t i = 0; i < a.fields.size(); ++i) {
    if (a.fields[i].label != b.fields[i].label) {
      return TypeError("expected field name " + Quoted(b.fields[i].label) + ", found " + Quoted(a.fields[i].label));
    }
    CVM_RETURN_IF_ERROR(Within("type mismatch in record field " + Quoted(a.fields[i].label),
                               MatchVals(a.fields[i].type, b.fields[i].type)));
  }
  return {};
}

Result<void> Matcher::MatchVariants(const DefValType& a, const DefValType& b) {
  CVM_RETURN_IF_ERROR(types_.Work(a.cases.size()));
  if (a.cases.size() != b.cases.size()) return TypeError(Expected(b.cases.size(), a.cases.size(), "cases"));
  for (size_t i = 0; i < a.cases.size(); ++i) {
    const LabelledCase& have = a.cases[i];
    const LabelledCase& want = b.cases[i];
    if (have.label != want.label) {
      return TypeError("expected case named " + Quoted(want.label) + ", found " + Quoted(have.label));
    }
    if (have.type && !want.type) return TypeError("expected case " + Quoted(want.label) + " to have no type");
    if (!have.type && want.type) {
      return TypeError("expected case " + Quoted(want.label) + " to have a type, found none");
    }
    if (have.type) {
      CVM_RETURN_IF_ERROR(
          Within("type mismatch in variant case " + Quoted(have.label), MatchVals(*have.type, *want.type)));
    }
  }
  return {};
}

Result<void> Matcher::MatchTuples(const DefValType& a, const DefValType& b) {
  if (a.types.size() != b.types.size()) return TypeError(Expected(b.types.size(), a.types.size(), "types"));
  for (size_t i = 0; i < a.types.size(); ++i) {
    CVM_RETURN_IF_ERROR(Within("type mismatch in tuple field " + std::to_string(i), MatchVals(a.types[i], b.types[i])));
  }
  return {};
}

Result<void> Matcher::MatchOptional(const std::optional<ValTypeRef>& a, const std::optional<ValTypeRef>& b,
                                    const char* what) {
  if (a && b) return Within(std::string("type mismatch in ") + what + " variant", MatchVals(*a, *b));
  if (a) return TypeError(std::string("expected ") + what + " type to not be present");
  if (b) return TypeError(std::string("expected ") + what + " type, but found none");
  return {};
}

}  // namespace cvm::component::validate
