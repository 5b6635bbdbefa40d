// Indices by number, by identifier (also of an outer component, which is an outer alias then) and by the names of
// exports (which are aliases then). Explainer.md: "Index Spaces", "Alias Definitions".
#include "component/text/parser.hpp"

namespace cvm::component::text {

// idx
Result<uint32_t> Parser::Index(Sort sort) {
  if (!in_.At(TokenKind::kId)) {
    if (!in_.At(TokenKind::kNat)) return Unexpected("an index");
    return in_.U32();
  }
  const Token token = in_.Peek();
  const std::string_view id = in_.tokens().id(token);
  if (const std::optional<uint32_t> own = scope().Find(sort, id)) {
    in_.Next();
    return *own;
  }
  for (size_t depth = 1; depth < scopes_.size(); ++depth) {
    const std::optional<uint32_t> found = scopes_[scopes_.size() - 1 - depth]->Find(sort, id);
    if (!found) continue;
    if (!IsOuterAliasSort(sort)) {
      return in_.ErrorHere("outer item `" + std::string(id) + "` is not a module, type, or component");
    }
    in_.Next();
    AliasDef alias;
    alias.kind = AliasDef::Kind::kOuter;
    alias.sort = sort;
    alias.outer_count = static_cast<uint32_t>(depth);
    alias.outer_index = *found;
    return DefineOuterAlias(token.offset, alias);
  }
  return UnknownName(token, sort);
}

Error Parser::UnknownName(const Token& id, Sort sort) const {
  return in_.tokens().ErrorAt(id, "unknown " + std::string(SortName(sort)) + ": failed to find name `$" +
                                      std::string(in_.tokens().id(id)) + "`");
}

// The item that an identifier names in the scope that `count`, standing at `at`, leads to.
Result<uint32_t> Parser::OuterIndex(const Token& at, uint32_t count, Sort sort, const Token& id) const {
  if (count >= scopes_.size()) {
    return in_.tokens().ErrorAt(at, "outer count of `" + std::to_string(count) + "` is too large");
  }
  const std::optional<uint32_t> found = scopes_[scopes_.size() - 1 - count]->Find(sort, in_.tokens().id(id));
  if (!found) return UnknownName(id, sort);
  return *found;
}

uint32_t Parser::DefineOuterAlias(uint32_t offset, const AliasDef& alias) {
  const uint32_t index = Define(offset, alias.sort, alias);
  return alias.sort == Sort::kCoreType ? core_types().AddOther() : index;
}

// {sort}idx* ::= idx name*: the names lead from an instance to what it exports.
Result<uint32_t> Parser::PathTo(Sort sort) {
  if (in_.Peek(1).kind != TokenKind::kString) return Index(sort);
  const Token at = in_.Peek();
  const bool core = FormOf(sort).core && sort != Sort::kCoreModule;
  if (core && !IsCoreItem(sort)) {
    return in_.ErrorHere(
        "core instances cannot export this kind of item, so an export name cannot be used to resolve this reference");
  }
  CVM_ASSIGN_OR_RETURN(uint32_t index, Index(core ? Sort::kCoreInstance : Sort::kInstance));
  while (in_.At(TokenKind::kString)) {
    AliasDef alias;
    alias.kind = core ? AliasDef::Kind::kCoreExport : AliasDef::Kind::kExport;
    alias.instance = index;
    CVM_ASSIGN_OR_RETURN(alias.name, Name());
    const bool last = !in_.At(TokenKind::kString);
    if (core && !last) return Unexpected("`)`");
    alias.sort = last ? sort : Sort::kInstance;
    index = Define(at.offset, alias.sort, alias);
  }
  return index;
}

// At an index that stands alone in its form, or that names follow: `(type $t)` is a reference, `(type $t (func))` is a
// definition.
bool Parser::AtRef(size_t ahead) const {
  if (!in_.AtIndex(ahead)) return false;
  const TokenKind next = in_.Peek(ahead + 1).kind;
  return next == TokenKind::kRParen || next == TokenKind::kString;
}

Result<uint32_t> Parser::Ref(Sort sort) {
  if (in_.AtIndex()) return Index(sort);
  if (!in_.Take(TokenKind::kLParen)) return Unexpected("an index");
  if (FormOf(sort).core) in_.TakeKeyword("core");
  if (!in_.TakeKeyword(FormOf(sort).keyword)) return Unexpected(FormOf(sort).keyword.data());
  CVM_ASSIGN_OR_RETURN(const uint32_t index, PathTo(sort));
  CVM_RETURN_IF_ERROR(in_.Close());
  return index;
}

// sort, of one or two words
std::optional<Sort> Parser::TakeSort() {
  const bool core = in_.AtKeyword("core");
  const size_t ahead = core ? 1 : 0;
  if (in_.Peek(ahead).kind != TokenKind::kKeyword) return std::nullopt;
  const std::optional<Sort> sort = SortByKeyword(core, in_.text(in_.Peek(ahead)));
  if (sort) in_.Seek(in_.position() + ahead + 1);
  return sort;
}

std::optional<Sort> Parser::TakeOpenSort() {
  const size_t begin = in_.position();
  if (!in_.Take(TokenKind::kLParen)) return std::nullopt;
  const std::optional<Sort> sort = TakeSort();
  if (!sort) in_.Seek(begin);
  return sort;
}

// externidx, of the sorts that components export: those of components, and core modules.
Result<SortIndex> Parser::ExternRef() {
  const size_t begin = in_.position();
  const std::optional<Sort> sort = TakeOpenSort();
  if (!sort || (FormOf(*sort).core && *sort != Sort::kCoreModule)) {
    in_.Seek(begin);
    return Unexpected("a reference to an item");
  }
  SortIndex what{*sort, 0};
  CVM_ASSIGN_OR_RETURN(what.index, PathTo(*sort));
  CVM_RETURN_IF_ERROR(in_.Close());
  return what;
}

// core:externidx, with or without `core` in front of the sort.
Result<SortIndex> Parser::CoreItemRef() {
  if (!in_.Take(TokenKind::kLParen)) return Unexpected("a reference to a core item");
  in_.TakeKeyword("core");
  const std::optional<Sort> sort =
      in_.At(TokenKind::kKeyword) ? SortByKeyword(/*core=*/true, in_.text(in_.Peek())) : std::nullopt;
  if (!sort || !IsCoreItem(*sort)) return Unexpected("a sort of core item");
  in_.Next();
  SortIndex what{*sort, 0};
  CVM_ASSIGN_OR_RETURN(what.index, PathTo(*sort));
  CVM_RETURN_IF_ERROR(in_.Close());
  return what;
}

// The first index of an outer alias: how many scopes to go outwards, as a number or as a component's identifier.
Result<uint32_t> Parser::OuterCount() {
  if (!in_.At(TokenKind::kId)) return in_.U32();
  const std::string_view id = in_.tokens().id(in_.Peek());
  for (size_t depth = 0; depth < scopes_.size(); ++depth) {
    if (scopes_[scopes_.size() - 1 - depth]->id != id) continue;
    in_.Next();
    return static_cast<uint32_t>(depth);
  }
  return in_.ErrorHere("outer component `" + std::string(id) + "` not found");
}

}  // namespace cvm::component::text
