// The printer: what it writes, and that parsing gives the module back where names are odd. The official suite goes
// through it whole in spec-tests/print.
#include "vm/text/print.hpp"

#include <catch2/catch.hpp>

#include "vm/binary/decode.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"

namespace cvm {
namespace {

std::string Print(const ModuleData& module, bool folded = false) {
  Result<std::string> text = PrintModule(module, Features::All(), {folded});
  return text.ok() ? *text : text.error().ToString();
}
std::string Print(std::string_view wat, bool folded = false) {
  return Print(**ParseModule(wat, Features::All()), folded);
}

// The text gives the same binary, flat and folded.
void CheckIdentity(const ModuleData& module) {
  for (const bool folded : {false, true}) {
    const std::string text = Print(module, folded);
    INFO(text);
    const auto again = ParseModule(text, Features::All());
    if (!again.ok()) FAIL(again.error().ToString());
    CHECK(EncodeModule(**again) == EncodeModule(module));
  }
}
void CheckIdentity(std::string_view wat) {
  const auto module = ParseModule(wat, Features::All());
  if (!module.ok()) FAIL(module.error().ToString());
  CheckIdentity(**module);
}

TEST_CASE("flat") {
  CHECK(Print("(module $m)") == "(module $m)\n");
  CHECK(Print(R"((module
    (import "a" "b" (func $b (param i32)))
    (memory $mem (export "memory") 1 2)
    (func $f (export "f") (param $x i32) (param i64) (result i32) (local f32 f32) (local $y i64)
      block $out
        local.get $x
        br_if $out
        i32.const -1
        call $b
        local.get 0
        i32.load offset=4 align=2
        return
      end
      f32.const nan:0x400001
      drop
      i32.const 0)
    (data (i32.const 8) "a\00\"\ff")))") == R"((module
  (type (;0;) (func (param i32)))
  (type (;1;) (func (param i32 i64) (result i32)))
  (import "a" "b" (func $b (;0;) (type 0) (param i32)))
  (memory $mem (;0;) 1 2)
  (export "memory" (memory $mem))
  (export "f" (func $f))
  (func $f (;1;) (type 1) (param $x i32) (param i64) (result i32)
    (local f32 f32) (local $y i64)
    block $out
      local.get $x
      br_if $out
      i32.const -1
      call $b
      local.get $x
      i32.load offset=4 align=2
      return
    end
    f32.const nan:0x400001
    drop
    i32.const 0)
  (data (;0;) (offset (i32.const 8)) "a\00\22\ff")
)
)");
}

TEST_CASE("folded") {
  CHECK(Print(R"((module (func $f (param i32 i32) (result i32)
      local.get 0
      if (result i32)
        local.get 0
        local.get 1
        i32.add
      else
        nop
        local.get 1
        i32.const 2
        i32.shl
      end
      loop
        local.get 0
        br_if 0
      end
      return)))",
              true) == R"((module
  (type (;0;) (func (param i32 i32) (result i32)))
  (func $f (;0;) (type 0) (param i32 i32) (result i32)
    (if (result i32)
      (local.get 0)
      (then (i32.add (local.get 0) (local.get 1)))
      (else (nop) (i32.shl (local.get 1) (i32.const 2))))
    (loop
      (br_if 0 (local.get 0)))
    (return))
)
)");
}

TEST_CASE("instructions with all kinds of immediates come back") {
  CheckIdentity(R"((module
    (rec (type $s (sub (struct (field $a (mut i32)) (field i8) (field $c (ref null $s)))))
         (type $t (sub final $s (struct (field (mut i32)) (field i8) (field (ref null $t)) (field f64)))))
    (type $a (array (mut i16)))
    (type $f (func (param i32) (result i32)))
    (import "m" "g" (global $g (mut i64)))
    (import "m" "t" (tag $e (param i32)))
    (table $tab 10 20 funcref)
    (table $init 5 (ref null $f) (ref.null $f))
    (table $wide i64 1 anyref)
    (memory $m 1) (memory $n i64 1 2)
    (global $h (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.add (i32.const 1) (i32.const 2))))
    (elem $el func $fn $fn)
    (elem (table $wide) (offset (i64.const 0)) anyref (ref.null any) (item (ref.i31 (i32.const 1))))
    (elem declare func $fn)
    (data $d "xyz")
    (data (memory $n) (i64.const 1) "abc")
    (start $go)
    (func $go)
    (func $fn (type $f) (local $r (ref null $s)) (local $v v128)
      (block $b (result i32)
        (try_table (catch $e $b) (catch_all 0) (br_table $b $b 1 (i32.const 0) (local.get 0)))
        (call_indirect $tab (type $f) (i32.const 1) (i32.const 2)))
      (drop)
      (drop (select (result (ref null $s)) (local.get $r) (local.get $r) (i32.const 1)))
      (drop (struct.get $s $c (local.get $r)))
      (drop (struct.get_s $s 1 (struct.new $s (i32.const 1) (i32.const 2) (ref.null $s))))
      (drop (ref.test (ref null $t) (local.get $r)))
      (drop (ref.cast (ref $t) (local.get $r)))
      (block $l (result (ref null $s)) (br_on_cast $l (ref null $s) (ref $t) (local.get $r)))
      (drop)
      (array.copy $a $a (global.get $h) (i32.const 0) (global.get $h) (i32.const 0) (i32.const 1))
      (array.init_data $a $d (global.get $h) (i32.const 0) (i32.const 0) (i32.const 1))
      (memory.init $n $d (i64.const 0) (i32.const 0) (i32.const 0))
      (memory.copy $m $n (i32.const 0) (i64.const 0) (i32.const 0))
      (table.init $tab $el (i32.const 0) (i32.const 0) (i32.const 0))
      (table.copy $tab $tab (i32.const 0) (i32.const 0) (i32.const 0))
      (drop (table.grow $wide (ref.null any) (i64.const 1)))
      (drop (memory.grow $n (memory.size $n)))
      (local.set $v (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 30 31 (local.get $v) (v128.const i64x2 -1 5)))
      (local.set $v (v128.load8_lane $n offset=7 3 (i64.const 0) (local.get $v)))
      (v128.store64_lane align=4 1 (i32.const 0) (local.get $v))
      (drop (i32x4.extract_lane 2 (local.get $v)))
      (drop (f32.const -nan)) (drop (f32.const -0)) (drop (f32.const 0x1p-149)) (drop (f32.const -inf))
      (drop (f64.const nan:0x8000000000001)) (drop (f64.const 0.1)) (drop (f64.const 1e308))
      (i64.store (i32.const 0) (i64.const -9223372036854775808))
      (drop (i32.atomic.rmw8.add_u $m offset=1 (i32.const 0) (i32.const 1)))
      (atomic.fence)
      (throw $e (i32.const 1)))))");
}

TEST_CASE("legacy exceptions") {
  CheckIdentity(R"((module (tag $e (param i32)) (func
    try $t
      try nop delegate 0
      try nop delegate $t
    catch $e
      drop
      rethrow $t
    catch_all
    end)))");
}

TEST_CASE("branch hints and custom sections") {
  CheckIdentity(R"((module (@custom "one" "\00\01") (func (param i32) (local i64)
    (@metadata.code.branch_hint "\00") (if (local.get 0) (then (nop)))
    (block (@metadata.code.branch_hint "\01") (br_if 0 (local.get 0))))
    (@custom "two" "\22\ff")))");
}

TEST_CASE("names: of labels in the order of the binary, quoted, shadowed") {
  CheckIdentity(R"((module $"a b" (type $"t\"" (func)) (func $"\e2\80\ae" (param $"p q" i32)
    (if $outer (block $condition (result i32) (i32.const 1))
      (then (br $outer) (block $outer (br $outer) (br 1)))))))");
}

TEST_CASE("names that cannot be identifiers become annotations") {
  Names names;
  names.funcs.entries = {{0, "f"}, {1, "f"}, {2, ""}};
  NameMap locals, labels;
  locals.entries = {{0, "x"}, {1, "x"}, {2, "x"}};
  labels.entries = {{0, ""}};
  names.locals = {{0, locals}};
  names.labels = {{0, labels}};
  const auto module = ParseModule("(module (func (param i32 i32) (local i32) (block (br 0))) (func) (func))");
  (*module)->names = names;
  CheckIdentity(**module);
  const std::string text = Print(**module);
  CHECK(text.find("(func $f (;0;) (type 0) (param $x i32) (param (@name \"x\") i32)") != std::string::npos);
  CHECK(text.find("(func (@name \"f\") (;1;)") != std::string::npos);
  CHECK(text.find("(local (@name \"x\") i32)") != std::string::npos);
}

TEST_CASE("text that would change how a terminal shows the rest is escaped") {
  const std::string text = Print("(module (import \"\\1b[31m\\u{202e}\\c2\\9b\xce\xbb\" \"\" (func)))");
  CHECK(text.find("\"\\1b[31m\\e2\\80\\ae\\c2\\9b\xce\xbb\" \"\"") != std::string::npos);
}

TEST_CASE("bodies that do not nest are refused") {
  const auto module = ParseModule("(module (func))");
  const auto print = [&](std::vector<uint8_t> body) {
    ModuleData copy = **module;
    copy.functions[0].body.bytes = copy.owned.emplace_back(std::move(body));
    return PrintModule(copy, Features::All(), {});
  };
  CHECK(print({0x0b}).ok());
  for (const std::vector<uint8_t>& body : std::vector<std::vector<uint8_t>>{{},
                                                                            {0x01},
                                                                            {0x0b, 0x0b},
                                                                            {0x05, 0x0b},
                                                                            {0x02, 0x40, 0x0b},
                                                                            {0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b},
                                                                            {0x19, 0x0b},
                                                                            {0x18, 0x00, 0x0b},
                                                                            {0xff, 0x0b}}) {
    const Result<std::string> text = print(body);
    REQUIRE_FALSE(text.ok());
    CHECK(text.error().kind() == ErrorKind::kMalformed);
  }
}

// Row DEC-07: neither the tree of forms nor the text may cost native stack, or more than the module's size calls for.
TEST_CASE("deep nesting") {
  constexpr size_t kDeep = 200'000;
  const auto module = ParseModule("(module (func))");
  ModuleData copy = **module;
  std::vector<uint8_t> body;
  for (size_t i = 0; i < kDeep; ++i) body.insert(body.end(), {0x02, 0x40});
  for (size_t i = 0; i < kDeep; ++i) body.push_back(0x0b);
  body.push_back(0x0b);
  copy.functions[0].body.bytes = copy.owned.emplace_back(body);
  CheckIdentity(copy);
  // One operand within the other.
  body = {0x41, 0x00};
  for (size_t i = 0; i < kDeep; ++i) body.push_back(0x45);
  body.insert(body.end(), {0x1a, 0x0b});
  copy.functions[0].body.bytes = copy.owned.emplace_back(body);
  CheckIdentity(copy);
  CHECK(Print(copy, true).size() < 40'000'000);
}

}  // namespace
}  // namespace cvm
