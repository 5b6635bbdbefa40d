#include "component/compose/wac.hpp"

#include <algorithm>
#include <map>

#include "component/names/extern_name.hpp"
#include "component/wit/lexer.hpp"
#include "component/wit/resolver.hpp"
#include "component/wit_binary/encode.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

using wit::Lexer;
using wit::Span;
using wit::Token;
using wit::TokenKind;

// Expressions within expressions.
constexpr uint32_t kMaxDepth = 100;

// `c` of `a:b/c@1.0.0`; empty for names that are no path.
std::string LastPart(const std::string& name) {
  const Result<ExternName> parsed = ParseExternName(name);
  return parsed.ok() && parsed->is_interface() ? parsed->interface.interface : "";
}

// The item that a short name means: the one whose path ends with it, else the one that it names.
std::string Meant(const std::vector<ComposePart::Item>& items, const std::string& id) {
  const ComposePart::Item* found = nullptr;
  for (const ComposePart::Item& item : items) {
    if (item.name == id || LastPart(item.name) != id) continue;
    if (found != nullptr) return id;
    found = &item;
  }
  return found == nullptr ? id : found->name;
}

const ComposePart::Item* Find(const std::vector<ComposePart::Item>& items, const std::string& name) {
  for (const ComposePart::Item& item : items) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

// What an expression results in.
struct Value {
  ComposeSource source;
  std::string name;  // of the export that was accessed, or of the import; empty for a new instance
};

class Script {
 public:
  Script(const wit::SourceMap& sources, const WacResolver& resolver)
      : sources_(sources), lexer_(sources, 0), resolver_(resolver) {}

  Result<Composition> Run();

 private:
  // Tokens.
  Error At(Span span, const std::string& what, const std::string& mend = "") const {
    return sources_.ErrorAt(span, what, mend);
  }
  Result<bool> Eat(char c);
  Result<void> Expect(char c);
  Result<bool> EatWord(std::string_view word);
  Result<bool> EatDots();
  Result<Token> Id(const std::string& what);
  Result<std::string> Name();  // an identifier, or a string
  Result<std::string> Path(bool* is_package);

  // Statements.
  Result<void> Package();
  Result<void> Import();
  Result<void> InlineImport(const Token& id, const std::string& name, const Token& type);
  Result<void> Let();
  Result<void> Export();
  Result<void> ExportAll(const Value& value, Span span);
  Result<void> Define(const Token& id, Value value);

  // Expressions.
  Result<Value> Expression(uint32_t depth);
  Result<Value> Access(const Value& of, const std::string& name, bool exact, Span span);
  Result<Value> New(uint32_t depth);
  Result<void> Argument(ComposeInstance& instance, bool* implicit, std::vector<std::pair<Value, Span>>& spreads,
                        uint32_t depth);
  Result<void> Give(ComposeInstance& instance, const std::string& name, const Value& value, Span span);
  Result<void> Spread(ComposeInstance& instance, const Value& value, Span span);
  Result<Value> Local(const Token& id) const;
  Result<uint32_t> PartOf(const std::string& package, Span span);

  const wit::SourceMap& sources_;
  Lexer lexer_;
  const WacResolver& resolver_;
  Composition composition_;
  std::map<std::string, uint32_t> parts_;
  std::map<std::string, Value, std::less<>> locals_;
  std::map<std::string, Span> imports_;  // not given to anything yet
};

// ---- tokens

Result<bool> Script::Eat(char c) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (!token.IsPunctuation(c)) return false;
  CVM_RETURN_IF_ERROR(lexer_.Next());
  return true;
}

Result<void> Script::Expect(char c) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Next());
  if (token.IsPunctuation(c)) return {};
  const std::string found = token.kind == TokenKind::kEnd ? "the end of the file" : "`" + std::string(token.text) + "`";
  return At(token.span, std::string("expected `") + c + "`, found " + found);
}

Result<bool> Script::EatWord(std::string_view word) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (!token.IsKeyword(word)) return false;
  CVM_RETURN_IF_ERROR(lexer_.Next());
  return true;
}

Result<bool> Script::EatDots() {
  const Lexer start = lexer_;
  for (int i = 0; i < 3; ++i) {
    CVM_ASSIGN_OR_RETURN(const bool dot, Eat('.'));
    if (dot) continue;
    lexer_ = start;
    return false;
  }
  return true;
}

Result<Token> Script::Id(const std::string& what) {
  CVM_ASSIGN_OR_RETURN(Token token, lexer_.Next());
  if (token.kind == TokenKind::kId) return token;
  return At(token.span, "expected " + what);
}

Result<std::string> Script::Name() {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Next());
  if (token.kind == TokenKind::kString) return lexer_.DecodeString(token);
  if (token.kind == TokenKind::kId) return std::string(token.text);
  return At(token.span, "expected a name, or a string");
}

// id (':' id)+ ('/' id)* ('@' version)?
Result<std::string> Script::Path(bool* is_package) {
  std::string path;
  *is_package = true;
  char separator = ':';
  while (true) {
    CVM_ASSIGN_OR_RETURN(const Token id, Id("the name of a package"));
    path += std::string(id.text);
    CVM_ASSIGN_OR_RETURN(const bool colon, separator == ':' ? Eat(':') : Result<bool>(false));
    CVM_ASSIGN_OR_RETURN(const bool slash, colon ? Result<bool>(false) : Eat('/'));
    if (!colon && !slash) break;
    separator = colon ? ':' : '/';
    *is_package = *is_package && colon;
    path += separator;
  }
  CVM_ASSIGN_OR_RETURN(const Token at, lexer_.Peek());
  if (path.find(':') == std::string::npos || !at.IsPunctuation('@')) return path;
  CVM_RETURN_IF_ERROR(lexer_.Next());
  CVM_ASSIGN_OR_RETURN(const Version version, lexer_.NextVersion());
  return path + "@" + version.ToString();
}

// ---- statements

Result<Composition> Script::Run() {
  CVM_RETURN_IF_ERROR(lexer_.Check());
  CVM_RETURN_IF_ERROR(Package());
  while (true) {
    CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Next());
    if (token.kind == TokenKind::kEnd) break;
    if (token.IsKeyword("import")) {
      CVM_RETURN_IF_ERROR(Import());
    } else if (token.IsKeyword("let")) {
      CVM_RETURN_IF_ERROR(Let());
    } else if (token.IsKeyword("export")) {
      CVM_RETURN_IF_ERROR(Export());
    } else if (wit::IsKeyword(token.text) && token.kind == TokenKind::kId) {
      return At(token.span, "declarations of types are not taken", "put them into WIT of the components");
    } else {
      return At(token.span, "expected `import`, `let` or `export`");
    }
  }
  if (!imports_.empty()) {
    return At(imports_.begin()->second, "the import `" + imports_.begin()->first + "` is given to no component",
              "its type is what a component asks of it");
  }
  return std::move(composition_);
}

Result<void> Script::Package() {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  CVM_ASSIGN_OR_RETURN(const bool package, EatWord("package"));
  if (!package) return At(token.span, "a script begins with `package namespace:name;`");
  bool is_package = true;
  CVM_RETURN_IF_ERROR(Path(&is_package));
  CVM_ASSIGN_OR_RETURN(const Token targets, lexer_.Peek());
  if (targets.IsKeyword("targets")) {
    return At(targets.span, "`targets` is not taken", "take it out; `cvm-run wit` shows the world of the result");
  }
  return Expect(';');
}

// 'import' id ('as' (id | string))? ':' package-path ';'
Result<void> Script::Import() {
  CVM_ASSIGN_OR_RETURN(const Token id, Id("a name for the import"));
  std::string name;
  CVM_ASSIGN_OR_RETURN(const bool as, EatWord("as"));
  if (as) {
    CVM_ASSIGN_OR_RETURN(name, Name());
  }
  CVM_RETURN_IF_ERROR(Expect(':'));
  CVM_ASSIGN_OR_RETURN(const Token type, lexer_.Peek());
  if (type.IsKeyword("func") || type.IsKeyword("async") || type.IsKeyword("interface")) {
    return InlineImport(id, name.empty() ? std::string(id.text) : name, type);
  }
  bool is_package = true;
  CVM_ASSIGN_OR_RETURN(const std::string path, Path(&is_package));
  if (is_package) return At(type.span, "the path of an interface is wanted", "write `namespace:package/interface`");
  CVM_RETURN_IF_ERROR(Expect(';'));
  if (name.empty()) name = path;
  if (!imports_.emplace(name, id.span).second) return At(id.span, "`" + name + "` is imported twice");
  return Define(id, Value{{std::nullopt, name, Sort::kInstance, ""}, path});
}

// `func(…) -> …` or `interface { … }`: what a world of WIT would import, as the import of a component without anything
// else.
Result<void> Script::InlineImport(const Token& id, const std::string& name, const Token& type) {
  Token token = type;
  for (uint32_t braces = 0; braces != 0 || !token.IsPunctuation(';');) {
    CVM_ASSIGN_OR_RETURN(token, lexer_.Next());
    if (token.kind == TokenKind::kEnd) return At(type.span, "the import has no end", "end it with `;`");
    if (token.IsPunctuation('{')) ++braces;
    if (token.IsPunctuation('}') && braces != 0) --braces;
  }
  const bool interface = type.IsKeyword("interface");
  const std::string written = sources_.at(0).text.substr(type.begin, token.begin - type.begin) + (interface ? "" : ";");
  wit::Source source{"type", "package wac:script; world w { import imported: " + written + "}"};
  const auto encode = [&]() -> Result<std::shared_ptr<const Component>> {
    CVM_ASSIGN_OR_RETURN(const wit::Resolution resolved, wit::ResolveSources({{std::move(source)}}));
    return wit::EncodeWit(resolved.resolve, *resolved.root);
  };
  Result<std::shared_ptr<const Component>> package = encode();
  if (!package.ok()) return std::move(package.error().In(sources_.Place(type.span)));
  // The world is a component type within a component type.
  const ComponentTypeDef& around = *std::get<TypeDef>((*package)->definitions.front().what).decls;
  auto world = std::make_shared<Component>();
  world->strings = (*package)->strings;
  for (const ComponentTypeDef::Decl& decl : std::get<TypeDef>(around.decls.front().what).decls->decls) {
    std::visit([&world](const auto& what) { world->definitions.push_back({0, what}); }, decl.what);
  }
  composition_.imports.push_back({{name, std::move(world)}, "imported", name});
  return Define(id, Value{{std::nullopt, name, interface ? Sort::kInstance : Sort::kFunc, ""}, name});
}

Result<void> Script::Let() {
  CVM_ASSIGN_OR_RETURN(const Token id, Id("a name"));
  CVM_RETURN_IF_ERROR(Expect('='));
  CVM_ASSIGN_OR_RETURN(Value value, Expression(0));
  CVM_RETURN_IF_ERROR(Expect(';'));
  return Define(id, std::move(value));
}

Result<void> Script::Define(const Token& id, Value value) {
  if (locals_.emplace(std::string(id.text), std::move(value)).second) return {};
  return At(id.span, "`" + std::string(id.text) + "` is already defined");
}

// 'export' expr ('as' (id | string) | '...')? ';'
Result<void> Script::Export() {
  CVM_ASSIGN_OR_RETURN(const Token start, lexer_.Peek());
  CVM_ASSIGN_OR_RETURN(const Value value, Expression(0));
  CVM_ASSIGN_OR_RETURN(const bool all, EatDots());
  if (all) {
    CVM_RETURN_IF_ERROR(ExportAll(value, start.span));
    return Expect(';');
  }
  std::string name = value.name;
  CVM_ASSIGN_OR_RETURN(const bool as, EatWord("as"));
  if (as) {
    CVM_ASSIGN_OR_RETURN(name, Name());
  }
  if (name.empty()) return At(start.span, "the export has no name", "write `export … as name`, or `export …...`");
  for (const Composition::Export& known : composition_.exports) {
    if (known.name == name) return At(start.span, "`" + name + "` is exported twice");
  }
  composition_.exports.push_back({name, value.source});
  return Expect(';');
}

Result<void> Script::ExportAll(const Value& value, Span span) {
  if (!value.source.instance.has_value() || !value.source.name.empty()) {
    return At(span, "only an instance that was made by `new` can be spread here");
  }
  const ComposePart& part = composition_.parts[composition_.instances[*value.source.instance].part];
  for (const ComposePart::Item& item : part.exports()) {
    const bool known = std::any_of(composition_.exports.begin(), composition_.exports.end(),
                                   [&](const Composition::Export& e) { return e.name == item.name; });
    if (!known) composition_.exports.push_back({item.name, {value.source.instance, item.name, item.sort, ""}});
  }
  if (part.exports().empty()) return At(span, "the instance has no exports");
  return {};
}

// ---- expressions

Result<Value> Script::Local(const Token& id) const {
  const auto it = locals_.find(id.text);
  if (it != locals_.end()) return it->second;
  return At(id.span, "`" + std::string(id.text) + "` is not defined", "define it before, with `let` or `import`");
}

Result<Value> Script::Expression(uint32_t depth) {
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (depth > kMaxDepth) return sources_.ErrorAt(token.span, "expressions nest too deep", "", ErrorKind::kLimit);
  Value value;
  CVM_ASSIGN_OR_RETURN(const bool parenthesis, Eat('('));
  CVM_ASSIGN_OR_RETURN(const bool is_new, parenthesis ? Result<bool>(false) : EatWord("new"));
  if (parenthesis) {
    CVM_ASSIGN_OR_RETURN(value, Expression(depth + 1));
    CVM_RETURN_IF_ERROR(Expect(')'));
  } else if (is_new) {
    CVM_ASSIGN_OR_RETURN(value, New(depth));
  } else {
    CVM_ASSIGN_OR_RETURN(const Token id, Id("an expression"));
    CVM_ASSIGN_OR_RETURN(value, Local(id));
  }
  while (true) {
    CVM_ASSIGN_OR_RETURN(const Token next, lexer_.Peek());
    const Lexer start = lexer_;
    CVM_ASSIGN_OR_RETURN(const bool spread, EatDots());
    lexer_ = start;
    if (spread) return value;
    CVM_ASSIGN_OR_RETURN(const bool dot, Eat('.'));
    CVM_ASSIGN_OR_RETURN(const bool bracket, dot ? Result<bool>(false) : Eat('['));
    if (!dot && !bracket) return value;
    CVM_ASSIGN_OR_RETURN(const std::string name, Name());
    if (bracket) CVM_RETURN_IF_ERROR(Expect(']'));
    CVM_ASSIGN_OR_RETURN(value, Access(value, name, bracket, next.span));
  }
}

Result<Value> Script::Access(const Value& of, const std::string& name, bool exact, Span span) {
  if (!of.source.instance.has_value()) return At(span, "an import is not taken apart", "give it as a whole");
  if (!of.source.name.empty()) {
    if (of.source.sort != Sort::kInstance || !of.source.inner.empty()) return At(span, "this is no instance");
    return Value{{of.source.instance, of.source.name, Sort::kFunc, name}, name};
  }
  const std::vector<ComposePart::Item> exports =
      composition_.parts[composition_.instances[*of.source.instance].part].exports();
  const std::string meant = exact ? name : Meant(exports, name);
  const ComposePart::Item* item = Find(exports, meant);
  if (item != nullptr) return Value{{of.source.instance, meant, item->sort, ""}, meant};
  std::string known;
  for (const ComposePart::Item& e : exports) known += (known.empty() ? "`" : ", `") + e.name + "`";
  return At(span, "the instance has no export `" + name + "`", known.empty() ? "" : "it has " + known);
}

Result<uint32_t> Script::PartOf(const std::string& package, Span span) {
  const auto [it, added] = parts_.emplace(package, static_cast<uint32_t>(composition_.parts.size()));
  if (!added) return it->second;
  Result<ComposePart> part = resolver_(package);
  if (!part.ok()) return std::move(part.error().In(sources_.Place(span)));
  composition_.parts.push_back(*std::move(part));
  return it->second;
}

// 'new' package-name '{' arguments '}'
Result<Value> Script::New(uint32_t depth) {
  CVM_ASSIGN_OR_RETURN(const Token start, lexer_.Peek());
  bool is_package = true;
  CVM_ASSIGN_OR_RETURN(const std::string package, Path(&is_package));
  if (!is_package) return At(start.span, "`new` takes the name of a package, not of an interface");
  ComposeInstance instance;
  CVM_ASSIGN_OR_RETURN(instance.part, PartOf(package, start.span));
  bool implicit = false;
  std::vector<std::pair<Value, Span>> spreads;
  CVM_RETURN_IF_ERROR(Expect('{'));
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool closed, Eat('}'));
    if (closed) break;
    if (implicit) return At(start.span, "`...` is the last argument");
    CVM_RETURN_IF_ERROR(Argument(instance, &implicit, spreads, depth));
    CVM_ASSIGN_OR_RETURN(const bool comma, Eat(','));
    if (comma) continue;
    CVM_RETURN_IF_ERROR(Expect('}'));
    break;
  }
  for (const auto& [value, span] : spreads) CVM_RETURN_IF_ERROR(Spread(instance, value, span));
  for (const ComposePart::Item& item : composition_.parts[instance.part].imports()) {
    const bool given = std::any_of(instance.args.begin(), instance.args.end(),
                                   [&](const ComposeInstance::Arg& arg) { return arg.name == item.name; });
    if (!given && !implicit) {
      return At(start.span, "the argument `" + item.name + "` of `" + package + "` is missing",
                "give it, or write `...` at the end to import it");
    }
  }
  composition_.instances.push_back(std::move(instance));
  return Value{{static_cast<uint32_t>(composition_.instances.size() - 1), "", Sort::kInstance, ""}, ""};
}

// `...`, `...local`, `local`, `name: expr` or `"name": expr`
Result<void> Script::Argument(ComposeInstance& instance, bool* implicit, std::vector<std::pair<Value, Span>>& spreads,
                              uint32_t depth) {
  CVM_ASSIGN_OR_RETURN(const bool dots, EatDots());
  CVM_ASSIGN_OR_RETURN(const Token token, lexer_.Peek());
  if (dots && token.kind != TokenKind::kId) {
    *implicit = true;
    return {};
  }
  CVM_ASSIGN_OR_RETURN(std::string name, Name());
  if (dots) {
    CVM_ASSIGN_OR_RETURN(Value value, Local(token));
    spreads.emplace_back(std::move(value), token.span);
    return {};
  }
  const std::vector<ComposePart::Item> imports = composition_.parts[instance.part].imports();
  CVM_ASSIGN_OR_RETURN(const bool named, Eat(':'));
  if (named) {
    CVM_ASSIGN_OR_RETURN(const Value value, Expression(depth + 1));
    return Give(instance, token.kind == TokenKind::kString ? name : Meant(imports, name), value, token.span);
  }
  if (token.kind != TokenKind::kId) return At(token.span, "expected `:` behind the argument's name");
  CVM_ASSIGN_OR_RETURN(const Value value, Local(token));
  // By the path or name that it comes from, by the end of a path, or by the local name.
  for (const ComposePart::Item& item : imports) {
    if (item.name == value.name) return Give(instance, item.name, value, token.span);
  }
  for (const ComposePart::Item& item : imports) {
    if (NamesMeet(value.name, item.name)) return Give(instance, item.name, value, token.span);
  }
  return Give(instance, Meant(imports, name), value, token.span);
}

Result<void> Script::Give(ComposeInstance& instance, const std::string& name, const Value& value, Span span) {
  const ComposePart& part = composition_.parts[instance.part];
  const std::vector<ComposePart::Item> imports = part.imports();
  if (Find(imports, name) == nullptr) {
    std::string known;
    for (const ComposePart::Item& item : imports) known += (known.empty() ? "`" : ", `") + item.name + "`";
    return At(span, "`" + part.name + "` has no import `" + name + "`", known.empty() ? "" : "it has " + known);
  }
  for (const ComposeInstance::Arg& arg : instance.args) {
    if (arg.name == name) return At(span, "the argument `" + name + "` is given twice");
  }
  if (!value.source.instance.has_value()) imports_.erase(value.source.name);
  instance.args.push_back({name, value.source});
  return {};
}

Result<void> Script::Spread(ComposeInstance& instance, const Value& value, Span span) {
  if (!value.source.instance.has_value() || !value.source.name.empty()) {
    return At(span, "only an instance that was made by `new` can be spread");
  }
  const std::vector<ComposePart::Item> exports =
      composition_.parts[composition_.instances[*value.source.instance].part].exports();
  bool any = false;
  for (const ComposePart::Item& import : composition_.parts[instance.part].imports()) {
    const bool given = std::any_of(instance.args.begin(), instance.args.end(),
                                   [&](const ComposeInstance::Arg& arg) { return arg.name == import.name; });
    if (given) continue;
    const ComposePart::Item* found = Find(exports, import.name);
    for (const ComposePart::Item& e : exports) {
      if (found == nullptr && NamesMeet(e.name, import.name)) found = &e;
    }
    if (found == nullptr) continue;
    any = true;
    instance.args.push_back({import.name, {value.source.instance, found->name, found->sort, ""}});
  }
  if (!any) return At(span, "the instance exports nothing that is still to be given");
  return {};
}

}  // namespace

Result<Composition> ComposeWac(const std::string& path, std::string_view text, const WacResolver& resolver) {
  wit::SourceMap sources;
  sources.Add({path, std::string(text)});
  return Script(sources, resolver).Run();
}

}  // namespace cvm::component
