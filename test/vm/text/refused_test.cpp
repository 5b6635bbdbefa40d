// Text that is refused, with the words: annotations, literals, block structure and types at their edges, and what
// belongs to proposals that are off.
#include <catch2/catch.hpp>

#include "vm/text/parse.hpp"

namespace cvm {
namespace {

std::string ErrorOf(std::string_view text, const Features& features = Features::All()) {
  const auto module = ParseModule(text, features);
  return module.ok() ? "" : module.error().message();
}

Features Without(std::initializer_list<Feature> off) {
  Features features = Features::All();
  for (const Feature feature : off) features.Set(feature, false);
  return features;
}

struct Case {
  const char* text;
  const char* words;  // "": accepted
};

void CheckAll(std::initializer_list<Case> cases) {
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(ErrorOf(one.text) == one.words);
  }
}

TEST_CASE("annotations with a meaning must have their form and their place") {
  CheckAll({
      {"(module (@name \"a\") (func (@name \"f\")))", ""},
      {"(module (@name 5))", "@name annotation: string expected"},
      {"(module (@name \"a\" \"b\"))", "@name annotation: string expected"},
      {"(module (@name))", "@name annotation: string expected"},
      {"(module (@name \"\\ff\"))", "@name annotation: malformed UTF-8 encoding"},
      {"(module (func (@name \"a\") (@name \"b\")))", "misplaced @name annotation"},
      {"(module (@custom \"a\" (before first) \"x\" \"y\"))", ""},
      {"(module (@custom \"a\" (after last)))", ""},
      {"(module (@custom \"a\" (after func)))", ""},
      {"(module (@custom 5))", "@custom annotation: missing section name"},
      {"(module (@custom \"\\ff\"))", "@custom annotation: malformed UTF-8 encoding"},
      {"(module (@custom \"a\" (beside first)))", "@custom annotation: malformed placement"},
      {"(module (@custom \"a\" (\"before\" first)))", "@custom annotation: malformed placement"},
      {"(module (@custom \"a\" (before last)))", "@custom annotation: malformed section kind"},
      {"(module (@custom \"a\" (after first)))", "@custom annotation: malformed section kind"},
      {"(module (@custom \"a\" (before 5)))", "@custom annotation: malformed section kind"},
      {"(module (@custom \"a\" (before first 5)))", "@custom annotation: unexpected token"},
      {"(module (@custom \"a\" 5))", "@custom annotation: unexpected token"},
      {"(module (func (@custom \"a\") nop))", "misplaced @custom annotation"},
      {"(module (func i32.const 0 (@metadata.code.branch_hint \"\\01\") if end))", ""},
      {"(module (func i32.const 0 (@metadata.code.branch_hint) if end))",
       "@metadata.code.branch_hint annotation: string expected"},
      {"(module (func i32.const 0 (@metadata.code.branch_hint 1) if end))",
       "@metadata.code.branch_hint annotation: string expected"},
      {"(module (func i32.const 0 (@metadata.code.branch_hint \"\\02\") if end))",
       "@metadata.code.branch_hint annotation: invalid hint value"},
      {"(module (func i32.const 0 (@metadata.code.branch_hint \"\\ff\") if end))",
       "@metadata.code.branch_hint annotation: invalid hint value"},
      {"(module (func i32.const 0 (@metadata.code.branch_hint \"\\00\\00\") if end))",
       "@metadata.code.branch_hint annotation: invalid hint value"},
      {"(module (func i32.const 0 (@metadata.code.branch_hint \"\\00\") (@metadata.code.branch_hint \"\\00\") if end))",
       "@metadata.code.branch_hint annotation: duplicate annotation"},
      {"(module (@metadata.code.branch_hint \"\\00\"))", "@metadata.code.branch_hint annotation: not in a function"},
      {"(module (@anything (else (5 \"x\") $y)))", ""},
  });
}

TEST_CASE("literals at the edges of what they may be") {
  CheckAll({
      {"(global f32 (f32.const 0x1p127))", ""},
      {"(global f32 (f32.const 0x1p128))", "constant out of range"},
      {"(global f64 (f64.const 1E400))", "constant out of range"},
      {"(global f64 (f64.const -1e400))", "constant out of range"},
      {"(global f64 (f64.const 0E400))", ""},
      {"(global f64 (f64.const 0x0p99999999999))", ""},
      {"(global f64 (f64.const 1e-400))", ""},
      {"(global f64 (f64.const 1e99999999999999999999))", "constant out of range"},
      {"(global f64 (f64.const nan:0x0))", "constant out of range"},
      {"(global f64 (f64.const nan:0xffffffffffffffffff))", "constant out of range"},
      {"(global f32 (f32.const nan:0x800000))", "constant out of range"},
      {"(global f64 (f64.const nan:canonical))", "unexpected token"},
      {"(global i32 (i32.const 4294967296))", "constant out of range"},
      {"(global i32 (i32.const -2147483649))", "constant out of range"},
      {"(global i32 (i32.const 1__0))", "unknown operator 1__0"},
      {"(global i32 (i32.const 0x))", "unknown operator 0x"},
      {"(global i32 (i32.const 1.0))", "constant out of range"},
      {"(global v128 (v128.const i32x4 0 0 0))", "wrong number of lane literals"},
      {"(global v128 (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 256))", "constant out of range"},
      {"(memory 1) (func (drop (i32.load align=3 (i32.const 0))))", "alignment must be a power of two"},
      {"(memory 1) (func (drop (i32.load align=0 (i32.const 0))))", "alignment must be a power of two"},
      {"(memory 1) (func (drop (i32.load offset=18446744073709551616 (i32.const 0))))", "i64 constant out of range"},
      {"(func br 4294967296)", "i32 constant out of range"},
      {"(export \"\\ff\" (func 0)) (func)", "malformed UTF-8 encoding"},
      {"(export \"\\u{110000}\" (func 0)) (func)", "illegal escape"},
      {"(export \"\x7f\" (func 0)) (func)", "illegal control character in string literal"},
      {"(export \"\\q\" (func 0)) (func)", "illegal escape"},
      {"(export \"a\nb\" (func 0)) (func)", "unclosed string literal"},
      {"(export \"a", "unclosed string literal"},
      {"(; (; ;)", "unclosed comment"},
      {"; no comment\n", "unknown operator ;"},
      {"(func $) ", "empty identifier"},
      {"(func $\"\") ", "empty identifier"},
      {"(func) ;; to the end\r(memory 1)", ""},
  });
}

TEST_CASE("blocks in their order, flat and folded") {
  CheckAll({
      {"(func try catch_all end)", ""},
      {"(func try catch 0 catch_all end) (tag)", ""},
      {"(func catch 0 end)", "unexpected token"},
      {"(func catch_all)", "unexpected token"},
      {"(func delegate 0)", "unexpected token"},
      {"(func block catch_all end)", "unexpected token"},
      {"(func block delegate 0)", "unexpected token"},
      {"(func try catch_all delegate 0)", "unexpected token"},
      {"(func try catch_all catch_all end)", "unexpected token"},
      {"(func else)", "unexpected token"},
      {"(func block else end)", "unexpected token"},
      {"(func i32.const 0 if else else end)", "unexpected token"},
      {"(func end)", "unexpected token"},
      {"(func block)", "unexpected token"},
      {"(func block $a end $b)", "mismatching label"},
      {"(func i32.const 0 if $a else $b end)", "mismatching label"},
      {"(func (if (i32.const 0)))", "unexpected token"},
      {"(func (if (i32.const 0) (else)))", "unexpected token"},
      {"(func (try (catch_all)))", "unexpected token"},
      {"(func (try (do) (do)))", "unexpected token"},
      {"(func (block (then)))", "unexpected token"},
      {"(func (br $nowhere))", "unknown label $nowhere"},
      {"(func (param $x i32) (param $x i32))", "duplicate local $x"},
      {"(func $f) (func $f)", "duplicate function $f"},
      {"(func (type 9) (param i32))", "unknown type 9"},
      {"(type $t (func)) (func (type $t) (param i32))", "inline function type does not match explicit type"},
      {"(func (result i32) (param i32))", "unexpected token"},
      {"(func (local i32) (param i32))", "unexpected token"},
      {"(func) (import \"\" \"\" (func))", "import after function"},
      {"(memory 1) (import \"\" \"\" (func))", "import after memory"},
      {"(start 0) (start 0) (func)", "multiple start sections"},
  });
}

TEST_CASE("what belongs to a proposal that is off is named by it") {
  CHECK(ErrorOf("(type (struct))", Without({Feature::kGc})) == "gc support is not enabled");
  CHECK(ErrorOf("(rec)", Without({Feature::kGc})) == "gc support is not enabled");
  CHECK(ErrorOf("(type (sub (func)))", Without({Feature::kGc})) == "gc support is not enabled");
  CHECK(ErrorOf("(func (param anyref))", Without({Feature::kGc})) == "gc support is not enabled");
  CHECK(ErrorOf("(func (param (ref any)))", Without({Feature::kGc})) == "gc support is not enabled");
  CHECK(ErrorOf("(type (struct (field i8)))", Without({Feature::kGc})) == "gc support is not enabled");
  CHECK(ErrorOf("(func (param (ref func)))", Without({Feature::kGc, Feature::kFunctionReferences})) ==
        "function-references support is not enabled");
  CHECK(ErrorOf("(func (param v128))", Without({Feature::kSimd})) == "simd support is not enabled");
  CHECK(ErrorOf("(func (param externref))", Without({Feature::kReferenceTypes})) ==
        "reference-types support is not enabled");
  CHECK(ErrorOf("(func (param exnref))", Without({Feature::kExceptions})) == "exceptions support is not enabled");
  CHECK(ErrorOf("(memory i64 1)", Without({Feature::kMemory64})) == "memory64 support is not enabled");
  CHECK(ErrorOf("(memory 1 1 shared)", Without({Feature::kThreads})) == "threads support is not enabled");
  CHECK(ErrorOf("(memory 1 (pagesize 1))", Without({Feature::kCustomPageSizes})) ==
        "custom-page-sizes support is not enabled");
  CHECK(ErrorOf("(tag)", Without({Feature::kExceptions, Feature::kLegacyExceptions})) ==
        "exceptions support is not enabled");
  CHECK(ErrorOf("(tag)", Without({Feature::kExceptions})).empty());
  CHECK(ErrorOf("(type (func)) (import \"\" \"\" (func (exact (type 0))))", Without({Feature::kCustomDescriptors})) ==
        "custom-descriptors support is not enabled");
}

}  // namespace
}  // namespace cvm
