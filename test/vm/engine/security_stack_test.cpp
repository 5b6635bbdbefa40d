// Guest recursion of every kind ends in a clean trap, on a native stack of one MiB (INT-08).
#include <pthread.h>

#include <functional>

#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

constexpr size_t kNativeStackBytes = 1 << 20;
constexpr size_t kMostFrames = 20;

void OnSmallStack(std::function<void()> body) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, kNativeStackBytes) == 0);
  pthread_t thread;
  const auto run = [](void* body) -> void* {
    (*static_cast<std::function<void()>*>(body))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, &body) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

void CheckExhausted(const Instance& instance, const char* name) {
  INFO(name);
  const auto failed = instance.GetFunc(name).value().Call({});
  CHECK(Outcome(failed) == kExhausted);
  if (failed.ok()) return;
  CHECK(failed.error().backtrace().size() <= kMostFrames);
  CHECK_FALSE(failed.error().backtrace().empty());
}

const char* const kRecursive = R"((module
  (type $v (func))
  (type $t (func (param i64 i64) (result i64)))
  (table funcref (elem $indirect $mutual_a $mutual_b))
  (func $direct (export "direct") (call $direct))
  (func $indirect (export "indirect") (call_indirect (type $v) (i32.const 0)))
  (func $mutual_a (export "mutual") (call_indirect (type $v) (i32.const 2)))
  (func $mutual_b (call_ref $v (ref.func $mutual_a)))
  (func $sum (param i64 i64) (result i64)
    (i64.add (local.get 0) (call $sum (local.get 1) (i64.add (local.get 0) (i64.const 1)))))
  (func (export "sum") (drop (call $sum (i64.const 1) (i64.const 2))))
  (func $wide (export "wide") (local v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
    (call $wide) (call $wide))
  (func $other_tail (return_call $tail_then_call))
  (func $tail_then_call (export "tail") (call $other_tail) (call $other_tail))
  (elem declare func $mutual_a)
  (func (export "fine") (result i32) (i32.const 42))))";

TEST_CASE("INT-08: recursion, direct and indirect, traps whatever the size of the stack") {
  OnSmallStack([] {
    const Engine engine = EngineWith(true);
    for (const uint64_t bytes : {uint64_t{0}, uint64_t{1}, uint64_t{5000}, uint64_t{64} << 10, uint64_t{8} << 20}) {
      CAPTURE(bytes);
      StoreOptions options;
      options.max_wasm_stack_bytes = bytes;
      Store store(engine, options);
      const Instance instance = Make(store, kRecursive);
      for (const char* name : {"direct", "indirect", "mutual", "sum", "wide", "tail"}) CheckExhausted(instance, name);
      CHECK(instance.Get<int32_t()>("fine").value()().value() == 42);
    }
  });
}

TEST_CASE("INT-08: frames of the greatest size trap at once and write nothing beyond the stack") {
  OnSmallStack([] {
    const Engine engine = EngineWith(true);
    const std::string wat = "(module (func $f (export \"huge\") (local" + Repeat(" v128", 50'000) + ") (call $f)) " +
                            "(func (export \"window\") (param" + Repeat(" v128", 1000) + ") (local" +
                            Repeat(" v128", 49'000) + ") (call $f)) (func $r (export \"results\") (result" +
                            Repeat(" v128", 1000) + ") (call $r)))";
    for (const uint64_t bytes : {uint64_t{1}, uint64_t{16'000}, uint64_t{100} << 10, uint64_t{1} << 20}) {
      CAPTURE(bytes);
      StoreOptions options;
      options.max_wasm_stack_bytes = bytes;
      Store store(engine, options);
      const Instance instance = Make(store, wat);
      CHECK(Outcome(instance.GetFunc("huge").value().Call({})) == kExhausted);
      CHECK(Outcome(instance.GetFunc("results").value().Call({})) == kExhausted);
      const std::vector<Val> args(1000, Val::V128({1, 2}));
      CHECK(Outcome(instance.GetFunc("window").value().Call(args)) == kExhausted);
    }
  });
}

TEST_CASE("INT-08: recursion over instances") {
  OnSmallStack([] {
    const Engine engine = EngineWith(true);
    Store store(engine);
    const Instance one = Make(store, R"((module (type $v (func)) (table (export "table") 1 funcref)
      (func $ping (export "ping") (call_indirect (type $v) (i32.const 0)))))");
    Linker linker(engine);
    linker.DefineInstance("one", one);
    Make(store, R"((module (import "one" "table" (table 1 funcref)) (import "one" "ping" (func $ping))
      (func $pong (call $ping)) (elem (i32.const 0) $pong)))",
         linker);
    CheckExhausted(one, "ping");
    CheckExhausted(one, "ping");
  });
}

// A host function that calls an export of whatever instance is set.
struct Bouncer {
  explicit Bouncer(const Engine& engine, const char* exported = "pong") : linker(engine) {
    linker.Define("host", "bounce", [this, exported]() -> Result<void> {
      ++calls;
      if (target == nullptr) return {};
      const auto result = target->GetFunc(exported).value().Call({});
      if (!result.ok()) return result.error();
      return {};
    });
  }
  Linker linker;
  const Instance* target = nullptr;
  int calls = 0;
};

TEST_CASE("INT-08: host and guest calling each other") {
  OnSmallStack([] {
    const Engine engine = EngineWith(true);
    for (const char* depth : {"0", "1", "1000"}) {
      Store store(engine);
      Bouncer bouncer(engine);
      // Each turn goes down some guest frames before it calls the host.
      const Instance instance = Make(store,
                                     std::string(R"((module (import "host" "bounce" (func $bounce))
        (func $down (param i32) (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1))))
                                    (else (call $bounce))))
        (func (export "pong") (call $down (i32.const )") +
                                         depth + R"()))
        (func (export "fine") (result i32) (i32.const 42))))",
                                     bouncer.linker);
      bouncer.target = &instance;
      for (int i = 0; i < 3; ++i) {
        CheckExhausted(instance, "pong");
        CHECK(bouncer.calls > 1);
        CHECK(bouncer.calls < 1000);
        bouncer.calls = 0;
        CHECK(instance.Get<int32_t()>("fine").value()().value() == 42);
      }
    }
  });
}

TEST_CASE("INT-08: a start function that never ends") {
  OnSmallStack([] {
    const Engine engine = EngineWith(true);
    Store store(engine);
    const auto failed = TryMake(store, "(module (func $f (call $f)) (start $f))", Linker(engine));
    CHECK(Outcome(failed) == kExhausted);
    CHECK(failed.error().backtrace().size() <= kMostFrames);
  });
}

TEST_CASE("INT-08: a host call from the very edge of the guest stack calls back into large frames") {
  OnSmallStack([] {
    const Engine engine = EngineWith(true);
    StoreOptions options;
    options.max_wasm_stack_bytes = 8 << 10;
    // The host calls back functions with frames, windows and results of all sizes.
    for (const char* signature :
         {"", "(local i64)", "(param i64)", "large locals", "large parameters", "large results", "recursive"}) {
      CAPTURE(signature);
      const std::string name = signature;
      const std::string leaf =
          name == "large locals"       ? "(local" + Repeat(" i64", 50'000) + ")"
          : name == "large parameters" ? "(param" + Repeat(" v128", 1000) + ") (local" + Repeat(" i64", 48'000) + ")"
          : name == "large results"    ? "(result" + Repeat(" i64", 1000) + ")" + Repeat(" i64.const 1", 1000)
          : name == "recursive"        ? "(param i64) (call $leaf (local.get 0)) (call $leaf (local.get 0))"
                                       : name;
      Store store(engine, options);
      Linker linker(engine);
      const Instance* target = nullptr;
      std::vector<Val> args;
      linker.Define("host", "call", [&]() -> Result<void> {
        const auto result = target->GetFunc("leaf").value().Call(args);
        if (!result.ok()) return result.error();
        return {};
      });
      const Instance instance = Make(store, R"((module (import "host" "call" (func $call))
        (func $down (export "down") (param i32) (result i32)
          (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
                            (else (call $call) (i32.const 0))))
        (func $leaf (export "leaf") )" + leaf + "))",
                                     linker);
      target = &instance;
      for (const Kind kind : instance.GetFunc("leaf").value().signature().params)
        args.push_back(Val::FromBits(kind, 1));
      const auto down = instance.Get<int32_t(int32_t)>("down").value();
      // Down to where no frame is left for the host's; each depth ends well or in a trap.
      bool ended = false;
      for (int32_t depth = 0; depth < 1000 && !ended; ++depth) {
        const auto result = down(depth);
        if (result.ok()) {
          CHECK(*result == depth);
        } else {
          CHECK(Outcome(result) == kExhausted);
          ended = !result.ok() && depth > 200;
        }
      }
      CHECK(ended);
      CHECK(Outcome(down(1'000'000)) == kExhausted);
    }
  });
}

}  // namespace
}  // namespace cvm
