// Imports and exports with their names and types, and aliases (Explainer.md: "Import and Export Definitions", "Alias
// Definitions").
#include "component/text/parser.hpp"

namespace cvm::component::text {

// --- names

namespace {

const AttributeForm* FindAttribute(const TokenCursor& in, size_t ahead) {
  for (const AttributeForm& form : kAttributeForms) {
    if (in.Peek(ahead).kind == TokenKind::kLParen && in.AtKeyword(form.keyword, ahead + 1)) return &form;
  }
  return nullptr;
}

}  // namespace

// At `(import "x")` or `(export "x")`, maybe with attributes: an abbreviation, not a definition with an operand.
bool Parser::AtInline(std::string_view keyword) const {
  if (!in_.AtOpen(keyword)) return false;
  size_t ahead = 2;
  if (in_.Peek(ahead).kind == TokenKind::kString) {
    ++ahead;
  } else if (in_.Peek(ahead).kind == TokenKind::kLParen && in_.AtKeyword("interface", ahead + 1)) {
    ahead += 4;
  } else {
    return false;
  }
  while (FindAttribute(in_, ahead) != nullptr) ahead += 4;
  return in_.Peek(ahead).kind == TokenKind::kRParen;
}

// externnamelit attribute*. The older form (interface "…") is taken as well.
Result<ExternNameText> Parser::ExternName() {
  ExternNameText text;
  const bool interface = in_.TakeOpen("interface");
  CVM_ASSIGN_OR_RETURN(text.name, Name());
  if (interface) {
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  while (const AttributeForm* form = FindAttribute(in_, 0)) {
    if ((text.*form->member).has_value()) return Unexpected();
    in_.Seek(in_.position() + 2);
    CVM_ASSIGN_OR_RETURN(text.*form->member, Name());
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return text;
}

Result<void> Parser::InlineExports(std::vector<ExternNameText>* names) {
  while (AtInline("export")) {
    in_.Seek(in_.position() + 2);
    CVM_ASSIGN_OR_RETURN(ExternNameText name, ExternName());
    names->push_back(name);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return {};
}

// What is common to definitions with an identifier and inline exports, once they have an index.
Result<void> Parser::Finish(uint32_t offset, SortIndex what, const Binder& binder,
                            const std::vector<ExternNameText>& exports) {
  for (const ExternNameText& name : exports) scope().exports.emplace_back(offset, ExportDef{name, what, std::nullopt});
  return Bind(what.sort, binder, what.index);
}

// --- types of imports and exports

// typebound
Result<TypeBound> Parser::Bound() {
  TypeBound bound;
  if (in_.TakeOpen("eq")) {
    CVM_ASSIGN_OR_RETURN(bound.eq, Ref(Sort::kType));
  } else {
    if (!in_.TakeOpen("sub")) return Unexpected("`eq` or `sub`");
    CVM_RETURN_IF_ERROR(in_.ExpectKeyword("resource"));
    bound.sub_resource = true;
  }
  CVM_RETURN_IF_ERROR(in_.Close());
  return bound;
}

// valuebound
Result<ValueBound> Parser::BoundOfValue() {
  ValueBound bound;
  bound.eq = in_.TakeOpen("eq");
  if (bound.eq) {
    CVM_ASSIGN_OR_RETURN(bound.index, Ref(Sort::kValue));
    CVM_RETURN_IF_ERROR(in_.Close());
  } else {
    CVM_ASSIGN_OR_RETURN(bound.type, ValType());
  }
  return bound;
}

Result<ExternDesc> Parser::Desc(Sort sort) {
  ExternDesc desc;
  desc.sort = sort;
  if (sort == Sort::kType) {
    CVM_ASSIGN_OR_RETURN(desc.bound, Bound());
  } else if (sort == Sort::kValue) {
    CVM_ASSIGN_OR_RETURN(desc.value, BoundOfValue());
  } else if (sort == Sort::kCoreModule) {
    CVM_ASSIGN_OR_RETURN(desc.type, CoreModuleTypeUse());
  } else {
    CVM_ASSIGN_OR_RETURN(desc.type, TypeUse(sort));
  }
  return desc;
}

// --- imports and exports

Result<uint32_t> Parser::DefineImport(uint32_t offset, const ExternNameText& name, Sort sort) {
  CVM_ASSIGN_OR_RETURN(const ExternDesc desc, Desc(sort));
  return Define(offset, sort, ImportDef{name, desc});
}

Result<void> Parser::Import() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("import"));
  CVM_ASSIGN_OR_RETURN(const ExternNameText name, ExternName());
  const std::optional<Sort> sort = TakeOpenSort();
  if (!sort || (FormOf(*sort).core && *sort != Sort::kCoreModule)) return Unexpected("the type of an import");
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  CVM_ASSIGN_OR_RETURN(const uint32_t index, DefineImport(offset, name, *sort));
  CVM_RETURN_IF_ERROR(Bind(*sort, binder, index));
  CVM_RETURN_IF_ERROR(in_.Close());
  return in_.Close();
}

// (export $id? name externidx externtype?)
Result<void> Parser::Export() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("export"));
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  ExportDef exported;
  CVM_ASSIGN_OR_RETURN(exported.name, ExternName());
  CVM_ASSIGN_OR_RETURN(exported.what, ExternRef());
  if (in_.At(TokenKind::kLParen)) {
    const std::optional<Sort> sort = TakeOpenSort();
    if (!sort || (FormOf(*sort).core && *sort != Sort::kCoreModule)) return Unexpected("the type of an export");
    CVM_ASSIGN_OR_RETURN(exported.ascribed, Desc(*sort));
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  const Sort sort = exported.what.sort;
  CVM_RETURN_IF_ERROR(Bind(sort, binder, Define(offset, sort, std::move(exported))));
  return in_.Close();
}

// exportdecl
Result<void> Parser::ExportDecl() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("export"));
  ExportDef exported;
  CVM_ASSIGN_OR_RETURN(exported.name, ExternName());
  const std::optional<Sort> sort = TakeOpenSort();
  if (!sort || (FormOf(*sort).core && *sort != Sort::kCoreModule)) return Unexpected("the type of an export");
  exported.what.sort = *sort;
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  CVM_ASSIGN_OR_RETURN(exported.ascribed, Desc(*sort));
  CVM_RETURN_IF_ERROR(Bind(*sort, binder, Define(offset, *sort, std::move(exported))));
  CVM_RETURN_IF_ERROR(in_.Close());
  return in_.Close();
}

// --- aliases

Result<void> Parser::Alias() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("alias"));
  if (in_.TakeKeyword("outer")) {
    CVM_RETURN_IF_ERROR(AliasOuter(offset));
  } else {
    const bool core = in_.TakeKeyword("core");
    if (!in_.TakeKeyword("export")) return Unexpected("`outer`, `export` or `core export`");
    CVM_RETURN_IF_ERROR(AliasExport(offset, core));
  }
  return in_.Close();
}

// idx name (sort $id?)
Result<void> Parser::AliasExport(uint32_t offset, bool core) {
  AliasDef alias;
  alias.kind = core ? AliasDef::Kind::kCoreExport : AliasDef::Kind::kExport;
  CVM_ASSIGN_OR_RETURN(alias.instance, Index(core ? Sort::kCoreInstance : Sort::kInstance));
  CVM_ASSIGN_OR_RETURN(alias.name, Name());
  const size_t begin = in_.position();
  const std::optional<Sort> sort = TakeOpenSort();
  const bool fits = sort && (core ? IsCoreItem(*sort) : !FormOf(*sort).core || *sort == Sort::kCoreModule);
  if (!fits) {
    in_.Seek(begin);
    return Unexpected("the sort of an alias");
  }
  alias.sort = *sort;
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  CVM_RETURN_IF_ERROR(Bind(*sort, binder, Define(offset, *sort, alias)));
  return in_.Close();
}

// idx idx, of an item of that sort. Numbers are not looked up: that they mean something is a rule of validation.
Result<AliasDef> Parser::OuterTarget(Sort sort) {
  AliasDef alias;
  alias.kind = AliasDef::Kind::kOuter;
  alias.sort = sort;
  const Token at = in_.Peek();
  CVM_ASSIGN_OR_RETURN(alias.outer_count, OuterCount());
  if (in_.At(TokenKind::kId)) {
    const Token item = in_.Next();
    CVM_ASSIGN_OR_RETURN(alias.outer_index, OuterIndex(at, alias.outer_count, sort, item));
  } else {
    CVM_ASSIGN_OR_RETURN(alias.outer_index, in_.U32());
  }
  return alias;
}

// idx idx (outeraliassort $id?)
Result<void> Parser::AliasOuter(uint32_t offset) {
  const size_t target = in_.position();
  in_.Seek(target + 2);
  const std::optional<Sort> sort = TakeOpenSort();
  if (!sort || !IsOuterAliasSort(*sort)) return Unexpected("the sort of an outer alias");
  const size_t rest = in_.position();
  in_.Seek(target);
  CVM_ASSIGN_OR_RETURN(const AliasDef alias, OuterTarget(*sort));
  in_.Seek(rest);
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  CVM_RETURN_IF_ERROR(Bind(*sort, binder, DefineOuterAlias(offset, alias)));
  return in_.Close();
}

// At (alias … x y): where a sort in parentheses follows, it is a definition, which a component may begin with.
bool Parser::AtInlineAlias() const {
  if (!in_.AtOpen("alias")) return false;
  const size_t words = in_.AtKeyword("core", 2) ? 2 : 1;
  return in_.Peek(2 + words + 2).kind == TokenKind::kRParen;
}

// (alias export idx name) or (alias outer idx idx), in place of the rest of a definition; nothing if there is none.
Result<std::optional<uint32_t>> Parser::InlineAlias(uint32_t offset, Sort sort) {
  if (!AtInlineAlias()) return std::optional<uint32_t>();
  in_.Seek(in_.position() + 2);
  if (IsOuterAliasSort(sort) && in_.TakeKeyword("outer")) {
    CVM_ASSIGN_OR_RETURN(const AliasDef outer, OuterTarget(sort));
    CVM_RETURN_IF_ERROR(in_.Close());
    return std::optional<uint32_t>(DefineOuterAlias(offset, outer));
  }
  const bool core = IsCoreItem(sort);
  AliasDef alias;
  alias.kind = core ? AliasDef::Kind::kCoreExport : AliasDef::Kind::kExport;
  alias.sort = sort;
  if (core) {
    CVM_RETURN_IF_ERROR(in_.ExpectKeyword("core"));
  }
  CVM_RETURN_IF_ERROR(in_.ExpectKeyword("export"));
  CVM_ASSIGN_OR_RETURN(alias.instance, Index(core ? Sort::kCoreInstance : Sort::kInstance));
  CVM_ASSIGN_OR_RETURN(alias.name, Name());
  CVM_RETURN_IF_ERROR(in_.Close());
  return std::optional<uint32_t>(Define(offset, sort, alias));
}

// The two abbreviations that most definitions have: (import "x") and the type, or (alias export i "x"). Nothing if
// neither is there.
Result<std::optional<uint32_t>> Parser::ImportOrAlias(uint32_t offset, Sort sort) {
  if (!AtInline("import")) return InlineAlias(offset, sort);
  in_.Seek(in_.position() + 2);
  CVM_ASSIGN_OR_RETURN(const ExternNameText name, ExternName());
  CVM_RETURN_IF_ERROR(in_.Close());
  CVM_ASSIGN_OR_RETURN(const uint32_t index, DefineImport(offset, name, sort));
  return std::optional<uint32_t>(index);
}

}  // namespace cvm::component::text
