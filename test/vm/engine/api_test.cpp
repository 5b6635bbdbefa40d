// The public API of the core: loading, linking, typed and dynamic calls, host functions, traps with backtraces.
#include <catch2/catch.hpp>

#include "cvm/vm.hpp"

namespace cvm {
namespace {

Instance Run(Store& store, const char* wat, const Linker* linker = nullptr) {
  Module module = Module::Parse(store.engine(), wat).value();
  return (linker != nullptr ? linker->Instantiate(store, module) : Linker(store.engine()).Instantiate(store, module)).value();
}

TEST_CASE("typed calls") {
  Engine engine;
  Store store(engine);
  Instance i = Run(store, R"((module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "half") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
    (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))))");
  CHECK(i.Get<int32_t(int32_t, int32_t)>("add").value()(40, 2).value() == 42);
  CHECK(i.Get<double(double)>("half").value()(3).value() == 1.5);
  const auto swapped = i.Get<std::tuple<int64_t, int32_t>(int32_t, int64_t)>("swap").value()(7, 9).value();
  CHECK(std::get<0>(swapped) == 9);
  CHECK(std::get<1>(swapped) == 7);
  CHECK_FALSE(i.Get<int32_t(int32_t)>("add").ok());
  CHECK_FALSE(i.GetFunc("sub").ok());
}

TEST_CASE("recursion") {
  Engine engine;
  Store store(engine);
  Instance i = Run(store, R"((module
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func $down (export "down") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))))");
  CHECK(i.Get<int32_t(int32_t)>("fib").value()(20).value() == 6765);
  CHECK(i.Get<int32_t(int32_t)>("down").value()(10000).value() == 10000);
  const auto deep = i.Get<int32_t(int32_t)>("down").value()(10'000'000);
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.error().kind() == ErrorKind::kTrap);
  CHECK(deep.error().message() == "call stack exhausted");
  // The store goes on after a trap.
  CHECK(i.Get<int32_t(int32_t)>("fib").value()(10).value() == 55);
}

TEST_CASE("loops and memory") {
  Engine engine;
  Store store(engine);
  Instance i = Run(store, R"((module
    (memory (export "memory") 1)
    (data (i32.const 8) "\01\02\03\04")
    (func (export "sum") (param $n i32) (result i32) (local $i i32) (local $s i32)
      (loop $l
        (local.set $s (i32.add (local.get $s) (i32.load8_u offset=8 (local.get $i))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
      (local.get $s))
    (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  CHECK(i.Get<int32_t(int32_t)>("sum").value()(4).value() == 10);
  auto write = i.Get<void(int32_t, int32_t)>("store").value();
  CHECK(write(65532, 1).ok());
  const auto out = write(65533, 1);
  REQUIRE_FALSE(out.ok());
  CHECK(out.error().message() == "out of bounds memory access");
  CHECK_FALSE(write(-1, 1).ok());
  CHECK(i.Get<int32_t(int32_t)>("grow").value()(1).value() == 1);
  CHECK(write(65533, 1).ok());
  CHECK(i.GetMemory("memory").value().pages() == 2);
}

TEST_CASE("host functions") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  int32_t logged = 0;
  linker.Define("env", "log", [&](int32_t x) { logged = x; });
  linker.Define("env", "mul", [](int64_t a, int64_t b) { return a * b; });
  linker.Define("env", "fail", []() -> Result<void> { return Error(ErrorKind::kTrap, "no"); });
  linker.Define("env", "throw", []() -> int32_t { throw std::runtime_error("oops"); });
  Instance i = Run(store, R"((module
    (import "env" "log" (func $log (param i32)))
    (import "env" "mul" (func $mul (param i64 i64) (result i64)))
    (import "env" "fail" (func $fail))
    (import "env" "throw" (func $throw (result i32)))
    (func (export "go") (param i64) (result i64) (call $log (i32.const 7)) (call $mul (local.get 0) (i64.const 6)))
    (func $inner (call $fail))
    (func $outer (export "fail") (call $inner))
    (func (export "throw") (result i32) (call $throw))))",
                   &linker);
  CHECK(i.Get<int64_t(int64_t)>("go").value()(7).value() == 42);
  CHECK(logged == 7);
  const auto failed = i.Get<void()>("fail").value()();
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message() == "no");
  CHECK(failed.error().backtrace() == std::vector<std::string>{"inner", "outer"});
  CHECK_FALSE(i.Get<int32_t()>("throw").value()().ok());
}

TEST_CASE("a host function takes the memory that its caller exports as \"memory\", or else the first") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  linker.Define("host", "first", [](Caller& caller) -> Result<uint32_t> {
    const Result<Memory> memory = caller.memory();
    if (!memory.ok()) return memory.error();
    return memory->data()[0];
  });
  const auto first = [&](const std::string& memories) {
    const std::string text = "(module (import \"host\" \"first\" (func $f (result i32)))" + memories +
                             "(func (export \"f\") (result i32) (call $f)))";
    Instance instance = Run(store, text.c_str(), &linker);
    return instance.Get<uint32_t()>("f").value()();
  };
  const std::string two = "(memory $a 1) (memory $b 1) (data (memory $a) (i32.const 0) \"a\")"
                          "(data (memory $b) (i32.const 0) \"b\")";
  CHECK(first(two).value() == 'a');
  CHECK(first(two + "(export \"memory\" (memory $b))").value() == 'b');
  CHECK(first(two + "(export \"x\" (memory $b)) (global (export \"memory\") i32 (i32.const 0))").value() == 'a');
  CHECK(first("").error().message() == "the calling instance has no memory");
}

TEST_CASE("missing imports are listed together") {
  Engine engine;
  Store store(engine);
  Module module = Module::Parse(engine, R"((module (import "a" "b" (func)) (import "c" "d" (memory 1))))").value();
  const auto linked = Linker(engine).Instantiate(store, module);
  REQUIRE_FALSE(linked.ok());
  CHECK(linked.error().kind() == ErrorKind::kUnlinkable);
  CHECK(linked.error().message() == "unknown import: nothing is defined for `a` `b`, `c` `d`");
}

TEST_CASE("calls between instances") {
  Engine engine;
  Store store(engine);
  Instance a = Run(store, R"((module
    (memory 1) (data (i32.const 0) "\2a")
    (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "pair") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))))");
  Linker linker(engine);
  linker.DefineInstance("a", a);
  Instance b = Run(store, R"((module
    (import "a" "get" (func $get (param i32) (result i32)))
    (import "a" "pair" (func $pair (param i32 i64) (result i64 i32)))
    (memory 1) (data (i32.const 0) "\01")
    (table funcref (elem $get))
    (type $t (func (param i32) (result i32)))
    (func (export "both") (result i32)
      (i32.add (i32.mul (i32.load8_u (i32.const 0)) (i32.const 100)) (call $get (i32.const 0))))
    (func (export "indirect") (result i32) (call_indirect (type $t) (i32.const 0) (i32.const 0)))
    (func (export "pair") (result i64 i32) (call $pair (i32.const 3) (i64.const 4)))
    (func (export "tail") (result i64 i32) (return_call $pair (i32.const 5) (i64.const 6)))))",
                   &linker);
  CHECK(b.Get<int32_t()>("both").value()().value() == 142);
  CHECK(b.Get<int32_t()>("indirect").value()().value() == 42);
  CHECK(b.Get<std::tuple<int64_t, int32_t>()>("pair").value()().value() == std::tuple<int64_t, int32_t>(4, 3));
  CHECK(b.Get<std::tuple<int64_t, int32_t>()>("tail").value()().value() == std::tuple<int64_t, int32_t>(6, 5));
}

}  // namespace
}  // namespace cvm
