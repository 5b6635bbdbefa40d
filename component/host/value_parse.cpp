// Reading values from text, by recursive descent along the type (whose depth is bounded). The grammar is that of WAVE
// (wasm-tools, crates/wasm-wave/README.md), which has it that resources, streams and futures cannot be written.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>

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
  // What is wrong where the parser stands, or with the token that begins at `at`.
  Error Fail(const std::string& words) const { return Fail(words, at_); }
  Error Fail(const std::string& words, size_t at) const {
    size_t column = 1;
    for (const char c : text_.substr(0, at)) column += (static_cast<uint8_t>(c) & 0xc0) != 0x80 ? 1 : 0;
    return UsageError(words + " at character " + std::to_string(column) + " of `" + std::string(text_) + "`");
  }

 private:
  // White space and comments.
  void SkipSpace() {
    while (at_ < text_.size()) {
      if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (IsSpace(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }
  size_t TokenStart() {
    SkipSpace();
    return at_;
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
  Result<char32_t> Escape();
  Result<ComponentValue> Text();
  Result<ComponentValue> Lines();
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
  const size_t start = TokenStart();
  const std::string_view digits = Number();
  T value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
    return Fail("`" + std::string(digits) + "` is no number of the type that is wanted", start);
  }
  return ComponentValue(value);
}

// The digits of a number as JSON has them, or nan, inf, -inf.
template <class T>
Result<ComponentValue> ValueParser::Float() {
  const size_t start = TokenStart();
  const std::string digits(Number());
  if (digits == "nan") return ComponentValue(std::numeric_limits<T>::quiet_NaN());
  if (digits == "inf") return ComponentValue(std::numeric_limits<T>::infinity());
  if (digits == "-inf") return ComponentValue(-std::numeric_limits<T>::infinity());
  const size_t first = digits.find_first_not_of('-');
  const bool shaped = first <= 1 && first < digits.size() && digits[first] >= '0' && digits[first] <= '9' &&
                      digits.find_first_not_of("0123456789.eE+-") == std::string::npos;
  char* end = nullptr;
  const double value = std::is_same_v<T, float> ? std::strtof(digits.c_str(), &end) : std::strtod(digits.c_str(), &end);
  if (!shaped || end != digits.c_str() + digits.size()) return Fail("`" + digits + "` is no number", start);
  return ComponentValue(static_cast<T>(value));
}

// One character of a string or char, escaped or not.
Result<char32_t> ValueParser::Character() {
  if (at_ >= text_.size()) return Fail("the text ends within quotes");
  if (text_[at_] == '\\') return Escape();
  if (text_[at_] == '\n') return Fail("a line break has to be written `\\n`");
  const std::optional<char32_t> c = DecodeUtf8(text_, &at_);
  if (!c.has_value()) return Fail("the text is no UTF-8");
  return *c;
}

Result<char32_t> ValueParser::Escape() {
  const size_t start = at_++;
  const char c = at_ < text_.size() ? text_[at_++] : '\0';
  constexpr std::string_view kNames = "nrt\\'\"";
  constexpr std::string_view kValues = "\n\r\t\\'\"";
  if (const size_t named = kNames.find(c); c != '\0' && named != std::string_view::npos) {
    return static_cast<char32_t>(kValues[named]);
  }
  const size_t close = text_.find('}', at_);
  if (c != 'u' || at_ >= text_.size() || text_[at_] != '{' || close == std::string_view::npos) {
    return Fail("unknown escape", start);
  }
  const std::string_view digits = text_.substr(at_ + 1, close - at_ - 1);
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc() || end != digits.data() + digits.size() || code > 0x10ffff || (code >> 11) == 0x1b) {
    return Fail("no Unicode scalar value", start);
  }
  at_ = close + 1;
  return static_cast<char32_t>(code);
}

Result<ComponentValue> ValueParser::Text() {
  const size_t start = TokenStart();
  if (text_.substr(at_, 4) == "\"\"\"\n" || text_.substr(at_, 5) == "\"\"\"\r\n") return Lines();
  CVM_RETURN_IF_ERROR(Expect('"'));
  std::string text;
  while (at_ < text_.size() && text_[at_] != '"') {
    CVM_ASSIGN_OR_RETURN(const char32_t c, Character());
    AppendUtf8(c, &text);
  }
  if (at_ >= text_.size()) return Fail("the string that begins here has no end", start);
  ++at_;
  return ComponentValue(std::move(text));
}

// A string of several lines between `"""`. The spaces before the closing quotes are the indentation of every line.
Result<ComponentValue> ValueParser::Lines() {
  const size_t start = at_;
  at_ = text_.find('\n', at_) + 1;
  const size_t first = at_;
  size_t close = first;  // the line of the closing quotes
  size_t indent = 0;
  while (true) {
    indent = std::min(text_.find_first_not_of(' ', close), text_.size()) - close;
    if (text_.substr(close + indent, 3) == "\"\"\"") break;
    close = text_.find('\n', close);
    if (close++ == std::string_view::npos) return Fail("the string that begins here has no end", start);
  }
  std::string text;
  while (at_ < close) {
    if (text_.substr(at_, indent).find_first_not_of(' ') != std::string_view::npos) {
      return Fail("the line is indented less than the closing quotes");
    }
    if (at_ != first) text += '\n';
    at_ += indent;
    while (text_[at_] != '\n' && text_.substr(at_, 2) != "\r\n") {
      if (text_.substr(at_, 3) == "\"\"\"") return Fail("quotes within the string have to be broken up");
      CVM_ASSIGN_OR_RETURN(const char32_t c, Character());
      AppendUtf8(c, &text);
    }
    at_ = text_.find('\n', at_) + 1;
  }
  at_ = close + indent + 3;
  return ComponentValue(std::move(text));
}

Result<ComponentValue> ValueParser::Char() {
  const size_t start = TokenStart();
  CVM_RETURN_IF_ERROR(Expect('\''));
  if (at_ < text_.size() && text_[at_] == '\'') return Fail("a char is one character, and `'` is written `\\'`", start);
  CVM_ASSIGN_OR_RETURN(const char32_t c, Character());
  if (at_ >= text_.size() || text_[at_] != '\'') return Fail("a char is one character between `'`", start);
  ++at_;
  return ComponentValue(c);
}

Result<ComponentValue> ValueParser::Bool() {
  const size_t start = TokenStart();
  bool escaped = false;
  const std::string_view word = Name(&escaped);
  if (escaped || (word != "true" && word != "false")) return Fail("expected `true` or `false`", start);
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

// Fields in any order; those of an optional type may be left out. `{:}` is a record without any.
Result<ComponentValue> ValueParser::ParseRecord(const abi::ValType& type) {
  const size_t start = TokenStart();
  CVM_RETURN_IF_ERROR(Expect('{'));
  const std::vector<abi::FieldType>& wanted = type.node().fields;
  std::vector<std::optional<ComponentValue>> given(wanted.size());
  if (Take(':')) {
    CVM_RETURN_IF_ERROR(Expect('}'));
  } else {
    for (bool first = true; !Take('}'); first = false) {
      if (!first) {
        CVM_RETURN_IF_ERROR(Expect(','));
        if (Take('}')) break;
      }
      const size_t at = TokenStart();
      const std::string name(Name());
      size_t found = 0;
      while (found < wanted.size() && wanted[found].label != name) ++found;
      if (found == wanted.size()) return Fail("the record has no field `" + name + "`", at);
      if (given[found].has_value()) return Fail("the field `" + name + "` stands there twice", at);
      CVM_RETURN_IF_ERROR(Expect(':'));
      CVM_ASSIGN_OR_RETURN(given[found], Parse(wanted[found].type));
    }
  }
  std::vector<ComponentValue::Field> fields;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!given[i].has_value() && wanted[i].type.kind() != abi::TypeKind::kOption) {
      return Fail("the field `" + wanted[i].label + "` is missing in the record", start);
    }
    fields.push_back({wanted[i].label, given[i].has_value() ? *std::move(given[i]) : ComponentValue::None()});
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
  const size_t begin = TokenStart();
  const bool two_ways = type.kind() == abi::TypeKind::kOption || type.kind() == abi::TypeKind::kResult;
  bool escaped = false;
  const std::string name(Name(&escaped));
  const abi::CaseType* found = nullptr;
  for (const abi::CaseType& c : type.node().cases) {
    const bool err = type.kind() == abi::TypeKind::kResult && c.label == "error";
    // With `%` it is no keyword; without, keywords are no cases of other types, but there is nothing else they could
    // be.
    if ((err ? "err" : c.label) == name && !(two_ways && escaped)) found = &c;
  }
  // A bare value is short for some(value) and for ok(value), unless it is one of these itself.
  const bool shortened = found == nullptr && two_ways;
  if (shortened) {
    at_ = begin;
    found = &type.node().cases[type.kind() == abi::TypeKind::kOption ? 1 : 0];
    const bool nested = found->type.has_value() && (found->type->kind() == abi::TypeKind::kOption ||
                                                    found->type->kind() == abi::TypeKind::kResult);
    if (!found->type.has_value() || nested) found = nullptr;
  }
  if (found == nullptr) return Fail("`" + name + "` is no case of " + type.ToString(), begin);
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
    const size_t at = TokenStart();
    const std::string name(Name());
    bool known = false;
    for (const std::string& label : type.node().labels) known = known || label == name;
    if (!known) return Fail("`" + name + "` is no label of " + type.ToString(), at);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return Fail("`" + name + "` stands there twice", at);
    }
    names.push_back(name);
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
    if (!values.empty() && !parser.AtEnd()) CVM_RETURN_IF_ERROR(parser.Expect(','));
    if (!parser.AtEnd()) {
      CVM_ASSIGN_OR_RETURN(ComponentValue value, parser.Parse(type));
      values.push_back(std::move(value));
      continue;
    }
    // Options at the end may be left out.
    const auto optional = [](const abi::ValType& t) { return t.kind() == abi::TypeKind::kOption; };
    if (!std::all_of(types.begin() + static_cast<ptrdiff_t>(values.size()), types.end(), optional)) {
      return UsageError("the function takes " + std::to_string(types.size()) + " arguments, not " +
                        std::to_string(values.size()));
    }
    values.resize(types.size(), ComponentValue::None());
    break;
  }
  if (!values.empty()) parser.Take(',');
  if (!parser.AtEnd()) return parser.Fail("more text than the function has parameters");
  return values;
}

}  // namespace cvm::component
