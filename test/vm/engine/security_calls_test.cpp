// Tail calls between frames of all sizes (INT-02), and values moved within overlapping windows (INT-05).
#include <array>
#include <catch2/catch.hpp>

#include "test/vm/compile/naive.hpp"
#include "test/vm/compile/support.hpp"
#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

// How a function hands over to the next one.
enum class Way { kDirect, kIndirect, kRef, kImport, kImportIndirect, kImportRef, kHost, kHostIndirect };
constexpr Way kWays[] = {Way::kDirect,         Way::kIndirect,  Way::kRef,  Way::kImport,
                         Way::kImportIndirect, Way::kImportRef, Way::kHost, Way::kHostIndirect};

bool IsHost(Way way) { return way == Way::kHost || way == Way::kHostIndirect; }
bool IsOwn(Way way) { return way == Way::kDirect || way == Way::kIndirect || way == Way::kRef; }

constexpr uint64_t kSeed = 7, kFactor = 31;

struct TailCase {
  Way way;
  uint64_t params, callee_params, results, callee_locals;
};

std::string TypeText(uint64_t params, uint64_t results) {
  return "(param" + Repeat(" i64", params) + ") (result" + Repeat(" i64", results) + ") ";
}

// The callee: a hash of all its parameters, then 1, 2, 3 …
std::string CalleeBody(const TailCase& c) {
  std::string text = TypeText(c.callee_params, c.results) + "(local" + Repeat(" i64", c.callee_locals) + ") ";
  text += "i64.const " + std::to_string(kSeed) + " ";
  for (uint64_t j = 0; j < c.callee_params; ++j) {
    text += "i64.const " + std::to_string(kFactor) + " i64.mul local.get " + std::to_string(j) + " i64.add ";
  }
  // Locals are zero whatever lay there before.
  if (c.callee_locals != 0) text += "local.get " + std::to_string(c.callee_params + c.callee_locals - 1) + " i64.add ";
  for (uint64_t j = 1; j < c.results; ++j) text += "i64.const " + std::to_string(j) + " ";
  return text;
}

// $f hands its parameters, one by one and repeated as needed, to $g; main calls $f between two values of its own.
std::string CallerModule(const TailCase& c) {
  std::string text = "(module (type $t (func " + TypeText(c.callee_params, c.results) + ")) ";
  if (IsOwn(c.way)) {
    text += "(func $g " + CalleeBody(c) + ") ";
  } else {
    text += "(import \"m\" \"g\" (func $g (type $t))) ";
  }
  text += "(table funcref (elem $g)) (func $f " + TypeText(c.params, c.results);
  for (uint64_t j = 0; j < c.callee_params; ++j) {
    const std::string number = "i64.const " + std::to_string(j) + " ";
    text += c.params == 0 ? number : "local.get " + std::to_string(j % c.params) + " " + number + "i64.add ";
  }
  switch (c.way) {
    case Way::kIndirect:
    case Way::kImportIndirect:
    case Way::kHostIndirect:
      text += "i32.const 0 return_call_indirect (type $t)) ";
      break;
    case Way::kRef:
    case Way::kImportRef:
      text += "ref.func $g return_call_ref $t) ";
      break;
    default:
      text += "return_call $g) ";
      break;
  }
  text += "(func (export \"main\") (param i64) (result i64 i64 i64) local.get 0 i64.const 3 i64.mul ";
  for (uint64_t i = 0; i < c.params; ++i) text += "local.get 0 i64.const " + std::to_string(i) + " i64.add ";
  return text + "call $f " + Repeat("i64.xor ", c.results - 1) + "local.get 0))";
}

uint64_t HashOf(const TailCase& c, uint64_t x) {
  uint64_t hash = kSeed;
  for (uint64_t j = 0; j < c.callee_params; ++j) hash = hash * kFactor + (c.params == 0 ? j : x + j % c.params + j);
  return hash;
}

void CheckTailCall(const Engine& engine, const TailCase& c) {
  CAPTURE(static_cast<int>(c.way), c.params, c.callee_params, c.results, c.callee_locals);
  Store store(engine);
  Linker linker(engine);
  if (IsHost(c.way)) {
    const FuncSignature type{std::vector<Kind>(c.callee_params, Kind::kI64), std::vector<Kind>(c.results, Kind::kI64)};
    linker.DefineHost("m", "g", type, [c](Caller&, std::span<uint64_t> slots) -> Result<void> {
      uint64_t hash = kSeed;
      for (uint64_t j = 0; j < c.callee_params; ++j) hash = hash * kFactor + slots[j];
      slots[0] = hash;
      for (uint64_t j = 1; j < c.results; ++j) slots[j] = j;
      return {};
    });
  } else if (!IsOwn(c.way)) {
    linker.DefineInstance("m", Make(store, "(module (func (export \"g\") " + CalleeBody(c) + "))"));
  }
  const Instance instance = Make(store, CallerModule(c), linker);
  const uint64_t x = 0x123456789abcdef;
  const auto got = instance.Get<std::tuple<uint64_t, uint64_t, uint64_t>(uint64_t)>("main").value()(x);
  REQUIRE(Outcome(got) == "");
  uint64_t want = HashOf(c, x);
  for (uint64_t j = 1; j < c.results; ++j) want ^= j;
  REQUIRE(*got == std::tuple<uint64_t, uint64_t, uint64_t>(x * 3, want, x));
}

TEST_CASE("INT-02: tail calls to frames that are larger and smaller by 0 to 1000 slots") {
  const Engine engine = EngineWith(true);
  constexpr uint64_t kMost = 1000;
  size_t n = 0;
  const auto check = [&](uint64_t params, uint64_t callee_params, Way way) {
    static constexpr uint64_t kResults[] = {1, 2, 5, 40};
    CheckTailCall(engine, {way, params, callee_params, kResults[n % 4], n % 3 == 0 ? kMost : n % 3});
    ++n;
  };
  for (uint64_t d = 0; d <= 20; ++d) {
    for (const Way way : kWays) {
      check(0, d, way), check(d, 0, way);
      check(3, 3 + d, way), check(3 + d, 3, way);
    }
  }
  for (const uint64_t d : {31, 32, 33, 127, 128, 129, 255, 256, 257, 511, 512, 513, 998, 999, 1000}) {
    const Way way = kWays[n / 4 % std::size(kWays)];
    check(0, d, way), check(d, 0, way), check(kMost - d, kMost, way), check(kMost, kMost - d, way);
  }
  // Results need more room than the parameters of either.
  for (const Way way : kWays) CheckTailCall(engine, {way, 1, 2, kMost, 3});
}

TEST_CASE("INT-02: chains of ten million tail calls do not use stack") {
  const Engine engine = EngineWith(true);
  StoreOptions options;
  options.max_wasm_stack_bytes = 16 << 10;
  Store store(engine, options);
  const Instance one = Make(store, R"((module
    (type $t (func (param i32 i64) (result i64)))
    (table (export "table") 2 funcref) (elem (i32.const 0) $self)
    (func $wide (param i32 i64 i64 i64 v128) (result i64)
      (if (result i64) (i32.eqz (local.get 0)) (then (i64.add (local.get 1) (local.get 3)))
        (else (return_call $narrow (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1))))))
    (func $narrow (export "direct") (param i32 i64) (result i64)
      (return_call $wide (local.get 0) (local.get 1) (i64.const 5) (i64.const 9) (v128.const i64x2 1 2)))
    (func $self (export "indirect") (param i32 i64) (result i64)
      (if (result i64) (i32.eqz (local.get 0)) (then (local.get 1))
        (else (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1))
              (i32.const 0)))))
    (func (export "over") (param i32 i64) (result i64)
      (return_call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 1)))))");
  Linker linker(engine);
  linker.DefineInstance("one", one);
  // Two instances that call each other through a shared table.
  Make(store, R"((module
    (type $t (func (param i32 i64) (result i64)))
    (import "one" "table" (table 2 funcref)) (import "one" "over" (func $over (param i32 i64) (result i64)))
    (memory 1) (data (i32.const 0) "\01")
    (func $back (param i32 i64) (result i64)
      (if (result i64) (i32.eqz (local.get 0)) (then (local.get 1))
        (else (return_call $over (i32.sub (local.get 0) (i32.const 1))
              (i64.add (local.get 1) (i64.load8_u (i32.const 0)))))))
    (elem (i32.const 1) $back)))",
       linker);
  using Chain = int64_t(int32_t, int64_t);
  CHECK(one.Get<Chain>("direct").value()(5'000'000, 1).value() == 5'000'010);
  CHECK(one.Get<Chain>("indirect").value()(10'000'000, 1).value() == 10'000'001);
  CHECK(one.Get<Chain>("over").value()(1'000'000, 1).value() == 1'000'001);
}

TEST_CASE("INT-02: a host function called in tail position may trap; the backtrace names who is still there") {
  const Engine engine = EngineWith(true);
  Store store(engine);
  Linker linker(engine);
  linker.Define("m", "fail",
                [](int64_t, int64_t, int64_t) -> Result<int32_t> { return Error(ErrorKind::kTrap, "no"); });
  linker.DefineInstance("other", Make(store, "(module (func $deep (export \"deep\") (param i32) unreachable))"));
  const Instance instance = Make(store, R"((module
    (type $t (func (param i64 i64 i64) (result i32)))
    (import "m" "fail" (func $fail (type $t))) (import "other" "deep" (func $deep (param i32)))
    (table funcref (elem $fail))
    (func $gone (param i32) (result i32) (return_call $fail (i64.const 1) (i64.const 2) (i64.const 3)))
    (func $gone_too (result i32)
      (return_call_indirect (type $t) (i64.const 1) (i64.const 2) (i64.const 3) (i32.const 0)))
    (func $lost (return_call $deep (i32.const 4)))
    (func $inner (result i32) (i32.add (i32.const 1) (call $gone (i32.const 3))))
    (func $inner_too (result i32) (i32.add (i32.const 1) (call $gone_too)))
    (func $outer (export "outer") (result i32) (i32.add (i32.const 1) (call $inner)))
    (func $outer_too (export "outer_too") (result i32) (i32.add (i32.const 1) (call $inner_too)))
    (func $over (export "over") (call $lost))
    (func $at_once (export "at_once") (result i32) (return_call $fail (i64.const 1) (i64.const 2) (i64.const 3)))
    (func (export "fine") (result i32) (i32.const 42))))",
                                 linker);
  const auto check = [&](const char* name, const std::string& message, const std::vector<std::string>& frames) {
    const auto failed = instance.GetFunc(name).value().Call({});
    INFO(name);
    CHECK(Outcome(failed) == message);
    CHECK(failed.error().backtrace() == frames);
  };
  for (int i = 0; i < 3; ++i) {
    check("outer", "no", {"inner", "outer"});
    check("outer_too", "no", {"inner_too", "outer_too"});
    check("over", "unreachable", {"deep", "over"});
    check("at_once", "no", {});
    CHECK(instance.Get<int32_t()>("fine").value()().value() == 42);
  }
}

// --- INT-05

constexpr std::array<const char*, 5> kTypeNames = {"i32", "i64", "f32", "f64", "v128"};

// Type j of a list: all alike, or the five in turn.
const char* NameAt(bool mixed, uint64_t j) { return mixed ? kTypeNames[j % 5] : "i64"; }

std::string Names(bool mixed, uint64_t n, uint64_t first = 0) {
  std::string out;
  for (uint64_t j = 0; j < n; ++j) out += std::string(" ") + NameAt(mixed, first + j);
  return out;
}

// A value of type j that tells j, made from a parameter of that type (parameters are one of each type).
std::string ValueAt(bool mixed, uint64_t j, uint64_t tag) {
  const std::string n = std::to_string(tag);
  switch (mixed ? j % 5 : 1) {
    case 0:
      return "local.get 0 i32.const " + n + " i32.add ";
    case 1:
      return "local.get 1 i64.const " + n + " i64.add ";
    case 2:
      return "local.get 2 f32.const " + n + " f32.add ";
    case 3:
      return "local.get 3 f64.const " + n + " f64.add ";
    default:
      return "local.get 4 i32.const " + n + " i32x4.splat i32x4.add ";
  }
}

std::string Values(bool mixed, uint64_t n, uint64_t tag) {
  std::string out;
  for (uint64_t j = 0; j < n; ++j) out += ValueAt(mixed, j, tag + j);
  return out;
}

Val ArgOf(Kind kind, uint64_t j) {
  switch (kind) {
    case Kind::kI32:
      return Val::I32(static_cast<int32_t>(1000 + j));
    case Kind::kI64:
      return Val::I64(static_cast<int64_t>(uint64_t{0x100000000} * j + j));
    case Kind::kF32:
      return Val::F32(static_cast<float>(j) + 0.5f);
    case Kind::kF64:
      return Val::F64(static_cast<double>(j) + 0.25);
    default:
      return Val::V128({j + 1, ~j});
  }
}

// Runs export "f", which is function 0, in the engine and in the naive interpreter.
void CheckAgainstNaive(const Engine& engine, const std::string& wat) {
  const auto data = ParseValid(wat);
  Store store(engine);
  const Func f = Make(store, wat).GetFunc("f").value();
  const FuncSignature type = f.signature();
  std::vector<Val> args;
  std::vector<Value> naive_args, want;
  for (size_t i = 0; i < type.params.size(); ++i) {
    args.push_back(ArgOf(type.params[i], i));
    naive_args.push_back(Value::Of(std::array{args[i].bits(), args[i].high_bits()}));
  }
  World world;
  REQUIRE(Naive(*data, &world).Call(0, naive_args, &want) == TrapKind::kNone);
  const auto got = f.Call(args);
  REQUIRE(Outcome(got) == "");
  REQUIRE(got->size() == want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    auto [low, high] = want[i].As<std::array<uint64_t, 2>>();
    const Kind kind = type.results[i];
    if (kind == Kind::kI32 || kind == Kind::kF32) low &= 0xffffffff;
    if (kind != Kind::kV128) high = 0;
    if ((*got)[i] != Val::FromBits(kind, low, high)) FAIL("result " << i << " of " << want.size());
  }
}

constexpr uint64_t kSizes[] = {2, 3, 4, 5, 8, 17, 64, 333, 1000};

std::vector<uint64_t> Distances(uint64_t n) { return {0, 1, 2, 3, n / 2, n - 1, n, n + 1}; }

TEST_CASE("INT-05: br, loop and return move values down over each other by every distance") {
  const Engine engine = EngineWith(true);
  const std::string params = "(param i32 i64 f32 f64 v128) ";
  for (const bool mixed : {false, true}) {
    for (const uint64_t n : kSizes) {
      for (const uint64_t d : Distances(n)) {
        CAPTURE(mixed, n, d);
        const std::string results = "(result" + Names(mixed, n) + ") ";
        const std::string start = "(module (func (export \"f\") " + params + results + "(local $c i32) ";
        const std::string below = Values(false, d, 5000);
        const std::string move = below + Values(mixed, n, 1);
        CheckAgainstNaive(engine, start + move + "return))");
        CheckAgainstNaive(engine, start + "block " + results + move + "br 0 end))");
        CheckAgainstNaive(engine,
                          start + "i32.const 1 drop block " + results + move + "local.get 0 br_if 0 unreachable end))");
        // Twice around a loop whose parameters are made anew, above what came in and `d` values more; then out of it.
        CheckAgainstNaive(engine,
                          start + "i32.const 3 local.set $c block " + results + Values(mixed, n, 9) + "loop (param" +
                              Names(mixed, n) + ") " + below + Values(mixed, n, 1) +
                              "local.get $c i32.const 1 i32.sub local.tee $c br_if 0 br 1 end unreachable end))");
      }
    }
  }
}

TEST_CASE("INT-05: results and arguments that are parameters move up and down over each other") {
  const Engine engine = EngineWith(true);
  for (const bool mixed : {false, true}) {
    for (const uint64_t n : kSizes) {
      for (const uint64_t k : Distances(n)) {
        CAPTURE(mixed, n, k);
        std::string rotated, reversed, rotated_types, reversed_types, all;
        for (uint64_t j = 0; j < n; ++j) {
          rotated += "local.get " + std::to_string((j + k) % n) + " ";
          rotated_types += std::string(" ") + NameAt(mixed, (j + k) % n);
          reversed += "local.get " + std::to_string(n - 1 - j) + " ";
          reversed_types += std::string(" ") + NameAt(mixed, n - 1 - j);
          all += "local.get " + std::to_string(j) + " ";
        }
        const std::string params = "(param" + Names(mixed, n) + ") ";
        const std::string start = "(module (func (export \"f\") " + params + "(result" + rotated_types + ") ";
        CheckAgainstNaive(engine, start + rotated + "))");
        CheckAgainstNaive(engine, start + rotated + "return_call 1) (func (param" + rotated_types + ") (result" +
                                      rotated_types + ") " + all + "))");
        if (k == 0) {
          CheckAgainstNaive(engine, "(module (func (export \"f\") " + params + "(result" + reversed_types + ") " +
                                        reversed + "return))");
        }
      }
    }
  }
}

}  // namespace
}  // namespace cvm
