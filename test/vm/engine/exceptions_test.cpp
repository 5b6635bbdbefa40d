// Exceptions across frames, instances and the host; what catching frames find of their locals and operands.
#include <catch2/catch.hpp>

#include "cvm/vm.hpp"
#include "test/vm/engine/security.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm {
namespace {

int32_t CallInt(const Instance& instance, const char* name, int32_t argument) {
  return instance.Get<int32_t(int32_t)>(name).value()(argument).value();
}

TEST_CASE("an exception that nobody catches is an error of its own kind, named by its tag") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, R"((module
    (tag $named (param i32)) (tag (export "shown")) (tag)
    (func $inner (param i32) (throw $named (local.get 0)))
    (func $outer (export "named") (call $inner (i32.const 1)))
    (func (export "exported") (throw 1))
    (func (export "neither") (throw 2))
    (func (export "null") (throw_ref (ref.null exn)))))");
  const auto failed = i.Get<void()>("named").value()();
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().kind() == ErrorKind::kException);
  CHECK(failed.error().message() == "wasm exception `named` was not caught");
  CHECK(failed.error().backtrace() == std::vector<std::string>{"inner", "outer"});
  CHECK(OutcomeOf<void()>(i, "exported") == "exception: wasm exception `shown` was not caught");
  CHECK(OutcomeOf<void()>(i, "neither") == "exception: wasm exception `tag[2]` was not caught");
  CHECK(OutcomeOf<void()>(i, "null") == "null reference");
}

// Locals that live in registers, in slots and among references, written before and after the call that throws.
constexpr const char* kLocals = R"((module
  (tag $e (param i32))
  (func $throw (param i32) (result i32)
    (local $a i32) (local $b i32) (local $x f64)
    ;; Pins of its own, to be forgotten.
    (loop $l
      (local.set $a (i32.add (local.get $a) (i32.const 3)))
      (local.set $b (i32.add (local.get $b) (local.get $a)))
      (local.set $x (f64.add (local.get $x) (f64.const 1)))
      (br_if $l (i32.lt_u (local.get $a) (i32.const 30))))
    (if (local.get 0) (then (throw $e (local.get $b))))
    (local.get $a))
  (func (export "run") (param $n i32) (result i32)
    (local $i i32) (local $sum i32) (local $f f64) (local $v v128) (local $r funcref) (local $caught i32)
    (local.set $r (ref.func $throw))
    (local.set $f (f64.const 0.5))
    (local.set $v (v128.const i32x4 1 2 3 4))
    (loop $l
      (block $h (result i32)
        (try_table (catch $e $h)
          (local.set $sum (i32.add (local.get $sum) (local.get $i)))
          (local.set $f (f64.add (local.get $f) (f64.const 1)))
          ;; The sum is not assigned where the call throws.
          (local.set $sum (i32.add (local.get $sum) (call $throw (i32.and (local.get $i) (i32.const 1))))))
        (i32.const 0))
      (if (i32.eqz) (then) (else (local.set $caught (i32.add (local.get $caught) (i32.const 1)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
    (if (ref.is_null (local.get $r)) (then (unreachable)))
    (if (i32.ne (i32x4.extract_lane 3 (local.get $v)) (i32.const 4)) (then (unreachable)))
    (if (f64.ne (local.get $f) (f64.add (f64.convert_i32_u (local.get $n)) (f64.const 0.5))) (then (unreachable)))
    (i32.add (i32.mul (local.get $sum) (i32.const 1000)) (local.get $caught)))
  (elem declare func $throw)))";

TEST_CASE("a catching frame has its locals as they were at the call") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, kLocals);
  // Even rounds add what the callee returns, 30; odd ones are caught.
  CHECK(CallInt(i, "run", 10) == (45 + 5 * 30) * 1000 + 5);
  CHECK(CallInt(i, "run", 1001) == (1000 * 1001 / 2 + 501 * 30) * 1000 + 500);
}

TEST_CASE("operands below a try stay, whatever the way of the exception") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, R"((module
    (tag $e (param i64 f32))
    (func $deep (param $n i32)
      (if (i32.eqz (local.get $n)) (then (throw $e (i64.const 40) (f32.const 2))))
      (call $deep (i32.sub (local.get $n) (i32.const 1))))
    (func (export "sum") (param $n i32) (result i32)
      (local $x i32)
      (local.set $x (i32.const 100))
      (i32.add (i32.mul (local.get $x) (i32.const 2)) (local.get $x))
      (local.set $x (i32.const 7))
      (block $h (result i64 f32)
        (try_table (catch $e $h)
          (local.set $x (i32.const 1000))
          (i32.const 5) (i32.const 6)
          (call $deep (local.get $n))
          (drop) (drop))
        (unreachable))
      (i32.trunc_f32_s) (i32.wrap_i64 (i64.extend_i32_s))
      (local.set 0)
      (i32.wrap_i64) (i32.add (local.get 0)) (i32.add) (i32.add (local.get $x)))))");
  for (const int32_t depth : {0, 1, 2, 1000}) CHECK(CallInt(i, "sum", depth) == 300 + 42 + 1000);
}

TEST_CASE("values of all types, in frames of all sizes") {
  Engine engine;
  Store store(engine);
  const std::string types = "i32 i64 v128 f32 externref f64 funcref v128 i32";
  const auto module = [&](uint64_t locals, uint64_t below) {
    return "(module (elem declare func $f) (tag $e (param " + types + ")) (func $f (param externref) (throw $e (i32.const -1) (i64.const -2) " +
           "(v128.const i64x2 3 4) (f32.const 5) (local.get 0) (f64.const 6) (ref.func $f) (v128.const i64x2 7 8) " +
           "(i32.const 9))) (func (export \"f\") (param externref) (result " + types + ") (local" +
           Repeat(" i64", locals) + ")" + Repeat("(i64.const 1)", below) + "(block $h (result " + types +
           ") (try_table (catch $e $h) (call $f (local.get 0))) (unreachable)) return))";
  };
  for (const uint64_t locals : {0, 100, 5000}) {
    for (const uint64_t below : {0, 3, 5000}) {
      Instance i = Make(store, module(locals, below));
      const Val argument = Val::FromBits(Kind::kExternRef, 0);
      const auto got = i.GetFunc("f").value().Call({argument});
      REQUIRE(got.ok());
      REQUIRE(got->size() == 9);
      CHECK((*got)[0].i32() == -1);
      CHECK((*got)[1].i64() == -2);
      CHECK((*got)[2].v128() == std::array<uint64_t, 2>{3, 4});
      CHECK((*got)[3].f32() == 5);
      CHECK((*got)[4].bits() == 0);
      CHECK((*got)[5].f64() == 6);
      CHECK((*got)[6].bits() != 0);
      CHECK((*got)[7].v128() == std::array<uint64_t, 2>{7, 8});
      CHECK((*got)[8].i32() == 9);
    }
  }
}

TEST_CASE("a clause may go back to a loop, with values") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, R"((module
    (tag $more (param i32 i32))
    (func (export "down") (param $n i32) (result i32)
      (local.get $n) (i32.const 0)
      (loop $again (param i32 i32) (result i32)
        (local.set 0 (i32.add (local.get 0) (i32.const 0)))
        (try_table (param i32 i32) (result i32) (catch $more $again)
          (call $step))))
    (func $step (param $n i32) (param $sum i32) (result i32)
      (if (local.get $n)
        (then (throw $more (i32.sub (local.get $n) (i32.const 1)) (i32.add (local.get $sum) (local.get $n)))))
      (local.get $sum))))");
  CHECK(CallInt(i, "down", 0) == 0);
  CHECK(CallInt(i, "down", 60'000) == 60'000 / 2 * 60'001);
}

TEST_CASE("references to exceptions are kept, and thrown again") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, R"((module
    (tag $e (param i32))
    (table $t 4 exnref)
    (global $g (mut exnref) (ref.null exn))
    (func $catch (param $n i32) (result exnref)
      (block $h (result i32 exnref)
        (try_table (catch_ref $e $h) (throw $e (local.get $n)))
        (unreachable))
      (global.set $g) (drop) (global.get $g))
    (func (export "keep") (param $n i32) (result i32)
      (table.set $t (local.get $n) (call $catch (local.get $n)))
      (table.size $t))
    (func (export "again") (param $n i32) (result i32)
      (block $h (result i32)
        (try_table (catch $e $h) (throw_ref (table.get $t (local.get $n))))
        (unreachable)))
    (func (export "last") (param $n i32) (result i32)
      (block $h (result exnref)
        (try_table (catch_all_ref $h) (throw_ref (global.get $g)))
        (unreachable))
      (local.set $n (i32.const 0))
      (block $i (param exnref) (result i32)
        (try_table (param exnref) (catch $e $i) (throw_ref))
        (unreachable)))))");
  for (int32_t n = 0; n < 4; ++n) CHECK(CallInt(i, "keep", n) == 4);
  for (int32_t n = 0; n < 4; ++n) CHECK(CallInt(i, "again", n) == n);
  CHECK(CallInt(i, "last", 0) == 3);
}

// --- the heap

// Exceptions that carry exceptions: a list, built by catching what is thrown with the list so far.
constexpr const char* kChain = R"((module
  (tag $link (param i32 exnref v128 exnref))
  (table $t 3000 exnref)
  (func $add (param $n i32) (param $list exnref) (result exnref)
    (block $h (result i32 exnref v128 exnref exnref)
      (try_table (catch_ref $link $h)
        (throw $link (local.get $n) (local.get $list) (v128.const i64x2 1 2) (local.get $list)))
      (unreachable))
    (local.set $list) (drop) (drop) (drop) (drop)
    (local.get $list))
  (func (export "chain") (param $n i32) (result i32)
    (local $list exnref) (local $v v128) (local $sum i32)
    (loop $l
      (local.set $list (call $add (local.get $n) (local.get $list)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (loop $l
      (block $h (result i32 exnref v128 exnref)
        (try_table (catch $link $h) (throw_ref (local.get $list)))
        (unreachable))
      (local.set $list) (drop) (drop)
      (local.set $sum (i32.add (local.get $sum)))
      (br_if $l (i32.eqz (ref.is_null (local.get $list)))))
    (local.get $sum))
  (func (export "keep") (param $n i32) (result i32)
    (loop $l
      (table.set $t (local.get $n) (call $add (local.get $n) (ref.null exn)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (table.size $t))
  (func (export "drop") (param $n i32) (result i32)
    (loop $l
      (drop (call $add (local.get $n) (ref.null exn)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))))";

TEST_CASE("exceptions hold what they carry, and are held by what refers to them") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, kChain);
  CHECK(CallInt(i, "chain", 1000) == 500'500);
  store.impl().store.heap().SetStress(rt::Heap::Stress::kCollect);
  CHECK(CallInt(i, "chain", 100) == 5050);
  CHECK(store.impl().store.heap().stats().collections >= 100);
}

TEST_CASE("exceptions that are referred to are limited with the heap; others are collected") {
  Engine engine;
  StoreOptions options;
  options.max_heap_bytes = 128 << 10;
  Store store(engine, options);
  Instance i = Make(store, kChain);
  CHECK(CallInt(i, "keep", 500) == 3000);
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "keep", 2999) == "garbage-collected heap exhausted");
  Store other(engine, options);
  CHECK(CallInt(Make(other, kChain), "drop", 100'000) == 0);
}

// --- instances and the host

constexpr const char* kThrower = R"((module
  (tag $e (export "e") (param i32))
  (tag $private (param i32))
  (func (export "throw") (param i32)
    (if (i32.lt_s (local.get 0) (i32.const 0)) (then (throw $private (local.get 0))))
    (throw $e (local.get 0)))))";

constexpr const char* kCatcher = R"((module
  (import "m" "e" (tag $e (param i32)))
  (import "m" "throw" (func $throw (param i32)))
  (tag $private (param i32))
  (memory 1) (data (i32.const 0) "\2a")
  (func (export "catch") (param $n i32) (result i32)
    (block $mine (result i32)
      (block $h (result i32)
        (try_table (catch $e $h) (catch $private $mine) (call $throw (local.get $n)))
        (unreachable))
      ;; Its own memory, after another instance ran.
      (return (i32.add (i32.load8_u (i32.const 0)))))
    (drop) (i32.const -1))))";

TEST_CASE("exceptions cross instances; a tag is what it is, not what it looks like") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  linker.DefineInstance("m", Make(store, kThrower));
  Instance i = Make(store, kCatcher, linker);
  CHECK(CallInt(i, "catch", 8) == 50);
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "catch", -1) == "exception: wasm exception `private` was not caught");
}

// HND-03: imports match by type.
TEST_CASE("HND-03 a tag is linked only where the types are equal") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  linker.DefineInstance("m", Make(store, R"((module (tag (export "t") (param i32 externref)) (func (export "f"))))"));
  const auto outcome = [&](const std::string& import) {
    return Outcome(TryMake(store, "(module (import \"m\" " + import + "))", linker));
  };
  CHECK(outcome("\"t\" (tag (param i32 externref))").empty());
  const std::string bad = "unlinkable: incompatible import type for `m` `t`";
  CHECK(outcome("\"t\" (tag)") == bad);
  CHECK(outcome("\"t\" (tag (param i32))") == bad);
  CHECK(outcome("\"t\" (tag (param i32 funcref))") == bad);
  CHECK(outcome("\"t\" (tag (param externref i32))") == bad);
  CHECK(outcome("\"t\" (func (param i32 externref))") == bad);
  CHECK(outcome("\"f\" (tag)") == "unlinkable: incompatible import type for `m` `f`");
}

constexpr const char* kAroundHost = R"((module
  (import "host" "call" (func $call (param i32) (result i32)))
  (import "m" "e" (tag $e (param i32)))
  (func (export "around") (param $n i32) (result i32)
    (block $h (result i32)
      (return (try_table (result i32) (catch $e $h) (call $call (local.get $n)))))
    (i32.mul (i32.const 10)))))";

TEST_CASE("an exception that reaches the host is its error; returned, it goes on to the host's caller") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  Instance thrower = Make(store, kThrower);
  linker.DefineInstance("m", thrower);
  auto thrown = thrower.Get<void(int32_t)>("throw").value();
  enum class Then { kReturn, kSwallow, kReplace } then = Then::kReturn;
  linker.Define("host", "call", [&](int32_t n) -> Result<int32_t> {
    const Result<void> called = thrown(n);
    REQUIRE_FALSE(called.ok());
    CHECK(called.error().kind() == ErrorKind::kException);
    if (then == Then::kSwallow) return n + 1;
    if (then == Then::kReplace) return Error(ErrorKind::kTrap, "no more");
    return called.error();
  });
  Instance i = Make(store, kAroundHost, linker);
  CHECK(CallInt(i, "around", 7) == 70);
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "around", -7) == "exception: wasm exception `private` was not caught");
  then = Then::kSwallow;
  CHECK(CallInt(i, "around", 7) == 8);
  then = Then::kReplace;
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "around", 7) == "no more");
}

TEST_CASE("an exception that the host has as an error outlives collections") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  Instance thrower = Make(store, kThrower);
  linker.DefineInstance("m", thrower);
  Instance chain = Make(store, kChain);
  linker.Define("host", "call", [&](int32_t n) -> Result<int32_t> {
    const Result<void> called = thrower.Get<void(int32_t)>("throw").value()(n);
    CHECK(CallInt(chain, "chain", 50) == 1275);
    return called.error();
  });
  store.impl().store.heap().SetStress(rt::Heap::Stress::kCollect);
  CHECK(CallInt(Make(store, kAroundHost, linker), "around", 7) == 70);
}

// A host function that asks for a guest to be called is a barrier: what it has begun, only it could end.
TEST_CASE("an exception ends the run at a host function that waits for a guest") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  Instance thrower = Make(store, kThrower);
  auto* callee = static_cast<rt::Function*>(thrower.GetFunc("throw").value().function());
  int resumed = 0;
  const auto body = [&](rt::HostCall& call) {
    if (call.resumed) return ++resumed, rt::HostStatus::kReturned;
    *call.callee_window() = *call.window;
    return call.CallGuest(callee);
  };
  const FuncType type{{ValType::I32()}, {ValType::I32()}};
  const uint32_t id = store.impl().engine->types.InternFunc(type).value();
  rt::Function* host = NewHostFunction(store.impl().store, type, id, body);
  const auto module = Module::Parse(engine, kAroundHost).value();
  const auto& exporter = *static_cast<rt::Instance*>(thrower.instance());
  const std::vector<ExternVal> imports = {host, exporter.tags[0]};
  rt::Instance* made = cvm::Instantiate(store.impl().store, module.impl()->compiled, imports).value();
  const Instance i(&store.impl(), made);
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "around", 7) == "exception: wasm exception `e` was not caught");
  CHECK(resumed == 0);
}

TEST_CASE("what a suspended execution throws later is caught where it was called") {
  Engine engine;
  Store store(engine);
  const auto body = [](rt::HostCall&) { return rt::HostStatus::kSuspended; };
  const FuncType type{{ValType::I32()}, {ValType::I32()}};
  const uint32_t id = store.impl().engine->types.InternFunc(type).value();
  rt::Function* host = NewHostFunction(store.impl().store, type, id, body);
  const auto module = Module::Parse(engine, R"((module
    (import "host" "wait" (func $wait (param i32) (result i32)))
    (tag $e (param i32))
    (func $inner (param $n i32) (result i32)
      (throw $e (i32.add (call $wait (local.get $n)) (local.get $n))))
    (func (export "run") (param $n i32) (result i32)
      (local $kept i32)
      (local.set $kept (i32.mul (local.get $n) (i32.const 100)))
      (block $h (result i32)
        (return (try_table (result i32) (catch $e $h) (call $inner (local.get $n)))))
      (i32.add (local.get $kept)))))").value();
  const std::vector<ExternVal> imports = {host};
  rt::Instance* instance = cvm::Instantiate(store.impl().store, module.impl()->compiled, imports).value();
  rt::Function& run = *std::get<rt::Function*>(*FindExport(*instance, "run"));
  rt::Execution execution(64 << 10);
  const uint64_t arguments[] = {3};
  REQUIRE(StartCall(execution, run, arguments, nullptr) == rt::RunStatus::kSuspended);
  *SuspendedWindow(execution) = 5;
  REQUIRE(ContinueCall(execution) == rt::RunStatus::kDone);
  uint64_t result = 0;
  TakeResults(execution, run, {&result, 1});
  CHECK(result == 308);
}

TEST_CASE("a tail call leaves its frame's tries first") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  linker.DefineInstance("m", Make(store, kThrower));
  Instance i = Make(store, R"((module
    (import "m" "e" (tag $e (param i32)))
    (import "m" "throw" (func $throw (param i32)))
    (type $t (func (param i32)))
    (table funcref (elem $throw))
    (func $direct (param i32) (block $h (try_table (catch_all $h) (return_call $throw (local.get 0)))))
    (func $indirect (param i32)
      (block $h (try_table (catch_all $h) (return_call_indirect (type $t) (local.get 0) (i32.const 0)))))
    (func (export "direct") (param i32) (result i32)
      (block $h (result i32) (try_table (catch $e $h) (call $direct (local.get 0))) (i32.const -1)))
    (func (export "indirect") (param i32) (result i32)
      (block $h (result i32) (try_table (catch $e $h) (call $indirect (local.get 0))) (i32.const -1)))))",
                    linker);
  CHECK(CallInt(i, "direct", 5) == 5);
  CHECK(CallInt(i, "indirect", 6) == 6);
}

TEST_CASE("traps are not exceptions") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, R"((module
    (func $deep (call $deep))
    (memory 1)
    (func (export "f") (param i32) (result i32)
      (block $h
        (try_table (catch_all $h)
          (if (i32.eqz (local.get 0)) (then (unreachable)))
          (if (i32.eq (local.get 0) (i32.const 1)) (then (call $deep)))
          (drop (i32.load (i32.const 0xffffffff))))
        (return (i32.const 1)))
      (i32.const 2))))");
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "f", 0) == "unreachable");
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "f", 1) == kExhausted);
  CHECK(OutcomeOf<int32_t(int32_t)>(i, "f", 2) == kOutOfBounds);
}

TEST_CASE("legacy: arms have the caught exception for rethrow, and their results where the label has them") {
  Engine engine;
  Store store(engine);
  Instance i = Make(store, R"((module
    (tag $a (param i32 f64)) (tag $b)
    (func $throw (param i32)
      (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $a (i32.const 5) (f64.const 0.5))))
      (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $b))))
    (func (export "f") (param $n i32) (result i32)
      (local $x i32)
      (i32.const 1000)
      (try (result i32 i32)
        (do (call $throw (local.get $n)) (i32.const 1) (i32.const 2))
        (catch $a
          (i32.trunc_f64_s (f64.mul (f64.const 8)))
          (br_if 0 (i32.const 1)))
        (catch_all
          (try (result i32 i32)
            (do (rethrow 1))
            (catch $b (i32.const 7) (br 1 (i32.const 8))))))
      (i32.add (i32.mul (i32.const 10))) (i32.add))))");
  CHECK(CallInt(i, "f", 0) == 1000 + 2 * 10 + 1);
  CHECK(CallInt(i, "f", 1) == 1000 + 4 * 10 + 5);
  CHECK(CallInt(i, "f", 2) == 1000 + 8 * 10 + 7);
}

}  // namespace
}  // namespace cvm
