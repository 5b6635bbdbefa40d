// Reading values from text, by recursive descent along the type (whose depth is bounded).
#include <charconv>
#include <cstdlib>

#include "component/host/value_text.hpp"
#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::component {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

class ValueParser {
 public:
  explicit ValueParser(std::string_view text) : text_(text) {}

  Result<ComponentValue> Parse(const abi::ValType& type);
  Result<void> Expect(char c) {
    if (Take(c)) return {};
    return Fail(std::string("expected `") + c + "`");
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool AtEnd() {
    SkipSpace();
    return at_ == text_.size();
  }
  Error Fail(const std::string& words) const {
    return UsageError(words + " at character " + std::to_string(at_ + 1) + " of `" + std::string(text_) + "`");
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  // A word of letters, digits and hyphens; a `%` in front is dropped and told.
  std::string_view Name(bool* escaped = nullptr) {
    SkipSpace();
    const bool percent = at_ < text_.size() && text_[at_] == '%';
    if (percent) ++at_;
    if (escaped != nullptr) *escaped = percent;
    const size_t begin = at_;
    while (at_ < text_.size() && IsNameChar(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view Number() {
    SkipSpace();
    const size_t begin = at_;
    while (at_ < text_.size() && (IsNameChar(text_[at_]) || text_[at_] == '.' || text_[at_] == '+')) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  template <class T>
  Result<ComponentValue> Integer();
  template <class T>
  Result<ComponentValue> Float();
  Result<char32_t> Character();
  Result<ComponentValue> Text();
  Result<ComponentValue> Char();
  Result<ComponentValue> Bool();
  Result<ComponentValue> ParseList(const abi::ValType& type);
  Result<ComponentValue> ParseRecord(const abi::ValType& type);
  Result<ComponentValue> ParseTuple(const abi::ValType& type);
  Result<ComponentValue> ParseVariant(const abi::ValType& type);
  Result<ComponentValue> ParseFlags(const abi::ValType& type);

  std::string_view text_;
  size_t at_ = 0;
};

template <class T>
Result<ComponentValue> ValueParser::Integer() {
  const std::string_view digits = Number();
  T value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
    return Fail("`" + std::string(digits) + "` is no number of the type that is wanted");
  }
  return ComponentValue(value);
}

template <class T>
Result<ComponentValue> ValueParser::Float() {
  const std::string digits(Number());
  char* end = nullptr;
  const double value = std::is_same_v<T, float> ? std::strtof(digits.c_str(), &end) : std::strtod(digits.c_str(), &end);
  if (digits.empty() || end != digits.c_str() + digits.size()) return Fail("`" + digits + "` is no number");
  return ComponentValue(static_cast<T>(value));
}

// One character of a string or char, escaped or not.
Result<char32_t> ValueParser::Character() {
  if (at_ >= text_.size()) return Fail("the text ends within quotes");
  if (text_[at_] != '\\') {
    size_t length = 1;
    while (at_ + length < text_.size() && (static_cast<uint8_t>(text_[at_ + length]) & 0xc0) == 0x80) ++length;
    const std::string_view bytes = text_.substr(at_, length);
    if (!IsValidUtf8(bytes)) return Fail("the text is no UTF-8");
    const auto first = static_cast<uint8_t>(bytes[0]);
    char32_t c = length == 1 ? first : first & (0x7fu >> length);
    for (size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<uint8_t>(bytes[i]) & 0x3f);
    at_ += length;
    return c;
  }
  ++at_;
  const char c = at_ < text_.size() ? text_[at_++] : '\0';
  switch (c) {
    case 'n':
      return U'\n';
    case 'r':
      return U'\r';
    case 't':
      return U'\t';
    case '\\':
    case '\'':
    case '"':
      return static_cast<char32_t>(c);
    case 'u':
      break;
    default:
      return Fail("unknown escape");
  }
  CVM_RETURN_IF_ERROR(Expect('{'));
  const std::string_view digits = Name();
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc() || end != digits.data() + digits.size() || code > 0x10ffff || (code >> 11) == 0x1b) {
    return Fail("no Unicode scalar value");
  }
  CVM_RETURN_IF_ERROR(Expect('}'));
  return static_cast<char32_t>(code);
}

Result<ComponentValue> ValueParser::Text() {
  CVM_RETURN_IF_ERROR(Expect('"'));
  std::string text;
  while (at_ < text_.size() && text_[at_] != '"') {
    CVM_ASSIGN_OR_RETURN(const char32_t c, Character());
    AppendUtf8(c, &text);
  }
  CVM_RETURN_IF_ERROR(Expect('"'));
  return ComponentValue(std::move(text));
}

Result<ComponentValue> ValueParser::Char() {
  CVM_RETURN_IF_ERROR(Expect('\''));
  CVM_ASSIGN_OR_RETURN(const char32_t c, Character());
  CVM_RETURN_IF_ERROR(Expect('\''));
  return ComponentValue(c);
}

Result<ComponentValue> ValueParser::Bool() {
  const std::string_view word = Name();
  if (word != "true" && word != "false") return Fail("expected `true` or `false`");
  return ComponentValue(word == "true");
}

Result<ComponentValue> ValueParser::ParseList(const abi::ValType& type) {
  CVM_RETURN_IF_ERROR(Expect('['));
  std::vector<ComponentValue> elements;
  while (!Take(']')) {
    if (!elements.empty()) {
      CVM_RETURN_IF_ERROR(Expect(','));
      if (Take(']')) break;
    }
    CVM_ASSIGN_OR_RETURN(ComponentValue element, Parse(*type.node().element));
    elements.push_back(std::move(element));
  }
  return ComponentValue::ListOf(std::move(elements));
}

// Fields in any order; those of an optional type may be left out.
Result<ComponentValue> ValueParser::ParseRecord(const abi::ValType& type) {
  CVM_RETURN_IF_ERROR(Expect('{'));
  std::vector<ComponentValue::Field> fields;
  while (!Take('}')) {
    if (!fields.empty()) {
      CVM_RETURN_IF_ERROR(Expect(','));
      if (Take('}')) break;
    }
    const std::string_view name = Name();
    const abi::FieldType* found = nullptr;
    for (const abi::FieldType& field : type.node().fields) {
      if (field.label == name) found = &field;
    }
    if (found == nullptr) return Fail("the record has no field `" + std::string(name) + "`");
    CVM_RETURN_IF_ERROR(Expect(':'));
    CVM_ASSIGN_OR_RETURN(ComponentValue value, Parse(found->type));
    fields.push_back({std::string(name), std::move(value)});
  }
  for (const abi::FieldType& field : type.node().fields) {
    if (field.type.kind() != abi::TypeKind::kOption) continue;
    bool given = false;
    for (const ComponentValue::Field& f : fields) given = given || f.name == field.label;
    if (!given) fields.push_back({field.label, ComponentValue::None()});
  }
  return ComponentValue::RecordOf(std::move(fields));
}

Result<ComponentValue> ValueParser::ParseTuple(const abi::ValType& type) {
  CVM_RETURN_IF_ERROR(Expect('('));
  std::vector<ComponentValue> elements;
  for (const abi::FieldType& field : type.node().fields) {
    if (!elements.empty()) CVM_RETURN_IF_ERROR(Expect(','));
    CVM_ASSIGN_OR_RETURN(ComponentValue element, Parse(field.type));
    elements.push_back(std::move(element));
  }
  Take(',');
  CVM_RETURN_IF_ERROR(Expect(')'));
  return ComponentValue::TupleOf(std::move(elements));
}

Result<ComponentValue> ValueParser::ParseVariant(const abi::ValType& type) {
  const size_t begin = at_;
  bool escaped = false;
  std::string_view name = Name(&escaped);
  if (type.kind() == abi::TypeKind::kResult && name == "err") name = "error";
  const abi::CaseType* found = nullptr;
  for (const abi::CaseType& c : type.node().cases) {
    if (c.label == name) found = &c;
  }
  // A bare value is short for some(value) and for ok(value).
  const bool shortened =
      found == nullptr && (type.kind() == abi::TypeKind::kOption || type.kind() == abi::TypeKind::kResult);
  if (shortened) {
    at_ = begin;
    found = &type.node().cases[type.kind() == abi::TypeKind::kOption ? 1 : 0];
    if (!found->type.has_value()) found = nullptr;
  }
  if (found == nullptr) return Fail("`" + std::string(name) + "` is no case of " + type.ToString());
  std::vector<ComponentValue> payload;
  if (found->type.has_value()) {
    if (!shortened) CVM_RETURN_IF_ERROR(Expect('('));
    CVM_ASSIGN_OR_RETURN(ComponentValue value, Parse(*found->type));
    if (!shortened) CVM_RETURN_IF_ERROR(Expect(')'));
    payload.push_back(std::move(value));
  }
  switch (type.kind()) {
    case abi::TypeKind::kEnum:
      return ComponentValue::EnumOf(found->label);
    case abi::TypeKind::kOption:
      return ComponentValue(ComponentValue::Option{std::move(payload)});
    case abi::TypeKind::kResult:
      return ComponentValue(ComponentValue::Expected{found->label == "ok", std::move(payload)});
    default:
      return ComponentValue(ComponentValue::Variant{found->label, std::move(payload)});
  }
}

Result<ComponentValue> ValueParser::ParseFlags(const abi::ValType& type) {
  CVM_RETURN_IF_ERROR(Expect('{'));
  std::vector<std::string> names;
  while (!Take('}')) {
    if (!names.empty()) {
      CVM_RETURN_IF_ERROR(Expect(','));
      if (Take('}')) break;
    }
    const std::string_view name = Name();
    bool known = false;
    for (const std::string& label : type.node().labels) known = known || label == name;
    if (!known) return Fail("`" + std::string(name) + "` is no label of " + type.ToString());
    names.emplace_back(name);
  }
  return ComponentValue::FlagsOf(std::move(names));
}

Result<ComponentValue> ValueParser::Parse(const abi::ValType& type) {
  using enum abi::TypeKind;
  switch (type.kind()) {
    case kBool:
      return Bool();
    case kS8:
      return Integer<int8_t>();
    case kU8:
      return Integer<uint8_t>();
    case kS16:
      return Integer<int16_t>();
    case kU16:
      return Integer<uint16_t>();
    case kS32:
      return Integer<int32_t>();
    case kU32:
      return Integer<uint32_t>();
    case kS64:
      return Integer<int64_t>();
    case kU64:
      return Integer<uint64_t>();
    case kF32:
      return Float<float>();
    case kF64:
      return Float<double>();
    case kChar:
      return Char();
    case kString:
      return Text();
    case kTuple:
      return ParseTuple(type);
    case kFlags:
      return ParseFlags(type);
    default:
      break;
  }
  switch (type.despecialized()) {
    case kList:
      return ParseList(type);
    case kRecord:
      return ParseRecord(type);
    case kVariant:
      return ParseVariant(type);
    default:
      return Fail("values of type " + type.ToString() + " cannot be written");
  }
}

}  // namespace

Result<std::vector<ComponentValue>> ParseValues(std::string_view text, const std::vector<abi::ValType>& types) {
  ValueParser parser(text);
  std::vector<ComponentValue> values;
  for (const abi::ValType& type : types) {
    if (!values.empty()) CVM_RETURN_IF_ERROR(parser.Expect(','));
    if (parser.AtEnd()) {
      return UsageError("the function takes " + std::to_string(types.size()) + " arguments, not " +
                        std::to_string(values.size()));
    }
    CVM_ASSIGN_OR_RETURN(ComponentValue value, parser.Parse(type));
    values.push_back(std::move(value));
  }
  if (!parser.AtEnd()) return parser.Fail("more text than the function has parameters");
  return values;
}

}  // namespace cvm::component
