#include "spec-tests/wast/component_values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "vm/base/utf8.hpp"
#include "vm/text/literals.hpp"

namespace cvm::wast {
namespace {

using text::TokenCursor;
using text::TokenKind;

constexpr uint32_t kMaxDepth = 100;

class ValueParser {
 public:
  explicit ValueParser(TokenCursor& in) : in_(in) {}

  Result<ComponentValue> Value() {
    if (depth_ == kMaxDepth) return in_.ErrorHere("values nested too deeply");
    CVM_RETURN_IF_ERROR(in_.Expect(TokenKind::kLParen));
    ++depth_;
    CVM_ASSIGN_OR_RETURN(ComponentValue value, Bare());
    --depth_;
    CVM_RETURN_IF_ERROR(in_.Close());
    return value;
  }

 private:
  struct Form {
    std::string_view keyword;
    Result<ComponentValue> (ValueParser::*parse)();
  };
  static const std::array<Form, 23> kForms;

  // Without the parentheses.
  Result<ComponentValue> Bare() {
    for (const Form& form : kForms) {
      if (in_.TakeKeyword(form.keyword)) return (this->*form.parse)();
    }
    return in_.ErrorHere("expected a [type].const expression");
  }

  bool AtEnd() const { return in_.At(TokenKind::kRParen); }

  Result<ComponentValue> Bool() {
    if (in_.TakeKeyword("true")) return ComponentValue(true);
    CVM_RETURN_IF_ERROR(in_.ExpectKeyword("false"));
    return ComponentValue(false);
  }

  template <class T>
  Result<ComponentValue> Integer() {
    const std::optional<uint64_t> bits = text::ParseInteger(in_.text(in_.Peek()), sizeof(T) * 8);
    if (!bits) return in_.Unexpected();
    in_.Next();
    return ComponentValue(static_cast<T>(*bits));
  }

  Result<ComponentValue> F32() {
    const std::string_view word = in_.text(in_.Peek());
    const std::optional<uint32_t> bits = text::ParseF32(word.starts_with("nan:") && word[4] != '0' ? "nan" : word);
    if (!bits) return in_.Unexpected();
    in_.Next();
    return ComponentValue(std::bit_cast<float>(*bits));
  }
  Result<ComponentValue> F64() {
    const std::string_view word = in_.text(in_.Peek());
    const std::optional<uint64_t> bits = text::ParseF64(word.starts_with("nan:") && word[4] != '0' ? "nan" : word);
    if (!bits) return in_.Unexpected();
    in_.Next();
    return ComponentValue(std::bit_cast<double>(*bits));
  }

  Result<ComponentValue> Char() {
    CVM_ASSIGN_OR_RETURN(const std::string name, in_.Name());
    size_t pos = 0;
    const std::optional<char32_t> c = name.empty() ? std::nullopt : DecodeUtf8(name, &pos);
    if (!c || pos != name.size()) return in_.ErrorHere("one character expected");
    return ComponentValue(*c);
  }
  Result<ComponentValue> String() {
    CVM_ASSIGN_OR_RETURN(const std::string name, in_.Name());
    return ComponentValue::String(name);
  }

  Result<std::vector<ComponentValue>> Elements() {
    std::vector<ComponentValue> elements;
    while (!AtEnd()) {
      CVM_ASSIGN_OR_RETURN(ComponentValue element, Value());
      elements.push_back(std::move(element));
    }
    return elements;
  }
  Result<ComponentValue> List() {
    CVM_ASSIGN_OR_RETURN(std::vector<ComponentValue> elements, Elements());
    return ComponentValue::ListOf(std::move(elements));
  }
  Result<ComponentValue> Tuple() {
    CVM_ASSIGN_OR_RETURN(std::vector<ComponentValue> elements, Elements());
    return ComponentValue::TupleOf(std::move(elements));
  }
  Result<ComponentValue> Record() {
    std::vector<ComponentValue::Field> fields;
    while (in_.TakeOpen("field")) {
      ComponentValue::Field field;
      CVM_ASSIGN_OR_RETURN(field.name, in_.Name());
      if (in_.At(TokenKind::kLParen)) {
        CVM_ASSIGN_OR_RETURN(field.value, Value());
      } else {
        CVM_ASSIGN_OR_RETURN(field.value, Bare());
      }
      fields.push_back(std::move(field));
      CVM_RETURN_IF_ERROR(in_.Close());
    }
    return ComponentValue::RecordOf(std::move(fields));
  }

  Result<std::optional<ComponentValue>> Payload() {
    if (AtEnd()) return std::optional<ComponentValue>();
    CVM_ASSIGN_OR_RETURN(ComponentValue payload, Value());
    return std::optional<ComponentValue>(std::move(payload));
  }
  Result<ComponentValue> Variant() {
    CVM_ASSIGN_OR_RETURN(const std::string name, in_.Name());
    CVM_ASSIGN_OR_RETURN(std::optional<ComponentValue> payload, Payload());
    return ComponentValue::Case(name, std::move(payload));
  }
  Result<ComponentValue> Enum() {
    CVM_ASSIGN_OR_RETURN(const std::string name, in_.Name());
    return ComponentValue::EnumOf(name);
  }
  Result<ComponentValue> None() { return ComponentValue::None(); }
  Result<ComponentValue> Some() {
    CVM_ASSIGN_OR_RETURN(ComponentValue payload, Value());
    return ComponentValue::Some(std::move(payload));
  }
  Result<ComponentValue> Ok() {
    CVM_ASSIGN_OR_RETURN(std::optional<ComponentValue> payload, Payload());
    return ComponentValue::Ok(std::move(payload));
  }
  Result<ComponentValue> Err() {
    CVM_ASSIGN_OR_RETURN(std::optional<ComponentValue> payload, Payload());
    return ComponentValue::Err(std::move(payload));
  }
  Result<ComponentValue> Flags() {
    std::vector<std::string> names;
    while (!AtEnd()) {
      CVM_ASSIGN_OR_RETURN(std::string name, in_.Name());
      names.push_back(std::move(name));
    }
    return ComponentValue::FlagsOf(std::move(names));
  }

  TokenCursor& in_;
  uint32_t depth_ = 0;
};

const std::array<ValueParser::Form, 23> ValueParser::kForms = {{
    {"bool.const", &ValueParser::Bool},
    {"u8.const", &ValueParser::Integer<uint8_t>},
    {"s8.const", &ValueParser::Integer<int8_t>},
    {"u16.const", &ValueParser::Integer<uint16_t>},
    {"s16.const", &ValueParser::Integer<int16_t>},
    {"u32.const", &ValueParser::Integer<uint32_t>},
    {"s32.const", &ValueParser::Integer<int32_t>},
    {"u64.const", &ValueParser::Integer<uint64_t>},
    {"s64.const", &ValueParser::Integer<int64_t>},
    {"f32.const", &ValueParser::F32},
    {"f64.const", &ValueParser::F64},
    {"char.const", &ValueParser::Char},
    {"str.const", &ValueParser::String},
    {"list.const", &ValueParser::List},
    {"record.const", &ValueParser::Record},
    {"tuple.const", &ValueParser::Tuple},
    {"variant.const", &ValueParser::Variant},
    {"enum.const", &ValueParser::Enum},
    {"option.none", &ValueParser::None},
    {"option.some", &ValueParser::Some},
    {"result.ok", &ValueParser::Ok},
    {"result.err", &ValueParser::Err},
    {"flags.const", &ValueParser::Flags},
}};

bool SameAll(const std::vector<ComponentValue>& a, const std::vector<ComponentValue>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameComponentValue);
}

struct Same {
  bool operator()(float a, float b) const {
    return std::isnan(a) ? std::isnan(b) : std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
  }
  bool operator()(double a, double b) const {
    return std::isnan(a) ? std::isnan(b) : std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
  }
  bool operator()(const ComponentValue::List& a, const ComponentValue::List& b) const {
    return SameAll(a.elements, b.elements);
  }
  bool operator()(const ComponentValue::Tuple& a, const ComponentValue::Tuple& b) const {
    return SameAll(a.elements, b.elements);
  }
  bool operator()(const ComponentValue::Record& a, const ComponentValue::Record& b) const {
    return a.names == b.names && SameAll(a.values, b.values);
  }
  bool operator()(const ComponentValue::Variant& a, const ComponentValue::Variant& b) const {
    return a.name == b.name && SameAll(a.payload, b.payload);
  }
  bool operator()(const ComponentValue::Option& a, const ComponentValue::Option& b) const {
    return SameAll(a.some, b.some);
  }
  bool operator()(const ComponentValue::Expected& a, const ComponentValue::Expected& b) const {
    return a.ok == b.ok && SameAll(a.payload, b.payload);
  }
  bool operator()(ComponentValue::Flags a, ComponentValue::Flags b) const {
    std::ranges::sort(a.names);
    std::ranges::sort(b.names);
    return a == b;
  }
  template <class T>
  bool operator()(const T& a, const T& b) const {
    return a == b;
  }
  template <class T, class U>
  bool operator()(const T&, const U&) const {
    return false;
  }
};

}  // namespace

Result<ComponentValue> ParseComponentValue(TokenCursor& cursor) { return ValueParser(cursor).Value(); }

bool SameComponentValue(const ComponentValue& expected, const ComponentValue& actual) {
  return std::visit(Same(), expected.storage(), actual.storage());
}

}  // namespace cvm::wast
