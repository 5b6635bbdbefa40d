// Garbage-collected objects as embedders see them: collection under way, limits, references held by the host and the
// words that it may not bring.
#include <catch2/catch.hpp>

#include "test/vm/engine/security.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm {
namespace {

constexpr const char* kList = R"((module
  (type $node (struct (field $value i32) (field $next (ref null $node))))
  (type $bytes (array (mut i8)))
  (global $kept (mut (ref null $node)) (ref.null $node))
  (table $t 4 (ref null $node))
  (func $build (param $n i32) (result (ref null $node)) (local $list (ref null $node))
    (block $done
      (loop $more
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $list (struct.new $node (local.get $n) (local.get $list)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $more)))
    (local.get $list))
  (func $sum (param $list (ref null $node)) (result i32) (local $s i32)
    (block $done
      (loop $more
        (br_on_null $done (local.get $list))
        (drop)
        (local.set $s (i32.add (local.get $s) (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $more)))
    (local.get $s))
  (func (export "build") (param i32) (result (ref null $node)) (call $build (local.get 0)))
  (func (export "sum") (param (ref null $node)) (result i32) (call $sum (local.get 0)))
  (func (export "keep") (param i32) (global.set $kept (call $build (local.get 0))))
  (func (export "kept") (result i32) (call $sum (global.get $kept)))
  (func (export "keep_in_table") (param i32) (table.set $t (i32.const 2) (call $build (local.get 0))))
  (func (export "kept_in_table") (result i32) (call $sum (table.get $t (i32.const 2))))
  ;; Recursive: every frame holds a list of its own.
  (func $deep (export "deep") (param $n i32) (result i32) (local $list (ref null $node))
    (if (result i32) (i32.eqz (local.get $n)) (then (i32.const 0))
      (else
        (local.set $list (call $build (i32.const 10)))
        (i32.add (call $deep (i32.sub (local.get $n) (i32.const 1))) (call $sum (local.get $list))))))
  (func (export "churn") (param $n i32) (loop $more
    (drop (struct.new $node (i32.const 1) (ref.null $node)))
    (drop (array.new_default $bytes (i32.const 100)))
    (drop (array.new_default $bytes (i32.const 20000)))
    (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "bytes") (param i32) (result (ref $bytes)) (array.new_default $bytes (local.get 0)))
  (func (export "any") (param anyref) (result i32) (ref.test (ref $node) (local.get 0)))
  (func (export "to_extern") (param anyref) (result externref) (extern.convert_any (local.get 0)))
  (func (export "to_any") (param externref) (result anyref) (any.convert_extern (local.get 0)))
  (func (export "i31") (param i31ref) (result i32) (i31.get_s (local.get 0))))
)";

using Stress = rt::Heap::Stress;

rt::Heap& HeapOf(Store& store) { return store.impl().store.heap(); }

int32_t CallI32(const Instance& instance, const char* name, std::vector<Val> args = {}) {
  return instance.GetFunc(name).value().Call(args).value()[0].i32();
}

TEST_CASE("objects survive collections where roots refer to them, and go where none does") {
  Engine engine;
  Store store(engine);
  const Instance i = Make(store, kList);
  const Stress stress = GENERATE(Stress::kOff, Stress::kCollect, Stress::kStep);
  const bool always = stress != Stress::kOff;
  HeapOf(store).SetStress(stress);
  i.Get<void(int32_t)>("keep").value()(1000).value();
  i.Get<void(int32_t)>("keep_in_table").value()(500).value();
  i.Get<void(int32_t)>("churn").value()(always ? 50 : 20'000).value();
  CHECK(HeapOf(store).stats().collections > 5);
  CHECK(i.Get<int32_t()>("kept").value()().value() == 500'500);
  CHECK(i.Get<int32_t()>("kept_in_table").value()().value() == 125'250);
  CHECK(i.Get<int32_t(int32_t)>("deep").value()(100).value() == 5500);
  store.CollectGarbage();
  const uint64_t with_lists = store.live_heap_bytes();
  CHECK(with_lists >= 1500 * 24);
  CHECK(with_lists < 2000 * 24);
  i.Get<void(int32_t)>("keep").value()(0).value();
  i.Get<void(int32_t)>("keep_in_table").value()(0).value();
  store.CollectGarbage();
  CHECK(store.live_heap_bytes() == 0);
}

// An object that is always in one place only, and in another one after each allocation. Whoever looks at the places in
// turn while it moves must be told.
TEST_CASE("what a guest moves about while a collection is under way is not lost") {
  Engine engine;
  Store store(engine);
  const Instance i = Make(store, R"((module
    (type $box (struct (field i32)))
    (type $cell (struct (field $v (mut (ref null $box)))))
    (type $arr (array (mut (ref null $box))))
    (global $cell (ref $cell) (struct.new $cell (ref.null $box)))
    (global $a (ref $arr) (array.new_default $arr (i32.const 3000)))
    (global $b (ref $arr) (array.new_default $arr (i32.const 3000)))
    (table $t 3000 (ref null $box))
    (elem $none (ref null $box) (ref.null $box) (ref.null $box))
    (func $garbage (drop (struct.new $box (i32.const -1))))
    (func $clear (param $at i32) (param $how i32)
      (if (i32.eqz (local.get $how)) (then (array.set $arr (global.get $a) (local.get $at) (ref.null $box)) (return)))
      (if (i32.eq (local.get $how) (i32.const 1)) (then
        (array.fill $arr (global.get $a) (local.get $at) (ref.null $box) (i32.const 2)) (return)))
      (if (i32.eq (local.get $how) (i32.const 2)) (then
        (array.copy $arr $arr (global.get $a) (local.get $at) (global.get $b) (i32.const 0) (i32.const 2)) (return)))
      (array.init_elem $arr $none (global.get $a) (local.get $at) (i32.const 0) (i32.const 2)))
    (func $clear_table (param $at i32) (param $how i32)
      (if (i32.eqz (local.get $how)) (then (table.set $t (local.get $at) (ref.null $box)) (return)))
      (if (i32.eq (local.get $how) (i32.const 1)) (then
        (table.fill $t (local.get $at) (ref.null $box) (i32.const 2)) (return)))
      (if (i32.eq (local.get $how) (i32.const 2)) (then
        (table.copy $t $t (local.get $at) (i32.const 2000) (i32.const 2)) (return)))
      (table.init $t $none (local.get $at) (i32.const 0) (i32.const 2)))
    (func (export "run") (param $n i32) (result i32) (local $at i32) (local $sum i32)
      (struct.set $cell $v (global.get $cell) (struct.new $box (i32.const 7)))
      (loop $more
        (local.set $at (i32.rem_u (i32.mul (local.get $n) (i32.const 7)) (i32.const 1900)))
        ;; cell to array
        (array.set $arr (global.get $a) (local.get $at) (struct.get $cell $v (global.get $cell)))
        (struct.set $cell $v (global.get $cell) (ref.null $box))
        (call $garbage)
        ;; array to table
        (table.set $t (local.get $at) (array.get $arr (global.get $a) (local.get $at)))
        (call $clear (local.get $at) (i32.and (local.get $n) (i32.const 3)))
        (call $garbage)
        ;; table to cell
        (struct.set $cell $v (global.get $cell) (table.get $t (local.get $at)))
        (call $clear_table (local.get $at) (i32.and (local.get $n) (i32.const 3)))
        (call $garbage)
        (local.set $sum (i32.add (local.get $sum) (struct.get $box 0 (struct.get $cell $v (global.get $cell)))))
        (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum))))");
  HeapOf(store).SetStress(GENERATE(Stress::kStep, Stress::kCollect));
  CHECK(i.Get<int32_t(int32_t)>("run").value()(500).value() == 3500);
  CHECK(HeapOf(store).stats().collections > 20);
}

TEST_CASE("frames of deep recursion are roots") {
  Engine engine;
  Store store(engine);
  const Instance i = Make(store, kList);
  CHECK(i.Get<int32_t(int32_t)>("deep").value()(30'000).value() == 30'000 * 55);
  CHECK(HeapOf(store).stats().collections > 0);
}

TEST_CASE("a long list is marked without recursion") {
  Engine engine;
  Store store(engine);
  const Instance i = Make(store, kList);
  i.Get<void(int32_t)>("keep").value()(2'000'000).value();
  store.CollectGarbage();
  CHECK(store.live_heap_bytes() == 2'000'000 * 24);
}

TEST_CASE("max-heap-size: at the limit and one past it") {
  Engine engine;
  StoreOptions options;
  options.max_heap_bytes = 1 << 20;
  Store store(engine, options);
  const Instance i = Make(store, kList);
  const Func bytes = i.GetFunc("bytes").value();
  // The whole limit in one object, whose header takes 16 bytes.
  const int32_t most = (1 << 20) - 16;
  CHECK(bytes.Call({Val::I32(most)}).ok());
  CHECK(Outcome(bytes.Call({Val::I32(most + 1)})) == "garbage-collected heap exhausted");
  // What is garbage does not count.
  for (int n = 0; n < 10; ++n) CHECK(bytes.Call({Val::I32(most)}).ok());
  CHECK(Outcome(bytes.Call({Val::I32(-1)})) == "garbage-collected heap exhausted");
  CHECK(OutcomeOf<void(int32_t)>(i, "keep", 1'000'000) == "garbage-collected heap exhausted");
  // The store goes on after it.
  CHECK(i.Get<int32_t()>("kept").value()().value() == 0);
  CHECK(OutcomeOf<void(int32_t)>(i, "churn", 10'000) == "");
  CHECK(OutcomeOf<void(int32_t)>(i, "keep", 1000) == "");
}

TEST_CASE("a heap of nothing") {
  Engine engine;
  StoreOptions options;
  options.max_heap_bytes = 0;
  Store store(engine, options);
  const Instance i = Make(store, kList);
  CHECK(OutcomeOf<void(int32_t)>(i, "keep", 1) == "garbage-collected heap exhausted");
  CHECK(OutcomeOf<void(int32_t)>(i, "keep", 0) == "");
}

TEST_CASE("references returned to the host are valid until the next call, rooted ones for longer") {
  Engine engine;
  Store store(engine);
  const Instance i = Make(store, kList);
  HeapOf(store).SetStress(Stress::kCollect);
  const Val list = i.GetFunc("build").value().Call({Val::I32(10)}).value()[0];
  CHECK(list.kind() == Kind::kOtherRef);
  std::optional<Rooted> rooted = Rooted::Create(store, list).value();
  CHECK(CallI32(i, "sum", {rooted->value()}) == 55);
  CHECK(CallI32(i, "sum", {rooted->value()}) == 55);
  const Val other = i.GetFunc("build").value().Call({Val::I32(4)}).value()[0];
  store.CollectGarbage();
  CHECK(CallI32(i, "sum", {other}) == 10);
  // That call was the next one.
  const auto stale = i.GetFunc("sum").value().Call({other});
  REQUIRE_FALSE(stale.ok());
  CHECK(stale.error().kind() == ErrorKind::kUsage);
  CHECK_FALSE(Rooted::Create(store, other).ok());
  CHECK_FALSE(Rooted::Create(store, Val::I32(1)).ok());
  rooted.reset();
  store.CollectGarbage();
  CHECK(store.live_heap_bytes() == 0);
}

TEST_CASE("a rooted reference may outlive its store") {
  Engine engine;
  std::optional<Rooted> rooted;
  {
    Store store(engine);
    const Instance i = Make(store, kList);
    rooted = Rooted::Create(store, i.GetFunc("build").value().Call({Val::I32(1)}).value()[0]).value();
  }
  rooted.reset();
}

TEST_CASE("INT-06: words that are no references of the store are refused") {
  Engine engine;
  Store a(engine), b(engine);
  const Instance in_a = Make(a, kList), in_b = Make(b, kList);
  const Val of_a = in_a.GetFunc("build").value().Call({Val::I32(1)}).value()[0];
  const Val of_b = in_b.GetFunc("build").value().Call({Val::I32(1)}).value()[0];
  const Rooted keep = Rooted::Create(b, of_b).value();
  const auto refused = [&](const char* name, Kind kind, uint64_t bits) {
    const auto result = in_b.GetFunc(name).value().Call({Val::FromBits(kind, bits)});
    return !result.ok() && result.error().kind() == ErrorKind::kUsage;
  };
  for (const char* name : {"sum", "any", "to_extern"}) {
    INFO(name);
    CHECK(refused(name, Kind::kOtherRef, of_a.bits()));
    CHECK(refused(name, Kind::kOtherRef, 0x1234567812345670));
    CHECK(refused(name, Kind::kOtherRef, of_b.bits() + 8));
    CHECK_FALSE(refused(name, Kind::kOtherRef, of_b.bits()));
    CHECK_FALSE(refused(name, Kind::kOtherRef, 0));
  }
  CHECK(refused("to_any", Kind::kExternRef, of_a.bits()));
  CHECK(refused("i31", Kind::kOtherRef, of_b.bits()));
  CHECK(refused("sum", Kind::kOtherRef, Val::I31(3).bits()));
  CHECK(refused("any", Kind::kOtherRef, uint64_t{1} << 32 | 1));  // no i31 has that many bits
  CHECK(refused("sum", Kind::kOtherRef, Val::ExternRef(3).bits()));
  // A list is no array.
  const Val bytes = in_b.GetFunc("bytes").value().Call({Val::I32(3)}).value()[0];
  CHECK(refused("sum", Kind::kOtherRef, bytes.bits()));
}

TEST_CASE("host values, i31 and conversions") {
  Engine engine;
  Store store(engine);
  const Instance i = Make(store, kList);
  for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{2}, Val::kMaxHostValue}) {
    const Val any = i.GetFunc("to_any").value().Call({Val::ExternRef(value)}).value()[0];
    CHECK(any.is_host_value());
    CHECK(any.host_value() == value);
    CHECK(CallI32(i, "any", {any}) == 0);
    const Val back = i.GetFunc("to_extern").value().Call({any}).value()[0];
    CHECK(back == Val::ExternRef(value));
  }
  for (const int32_t value : {0, 1, -1, (1 << 30) - 1, -(1 << 30)}) {
    CHECK(Val::I31(value).i31() == value);
    CHECK(CallI32(i, "i31", {Val::I31(value)}) == value);
  }
  const Val list = i.GetFunc("build").value().Call({Val::I32(3)}).value()[0];
  const Val as_extern = i.GetFunc("to_extern").value().Call({list}).value()[0];
  CHECK_FALSE(as_extern.is_host_value());
  const Val as_any = i.GetFunc("to_any").value().Call({as_extern}).value()[0];
  CHECK(CallI32(i, "sum", {as_any}) == 6);
}

TEST_CASE("references of a host function's window are roots while it calls guests") {
  Engine engine;
  Store store(engine);
  std::optional<Instance> guest;
  std::optional<Func> churn;
  uint64_t given = 0;
  Linker linker(engine);
  linker.DefineHost("host", "pass", {{Kind::kExternRef, Kind::kI64}, {Kind::kExternRef}},
                    [&](Caller&, std::span<uint64_t> slots) -> Result<void> {
                      const uint64_t ref = slots[0];
                      slots[0] = 0x1234567812345670;  // the slots are the host's to use
                      CVM_RETURN_IF_ERROR(churn->Call({Val::I32(100)}));
                      slots[0] = given != 0 ? given : ref;
                      return {};
                    });
  guest = Make(store, R"((module
    (import "host" "pass" (func $pass (param externref i64) (result externref)))
    (type $box (struct (field i32)))
    (func (export "churn") (param $n i32) (loop $more
      (drop (struct.new $box (i32.const 7)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "run") (param $n i32) (result i32) (local $before (ref null $box)) (local $after (ref null $box))
      (local.set $before (struct.new $box (local.get $n)))
      (local.set $after (ref.cast (ref $box) (any.convert_extern
        (call $pass (extern.convert_any (struct.new $box (i32.add (local.get $n) (i32.const 1)))) (i64.const -1)))))
      (i32.add (i32.mul (i32.const 1000) (struct.get $box 0 (local.get $before))) (struct.get $box 0 (local.get $after)))))
  )",
               linker);
  churn = guest->GetFunc("churn").value();
  HeapOf(store).SetStress(Stress::kCollect);
  CHECK(guest->Get<int32_t(int32_t)>("run").value()(41).value() == 41'042);
  CHECK(HeapOf(store).LentCount() == 0);
  given = 0x1234567812345670;
  CHECK(Outcome(guest->Get<int32_t(int32_t)>("run").value()(41)).find("not an externref of this store") !=
        std::string::npos);
  given = Val::ExternRef(9).bits();
  CHECK(OutcomeOf<int32_t(int32_t)>(*guest, "run", 41) == "cast failure");
}

TEST_CASE("call_indirect honours declared subtypes") {
  Engine engine;
  Store store(engine);
  const Instance i = Make(store, R"((module
    (type $super (sub (func (result anyref))))
    (type $sub (sub $super (func (result i31ref))))
    (type $final (func (result anyref)))
    (table funcref (elem $f $g))
    (func $f (type $sub) (ref.i31 (i32.const 5)))
    (func $g (type $final) (ref.i31 (i32.const 6)))
    (func (export "run") (param i32) (result i32)
      (i31.get_s (ref.cast i31ref (call_indirect (type $super) (local.get 0)))))))");
  CHECK(i.Get<int32_t(int32_t)>("run").value()(0).value() == 5);
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "run", 1) == "indirect call type mismatch");
}

TEST_CASE("structures of every storage kind, larger than a block's share too") {
  Engine engine;
  Store store(engine);
  std::string fields, values, gets;
  for (int n = 0; n < 1200; ++n) {
    fields += "(field (mut i64))";
    values += "(i64.const " + std::to_string(n) + ")";
  }
  const Instance i = Make(store, R"((module
    (type $mixed (struct (field i8) (field (mut i16)) (field i8) (field f32) (field v128) (field i8) (field f64) (field (mut i8)) (field i8)))
    (type $wide (struct )" + fields + R"())
    (global $m (mut (ref null $mixed)) (ref.null $mixed))
    (func (export "mixed") (result f64)
      (global.set $m (struct.new $mixed (i32.const 0x1ff) (i32.const -2) (i32.const 0x80) (f32.const 1.5)
        (v128.const i64x2 3 4) (i32.const 5) (f64.const 6.25) (i32.const 7) (i32.const 8)))
      (struct.set $mixed 7 (global.get $m) (i32.const 0x1234))
      (f64.add (f64.add (f64.convert_i32_s (struct.get_s $mixed 0 (global.get $m)))
                        (f64.convert_i32_u (struct.get_u $mixed 1 (global.get $m))))
        (f64.add (f64.add (f64.convert_i32_s (struct.get_s $mixed 2 (global.get $m)))
                          (f64.promote_f32 (struct.get $mixed 3 (global.get $m))))
          (f64.add (f64.convert_i64_s (i64x2.extract_lane 1 (struct.get $mixed 4 (global.get $m))))
            (f64.add (struct.get $mixed 6 (global.get $m))
              (f64.convert_i32_u (i32.add (struct.get_u $mixed 7 (global.get $m)) (struct.get_u $mixed 8 (global.get $m)))))))))
    (func (export "wide") (result i64) (local $w (ref null $wide))
      (local.set $w (struct.new $wide )" +
                                     values + R"())
      (drop (struct.new_default $wide))
      (i64.add (struct.get $wide 1199 (local.get $w)) (struct.get $wide 3 (local.get $w)))))
  )");
  HeapOf(store).SetStress(GENERATE(Stress::kOff, Stress::kCollect, Stress::kStep));
  CHECK(i.Get<double()>("mixed").value()().value() == -1 + 65534 - 128 + 1.5 + 4 + 6.25 + 0x34 + 8);
  CHECK(i.Get<int64_t()>("wide").value()().value() == 1202);
}

}  // namespace
}  // namespace cvm
