// What exceptions cost where none is thrown: nothing.
#include "test/vm/compile/machine.hpp"

namespace cvm {
namespace {

std::string With(std::string text, const std::string& word, const std::string& by) {
  for (size_t at; (at = text.find(word)) != std::string::npos;) text.replace(at, word.size(), by);
  return text;
}

// Cells that the second function executes, and words of its code.
std::pair<uint64_t, size_t> CostOf(const std::string& body, const HandlerTable& handlers) {
  const auto module = ParseValid(
      "(module (tag $e (param i32)) (func $callee (param i32) (result i32) "
      "(i32.add (local.get 0) (i32.const 1)))" +
      body + ")");
  World world;
  RegMachine machine(*module, handlers, &world);
  std::vector<Value> results;
  REQUIRE(machine.Call(1, {Value::Of(uint64_t{100})}, &results) == TrapKind::kNone);
  CHECK(results[0].As<uint32_t>() == 5150);
  return {machine.cells, machine.codes()[1].words.size()};
}

TEST_CASE("a try_table adds no cell") {
  const std::string text = R"((func (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (OPEN
        (local.set $sum (i32.add (local.get $sum) (call $callee (local.get $n)))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (return (local.get $sum))))";
  // The handler's label is that of the loop, so that both have the same code but for what is executed.
  for (const HandlerTable* handlers : {&FullTable(), &TypicalTable(), &LeastTable()}) {
    const auto without = CostOf(With(text, "OPEN", "block"), *handlers);
    CHECK(CostOf(With(text, "OPEN", "try_table"), *handlers) == without);
    CHECK(CostOf(With(text, "OPEN", "try_table (catch_all $l)"), *handlers) == without);
  }
}

TEST_CASE("nothing is kept of a try in which nothing throws") {
  const auto module = ParseValid(R"((module
    (func (param i32) (result i32)
      (block $h (try_table (catch_all $h) (local.set 0 (i32.clz (local.get 0)))) (return (i32.const 1)))
      (local.get 0))
    (func (param i32) (result i32)
      (try (result i32) (do (i32.clz (local.get 0))) (catch_all (i32.const 5))))))");
  for (uint32_t i = 0; i < 2; ++i) CHECK(MustCompile(*module, i, EnvFor(*module, TypicalTable())).unwind.empty());
}

}  // namespace
}  // namespace cvm
