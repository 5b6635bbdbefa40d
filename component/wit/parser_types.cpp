#include <limits>
#include <utility>

#include "component/wit/parser_impl.hpp"

namespace cvm::wit {

// A type declaration, or nothing where none begins here.
Result<std::optional<ast::TypeDecl>> Parser::ParseTypeDecl(const Meta& meta) {
  using Kind = ast::TypeDecl::Kind;
  struct Row {
    std::string_view keyword;
    Kind kind;
  };
  constexpr Row kRows[] = {{"record", Kind::kRecord}, {"variant", Kind::kVariant},   {"enum", Kind::kEnum},
                           {"flags", Kind::kFlags},   {"resource", Kind::kResource}, {"type", Kind::kAlias}};
  const Row* row = nullptr;
  for (const Row& candidate : kRows) {
    CVM_ASSIGN_OR_RETURN(const bool found, EatKeyword(candidate.keyword));
    if (found) row = &candidate;
    if (found) break;
  }
  if (row == nullptr) return std::optional<ast::TypeDecl>();
  ast::TypeDecl decl;
  decl.meta = meta;
  decl.kind = row->kind;
  CVM_ASSIGN_OR_RETURN(decl.name, ParseId("the type's name"));
  if (decl.kind == Kind::kResource) {
    CVM_RETURN_IF_ERROR(ParseResource(decl));
  } else if (decl.kind == Kind::kAlias) {
    CVM_RETURN_IF_ERROR(Expect('='));
    CVM_ASSIGN_OR_RETURN(decl.target, ParseType());
    CVM_RETURN_IF_ERROR(Expect(';', "end the type with `;`"));
  } else {
    CVM_RETURN_IF_ERROR(Expect('{'));
    CVM_RETURN_IF_ERROR(CommaList('}', [&]() -> Result<void> {
      const char separator = decl.kind == Kind::kRecord ? ':' : decl.kind == Kind::kVariant ? '(' : '\0';
      CVM_ASSIGN_OR_RETURN(Member member, ParseMember(separator));
      decl.members.push_back(std::move(member));
      return {};
    }));
    if (decl.members.empty()) {
      return sources().ErrorAt(decl.name.span, "`" + decl.name.name + "` is empty",
                               "a record, variant, enum or flags type has at least one member");
    }
  }
  return std::optional(std::move(decl));
}

// `name`, `name: type` (separator ':') or `name(type)` (separator '(', where the type may be left out).
Result<Member> Parser::ParseMember(char separator) {
  Member member;
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  member.docs = token.docs;
  CVM_ASSIGN_OR_RETURN(member.name, ParseId("a name"));
  if (separator == ':') {
    CVM_RETURN_IF_ERROR(Expect(':', "write `name: type`"));
    CVM_ASSIGN_OR_RETURN(member.type, ParseType());
  } else if (separator == '(') {
    CVM_ASSIGN_OR_RETURN(const bool payload, Eat('('));
    if (payload) {
      CVM_ASSIGN_OR_RETURN(member.type, ParseType());
      CVM_RETURN_IF_ERROR(Expect(')'));
    }
  }
  return member;
}

Result<void> Parser::ParseResource(ast::TypeDecl& decl) {
  CVM_ASSIGN_OR_RETURN(const bool opaque, Eat(';'));
  if (opaque) return {};
  CVM_RETURN_IF_ERROR(Expect('{', "end the resource with `;`, or give it functions in braces"));
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool closed, Eat('}'));
    if (closed) return {};
    CVM_ASSIGN_OR_RETURN(ast::Function function, ParseResourceFunction(decl.name));
    decl.functions.push_back(std::move(function));
  }
}

Result<ast::Function> Parser::ParseResourceFunction(const Ident& resource) {
  CVM_ASSIGN_OR_RETURN(Meta meta, ParseMeta());
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  CVM_ASSIGN_OR_RETURN(const bool constructor, EatKeyword("constructor"));
  if (constructor) {
    ast::Function function;
    function.kind = FunctionKind::kConstructor;
    function.name = Ident{resource.name, token.span};
    function.meta = std::move(meta);
    CVM_RETURN_IF_ERROR(Expect('('));
    CVM_RETURN_IF_ERROR(CommaList(')', [&]() -> Result<void> {
      CVM_ASSIGN_OR_RETURN(Member param, ParseMember(':'));
      function.params.push_back(std::move(param));
      return {};
    }));
    CVM_ASSIGN_OR_RETURN(const Token arrow, lexer_.Peek());
    if (arrow.kind == TokenKind::kArrow) {
      CVM_RETURN_IF_ERROR(lexer_.Next());
      CVM_ASSIGN_OR_RETURN(function.result, ParseType());
    }
    CVM_RETURN_IF_ERROR(Expect(';', "end the constructor with `;`"));
    return function;
  }
  CVM_ASSIGN_OR_RETURN(Ident name, ParseId("a function's name, `constructor` or `}`"));
  CVM_ASSIGN_OR_RETURN(const Token after, lexer_.Peek());
  if (name.name == "drop" && after.IsPunctuation(';')) {
    return sources().ErrorAt(name.span, "dropping is implicit: every resource can be dropped", "take `drop;` out",
                             ErrorKind::kMalformed);
  }
  CVM_RETURN_IF_ERROR(Expect(':', "write a function as `name: func()`"));
  CVM_ASSIGN_OR_RETURN(const bool is_static, EatKeyword("static"));
  CVM_ASSIGN_OR_RETURN(ast::Function function, ParseFunctionType(std::move(meta), std::move(name)));
  function.kind = is_static ? FunctionKind::kStatic : FunctionKind::kMethod;
  return function;
}

// 'async'? 'func' param-list result-list ';'
Result<ast::Function> Parser::ParseFunctionType(Meta meta, Ident name) {
  ast::Function function;
  function.meta = std::move(meta);
  function.name = std::move(name);
  CVM_ASSIGN_OR_RETURN(function.is_async, EatKeyword("async"));
  CVM_ASSIGN_OR_RETURN(const Token func, lexer_.Next());
  if (!func.IsKeyword("func")) return Unexpected(func, "`func`", "write a function as `name: func()`");
  CVM_RETURN_IF_ERROR(Expect('('));
  CVM_RETURN_IF_ERROR(CommaList(')', [&]() -> Result<void> {
    CVM_ASSIGN_OR_RETURN(Member param, ParseMember(':'));
    function.params.push_back(std::move(param));
    return {};
  }));
  CVM_ASSIGN_OR_RETURN(const Token arrow, lexer_.Peek());
  if (arrow.kind == TokenKind::kArrow) {
    CVM_RETURN_IF_ERROR(lexer_.Next());
    CVM_ASSIGN_OR_RETURN(function.result, ParseType());
  }
  CVM_RETURN_IF_ERROR(Expect(';', "end the function with `;`"));
  return function;
}

// A type without recursion: constructors whose `<` has been read wait on a stack for their arguments.
Result<TypeExpr> Parser::ParseType() {
  std::vector<TypeExpr> open;
  while (true) {
    CVM_ASSIGN_OR_RETURN(TypeExpr type, ParseTypeHead());
    CVM_ASSIGN_OR_RETURN(const bool opened, OpenArguments(type));
    if (opened) {
      if (open.size() + 1 >= kMaxTypeDepth) {
        return sources().ErrorAt(type.span, "the type nests deeper than " + std::to_string(kMaxTypeDepth), "flatten it",
                                 ErrorKind::kLimit);
      }
      open.push_back(std::move(type));
      continue;
    }
    bool closed = true;
    while (closed && !open.empty()) {
      CVM_ASSIGN_OR_RETURN(closed, AddArgument(open.back(), std::move(type)));
      if (!closed) break;
      type = std::move(open.back());
      open.pop_back();
    }
    if (closed) return type;
  }
}

// A primitive type, a name, a handle, or the keyword of a type constructor.
Result<TypeExpr> Parser::ParseTypeHead() {
  using Kind = TypeExpr::Kind;
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Next());
  TypeExpr type;
  type.span = token.span;
  if (token.kind != TokenKind::kId) return Unexpected(token, "a type");
  if (const std::optional<Prim> prim = PrimFromName(token.text); prim.has_value() && !token.escaped) {
    type.kind = Kind::kPrim;
    type.prim = *prim;
    return type;
  }
  constexpr std::pair<std::string_view, Kind> kConstructors[] = {
      {"tuple", Kind::kTuple},   {"list", Kind::kList},     {"map", Kind::kMap},
      {"option", Kind::kOption}, {"result", Kind::kResult}, {"own", Kind::kOwn},
      {"borrow", Kind::kBorrow}, {"future", Kind::kFuture}, {"stream", Kind::kStream}};
  for (const auto& [keyword, kind] : kConstructors) {
    if (token.IsKeyword(keyword)) type.kind = kind;
  }
  if (type.kind == Kind::kOwn || type.kind == Kind::kBorrow) {
    CVM_RETURN_IF_ERROR(Expect('<'));
    CVM_ASSIGN_OR_RETURN(type.name, ParseId("a resource's name"));
    CVM_RETURN_IF_ERROR(Expect('>'));
  } else if (type.kind == Kind::kNone) {
    if (!token.escaped && IsKeyword(token.text)) {
      return Unexpected(token, "a type", "write `%" + std::string(token.text) + "` to use the word as a name");
    }
    type.kind = Kind::kNamed;
    type.name = Ident{std::string(token.text), token.span};
    CVM_RETURN_IF_ERROR(CheckBareName(type.name));
  }
  return type;
}

// A type is named by one word: paths and arguments of one's own, as other languages have them, are told apart here.
Result<void> Parser::CheckBareName(const Ident& name) {
  CVM_ASSIGN_OR_RETURN(const Token next, lexer_.Peek());
  if (next.IsPunctuation('<')) {
    return sources().ErrorAt(name.span, "`" + name.name + "` takes no types in angle brackets",
                             "those that do are `list`, `option`, `result`, `tuple`, `map`, `stream` and `future`",
                             ErrorKind::kMalformed);
  }
  if (!next.IsPunctuation('.')) return {};
  CVM_RETURN_IF_ERROR(lexer_.Next());
  CVM_ASSIGN_OR_RETURN(const Ident type, ParseId("a type's name"));
  return sources().ErrorAt(
      name.span, "`" + name.name + "." + type.name + "` names a type of another interface, which has to be brought in",
      "write `use " + name.name + ".{" + type.name + "};` before, and `" + type.name + "` here", ErrorKind::kMalformed);
}

// True where the type is a constructor and its arguments have been opened; false where it is complete.
Result<bool> Parser::OpenArguments(TypeExpr& type) {
  using Kind = TypeExpr::Kind;
  const bool optional = type.kind == Kind::kResult || type.kind == Kind::kFuture || type.kind == Kind::kStream;
  const bool required =
      type.kind == Kind::kTuple || type.kind == Kind::kList || type.kind == Kind::kMap || type.kind == Kind::kOption;
  if (!optional && !required) return false;
  CVM_ASSIGN_OR_RETURN(const bool opened, Eat('<'));
  if (!opened && required) return Expect('<').error();
  if (!opened) {
    type.args.resize(type.kind == Kind::kResult ? 2 : 1);
    return false;
  }
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (type.kind == Kind::kTuple && token.IsPunctuation('>')) {
    return sources().ErrorAt(type.span, "a tuple has at least one type", "give it one");
  }
  if (type.kind == Kind::kResult && token.kind == TokenKind::kUnderscore) {
    CVM_RETURN_IF_ERROR(lexer_.Next());
    CVM_RETURN_IF_ERROR(Expect(',', "write `result` where there is neither type"));
    type.args.emplace_back();
  }
  return true;
}

// Adds an argument and reads what follows it. True where that closed the constructor, false where one more is due.
Result<bool> Parser::AddArgument(TypeExpr& type, TypeExpr argument) {
  using Kind = TypeExpr::Kind;
  type.args.push_back(std::move(argument));
  if (type.kind == Kind::kTuple) {
    CVM_ASSIGN_OR_RETURN(const bool comma, Eat(','));
    CVM_ASSIGN_OR_RETURN(const bool closed, Eat('>'));
    if (comma || closed) return closed;
  } else if (type.kind == Kind::kMap && type.args.size() == 1) {
    CVM_RETURN_IF_ERROR(CheckMapKey(type.args[0]));
    CVM_RETURN_IF_ERROR(Expect(','));
    return false;
  } else if (type.kind == Kind::kMap) {
    type.prim = type.args[0].prim;
    type.args.erase(type.args.begin());
  } else if (type.kind == Kind::kResult && type.args.size() == 1) {
    CVM_ASSIGN_OR_RETURN(const bool comma, Eat(','));
    if (comma) return false;
    type.args.emplace_back();
  } else if (type.kind == Kind::kList) {
    CVM_RETURN_IF_ERROR(ParseListLength(type));
  }
  CVM_RETURN_IF_ERROR(Expect('>'));
  return true;
}

// ',' uint, where there is one.
Result<void> Parser::ParseListLength(TypeExpr& type) {
  CVM_ASSIGN_OR_RETURN(const bool fixed, Eat(','));
  if (!fixed) return {};
  CVM_ASSIGN_OR_RETURN(const Token length, lexer_.Next());
  if (length.kind != TokenKind::kInteger) return Unexpected(length, "the list's length");
  uint64_t value = 0;
  for (char c : length.text) {
    value = value * 10 + static_cast<uint64_t>(c - '0');
    if (value > std::numeric_limits<uint32_t>::max()) break;
  }
  if (length.text[0] == '0' || value > std::numeric_limits<uint32_t>::max()) {
    return sources().ErrorAt(length.span, "a list's length is from 1 to 2^32 - 1, without leading zeros",
                             "write such a number", ErrorKind::kMalformed);
  }
  type.length = static_cast<uint32_t>(value);
  return {};
}

Result<void> Parser::CheckMapKey(const TypeExpr& key) const {
  const bool allowed = key.kind == TypeExpr::Kind::kPrim && key.prim != Prim::kF32 && key.prim != Prim::kF64 &&
                       key.prim != Prim::kErrorContext;
  if (allowed) return {};
  return sources().ErrorAt(key.span, "a map's key is an integer type, `char`, `bool` or `string`",
                           "use one of these, or a list of tuples", ErrorKind::kMalformed);
}

}  // namespace cvm::wit
