// The parser's inner class, shared by parser.cpp (files, packages, gates, worlds) and parser_types.cpp (declarations of
// types and functions, and types). Private to those two.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "component/wit/ast.hpp"
#include "component/wit/lexer.hpp"
#include "component/wit/parser.hpp"
#include "vm/base/try.hpp"

namespace cvm::wit {

using ast::Ident;
using ast::Member;
using ast::TypeExpr;

class Parser {
 public:
  explicit Parser(Lexer lexer) : lexer_(std::move(lexer)) {}

  Result<ast::File> ParseFile();

 private:
  // Tokens.
  Error Unexpected(const Token& token, const std::string& expected, const std::string& mend = "") const;
  Result<bool> Eat(char c);
  Result<bool> EatKeyword(std::string_view word);
  Result<void> Expect(char c, const std::string& mend = "");
  Result<Ident> ParseId(const std::string& what);
  template <class Item>
  Result<void> CommaList(char close, Item item);

  // Files and packages.
  Result<ast::PackageDecl> ParsePackageDecl();
  Result<bool> ParsePackageItem(ast::Body& body);
  Result<ast::TopLevelUse> ParseTopLevelUse();
  Result<ast::UsePath> ParseUsePath(const std::string& what);
  Result<void> ParseQualified(std::vector<Ident>& spaces, std::vector<Ident>& names, std::optional<Version>& version);

  // Gates.
  Result<Meta> ParseMeta();
  Result<void> ParseAttribute(Meta& meta);
  Result<void> ParseGateField(std::string_view word);

  // Interfaces, worlds and what is in them.
  Result<ast::Interface> ParseInterfaceBody(Meta meta, Ident name);
  Result<ast::InterfaceItem> ParseInterfaceItem();
  Result<ast::World> ParseWorldBody(Meta meta);
  Result<ast::WorldItem> ParseWorldItem();
  Result<ast::Extern> ParseExtern(Meta meta, bool is_export);
  Result<ast::Include> ParseInclude(Meta meta);
  Result<ast::Use> ParseUse(Meta meta);
  Result<std::optional<ast::TypeDecl>> ParseTypeDecl(const Meta& meta);
  Result<void> ParseResource(ast::TypeDecl& decl);
  Result<ast::Function> ParseResourceFunction(const Ident& resource);
  Result<ast::Function> ParseFunctionType(Meta meta, Ident name);
  Result<Member> ParseMember(char separator);

  // Types.
  Result<TypeExpr> ParseType();
  Result<TypeExpr> ParseTypeHead();
  Result<void> CheckBareName(const Ident& name);
  Result<bool> OpenArguments(TypeExpr& type);
  Result<bool> AddArgument(TypeExpr& type, TypeExpr argument);
  Result<void> ParseListLength(TypeExpr& type);
  Result<void> CheckMapKey(const TypeExpr& key) const;

  const SourceMap& sources() const { return lexer_.sources(); }

  Lexer lexer_;
};

// Items separated by commas up to `close`, which is taken too; a comma may stand behind the last.
template <class Item>
Result<void> Parser::CommaList(char close, Item item) {
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool closed, Eat(close));
    if (closed) return {};
    CVM_RETURN_IF_ERROR(item());
    CVM_ASSIGN_OR_RETURN(const bool comma, Eat(','));
    if (comma) continue;
    CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Next());
    if (token.IsPunctuation(close)) return {};
    return Unexpected(token, std::string("`,` or `") + close + "`", "separate the items with commas");
  }
}

}  // namespace cvm::wit
