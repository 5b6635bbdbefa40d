// Side tables, pools and frames that grow with the code: every size around the powers of two, through the whole engine,
// with control flow at the edge (test/vm/compile sweeps the compiler by itself). What is too large is refused, and
// nothing else.
#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

// 2^n - 1, 2^n, 2^n + 1 for n of 3 to `last`.
std::vector<uint64_t> Sizes(int last) {
  std::vector<uint64_t> out;
  for (int n = 3; n <= last; ++n) {
    for (const int d : {-1, 0, 1}) out.push_back((uint64_t{1} << n) + d);
  }
  return out;
}

// What `f` of the module answers to `arg`, or why there is no answer.
std::string Answer(const Engine& engine, const std::string& wat, int32_t arg) {
  StoreOptions options;
  options.max_wasm_stack_bytes = 16u << 20;
  Store store(engine, options);
  const Result<Module> module = Module::Parse(engine, wat);
  if (!module.ok()) return module.error().message();
  const Result<Instance> instance = Linker(engine).Instantiate(store, *module);
  if (!instance.ok()) return instance.error().message();
  auto f = instance->Get<int32_t(int32_t)>("f");
  if (!f.ok()) return f.error().message();
  const auto result = f.value()(arg);
  return result.ok() ? std::to_string(*result) : result.error().message();
}

TEST_CASE("INT-01: operand stacks of every size, up to the limit, with an if, a loop and a table on top") {
  const Engine engine = EngineWith(true);
  for (const uint64_t n : Sizes(17)) {
    CAPTURE(n);
    const std::string wat =
        "(module (func (export \"f\") (param i32) (result i32) " + Repeat("local.get 0 i32.popcnt ", n) +
        "local.get 0 if (result i32) i32.const 1 else i32.const 2 end i32.add "
        "loop (param i32) (result i32) i32.const 1 i32.add local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end "
        "block (param i32) (result i32) local.get 0 br_table 0 0 end " +
        Repeat("i32.add ", n - 1) + "))";
    // n times one bit of 4; the if adds 1, the loop 4.
    CHECK(Answer(engine, wat, 4) ==
          (n + 1 >= 100'000 ? "too many values on the operand stack: 100001, the limit is 100000 (-W max-operands)"
                            : std::to_string(n + 5)));
  }
}

TEST_CASE("INT-01: locals of every number, the last ones written under control flow") {
  const Engine engine = EngineWith(true);
  for (const uint64_t n : Sizes(16)) {
    CAPTURE(n);
    const std::string last = std::to_string(n), before = std::to_string(n - 1);
    const std::string wat = "(module (func (export \"f\") (param i32) (result i32) (local" + Repeat(" i32", n) +
                            ") local.get 0 if local.get 0 local.set " + last + " else i32.const 7 local.set " + before +
                            " end loop local.get " + last + " i32.const 1 i32.add local.tee " + last +
                            " i32.const 10 i32.lt_u br_if 0 end local.get " + last + " local.get " + before +
                            " i32.add))";
    const bool fits = n + 1 <= 50'000;
    const std::string refused = "too many locals: 50001, the limit is 50000 (-W max-locals)";
    CHECK(Answer(engine, wat, 4) == (fits ? "10" : refused));
    CHECK(Answer(engine, wat, 0) == (fits ? "17" : refused));
  }
}

TEST_CASE("INT-01: constants of every number, all different") {
  const Engine engine = EngineWith(true);
  for (const uint64_t n : Sizes(15)) {
    CAPTURE(n);
    std::string body;
    uint32_t sum = 4;
    for (uint64_t i = 0; i < n; ++i) {
      // Beyond what an instruction holds itself: each is an entry of its own.
      const uint64_t constant = 0x123456789abcdef0 + i * 0x1000001;
      body += "i64.const " + std::to_string(static_cast<int64_t>(constant)) + " i64.xor ";
      if (i % 2 == 0) body += "local.get 0 br_if 0 ";  // never taken: the parameter is 0 by then
      sum ^= static_cast<uint32_t>(constant);
    }
    const std::string wat =
        "(module (func (export \"f\") (param i32) (result i32) local.get 0 i64.extend_i32_u i32.const 0 local.set 0 "
        "block (param i64) (result i64) " +
        body + "end i32.wrap_i64))";
    CHECK(Answer(engine, wat, 4) == std::to_string(static_cast<int32_t>(sum)));
  }
}

TEST_CASE("INT-01: labels and branch tables of every size, every edge taken") {
  const Engine engine = EngineWith(true);
  for (const uint64_t n : Sizes(17)) {
    CAPTURE(n);
    std::string labels;
    for (uint64_t i = 0; i < n; ++i) labels += std::to_string(i % 2000) + " ";
    const uint64_t depth = std::min<uint64_t>(n, 2000);
    const std::string wat = "(module (func (export \"f\") (param i32) (result i32) (local i32) " +
                            Repeat("block ", depth) + "local.get 0 br_table " + labels + std::to_string(depth - 1) +
                            " " + Repeat("end local.get 1 i32.const 1 i32.add local.set 1 ", depth) + "local.get 1))";
    // One is added after each block that is left at its end: the branch to label k passes over k of them.
    CHECK(Answer(engine, wat, 0) == std::to_string(depth));
    CHECK(Answer(engine, wat, static_cast<int32_t>(n - 1)) == std::to_string(depth - (n - 1) % 2000));
    CHECK(Answer(engine, wat, static_cast<int32_t>(n)) == "1");
    CHECK(Answer(engine, wat, -1) == "1");
  }
}

TEST_CASE("INT-01: functions and calls of every number, the last ones called directly and through a table") {
  const Engine engine = EngineWith(true);
  for (const uint64_t n : Sizes(14)) {
    CAPTURE(n);
    const std::string last = std::to_string(n);
    std::string wat = "(module (type $t (func (param i32) (result i32))) (table " + last +
                      " funcref) (elem (i32.const " + std::to_string(n - 1) + ") " + last +
                      ") (func (export \"f\") (type $t) local.get 0 call " + last + " i32.const " +
                      std::to_string(n - 1) + " call_indirect (type $t)) ";
    for (uint64_t i = 1; i <= n; ++i)
      wat += "(func (type $t) local.get 0 i32.const " + std::to_string(i) + " i32.add) ";
    CHECK(Answer(engine, wat + ")", 4) == std::to_string(4 + 2 * n));
  }
}

}  // namespace
}  // namespace cvm
