// Modules in the text format: abbreviations, folded and flat forms, identifiers, errors; forms of scripts.
#include <catch2/catch.hpp>
#include <thread>

#include <pthread.h>

#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"

namespace cvm {
namespace {

std::vector<uint8_t> Encoded(std::string_view text) {
  auto module = ParseModule(text, Features::All());
  INFO(text);
  if (!module.ok()) FAIL(module.error().ToString());
  (*module)->names = Names();
  return EncodeModule(**module);
}

std::string ErrorOf(std::string_view text, const Features& features = Features::All()) {
  auto module = ParseModule(text, features);
  return module.ok() ? "" : module.error().message();
}

void CheckSame(std::string_view a, std::string_view b) {
  INFO(a << "\n" << b);
  CHECK(Encoded(a) == Encoded(b));
}

TEST_CASE("a module may stand without its form") {
  CheckSame("(module (func) (memory 1))", "(func) (memory 1)");
  CheckSame("(module)", "");
  CheckSame("(module $name)", "(module)");
  CHECK(ErrorOf("(module) (module)") == "unexpected token");
  CHECK(ErrorOf("(module") == "unexpected token");
  CHECK(ErrorOf("(module))") == "unexpected token");
  CHECK(ErrorOf("(module (nonsense))") == "unknown operator nonsense");
  CHECK(ErrorOf("(module (param))") == "unexpected token");
}

TEST_CASE("folded instructions are flat ones in another order") {
  CheckSame("(func (drop (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3)))))",
            "(func i32.const 1 i32.const 2 i32.const 3 i32.mul i32.add drop)");
  CheckSame("(func (param i32) (if (local.get 0) (then nop) (else unreachable)))",
            "(func (param i32) local.get 0 if nop else unreachable end)");
  CheckSame("(func (block $a (loop $b (br_if $a (i32.const 1)) (br $b))))",
            "(func block loop i32.const 1 br_if 1 br 0 end end)");
  CheckSame("(func (result i32) (block (result i32) (i32.const 1)))",
            "(func (result i32) block (result i32) i32.const 1 end)");
  CheckSame("(func block $l (br $l) end $l)", "(func (block br 0))");
  CheckSame("(tag $e) (func (block $l (try_table (catch $e $l) (catch_all_ref 1) nop)))",
            "(tag) (func block try_table (catch 0 0) (catch_all_ref 1) nop end end)");
  CheckSame("(tag $e) (func (try (do nop) (catch $e (rethrow 0)) (catch_all)))",
            "(tag) (func try nop catch 0 rethrow 0 catch_all end)");
  CheckSame("(func (block $l (try $t (do (br $t)) (delegate $l))))", "(func block $l try br 0 delegate 0 end)");
  CheckSame("(func (param i32) (select (result i32) (local.get 0) (local.get 0) (local.get 0)) drop)",
            "(func (param i32) local.get 0 local.get 0 local.get 0 select (result i32) drop)");
}

TEST_CASE("abbreviations of fields") {
  CheckSame("(func (export \"a\") (export \"b\"))", "(export \"a\" (func 0)) (export \"b\" (func 0)) (func)");
  CheckSame("(func (export \"x\") (import \"m\" \"n\") (param i32))",
            "(import \"m\" \"n\" (func (param i32))) (export \"x\" (func 0))");
  CheckSame("(memory (import \"m\" \"n\") 1 2)", "(import \"m\" \"n\" (memory 1 2))");
  CheckSame("(memory (data \"abc\"))", "(memory 1 1) (data (i32.const 0) \"abc\")");
  CheckSame("(memory i64 (data \"a\" \"b\"))", "(memory i64 1 1) (data (offset i64.const 0) \"ab\")");
  CheckSame("(memory (pagesize 1) (data \"abc\"))", "(memory 3 3 (pagesize 1)) (data (i32.const 0) \"abc\")");
  CheckSame("(func $f) (table funcref (elem $f $f))", "(func) (table 2 2 funcref) (elem (i32.const 0) func 0 0)");
  CheckSame("(func $f) (table 1 funcref) (elem (i32.const 0) $f)",
            "(func) (table 1 funcref) (elem (table 0) (offset i32.const 0) func 0)");
  CheckSame("(func) (table 1 funcref) (elem 0 (i32.const 0) 0)",
            "(func) (table 1 funcref) (elem (i32.const 0) func 0)");
  CheckSame("(table funcref (elem (ref.null func)))",
            "(table 1 1 funcref) (elem (i32.const 0) funcref (item ref.null func))");
  CheckSame("(type $t (func)) (func $f) (table (ref null $t) (elem $f))",
            "(type (func)) (func) (table 1 1 (ref null 0)) (elem (table 0) (i32.const 0) (ref null 0) (ref.func 0))");
  CheckSame("(func (param i32 i64) (param f32) (result i32) (result i64) unreachable)",
            "(func (param i32) (param i64) (param f32) (result i32 i64) unreachable)");
  CheckSame("(func (local i32 i64) (local) (local $x f32))", "(func (local i32) (local i64) (local f32))");
}

TEST_CASE("type uses without a type find or add one") {
  CheckSame("(func (param i32)) (func (param i32))", "(type (func (param i32))) (func (type 0)) (func (type 0))");
  CheckSame("(type (func)) (func (param i32)) (type $later (func (param i32)))",
            "(type (func)) (type (func (param i32))) (func (type 1))");
  // A type in a larger group, or one that is not final, is another type.
  CheckSame("(rec (type (func)) (type (func (param i32)))) (func)",
            "(rec (type (func)) (type (func (param i32)))) (type (func)) (func (type 2))");
  CheckSame("(type (sub (func))) (func)", "(type (sub (func))) (type (func)) (func (type 1))");
  CheckSame("(func (block (param) (result i32 i64) unreachable) unreachable)",
            "(type (func)) (type (func (result i32 i64))) (func (type 0) block (type 1) unreachable end unreachable)");
  CHECK(ErrorOf("(type (func)) (func (type 0) (param i32))") == "inline function type does not match explicit type");
  CHECK(ErrorOf("(func (type 9) (param i32))") == "unknown type 9");
  CHECK(ErrorOf("(func (type $t))") == "unknown type $t");
  CHECK(ErrorOf("(type $s (struct)) (func (type $s) (param i32))") == "non-function type 0");
}

TEST_CASE("immediates") {
  CheckSame("(memory $a 1) (memory $b 1) (func (drop (i32.load $b offset=4 align=2 (i32.const 0))))",
            "(memory 1) (memory 1) (func i32.const 0 i32.load 1 offset=4 align=2 drop)");
  CheckSame("(memory 1) (func (param v128) (v128.store8_lane 3 (i32.const 0) (local.get 0)))",
            "(memory 1) (func (param v128) i32.const 0 local.get 0 v128.store8_lane 0 offset=0 align=1 3)");
  CheckSame("(table $t 1 funcref) (elem $e func) (func (table.init $e (i32.const 0) (i32.const 0) (i32.const 0)))",
            "(table 1 funcref) (elem func) (func i32.const 0 i32.const 0 i32.const 0 table.init 0 0)");
  CheckSame(
      "(type $s (struct (field $a i32) (field i64) (field $b f32))) (func (param (ref $s)) (drop (struct.get $s $b "
      "(local.get 0))))",
      "(type (struct (field i32 i64 f32))) (func (param (ref 0)) local.get 0 struct.get 0 2 drop)");
  CheckSame("(func (param anyref) (drop (ref.test (ref null eq) (local.get 0))) (drop (ref.cast eqref (local.get 0))))",
            "(func (param anyref) local.get 0 ref.test eqref drop local.get 0 ref.cast (ref null eq) drop)");
  CheckSame("(func (drop (v128.const f32x4 1 -0 0x1p3 nan)))",
            "(func v128.const i32x4 0x3f800000 0x80000000 0x41000000 0x7fc00000 drop)");
  CHECK(ErrorOf("(memory 1) (func (i32.load align=3 (i32.const 0)))") == "alignment must be a power of two");
  CHECK(ErrorOf("(memory 1) (func (i32.load align=0 (i32.const 0)))") == "alignment must be a power of two");
  CHECK(ErrorOf("(func (v128.const i8x16 1) drop)") == "wrong number of lane literals");
  CHECK(ErrorOf("(func (i32.const 4294967296))") == "constant out of range");
  CHECK(ErrorOf("(func br_table)") == "unexpected token");
  CHECK(ErrorOf("(func i8x16.shuffle 1 2 3)") == "invalid lane length");
}

TEST_CASE("identifiers") {
  CHECK(ErrorOf("(func $a) (func $a)") == "duplicate function $a");
  CHECK(ErrorOf("(func (param $x i32) (local $x i32))") == "duplicate local $x");
  CHECK(ErrorOf("(type (struct (field $x i32) (field $x i32)))") == "duplicate field $x");
  CHECK(ErrorOf("(func (br $l))") == "unknown label $l");
  CHECK(ErrorOf("(func (block $l) (br $l))") == "unknown label $l");
  CHECK(ErrorOf("(func block $a end $b)") == "mismatching label");
  CHECK(ErrorOf("(func (call $f))") == "unknown function $f");
  CHECK(ErrorOf("(func (local.get $x))") == "unknown local $x");
  CHECK(ErrorOf("(global i32 (local.get $x))") == "unknown local $x");
  CheckSame("(func $\"a b\") (start $\"a b\")", "(func) (start 0)");
  // The innermost label of a name is meant; the same names are free again behind the block.
  CheckSame("(func (block $l (block $l (br $l)) (br $l)))", "(func (block (block (br 0)) (br 0)))");
  // A type given by index alone has parameters that locals count from.
  CheckSame("(type $t (func (param i32 i32))) (func (type $t) (local $x i64) (drop (local.get $x)))",
            "(func (param i32 i32) (local i64) local.get 2 drop)");
}

TEST_CASE("order and number of fields") {
  CHECK(ErrorOf("(func) (import \"m\" \"n\" (func))") == "import after function");
  CHECK(ErrorOf("(memory 1) (table (import \"m\" \"n\") 1 funcref)") == "import after memory");
  CHECK(ErrorOf("(func $f) (start $f) (start $f)") == "multiple start sections");
  CHECK(ErrorOf("(export \"a\" (type 0))") == "unexpected token");
}

TEST_CASE("structure of instructions") {
  for (const char* bad : {"(func block)",
                          "(func end)",
                          "(func else)",
                          "(func (if))",
                          "(func (if (then) (then)))",
                          "(func (if (i32.const 1)))",
                          "(func if else else end)",
                          "(func loop else end)",
                          "(func (end))",
                          "(func (nop nop))",
                          "(func (block end))",
                          "(func (try))",
                          "(func (try (catch_all)))",
                          "(func try catch_all catch_all end)",
                          "(func (catch_all))",
                          "(func i32.const)",
                          "(func (drop 1))",
                          "(func (then))",
                          "(func (do))",
                          "(func (if (then) (else) (else)))"}) {
    INFO(bad);
    CHECK(ErrorOf(bad) == "unexpected token");
  }
}

TEST_CASE("errors carry line and column") {
  auto error = ParseModule("(module\n  (func\n    (i32.addd)))").error();
  CHECK(error.message() == "unknown operator i32.addd");
  CHECK(error.kind() == ErrorKind::kMalformed);
  CHECK(error.line() == 3);
  CHECK(error.column() == 6);
}

TEST_CASE("names and annotations") {
  const auto m = ParseModule(R"((module $m (@name "M")
    (func $f (param $p i32) (local $l i64) (block $b))
    (func $g (@name "other name"))
    (type $t (struct (field $x i32)))
    (@custom "mine" (after func) "by" "tes")
    (memory $mem 1) (data $d "")))",
                             Features::All())
                     .value();
  CHECK(m->names.module == "M");
  CHECK(m->names.funcs.Find(0) == "f");
  CHECK(m->names.funcs.Find(1) == "other name");
  REQUIRE(m->names.locals.size() == 1);
  CHECK(m->names.locals[0].second.Find(0) == "p");
  CHECK(m->names.locals[0].second.Find(1) == "l");
  CHECK(m->names.labels[0].second.Find(0) == "b");
  CHECK(m->names.types.Find(0) == "t");
  CHECK(m->names.fields[0].second.Find(0) == "x");
  CHECK(m->names.memories.Find(0) == "mem");
  CHECK(m->names.datas.Find(0) == "d");
  REQUIRE(m->customs.size() == 1);
  CHECK(m->customs[0].name == "mine");
  CHECK(m->customs[0].bytes.size() == 5);
  CHECK(ErrorOf("(module (@unknown (x) \"y\" 1))").empty());
  CHECK(ErrorOf("(func (nop (@custom \"x\")))") == "misplaced @custom annotation");
}

TEST_CASE("features that are off") {
  Features none;
  for (const Feature feature : {Feature::kMemory64, Feature::kSimd, Feature::kGc, Feature::kFunctionReferences,
                                Feature::kExceptions, Feature::kLegacyExceptions, Feature::kThreads}) {
    none.Set(feature, false);
  }
  CHECK(ErrorOf("(type (struct))", none) == "gc support is not enabled");
  CHECK(ErrorOf("(func (param (ref func)))", none) == "function-references support is not enabled");
  CHECK(ErrorOf("(func (param v128))", none) == "simd support is not enabled");
  CHECK(ErrorOf("(memory i64 1)", none) == "memory64 support is not enabled");
  CHECK(ErrorOf("(memory 1 1 shared)", none) == "threads support is not enabled");
  CHECK(ErrorOf("(tag)", none) == "exceptions support is not enabled");
}

TEST_CASE("forms of a script") {
  using text::ModuleForm;
  const std::string_view script = R"--(
    (module $a (func $f))
    (module definition $b (memory 1))
    (module instance $i $b)
    (module instance)
    (module $c binary "\00asm" "\01\00\00\00")
    (module quote "(func" ")")
    (module (func (bad)))
    (assert_return))--";
  const auto tokens = text::TokenList::Lex(script).value();
  text::TokenCursor cursor(tokens);
  ModuleForm form = text::ParseModuleForm(cursor, Features::All()).value();
  CHECK(form.kind == ModuleForm::Kind::kText);
  CHECK(form.id == "a");
  CHECK(form.module->functions.size() == 1);
  CHECK(form.module->names.module == "a");
  CHECK(tokens.Locate(form.at).line == 2);
  form = text::ParseModuleForm(cursor, Features::All()).value();
  CHECK(form.is_definition);
  CHECK(form.id == "b");
  form = text::ParseModuleForm(cursor, Features::All()).value();
  CHECK(form.kind == ModuleForm::Kind::kInstance);
  CHECK(form.id == "i");
  CHECK(form.instance_of == "b");
  form = text::ParseModuleForm(cursor, Features::All()).value();
  CHECK_FALSE(form.id.has_value());
  CHECK_FALSE(form.instance_of.has_value());
  form = text::ParseModuleForm(cursor, Features::All()).value();
  CHECK(form.kind == ModuleForm::Kind::kBinary);
  CHECK(form.bytes == std::string("\0asm\1\0\0\0", 8));
  form = text::ParseModuleForm(cursor, Features::All()).value();
  CHECK(form.kind == ModuleForm::Kind::kQuote);
  CHECK(form.bytes == "(func)");
  const size_t start = cursor.position();
  CHECK_FALSE(text::ParseModuleForm(cursor, Features::All()).ok());
  cursor.Seek(start);
  REQUIRE(cursor.SkipForm().ok());
  CHECK(cursor.AtOpen("assert_return"));
}

// Runs on a thread whose stack has 256 KiB.
void OnSmallStack(void (*run)()) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
  pthread_t thread;
  const auto start = [](void* f) -> void* {
    reinterpret_cast<void (*)()>(f)();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, start, reinterpret_cast<void*>(run)) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::string Repeat(std::string_view part, size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (size_t i = 0; i < times; ++i) out += part;
  return out;
}

TEST_CASE("DEC-07 a million nested forms do not touch the native stack") {
  OnSmallStack([] {
    constexpr size_t kDeep = 1'000'000;
    // Well-formed, flat and folded.
    CHECK(ErrorOf("(func " + Repeat("block ", kDeep) + Repeat("end ", kDeep) + ")").empty());
    CHECK(ErrorOf("(func " + Repeat("(block ", kDeep) + Repeat(")", kDeep) + ")").empty());
    CHECK(ErrorOf("(func " + Repeat("(drop ", kDeep) + Repeat(")", kDeep) + ")").empty());
    CHECK(ErrorOf("(func " + Repeat("(if ", kDeep) + ")") == "unexpected token");
    // Never closed.
    CHECK(ErrorOf(Repeat("(", kDeep)) == "unexpected token");
    CHECK(ErrorOf("(func " + Repeat("(block ", kDeep)) == "unexpected token");
    CHECK(ErrorOf(Repeat("(;", kDeep)) == "unclosed comment");
    CHECK(ErrorOf("(@a " + Repeat("(", kDeep)) == "unclosed annotation");
    CHECK(ErrorOf("(type " + Repeat("(sub ", kDeep) + ")") == "unexpected token");
    CHECK(ErrorOf("(global " + Repeat("(ref ", kDeep)) == "unexpected token");
  });
}

TEST_CASE("DEC-07 labels are found in time that does not grow with the depth") {
  // Each of many branches names the outermost of many labels.
  std::string text = "(func block $out " + Repeat("block $in ", 100'000);
  text += Repeat("br $out ", 100'000) + Repeat("end ", 100'001) + ")";
  CHECK(ErrorOf(text).empty());
}

}  // namespace
}  // namespace cvm
