// Worlds: includes are expanded on the level of syntax, so that every world owns its types and inline interfaces; then
// each world is resolved, and what its items use becomes imports of its own (WIT.md, "Transitive imports and worlds").
#include <algorithm>

#include "component/names/extern_name.hpp"
#include "component/wit/resolver_impl.hpp"

namespace cvm::wit {
namespace {

// Includes with renames can double a world at each step, transitive imports multiply: what one resolution may hold.
constexpr size_t kMaxWorldItems = 100'000;

Error TooManyItems() {
  return Error(ErrorKind::kLimit, "the worlds hold more than " + std::to_string(kMaxWorldItems) + " items");
}

}  // namespace

Result<void> Resolver::ResolveWorlds() {
  CVM_ASSIGN_OR_RETURN(const std::vector<WorldId> order, OrderWorlds());
  for (WorldId id : order) CVM_RETURN_IF_ERROR(ExpandWorld(id));
  for (uint32_t i = 0; i < worlds_.size(); ++i) CVM_RETURN_IF_ERROR(BuildWorld(WorldId(i)));
  return {};
}

// Worlds behind those that they include. A depth-first walk with a stack of its own.
Result<std::vector<WorldId>> Resolver::OrderWorlds() const {
  enum class State : uint8_t { kNew, kOpen, kDone };
  std::vector<State> states(worlds_.size(), State::kNew);
  std::vector<WorldId> order;
  std::vector<std::pair<uint32_t, size_t>> stack;
  for (uint32_t start = 0; start < worlds_.size(); ++start) {
    if (states[start] == State::kNew) stack.emplace_back(start, 0);
    while (!stack.empty()) {
      auto& [at, next] = stack.back();
      const WorldInput& world = worlds_[at];
      states[at] = State::kOpen;
      const ast::Include* include = nullptr;
      while (include == nullptr && next < world.ast->items.size()) {
        include = std::get_if<ast::Include>(&world.ast->items[next++]);
      }
      if (include == nullptr) {
        states[at] = State::kDone;
        order.push_back(WorldId(at));
        stack.pop_back();
        continue;
      }
      CVM_ASSIGN_OR_RETURN(const WorldId target, LookUpWorld(include->world, *world.unit));
      if (states[target.value] == State::kOpen) {
        return ErrorAt(include->world.span, "world `" + include->world.name.name + "` includes itself",
                       "take one of the includes out");
      }
      if (states[target.value] == State::kNew) stack.emplace_back(target.value, 0);
    }
  }
  return order;
}

Result<void> Resolver::ExpandWorld(WorldId id) {
  WorldInput& world = worlds_[id.value];
  for (const ast::WorldItem& item : world.ast->items) {
    if (const auto* use = std::get_if<ast::Use>(&item)) {
      CVM_RETURN_IF_ERROR(ExpandUse(world, *use));
    } else if (const auto* type = std::get_if<ast::TypeDecl>(&item)) {
      WorldEntry entry;
      entry.kind = WorldEntry::Kind::kType;
      entry.name = type->name.name;
      entry.span = type->name.span;
      entry.unit = world.unit;
      entry.meta = &type->meta;
      entry.type = type;
      CVM_RETURN_IF_ERROR(AddEntry(world, std::move(entry), /*included=*/false));
    } else if (const auto* external = std::get_if<ast::Extern>(&item)) {
      CVM_RETURN_IF_ERROR(ExpandExtern(world, *external));
    } else {
      CVM_RETURN_IF_ERROR(ExpandInclude(world, std::get<ast::Include>(item)));
    }
  }
  return {};
}

Result<void> Resolver::ExpandUse(WorldInput& world, const ast::Use& use) {
  for (const auto& [name, as] : use.names) {
    WorldEntry entry;
    entry.kind = WorldEntry::Kind::kUse;
    entry.name = as.name;
    entry.span = as.span;
    entry.unit = world.unit;
    entry.meta = &use.meta;
    CVM_ASSIGN_OR_RETURN(entry.target, LookUpUsed(use.from, name, *world.unit));
    CVM_RETURN_IF_ERROR(AddEntry(world, std::move(entry), /*included=*/false));
  }
  return {};
}

Result<void> Resolver::ExpandExtern(WorldInput& world, const ast::Extern& item) {
  WorldEntry entry;
  entry.is_export = item.is_export;
  entry.name = item.name.name;
  entry.span = item.name.span;
  entry.unit = world.unit;
  entry.meta = &item.meta;
  if (const auto* path = std::get_if<ast::UsePath>(&item.target)) {
    CVM_ASSIGN_OR_RETURN(entry.interface, LookUpInterface(*path, *world.unit));
    entry.kind = item.name.name.empty() ? WorldEntry::Kind::kInterface : WorldEntry::Kind::kNamed;
    if (item.name.name.empty()) {
      entry.name = resolve_.InterfaceName(entry.interface);
      entry.span = path->span;
    }
  } else if (const auto* function = std::get_if<ast::Function>(&item.target)) {
    entry.kind = WorldEntry::Kind::kFunction;
    entry.function = function;
  } else {
    entry.kind = WorldEntry::Kind::kInline;
    entry.inline_interface = std::get_if<ast::Interface>(&item.target);
  }
  return AddEntry(world, std::move(entry), /*included=*/false);
}

Result<void> Resolver::ExpandInclude(WorldInput& world, const ast::Include& include) {
  CVM_ASSIGN_OR_RETURN(const WorldId source, LookUpWorld(include.world, *world.unit));
  std::unordered_map<std::string, size_t> renames;
  for (size_t i = 0; i < include.renames.size(); ++i) renames.emplace(include.renames[i].first.name, i);
  std::vector<bool> used(include.renames.size(), false);
  for (WorldEntry entry : worlds_[source.value].entries) {
    const auto rename = renames.find(entry.name);
    if (rename != renames.end() && entry.kind != WorldEntry::Kind::kInterface) {
      const auto& [from, to] = include.renames[rename->second];
      if (entry.kind == WorldEntry::Kind::kType || entry.kind == WorldEntry::Kind::kUse) {
        return ErrorAt(from.span, "`" + from.name + "` is a type; `with` renames imports and exports",
                       "rename the type where it is declared");
      }
      entry.name = to.name;
      used[rename->second] = true;
    }
    entry.span = include.world.span;
    CVM_RETURN_IF_ERROR(AddEntry(world, std::move(entry), /*included=*/true));
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) continue;
    const ast::Ident& from = include.renames[i].first;
    return ErrorAt(
        from.span,
        "world `" + include.world.name.name + "` has no import or export of the plain name `" + from.name + "`",
        "check the spelling; interface names cannot be renamed");
  }
  return {};
}

// Adds an entry whose name is free. What includes bring in twice without contradiction is taken once.
Result<void> Resolver::AddEntry(WorldInput& world, WorldEntry entry, bool included) {
  const bool by_interface = entry.kind == WorldEntry::Kind::kInterface;
  const std::string key =
      (entry.is_export ? "export " : "import ") + (by_interface ? entry.name : component::LowercaseLabel(entry.name));
  const auto [found, inserted] = world.index.emplace(key, world.entries.size());
  if (inserted) {
    if (++item_count_ > kMaxWorldItems) return TooManyItems();
    world.entries.push_back(std::move(entry));
    return {};
  }
  const WorldEntry& first = world.entries[found->second];
  if (included && by_interface) return {};
  const bool same_use = entry.kind == WorldEntry::Kind::kUse && first.kind == WorldEntry::Kind::kUse &&
                        entry.target == first.target && entry.name == first.name;
  if (included && same_use) return {};
  return ErrorAt(entry.span,
                 (entry.is_export ? "export name `" : "import name `") + entry.name +
                     "` conflicts with previous name `" + first.name + "`",
                 included ? "rename it: `include … with { " + entry.name + " as other-name }`"
                          : "rename one of the two, or take one out");
}

Result<void> Resolver::AddItem(std::vector<WorldItem>& items, WorldItem item) {
  if (++item_count_ > kMaxWorldItems) return TooManyItems();
  items.push_back(std::move(item));
  return {};
}

// Imports the interface by its own name, behind all that it uses, unless the world has it.
Result<void> Resolver::RequireImport(World& world, InterfaceId id) {
  std::vector<std::pair<InterfaceId, size_t>> stack;
  if (imported_.emplace(id, 0).second) stack.emplace_back(id, 0);
  while (!stack.empty()) {
    auto& [at, next] = stack.back();
    const std::vector<InterfaceId>& uses = interfaces_[at.value].uses;
    if (next < uses.size()) {
      const InterfaceId use = uses[next++];
      if (imported_.emplace(use, 0).second) stack.emplace_back(use, 0);
      continue;
    }
    imported_[at] = world.imports.size();
    CVM_RETURN_IF_ERROR(AddItem(world.imports, WorldItem{resolve_.InterfaceName(at), false, at, {}}));
    stack.pop_back();
  }
  return {};
}

// Gives the world's types and inline interfaces their ids: first the types, then imports, then exports.
Result<void> Resolver::DeclareWorldTypes(WorldInput& input, TypeScope& scope, std::vector<TypeScope*>& scopes) {
  for (const WorldEntry& entry : input.entries) {
    if (entry.kind == WorldEntry::Kind::kType) {
      CVM_RETURN_IF_ERROR(DeclareType(scope, *entry.type));
    } else if (entry.kind == WorldEntry::Kind::kUse) {
      CVM_ASSIGN_OR_RETURN(const TypeId id, DeclareUse(scope, *entry.meta, ast::Ident{entry.name, entry.span}));
      resolve_.types[id.value].kind = Alias{entry.target};
      scope.declared.push_back(Declared{id, nullptr, nullptr, nullptr});
    }
  }
  scopes.push_back(&scope);
  for (const bool exports : {false, true}) {
    for (WorldEntry& entry : input.entries) {
      if (entry.kind != WorldEntry::Kind::kInline || entry.is_export != exports) continue;
      entry.interface = InterfaceId(static_cast<uint32_t>(resolve_.interfaces.size()));
      resolve_.interfaces.push_back(Interface{"", input.unit->package, {}, {}, {}});
      interfaces_.push_back(InterfaceInput{entry.inline_interface, {entry.interface, entry.unit, {}, {}, {}}, {}});
      CVM_RETURN_IF_ERROR(CollectUses(interfaces_.back()));
      CVM_RETURN_IF_ERROR(DeclareInterfaceTypes(entry.interface));
      scopes.push_back(&interfaces_.back().scope);
    }
  }
  return {};
}

Result<void> Resolver::BuildWorld(WorldId id) {
  WorldInput& input = worlds_[id.value];
  TypeScope scope;
  scope.owner = id;
  scope.unit = input.unit;
  std::vector<TypeScope*> scopes;
  CVM_RETURN_IF_ERROR(DeclareWorldTypes(input, scope, scopes));
  CVM_RETURN_IF_ERROR(DefineScopes(scopes));
  for (const bool exports : {false, true}) {
    for (const WorldEntry& entry : input.entries) {
      if (entry.kind != WorldEntry::Kind::kInline || entry.is_export != exports) continue;
      CVM_RETURN_IF_ERROR(DefineInterfaceFunctions(entry.interface));
    }
  }
  World world = resolve_.at(id);
  imported_.clear();
  std::set<InterfaceId> exported;
  for (const WorldEntry& entry : input.entries) {
    if (entry.is_export && entry.kind == WorldEntry::Kind::kInterface) exported.insert(entry.interface);
  }
  for (const bool exports : {false, true}) {
    for (const WorldEntry& entry : input.entries) {
      if (entry.is_export != exports) continue;
      CVM_RETURN_IF_ERROR(exports ? BuildExport(world, scope, entry, exported) : BuildImport(world, scope, entry));
    }
  }
  resolve_.worlds[id.value] = std::move(world);
  return {};
}

Result<void> Resolver::BuildImport(World& world, TypeScope& scope, const WorldEntry& entry) {
  using Kind = WorldEntry::Kind;
  if (entry.kind == Kind::kUse) {
    const Owner& owner = resolve_.at(entry.target).owner;
    CVM_RETURN_IF_ERROR(RequireImport(world, *std::get_if<InterfaceId>(&owner)));
    return AddItem(world.imports, WorldItem{entry.name, true, scope.types.at(entry.name), *entry.meta});
  }
  if (entry.kind == Kind::kType) {
    CVM_RETURN_IF_ERROR(AddItem(world.imports, WorldItem{entry.name, true, scope.types.at(entry.name), *entry.meta}));
    for (const ast::Function& ast : entry.type->functions) {
      CVM_ASSIGN_OR_RETURN(Function function, ResolveFunction(scope, ast, entry.type));
      const std::string name = function.name;
      CVM_RETURN_IF_ERROR(AddItem(world.imports, WorldItem{name, true, std::move(function), ast.meta}));
    }
    return {};
  }
  if (entry.kind == Kind::kFunction) {
    ast::Function ast = *entry.function;
    ast.name = ast::Ident{entry.name, entry.span};
    CVM_ASSIGN_OR_RETURN(Function function, ResolveFunction(scope, ast, nullptr));
    return AddItem(world.imports, WorldItem{entry.name, true, std::move(function), *entry.meta});
  }
  if (entry.kind == Kind::kInterface) {
    CVM_RETURN_IF_ERROR(RequireImport(world, entry.interface));
    // Where something else needed it first, it stands there; what is written before the import holds for it all the
    // same.
    world.imports[imported_[entry.interface]].meta = *entry.meta;
    return {};
  }
  for (InterfaceId use : interfaces_[entry.interface.value].uses) CVM_RETURN_IF_ERROR(RequireImport(world, use));
  return AddItem(world.imports, WorldItem{entry.name, true, entry.interface, *entry.meta});
}

Result<void> Resolver::BuildExport(World& world, TypeScope& scope, const WorldEntry& entry,
                                   const std::set<InterfaceId>& exported) {
  using Kind = WorldEntry::Kind;
  if (entry.kind == Kind::kFunction) {
    ast::Function ast = *entry.function;
    ast.name = ast::Ident{entry.name, entry.span};
    // Exports have names of their own (AddEntry keeps them apart): the same label may be imported too.
    std::set<std::string> import_keys;
    import_keys.swap(scope.keys);
    CVM_ASSIGN_OR_RETURN(Function function, ResolveFunction(scope, ast, nullptr));
    import_keys.swap(scope.keys);
    return AddItem(world.exports, WorldItem{entry.name, true, std::move(function), *entry.meta});
  }
  // What an exported interface uses is imported, unless the world exports it.
  for (InterfaceId use : interfaces_[entry.interface.value].uses) {
    if (exported.count(use) == 0) CVM_RETURN_IF_ERROR(RequireImport(world, use));
  }
  return AddItem(world.exports, WorldItem{entry.name, entry.kind != Kind::kInterface, entry.interface, *entry.meta});
}

}  // namespace cvm::wit
