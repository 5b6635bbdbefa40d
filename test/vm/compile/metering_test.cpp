// What metered code charges, against a naive count of what is executed (INT-09).
#include "test/vm/compile/machine.hpp"
#include "test/vm/compile/random_runs.hpp"
#include "vm/compile/costs.hpp"

namespace cvm {
namespace {

struct Pricing {
  explicit Pricing(const FuelCosts& costs) : table(CostTable(costs)), bulk_bytes(costs.bulk_bytes) {}
  std::vector<uint16_t> table;
  uint32_t bulk_bytes;
};

struct Spend {
  TrapKind trap;
  int64_t units;
};

Spend Expected(const ModuleData& module, const Pricing& pricing, const std::vector<Value>& args) {
  World world = NewWorld();
  Naive naive(module, &world);
  naive.costs = pricing.table;
  naive.bulk_bytes = pricing.bulk_bytes;
  std::vector<Value> results;
  const TrapKind trap = naive.Call(0, args, &results);
  return {trap, naive.spent};
}

Spend Actual(const ModuleData& module, const HandlerTable& handlers, const Pricing& pricing,
             const std::vector<Value>& args) {
  CompileEnv env = EnvFor(module, handlers);
  env.costs = pricing.table;
  env.bulk_bytes = pricing.bulk_bytes;
  World world = NewWorld();
  RegMachine machine(module, env, &world);
  std::vector<Value> results;
  const TrapKind trap = machine.Call(0, args, &results);
  const int64_t units = machine.spent + machine.Owed(trap);
  // Never more than what has been executed: a budget that suffices for the whole suffices at every moment.
  CHECK(machine.highest <= units);
  return {trap, units};
}

void CheckSpend(const ModuleData& module, const HandlerTable& handlers, const Pricing& pricing,
                const std::vector<Value>& args) {
  const Spend expected = Expected(module, pricing, args);
  if (expected.trap == TrapKind::kOutOfFuel) return;  // the naive interpreter's own limit
  const Spend actual = Actual(module, handlers, pricing, args);
  CHECK(actual.trap == expected.trap);
  CHECK(actual.units == expected.units);
}

FuelCosts RandomCosts(std::mt19937& random, uint32_t most) {
  FuelCosts costs;
  for (uint32_t* cost : {&costs.trivial, &costs.simple, &costs.floating, &costs.vector, &costs.division, &costs.memory,
                         &costs.atomic, &costs.control, &costs.call, &costs.call_indirect, &costs.exception}) {
    *cost = 1 + random() % most;
  }
  costs.trivial = random() % 2;
  costs.bulk_bytes = 1 + random() % 32;
  return costs;
}

void CheckSeeds(uint32_t first, uint32_t count, const HandlerTable& handlers, bool exceptions, uint32_t most) {
  for (uint32_t seed = first; seed < first + count; ++seed) {
    ProgramMaker maker(seed);
    maker.exceptions = exceptions;
    const std::string wat = maker.Make();
    INFO("seed " << seed);
    INFO(wat);
    const auto module = ParseValid(wat);
    std::mt19937 random(seed);
    for (const FuelCosts& costs : {FuelCosts(), FuelCosts::Each(1), RandomCosts(random, most)}) {
      const Pricing pricing(costs);
      CheckSpend(*module, handlers, pricing, RandomArgs(maker.signatures[0], random));
    }
  }
}

TEST_CASE("INT-09 random programs spend what the naive count says") {
  const auto [first, count] = Seeds(400);
  CheckSeeds(first, count, FullTable(), false, 20);
  CheckSeeds(first + 10'000, count, TypicalTable(), false, 20);
  CheckSeeds(first + 20'000, count / 2, LeastTable(), false, 20);
  // Costs so high that charges are due in the midst of straight code.
  CheckSeeds(first + 30'000, count / 2, TypicalTable(), false, FuelCosts::kMost);
}

TEST_CASE("INT-09 random programs with exceptions spend what the naive count says") {
  const auto [first, count] = Seeds(400);
  CheckSeeds(first, count, FullTable(), true, 20);
  CheckSeeds(first + 10'000, count, TypicalTable(), true, 20);
  CheckSeeds(first + 30'000, count / 2, LeastTable(), true, FuelCosts::kMost);
}

void CheckProgram(const char* wat, std::initializer_list<int64_t> arguments) {
  INFO(wat);
  const auto module = ParseValid(wat);
  std::vector<Value> args;
  for (const int64_t a : arguments) args.push_back(Value::Of(a));
  for (const FuelCosts& costs : {FuelCosts(), FuelCosts::Each(1), FuelCosts::Each(FuelCosts::kMost)}) {
    for (const HandlerTable* table : {&FullTable(), &TypicalTable(), &LeastTable()}) {
      CheckSpend(*module, *table, Pricing(costs), args);
    }
  }
}

TEST_CASE("INT-09 shapes of control flow spend what they execute") {
  for (const int64_t n : {0, 1, 2, 3, 7}) {
    // Loops: back edges of all kinds, exits with different amounts owed, an exit just before the jump back.
    CheckProgram(R"((module (func (param i32) (local i32)
      (block $out (loop $l (br_if $out (i32.ge_u (local.get 1) (local.get 0)))
        (local.set 1 (i32.add (local.get 1) (i32.const 1))) (br $l))))))",
                 {n});
    CheckProgram(R"((module (func (param i32) (local i32) (local.set 1 (i32.const 5))
      (block $out (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (br_if $out (i32.ge_u (local.get 1) (local.get 0))) (br $l))))))",
                 {n});
    CheckProgram(R"((module (func (param i32) (local i32)
      (block $out (loop $l (br_if $out (i32.eq (local.get 1) (i32.const 3)))
        (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (br_if $out (i32.gt_u (local.get 1) (local.get 0)))
        (br_if $l (i32.and (local.get 1) (i32.const 1)))
        (local.set 1 (i32.mul (local.get 1) (i32.const 1))) (br $l))))))",
                 {n});
    CheckProgram(R"((module (func (param i32) (result i32) (local i32 i32)
      (loop $o (local.set 2 (local.get 0))
        (loop $i (br_if $i (local.tee 2 (i32.shr_u (local.get 2) (i32.const 1)))))
        (br_if $o (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (local.get 1))))",
                 {n});
    // if with and without else, and branches to their ends.
    CheckProgram(R"((module (func (param i32) (result i32) (local i32)
      (if (i32.eq (local.get 0) (i32.const 2)) (then (local.set 1 (i32.mul (i32.const 3) (local.get 0)))
        (br_if 0 (i32.const 1)) (local.set 1 (i32.const 4))))
      (if (i32.eq (local.get 0) (i32.const 1)) (then (br 0)))
      (if (i32.ge_u (local.get 0) (i32.const 3)) (then (local.set 1 (i32.const 9))) (else (nop)
        (if (local.get 0) (then (local.set 1 (i32.const 2)) (br 1)) (else (br 1)))))
      (if (result i32) (local.get 0) (then (local.get 1)) (else (i32.add (i32.const 7) (local.get 1)))))))",
                 {n});
    // Joins of many edges, nested blocks, a table with and without a value.
    CheckProgram(R"((module (func (param i32) (result i32) (local i32)
      (block $a (block $b (block $c (block $d
        (br_if $a (i32.eqz (local.get 0)))
        (br_if $b (i32.eq (local.get 0) (i32.const 1)))
        (local.set 1 (i32.const 3))
        (br_table $d $c $b $a (i32.sub (local.get 0) (i32.const 2))))
        (local.set 1 (i32.mul (local.get 1) (local.get 1))))
        (br_if $a (i32.eq (local.get 1) (i32.const 3))))
        (local.set 1 (i32.add (local.get 1) (i32.const 2))))
      (block $x (result i32) (block $y (result i32) (i32.const 5) (br_table $x $y $x (local.get 0)))
        (i32.add (local.get 1))))))",
                 {n});
    CheckProgram(R"((module (func (param i32) (local i32)
      (loop $l (block $b (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (br_if $b (i32.lt_u (local.get 1) (i32.const 3)))
        (br_table $b $l (i32.lt_u (local.get 1) (local.get 0))))))))",
                 {n});
    // Returns of every kind.
    CheckProgram(R"((module (func (param i32) (result i32)
      (block (br_if 1 (i32.const 4) (i32.eq (local.get 0) (i32.const 1))) (drop)
        (br_if 0 (i32.eq (local.get 0) (i32.const 2))) (return (i32.mul (local.get 0) (i32.const 3))))
      (i32.const 6))))",
                 {n});
    CheckProgram(R"((module (func (param i32) (result i32 i64)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 1) (i64.const 2))))
      (br_if 0 (i32.const 3) (i64.const 4) (i32.eq (local.get 0) (i32.const 1)))
      (drop) (drop) (i32.const 5) (i64.const 6))))",
                 {n});
    // Calls, tail calls, through the table; traps in the midst of straight code.
    CheckProgram(R"((module (type $t (func (param i32) (result i32))) (table 6 funcref)
      (func (param i32) (result i32) (i32.add (call 1 (local.get 0)) (call_indirect (type $t) (local.get 0) (i32.const 1))))
      (func (type $t) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (return_call 2 (i32.sub (local.get 0) (i32.const 1))))))
      (func (type $t) (local i64 i64 v128) (return_call_indirect (type $t) (local.get 0) (i32.const 1)))
      (func)))",
                 {n});
    CheckProgram(R"((module (memory 1) (func (param i32) (result i32) (local i32)
      (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 40000)))
        (br_if $l (i32.lt_u (i32.load8_u (local.get 1)) (local.get 0))))
      (i32.div_u (i32.const 5) (local.get 0)))))",
                 {n});
    CheckProgram(R"((module (func (param i32) (nop) (if (local.get 0) (then (unreachable))) (nop) (nop))))", {n});
  }
}

TEST_CASE("INT-09 exceptions spend what they execute, wherever they are caught") {
  for (const int64_t n : {0, 1, 2, 5}) {
    // A label that is known to owe something when the clause comes; a loop that owes something when it begins.
    CheckProgram(R"((module (tag $e (param i32)) (func (param i32) (result i32) (local i32)
      (block $h (result i32)
        (br_if $h (i32.const 1) (i32.eqz (local.get 0))) (drop)
        (try_table (catch $e $h) (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $e (i32.const 3))))
          (drop (call 1 (local.get 0))))
        (i32.const 2)))
      (func (param i32) (result i32) (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $e (i32.const 8))))
        (local.get 0))))",
                 {n});
    CheckProgram(R"((module (tag $e) (func (param i32) (local i32) (local.set 1 (i32.const 1)) (nop)
      (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (if (i32.lt_u (local.get 1) (local.get 0)) (then
          (try_table (catch_all $l) (throw $e))))))))",
                 {n});
    CheckProgram(R"((module (tag $e) (func (param i32) (local i32)
      (loop $l (try (do (local.set 1 (i32.add (local.get 1) (i32.const 1)))
          (if (i32.lt_u (local.get 1) (local.get 0)) (then (throw $e))))
        (catch $e (br $l)) (catch_all (unreachable))))
      (try (do (try (do (throw $e)) (delegate 0))) (catch_all (local.set 1 (i32.const 3)))))))",
                 {n});
    CheckProgram(R"((module (tag $e) (func (param i32) (try (do (throw $e)) (catch $e (nop)
      (if (local.get 0) (then (rethrow 1)))))))  )",
                 {n});
  }
}

TEST_CASE("a loop has one charge, in its back edge; straight code and most joins have none") {
  const auto module = ParseValid(R"((module (func (param i32) (result i32) (local i32)
    (block $out
      (br_if $out (i32.eqz (local.get 0)))
      (loop $l
        (local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0) (local.get 0))))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (local.get 1))))");
  const Pricing pricing((FuelCosts()));
  CompileEnv env = EnvFor(*module, FullTable());
  env.costs = pricing.table;
  env.bulk_bytes = pricing.bulk_bytes;
  const std::string listing = Listing(MustCompile(*module, 0, env), FullTable());
  INFO(listing);
  const auto count = [&](const std::string& what) {
    size_t n = 0;
    for (size_t at = listing.find(what); at != std::string::npos; at = listing.find(what, at + 1)) ++n;
    return n;
  };
  // The condition's two instructions are owed around the loop, and paid at the return.
  CHECK(count("-> LP, fuel 6") == 1);
  CHECK(count("MeteredReturnInt  pin1, fuel 2") == 1);
  CHECK(count("fuel") == 2);
  CHECK(count("  Fuel ") == 0);
}

TEST_CASE("costs are checked, and cover every instruction") {
  CHECK(CheckCosts(FuelCosts()).ok());
  CHECK(CheckCosts(FuelCosts::Each(1)).ok());
  CHECK(CheckCosts(FuelCosts::Each(FuelCosts::kMost)).ok());
  CHECK_FALSE(CheckCosts(FuelCosts::Each(FuelCosts::kMost + 1)).ok());
  CHECK_FALSE(CheckCosts(FuelCosts::Each(0)).ok());
  for (uint32_t FuelCosts::* cost : {&FuelCosts::control, &FuelCosts::call, &FuelCosts::call_indirect,
                                     &FuelCosts::exception, &FuelCosts::bulk_bytes}) {
    FuelCosts costs;
    costs.*cost = 0;
    CHECK_FALSE(CheckCosts(costs).ok());
  }
  const std::vector<uint16_t> table = CostTable(FuelCosts::Each(1));
  for (const OpcodeInfo& info : AllOpcodes()) {
    const bool free = info.op == Opcode::kEnd || info.op == Opcode::kElse || info.op == Opcode::kBlock ||
                      info.op == Opcode::kLoop || info.op == Opcode::kTryTable || info.op == Opcode::kTry ||
                      info.op == Opcode::kCatch || info.op == Opcode::kCatchAll || info.op == Opcode::kDelegate;
    INFO(info.text);
    CHECK(table[static_cast<size_t>(info.op)] == (free ? 0 : 1));
  }
  const std::vector<uint16_t> usual = CostTable(FuelCosts());
  const auto of = [&](Opcode op) { return usual[static_cast<size_t>(op)]; };
  CHECK(of(Opcode::kI32Const) == 0);
  CHECK(of(Opcode::kI32DivS) == 4);
  CHECK(of(Opcode::kF64Sqrt) == 4);
  CHECK(of(Opcode::kCall) == 2);
  CHECK(of(Opcode::kThrow) == 50);
  CHECK(of(Opcode::kI32AtomicRmwAdd) == 4);
  CHECK(of(Opcode::kMemoryFill) == 4);
  CHECK(of(Opcode::kMemoryGrow) == 20);
  CHECK(of(Opcode::kArrayNewData) == 5);
}

}  // namespace
}  // namespace cvm
