// The definitions of a component but for types, functions, imports, exports and aliases: modules, components and their
// instances, and start functions (Explainer.md: definition).
#include "component/text/parser.hpp"
#include "vm/text/parse.hpp"

namespace cvm::component::text {

Result<void> Parser::Definition() {
  using Parse = Result<void> (Parser::*)();
  struct Row {
    std::string_view word;
    Parse parse;
  };
  static constexpr Row kDefinitions[] = {
      {"component", &Parser::NestedComponent},
      {"instance", &Parser::Instance},
      {"alias", &Parser::Alias},
      {"type", &Parser::Type},
      {"canon", &Parser::Canon},
      {"func", &Parser::Func},
      {"import", &Parser::Import},
      {"export", &Parser::Export},
      {"start", &Parser::Start},
      {"value", &Parser::Value},
  };
  static constexpr Row kCoreDefinitions[] = {
      {"module", &Parser::CoreModule}, {"instance", &Parser::CoreInstance}, {"type", &Parser::CoreType},
      {"rec", &Parser::CoreRec},       {"func", &Parser::CoreItem},         {"table", &Parser::CoreItem},
      {"memory", &Parser::CoreItem},   {"global", &Parser::CoreItem},       {"tag", &Parser::CoreItem},
  };
  const bool core = in_.AtOpen("core");
  const std::span<const Row> rows = core ? std::span<const Row>(kCoreDefinitions) : std::span<const Row>(kDefinitions);
  for (const Row& row : rows) {
    if (in_.At(TokenKind::kLParen) && in_.AtKeyword(row.word, core ? 2 : 1)) return (this->*row.parse)();
  }
  if (in_.At(TokenKind::kLParen)) in_.Next();
  return Unexpected("valid component field");
}

// --- modules and components. Both have names of their own: the identifier, or the annotation, which is not the item's
// name then.

// (core module $id? export* …): imported, an alias, or fields
Result<void> Parser::CoreModule() {
  const uint32_t offset = Here();
  in_.Seek(in_.position() + 3);
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  std::vector<ExternNameText> exports;
  CVM_RETURN_IF_ERROR(InlineExports(&exports));
  CVM_ASSIGN_OR_RETURN(std::optional<uint32_t> index, ImportOrAlias(offset, Sort::kCoreModule));
  if (!index) {
    const Level level(*this);
    CVM_RETURN_IF_ERROR(level.Check());
    CoreModuleDef def;
    CVM_ASSIGN_OR_RETURN(
        def.module, cvm::text::ParseModuleFields(in_, features_, binder.name.value_or(std::string_view()), limits_));
    index = Define(offset, Sort::kCoreModule, std::move(def));
  }
  CVM_RETURN_IF_ERROR(Finish(offset, {Sort::kCoreModule, *index}, ItemBinder(binder), exports));
  return in_.Close();
}

// (component $id? export* …): imported, an alias, or definitions
Result<void> Parser::NestedComponent() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("component"));
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  std::vector<ExternNameText> exports;
  CVM_RETURN_IF_ERROR(InlineExports(&exports));
  CVM_ASSIGN_OR_RETURN(std::optional<uint32_t> index, ImportOrAlias(offset, Sort::kComponent));
  if (!index) {
    CVM_ASSIGN_OR_RETURN(std::shared_ptr<const Component> component, ParseComponent(binder));
    index = Define(offset, Sort::kComponent, std::move(component));
  }
  CVM_RETURN_IF_ERROR(Finish(offset, {Sort::kComponent, *index}, ItemBinder(binder), exports));
  return in_.Close();
}

// --- core instances

// (export name core-externidx)*
Result<std::vector<CoreInlineExport>> Parser::CoreBundle() {
  std::vector<CoreInlineExport> items;
  while (in_.TakeOpen("export")) {
    CoreInlineExport item;
    CVM_ASSIGN_OR_RETURN(item.name, Name());
    CVM_ASSIGN_OR_RETURN(item.what, CoreItemRef());
    items.push_back(item);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return items;
}

// Behind "(instantiate". A bundle of exports as an argument is an instance of its own.
Result<CoreInstantiation> Parser::CoreInstantiate() {
  CoreInstantiation how;
  CVM_ASSIGN_OR_RETURN(how.module, Ref(Sort::kCoreModule));
  while (in_.TakeOpen("with")) {
    CoreInstantiation::Arg arg;
    CVM_ASSIGN_OR_RETURN(arg.name, Name());
    const uint32_t offset = Here();
    const size_t instance = in_.Peek(1).kind == TokenKind::kKeyword && in_.AtKeyword("core", 1) ? 2 : 1;
    if (in_.AtKeyword("instance", instance) && !in_.AtIndex(instance + 1)) {
      in_.Seek(in_.position() + instance + 1);
      CoreInstanceDef bundle;
      CVM_ASSIGN_OR_RETURN(bundle.how, CoreBundle());
      CVM_RETURN_IF_ERROR(in_.Close());
      arg.instance = Define(offset, Sort::kCoreInstance, std::move(bundle));
    } else {
      CVM_ASSIGN_OR_RETURN(arg.instance, Ref(Sort::kCoreInstance));
    }
    how.args.push_back(arg);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  CVM_RETURN_IF_ERROR(in_.Close());
  return how;
}

// (core instance $id? (instantiate …)), (core instance $id? (export …)*)
Result<void> Parser::CoreInstance() {
  const uint32_t offset = Here();
  in_.Seek(in_.position() + 3);
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  CoreInstanceDef def;
  if (in_.TakeOpen("instantiate")) {
    CVM_ASSIGN_OR_RETURN(def.how, CoreInstantiate());
  } else {
    CVM_ASSIGN_OR_RETURN(def.how, CoreBundle());
  }
  CVM_RETURN_IF_ERROR(Bind(Sort::kCoreInstance, binder, Define(offset, Sort::kCoreInstance, std::move(def))));
  return in_.Close();
}

// --- instances

// (export name externidx)*
Result<std::vector<InlineExport>> Parser::Bundle() {
  std::vector<InlineExport> items;
  while (in_.TakeOpen("export")) {
    InlineExport item;
    CVM_ASSIGN_OR_RETURN(item.name, ExternName());
    CVM_ASSIGN_OR_RETURN(item.what, ExternRef());
    items.push_back(item);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return items;
}

// Behind "(instantiate". A bundle of exports as an argument is an instance of its own.
Result<Instantiation> Parser::Instantiate() {
  Instantiation how;
  CVM_ASSIGN_OR_RETURN(how.component, Ref(Sort::kComponent));
  while (in_.TakeOpen("with")) {
    InstanceArg arg;
    CVM_ASSIGN_OR_RETURN(arg.name, Name());
    const uint32_t offset = Here();
    if (in_.AtOpen("instance") && !in_.AtIndex(2)) {
      in_.Seek(in_.position() + 2);
      InstanceDef bundle;
      CVM_ASSIGN_OR_RETURN(bundle.how, Bundle());
      CVM_RETURN_IF_ERROR(in_.Close());
      arg.what = {Sort::kInstance, Define(offset, Sort::kInstance, std::move(bundle))};
    } else {
      CVM_ASSIGN_OR_RETURN(arg.what, ExternRef());
    }
    how.args.push_back(arg);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  CVM_RETURN_IF_ERROR(in_.Close());
  return how;
}

// (instance $id? export* …): imported, an alias, (instantiate …) or a bundle of exports
Result<void> Parser::Instance() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("instance"));
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  std::vector<ExternNameText> exports;
  CVM_RETURN_IF_ERROR(InlineExports(&exports));
  CVM_ASSIGN_OR_RETURN(std::optional<uint32_t> index, ImportOrAlias(offset, Sort::kInstance));
  if (!index) {
    InstanceDef def;
    if (in_.TakeOpen("instantiate")) {
      CVM_ASSIGN_OR_RETURN(def.how, Instantiate());
    } else {
      CVM_ASSIGN_OR_RETURN(def.how, Bundle());
    }
    index = Define(offset, Sort::kInstance, std::move(def));
  }
  CVM_RETURN_IF_ERROR(Finish(offset, {Sort::kInstance, *index}, binder, exports));
  return in_.Close();
}

// --- start functions and values

// (start func (value idx)* (result (value $id?))*)
Result<void> Parser::Start() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("start"));
  StartDef start;
  CVM_ASSIGN_OR_RETURN(start.func, Ref(Sort::kFunc));
  while (in_.AtOpen("value")) {
    CVM_ASSIGN_OR_RETURN(const uint32_t arg, Ref(Sort::kValue));
    start.args.push_back(arg);
  }
  std::vector<Binder> results;
  while (in_.TakeOpen("result")) {
    CVM_RETURN_IF_ERROR(in_.ExpectOpen("value"));
    CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
    results.push_back(binder);
    CVM_RETURN_IF_ERROR(in_.Close());
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  start.results = static_cast<uint32_t>(results.size());
  scope().component->definitions.push_back({offset, std::move(start)});
  uint32_t& values = scope().counts[static_cast<size_t>(Sort::kValue)];
  for (const Binder& binder : results) CVM_RETURN_IF_ERROR(Bind(Sort::kValue, binder, values++));
  return in_.Close();
}

// Validation refuses values too; their text would need their types.
Result<void> Parser::Value() {
  const cvm::text::Place place = in_.tokens().Locate(in_.Peek());
  return UnsupportedError("component values are not part of this build").AtLine(place.line, place.column);
}

}  // namespace cvm::component::text
