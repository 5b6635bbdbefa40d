// Core modules, and instances of modules and components.
#include "component/validate/context.hpp"

namespace cvm::component::validate {
namespace {

// ---- core instances ----

Result<std::shared_ptr<const CoreInstance>> InstantiateModule(Context& cx, const CoreInstantiation& def) {
  const Scope& scope = cx.scope();
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<const ModuleType> module, At(scope.core_modules, def.module, "module"));
  absl::flat_hash_map<std::string, std::shared_ptr<const CoreInstance>> args;
  for (const CoreInstantiation::Arg& arg : def.args) {
    CVM_ASSIGN_OR_RETURN(std::shared_ptr<const CoreInstance> instance,
                         At(scope.core_instances, arg.instance, "core instance"));
    if (!args.emplace(std::string(arg.name), std::move(instance)).second) {
      return Invalid("duplicate module instantiation argument named " + Quote(arg.name));
    }
  }
  CVM_RETURN_IF_ERROR(cx.types.Work(module->imports.size() + module->exports.size()));
  for (const ModuleType::CoreImport& import : module->imports) {
    const auto arg = args.find(std::string(import.module));
    if (arg == args.end()) return Invalid("missing module instantiation argument named " + Quote(import.module));
    const auto found = arg->second->exports.find(std::string(import.name));
    if (found == arg->second->exports.end()) {
      return Invalid("module instantiation argument " + Quote(import.module) + " does not export an item named " +
                     Quote(import.name));
    }
    if (Result<void> match = MatchCore(cx.canonical, found->second, import.type); !match.ok()) {
      return Invalid("type mismatch for export " + Quote(import.name) + " of module instantiation argument " +
                     Quote(import.module) + ": " + match.error().message());
    }
  }
  auto instance = std::make_shared<CoreInstance>();
  for (const auto& [name, type] : module->exports) instance->exports.emplace(std::string(name), type);
  return std::shared_ptr<const CoreInstance>(std::move(instance));
}

Result<std::shared_ptr<const CoreInstance>> BundleCore(Context& cx, const std::vector<CoreInlineExport>& exports) {
  auto instance = std::make_shared<CoreInstance>();
  for (const CoreInlineExport& exported : exports) {
    CVM_ASSIGN_OR_RETURN(const ExternType type, CoreItemAt(cx.scope(), exported.what));
    if (!instance->exports.emplace(std::string(exported.name), type).second) {
      return Invalid("export name " + Quote(exported.name) + " already defined");
    }
  }
  return std::shared_ptr<const CoreInstance>(std::move(instance));
}

// ---- instances ----

Result<ItemMap> ResolveArgs(Context& cx, const std::vector<InstanceArg>& args) {
  ItemMap given;
  for (const InstanceArg& arg : args) {
    CVM_ASSIGN_OR_RETURN(const Entity entity, EntityAt(cx, arg.what));
    if (!given.Add(arg.name, entity)) {
      return Invalid("instantiation argument " + Quote(arg.name) + " conflicts with previous argument " +
                     Quote(arg.name));
    }
  }
  return given;
}

// The types that are given take the place of those that were imported, so that they keep their names outside.
Result<void> MapTypes(Context& cx, const ItemMap& wanted, const ItemMap& given, Substitution& substitution) {
  CVM_RETURN_IF_ERROR(cx.types.Work(wanted.items().size()));
  for (const ItemMap::Item& item : wanted.items()) {
    const Entity* found = given.Find(item.name);
    if (found == nullptr) continue;
    if (item.entity.sort == Sort::kType) substitution.MapType(item.entity.type, found->type);
    if (item.entity.sort != Sort::kInstance) continue;
    const std::shared_ptr<const World> want = cx.types[item.entity.type].world;
    const std::shared_ptr<const World> have = cx.types[found->type].world;
    CVM_RETURN_IF_ERROR(MapTypes(cx, want->exports, have->exports, substitution));
  }
  return {};
}

Result<TypeId> InstantiateComponent(Context& cx, const Instantiation& def) {
  CVM_ASSIGN_OR_RETURN(const TypeId component, At(cx.scope().components, def.component, "component"));
  const std::shared_ptr<const World> world = cx.types[component].world;
  CVM_ASSIGN_OR_RETURN(const ItemMap args, ResolveArgs(cx, def.args));
  // Each argument's resources take the place of those that its import binds, for the imports after it and the exports.
  Matcher matcher(cx.types, cx.canonical);
  CVM_RETURN_IF_ERROR(matcher.Bind(world->imported, world->imports, args));
  for (const ItemMap::Item& import : world->imports.items()) {
    const Entity* arg = args.Find(import.name);
    if (arg == nullptr) return Invalid("missing import named " + Quote(import.name));
    Result<void> match = matcher.MatchEntity(*arg, import.entity);
    if (!match.ok() && match.error().kind() == ErrorKind::kInvalid) {
      return Invalid("type mismatch for import " + Quote(import.name) + ": " + match.error().message());
    }
    CVM_RETURN_IF_ERROR(std::move(match));
  }
  Substitution substitution(cx.types);
  CVM_RETURN_IF_ERROR(MapTypes(cx, world->imports, args, substitution));
  for (const ResourceId id : world->imported) substitution.Map(id, matcher.Resolve(id));
  for (const ResourceId id : world->defined) substitution.Map(id, cx.types.NewResource());
  World instance;
  CVM_ASSIGN_OR_RETURN(instance.exports, substitution.Apply(world->exports));
  return cx.types.AddWorld(TypeDef::Kind::kInstance, std::move(instance));
}

Result<TypeId> Bundle(Context& cx, const std::vector<InlineExport>& exports) {
  NamedThings named;
  World instance;
  for (const InlineExport& exported : exports) {
    CVM_ASSIGN_OR_RETURN(const Entity entity, EntityAt(cx, exported.what));
    CVM_RETURN_IF_ERROR(CheckExternName(cx, named, Direction::kExport, exported.name, entity));
    instance.exports.Add(exported.name.name, entity, &exported.name);
  }
  return cx.types.AddWorld(TypeDef::Kind::kInstance, std::move(instance));
}

}  // namespace

Result<void> DefineCoreModule(Context& cx, const CoreModuleDef& def) {
  ValidatedModule validated;
  CVM_RETURN_IF_ERROR(
      cx.options.module_bodies
          ? ValidateModule(*def.module, cx.features, cx.canonical, &validated, cx.options.limits)
          : ValidateDeclarations(*def.module, cx.features, cx.canonical, &validated, cx.options.limits));
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<const ModuleType> type, TypeOfModule(*def.module, validated.canonical_ids));
  cx.scope().core_modules.push_back(std::move(type));
  return {};
}

Result<void> DefineCoreInstance(Context& cx, const CoreInstanceDef& def) {
  const CoreInstantiation* instantiation = std::get_if<CoreInstantiation>(&def.how);
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<const CoreInstance> instance,
                       instantiation != nullptr ? InstantiateModule(cx, *instantiation)
                                                : BundleCore(cx, std::get<std::vector<CoreInlineExport>>(def.how)));
  cx.scope().core_instances.push_back(std::move(instance));
  return {};
}

Result<void> DefineInstance(Context& cx, const InstanceDef& def) {
  const Instantiation* instantiation = std::get_if<Instantiation>(&def.how);
  CVM_ASSIGN_OR_RETURN(const TypeId instance, instantiation != nullptr
                                                  ? InstantiateComponent(cx, *instantiation)
                                                  : Bundle(cx, std::get<std::vector<InlineExport>>(def.how)));
  cx.scope().instances.push_back(instance);
  return {};
}

}  // namespace cvm::component::validate
