// Core types, and the types of core modules with their declarations (Explainer.md: core:type, core:moduletype).
#include "component/text/parser.hpp"

namespace cvm::component::text {

// Adds types that core_types() has given indices to; gives the first.
uint32_t Parser::DefineCoreTypes(uint32_t offset, std::vector<SubType> types) {
  const uint32_t first = core_types().count() - static_cast<uint32_t>(types.size());
  for (uint32_t index = first; index < core_types().count() && scope().component != nullptr; ++index) {
    const std::string_view name = core_types().NameOf(index);
    if (!name.empty()) scope().component->names.Of(Sort::kCoreType).entries.emplace_back(index, Own(name));
  }
  CoreTypeDef def;
  def.types = std::move(types);
  if (scope().module_decls == nullptr) {
    Define(offset, Sort::kCoreType, std::move(def));
  } else {
    ModuleDecl decl{};
    decl.kind = ModuleDecl::Kind::kType;
    decl.definition = std::move(def);
    decl.offset = offset;
    scope().module_decls->push_back(std::move(decl));
  }
  return first;
}

// (core type $id? deftype)
Result<void> Parser::CoreType() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("core"));
  if (!in_.TakeKeyword("type")) return Unexpected("`type`");
  const size_t begin = in_.position();
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  if (AtInlineAlias()) {
    CVM_ASSIGN_OR_RETURN(const std::optional<uint32_t> index, InlineAlias(offset, Sort::kCoreType));
    CVM_RETURN_IF_ERROR(Bind(Sort::kCoreType, binder, *index));
    return in_.Close();
  }
  if (!in_.TakeOpen("module")) {
    in_.Seek(begin);
    CVM_ASSIGN_OR_RETURN(std::vector<SubType> types, core_types().ParseType());
    DefineCoreTypes(offset, std::move(types));
    return {};
  }
  CVM_ASSIGN_OR_RETURN(CoreTypeDef def, ModuleType(IdOf(binder)));
  CVM_RETURN_IF_ERROR(in_.Close());
  Define(offset, Sort::kCoreType, std::move(def));
  CVM_RETURN_IF_ERROR(Bind(Sort::kCoreType, binder, core_types().AddOther()));
  return in_.Close();
}

// (core rec (type …)*)
Result<void> Parser::CoreRec() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("core"));
  CVM_RETURN_IF_ERROR(in_.ExpectKeyword("rec"));
  CVM_ASSIGN_OR_RETURN(std::vector<SubType> types, core_types().ParseRecGroup());
  DefineCoreTypes(offset, std::move(types));
  return {};
}

// (type idx), or a module type written out, which is defined then.
Result<uint32_t> Parser::CoreModuleTypeUse() {
  if (in_.AtOpen("type") && AtRef(2)) return Ref(Sort::kCoreType);
  const uint32_t offset = Here();
  CVM_ASSIGN_OR_RETURN(CoreTypeDef def, ModuleType(std::string_view()));
  Define(offset, Sort::kCoreType, std::move(def));
  return core_types().AddOther();
}

// moduledecl*, in a scope of its own.
Result<CoreTypeDef> Parser::ModuleType(std::string_view id) {
  const Level level(*this);
  CVM_RETURN_IF_ERROR(level.Check());
  auto module = std::make_shared<ModuleTypeDef>();
  scopes_.push_back(std::make_unique<Scope>());
  scope().id = id;
  scope().module_decls = &module->decls;
  while (!in_.At(TokenKind::kRParen)) {
    CVM_RETURN_IF_ERROR(ModuleTypeDecl());
  }
  scopes_.pop_back();
  CoreTypeDef def;
  def.module = std::move(module);
  return def;
}

Result<void> Parser::ModuleTypeDecl() {
  const uint32_t offset = Here();
  if (in_.TakeOpen("type")) {
    CVM_ASSIGN_OR_RETURN(std::vector<SubType> types, core_types().ParseType());
    DefineCoreTypes(offset, std::move(types));
    return {};
  }
  if (in_.TakeOpen("rec")) {
    CVM_ASSIGN_OR_RETURN(std::vector<SubType> types, core_types().ParseRecGroup());
    DefineCoreTypes(offset, std::move(types));
    return {};
  }
  if (in_.TakeOpen("alias")) {
    CVM_RETURN_IF_ERROR(ModuleTypeAlias(offset));
  } else {
    const bool import = in_.TakeOpen("import");
    if (!import && !in_.TakeOpen("export")) return Unexpected("a declaration of a module type");
    CVM_RETURN_IF_ERROR(ModuleTypeExtern(offset, import));
  }
  return in_.Close();
}

// outer idx idx (type $id?)
Result<void> Parser::ModuleTypeAlias(uint32_t offset) {
  CVM_RETURN_IF_ERROR(in_.ExpectKeyword("outer"));
  ModuleDecl decl{};
  decl.kind = ModuleDecl::Kind::kOuterAlias;
  decl.offset = offset;
  CVM_ASSIGN_OR_RETURN(const AliasDef target, OuterTarget(Sort::kCoreType));
  decl.outer_count = target.outer_count;
  decl.outer_index = target.outer_index;
  if (!in_.TakeOpen("type")) return Unexpected("`(type …)`");
  std::optional<Token> id;
  if (in_.At(TokenKind::kId)) id = in_.Next();
  const uint32_t index = core_types().AddOther();
  if (id) {
    CVM_RETURN_IF_ERROR(core_types().BindId(*id, index));
  }
  scope().module_decls->push_back(std::move(decl));
  return in_.Close();
}

// "module"? "name" (sort $id? type)
Result<void> Parser::ModuleTypeExtern(uint32_t offset, bool import) {
  ModuleDecl decl{};
  decl.kind = import ? ModuleDecl::Kind::kImport : ModuleDecl::Kind::kExport;
  decl.offset = offset;
  if (import) {
    CVM_ASSIGN_OR_RETURN(decl.module, Name());
  }
  CVM_ASSIGN_OR_RETURN(decl.name, Name());
  std::vector<SubType> added;
  CVM_ASSIGN_OR_RETURN(decl.type, core_types().ParseExternType(&added));
  if (!added.empty()) DefineCoreTypes(offset, std::move(added));
  scope().module_decls->push_back(std::move(decl));
  return {};
}

}  // namespace cvm::component::text
