// References at every place where they can be while a collection runs: operands, accumulators, windows, results,
// labels, frames of any size. Each case runs as it is, with a collection and with a slice of one at every allocation, where a reference that
// the collector does not see finds its object overwritten.
#include <catch2/catch.hpp>

#include "test/vm/engine/security.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm {
namespace {

constexpr const char* kBeforeLocals = R"((module
 (type $box (struct (field (mut i32))))
 (type $pair (struct (field (mut (ref null $box))) (field (mut (ref null $box)))))
 (type $arr (array (mut (ref null $box))))
 (type $f (func (param (ref null $box)) (result (ref null $box))))
 (table $t funcref (elem $id $alloc))
 (func $box (param i32) (result (ref $box)) (struct.new $box (local.get 0)))
 (func $val (param (ref null $box)) (result i32) (struct.get $box 0 (local.get 0)))
 (func $id (type $f) (local.get 0))
 (func $alloc (type $f) (drop (struct.new $box (i32.const -1))) (local.get 0))
 (func $two (param i32) (result (ref $box) (ref $box)) (call $box (local.get 0)) (call $box (i32.add (local.get 0) (i32.const 1))))
 (func $three (param i32) (result (ref null $box) i32 (ref null $box)) (struct.new $box (local.get 0)) (i32.const 7) (struct.new $box (i32.const 3)))
 (func $wide (param $n i32) (result i32))";
constexpr const char* kAfterLocals = R"((local $a (ref null $box)) (local $b (ref null $pair))
   (local.set 4000 (i64.const 4))
   (local.set $a (struct.new $box (local.get $n)))
   (local.set $b (struct.new $pair (local.get $a) (struct.new $box (i32.const 10))))
   (if (i32.gt_s (local.get $n) (i32.const 0)) (then (drop (call $wide (i32.sub (local.get $n) (i32.const 1))))))
   (i32.add (struct.get $box 0 (local.get $a))
      (i32.add (call $val (struct.get $pair 0 (local.get $b)))
        (i32.add (call $val (struct.get $pair 1 (local.get $b)))
          (i32.add (i32.wrap_i64 (local.get 4000)) (call $val (struct.get $pair 0 (struct.new $pair (call $box (i32.const 1)) (call $box (i32.const 2))))))))))
 (func (export "wide") (param i32) (result i32) (call $wide (local.get 0)))
 (func (export "nested") (result i32)
   (call $sumpair (struct.new $pair (call $box (i32.const 1)) (call $alloc (call $box (i32.const 2))))))
 (func $sumpair (param (ref $pair)) (result i32) (i32.add (call $val (struct.get $pair 0 (local.get 0))) (call $val (struct.get $pair 1 (local.get 0)))))
 (func (export "fixed") (result i32) (local $a (ref null $arr))
   (local.set $a (array.new_fixed $arr 4 (call $box (i32.const 1)) (struct.new $box (i32.const 2)) (ref.null $box) (call $alloc (call $box (i32.const 4)))))
   (i32.add (i32.add (call $val (array.get $arr (local.get $a) (i32.const 0))) (call $val (array.get $arr (local.get $a) (i32.const 1))))
            (call $val (array.get $arr (local.get $a) (i32.const 3)))))
 (func (export "two") (result i32) (call $two (i32.const 5)) (drop (struct.new $box (i32.const 9))) (call $sum2))
 (func $sum2 (param (ref null $box) (ref null $box)) (result i32) (drop (call $box (i32.const 0))) (i32.add (call $val (local.get 0)) (call $val (local.get 1))))
 (func (export "three") (result i32) (local $n i32) (local $b (ref null $box))
    (call $three (i32.const 5)) (local.set $b) (local.set $n) (drop (struct.new $box (i32.const 8)))
    (i32.add (call $val) (i32.add (local.get $n) (call $val (local.get $b)))))
 (func (export "select") (param i32) (result i32)
    (call $val (select (result (ref null $box)) (struct.new $box (i32.const 1)) (call $alloc (struct.new $box (i32.const 2))) (local.get 0))))
 (func (export "blocks") (param i32) (result i32)
    (call $sum2
      (block $l (result (ref null $box)) (br_if $l (struct.new $box (i32.const 10)) (local.get 0)) (drop) (struct.new $box (i32.const 20)))
      (if (result (ref null $box)) (local.get 0) (then (struct.new $box (i32.const 1))) (else (call $box (i32.const 2))))))
 (func (export "table") (param i32) (result i32)
   (block $c (result (ref null $box)) (block $b (result (ref null $box)) (block $a (result (ref null $box))
      (br_table $a $b $c (struct.new $box (i32.const 100)) (local.get 0)))
      (drop) (call $box (i32.const 1)) (br $c))
      (drop) (call $box (i32.const 2)))
   (struct.new $box (i32.const 0)) (drop) (call $val))
 
 (func (export "loopparam") (param $n i32) (result i32) (local $x (ref null $box))
   (struct.new $box (i32.const 0))
   (loop $l (param (ref null $box)) (result (ref null $box))
     (local.set $x) (struct.new $box (i32.add (call $val (local.get $x)) (local.get $n)))
     (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
   (call $val))
 (func $tail (param $n i32) (param $b (ref null $box)) (param $c (ref null $box)) (result i32)
   (if (i32.eqz (local.get $n)) (then (return (call $sum2 (local.get $b) (local.get $c)))))
   (return_call $tail (i32.sub (local.get $n) (i32.const 1)) (struct.new $box (call $val (local.get $c))) (call $alloc (local.get $b))))
 (func (export "tail") (result i32) (call $tail (i32.const 20) (struct.new $box (i32.const 3)) (struct.new $box (i32.const 4))))
 (func (export "indirect") (param i32) (result i32)
   (call $sum2 (struct.new $box (i32.const 30)) (call_indirect (type $f) (struct.new $box (i32.const 12)) (local.get 0))))
 (func (export "cast") (result i32) (local $e anyref)
   (local.set $e (struct.new $pair (struct.new $box (i32.const 3)) (struct.new $box (i32.const 4))))
   (block $isbox (result (ref $box))
     (block $ispair (result (ref $pair))
       (br_on_cast $ispair anyref (ref $pair) (br_on_cast $isbox anyref (ref $box) (local.get $e)))
       (drop) (return (i32.const -1)))
     (drop (struct.new $box (i32.const 5)))
     (return (call $sumpair)))
   (call $val))
 (func (export "mem") (result i32) (local $a (ref null $arr))
   (local.set $a (array.new $arr (struct.new $box (i32.const 6)) (i32.const 3000)))
   (array.fill $arr (local.get $a) (i32.const 1) (struct.new $box (i32.const 7)) (i32.const 2000))
   (drop (array.new_default $arr (i32.const 4000)))
   (array.copy $arr $arr (local.get $a) (i32.const 2500) (local.get $a) (i32.const 0) (i32.const 2))
   (i32.add (i32.add (call $val (array.get $arr (local.get $a) (i32.const 0))) (call $val (array.get $arr (local.get $a) (i32.const 2000))))
     (i32.add (call $val (array.get $arr (local.get $a) (i32.const 2500))) (call $val (array.get $arr (local.get $a) (i32.const 2501))))))
))";

struct Case {
  const char* name;
  std::vector<Val> args;
  int32_t result;
};

TEST_CASE("references are seen wherever they are") {
  const Case cases[] = {
      {"wide", {Val::I32(3)}, 21},
      {"nested", {}, 3},
      {"fixed", {}, 7},
      {"two", {}, 11},
      {"three", {}, 15},
      {"select", {Val::I32(0)}, 2},
      {"select", {Val::I32(1)}, 1},
      {"blocks", {Val::I32(0)}, 22},
      {"blocks", {Val::I32(1)}, 11},
      {"table", {Val::I32(0)}, 1},
      {"table", {Val::I32(1)}, 2},
      {"table", {Val::I32(2)}, 100},
      {"loopparam", {Val::I32(10)}, 55},
      {"tail", {}, 7},
      {"indirect", {Val::I32(0)}, 42},
      {"indirect", {Val::I32(1)}, 42},
      {"cast", {}, 7},
      {"mem", {}, 26},
  };
  using Stress = rt::Heap::Stress;
  for (const Stress stress : {Stress::kOff, Stress::kCollect, Stress::kStep}) {
    Engine engine;
    Store store(engine);
    store.impl().store.heap().SetStress(stress);
    // So many locals that slots are out of the reach of cells.
    const Instance instance = Make(store, kBeforeLocals + Repeat("(local i64) ", 5000) + kAfterLocals);
    for (const Case& c : cases) {
      INFO(c.name << ", stress " << static_cast<int>(stress));
      const auto result = instance.GetFunc(c.name).value().Call(c.args);
      REQUIRE(Outcome(result) == "");
      CHECK((*result)[0].i32() == c.result);
    }
  }
}

}  // namespace
}  // namespace cvm
