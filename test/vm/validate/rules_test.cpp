// Rules of instructions that the official suite covers thinly or not at all, and the words of errors.
#include "vm/validate/rules.hpp"
#include "test/vm/validate/support.hpp"

namespace cvm {
namespace {

using Catch::Matchers::StartsWith;

TEST_CASE("every instruction has a rule") {
  const auto rules = AllRules();
  REQUIRE(rules.size() == kOpcodeCount);
  std::vector<bool> custom(kOpcodeCount);
  for (const auto family :
       {ControlRules(), ExceptionRules(), VariableRules(), ReferenceRules(), GcRules(), TableRules()}) {
    for (const CustomRule& rule : family) {
      CHECK_FALSE(custom[static_cast<size_t>(rule.op)]);
      custom[static_cast<size_t>(rule.op)] = true;
    }
  }
  for (const OpcodeInfo& row : AllOpcodes()) {
    INFO(row.text);
    CHECK(custom[static_cast<size_t>(row.op)] == row.is_custom());
    CHECK(rules[static_cast<size_t>(row.op)].check != NoRule);
  }
}

TEST_CASE("an error says what was wanted, what was there, and where") {
  const auto module = ParseModule("(module (func (result i32) i64.const 1 f32.const 2 i32.add))", Features::All());
  REQUIRE(module.ok());
  CanonicalTypes types;
  ValidatedModule validated;
  const Result<void> result = ValidateModule(**module, Features::All(), types, &validated);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().message() == "type mismatch: instruction requires [i32 i32] but stack has [i64 f32]");
  CHECK(result.error().kind() == ErrorKind::kInvalid);
  CHECK(result.error().offset() == (*module)->functions[0].body.offset + 7);
  CHECK(result.error().context() == std::vector<std::string>{"function 0"});
}

TEST_CASE("references without default value must be set before use, in every arm anew") {
  const std::string type = "(type $s (struct)) ";
  CHECK(Verdict(type + "(func (local (ref $s)) (local.set 0 (struct.new $s)) (drop (local.get 0)))") == "");
  CHECK(Verdict(type + "(func (local (ref $s)) (drop (local.get 0)))") == "uninitialized local 0");
  CHECK(Verdict(type + "(func (local (ref $s)) (block (local.set 0 (struct.new $s))) (drop (local.get 0)))") ==
        "uninitialized local 0");
  CHECK(Verdict(type + "(func (local (ref $s)) (if (i32.const 0) (then (local.set 0 (struct.new $s))) "
                       "(else (drop (local.get 0)))))") == "uninitialized local 0");
  CHECK(Verdict(type + "(func (local (ref $s)) (local.set 0 (struct.new $s)) (block (drop (local.get 0))))") == "");
  CHECK(Verdict(type + "(func (local (ref $s)) unreachable (drop (local.get 0)))") == "uninitialized local 0");
  CHECK(Verdict(type + "(func (local (ref $s)) (try (do (local.set 0 (struct.new $s))) "
                       "(catch_all (drop (local.get 0)))))") == "uninitialized local 0");
  // A second set inside a block changes nothing behind it; the one before still counts.
  CHECK(Verdict(type + "(func (local (ref $s)) (local.set 0 (struct.new $s)) "
                       "(block (local.set 0 (struct.new $s))) (drop (local.get 0)))") == "");
  // Beyond the locals that the fast path knows.
  std::string many = "(func (local";
  for (int i = 0; i < 200; ++i) many += " i32";
  CHECK(Verdict(type + many + " (ref $s)) (drop (local.get 200)))") == "uninitialized local 200");
  CHECK(Verdict(type + many + " (ref $s)) (drop (local.get 201)))") == "unknown local 201");
  CHECK(Verdict(type + many + " (ref $s)) (local.set 200 (struct.new $s)) (drop (local.get 200)))") == "");
  CHECK(Verdict("(func (drop (local.get 0)))") == "unknown local 0");
  CHECK(Verdict("(func (drop (local.get 127)) nop nop)") == "unknown local 127");
  CHECK(Verdict("(func (param i32) (local.set 1 (i32.const 0)) nop nop)") == "unknown local 1");
}

TEST_CASE("unreachable code is checked as far as its types are known") {
  CHECK(Verdict("(func (result i32) unreachable i32.add)") == "");
  CHECK(Verdict("(func (result i32) unreachable (i64.const 0) i32.add)") ==
        "type mismatch: instruction requires [i32 i32] but stack has [i64]");
  CHECK(Verdict("(func unreachable (ref.is_null) drop)") == "");
  CHECK(Verdict("(func (result (ref func)) unreachable ref.as_non_null)") == "");
  CHECK(Verdict("(func (result i32) unreachable ref.as_non_null)") ==
        "type mismatch: instruction requires [i32] but stack has [(ref bot)]");
  CHECK(Verdict("(func (result i32) unreachable select)") == "");
  CHECK(Verdict("(func unreachable (ref.as_non_null) (i32.const 0) select drop)") ==
        "type mismatch: instruction requires numeric or vector type but stack has [(ref bot)]");
  CHECK(Verdict("(func unreachable (local.get 5))") == "unknown local 5");
  CHECK(Verdict("(func unreachable (br 3))") == "unknown label 3");
  CHECK(Verdict("(func unreachable (block (drop)))") == "type mismatch: instruction requires a value but stack has []");
}

TEST_CASE("br_table: all labels take as many values, each its own types") {
  CHECK(Verdict("(func (block (block (result i32) (br_table 0 1 (i32.const 1) (i32.const 0))) drop))") ==
        "type mismatch: label requires [i32] but the default label has []");
  CHECK(Verdict("(func (result i32) (block (result i64) unreachable (br_table 0 1 (i32.const 0))) "
                "unreachable)") == "");
  CHECK(Verdict("(func (br_table 0 7 0 (i32.const 0)))") == "unknown label 7");
}

TEST_CASE("try, catch, delegate, rethrow") {
  CHECK(Verdict("(tag $e (param i32)) (func (result i32) (try (result i32) (do (i32.const 1)) (catch $e)))") == "");
  CHECK(Verdict("(tag $e (param i64)) (func (result i32) (try (result i32) (do (i32.const 1)) (catch $e)))") ==
        "type mismatch: instruction requires [i32] but stack has [i64]");
  CHECK(Verdict("(func (try (do (try (do) (delegate 1))) (catch_all (rethrow 0))))") == "");
  CHECK(Verdict("(func (try (do (rethrow 0)) (catch_all)))") == "invalid rethrow label 0");
  CHECK(Verdict("(func (try (do) (delegate 1)))") == "unknown label 1");
  CHECK(Verdict("(func (try (do) (catch 0)))") == "unknown tag 0");
  CHECK(Verdict("(tag $e (param i32)) (func (block $h (result i32 exnref) "
                "(try_table (catch_ref $e $h) ) unreachable) drop drop)") == "");
  CHECK_THAT(Verdict("(tag $e (param i32)) (func (block $h (result i64) (try_table (catch $e $h)) unreachable) drop)"),
             StartsWith("type mismatch: catch handler requires [i64] but label has [i32]"));
}

TEST_CASE("atomics want their natural alignment") {
  CHECK(Verdict("(memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0))))") == "");
  CHECK(Verdict("(memory 1) (func (drop (i32.atomic.load (i32.const 0))))") == "");
  CHECK(Verdict("(memory 1 1 shared) (func (drop (i32.atomic.load align=2 (i32.const 0))))") ==
        "atomic alignment must be natural");
  CHECK(Verdict("(memory 1 1 shared) (func (drop (i32.atomic.load align=8 (i32.const 0))))") ==
        "alignment must not be larger than natural");
  CHECK(Verdict("(memory 1 1 shared) (func (drop (memory.atomic.wait64 align=4 (i32.const 0) (i64.const 0) "
                "(i64.const 0))))") == "atomic alignment must be natural");
}

TEST_CASE("addresses are of the memory's or table's own type, lengths of the smaller") {
  const std::string memories = "(memory i64 1) (memory 1) (table i64 1 funcref) (table 1 funcref) ";
  CHECK(Verdict(memories + "(func (drop (i32.load (i64.const 0))))") == "");
  CHECK(Verdict(memories + "(func (drop (i32.load offset=0x100000000 (i64.const 0))))") == "");
  CHECK(Verdict(memories + "(func (drop (i32.load 1 offset=0xffffffff (i32.const 0))))") == "");
  CHECK(Verdict(memories + "(func (drop (i32.load (i32.const 0))))") ==
        "type mismatch: instruction requires [i64] but stack has [i32]");
  CHECK(Verdict(memories + "(func (memory.copy 0 1 (i64.const 0) (i32.const 0) (i32.const 0)))") == "");
  CHECK(Verdict(memories + "(func (memory.copy 0 0 (i64.const 0) (i64.const 0) (i64.const 0)))") == "");
  CHECK(Verdict(memories + "(func (memory.copy 1 0 (i32.const 0) (i64.const 0) (i64.const 0)))") ==
        "type mismatch: instruction requires [i32 i64 i32] but stack has [i32 i64 i64]");
  CHECK(Verdict(memories + "(func (table.copy 0 1 (i64.const 0) (i32.const 0) (i32.const 0)))") == "");
  CHECK(Verdict(memories + "(func (call_indirect 0 (i64.const 0)))") == "");
  CHECK(Verdict(memories + "(func (result i64) (table.size 0))") == "");
  CHECK(Verdict(memories + "(func (drop (i32.load 2 (i32.const 0))))") == "unknown memory 2");
}

TEST_CASE("constant expressions") {
  CHECK(Verdict("(global $a i32 (i32.const 1)) (global i32 (i32.add (global.get $a) (i32.const 2)))") == "");
  CHECK(Verdict("(global i32 (global.get 0))") == "unknown global 0");
  CHECK(Verdict("(global i32 (global.get 1)) (global i32 (i32.const 0))") == "unknown global 1");
  CHECK_THAT(Verdict("(global (mut i32) (i32.const 0)) (global i32 (global.get 0))"),
             StartsWith("constant expression required"));
  CHECK_THAT(Verdict("(global i32 (i32.div_s (i32.const 0) (i32.const 1)))"),
             StartsWith("constant expression required: i32.div_s"));
  CHECK(Verdict("(global i32 (i64.const 0))") == "type mismatch: instruction requires [i32] but stack has [i64]");
  CHECK(Verdict("(global i32)") == "type mismatch: instruction requires [i32] but stack has []");
  CHECK(Verdict("(global i32 (i32.const 0) (i32.const 0))") ==
        "type mismatch: block requires [i32] but stack has [i32 i32]");
  CHECK(Verdict("(global v128 (v128.const i64x2 0 0)) (global i31ref (ref.i31 (i32.const 1)))") == "");
  CHECK(Verdict("(type $s (struct (field i32))) (global (ref $s) (struct.new $s (i32.const 1)))") == "");
  const std::string sum = "(global i32 (i32.sub (i32.const 1) (i32.const 2)))";
  CHECK_THAT(Verdict(sum, Without(Feature::kExtendedConst)), StartsWith("constant expression required"));
  const Features without_gc = Without(Feature::kGc);
  CHECK_THAT(Verdict("(global $a i32 (i32.const 1)) (global i32 (global.get $a))", without_gc),
             StartsWith("constant expression required"));
  CHECK(Verdict("(import \"\" \"\" (global $a i32)) (global i32 (global.get $a))", without_gc) == "");
  // A table's initializer sees imported globals only.
  CHECK(Verdict("(global $g funcref (ref.null func)) (table 1 funcref (global.get $g))") == "unknown global 0");
}

TEST_CASE("ref.func in a body needs a declaration outside of bodies") {
  CHECK(Verdict("(func $f (drop (ref.func $f)))") == "undeclared function reference 0");
  CHECK(Verdict("(func $f (drop (ref.func $f))) (start $f)") == "undeclared function reference 0");
  CHECK(Verdict("(func $f (drop (ref.func $f))) (export \"f\" (func $f))") == "");
  CHECK(Verdict("(func $f (drop (ref.func $f))) (elem declare func $f)") == "");
  CHECK(Verdict("(func $f (drop (ref.func $f))) (global funcref (ref.func $f))") == "");
  CHECK(Verdict("(func $f (drop (ref.func $f))) (table funcref (elem (ref.func $f)))") == "");
  CHECK(Verdict("(func (drop (ref.func 9)))") == "unknown function 9");
}

TEST_CASE("lanes and shuffles stay within their vectors") {
  CHECK(Verdict("(func (param v128) (drop (i64x2.extract_lane 1 (local.get 0))))") == "");
  CHECK_THAT(Verdict("(func (param v128) (drop (i64x2.extract_lane 2 (local.get 0))))"),
             StartsWith("invalid lane index"));
  CHECK_THAT(Verdict("(func (param v128) (drop (f32x4.replace_lane 4 (local.get 0) (f32.const 0))))"),
             StartsWith("invalid lane index"));
  CHECK_THAT(Verdict("(memory 1) (func (param v128) (v128.store16_lane 8 (i32.const 0) (local.get 0)))"),
             StartsWith("invalid lane index"));
}

TEST_CASE("custom descriptors: exact references come from what is known exactly") {
  const std::string types = "(rec (type $a (sub (descriptor $b) (struct))) (type $b (sub (describes $a) (struct)))) ";
  CHECK(Verdict(types + "(func (result (ref (exact $a))) (struct.new_desc $a (struct.new $b)))") == "");
  CHECK(Verdict(types + "(func (param (ref $a)) (result (ref (exact $b))) (ref.get_desc $a (local.get 0)))") ==
        "type mismatch: instruction requires [(ref (exact 1))] but stack has [(ref 1)]");
  CHECK(Verdict("(type $f (func)) (func $f (type $f)) (global (ref (exact $f)) (ref.func $f))") == "");
  CHECK(Verdict("(type $f (func)) (import \"\" \"\" (func $f (type $f))) (global (ref (exact $f)) (ref.func $f))") !=
        "");
}

}  // namespace
}  // namespace cvm
