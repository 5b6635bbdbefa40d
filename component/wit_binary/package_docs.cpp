#include "component/wit_binary/package_docs.hpp"

#include <nlohmann/json.hpp>

#include "vm/base/try.hpp"

namespace cvm::wit {
namespace {

using Json = nlohmann::ordered_json;

Error Malformed(const std::string& what) {
  return Error(ErrorKind::kMalformed, "malformed section `package-docs`: " + what);
}

// ---- reading

Result<const Json*> Field(const Json& json, const char* name, Json::value_t type) {
  const auto it = json.find(name);
  if (it == json.end() || it->is_null()) return static_cast<const Json*>(nullptr);
  if (it->type() != type) return Malformed("`" + std::string(name) + "` is of the wrong type");
  return &*it;
}

Result<std::string> Text(const Json& json, const char* name) {
  CVM_ASSIGN_OR_RETURN(const Json* field, Field(json, name, Json::value_t::string));
  return field == nullptr ? std::string() : field->get_ref<const std::string&>();
}

Result<std::optional<Version>> VersionOf(const Json& json, const char* name) {
  CVM_ASSIGN_OR_RETURN(const std::string text, Text(json, name));
  if (text.empty()) return std::optional<Version>();
  CVM_ASSIGN_OR_RETURN(Version version, component::ParseVersion(text));
  return std::optional(std::move(version));
}

// `"stability": {"stable": {"since": "1.0.0"}}`
Result<Gate> ReadGate(const Json& json) {
  Gate gate;
  CVM_ASSIGN_OR_RETURN(const Json* stable, Field(json, "stable", Json::value_t::object));
  CVM_ASSIGN_OR_RETURN(const Json* unstable, Field(json, "unstable", Json::value_t::object));
  if (stable != nullptr) {
    CVM_ASSIGN_OR_RETURN(gate.since, VersionOf(*stable, "since"));
    CVM_ASSIGN_OR_RETURN(gate.deprecated, VersionOf(*stable, "deprecated"));
  }
  if (unstable != nullptr) {
    CVM_ASSIGN_OR_RETURN(gate.unstable, Text(*unstable, "feature"));
    CVM_ASSIGN_OR_RETURN(gate.deprecated, VersionOf(*unstable, "deprecated"));
  }
  return gate;
}

template <class T, class Read>
Result<void> ReadMap(const Json& json, const char* name, std::map<std::string, T>& map, Read read) {
  CVM_ASSIGN_OR_RETURN(const Json* field, Field(json, name, Json::value_t::object));
  if (field == nullptr) return {};
  for (const auto& [key, value] : field->items()) {
    CVM_ASSIGN_OR_RETURN(map[key], read(value));
  }
  return {};
}

Result<std::string> ReadText(const Json& json) {
  if (!json.is_string()) return Malformed("a text is wanted");
  return json.get_ref<const std::string&>();
}

// Of a function, the documentation may stand by itself (version 0).
Result<ItemDocs> ReadItem(const Json& json) {
  ItemDocs item;
  if (json.is_null()) return item;
  if (json.is_string()) {
    item.docs = json.get_ref<const std::string&>();
    return item;
  }
  if (!json.is_object()) return Malformed("an object is wanted");
  CVM_ASSIGN_OR_RETURN(item.docs, Text(json, "docs"));
  CVM_ASSIGN_OR_RETURN(const Json* stability, Field(json, "stability", Json::value_t::object));
  if (stability != nullptr) {
    CVM_ASSIGN_OR_RETURN(item.gate, ReadGate(*stability));
  }
  CVM_RETURN_IF_ERROR(ReadMap(json, "items", item.items, ReadText));
  return item;
}

Result<InterfaceDocs> ReadInterface(const Json& json) {
  InterfaceDocs docs;
  CVM_ASSIGN_OR_RETURN(docs.own, ReadItem(json));
  CVM_RETURN_IF_ERROR(ReadMap(json, "funcs", docs.functions, ReadItem));
  CVM_RETURN_IF_ERROR(ReadMap(json, "types", docs.types, ReadItem));
  return docs;
}

Result<void> ReadInterfaceItems(const Json& json, const char* stability, const char* docs,
                                std::map<std::string, ItemDocs>& items) {
  std::map<std::string, Gate> gates;
  std::map<std::string, std::string> texts;
  CVM_RETURN_IF_ERROR(ReadMap(json, stability, gates, ReadGate));
  CVM_RETURN_IF_ERROR(ReadMap(json, docs, texts, ReadText));
  for (auto& [name, gate] : gates) items[name].gate = std::move(gate);
  for (auto& [name, text] : texts) items[name].docs = std::move(text);
  return {};
}

Result<WorldDocs> ReadWorldDocs(const Json& json) {
  WorldDocs docs;
  CVM_ASSIGN_OR_RETURN(docs.own, ReadItem(json));
  CVM_RETURN_IF_ERROR(ReadMap(json, "types", docs.types, ReadItem));
  CVM_RETURN_IF_ERROR(ReadMap(json, "interfaces", docs.imports.inline_interfaces, ReadInterface));
  CVM_RETURN_IF_ERROR(ReadMap(json, "interface_exports", docs.exports.inline_interfaces, ReadInterface));
  CVM_RETURN_IF_ERROR(ReadMap(json, "funcs", docs.imports.functions, ReadItem));
  CVM_RETURN_IF_ERROR(ReadMap(json, "func_exports", docs.exports.functions, ReadItem));
  CVM_RETURN_IF_ERROR(
      ReadInterfaceItems(json, "interface_import_stability", "interface_import_docs", docs.imports.interfaces));
  CVM_RETURN_IF_ERROR(
      ReadInterfaceItems(json, "interface_export_stability", "interface_export_docs", docs.exports.interfaces));
  return docs;
}

// ---- writing

Json GateJson(const Gate& gate) {
  Json inner = Json::object();
  if (gate.unstable.empty()) {
    inner["since"] = gate.since.has_value() ? gate.since->ToString() : "0.0.0";
  } else {
    inner["feature"] = gate.unstable;
  }
  if (gate.deprecated.has_value()) inner["deprecated"] = gate.deprecated->ToString();
  Json json = Json::object();
  json[gate.unstable.empty() ? "stable" : "unstable"] = std::move(inner);
  return json;
}

Json ItemJson(const ItemDocs& item) {
  Json json = Json::object();
  if (!item.docs.empty()) json["docs"] = item.docs;
  if (!item.gate.empty()) json["stability"] = GateJson(item.gate);
  for (const auto& [name, text] : item.items) json["items"][name] = text;
  return json;
}

template <class T, class Write>
void AddMap(Json& json, const char* name, const std::map<std::string, T>& map, Write write) {
  for (const auto& [key, value] : map) {
    if (!value.empty()) json[name][key] = write(value);
  }
}

Json InterfaceJson(const InterfaceDocs& docs) {
  Json json = ItemJson(docs.own);
  AddMap(json, "funcs", docs.functions, ItemJson);
  AddMap(json, "types", docs.types, ItemJson);
  return json;
}

void AddSide(Json& json, const WorldDocs::Side& side, bool exports) {
  AddMap(json, exports ? "interface_exports" : "interfaces", side.inline_interfaces, InterfaceJson);
  AddMap(json, exports ? "func_exports" : "funcs", side.functions, ItemJson);
  for (const auto& [name, item] : side.interfaces) {
    if (!item.gate.empty()) {
      json[exports ? "interface_export_stability" : "interface_import_stability"][name] = GateJson(item.gate);
    }
    if (!item.docs.empty()) json[exports ? "interface_export_docs" : "interface_import_docs"][name] = item.docs;
  }
}

Json WorldJson(const WorldDocs& docs) {
  Json json = ItemJson(docs.own);
  AddMap(json, "types", docs.types, ItemJson);
  AddSide(json, docs.imports, /*exports=*/false);
  AddSide(json, docs.exports, /*exports=*/true);
  return json;
}

// ---- from a Resolve

ItemDocs FromMeta(const Meta& meta) { return {meta.docs, meta.gate, {}}; }

struct MemberDocs {
  std::map<std::string, std::string> items;

  template <class Members>
  void Add(const Members& members) {
    for (const auto& member : members) {
      if (!member.docs.empty()) items[member.name] = member.docs;
    }
  }
  void operator()(const Record& t) { Add(t.fields); }
  void operator()(const Variant& t) { Add(t.cases); }
  void operator()(const Enum& t) { Add(t.cases); }
  void operator()(const Flags& t) { Add(t.flags); }
  template <class Other>
  void operator()(const Other&) {}
};

ItemDocs FromType(const TypeDef& type) {
  MemberDocs members;
  std::visit([&members](const auto& kind) { members(kind); }, type.kind);
  return {type.meta.docs, type.meta.gate, std::move(members.items)};
}

InterfaceDocs FromInterface(const Resolve& resolve, const Interface& interface) {
  InterfaceDocs docs;
  docs.own = FromMeta(interface.meta);
  for (TypeId id : interface.types) docs.types[resolve.at(id).name] = FromType(resolve.at(id));
  for (const Function& function : interface.functions) docs.functions[function.name] = FromMeta(function.meta);
  return docs;
}

void FromItems(const Resolve& resolve, const std::vector<WorldItem>& items, WorldDocs& docs, WorldDocs::Side& side) {
  for (const WorldItem& item : items) {
    if (std::holds_alternative<Function>(item.item)) {
      side.functions[item.name] = FromMeta(item.meta);
    } else if (const TypeId* type = std::get_if<TypeId>(&item.item)) {
      docs.types[item.name] = FromType(resolve.at(*type));
    } else if (const Interface& interface = resolve.at(std::get<InterfaceId>(item.item)); interface.name.empty()) {
      InterfaceDocs& inner = side.inline_interfaces[item.name] = FromInterface(resolve, interface);
      inner.own = FromMeta(item.meta);
    } else {
      side.interfaces[item.name] = FromMeta(item.meta);
    }
  }
}

}  // namespace

bool WorldDocs::empty() const { return WorldJson(*this).empty(); }

Result<PackageDocs> ParsePackageDocs(Bytes section) {
  if (section.empty() || section[0] > 1) return Malformed("unknown version");
  const Json json = Json::parse(section.begin() + 1, section.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Malformed("JSON is wanted");
  PackageDocs docs;
  CVM_ASSIGN_OR_RETURN(docs.docs, Text(json, "docs"));
  CVM_RETURN_IF_ERROR(ReadMap(json, "interfaces", docs.interfaces, ReadInterface));
  CVM_RETURN_IF_ERROR(ReadMap(json, "worlds", docs.worlds, ReadWorldDocs));
  return docs;
}

std::vector<uint8_t> WritePackageDocs(const PackageDocs& docs) {
  Json json = Json::object();
  if (!docs.docs.empty()) json["docs"] = docs.docs;
  AddMap(json, "worlds", docs.worlds, WorldJson);
  AddMap(json, "interfaces", docs.interfaces, InterfaceJson);
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::vector<uint8_t> bytes{1};
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

PackageDocs CollectPackageDocs(const Resolve& resolve, PackageId id) {
  const Package& package = resolve.at(id);
  PackageDocs docs;
  docs.docs = package.docs;
  for (InterfaceId i : package.interfaces) docs.interfaces[resolve.at(i).name] = FromInterface(resolve, resolve.at(i));
  for (WorldId w : package.worlds) {
    const World& world = resolve.at(w);
    WorldDocs& inner = docs.worlds[world.name];
    inner.own = FromMeta(world.meta);
    FromItems(resolve, world.imports, inner, inner.imports);
    FromItems(resolve, world.exports, inner, inner.exports);
  }
  return docs;
}

}  // namespace cvm::wit
