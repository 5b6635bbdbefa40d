#include "component/wit/resolver.hpp"

#include <algorithm>

#include "component/names/extern_name.hpp"
#include "component/wit/parser.hpp"
#include "component/wit/resolver_impl.hpp"

namespace cvm::wit {
namespace {

// Calls `visit` with every path in the body that names an interface or a world.
template <class Visit>
void ForEachPath(const ast::Body& body, Visit visit) {
  const auto interface = [&](const ast::Interface& i) {
    for (const ast::InterfaceItem& item : i.items) {
      if (const auto* use = std::get_if<ast::Use>(&item)) visit(use->from);
    }
  };
  for (const ast::TopLevelUse& use : body.uses) visit(use.path);
  for (const ast::Interface& i : body.interfaces) interface(i);
  for (const ast::World& world : body.worlds) {
    for (const ast::WorldItem& item : world.items) {
      if (const auto* use = std::get_if<ast::Use>(&item)) visit(use->from);
      if (const auto* include = std::get_if<ast::Include>(&item)) visit(include->world);
      const auto* external = std::get_if<ast::Extern>(&item);
      if (external == nullptr) continue;
      if (const auto* path = std::get_if<ast::UsePath>(&external->target)) visit(*path);
      if (const auto* inner = std::get_if<ast::Interface>(&external->target)) interface(*inner);
    }
  }
}

// The meta, place and name of any syntax tree that can be gated.
struct Gated {
  const Meta* meta;
  Span span;
  std::string name;
};
Gated GatedOf(const ast::Interface& i) { return {&i.meta, i.name.span, i.name.name}; }
Gated GatedOf(const ast::World& w) { return {&w.meta, w.name.span, w.name.name}; }
Gated GatedOf(const ast::TypeDecl& t) { return {&t.meta, t.name.span, t.name.name}; }
Gated GatedOf(const ast::Function& f) { return {&f.meta, f.name.span, f.name.name}; }
Gated GatedOf(const ast::Use& u) { return {&u.meta, u.from.span, ""}; }
Gated GatedOf(const ast::Include& i) { return {&i.meta, i.world.span, ""}; }
Gated GatedOf(const ast::Extern& e) {
  const auto* path = std::get_if<ast::UsePath>(&e.target);
  return {&e.meta, path != nullptr ? path->span : e.name.span, ""};
}
template <class... Items>
Gated GatedOf(const std::variant<Items...>& item) {
  return std::visit([](const auto& inner) { return GatedOf(inner); }, item);
}

}  // namespace

// Parses the files of a group. The answer is the full name of the package that they form.
Result<std::optional<std::string>> Resolver::AddGroup(SourceGroup group) {
  PackageInput root;
  bool named = false;
  std::optional<Span> orphan;  // an item in need of a package
  for (Source& source : group) {
    const uint32_t number = sources_.Add(std::move(source));
    CVM_ASSIGN_OR_RETURN(ast::File file, ParseFile(sources_, number));
    if (file.package.has_value()) {
      if (named && root.name != file.package->name) {
        return ErrorAt(file.package->span,
                       "this file is of package `" + file.package->name.ToString() + "`, the one beside it of `" +
                           root.name.ToString() + "`",
                       "the files of a folder form one package; move this one to a folder of its own");
      }
      named = true;
      root.name = file.package->name;
      root.span = file.package->span;
      if (root.docs.empty()) root.docs = file.package->docs;
    }
    const ast::Body& body = file.body;
    if (!body.uses.empty()) orphan = body.uses[0].path.span;
    if (!body.interfaces.empty()) orphan = body.interfaces[0].name.span;
    if (!body.worlds.empty()) orphan = body.worlds[0].name.span;
    root.units.push_back(&units_.emplace_back(Unit{std::move(file.body), {}, {}}));
    for (auto& [decl, nested] : file.nested) {
      PackageInput input{decl.name, decl.docs, decl.span, {}, {}};
      input.units.push_back(&units_.emplace_back(Unit{std::move(nested), {}, {}}));
      CVM_RETURN_IF_ERROR(AddPackage(std::move(input)));
    }
  }
  if (!named) {
    if (!orphan.has_value()) return std::optional<std::string>();
    return ErrorAt(*orphan, "no file here says which package it belongs to",
                   "begin one with `package namespace:name;`");
  }
  const std::string name = root.name.ToString();
  CVM_RETURN_IF_ERROR(AddPackage(std::move(root)));
  return std::optional(name);
}

// "Any package which is duplicated across dependencies must have the same contents" (WIT.md).
Result<void> Resolver::AddPackage(PackageInput input) {
  const std::string name = input.name.ToString();
  const auto found = package_by_name_.find(name);
  if (found == package_by_name_.end()) {
    packages_.push_back(std::move(input));
    package_by_name_[name] = &packages_.back();
    return {};
  }
  const std::vector<Unit*>& first = found->second->units;
  const bool same = std::equal(first.begin(), first.end(), input.units.begin(), input.units.end(),
                               [](const Unit* a, const Unit* b) { return a->body == b->body; });
  if (same) return {};
  return ErrorAt(input.span,
                 "package `" + name + "` is defined twice, with different contents (first at " +
                     sources_.Place(found->second->span) + ")",
                 "keep one of the two, or give them different versions");
}

Result<bool> Resolver::Keep(const PackageInput& input, const Meta& meta, Span span, const std::string& path) {
  const Gate& gate = meta.gate;
  if (gate.empty()) return true;
  if (!input.name.version.has_value()) {
    return ErrorAt(span, "package `" + input.name.ToString() + "` has a feature gate but no version",
                   "give it one: `package " + input.name.Path() + "@0.1.0;`");
  }
  for (const std::optional<Version>& version : {gate.since, gate.deprecated}) {
    if (!version.has_value() || component::CompareVersions(*version, *input.name.version) <= 0) continue;
    return ErrorAt(
        span,
        "the gate names version " + version->ToString() + ", but the package is at " + input.name.version->ToString(),
        "raise the package's version, or gate the item with `@unstable`");
  }
  if (gate.unstable.empty() || options_.all_features || options_.features.count(gate.unstable) != 0) return true;
  gated_[path] = gate.unstable;
  return false;
}

template <class Items>
Result<void> Resolver::PruneItems(const PackageInput& input, Items& items, const std::string& path) {
  Items kept;
  for (auto& item : items) {
    const Gated gated = GatedOf(item);
    CVM_ASSIGN_OR_RETURN(const bool keep, Keep(input, *gated.meta, gated.span, path + "/" + gated.name));
    if (keep) kept.push_back(std::move(item));
  }
  items = std::move(kept);
  return {};
}

// Takes out what feature gates hide.
Result<void> Resolver::Prune(PackageInput& input) {
  const std::string path = input.name.ToString();
  const auto resource = [&](ast::TypeDecl* type, const std::string& inner) -> Result<void> {
    return type == nullptr ? Result<void>() : PruneItems(input, type->functions, inner + "/" + type->name.name);
  };
  const auto interface = [&](ast::Interface& i, const std::string& inner) -> Result<void> {
    CVM_RETURN_IF_ERROR(PruneItems(input, i.items, inner));
    for (ast::InterfaceItem& item : i.items) CVM_RETURN_IF_ERROR(resource(std::get_if<ast::TypeDecl>(&item), inner));
    return {};
  };
  for (Unit* unit : input.units) {
    CVM_RETURN_IF_ERROR(PruneItems(input, unit->body.interfaces, path));
    CVM_RETURN_IF_ERROR(PruneItems(input, unit->body.worlds, path));
    for (ast::Interface& i : unit->body.interfaces) CVM_RETURN_IF_ERROR(interface(i, path + "/" + i.name.name));
    for (ast::World& world : unit->body.worlds) {
      const std::string inner = path + "/" + world.name.name;
      CVM_RETURN_IF_ERROR(PruneItems(input, world.items, inner));
      for (ast::WorldItem& item : world.items) {
        CVM_RETURN_IF_ERROR(resource(std::get_if<ast::TypeDecl>(&item), inner));
        auto* external = std::get_if<ast::Extern>(&item);
        auto* nested = external == nullptr ? nullptr : std::get_if<ast::Interface>(&external->target);
        if (nested != nullptr) CVM_RETURN_IF_ERROR(interface(*nested, inner + "/" + external->name.name));
      }
    }
  }
  return {};
}

void Resolver::CollectDependencies(PackageInput& input) const {
  for (const Unit* unit : input.units) {
    ForEachPath(unit->body, [&](const ast::UsePath& path) {
      if (path.package.has_value() && *path.package != input.name) {
        input.dependencies.emplace(path.package->ToString(), path.span);
        input.dependency_names.emplace(path.package->ToString(), *path.package);
      }
    });
  }
}

// Articles call version 0.2 of WASI `2.0`: the package that `wasi:io@2.0.3` means, of those that there are; the version
// 0.2.3, or else the newest 0.2. Empty for other names.
std::string Resolver::MeantPackage(const PackageName& name) const {
  if (!name.version.has_value()) return "";
  const auto meant = component::MeantByWasi2(
      {name.ns, name.name, "any", component::InterfaceVersion{*name.version, false, name.version->ToString()}});
  if (!meant.has_value()) return "";
  const PackageInput* best = nullptr;
  for (const auto& [other, input] : package_by_name_) {
    if (input->name.Path() != name.Path() || !input->name.version.has_value()) continue;
    const Version& version = *input->name.version;
    if (version == meant->version->version) return other;
    if (!component::SemverCompatible(version, meant->version->version)) continue;
    if (best == nullptr || component::CompareVersions(*best->name.version, version) < 0) best = input;
  }
  return best == nullptr ? "" : best->name.ToString();
}

// Puts the packages that are meant in the place of dependencies that are not there, and says so.
void Resolver::ReplaceWasi2() {
  for (PackageInput& input : packages_) {
    for (const auto& [name, package] : input.dependency_names) {
      if (package_by_name_.count(name) != 0) continue;
      const std::string meant = MeantPackage(package);
      if (meant.empty()) continue;
      const Span span = input.dependencies.at(name);
      warnings_.push_back(sources_.Place(span) + ": `" + name + "` is taken as `" + meant + "`; write that");
      input.dependencies.erase(name);
      if (meant != input.name.ToString()) input.dependencies.emplace(meant, span);
      meant_[name] = meant;
    }
  }
}

// Packages behind those that they depend on; where that leaves a choice, by name.
Result<std::vector<PackageInput*>> Resolver::OrderPackages() {
  std::map<std::string, size_t> missing;  // dependencies not yet in order
  std::map<std::string, std::vector<std::string>> dependents;
  std::set<std::string> ready;
  for (const auto& [name, input] : package_by_name_) {
    missing[name] = input->dependencies.size();
    if (input->dependencies.empty()) ready.insert(name);
    for (const auto& [dependency, span] : input->dependencies) {
      if (package_by_name_.count(dependency) == 0) {
        std::string known;
        for (const auto& [other, unused] : package_by_name_) known += (known.empty() ? "`" : ", `") + other + "`";
        return ErrorAt(span, "package `" + dependency + "` is not known",
                       "put it in the `deps` folder; known are " + known);
      }
      dependents[dependency].push_back(name);
    }
  }
  std::vector<PackageInput*> order;
  std::set<PackageInput*> done;
  while (!ready.empty()) {
    const std::string name = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(package_by_name_[name]);
    done.insert(order.back());
    for (const std::string& dependent : dependents[name]) {
      if (--missing[dependent] == 0) ready.insert(dependent);
    }
  }
  if (order.size() != packages_.size()) return PackageCycle(done);
  return order;
}

// Follows dependencies among the packages that could not be ordered until one comes up again.
Error Resolver::PackageCycle(const std::set<PackageInput*>& done) const {
  PackageInput* at = nullptr;
  for (const auto& [name, input] : package_by_name_) {
    if (done.count(input) == 0) at = input;
  }
  std::vector<PackageInput*> path;
  Span span;
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    for (const auto& [name, where] : at->dependencies) {
      PackageInput* next = package_by_name_.at(name);
      if (done.count(next) != 0) continue;
      at = next;
      span = where;
      break;
    }
  }
  std::string text;
  for (auto it = std::find(path.begin(), path.end(), at); it != path.end(); ++it) {
    text += "`" + (*it)->name.ToString() + "` → ";
  }
  return ErrorAt(span, "packages depend on one another in a circle: " + text + "`" + at->name.ToString() + "`",
                 "move what they share to a package of its own");
}

// Gives the package, its interfaces and its worlds their ids.
Result<void> Resolver::DeclarePackage(PackageInput& input) {
  const PackageId id(static_cast<uint32_t>(resolve_.packages.size()));
  resolve_.packages.push_back(Package{input.name, input.docs, {}, {}});
  package_ids_[input.name.ToString()] = id;
  TopLevelNames& names = package_names_.emplace_back();
  std::set<std::string> keys;
  const auto take = [&](const ast::Ident& name, TopLevel target) -> Result<void> {
    names[name.name] = target;
    if (keys.insert(component::LowercaseLabel(name.name)).second) return {};
    return ErrorAt(name.span, "`" + name.name + "` is already defined in package `" + input.name.ToString() + "`",
                   "rename one of the two; names that differ only in case are the same");
  };
  for (Unit* unit : input.units) {
    unit->package = id;
    for (const ast::Interface& ast : unit->body.interfaces) {
      const InterfaceId interface(static_cast<uint32_t>(resolve_.interfaces.size()));
      resolve_.interfaces.push_back(Interface{ast.name.name, id, {}, {}, ast.meta});
      interfaces_.push_back(InterfaceInput{&ast, {interface, unit, {}, {}, {}}, {}});
      resolve_.packages.back().interfaces.push_back(interface);
      CVM_RETURN_IF_ERROR(take(ast.name, interface));
    }
  }
  for (Unit* unit : input.units) {
    for (const ast::World& ast : unit->body.worlds) {
      const WorldId world(static_cast<uint32_t>(resolve_.worlds.size()));
      resolve_.worlds.push_back(World{ast.name.name, id, {}, {}, ast.meta});
      worlds_.push_back(WorldInput{&ast, unit, {}, {}});
      resolve_.packages.back().worlds.push_back(world);
      CVM_RETURN_IF_ERROR(take(ast.name, world));
    }
  }
  return {};
}

Result<void> Resolver::ResolveTopLevelUses(Unit& unit) {
  // Paths are looked up in the package, not among the names that this file's `use`s define.
  TopLevelNames uses;
  std::set<std::string> defined;
  for (const ast::Interface& interface : unit.body.interfaces) defined.insert(interface.name.name);
  for (const ast::World& world : unit.body.worlds) defined.insert(world.name.name);
  for (const ast::TopLevelUse& use : unit.body.uses) {
    CVM_ASSIGN_OR_RETURN(const TopLevel target, LookUp(use.path, unit));
    if (!defined.insert(use.as.name).second) {
      return ErrorAt(use.as.span, "`" + use.as.name + "` is already defined in this file", "rename it with `as`");
    }
    uses.emplace(use.as.name, target);
  }
  unit.uses = std::move(uses);
  return {};
}

std::string Resolver::GateHint(const std::string& path) const {
  const auto found = gated_.find(path);
  return found == gated_.end() ? ""
                               : "it is gated by the unstable feature `" + found->second + "`, which is not enabled";
}

Result<TopLevel> Resolver::LookUp(const ast::UsePath& path, const Unit& unit) const {
  PackageId package = unit.package;
  if (path.package.has_value()) {
    package = package_ids_.at(path.package->ToString());  // OrderPackages has checked it
  } else if (const auto found = unit.uses.find(path.name.name); found != unit.uses.end()) {
    return found->second;
  }
  const TopLevelNames& names = package_names_[package.value];
  if (const auto found = names.find(path.name.name); found != names.end()) return found->second;
  const std::string owner = resolve_.at(package).name.ToString();
  const std::string gate = GateHint(owner + "/" + path.name.name);
  return ErrorAt(path.name.span, "`" + path.name.name + "` is not defined in package `" + owner + "`",
                 gate.empty() ? "check the spelling, or define an interface or world of that name" : gate);
}

Result<InterfaceId> Resolver::LookUpInterface(const ast::UsePath& path, const Unit& unit) const {
  CVM_ASSIGN_OR_RETURN(const TopLevel found, LookUp(path, unit));
  if (const InterfaceId* interface = std::get_if<InterfaceId>(&found)) return *interface;
  return ErrorAt(path.name.span, "`" + path.name.name + "` is a world, but an interface is wanted here",
                 "name an interface; worlds are taken in by `include`");
}

Result<WorldId> Resolver::LookUpWorld(const ast::UsePath& path, const Unit& unit) const {
  CVM_ASSIGN_OR_RETURN(const TopLevel found, LookUp(path, unit));
  if (const WorldId* world = std::get_if<WorldId>(&found)) return *world;
  return ErrorAt(path.name.span, "`" + path.name.name + "` is an interface, but a world is wanted here",
                 "name a world; interfaces are taken in by `import` and `export`");
}

Result<Resolution> Resolver::Run(std::vector<SourceGroup> groups) {
  std::optional<std::string> root;
  for (size_t i = 0; i < groups.size(); ++i) {
    CVM_ASSIGN_OR_RETURN(std::optional<std::string> name, AddGroup(std::move(groups[i])));
    if (i == 0) root = std::move(name);
  }
  for (PackageInput& input : packages_) {
    CVM_RETURN_IF_ERROR(Prune(input));
    CollectDependencies(input);
  }
  ReplaceWasi2();
  CVM_ASSIGN_OR_RETURN(const std::vector<PackageInput*> order, OrderPackages());
  for (PackageInput* input : order) CVM_RETURN_IF_ERROR(DeclarePackage(*input));
  for (const auto& [name, meant] : meant_) package_ids_[name] = package_ids_.at(meant);
  for (PackageInput* input : order) {
    for (Unit* unit : input->units) CVM_RETURN_IF_ERROR(ResolveTopLevelUses(*unit));
  }
  CVM_RETURN_IF_ERROR(ResolveInterfaces());
  CVM_RETURN_IF_ERROR(ResolveWorlds());
  Resolution resolution;
  if (root.has_value()) resolution.root = package_ids_.at(*root);
  resolution.resolve = std::move(resolve_);
  resolution.warnings = std::move(warnings_);
  return resolution;
}

Result<Resolution> ResolveSources(std::vector<SourceGroup> groups, const ResolveOptions& options) {
  return Resolver(options).Run(std::move(groups));
}

}  // namespace cvm::wit
