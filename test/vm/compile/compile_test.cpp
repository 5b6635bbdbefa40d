// Properties of compiled code: side tables at every size (INT-01), values moved by every overlap (INT-05), counting,
// limits, handler copies, and that what cannot be compiled is an error.
#include <cstring>

#include "test/vm/compile/machine.hpp"
#include "test/vm/compile/naive.hpp"

namespace cvm {
namespace {

World EmptyWorld() {
  World world;
  world.globals.resize(4);
  world.table = {0};
  return world;
}

std::string Repeat(const std::string& text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

// Runs function 0 in both machines, whatever the handler table; they must agree.
void CheckAgreement(const std::string& wat, const std::vector<Value>& args, bool expect_trap = false) {
  const auto module = ParseValid(wat);
  const ResultType& types = module->FuncTypeOf(FuncIndex(0)).results;
  World expected = EmptyWorld();
  std::vector<Value> want;
  const TrapKind want_trap = Naive(*module, &expected).Call(0, args, &want);
  CHECK((want_trap != TrapKind::kNone) == expect_trap);
  for (const HandlerTable* table : {&FullTable(), &TypicalTable(), &LeastTable()}) {
    World actual = EmptyWorld();
    std::vector<Value> got;
    REQUIRE(RegMachine(*module, *table, &actual).Call(0, args, &got) == want_trap);
    if (want_trap != TrapKind::kNone) continue;
    REQUIRE(want.size() == got.size());
    for (size_t i = 0; i < want.size(); ++i) {
      const size_t bytes = types[i].kind == ValKind::kI32 ? 4 : types[i].kind == ValKind::kV128 ? 16 : 8;
      REQUIRE(std::memcmp(want[i].bytes, got[i].bytes, bytes) == 0);
    }
  }
}

std::vector<Value> Args(std::initializer_list<uint64_t> args) {
  std::vector<Value> out;
  for (const uint64_t a : args) out.push_back(Value::Of(a));
  return out;
}

// 2^n - 1, 2^n, 2^n + 1.
std::vector<int> Sizes(int last) {
  std::vector<int> out;
  for (int n = 3; n <= last; ++n) {
    for (const int d : {-1, 0, 1}) out.push_back((1 << n) + d);
  }
  return out;
}

TEST_CASE("INT-01: operand stacks of every size, with blocks and tables at the edge") {
  for (const int n : Sizes(14)) {
    CAPTURE(n);
    // n values that are no constants, then control flow above them.
    const std::string edge =
        "block (result i32) local.get 0 i32.clz local.get 0 br_table 0 0 0 end "
        "local.get 0 if (result i32) local.get 0 i32.ctz else i32.const 9 end i32.add "
        "loop (param i32) (result i32) i32.const 1 i32.add local.get 0 i32.const 1 i32.sub local.tee 0 i32.const 0 "
        "i32.gt_s br_if 0 end ";
    CheckAgreement("(module (func (param i32) (result i32) " + Repeat("local.get 0 i32.popcnt ", n) + edge +
                       Repeat("i32.add ", n) + "))",
                   Args({5}));
  }
}

TEST_CASE("INT-01: locals of every number, the last ones used") {
  for (const int n : Sizes(13)) {
    CAPTURE(n);
    const std::string last = std::to_string(n);
    CheckAgreement("(module (func (param i64) (result i64 v128) " + Repeat("(local i64) ", n) +
                       "(local v128) local.get 0 local.set " + last + " local.get " + last +
                       " local.get 0 i64.mul local.get " + last + " i64x2.splat local.tee " + std::to_string(n + 1) +
                       " local.get " + std::to_string(n + 1) + " i64x2.add))",
                   Args({0x123456789}));
  }
}

TEST_CASE("reference locals beyond near reach") {
  for (const int n : {100, 4090, 5000}) {
    CAPTURE(n);
    const std::string last = std::to_string(n + 1);
    CheckAgreement("(module (func (param i32 funcref) (result i32 i32) " + Repeat("(local funcref) ", n) +
                       "ref.func 0 local.set " + last + " local.get " + last +
                       " ref.is_null local.get 1 ref.is_null) " + "(elem declare func 0))",
                   Args({1, 0}));
  }
}

TEST_CASE("INT-01: blocks and branch tables of every size") {
  for (const int n : Sizes(12)) {
    CAPTURE(n);
    std::string labels;
    for (int i = 0; i < n; ++i) labels += std::to_string(i) + " ";
    const std::string wat = "(module (func (param i32) (result i32) (local i32) " + Repeat("block ", n) +
                            "local.get 0 br_table " + labels +
                            Repeat("end local.get 1 i32.const 1 i32.add local.set 1 ", n) + "local.get 1))";
    for (const uint64_t index : {uint64_t{0}, uint64_t(n - 1), uint64_t(n), uint64_t{0xffffffff}}) {
      CheckAgreement(wat, Args({index}));
    }
  }
}

TEST_CASE("INT-05: branches move values by every distance") {
  for (const int values : {1, 2, 3, 7, 50, 1000}) {
    for (const int below : {0, 1, 2, 3, 999}) {
      CAPTURE(values, below);
      const std::string results = Repeat("i32 ", values);
      std::string push;
      for (int i = 0; i < values; ++i)
        push += i % 3 == 0 ? "local.get 0 i32.popcnt " : i % 3 == 1 ? "local.get 0 " : "i32.const 77 ";
      const std::string body = "block (result " + results + ") " + Repeat("local.get 0 ", below) + push;
      const std::string signature = "(module (func (param i32) (result " + results + ") ";
      CheckAgreement(signature + body + "br 0 end))", Args({6}));
      CheckAgreement(signature + body + "local.get 0 br_if 0 unreachable end))", Args({6}));
      CheckAgreement(signature + body + "local.get 0 br_if 1 unreachable end))", Args({6}));
      CheckAgreement(signature + body + "local.get 0 br_table 0 1 0 end))", Args({1}));
      CheckAgreement(signature + body + "return end))", Args({6}));
    }
  }
}

TEST_CASE("INT-05: results that are parameters change places") {
  CheckAgreement("(module (func (param i32 i64 i32) (result i32 i64 i32) local.get 2 local.get 1 local.get 0))",
                 Args({1, 2, 3}));
  CheckAgreement(
      "(module (func (param i64 i64 i64) (result i64 i64 i64 i64) local.get 1 local.get 2 local.get 0 local.get 1))",
      Args({1, 2, 3}));
}

TEST_CASE("tail calls between windows of different sizes, in near and wide frames") {
  for (const int padding : {0, 5000}) {
    for (const int big : {1, 10, 500}) {
      CAPTURE(padding, big);
      const std::string params = Repeat("i32 ", big);
      const std::string wat = "(module (func (param i32) (result i32) " + Repeat("(local i64) ", padding) +
                              Repeat("local.get 0 i32.popcnt ", big) + "return_call 1) (func (param " + params +
                              ") (result i32) " + Repeat("(local i64) ", padding) + "local.get 0 local.get " +
                              std::to_string(big - 1) +
                              " i32.sub return_call 2) (func (param i32) (result i32) "
                              "local.get 0 i32.const 41 i32.add))";
      CheckAgreement(wat, Args({7}));
    }
  }
}

TEST_CASE("a branch that leaves an operand in the accumulator does not disturb it") {
  CheckAgreement(
      "(module (func (param i32) (result i32) (block (result i32) (i32.mul (local.get 0) (local.get 0)) (local.get 0) "
      "(br_if 0 (i32.add (local.get 0) (i32.const 3)) (i32.eqz (local.get 0))) (drop) (i32.const 4) (i32.add) "
      "(i32.add))))",
      Args({5}));
}

TEST_CASE("copies of handlers are handed out in turn, on and on through a module") {
  HandlerTable table = FakeTable([](const Variant& v, const Shape& s) { return IsEncodable(v, s); });
  const Variant add{ToRegOp(Opcode::kI64Add), Dst::kAcc, Src::kAcc, Src::kPin0};
  for (uintptr_t i = 1; i < 4; ++i) table.Add(add, reinterpret_cast<HandlerAddress>(0x9000000 + i));
  const auto module = ParseValid(
      "(module (func $f (param i64) (result i64) local.get 0 local.get 0 i64.add local.get 0 i64.add "
      "local.get 0 i64.add local.get 0 i64.add local.get 0 i64.add local.get 0 i64.add))");
  CompileEnv env = EnvFor(*module, table);
  CopyCounters counters;
  env.copies = &counters;
  std::vector<HandlerAddress> used;
  for (int run = 0; run < 2; ++run) {
    const RegCode code = MustCompile(*module, 0, env);
    for (const uint64_t word : code.words) {
      const Variant* v = table.Find(reinterpret_cast<HandlerAddress>(word));
      if (v != nullptr && *v == add) used.push_back(reinterpret_cast<HandlerAddress>(word));
    }
  }
  REQUIRE(used.size() == 10);
  const auto copies = table.Copies(add);
  for (size_t i = 0; i < used.size(); ++i) CHECK(used[i] == copies[i % 4]);
}

TEST_CASE("origins name the instruction of each cell, rising") {
  const auto module =
      ParseValid("(module (func (param i32) (result i32) local.get 0 i32.const 7 i32.div_u local.get 0 i32.mul))");
  const RegCode code = MustCompile(*module, 0, EnvFor(*module, FullTable()));
  const uint64_t body = module->functions[0].body.offset;
  REQUIRE(code.origins.size() >= 3);
  for (size_t i = 1; i < code.origins.size(); ++i) CHECK(code.origins[i - 1].first < code.origins[i].first);
  // local.get 0 and i32.const 7 take two bytes each.
  CHECK(code.origins[1].second == body + 4);
}

TEST_CASE("accesses beyond the guard, to other memories and by 64-bit addresses take the slow form") {
  const auto module = ParseValid(
      "(module (memory 1) (memory 1) (memory i64 1) (func (param i32 i64) "
      "(drop (i32.load offset=0x1fffff0 (local.get 0))) (drop (i32.load offset=0x1fffff1 (local.get 0))) "
      "(drop (i32.load 1 (local.get 0))) (drop (i32.load 2 (local.get 1)))))");
  CompileEnv env = EnvFor(*module, FullTable());
  const auto slow = [&] {
    const std::string listing = Listing(MustCompile(*module, 0, env), FullTable());
    int n = 0;
    for (size_t at = listing.find("/slow"); at != std::string::npos; at = listing.find("/slow", at + 1)) ++n;
    return n;
  };
  CHECK(slow() == 3);
  env.guard_bytes = 0;  // handlers check
  CHECK(slow() == 2);
}

TEST_CASE("an instruction that the interpreter has no handler for is an error, not a hole in the code") {
  const HandlerTable table = FakeTable(
      [](const Variant& v, const Shape& s) { return v.op != ToRegOp(Opcode::kI64Add128) && IsEncodable(v, s); });
  const auto module = ParseValid(
      "(module (func (param i64) (result i64 i64) local.get 0 local.get 0 local.get 0 local.get 0 i64.add128))");
  const Result<RegCode> code = CompileFunction(*module, FuncIndex(0), EnvFor(*module, table));
  REQUIRE(!code.ok());
  CHECK(code.error().kind() == ErrorKind::kUnsupported);
  MustCompile(*module, 0, EnvFor(*module, FullTable()));
}

TEST_CASE("shapes that invite quadratic work do not get it") {
  // Each would take minutes if anything were done again for all that is open or waiting.
  constexpr int kMany = 100'000, kStack = 30'000;
  const std::string shapes[] = {
      Repeat("local.get 0 if ", kMany) + Repeat("else end ", kMany),
      Repeat("i32.const 7 ", kStack) + Repeat("block end ", kMany) + Repeat("drop ", kStack),
      Repeat("local.get 1 ", kStack) + Repeat("block end local.get 0 local.set 0 ", kMany) + Repeat("drop ", kStack),
      Repeat("loop ", kMany) + "call 1 " + Repeat("end ", kMany),
      Repeat("local.get 0 i32.const 1 local.set 0 drop ", kMany),
      Repeat("block ", kMany) + Repeat("local.get 0 br_if 7777 ", kMany) + Repeat("end ", kMany),
  };
  for (const std::string& shape : shapes) {
    const auto module = ParseValid("(module (func (param i32 i32) " + shape + ") (func))");
    CHECK(!MustCompile(*module, 0, EnvFor(*module, FullTable())).words.empty());
  }
}

TEST_CASE("code that branches blow up beyond all measure is refused") {
  // Each br_if moves a thousand values.
  const std::string results = Repeat("i32 ", 1000);
  const auto module =
      ParseValid("(module (func (param i32) (result " + results + ") block (result " + results + ") i32.const 0 " +
                 Repeat("local.get 0 ", 1000) + Repeat("local.get 0 br_if 0 ", 20000) + "br 0 end))");
  const Result<RegCode> code = CompileFunction(*module, FuncIndex(0), EnvFor(*module, FullTable()));
  REQUIRE(!code.ok());
  CHECK(code.error().kind() == ErrorKind::kLimit);
}

}  // namespace
}  // namespace cvm
