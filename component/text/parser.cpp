// Scopes, names and errors, and the two ways in: a whole text and a form of a script.
#include "component/text/parser.hpp"

#include <algorithm>

#include "component/model/component_limits.hpp"
#include "vm/base/utf8.hpp"
#include "vm/text/literals.hpp"

namespace cvm::component {
namespace text {

std::optional<uint32_t> Scope::Find(Sort sort, std::string_view name) const {
  if (sort == Sort::kCoreType) return core_types == nullptr ? std::nullopt : core_types->Find(name);
  const IdMap& own = ids[static_cast<size_t>(sort)];
  const auto found = own.find(name);
  if (found == own.end()) return std::nullopt;
  return found->second;
}

Parser::Parser(TokenCursor& in, const Features& features, const LoadLimits& limits)
    : in_(in), features_(features), limits_(limits), strings_(std::make_shared<std::deque<std::string>>()) {}

Result<void> Parser::Level::Check() const {
  if (parser_.depth_ <= kMaxNesting) return {};
  const cvm::text::Place place = parser_.in_.tokens().Locate(parser_.in_.Peek());
  return LimitError("item nesting too deep").AtLine(place.line, place.column);
}

CoreTypeSpace& Parser::core_types() {
  if (scope().core_types == nullptr) scope().core_types = std::make_unique<CoreTypeSpace>(in_, features_, limits_);
  return *scope().core_types;
}

Error Parser::Unexpected(const char* expected) const {
  std::string words = "unexpected token";
  if (expected != nullptr) words += std::string(", expected ") + expected;
  return in_.ErrorHere(std::move(words));
}

Error Parser::Invalid(const Token& at, std::string words) const {
  const cvm::text::Place place = in_.tokens().Locate(at);
  return Error(ErrorKind::kInvalid, std::move(words)).AtLine(place.line, place.column);
}

// --- names

Result<std::string_view> Parser::Name() {
  CVM_ASSIGN_OR_RETURN(const std::string name, in_.Name());
  return Own(name);
}

// (@name "…") in front of the next token.
Result<std::optional<std::string_view>> Parser::NameAnnotation() {
  for (const Annotation& annotation : in_.tokens().annotations_before(in_.position())) {
    if (annotation.id != "name") continue;
    const bool one_string = annotation.tokens.size() == 1 && annotation.tokens[0].kind == TokenKind::kString;
    if (!one_string) return in_.tokens().ErrorAt(annotation.open, "@name annotation: string expected");
    const std::string name = cvm::text::DecodeString(in_.text(annotation.tokens[0]));
    if (!IsValidUtf8(name)) return in_.tokens().ErrorAt(annotation.open, "malformed UTF-8 encoding");
    return std::optional<std::string_view>(Own(name));
  }
  return std::optional<std::string_view>();
}

Result<Binder> Parser::TakeBinder() {
  Binder binder;
  if (in_.At(TokenKind::kId)) binder.id = in_.Next();
  CVM_ASSIGN_OR_RETURN(binder.name, NameAnnotation());
  if (!binder.name && binder.id) binder.name = Own(in_.tokens().id(*binder.id));
  return binder;
}

Result<void> Parser::Bind(Sort sort, const Binder& binder, uint32_t index) {
  if (binder.id && sort == Sort::kCoreType) {
    CVM_RETURN_IF_ERROR(core_types().BindId(*binder.id, index));
  } else if (binder.id) {
    const std::string_view id = in_.tokens().id(*binder.id);
    if (!scope().Ids(sort).emplace(id, index).second) {
      return in_.tokens().ErrorAt(*binder.id, "duplicate " + std::string(SortName(sort)) + " identifier");
    }
  }
  if (binder.name && scope().component != nullptr) {
    scope().component->names.Of(sort).entries.emplace_back(index, *binder.name);
  }
  return {};
}

// (@custom "name" "bytes"*) in front of the next token.
Result<void> Parser::TakeCustoms(Component* component) {
  for (const Annotation& annotation : in_.tokens().annotations_before(in_.position())) {
    if (annotation.id != "custom") continue;
    const std::vector<Token>& tokens = annotation.tokens;
    const bool strings = !tokens.empty() && std::all_of(tokens.begin(), tokens.end(), [](const Token& token) {
      return token.kind == TokenKind::kString;
    });
    if (!strings) return in_.tokens().ErrorAt(annotation.open, "@custom annotation: strings expected");
    const std::string name = cvm::text::DecodeString(in_.text(tokens[0]));
    if (!IsValidUtf8(name)) return in_.tokens().ErrorAt(annotation.open, "malformed UTF-8 encoding");
    std::string bytes;
    for (size_t i = 1; i < tokens.size(); ++i) bytes += cvm::text::DecodeString(in_.text(tokens[i]));
    const std::string_view kept = Own(bytes);
    component->customs.push_back(
        {Own(name), Bytes(reinterpret_cast<const uint8_t*>(kept.data()), kept.size()), annotation.open.offset});
  }
  return {};
}

// --- a component

Result<std::shared_ptr<const Component>> Parser::ParseComponent(const Binder& binder) {
  const Level level(*this);
  CVM_RETURN_IF_ERROR(level.Check());
  auto component = std::make_shared<Component>();
  component->strings = strings_;
  if (binder.name) component->names.component = *binder.name;
  scopes_.push_back(std::make_unique<Scope>());
  scope().component = component.get();
  scope().id = IdOf(binder);
  while (true) {
    CVM_RETURN_IF_ERROR(TakeCustoms(component.get()));
    if (in_.At(TokenKind::kRParen) || in_.AtEnd()) break;
    CVM_RETURN_IF_ERROR(Definition());
  }
  std::vector<std::pair<uint32_t, ExportDef>> exports = std::move(scope().exports);
  for (auto& [offset, exported] : exports) {
    const Sort sort = exported.what.sort;
    Define(offset, sort, std::move(exported));
  }
  scopes_.pop_back();
  return std::shared_ptr<const Component>(std::move(component));
}

namespace {

Result<ComponentForm> ParseForm(TokenCursor& cursor, const Features& features, const LoadLimits& limits) {
  ComponentForm form;
  CVM_RETURN_IF_ERROR(cursor.ExpectOpen("component"));
  if (cursor.TakeKeyword("instance")) {
    form.kind = ComponentForm::Kind::kInstance;
    if (cursor.At(TokenKind::kId)) form.id = std::string(*cursor.TakeId());
    if (cursor.At(TokenKind::kId)) {
      form.instance_of = std::string(*cursor.TakeId());
    } else {
      form.instance_of = std::exchange(form.id, std::nullopt);
    }
    return form;
  }
  form.is_definition = cursor.TakeKeyword("definition");
  Parser parser(cursor, features, limits);
  CVM_ASSIGN_OR_RETURN(const Binder binder, parser.TakeBinder());
  if (binder.id) form.id = std::string(cursor.tokens().id(*binder.id));
  if (cursor.TakeKeyword("binary")) {
    form.kind = ComponentForm::Kind::kBinary;
    CVM_ASSIGN_OR_RETURN(form.bytes, cursor.Strings());
  } else if (cursor.TakeKeyword("quote")) {
    form.kind = ComponentForm::Kind::kQuote;
    form.bytes = "(component ";
    while (cursor.At(TokenKind::kString)) {
      CVM_ASSIGN_OR_RETURN(const std::string part, cursor.String());
      form.bytes += part + " ";
    }
    form.bytes += ")";
  } else {
    CVM_ASSIGN_OR_RETURN(form.component, parser.ParseComponent(binder));
    CVM_RETURN_IF_ERROR(CheckComponentLimits(*form.component, limits));
  }
  return form;
}

// The component suite has words of its own for an error of the lexer.
Error InComponentWords(Error error) {
  if (error.message() != "illegal escape") return error;
  Error renamed(error.kind(), "invalid string escape");
  return renamed.AtLine(error.line(), error.column());
}

}  // namespace
}  // namespace text

Result<ComponentForm> ParseComponentForm(text::TokenCursor& cursor, const Features& features,
                                         const LoadLimits& limits) {
  CVM_ASSIGN_OR_RETURN(ComponentForm form, text::ParseForm(cursor, features, limits));
  CVM_RETURN_IF_ERROR(cursor.Close());
  return form;
}

Result<std::shared_ptr<const Component>> ParseComponent(std::string_view source, const Features& features,
                                                        const LoadLimits& limits) {
  CVM_RETURN_IF_ERROR(CheckLimit(limits, &LoadLimits::component_bytes, source.size()));
  Result<cvm::text::TokenList> tokens = cvm::text::TokenList::Lex(source);
  if (!tokens.ok()) return text::InComponentWords(std::move(tokens).error());
  cvm::text::TokenCursor cursor(*tokens);
  CVM_RETURN_IF_ERROR(cursor.ExpectOpen("component"));
  text::Parser parser(cursor, features, limits);
  CVM_ASSIGN_OR_RETURN(const text::Binder binder, parser.TakeBinder());
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<const Component> component, parser.ParseComponent(binder));
  CVM_RETURN_IF_ERROR(cursor.Close());
  if (!cursor.AtEnd()) return cursor.Unexpected();
  if (Result<void> checked = CheckComponentLimits(*component, limits); !checked.ok()) {
    return AtPlaceIn(source, std::move(checked).error());
  }
  return component;
}

Error AtPlaceIn(std::string_view source, Error error) {
  if (!error.offset() || error.line() != 0) return error;
  const cvm::text::Place place = cvm::text::LocateIn(source, *error.offset());
  Error placed(error.kind(), error.message());
  for (auto context = error.context().rbegin(); context != error.context().rend(); ++context) placed.In(*context);
  return placed.AtLine(place.line, place.column);
}

}  // namespace cvm::component
