// Parsing: abbreviations mean what the Explainer says, identifiers are found where they may be used, errors say where.
#include "test/component/support/small_stack.hpp"
#include "test/component/text/support.hpp"

namespace cvm::component::test {
namespace {

TEST_CASE("an empty component") {
  CHECK(Parse("(component)")->definitions.empty());
  CHECK(Parse("(component $c)")->names.component == "c");
  CHECK(Parse("(component $c (@name \"d e\"))")->names.component == "d e");
  CHECK(Print(*Parse("(component)")) == "(component)\n");
}

TEST_CASE("inline imports, exports and aliases are definitions of their own") {
  CHECK(Plain("(component (func $f (import \"f\") (param \"x\" u32)))") ==
        Plain("(component (type (func (param \"x\" u32))) (import \"f\" (func (type 0))))"));
  CHECK(Plain("(component (import \"i\" (instance $i (export \"f\" (func)))) (func $f (alias export $i \"f\")))") ==
        Plain("(component (import \"i\" (instance $i (export \"f\" (func)))) (alias export 0 \"f\" (func)))"));
  // Inline exports stand last.
  CHECK(Plain("(component (component $a (export \"x\") (export \"y\")) (component $b))") ==
        Plain("(component (component) (component) (export \"x\" (component 0)) (export \"y\" (component 0)))"));
  CHECK(Plain("(component $C (type $t u8) (component (type (alias outer $C $t))))") ==
        Plain("(component (type u8) (component (alias outer 1 0 (type))))"));
}

TEST_CASE("references by the names of exports are aliases, nested ones too") {
  const char* const kImport =
      "(component (import \"i\" (instance $i (export \"j\" (instance (export \"f\" (func)))))) ";
  CHECK(Plain(std::string(kImport) + "(export \"f\" (func $i \"j\" \"f\")))") ==
        Plain(std::string(kImport) + "(alias export 0 \"j\" (instance)) (alias export 1 \"f\" (func)) "
                                     "(export \"f\" (func 0)))"));
}

TEST_CASE("both spellings of core references, and indices alone") {
  const std::string head =
      "(component (import \"f\" (func $f (param \"x\" string)))"
      " (core module $m (memory (export \"mem\") 1)"
      "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) unreachable))"
      " (core instance $i (instantiate $m))";
  const std::string now = Plain(head +
                                "(core func (canon lower (func $f) (memory (core memory $i \"mem\"))"
                                " (realloc (core func $i \"realloc\")))))");
  CHECK(Plain(head + "(core func (canon lower (func $f) (memory $i \"mem\") (realloc (func $i \"realloc\")))))") ==
        now);
  CHECK(Plain(head + "(alias core export $i \"mem\" (core memory)) (alias core export $i \"realloc\" (core func))"
                     "(canon lower (func 0) (memory 0) (realloc 0) (core func)))") == now);
}

TEST_CASE("types within types are definitions in front of them") {
  CHECK(Plain("(component (type (list (option (tuple u8 string)))))") ==
        Plain("(component (type (tuple u8 string)) (type (option 0)) (type (list 1)))"));
  CHECK(Plain("(component (type (result (error (list u8)))))") ==
        Plain("(component (type (list u8)) (type (result (error 0))))"));
  CHECK(Plain("(component (type (list float32 3)))") == Plain("(component (type (list f32 3)))"));
}

TEST_CASE("identifiers of outer components are outer aliases, one for each use") {
  CHECK(Plain("(component (type $t u8) (component (type (list $t)) (type (option $t))))") ==
        Plain("(component (type u8) (component (alias outer 1 0 (type)) (type (list 0)) (alias outer 1 0 (type)) (type "
              "(option 2))))"));
  CHECK(
      Plain("(component $A (core module $m (@name \"\")) (component (component (core instance (instantiate $m)))))") ==
      Plain("(component (core module) (component (component (alias outer 2 0 (core module))"
            " (core instance (instantiate 0)))))"));
  // What is defined within comes first.
  CHECK(Plain("(component (type $t u8) (component (type $t u16) (type (list $t))))") ==
        Plain("(component (type u8) (component (type u16) (type (list 0))))"));
}

TEST_CASE("module types find, or add, the function types that they mention") {
  CHECK(Plain("(component (core type (module (import \"a\" \"b\" (func (param i32))) (export \"c\" (func (param "
              "i32))))))") ==
        Plain("(component (core type (module (type (func (param i32))) (import \"a\" \"b\" (func (type 0)))"
              " (export \"c\" (func (type 0))))))"));
  CHECK(Plain("(component $C (core type $f (func)) (core type (module (alias outer $C $f (type $g))"
              " (export \"c\" (func (type $g))))))") == Plain("(component (core type (func)) (core type (module (alias "
                                                              "outer 1 0 (type)) (export \"c\" (func (type 0))))))"));
}

TEST_CASE("names of items go to the name section; modules and components have names of their own") {
  const ComponentPtr component = Parse(
      "(component $c (type $t u8) (core module $m (@name \"of module\")) (core module $n)"
      " (component $d (@name \"of component\")) (core type $ct (func)) (type (@name \"two words\") u8))");
  CHECK(component->names.Of(Sort::kType).Find(0) == "t");
  CHECK(component->names.Of(Sort::kType).Find(1) == "two words");
  CHECK(component->names.Of(Sort::kCoreModule).Find(0) == "m");
  CHECK(component->names.Of(Sort::kCoreType).Find(0) == "ct");
  CHECK(std::get<CoreModuleDef>(component->definitions[1].what).module->names.module == "of module");
  CHECK(std::get<CoreModuleDef>(component->definitions[2].what).module->names.module == "n");
  const auto& nested = *std::get<ComponentPtr>(component->definitions[3].what);
  CHECK(component->names.Of(Sort::kComponent).Find(0) == "d");
  CHECK(nested.names.component == "of component");
}

TEST_CASE("attributes of names, in any order, each once") {
  const ComponentPtr component =
      Parse("(component (import \"a\" (external-id \"x\") (implements \"a:b/c\") (instance)))");
  const auto& import = std::get<ImportDef>(component->definitions[1].what);
  CHECK(import.name.implements == "a:b/c");
  CHECK(import.name.external_id == "x");
  CHECK(ErrorOf("(component (import \"a\" (external-id \"x\") (external-id \"x\") (func)))")
            .starts_with("unexpected token"));
}

TEST_CASE("every canonical definition in its two spellings") {
  for (const CanonForm& form : kCanonForms) {
    if (form.kind == CanonKind::kLift) continue;
    INFO(form.keyword);
    std::string operands;
    for (const CanonOperand operand : form.operands) {
      if (operand == CanonOperand::kFunc) operands += " (func 0)";
      if (operand == CanonOperand::kType || operand == CanonOperand::kCoreType) operands += " 1";
      if (operand == CanonOperand::kTable) operands += " (core table 2)";
      if (operand == CanonOperand::kMemory) operands += " (memory 3)";
      if (operand == CanonOperand::kSlotType) operands += " i64";
      if (operand == CanonOperand::kSlot) operands += " 1";
      if (operand == CanonOperand::kResult) operands += " (result u8)";
      if (operand == CanonOperand::kOptions) operands += " string-encoding=utf16 (memory 3)";
      if (operand == CanonOperand::kAsync) operands += " async";
      if (operand == CanonOperand::kCancellable) operands += " cancellable";
      if (operand == CanonOperand::kShared) operands += " shared";
    }
    const std::string body = "canon " + std::string(form.keyword) + operands;
    const ComponentPtr component = Parse("(component (" + body + " (core func $f)))");
    CHECK(std::get<CanonDef>(component->definitions[0].what).kind == form.kind);
    CHECK(component->names.Of(Sort::kCoreFunc).Find(0) == "f");
    CHECK(Print(*component) == Print(*Parse("(component (core func $f (" + body + ")))")));
    CHECK(Print(*Decode(EncodeComponent(*component))) == Print(*component));
  }
}

TEST_CASE("errors say what is wrong and where") {
  CHECK(ErrorOf("(component\n  (export \"f\" (func $g)))") ==
        "unknown func: failed to find name `$g` (line 2, column 21)");
  CHECK(ErrorOf("(component (type $t u8)\n (type $t u8))") == "duplicate type identifier (line 2, column 8)");
  CHECK(ErrorOf("(component (import \"f\" (func $f)) (component (export \"f\" (func $f))))") ==
        "outer item `f` is not a module, type, or component (line 1, column 64)");
  CHECK(ErrorOf("(component (alias outer $X $t (type)))").starts_with("outer component `X` not found"));
  CHECK(ErrorOf("(component (alias outer 7 $t (type)))").starts_with("outer count of `7` is too large"));
  CHECK(ErrorOf("(component (modul))").starts_with("unexpected token, expected valid component field"));
  CHECK(ErrorOf("(component (type (lst u8)))").starts_with("unexpected token, expected a type"));
  CHECK(ErrorOf("(component (core module (func (unknown.op))))").starts_with("unknown operator unknown.op (line 1"));
  CHECK(ErrorOf("(component) (component)").starts_with("unexpected token"));
  CHECK(ErrorOf("(component (value $v u8 1))").starts_with("component values are not part of this build"));
  // Rules of validation keep their kind; their place is that of the definition.
  CHECK(ErrorOf("(component\n\n  (type (list 9)))") == "unknown type 9: type index out of bounds (line 3, column 3)");
  CHECK(ErrorOf("(component (import \"a\" (func $f (param \"x\" string)))\n"
                " (canon lower (func $f) string-encoding=utf8 string-encoding=utf16 (core func)))")
            .starts_with("canonical encoding option `utf8` conflicts with option `utf16` (line 2"));
}

std::string Nested(size_t levels, const std::string& open, const std::string& inside) {
  std::string text = "(component ";
  for (size_t i = 0; i < levels; ++i) text += open;
  return text + inside + std::string(levels + 1, ')');
}

// Some five kilobytes of native stack for each of the hundred levels.
TEST_CASE("DEC-07: nesting is limited", "[DEC-07]") {
  struct Case {
    const char* open;
    const char* inside;
  };
  const Case kCases[] = {
      {"(component ", ""}, {"(type (instance ", ""}, {"(type (component ", ""}, {"(import \"a\" (component ", ""}};
  OnSmallStack(
      [&] {
        for (const Case& c : kCases) {
          const std::string open = c.open;
          const size_t parens = static_cast<size_t>(std::count(open.begin(), open.end(), '('));
          const auto text = [&](size_t levels) {
            std::string all = "(component ";
            for (size_t i = 0; i < levels; ++i) all += open;
            return all + c.inside + std::string(levels * parens + 1, ')');
          };
          CHECK(ParseComponent(text(99), Features::All()).ok());
          const auto deep = ParseComponent(text(100'000), Features::All());
          REQUIRE(!deep.ok());
          CHECK(deep.error().kind() == ErrorKind::kLimit);
          CHECK(deep.error().message() == "item nesting too deep");
        }
        const std::string types = Nested(100'000, "(type ", "u8");
        CHECK(!ParseComponent(types, Features::All()).ok());
        std::string lists = "(component (type ";
        for (int i = 0; i < 200; ++i) lists += "(list ";
        lists += "u8" + std::string(202, ')');
        CHECK(ErrorOf(lists).starts_with("item nesting too deep"));
      },
      4 * kSmallStack);
}

}  // namespace
}  // namespace cvm::component::test
