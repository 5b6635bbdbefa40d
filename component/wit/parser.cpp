#include <utility>

#include "component/wit/parser_impl.hpp"

namespace cvm::wit {
namespace {

std::string Describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "the end of the file";
    case TokenKind::kString:
      return "a string";
    case TokenKind::kId:
      return IsKeyword(token.text) && !token.escaped ? "the keyword `" + std::string(token.text) + "`"
                                                     : "`" + std::string(token.text) + "`";
    default:
      return "`" + std::string(token.text) + "`";
  }
}

std::string Joined(const std::vector<Ident>& ids, size_t count, char separator) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : std::string(1, separator)) + ids[i].name;
  return text;
}

}  // namespace

Error Parser::Unexpected(const Token& token, const std::string& expected, const std::string& mend) const {
  return sources().ErrorAt(token.span, "expected " + expected + ", found " + Describe(token), mend,
                           ErrorKind::kMalformed);
}

Result<bool> Parser::Eat(char c) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (!token.IsPunctuation(c)) return false;
  CVM_RETURN_IF_ERROR(lexer_.Next());
  return true;
}

Result<bool> Parser::EatKeyword(std::string_view word) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (!token.IsKeyword(word)) return false;
  CVM_RETURN_IF_ERROR(lexer_.Next());
  return true;
}

Result<void> Parser::Expect(char c, const std::string& mend) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Next());
  if (!token.IsPunctuation(c)) return Unexpected(token, std::string("`") + c + "`", mend);
  return {};
}

Result<Ident> Parser::ParseId(const std::string& what) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Next());
  if (token.kind != TokenKind::kId) return Unexpected(token, what);
  if (!token.escaped && IsKeyword(token.text)) {
    return Unexpected(token, what, "write `%" + std::string(token.text) + "` to use the word as a name");
  }
  return Ident{std::string(token.text), token.span};
}

Result<ast::File> Parser::ParseFile() {
  ast::File file;
  CVM_RETURN_IF_ERROR(lexer_.Check());
  for (bool first = true;; first = false) {
    CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
    if (token.kind == TokenKind::kEnd) return file;
    if (!token.IsKeyword("package")) {
      CVM_ASSIGN_OR_RETURN(const bool parsed, ParsePackageItem(file.body));
      if (!parsed) return Unexpected(token, "`package`, `use`, `interface` or `world`");
      continue;
    }
    CVM_ASSIGN_OR_RETURN(ast::PackageDecl decl, ParsePackageDecl());
    CVM_ASSIGN_OR_RETURN(const bool ended, Eat(';'));
    if (ended && !first) {
      return sources().ErrorAt(decl.span, "a `package` declaration must come first in its file",
                               "move it to the top, or give the package a body in braces", ErrorKind::kMalformed);
    }
    if (ended) {
      file.package = std::move(decl);
      continue;
    }
    CVM_RETURN_IF_ERROR(Expect('{', "end the declaration with `;`, or give the package a body in braces"));
    ast::Body body;
    while (true) {
      CVM_ASSIGN_OR_RETURN(const bool closed, Eat('}'));
      if (closed) break;
      CVM_ASSIGN_OR_RETURN(const Token inner, lexer_.Peek());
      CVM_ASSIGN_OR_RETURN(const bool parsed, ParsePackageItem(body));
      if (!parsed) return Unexpected(inner, "`use`, `interface`, `world` or `}`");
    }
    file.nested.emplace_back(std::move(decl), std::move(body));
  }
}

// (id ':')* id ('/' id)* ('@' semver)?: the ids before colons, the others, and the version.
Result<void> Parser::ParseQualified(std::vector<Ident>& spaces, std::vector<Ident>& names,
                                    std::optional<Version>& version) {
  while (true) {
    CVM_ASSIGN_OR_RETURN(Ident id, ParseId("a name"));
    CVM_ASSIGN_OR_RETURN(const bool colon, Eat(':'));
    (colon ? spaces : names).push_back(std::move(id));
    if (!colon) break;
  }
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool slash, Eat('/'));
    if (!slash) break;
    CVM_ASSIGN_OR_RETURN(Ident id, ParseId("a name"));
    names.push_back(std::move(id));
  }
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (!token.IsPunctuation('@') || spaces.empty()) return {};
  CVM_RETURN_IF_ERROR(lexer_.Next());
  CVM_ASSIGN_OR_RETURN(version, lexer_.NextVersion());
  return {};
}

Result<ast::PackageDecl> Parser::ParsePackageDecl() {
  ast::PackageDecl decl;
  CVM_ASSIGN_OR_RETURN(const Token keyword, lexer_.Next());
  decl.docs = keyword.docs;
  CVM_ASSIGN_OR_RETURN(const Token start, lexer_.Peek());
  decl.span = start.span;
  std::vector<Ident> spaces;
  std::vector<Ident> names;
  CVM_RETURN_IF_ERROR(ParseQualified(spaces, names, decl.name.version));
  if (spaces.empty()) {
    return sources().ErrorAt(decl.span, "a package name needs a namespace", "write it as `namespace:package`",
                             ErrorKind::kMalformed);
  }
  decl.name.ns = Joined(spaces, spaces.size(), ':');
  decl.name.name = Joined(names, names.size(), '/');
  return decl;
}

Result<bool> Parser::ParsePackageItem(ast::Body& body) {
  CVM_ASSIGN_OR_RETURN(Meta meta, ParseMeta());
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (token.IsKeyword("use")) {
    CVM_ASSIGN_OR_RETURN(ast::TopLevelUse use, ParseTopLevelUse());
    body.uses.push_back(std::move(use));
  } else if (token.IsKeyword("interface")) {
    CVM_RETURN_IF_ERROR(lexer_.Next());
    CVM_ASSIGN_OR_RETURN(Ident name, ParseId("the interface's name"));
    CVM_ASSIGN_OR_RETURN(ast::Interface interface, ParseInterfaceBody(std::move(meta), std::move(name)));
    body.interfaces.push_back(std::move(interface));
  } else if (token.IsKeyword("world")) {
    CVM_RETURN_IF_ERROR(lexer_.Next());
    CVM_ASSIGN_OR_RETURN(ast::World world, ParseWorldBody(std::move(meta)));
    body.worlds.push_back(std::move(world));
  } else {
    return false;
  }
  return true;
}

Result<ast::TopLevelUse> Parser::ParseTopLevelUse() {
  CVM_RETURN_IF_ERROR(lexer_.Next());
  ast::TopLevelUse use;
  CVM_ASSIGN_OR_RETURN(use.path, ParseUsePath("an interface or a world"));
  use.as = use.path.name;
  CVM_ASSIGN_OR_RETURN(const bool renamed, EatKeyword("as"));
  if (renamed) {
    CVM_ASSIGN_OR_RETURN(use.as, ParseId("a name"));
  }
  CVM_RETURN_IF_ERROR(Expect(';', "end the `use` with `;`"));
  return use;
}

Result<ast::UsePath> Parser::ParseUsePath(const std::string& what) {
  ast::UsePath path;
  CVM_ASSIGN_OR_RETURN(const Token start, lexer_.Peek());
  path.span = start.span;
  std::vector<Ident> spaces;
  std::vector<Ident> names;
  std::optional<Version> version;
  CVM_RETURN_IF_ERROR(ParseQualified(spaces, names, version));
  path.name = names.back();
  if (spaces.empty() && names.size() == 1) return path;
  if (spaces.empty() || names.size() == 1) {
    return sources().ErrorAt(path.span,
                             spaces.empty() ? "a package is named by `namespace:package`"
                                            : "this names a package, but " + what + " is wanted here",
                             "write `namespace:package/name`", ErrorKind::kMalformed);
  }
  path.package = PackageName{Joined(spaces, spaces.size(), ':'), Joined(names, names.size() - 1, '/'), version};
  return path;
}

// The documentation, gates and external id before an item.
Result<Meta> Parser::ParseMeta() {
  Meta meta;
  while (true) {
    CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
    if (!token.docs.empty()) meta.docs += (meta.docs.empty() ? "" : "\n") + token.docs;
    if (!token.IsPunctuation('@')) {
      if (meta.gate.deprecated.has_value() && !meta.gate.since.has_value() && meta.gate.unstable.empty()) {
        return sources().ErrorAt(token.span, "`@deprecated` stands alone", "pair it with `@since` or `@unstable`");
      }
      return meta;
    }
    CVM_RETURN_IF_ERROR(ParseAttribute(meta));
  }
}

Result<void> Parser::ParseGateField(std::string_view word) {
  CVM_RETURN_IF_ERROR(Expect('('));
  CVM_ASSIGN_OR_RETURN(const Token field, lexer_.Next());
  if (field.kind != TokenKind::kId || field.text != word) return Unexpected(field, "`" + std::string(word) + "`");
  return Expect('=');
}

Result<void> Parser::ParseAttribute(Meta& meta) {
  CVM_RETURN_IF_ERROR(lexer_.Next());  // '@'
  CVM_ASSIGN_OR_RETURN(const Token name, lexer_.Next());
  const auto twice = [&] {
    return sources().ErrorAt(name.span, "`@" + std::string(name.text) + "` conflicts with an earlier gate",
                             "give an item one `@since` or one `@unstable`", ErrorKind::kMalformed);
  };
  if (name.kind == TokenKind::kId && name.text == "unstable") {
    CVM_RETURN_IF_ERROR(ParseGateField("feature"));
    CVM_ASSIGN_OR_RETURN(Ident feature, ParseId("the feature's name"));
    if (meta.gate.since.has_value() || !meta.gate.unstable.empty()) return twice();
    meta.gate.unstable = std::move(feature.name);
  } else if (name.kind == TokenKind::kId && (name.text == "since" || name.text == "deprecated")) {
    CVM_RETURN_IF_ERROR(ParseGateField("version"));
    CVM_ASSIGN_OR_RETURN(Version version, lexer_.NextVersion());
    std::optional<Version>& slot = name.text == "since" ? meta.gate.since : meta.gate.deprecated;
    if (slot.has_value() || (name.text == "since" && !meta.gate.unstable.empty())) return twice();
    slot = std::move(version);
  } else if (name.kind == TokenKind::kId && name.text == "external-id") {
    CVM_RETURN_IF_ERROR(Expect('('));
    CVM_ASSIGN_OR_RETURN(const Token value, lexer_.Next());
    if (value.kind != TokenKind::kString) return Unexpected(value, "a string");
    if (meta.external_id.has_value()) return twice();
    CVM_ASSIGN_OR_RETURN(meta.external_id, lexer_.DecodeString(value));
  } else {
    return Unexpected(name, "`since`, `unstable`, `deprecated` or `external-id`");
  }
  return Expect(')');
}

// The braces of an interface and what is in them.
Result<ast::Interface> Parser::ParseInterfaceBody(Meta meta, Ident name) {
  ast::Interface interface{std::move(meta), std::move(name), {}};
  CVM_RETURN_IF_ERROR(Expect('{'));
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool closed, Eat('}'));
    if (closed) return interface;
    CVM_ASSIGN_OR_RETURN(ast::InterfaceItem item, ParseInterfaceItem());
    interface.items.push_back(std::move(item));
  }
}

Result<ast::InterfaceItem> Parser::ParseInterfaceItem() {
  CVM_ASSIGN_OR_RETURN(Meta meta, ParseMeta());
  CVM_ASSIGN_OR_RETURN(const bool use, EatKeyword("use"));
  if (use) {
    CVM_ASSIGN_OR_RETURN(ast::Use item, ParseUse(std::move(meta)));
    return ast::InterfaceItem(std::move(item));
  }
  CVM_ASSIGN_OR_RETURN(std::optional<ast::TypeDecl> decl, ParseTypeDecl(meta));
  if (decl.has_value()) return ast::InterfaceItem(*std::move(decl));
  CVM_ASSIGN_OR_RETURN(Ident name, ParseId("a type, a function's name, `use` or `}`"));
  CVM_RETURN_IF_ERROR(Expect(':', "write a function as `name: func()`"));
  CVM_ASSIGN_OR_RETURN(ast::Function function, ParseFunctionType(std::move(meta), std::move(name)));
  return ast::InterfaceItem(std::move(function));
}

Result<ast::World> Parser::ParseWorldBody(Meta meta) {
  ast::World world;
  world.meta = std::move(meta);
  CVM_ASSIGN_OR_RETURN(world.name, ParseId("the world's name"));
  CVM_RETURN_IF_ERROR(Expect('{'));
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool closed, Eat('}'));
    if (closed) return world;
    CVM_ASSIGN_OR_RETURN(ast::WorldItem item, ParseWorldItem());
    world.items.push_back(std::move(item));
  }
}

Result<ast::WorldItem> Parser::ParseWorldItem() {
  CVM_ASSIGN_OR_RETURN(Meta meta, ParseMeta());
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (token.IsKeyword("use") || token.IsKeyword("include")) {
    CVM_RETURN_IF_ERROR(lexer_.Next());
    if (token.IsKeyword("use")) {
      CVM_ASSIGN_OR_RETURN(ast::Use use, ParseUse(std::move(meta)));
      return ast::WorldItem(std::move(use));
    }
    CVM_ASSIGN_OR_RETURN(ast::Include include, ParseInclude(std::move(meta)));
    return ast::WorldItem(std::move(include));
  }
  if (token.IsKeyword("import") || token.IsKeyword("export")) {
    CVM_RETURN_IF_ERROR(lexer_.Next());
    CVM_ASSIGN_OR_RETURN(ast::Extern item, ParseExtern(std::move(meta), token.IsKeyword("export")));
    return ast::WorldItem(std::move(item));
  }
  CVM_ASSIGN_OR_RETURN(std::optional<ast::TypeDecl> decl, ParseTypeDecl(meta));
  if (decl.has_value()) return ast::WorldItem(*std::move(decl));
  return Unexpected(token, "`import`, `export`, `include`, `use`, a type or `}`");
}

// id ':' extern-type, or use-path. `a:b` without a space is the beginning of a path; `a: b` gives `b` the name `a`.
Result<ast::Extern> Parser::ParseExtern(Meta meta, bool is_export) {
  ast::Extern item;
  item.is_export = is_export;
  const Lexer start = lexer_;
  CVM_ASSIGN_OR_RETURN(Ident name, ParseId("an interface, or a name"));
  CVM_ASSIGN_OR_RETURN(const Token colon, lexer_.Peek());
  bool named = colon.IsPunctuation(':');
  if (named) {
    CVM_RETURN_IF_ERROR(lexer_.Next());
    CVM_ASSIGN_OR_RETURN(const Token next, lexer_.Peek());
    const bool func = next.IsKeyword("func") || next.IsKeyword("async");
    if (func) {
      CVM_ASSIGN_OR_RETURN(item.target, ParseFunctionType(meta, name));
    } else if (next.IsKeyword("interface")) {
      CVM_RETURN_IF_ERROR(lexer_.Next());
      CVM_ASSIGN_OR_RETURN(item.target, ParseInterfaceBody({}, {}));
    }
    if (func || next.IsKeyword("interface")) {
      item.meta = std::move(meta);
      item.name = std::move(name);
      return item;
    }
    named = next.begin != colon.end;
  }
  if (!named) lexer_ = start;
  CVM_ASSIGN_OR_RETURN(item.target, ParseUsePath("an interface"));
  CVM_RETURN_IF_ERROR(Expect(';', is_export ? "end the `export` with `;`" : "end the `import` with `;`"));
  if (named) item.name = std::move(name);
  item.meta = std::move(meta);
  return item;
}

Result<ast::Include> Parser::ParseInclude(Meta meta) {
  ast::Include include;
  include.meta = std::move(meta);
  CVM_ASSIGN_OR_RETURN(include.world, ParseUsePath("a world"));
  CVM_ASSIGN_OR_RETURN(const bool with, EatKeyword("with"));
  if (!with) {
    CVM_RETURN_IF_ERROR(Expect(';', "end the `include` with `;`"));
    return include;
  }
  CVM_RETURN_IF_ERROR(Expect('{'));
  CVM_RETURN_IF_ERROR(CommaList('}', [&]() -> Result<void> {
    CVM_ASSIGN_OR_RETURN(Ident from, ParseId("a name"));
    CVM_ASSIGN_OR_RETURN(const bool as, EatKeyword("as"));
    if (!as) return sources().ErrorAt(from.span, "expected `as` behind `" + from.name + "`", "write `old as new`");
    CVM_ASSIGN_OR_RETURN(Ident to, ParseId("a name"));
    include.renames.emplace_back(std::move(from), std::move(to));
    return {};
  }));
  // The grammar has no `;` behind the braces; the examples do not agree with one another.
  CVM_RETURN_IF_ERROR(Eat(';'));
  return include;
}

Result<ast::Use> Parser::ParseUse(Meta meta) {
  ast::Use use;
  use.meta = std::move(meta);
  CVM_ASSIGN_OR_RETURN(use.from, ParseUsePath("an interface"));
  CVM_RETURN_IF_ERROR(Expect('.', "write `use interface.{type}`"));
  CVM_RETURN_IF_ERROR(Expect('{', "write `use interface.{type}`"));
  CVM_RETURN_IF_ERROR(CommaList('}', [&]() -> Result<void> {
    CVM_ASSIGN_OR_RETURN(Ident name, ParseId("a type's name"));
    Ident as = name;
    CVM_ASSIGN_OR_RETURN(const bool renamed, EatKeyword("as"));
    if (renamed) {
      CVM_ASSIGN_OR_RETURN(as, ParseId("a name"));
    }
    use.names.emplace_back(std::move(name), std::move(as));
    return {};
  }));
  if (use.names.empty()) return sources().ErrorAt(use.from.span, "this `use` brings nothing in", "name a type");
  CVM_RETURN_IF_ERROR(Expect(';', "end the `use` with `;`"));
  return use;
}

Result<ast::File> ParseFile(const SourceMap& sources, uint32_t file) {
  return Parser(Lexer(sources, file)).ParseFile();
}

}  // namespace cvm::wit
