#include "component/wit_binary/decode.hpp"

#include <algorithm>

#include "component/wit/lexer.hpp"
#include "component/wit_binary/decoder.hpp"

namespace cvm::wit {
namespace {

constexpr const char* kRootPackage = "root:component";
const std::map<std::string, ItemDocs> kNoDocs;

Meta MetaOf(const ItemDocs& docs, const component::ExternNameText* text) {
  Meta meta{docs.docs, docs.gate, std::nullopt};
  if (text != nullptr && text->external_id.has_value()) meta.external_id = std::string(*text->external_id);
  return meta;
}

Error NoWords(std::string_view name, Sort sort) {
  return UnsupportedError("`" + std::string(name) + "` is a " + std::string(component::SortName(sort)) +
                          ", which WIT has no words for");
}

}  // namespace

bool IsWitPackage(const component::Component& component) {
  bool exports = false;
  std::vector<const component::TypeDef*> types;
  for (const component::Definition& definition : component.definitions) {
    if (const auto* type = std::get_if<component::TypeDef>(&definition.what)) {
      types.push_back(type);
    } else if (const auto* exported = std::get_if<component::ExportDef>(&definition.what)) {
      const uint32_t index = exported->what.index;
      if (exported->what.sort != Sort::kType || index >= types.size() || types[index] == nullptr) return false;
      if (types[index]->kind != DefTypeKind::kComponent) return false;
      types.push_back(nullptr);
      exports = true;
    } else {
      return false;
    }
  }
  return exports;
}

// The parts of an interface's or a world's name. A canonical version is written out: `0.2` and `.6` are 0.2.6.
Result<Decoder::Name> Decoder::NameOf(const Item& item, std::string_view text) const {
  CVM_ASSIGN_OR_RETURN(const component::InterfaceName parsed, component::ParseInterfaceName(text));
  Name name{parsed.ns + ":" + parsed.package, parsed.interface, parsed.Path()};
  if (!parsed.version.has_value()) return name;
  std::string version = parsed.version->version.ToString();
  const bool suffix = item.text != nullptr && item.text->version_suffix.has_value() && parsed.version->canonical;
  if (suffix) version = parsed.version->text + std::string(*item.text->version_suffix);
  name.package += "@" + version;
  name.full += "@" + version;
  return name;
}

// Adds what the instance type says of an interface; `complete`: it is the interface's definition.
Result<void> Decoder::AddInterface(const Name& name, const checked::World& world, bool complete) {
  DraftBody scratch;
  DraftBody& known = packages_[name.package].Interface(name.name);
  DraftBody& body = complete || complete_.count(name.full) == 0 ? known : scratch;
  static const InterfaceDocs kNone;
  const InterfaceDocs& docs = name.package == own_package_ ? PackageDocs::At(docs_.interfaces, name.name) : kNone;
  if (known.before.empty()) known.before = MetaLines(MetaOf(docs.own, nullptr), "  ");
  Scope scope{name.full, body, docs.types, docs.functions, "    ", {}};
  return FillInterface(scope, world);
}

Result<void> Decoder::FillInterface(Scope& scope, const checked::World& world) {
  for (const Item& item : world.exports.items()) scope.taken.insert(std::string(item.name));
  for (const DraftItem& item : scope.body.items) scope.taken.insert(item.name);
  for (const Item& item : world.exports.items()) {
    const std::string name(item.name);
    if (item.entity.sort == Sort::kType) {
      const Meta meta = MetaOf(PackageDocs::At(scope.type_docs, name), item.text);
      CVM_RETURN_IF_ERROR(AddType(scope, name, item.entity.type, MetaLines(meta, scope.indent)));
    } else if (item.entity.sort == Sort::kFunc) {
      CVM_RETURN_IF_ERROR(AddFunction(scope, item, "", PackageDocs::At(scope.function_docs, name)));
    } else {
      return NoWords(name, item.entity.sort);
    }
  }
  return {};
}

Result<void> Decoder::AddWorld(DraftBody& body, const checked::World& world, const WorldDocs& docs) {
  body.before = MetaLines(MetaOf(docs.own, nullptr), "  ");
  Scope scope{"", body, docs.types, kNoDocs, "    ", {}};
  for (const auto* items : {&world.imports, &world.exports}) {
    for (const Item& item : items->items()) scope.taken.insert(std::string(item.name));
  }
  for (const Item& item : world.imports.items()) CVM_RETURN_IF_ERROR(AddWorldItem(scope, item, false, docs.imports));
  for (const Item& item : world.exports.items()) CVM_RETURN_IF_ERROR(AddWorldItem(scope, item, true, docs.exports));
  return {};
}

Result<void> Decoder::AddWorldItem(Scope& scope, const Item& item, bool exported, const WorldDocs::Side& docs) {
  const std::string name(item.name);
  if (item.entity.sort == Sort::kInstance) return AddInstance(scope, item, exported, docs);
  if (item.entity.sort == Sort::kFunc) {
    return AddFunction(scope, item, exported ? "export " : "import ", PackageDocs::At(docs.functions, name));
  }
  if (item.entity.sort != Sort::kType) return NoWords(name, item.entity.sort);
  if (scope.body.Find(name) != nullptr) return {};  // exported and imported
  const Meta meta = MetaOf(PackageDocs::At(scope.type_docs, name), item.text);
  return AddType(scope, name, item.entity.type, MetaLines(meta, scope.indent));
}

Result<void> Decoder::AddInstance(Scope& scope, const Item& item, bool exported, const WorldDocs::Side& docs) {
  const std::string keyword = exported ? "export " : "import ";
  const std::string label(item.name);
  const checked::World& instance = *types_[item.entity.type].world;
  CVM_ASSIGN_OR_RETURN(const ExternName parsed, component::ParseExternName(label));
  const bool implements = item.text != nullptr && item.text->implements.has_value();
  if (parsed.is_interface() || implements) {
    CVM_ASSIGN_OR_RETURN(const Name name, NameOf(item, implements ? *item.text->implements : item.name));
    CVM_RETURN_IF_ERROR(AddInterface(name, instance, /*complete=*/false));
    const Meta meta = MetaOf(PackageDocs::At(docs.interfaces, implements ? label : name.full), item.text);
    scope.body.Add({keyword + label, MetaLines(meta, scope.indent),
                    keyword + (implements ? EscapeId(label) + ": " : "") + EscapePath(name.full) + ";"});
    return {};
  }
  const InterfaceDocs& inner_docs = PackageDocs::At(docs.inline_interfaces, label);
  DraftBody body;
  Scope inner{keyword + label, body, inner_docs.types, inner_docs.functions, scope.indent + "  ", {}};
  CVM_RETURN_IF_ERROR(FillInterface(inner, instance));
  scope.body.Add({keyword + label, MetaLines(MetaOf(inner_docs.own, item.text), scope.indent),
                  keyword + EscapeId(label) + ": interface {\n" + body.Text(inner.indent) + scope.indent + "}"});
  return {};
}

// All packages as one text; the root's own items need no braces.
Result<std::string> Decoder::Finish(const std::string& root) {
  const auto items = [](const DraftPackage& package) {
    std::string text;
    for (const auto& [name, body] : package.interfaces) {
      text += body.before + "  interface " + EscapeId(name) + " {\n" + body.Text("    ") + "  }\n";
    }
    for (const auto& [name, body] : package.worlds) {
      text += body.before + "  world " + EscapeId(name) + " {\n" + body.Text("    ") + "  }\n";
    }
    return text;
  };
  const DraftPackage& own = packages_[root];
  std::string text =
      MetaLines(Meta{own.docs, {}, std::nullopt}, "") + "package " + EscapePath(root) + ";\n" + items(own);
  for (const auto& [name, package] : packages_) {
    if (name != root) text += "package " + EscapePath(name) + " {\n" + items(package) + "}\n";
  }
  return text;
}

Result<std::string> Decoder::ComponentText(const checked::World& world) {
  DraftBody& body = packages_[kRootPackage].worlds.emplace_back("root", DraftBody()).second;
  CVM_RETURN_IF_ERROR(AddWorld(body, world, WorldDocs()));
  return Finish(kRootPackage);
}

// Each export is a component type with one export of its own: the interface, or the component that is the world.
Result<std::string> Decoder::PackageText(const checked::World& world, PackageDocs docs) {
  docs_ = std::move(docs);
  struct Entry {
    Name name;
    const checked::World* around;
    const Item* item;
  };
  std::vector<Entry> entries;
  for (const Item& item : world.exports.items()) {
    const checked::World& around = *types_[item.entity.type].world;
    const bool one = around.exports.items().size() == 1;
    const Item* inner = one ? &around.exports.items()[0] : nullptr;
    if (inner == nullptr || (inner->entity.sort != Sort::kInstance && inner->entity.sort != Sort::kComponent)) {
      return UnsupportedError("the export `" + std::string(item.name) + "` is neither an interface nor a world");
    }
    CVM_ASSIGN_OR_RETURN(Name name, NameOf(*inner, inner->name));
    if (own_package_.empty()) own_package_ = name.package;
    if (name.package != own_package_) return UnsupportedError("the exports belong to different packages");
    if (inner->entity.sort == Sort::kInstance) complete_.insert(name.full);
    if (inner->entity.sort == Sort::kInstance) packages_[own_package_].Interface(name.name);
    entries.push_back({std::move(name), &around, inner});
  }
  packages_[own_package_].docs = docs_.docs;
  for (const Entry& entry : entries) {
    for (const Item& import : entry.around->imports.items()) {
      if (import.entity.sort != Sort::kInstance) return NoWords(import.name, import.entity.sort);
      CVM_ASSIGN_OR_RETURN(const Name name, NameOf(import, import.name));
      CVM_RETURN_IF_ERROR(AddInterface(name, *types_[import.entity.type].world, /*complete=*/false));
    }
    const checked::World& inner = *types_[entry.item->entity.type].world;
    if (entry.item->entity.sort == Sort::kInstance) {
      CVM_RETURN_IF_ERROR(AddInterface(entry.name, inner, /*complete=*/true));
    } else {
      DraftBody& body = packages_[own_package_].worlds.emplace_back(entry.name.name, DraftBody()).second;
      CVM_RETURN_IF_ERROR(AddWorld(body, inner, PackageDocs::At(docs_.worlds, entry.name.name)));
    }
  }
  return Finish(own_package_);
}

Result<Resolution> DecodeWit(const component::Component& component, const Features& features, CanonicalTypes& types,
                             const component::ComponentValidation& options) {
  std::string text;
  const auto read = [&](const checked::TypeTable& table, const checked::World& world) -> Result<void> {
    Decoder decoder(table);
    if (!IsWitPackage(component)) {
      CVM_ASSIGN_OR_RETURN(text, decoder.ComponentText(world));
      return {};
    }
    PackageDocs docs;
    for (const CustomSection& custom : component.customs) {
      if (custom.name != kPackageDocsSection) continue;
      CVM_ASSIGN_OR_RETURN(docs, ParsePackageDocs(custom.bytes));
    }
    CVM_ASSIGN_OR_RETURN(text, decoder.PackageText(world, std::move(docs)));
    return {};
  };
  CVM_RETURN_IF_ERROR(component::ValidateComponent(component, features, types, options, read));
  ResolveOptions all;
  all.all_features = true;
  return ResolveSources({{Source{"wit", std::move(text)}}}, all);
}

}  // namespace cvm::wit
