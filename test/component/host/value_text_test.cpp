// WAVE: values as text, both ways (wasm-tools, crates/wasm-wave/README.md).
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>

#include "canonical-abi/types/val_type.hpp"
#include "component/host/value_text.hpp"

namespace cvm::component {
namespace {

using abi::TypeKind;
using abi::ValType;

ValType Prim(TypeKind kind) { return ValType(kind); }

// The constructors of types, whose limits these tests keep to.
ValType Made(Result<ValType> type) { return *std::move(type); }
ValType Record(std::vector<abi::FieldType> fields) { return Made(abi::RecordType(std::move(fields))); }
ValType Variant(std::vector<abi::CaseType> cases) { return Made(abi::VariantType(std::move(cases))); }
ValType Enum(std::vector<std::string> labels) { return Made(abi::EnumType(std::move(labels))); }
ValType Flags(std::vector<std::string> labels) { return Made(abi::FlagsType(std::move(labels))); }
ValType Tuple(std::vector<ValType> types) { return Made(abi::TupleType(std::move(types))); }
ValType Option(const ValType& some) { return Made(abi::OptionType(some)); }
ValType Expected(std::optional<ValType> ok, std::optional<ValType> err) { return Made(abi::ResultType(ok, err)); }
ValType List(const ValType& element) { return Made(abi::ListType(element)); }
ValType FixedList(const ValType& element, uint32_t length) { return Made(abi::FixedListType(element, length)); }
ValType Map(const ValType& key, const ValType& value) { return Made(abi::MapType(key, value)); }
ValType Stream(const ValType& element) { return Made(abi::StreamType(element)); }

// The value of that type, written again; or "error: …".
std::string Again(const ValType& type, const std::string& text) {
  const Result<std::vector<ComponentValue>> values = ParseValues(text, {type});
  return values.ok() ? values->front().ToString() : "error: " + values.error().message();
}

TEST_CASE("WAVE: what the README shows") {
  const ValType u8 = Prim(TypeKind::kU8), string = Prim(TypeKind::kString), chr = Prim(TypeKind::kChar);
  const ValType optional = Record({{"must-have", u8}, {"optional", Option(u8)}});
  const ValType all_optional = Record({{"optional", Option(u8)}});
  const ValType response = Variant({{"empty", {}}, {"body", List(u8)}, {"err", string}});
  const ValType perms = Flags({"read", "write", "exec"});
  struct Row {
    ValType type;
    const char* text;
    const char* again;
  };
  const Row rows[] = {
      {Prim(TypeKind::kBool), " true ", "true"},
      {Prim(TypeKind::kS8), "-9", "-9"},
      {Prim(TypeKind::kU64), "18446744073709551615", "18446744073709551615"},
      {Prim(TypeKind::kF64), "3.14", "3.14"},
      {Prim(TypeKind::kF64), "6.022e+23", "6.022e+23"},
      {Prim(TypeKind::kF32), "-inf", "-inf"},
      {Prim(TypeKind::kF32), "nan", "nan"},
      {chr, "'x'", "'x'"},
      {chr, "'☃'", "'☃'"},
      {chr, R"('\'')", R"('\'')"},
      {chr, R"('\u{0}')", R"('\u{0}')"},
      {string, R"("abc\t123")", R"("abc\t123")"},
      {string, R"("\"\'\\\u{1F44B}")", "\"\\\"'\\\\\xf0\x9f\x91\x8b\""},
      {string, "\"\"\"\nA single line\n\"\"\"", "\"A single line\""},
      {string, "\"\"\"\n    Indentation determined\n      by ending delimiter\n  \"\"\"",
       R"("  Indentation determined\n    by ending delimiter")"},
      {string, "\"\"\"\r\n  a: \\r\r\n  \"\"\\\"\"\r\n  \"\"\"", R"("a: \r\n\"\"\"\"")"},
      {string, "\"\"\"\n\"\"\"", R"("")"},
      {Tuple({string, u8}), R"(("abc", 123,))", R"(("abc", 123))"},
      {List(u8), "[1, // one\n 2, 3,]", "[1, 2, 3]"},
      {List(chr), "[]", "[]"},
      {optional, "{must-have: 123}", "{must-have: 123, optional: none}"},
      {optional, "{optional: 1, %must-have: 2,}", "{must-have: 2, optional: some(1)}"},
      {all_optional, "{:}", "{optional: none}"},
      {response, "empty", "empty"},
      {response, "body([79, 75])", "body([79, 75])"},
      {response, R"(%err("oops"))", R"(%err("oops"))"},
      {Enum({"ok", "not-found"}), "%ok", "%ok"},
      {Enum({"HTTP3", "method-GET"}), "method-GET", "method-GET"},
      {Option(string), R"("flat some")", R"(some("flat some"))"},
      {Option(string), "none", "none"},
      {Option(Enum({"none", "one"})), "%none", "some(%none)"},
      {Option(Option(u8)), "some(1)", "some(some(1))"},
      {Expected(string, string), R"("flat ok")", R"(ok("flat ok"))"},
      {Expected({}, string), "ok", "ok"},
      {Expected({}, string), R"(err("oops"))", R"(err("oops"))"},
      {Expected({}, {}), "err", "err"},
      {perms, "{write, %read,}", "{write, read}"},
      {perms, "{}", "{}"},
      {Map(string, u8), R"([("a", 1)])", R"([("a", 1)])"},
      {FixedList(u8, 2), "[1, 2]", "[1, 2]"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(Again(row.type, row.text) == row.again);
  }
}

TEST_CASE("WAVE: errors say where") {
  const ValType u8 = Prim(TypeKind::kU8), string = Prim(TypeKind::kString), chr = Prim(TypeKind::kChar);
  const ValType record = Record({{"a", u8}, {"b", u8}});
  const std::pair<ValType, std::pair<const char*, const char*>> rows[] = {
      {u8, {" 256", "`256` is no number of the type that is wanted at character 2"}},
      {u8, {"'a'", "is no number of the type that is wanted at character 1"}},
      {Prim(TypeKind::kF64), {"0x10", "is no number at character 1"}},
      {Prim(TypeKind::kF64), {"infinity", "is no number at character 1"}},
      {Prim(TypeKind::kBool), {"%true", "expected `true` or `false` at character 1"}},
      {record, {"{a: 1}", "the field `b` is missing in the record at character 1"}},
      {record, {"{a: 1, a: 2}", "the field `a` stands there twice at character 8"}},
      {record, {"{a: 1, c: 2}", "the record has no field `c` at character 8"}},
      {record, {"{a: 1 b: 2}", "expected `,` at character 7"}},
      {chr, {"'ab'", "a char is one character"}},
      {chr, {"'''", "is written `\\'`"}},
      {chr, {"'\\u{d800}'", "no Unicode scalar value at character 2"}},
      {string, {"\"é\\x\"", "unknown escape at character 3"}},
      {string, {"\"a\nb\"", "a line break has to be written `\\n` at character 3"}},
      {string, {"\"abc", "the string that begins here has no end at character 1"}},
      {string, {"\"\"\"\n  a\n", "the string that begins here has no end at character 1"}},
      {string, {"\"\"\"\n a\n  \"\"\"", "indented less than the closing quotes at character 5"}},
      {Option(Option(u8)), {"1", "is no case of"}},
      {Flags({"x", "y"}), {"{x, z}", "`z` is no label of"}},
      {Flags({"x", "y"}), {"{x, x}", "`x` stands there twice at character 5"}},
      {List(u8), {"[1, 2", "expected `,` at character 6"}},
      {u8, {"1, 2", "more text than the function has parameters at character 4"}},
      {u8, {"", "the function takes 1 arguments, not 0"}},
      {Stream(u8), {"1", "cannot be written"}},
  };
  for (const auto& [type, row] : rows) {
    INFO(row.first);
    CHECK_THAT(Again(type, row.first), Catch::Matchers::Contains(row.second));
  }
}

TEST_CASE("WAVE: options at the end of arguments may be left out") {
  const ValType option = Option(Prim(TypeKind::kU8));
  for (const char* text : {"some(1)", "some(1), none", "1, none, none,", "1,"}) {
    const Result<std::vector<ComponentValue>> values = ParseValues(text, {option, option, option});
    REQUIRE(values.ok());
    CHECK(values->size() == 3);
    CHECK((*values)[0].ToString() + (*values)[2].ToString() == "some(1)none");
  }
  CHECK(ParseValues("", {option}).ok());
  CHECK_FALSE(ParseValues("1", {Prim(TypeKind::kU8), option, Prim(TypeKind::kU8)}).ok());
}

// Random types, and values of them.
struct Dice {
  std::mt19937_64 engine{7};
  uint64_t operator()(uint64_t sides) { return engine() % sides; }
};

const char* const kLabels[] = {"a", "none", "ok", "err", "some", "true", "inf", "nan", "kebab-case", "HTTP3"};

ValType RandomType(Dice& dice, int depth) {
  if (depth == 0 || dice(3) == 0)
    return Prim(static_cast<TypeKind>(dice(static_cast<uint64_t>(TypeKind::kString) + 1)));
  const auto inner = [&] { return RandomType(dice, depth - 1); };
  const size_t count = 1 + dice(4);
  const auto maybe = [&] { return dice(2) == 0 ? std::optional<ValType>(inner()) : std::nullopt; };
  std::vector<std::string> labels(kLabels, kLabels + count + 4);
  switch (dice(9)) {
    case 0:
      return List(inner());
    case 1:
      return Option(inner());
    case 2:
      return Expected(maybe(), maybe());
    case 3:
      return Enum(std::move(labels));
    case 4:
      return Flags(std::move(labels));
    case 5: {
      std::vector<abi::CaseType> cases;
      for (std::string& label : labels) cases.push_back({label, maybe()});
      return Variant(std::move(cases));
    }
    case 6: {
      std::vector<ValType> types;
      for (size_t i = 0; i < count; ++i) types.push_back(inner());
      return Tuple(std::move(types));
    }
    case 7:
      return FixedList(inner(), static_cast<uint32_t>(count));
    default: {
      std::vector<abi::FieldType> fields;
      for (std::string& label : labels) fields.push_back({label, inner()});
      return Record(std::move(fields));
    }
  }
}

char32_t RandomChar(Dice& dice) {
  const char32_t kOdd[] = {0, '\n', '\r', '\t', '"', '\'', '\\', 0x7f, 0x85, 0x202e, 0xd7ff, 0xe000, 0xffff, 0x10ffff};
  return dice(2) == 0 ? kOdd[dice(std::size(kOdd))] : static_cast<char32_t>(' ' + dice(90));
}

std::optional<ComponentValue> RandomScalar(Dice& dice, const ValType& type) {
  using enum TypeKind;
  switch (type.kind()) {
    case kBool:
      return ComponentValue(dice(2) == 0);
    case kS8:
      return ComponentValue(static_cast<int8_t>(dice.engine()));
    case kU8:
      return ComponentValue(static_cast<uint8_t>(dice.engine()));
    case kS16:
      return ComponentValue(static_cast<int16_t>(dice.engine()));
    case kU16:
      return ComponentValue(static_cast<uint16_t>(dice.engine()));
    case kS32:
      return ComponentValue(static_cast<int32_t>(dice.engine()));
    case kU32:
      return ComponentValue(static_cast<uint32_t>(dice.engine()));
    case kS64:
      return ComponentValue(static_cast<int64_t>(dice.engine()));
    case kU64:
      return ComponentValue(static_cast<uint64_t>(dice.engine()));
    case kF32: {
      const float value = std::ldexp(static_cast<float>(dice.engine()), static_cast<int>(dice(200)) - 150);
      return ComponentValue(dice(4) == 0 ? std::numeric_limits<float>::infinity() : -value);
    }
    case kF64:
      return ComponentValue(std::ldexp(static_cast<double>(dice.engine()), static_cast<int>(dice(2000)) - 1100));
    case kChar:
      return ComponentValue(RandomChar(dice));
    case kString: {
      std::string text;
      for (uint64_t i = dice(12); i > 0; --i) AppendUtf8(RandomChar(dice), &text);
      return ComponentValue(std::move(text));
    }
    default:
      return std::nullopt;
  }
}

ComponentValue RandomValue(Dice& dice, const ValType& type) {
  using enum TypeKind;
  if (std::optional<ComponentValue> scalar = RandomScalar(dice, type)) return *std::move(scalar);
  std::vector<ComponentValue> parts;
  const auto payload = [&](const std::optional<ValType>& of) {
    std::vector<ComponentValue> one;
    if (of.has_value()) one.push_back(RandomValue(dice, *of));
    return one;
  };
  switch (type.kind()) {
    case kList:
      for (uint64_t i = type.node().length.value_or(static_cast<uint32_t>(dice(4))); i > 0; --i) {
        parts.push_back(RandomValue(dice, *type.node().element));
      }
      return ComponentValue::ListOf(std::move(parts));
    case kTuple:
      for (const abi::FieldType& field : type.node().fields) parts.push_back(RandomValue(dice, field.type));
      return ComponentValue::TupleOf(std::move(parts));
    case kRecord: {
      std::vector<ComponentValue::Field> fields;
      for (const abi::FieldType& field : type.node().fields)
        fields.push_back({field.label, RandomValue(dice, field.type)});
      return ComponentValue::RecordOf(std::move(fields));
    }
    case kFlags: {
      std::vector<std::string> names;
      for (const std::string& label : type.node().labels) {
        if (dice(2) == 0) names.push_back(label);
      }
      return ComponentValue::FlagsOf(std::move(names));
    }
    default:
      break;
  }
  const std::vector<abi::CaseType>& cases = type.node().cases;
  const size_t index = dice(cases.size());
  if (type.kind() == kEnum) return ComponentValue::EnumOf(cases[index].label);
  if (type.kind() == kOption) return ComponentValue(ComponentValue::Option{payload(cases[index].type)});
  if (type.kind() == kResult) return ComponentValue(ComponentValue::Expected{index == 0, payload(cases[index].type)});
  return ComponentValue(ComponentValue::Variant{cases[index].label, payload(cases[index].type)});
}

TEST_CASE("WAVE: values of random types come back from their text") {
  Dice dice;
  for (int i = 0; i < 3000; ++i) {
    const ValType type = RandomType(dice, 4);
    const ComponentValue value = RandomValue(dice, type);
    const std::string text = value.ToString();
    INFO(type.ToString() << "\n" << text);
    const Result<std::vector<ComponentValue>> again = ParseValues(text, {type});
    REQUIRE((again.ok() ? "" : again.error().message()) == std::string());
    REQUIRE((*again)[0] == value);
    REQUIRE((*again)[0].ToString() == text);
  }
}

}  // namespace
}  // namespace cvm::component
