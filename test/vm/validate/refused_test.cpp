// Modules that are refused, instruction by instruction: what each rule asks of its indices, types and operands, where
// the official suite has no case of it.
#include "test/vm/validate/support.hpp"

namespace cvm {
namespace {

struct Refused {
  const char* fields;  // of a module
  const char* words;   // how the error begins
};

constexpr const char* kTypes =
    "(type $s (struct (field i32) (field (mut i8)) (field (ref func)))) (type $a (array i32)) (type $m (array (mut "
    "i8))) "
    "(type $r (array (mut (ref func)))) (type $f (func)) (type $x (array (mut externref))) (type $p (struct (field "
    "i32))) ";

void CheckAll(const std::vector<Refused>& cases) {
  for (const Refused& one : cases) {
    CAPTURE(one.fields);
    CHECK_THAT(Verdict(std::string(kTypes) + one.fields), Catch::Matchers::StartsWith(one.words));
  }
}

TEST_CASE("DEC-04: structures") {
  CheckAll({
      {"(func (drop (struct.new 99)))", "unknown type"},
      {"(func (drop (struct.new $a)))", "non-structure type"},
      {"(func (drop (struct.new_default 99)))", "unknown type"},
      {"(func (drop (struct.new_default $a)))", "non-structure type"},
      {"(func (drop (struct.new_default $s)))", "field type is not defaultable"},
      {"(func (param (ref $s)) (drop (struct.get 99 0 (local.get 0))))", "unknown type"},
      {"(func (param (ref $s)) (drop (struct.get $a 0 (local.get 0))))", "non-structure type"},
      {"(func (param (ref $s)) (drop (struct.get $s 9 (local.get 0))))", "unknown field"},
      {"(func (param (ref $s)) (drop (struct.get $s 1 (local.get 0))))", "field is packed"},
      {"(func (param (ref $s)) (drop (struct.get_s $s 0 (local.get 0))))", "field is unpacked"},
      {"(func (param (ref $s)) (struct.set $s 0 (local.get 0) (i32.const 0)))", "immutable field"},
      {"(func (param (ref $s)) (struct.set $s 9 (local.get 0) (i32.const 0)))", "unknown field"},
      {"(func (param (ref $p)) (drop (struct.get $s 0 (local.get 0))))", "type mismatch"},
      {"(func (param (ref $s)) (struct.set $s 1 (local.get 0) (i64.const 0)))", "type mismatch"},
  });
}

TEST_CASE("DEC-04: arrays") {
  CheckAll({
      {"(func (drop (array.new 99 (i32.const 0) (i32.const 0))))", "unknown type"},
      {"(func (drop (array.new $s (i32.const 0) (i32.const 0))))", "non-array type"},
      {"(func (drop (array.new $a (i64.const 0) (i32.const 0))))", "type mismatch"},
      {"(func (drop (array.new_default $s (i32.const 0))))", "non-array type"},
      {"(func (drop (array.new_default $r (i32.const 0))))", "array type is not defaultable"},
      {"(func (drop (array.new_default $a (i64.const 0))))", "type mismatch"},
      {"(func (drop (array.new_fixed $s 1 (i32.const 0))))", "non-array type"},
      {"(func (drop (array.new_fixed $a 1 (i64.const 0))))", "type mismatch"},
      {"(func (drop (array.new_data $s 0 (i32.const 0) (i32.const 0)))) (data \"\")", "non-array type"},
      {"(func (drop (array.new_data $a 9 (i32.const 0) (i32.const 0)))) (data \"\")", "unknown data segment"},
      {"(func (drop (array.new_data $x 0 (i32.const 0) (i32.const 0)))) (data \"\")",
       "array type is not numeric or vector"},
      {"(func (drop (array.new_data $a 0 (i32.const 0) (i64.const 0)))) (data \"\")", "type mismatch"},
      {"(func (drop (array.new_elem $s 0 (i32.const 0) (i32.const 0)))) (elem externref)", "non-array type"},
      {"(func (drop (array.new_elem $x 9 (i32.const 0) (i32.const 0)))) (elem externref)", "unknown elem segment"},
      {"(func (drop (array.new_elem $r 0 (i32.const 0) (i32.const 0)))) (elem externref)", "type mismatch"},
      {"(func (drop (array.new_elem $x 0 (i32.const 0) (f32.const 0)))) (elem externref)", "type mismatch"},
      {"(func (param (ref $a)) (drop (array.get 99 (local.get 0) (i32.const 0))))", "unknown type"},
      {"(func (param (ref $m)) (drop (array.get $m (local.get 0) (i32.const 0))))", "array is packed"},
      {"(func (param (ref $a)) (drop (array.get_u $a (local.get 0) (i32.const 0))))", "array is unpacked"},
      {"(func (param (ref $a)) (drop (array.get $a (local.get 0) (i64.const 0))))", "type mismatch"},
      {"(func (param (ref $s)) (array.set $s (local.get 0) (i32.const 0) (i32.const 0)))", "non-array type"},
      {"(func (param (ref $a)) (array.set $a (local.get 0) (i32.const 0) (i32.const 0)))", "immutable array"},
      {"(func (param (ref $s)) (drop (array.len (local.get 0))))", "type mismatch"},
      {"(func (param (ref $m)) (array.fill $a (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0)))",
       "immutable array"},
      {"(func (param (ref $m)) (array.copy $m $s (local.get 0) (i32.const 0) (local.get 0) (i32.const 0) (i32.const "
       "0)))",
       "non-array type"},
      {"(func (param (ref $m)) (array.copy $m $a (local.get 0) (i32.const 0) (local.get 0) (i32.const 0) (i32.const "
       "0)))",
       "array types do not match"},
      {"(func (param (ref $m)) (array.init_data $m 9 (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0)))",
       "unknown data segment"},
      {"(func (param (ref $m)) (array.init_data $m 0 (local.get 0) (i32.const 0) (i32.const 0) (i64.const 0))) (data "
       "\"\")",
       "type mismatch"},
      {"(func (param (ref $x)) (array.init_elem $x 0 (local.get 0) (i32.const 0) (i32.const 0) (i64.const 0))) (elem "
       "externref)",
       "type mismatch"},
      {"(func (param i64) (drop (ref.i31 (local.get 0))))", "type mismatch"},
      {"(func (param (ref $s)) (drop (i31.get_s (local.get 0))))", "type mismatch"},
  });
}

TEST_CASE("DEC-04: references and casts") {
  CheckAll({
      {"(func (drop (ref.null 99)))", "unknown type"},
      {"(func (drop (ref.is_null (i32.const 0))))", "type mismatch"},
      {"(func (drop (ref.as_non_null (i32.const 0))))", "type mismatch"},
      {"(func (drop (ref.func 9)))", "unknown function"},
      {"(func $f (drop (ref.func $f)))", "undeclared function reference"},
      {"(func (drop (ref.eq (ref.null func) (ref.null eq))))", "type mismatch"},
      {"(func (param i32) (br_on_null 0 (local.get 0)) drop)", "type mismatch"},
      {"(func (param anyref) (br_on_null 9 (local.get 0)) drop)", "unknown label"},
      {"(func (param anyref) (br_on_non_null 9 (local.get 0)))", "unknown label"},
      {"(func (param anyref) (br_on_non_null 0 (local.get 0)))", "type mismatch"},
      {"(func (param anyref) (result i32) (br_on_non_null 0 (local.get 0)) (i32.const 0))", "type mismatch"},
      {"(func (param anyref) (drop (ref.test (ref 99) (local.get 0))))", "unknown type"},
      {"(func (param i32) (drop (ref.test (ref any) (local.get 0))))", "type mismatch"},
      {"(func (param funcref) (drop (ref.test (ref any) (local.get 0))))", "type mismatch"},
      {"(func (param anyref) (drop (ref.cast (ref 99) (local.get 0))))", "unknown type"},
      {"(func (param externref) (drop (ref.cast (ref $s) (local.get 0))))", "type mismatch"},
      {"(func (param anyref) (result anyref) (br_on_cast 0 (ref 99) (ref $s) (local.get 0)))", "unknown type"},
      {"(func (param anyref) (result anyref) (br_on_cast 0 (ref $s) anyref (local.get 0)))", "type mismatch"},
      {"(func (param anyref) (result anyref) (br_on_cast 9 anyref (ref $s) (local.get 0)))", "unknown label"},
      {"(func (param anyref) (br_on_cast 0 anyref (ref $s) (local.get 0)) drop)", "type mismatch"},
      {"(func (param externref) (result anyref) (br_on_cast 0 anyref (ref $s) (local.get 0)))", "type mismatch"},
      {"(func (param anyref) (drop (any.convert_extern (local.get 0))))", "type mismatch"},
      {"(func (param externref) (drop (extern.convert_any (local.get 0))))", "type mismatch"},
      {"(func (call_ref 99 (unreachable)))", "unknown type"},
      {"(func (call_ref $s (unreachable)))", "non-function type"},
      {"(func (return_call_ref $s (unreachable)))", "non-function type"},
      {"(func (param funcref) (call_ref $f (local.get 0)))", "type mismatch"},
      {"(func (param funcref) (return_call_ref $f (local.get 0)))", "type mismatch"},
  });
}

TEST_CASE("DEC-04: tables, memories, segments") {
  CheckAll({
      {"(func (drop (table.get 0 (i32.const 0))))", "unknown table"},
      {"(func (table.set 0 (i32.const 0) (ref.null func)))", "unknown table"},
      {"(func (drop (table.size 0)))", "unknown table"},
      {"(func (drop (table.grow 0 (ref.null func) (i32.const 0))))", "unknown table"},
      {"(func (table.fill 0 (i32.const 0) (ref.null func) (i32.const 0)))", "unknown table"},
      {"(func (table.copy 0 9 (i32.const 0) (i32.const 0) (i32.const 0))) (table 1 funcref)", "unknown table"},
      {"(func (table.copy 9 0 (i32.const 0) (i32.const 0) (i32.const 0))) (table 1 funcref)", "unknown table"},
      {"(func (table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0))) (table 1 funcref) (table 1 externref)",
       "type mismatch"},
      {"(func (table.init 0 9 (i32.const 0) (i32.const 0) (i32.const 0))) (table 1 funcref)", "unknown elem segment"},
      {"(func (table.init 9 0 (i32.const 0) (i32.const 0) (i32.const 0))) (elem func)", "unknown table"},
      {"(func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0))) (table 1 externref) (elem func)",
       "type mismatch"},
      {"(func (elem.drop 9))", "unknown elem segment"},
      {"(func (data.drop 9))", "unknown data segment"},
      {"(func (memory.init 9 (i32.const 0) (i32.const 0) (i32.const 0))) (memory 1)", "unknown data segment"},
      {"(func (memory.copy 0 9 (i32.const 0) (i32.const 0) (i32.const 0))) (memory 1)", "unknown memory"},
      {"(func (memory.copy 9 0 (i32.const 0) (i32.const 0) (i32.const 0))) (memory 1)", "unknown memory"},
      {"(func (memory.fill 9 (i32.const 0) (i32.const 0) (i32.const 0))) (memory 1)", "unknown memory"},
      {"(func (v128.store8_lane 9 0 (i32.const 0) (v128.const i64x2 0 0))) (memory 1)", "unknown memory"},
      {"(func (v128.store8_lane 16 (i32.const 0) (v128.const i64x2 0 0))) (memory 1)", "invalid lane index"},
      {"(func (drop (i8x16.shuffle 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 32 (unreachable))))", "invalid lane index"},
      {"(func (i32.store align=8 (i32.const 0) (i32.const 0))) (memory 1)",
       "alignment must not be larger than natural"},
      {"(func (call_indirect (type $f) (i32.const 0)))", "unknown table"},
      {"(func (call_indirect (type $s) (i32.const 0))) (table 1 funcref)", "non-function type"},
      {"(func (call_indirect (type $f) (i32.const 0))) (table 1 externref)", "type mismatch"},
      {"(func (return_call_indirect (type $f) (i64.const 0))) (table 1 funcref)", "type mismatch"},
      {"(func (local.get 9) drop)", "unknown local"},
      {"(func (local.set 9 (i32.const 0)))", "unknown local"},
      {"(func (drop (global.get 9)))", "unknown global"},
      {"(func (global.set 0 (i32.const 0))) (global i32 (i32.const 0))", "immutable global"},
      {"(func (call 9))", "unknown function"},
      {"(func (result i32) (return_call 0 ) ) (func (result i64) (return_call 0))", "type mismatch"},
      {"(start 9)", "unknown function"},
      {"(export \"f\" (func 9))", "unknown function"},
      {"(export \"e\" (tag 9))", "unknown tag"},
      {"(global i32 (i32.div_s (i32.const 1) (i32.const 1)))", "constant expression required"},
      {"(global i32 (global.get 0))", "unknown global"},
      {"(global i32 (i64.const 1))", "type mismatch"},
      {"(global i32 (i32.const 1) (i32.const 1))", "type mismatch"},
      {"(table 1 (ref func))", "type mismatch"},
      {"(elem (ref $f) (ref.null $f))", "type mismatch"},
      {"(func $g (param i32)) (elem (ref null $f) (ref.func $g))", "type mismatch"},
      {"(elem (i32.const 0) func) ", "unknown table"},
      {"(table 1 externref) (func $g) (elem (i32.const 0) func $g)", "type mismatch"},
      {"(data (i32.const 0) \"\")", "unknown memory"},
  });
}

TEST_CASE("DEC-04: exceptions and control") {
  CheckAll({
      {"(func (throw 9))", "unknown tag"},
      {"(func (throw 0)) (tag (param i32))", "type mismatch"},
      {"(func (throw_ref (ref.null func)))", "type mismatch"},
      {"(func (try_table (catch 9 0)))", "unknown tag"},
      {"(func (try_table (catch_all 9)))", "unknown label"},
      {"(func (try_table (catch 0 0))) (tag (param i32))", "type mismatch"},
      {"(func (try_table (catch_all_ref 0)))", "type mismatch"},
      {"(func (try_table (type $s)))", "non-function type"},
      {"(func (block (type $s)))", "non-function type"},
      {"(func (block (type 99)))", "unknown type"},
      {"(func (rethrow 9))", "unknown label"},
      {"(func (block (rethrow 0)))", "invalid rethrow label"},
      {"(func (try (type $s) (do)))", "non-function type"},
      {"(func (try (do) (catch 9)))", "unknown tag"},
      {"(func (try (result i32) (do (i32.const 0)) (catch_all)) drop)", "type mismatch"},
      {"(func (try (result i32) (do) (catch_all (i32.const 0))) drop)", "type mismatch"},
      {"(func (try (do) (delegate 9)))", "unknown label"},
      {"(func (br 9))", "unknown label"},
      {"(func (br_if 9 (i32.const 0)))", "unknown label"},
      {"(func (br_table 9 (i32.const 0)))", "unknown label"},
      {"(func (block (result i32) (br_table 0 1 (i32.const 0) (i32.const 0))) drop)", "type mismatch"},
      {"(func (if (i64.const 0) (then)))", "type mismatch"},
      {"(func (if (result i32) (i32.const 0) (then (i32.const 0))) drop)", "type mismatch"},
      {"(func (if (result i32) (i32.const 0) (then) (else (i32.const 0))) drop)", "type mismatch"},
      {"(func (drop))", "type mismatch"},
      {"(func (result i32))", "type mismatch"},
      {"(func (param i32) (select (ref.null func) (ref.null func) (local.get 0)) drop)", "type mismatch"},
      {"(func (select (i32.const 0) (i64.const 0) (i32.const 0)) drop)", "type mismatch"},
      {"(func (select (result i32 i32) (i32.const 0) (i32.const 0) (i32.const 0)) drop)", "invalid result arity"},
      {"(func (local (ref func)) (drop (local.get 0)))", "uninitialized local"},
      {"(type (sub 99 (func)))", "unknown type"},
      {"(type (sub $f (func)))", "sub type"},
      {"(type $o (sub (struct (field i32)))) (type (sub $o (struct)))", "sub type"},
      {"(tag (type $s))", "non-function type"},
      {"(tag (result i32))", "non-empty tag result type"},
      {"(import \"\" \"\" (func (type $s)))", "non-function type"},
      {"(import \"\" \"\" (tag (type 99)))", "unknown type"},
      {"(import \"\" \"\" (global (ref 99)))", "unknown type"},
      {"(import \"\" \"\" (table 2 1 funcref))", "size minimum must not be greater than maximum"},
      {"(import \"\" \"\" (memory 2 1))", "size minimum must not be greater than maximum"},
      {"(memory 65537)", "memory size must be at most 65536 pages"},
  });
}

}  // namespace
}  // namespace cvm
