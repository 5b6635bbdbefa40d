// Fuel as embedders meet it: budgets, traps, sizes, host functions (INT-09, MEM-03).
#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

Engine Metered(const FuelCosts& costs = FuelCosts(), bool guard_pages = true) {
  Config config;
  config.ConsumeFuel(costs).GuardPages(guard_pages);
  for (const char* key : {"gc", "exceptions", "threads", "function-references"}) config.SetFeature(key, true).value();
  return Engine::Create(config).value();
}

constexpr uint64_t kPlenty = uint64_t{1} << 40;

// A store, and an instance in it, of the same module each time.
struct Guest {
  Guest(const Engine& engine, const std::string& wat, uint64_t fuel = kPlenty) : store(engine) {
    store.SetFuel(kPlenty);
    Linker linker(engine);
    linker.Define("env", "charge",
                  [](Caller caller, int64_t units) { return caller.ConsumeFuel(static_cast<uint64_t>(units)); });
    linker.Define("env", "nothing", [] {});
    instance = Make(store, wat, linker);
    store.SetFuel(fuel);
  }
  template <class... Args>
  Result<int64_t> Call(const char* name, Args... args) {
    return instance->Get<int64_t(Args...)>(name).value()(args...);
  }
  // What a call that ends well has spent.
  template <class... Args>
  uint64_t Spend(const char* name, Args... args) {
    store.SetFuel(kPlenty);
    const Result<int64_t> result = Call(name, args...);
    if (!result.ok()) FAIL(result.error().ToString());
    return kPlenty - store.fuel();
  }

  Store store;
  std::optional<Instance> instance;
};

// With one unit less than a call spends it traps, with as much it ends, and then nothing is left.
template <class... Args>
void CheckBudget(Guest& guest, const char* name, Args... args) {
  const uint64_t spend = guest.Spend(name, args...);
  const int64_t result = guest.Call(name, args...).value();
  guest.store.SetFuel(spend);
  CHECK(guest.Call(name, args...).value() == result);
  CHECK(guest.store.fuel() == 0);
  guest.store.SetFuel(spend - 1);
  const Result<int64_t> trapped = guest.Call(name, args...);
  REQUIRE_FALSE(trapped.ok());
  CHECK(trapped.error().message() == "out of fuel");
  CHECK(trapped.error().trap() == TrapKind::kOutOfFuel);
  CHECK(guest.store.fuel() == 0);
}

constexpr const char* kKernels = R"((module
  (import "env" "nothing" (func $nothing)) (import "env" "charge" (func $charge (param i64)))
  (type $pair (struct (field (mut i64)) (field (mut i64)))) (type $longs (array (mut i64)))
  (elem declare func $leaf)
  (memory 2) (table $t 8 funcref) (elem (i32.const 0) $fib $leaf) (tag $e (param i64))
  (type $f (func (param i64) (result i64)))
  (func $leaf (type $f) (i64.xor (local.get 0) (i64.const 5)))
  (func $fib (export "fib") (type $f)
    (if (result i64) (i64.lt_u (local.get 0) (i64.const 2)) (then (local.get 0))
      (else (i64.add (call $fib (i64.sub (local.get 0) (i64.const 1))) (call $fib (i64.sub (local.get 0) (i64.const 2)))))))
  (func (export "sieve") (param $n i64) (result i64) (local $i i32) (local $j i32) (local $c i64) (local $m i32)
    (local.set $m (i32.wrap_i64 (local.get $n))) (local.set $i (i32.const 2))
    (memory.fill (i32.const 0) (i32.const 0) (local.get $m))
    (loop $outer
      (if (i32.eqz (i32.load8_u (local.get $i))) (then
        (local.set $c (i64.add (local.get $c) (i64.const 1)))
        (local.set $j (i32.mul (local.get $i) (local.get $i)))
        (block $done (loop $inner (br_if $done (i32.ge_u (local.get $j) (local.get $m)))
          (i32.store8 (local.get $j) (i32.const 1))
          (local.set $j (i32.add (local.get $j) (local.get $i))) (br $inner)))))
      (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $m))))
    (local.get $c))
  (func (export "collatz") (param $n i64) (result i64) (local $steps i64)
    (block $end (loop $l (br_if $end (i64.eq (local.get $n) (i64.const 1)))
      (local.set $n (if (result i64) (i64.eqz (i64.and (local.get $n) (i64.const 1)))
        (then (i64.shr_u (local.get $n) (i64.const 1))) (else (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1)))))
      (local.set $steps (i64.add (local.get $steps) (i64.const 1))) (br $l)))
    (local.get $steps))
  (func (export "floats") (param $n i64) (result i64) (local $x f64)
    (local.set $x (f64.const 1))
    (loop (local.set $x (f64.div (f64.add (local.get $x) (f64.const 2)) (f64.sqrt (local.get $x))))
      (br_if 0 (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (i64.trunc_f64_s (f64.mul (local.get $x) (f64.const 1e6))))
  (func (export "table") (param $n i64) (result i64) (local $s i64)
    (loop (local.set $s (i64.add (local.get $s) (call_indirect (type $f) (local.get $n) (i32.const 1))))
      (br_if 0 (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (local.get $s))
  (func (export "references") (param $n i64) (result i64) (local $s i64)
    (loop (local.set $s (i64.add (local.get $s) (call_ref $f (local.get $n) (ref.func $leaf))))
      (br_if 0 (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (local.get $s))
  (func (export "objects") (param $n i64) (result i64) (local $a (ref null $longs)) (local $s i64)
    (loop
      (local.set $a (array.new $longs (local.get $n) (i32.const 100)))
      (array.fill $longs (local.get $a) (i32.const 10) (i64.const 3) (i32.const 50))
      (array.copy $longs $longs (local.get $a) (i32.const 0) (local.get $a) (i32.const 40) (i32.const 60))
      (local.set $s (i64.add (local.get $s) (struct.get $pair 0
        (struct.new $pair (array.get $longs (local.get $a) (i32.const 1)) (local.get $n)))))
      (br_if 0 (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (local.get $s))
  (func $even (type $f) (if (i64.eqz (local.get 0)) (then (return (i64.const 1))))
    (return_call $odd (i64.sub (local.get 0) (i64.const 1))))
  (func $odd (type $f) (if (i64.eqz (local.get 0)) (then (return (i64.const 0))))
    (return_call $even (i64.sub (local.get 0) (i64.const 1))))
  (func (export "tails") (type $f) (call $even (local.get 0)))
  (func $throws (param i64) (throw $e (local.get 0)))
  (func (export "exceptions") (param $n i64) (result i64) (local $s i64)
    (loop $l
      (local.set $s (i64.add (local.get $s) (block $h (result i64)
        (try_table (catch $e $h) (call $throws (local.get $n))) (unreachable))))
      (br_if $l (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (local.get $s))
  (func (export "hosts") (param $n i64) (result i64)
    (loop (call $nothing) (call $charge (i64.const 7))
      (br_if 0 (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (i64.const 0))
  (func (export "switch") (param $n i64) (result i64) (local $s i64)
    (loop $l
      (block $out (block $c (block $b (block $a
        (br_table $a $b $c $out (i32.rem_u (i32.wrap_i64 (local.get $n)) (i32.const 5))))
        (local.set $s (i64.add (local.get $s) (i64.const 1))) (br $out))
        (local.set $s (i64.mul (local.get $s) (i64.const 3))))
        (local.set $s (i64.rotl (local.get $s) (i64.const 7))))
      (br_if $l (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (local.get $s))))";

struct Kernel {
  const char* name;
  int64_t argument;
  uint64_t golden;
};

// Written down once: the same in every build, under both dispatches, with and without guard pages.
constexpr Kernel kKernelSpends[] = {
    {"fib", 15, 10848},  {"sieve", 1000, 16470},   {"collatz", 27, 1153}, {"floats", 100, 1403}, {"table", 100, 1100},
    {"tails", 101, 510}, {"exceptions", 20, 1160}, {"hosts", 10, 550},    {"switch", 100, 1180},
    {"references", 100, 1200}, {"objects", 10, 520},
};

TEST_CASE("INT-09 spends are the same everywhere, and a budget is exact") {
  for (const bool guard : {true, false}) {
    const Engine engine = Metered(FuelCosts(), guard);
    for (const Kernel& kernel : kKernelSpends) {
      INFO(kernel.name);
      Guest guest(engine, kKernels);
      CHECK(guest.Spend(kernel.name, kernel.argument) == kernel.golden);
      CHECK(guest.Spend(kernel.name, kernel.argument) == kernel.golden);
      CheckBudget(guest, kernel.name, kernel.argument);
    }
  }
}

TEST_CASE("INT-09 without fuel nothing runs, and every endless shape ends with the fuel") {
  const Engine engine = Metered();
  Guest guest(engine,
              R"((module (import "env" "nothing" (func $nothing)) (tag $e) (memory 1) (table 1 funcref) (type $t (func))
    (func (export "loop") (result i64) (loop (br 0)) (i64.const 0))
    (func $r (export "recursion") (result i64) (i64.add (call $r) (call $r)))
    (func $a (export "tails") (result i64) (return_call $a))
    (func (export "throws") (result i64) (loop $l (try_table (catch_all $l) (throw $e))) (i64.const 0))
    (func (export "hosts") (result i64) (loop (call $nothing) (br 0)) (i64.const 0))
    (func (export "fills") (result i64) (loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0))
      (i64.const 0))
    (func (export "table") (result i64) (loop (br_table 0 0 (i32.const 1))) (i64.const 0))
    (func (export "one") (result i64) (nop) (i64.const 1))
    (func (export "two") (result i64) (i64.add (i64.const 1) (i64.const 2)))))");
  for (const char* name : {"loop", "recursion", "tails", "throws", "hosts", "fills", "table"}) {
    INFO(name);
    guest.store.SetFuel(3000);
    CHECK(Outcome(guest.Call(name)) == "out of fuel");
    CHECK(guest.store.fuel() == 0);
  }
  // What is free needs none.
  CHECK(guest.Call("one").value() == 1);
  CHECK(Outcome(guest.Call("two")) == "out of fuel");
  guest.store.AddFuel(1);
  CHECK(guest.Call("two").value() == 3);
  guest.store.SetFuel(UINT64_MAX);
  CHECK(guest.store.fuel() == uint64_t{1} << 62);
  guest.store.AddFuel(UINT64_MAX);
  CHECK(guest.store.fuel() == uint64_t{1} << 62);
}

TEST_CASE("INT-09 a trap leaves the spend exact") {
  const Engine engine = Metered(FuelCosts::Each(1));
  Guest guest(engine, R"((module (memory 1)
    (func (export "divide") (param i64) (result i64) (drop (i64.const 3)) (i64.div_u (i64.const 1) (local.get 0)))
    (func (export "load") (param i64) (result i64) (local i32)
      (loop (drop (i32.load (local.get 1))) (local.set 1 (i32.add (local.get 1) (i32.const 4096))) (br 0)) (i64.const 0))
    (func (export "unreachable") (param i64) (result i64) (nop) (nop) (unreachable))
    (func $deep (export "deep") (param i64) (result i64) (call $deep (local.get 0)))))");
  const auto spent = [&](const char* name, const char* trap) {
    guest.store.SetFuel(1'000'000);
    CHECK(Outcome(guest.Call(name, int64_t{0})) == trap);
    return 1'000'000 - guest.store.fuel();
  };
  CHECK(spent("divide", "integer divide by zero") == 5);
  // 16 rounds of 8 instructions, then a get and the load.
  CHECK(spent("load", "out of bounds memory access") == 16 * 8 + 2);
  CHECK(spent("unreachable", "unreachable") == 3);
  // Two instructions a call; how deep, the frames say, which are the same in every build.
  CHECK(spent("deep", "call stack exhausted") % 2 == 0);
}

TEST_CASE("MEM-03 what depends on sizes is paid for before it is done: all or nothing") {
  FuelCosts costs = FuelCosts::Each(1);
  costs.bulk_bytes = 1;
  costs.grow_page = 100;
  const Engine engine = Metered(costs);
  Guest guest(engine, R"((module (memory 1 10) (data $d "0123456789") (table $t 10 100 (ref null func))
    (elem $s func $f $f $f $f) (func $f) (type $a (array (mut i8)))
    (global $x (mut (ref null $a)) (ref.null $a))
    (func (export "fill") (result i64) (memory.fill (i32.const 5) (i32.const 1) (i32.const 50)) (i64.const 0))
    (func (export "copy") (result i64) (memory.copy (i32.const 5) (i32.const 100) (i32.const 50)) (i64.const 0))
    (func (export "init") (result i64) (memory.init $d (i32.const 5) (i32.const 0) (i32.const 10)) (i64.const 0))
    (func (export "grow") (result i64) (i64.extend_i32_s (memory.grow (i32.const 3))))
    (func (export "table.fill") (result i64) (table.fill (i32.const 2) (ref.func $f) (i32.const 4)) (i64.const 0))
    (func (export "table.init") (result i64) (table.init $s (i32.const 2) (i32.const 0) (i32.const 4)) (i64.const 0))
    (func (export "table.copy") (result i64) (table.copy (i32.const 2) (i32.const 5) (i32.const 4)) (i64.const 0))
    (func (export "table.grow") (result i64) (i64.extend_i32_s (table.grow (ref.func $f) (i32.const 4))))
    (func (export "array.new") (result i64) (global.set $x (array.new $a (i32.const 7) (i32.const 30))) (i64.const 0))
    (func (export "array.fill") (result i64) (array.fill $a (global.get $x) (i32.const 1) (i32.const 9) (i32.const 20))
      (i64.const 0))
    (func (export "state") (result i64) (local $i i32) (local $h i64)
      (loop $l (local.set $h (i64.add (i64.mul (local.get $h) (i64.const 31)) (i64.load8_u (local.get $i))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 200))))
      (local.set $i (i32.const 0))
      (loop $l (local.set $h (i64.add (i64.mul (local.get $h) (i64.const 3))
          (i64.extend_i32_u (ref.is_null (table.get $t (local.get $i))))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (table.size $t))))
      (local.set $h (i64.add (local.get $h) (i64.extend_i32_u (i32.mul (memory.size) (i32.const 1000)))))
      (if (ref.is_null (global.get $x)) (then (return (local.get $h))))
      (i64.add (local.get $h) (i64.extend_i32_u (array.get_u $a (global.get $x) (i32.const 2)))))))");
  const auto state = [&] {
    guest.store.SetFuel(kPlenty);
    return guest.Call("state").value();
  };
  for (const auto& [name, size] : std::initializer_list<std::pair<const char*, uint64_t>>{{"fill", 50},
                                                                                          {"copy", 50},
                                                                                          {"init", 10},
                                                                                          {"grow", 300},
                                                                                          {"table.fill", 32},
                                                                                          {"table.init", 32},
                                                                                          {"table.copy", 32},
                                                                                          {"table.grow", 32},
                                                                                          {"array.new", 30},
                                                                                          {"array.fill", 20}}) {
    INFO(name);
    const int64_t before = state();
    // The instructions before it cost at most 6.
    for (uint64_t budget = 0; budget < size + 4; budget += budget < 8 ? 1 : size / 4) {
      guest.store.SetFuel(budget);
      CHECK(Outcome(guest.Call(name)) == "out of fuel");
      CHECK(state() == before);
    }
    guest.store.SetFuel(size + 10);
    CHECK(guest.Call(name).ok());
    CHECK(guest.store.fuel() < 10);
  }
  // Growth beyond the maximum costs nothing but the instruction.
  Guest other(engine, R"((module (memory 1 2) (func (export "grow") (result i64)
    (i64.extend_i32_s (memory.grow (i32.const 2))))))");
  CHECK(other.Spend("grow") == 3);
}

TEST_CASE("host functions charge, and see an exact budget") {
  const Engine engine = Metered();
  Store store(engine);
  std::vector<uint64_t> seen;
  Linker linker(engine);
  linker.Define("env", "look", [&] { seen.push_back(store.fuel()); });
  linker.Define("env", "charge",
                [](Caller caller, int64_t units) { return caller.ConsumeFuel(static_cast<uint64_t>(units)); });
  const Instance instance =
      Make(store, R"((module (import "env" "look" (func $look)) (import "env" "charge" (func $charge (param i64)))
    (func (export "look") (result i32) (call $look) (i32.mul (i32.const 2) (i32.const 3)) (call $look))
    (func (export "charge") (param i64) (call $charge (local.get 0)))))",
           linker);
  store.SetFuel(1000);
  CHECK(instance.Get<int32_t()>("look").value()().value() == 6);
  // A call and the host's part cost 22, the multiplication 1.
  CHECK(seen == std::vector<uint64_t>{978, 955});
  CHECK(store.fuel() == 955);
  const auto charge = instance.Get<void(int64_t)>("charge").value();
  store.SetFuel(122);
  CHECK(charge(100).ok());
  CHECK(store.fuel() == 0);
  store.SetFuel(121);
  const Result<void> failed = charge(100);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().trap() == TrapKind::kOutOfFuel);
  CHECK(store.fuel() == 0);
}

TEST_CASE("instances of a store share its fuel, and instantiation is paid for") {
  const Engine engine = Metered();
  Store store(engine);
  store.SetFuel(kPlenty);
  Linker linker(engine);
  const Instance first =
      Make(store, R"((module (func (export "f") (param i64) (result i64) (i64.mul (local.get 0) (i64.const 2)))))");
  linker.DefineInstance("first", first);
  const Instance second = Make(store, R"((module (import "first" "f" (func $f (param i64) (result i64)))
    (func (export "g") (param i64) (result i64) (i64.add (call $f (local.get 0)) (i64.const 1)))))",
                               linker);
  store.SetFuel(100);
  CHECK(second.Get<int64_t(int64_t)>("g").value()(4).value() == 9);
  CHECK(store.fuel() == 100 - 2 - 1 - 1);

  const std::string wat = R"((module (memory 1) (data (i32.const 0) ")" + std::string(6400, 'x') + R"(") (func $f)
    (table 64 funcref) (elem (i32.const 0) $f $f $f $f $f $f $f $f) (global i32 (i32.add (i32.const 1) (i32.const 2)))
    (func $start (drop (i32.mul (i32.const 1) (i32.const 2)))) (start $start)))";
  store.SetFuel(1000);
  Make(store, wat);
  const uint64_t spend = 1000 - store.fuel();
  CHECK(spend >= 100 + 8 + 1);
  store.SetFuel(spend);
  Make(store, wat);
  CHECK(store.fuel() == 0);
  store.SetFuel(spend - 1);
  CHECK(Outcome(TryMake(store, wat, Linker(engine))) == "out of fuel");
}

TEST_CASE("without metering fuel is of no account, and bad costs are refused") {
  Store store{Engine()};
  const Instance instance =
      Make(store, "(module (func (export \"f\") (result i32) (i32.mul (i32.const 2) (i32.const 3))))");
  CHECK(instance.Get<int32_t()>("f").value()().value() == 6);
  CHECK(store.fuel() == 0);
  Config config;
  FuelCosts costs;
  costs.control = 0;
  config.ConsumeFuel(costs);
  CHECK(Engine::Create(config).error().kind() == ErrorKind::kUsage);
  config.ConsumeFuel(false);
  CHECK(Engine::Create(config).ok());
}

}  // namespace
}  // namespace cvm
