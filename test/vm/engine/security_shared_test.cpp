// MEM-07: shared memories (proposal threads) are seen as such: refused where the proposal is off, checked where a plain one
// would do, and touched by any number of threads at once. And what threads share besides memory: engines and their modules.
//
// Assertions are made by one thread alone. The cases tagged [race] are those that the thread sanitizer watches.
#include <atomic>
#include <thread>

#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

// Runs `body(i)` on `count` threads at once.
template <class Body>
void OnThreads(int count, Body body) {
  std::atomic<int> waiting = count;
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting != 0) std::this_thread::yield();
      body(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

Module ParseModule(const Engine& engine, const std::string& wat) {
  Result<Module> module = Module::Parse(engine, wat);
  if (!module.ok()) FAIL(module.error().ToString());
  return *module;
}

TEST_CASE("MEM-07: with the proposal off there are no shared memories and no atomics") {
  Config config;
  config.SetFeature("threads", false).value();
  const Engine engine = Engine::Create(config).value();
  for (const char* wat : {"(module (memory 1 1 shared))", "(module (import \"a\" \"b\" (memory 1 1 shared)))",
                          "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))",
                          "(module (memory 1) (func (drop (memory.atomic.notify (i32.const 0) (i32.const 0)))))",
                          "(module (func (atomic.fence)))"}) {
    INFO(wat);
    const Result<Module> module = Module::Parse(engine, wat);
    REQUIRE_FALSE(module.ok());
    CHECK(module.error().message().find("threads") != std::string::npos);
  }
  CHECK_FALSE(SharedMemory::Create(engine, 1, 1).ok());
}

TEST_CASE("MEM-07: a shared memory must have a maximum, and only a shared one takes the place of a shared one") {
  Engine engine;
  const Result<Module> module = Module::Parse(engine, "(module (memory 1 shared))");
  REQUIRE_FALSE(module.ok());
  CHECK(module.error().message().find("shared memory must have maximum") != std::string::npos);
  Linker linker(engine);
  linker.DefineMemory("env", "memory", SharedMemory::Create(engine, 1, 4).value());
  Store store(engine);
  CHECK_FALSE(TryMake(store, "(module (import \"env\" \"memory\" (memory 1 4)))", linker).ok());
  CHECK(TryMake(store, "(module (import \"env\" \"memory\" (memory 1 4 shared)))", linker).ok());
}

TEST_CASE("MEM-07: waiting on a memory that is not shared traps; notifying there wakes nobody") {
  for (const bool guard : {true, false}) {
    const Engine engine = EngineWith(guard);
    Store store(engine);
    const Instance i = Make(store, R"((module (memory 1)
      (func (export "wait32") (param i32) (result i32)
        (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const 0)))
      (func (export "wait64") (param i32) (result i32)
        (memory.atomic.wait64 (local.get 0) (i64.const 0) (i64.const 0)))
      (func (export "notify") (param i32) (result i32) (memory.atomic.notify (local.get 0) (i32.const 1)))))");
    CHECK(OutcomeOf<int32_t(int32_t)>(i, "wait32", 0) == "expected shared memory");
    CHECK(OutcomeOf<int32_t(int32_t)>(i, "wait64", 8) == "expected shared memory");
    CHECK(i.Get<int32_t(int32_t)>("notify").value()(65532).value() == 0);
    // What is wrong with the address comes first.
    CHECK(OutcomeOf<int32_t(int32_t)>(i, "wait32", 65536) == kOutOfBounds);
    CHECK(OutcomeOf<int32_t(int32_t)>(i, "wait32", 2) == "unaligned atomic");
    CHECK(OutcomeOf<int32_t(int32_t)>(i, "wait64", 65532) == "unaligned atomic");
    CHECK(OutcomeOf<int32_t(int32_t)>(i, "notify", 65536) == kOutOfBounds);
  }
}

TEST_CASE("MEM-07: data segments are written into a shared memory by every instance, without taking it over") {
  for (const bool guard : {true, false}) {
    const Engine engine = EngineWith(guard);
    const SharedMemory memory = SharedMemory::Create(engine, 2, 2).value();
    Linker linker(engine);
    linker.DefineMemory("env", "memory", memory);
    const uint8_t* const base = memory.data().data();
    // As large as an image that would be mapped into a memory of the module's own.
    const std::string wat = R"((module (import "env" "memory" (memory 2 2 shared))
      (data (i32.const 0) ")" + Repeat("abcdefgh", 5000) + R"(")
      (data $passive "passive")
      (func (export "init") (param i32) (memory.init $passive (local.get 0) (i32.const 0) (i32.const 7)))
      (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))))";
    Store a(engine), b(engine);
    const Instance first = Make(a, wat, linker);
    CHECK(memory.data()[39'999] == 'h');
    memory.data()[0] = 'x';
    memory.data()[100'000] = 'y';
    const Instance second = Make(b, wat, linker);
    CHECK(memory.data()[0] == 'a');
    CHECK(memory.data()[100'000] == 'y');
    CHECK(memory.data().data() == base);
    CHECK(OutcomeOf<void(int32_t)>(first, "init", 131'065) == "");
    CHECK(second.Get<int32_t(int32_t)>("load").value()(131'071).value() == 'e');
    CHECK(OutcomeOf<void(int32_t)>(second, "init", 131'066) == kOutOfBounds);
    // Out of bounds: those before it have been written, the memory stays.
    Store c(engine);
    CHECK_FALSE(TryMake(c, R"((module (import "env" "memory" (memory 2 2 shared))
      (data (i32.const 8) "z") (data (i32.const 131072) "z")))", linker).ok());
    CHECK(memory.data()[8] == 'z');
  }
}

// What a guest reads where others write is some of what they wrote; and it is confined to the memory as ever.
TEST_CASE("MEM-07: plain accesses of all widths race with each other and with growth", "[race]") {
  for (const bool guard : {true, false}) {
    const Engine engine = EngineWith(guard);
    const SharedMemory memory = SharedMemory::Create(engine, 1, 64).value();
    Linker linker(engine);
    linker.DefineMemory("env", "memory", memory);
    const Module module = ParseModule(engine, R"((module (import "env" "memory" (memory 1 64 shared))
      (func (export "run") (param $who i32) (result i32) (local $i i32) (local $bad i32) (local $v v128)
        (local.set $i (i32.const 3000))
        (loop $l
          (i32.store8 offset=1 (local.get $i) (i32.const 0x11))
          (i32.store16 offset=3 (local.get $i) (i32.const 0x1111))
          (i32.store offset=5 (local.get $i) (i32.const 0x11111111))
          (i64.store offset=7 (local.get $i) (i64.const 0x1111111111111111))
          (f32.store offset=9 (local.get $i) (f32.const 0x1.222222p-93))
          (f64.store offset=11 (local.get $i) (f64.const 0x1.1111111111111p-750))
          (v128.store offset=13 (local.get $i) (v128.const i64x2 0x1111111111111111 0x1111111111111111))
          (memory.fill (i32.const 1000) (i32.const 0x11) (i32.const 100))
          (memory.copy (i32.const 1050) (local.get $i) (i32.const 70))
          ;; Every byte is 0 or 0x11.
          (local.set $bad (i32.or (local.get $bad)
            (i32.and (i32.load offset=2 (local.get $i)) (i32.const 0xeeeeeeee))))
          (local.set $v (v128.or (local.get $v) (v128.load offset=1 (local.get $i))))
          (local.set $bad (i32.or (local.get $bad) (i32.and (i32.load16_s (local.get $i)) (i32.const 0xeeee))))
          (local.set $bad (i32.or (local.get $bad)
            (i32.wrap_i64 (i64.and (i64.load offset=6 (local.get $i)) (i64.const 0xeeeeeeee)))))
          (if (i32.eqz (i32.and (local.get $i) (i32.const 63))) (then (drop (memory.grow (i32.const 1)))))
          (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (i32.or (local.get $bad) (v128.any_true (v128.and (local.get $v)
          (v128.const i32x4 0xeeeeeeee 0xeeeeeeee 0xeeeeeeee 0xeeeeeeee)))))))");
    std::atomic<int32_t> bad = 0;
    OnThreads(3, [&](int i) {
      Store store(engine);
      bad |= linker.Instantiate(store, module).value().Get<int32_t(int32_t)>("run").value()(i).value();
    });
    CHECK(bad == 0);
    CHECK(memory.data().size() == 64 * 65536);
  }
}

TEST_CASE("MEM-07: atomics of every width by several threads at once lose nothing", "[race]") {
  Engine engine;
  const SharedMemory memory = SharedMemory::Create(engine, 1, 1).value();
  Linker linker(engine);
  linker.DefineMemory("env", "memory", memory);
  const Module module = ParseModule(engine, R"((module (import "env" "memory" (memory 1 1 shared))
    (func (export "run") (param $n i32) (local $old i32)
      (loop $l
        (drop (i32.atomic.rmw8.add_u (i32.const 0) (i32.const 1)))
        (drop (i32.atomic.rmw16.add_u (i32.const 2) (i32.const 1)))
        (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
        (drop (i64.atomic.rmw.sub (i32.const 8) (i64.const 1)))
        (drop (i64.atomic.rmw32.xor_u (i32.const 16) (i64.const 0xffffffff)))
        ;; An addition made of a comparison.
        (loop $again
          (local.set $old (i32.atomic.load (i32.const 24)))
          (br_if $again (i32.ne (local.get $old) (i32.atomic.rmw.cmpxchg (i32.const 24) (local.get $old)
            (i32.add (local.get $old) (i32.const 1))))))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))");
  constexpr int kThreads = 4, kRounds = 5000;
  OnThreads(kThreads, [&](int) {
    Store store(engine);
    linker.Instantiate(store, module).value().Get<void(int32_t)>("run").value()(kRounds).value();
  });
  const auto word = [&](size_t at, size_t bytes) {
    uint64_t value = 0;
    std::memcpy(&value, memory.data().data() + at, bytes);
    return value;
  };
  constexpr uint64_t kTotal = kThreads * kRounds;
  CHECK(word(0, 1) == kTotal % 256);
  CHECK(word(2, 2) == kTotal % 65536);
  CHECK(word(4, 4) == kTotal);
  CHECK(word(8, 8) == 0 - kTotal);
  CHECK(word(16, 4) == 0);
  CHECK(word(24, 4) == kTotal);
}

TEST_CASE("stores on several threads compile the functions of one module as they come to them", "[race]") {
  constexpr int kFunctions = 100;
  // Each calls the next two; directly, by table, by reference and in tail position.
  std::string wat = "(module (type $t (func (param i32) (result i32))) (tag $e (param i32)) (table funcref (elem";
  for (int i = 0; i < kFunctions; ++i) wat += " $f" + std::to_string(i);
  wat += "))";
  for (int i = 0; i < kFunctions; ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1), after = std::to_string(i + 2);
    wat += "(func $f" + n + " (export \"f" + n + "\") (type $t) ";
    if (i + 2 >= kFunctions) {
      wat += "(throw $e (i32.add (local.get 0) (i32.const " + n + "))))";
    } else if (i % 4 == 0) {
      wat += "(i32.add (call $f" + next + " (local.get 0)) (i32.const 1)))";
    } else if (i % 4 == 1) {
      wat += "(return_call $f" + next + " (i32.add (local.get 0) (i32.const 1))))";
    } else if (i % 4 == 2) {
      wat += "(i32.add (call_indirect (type $t) (local.get 0) (i32.const " + after + ")) (i32.const 1)))";
    } else {
      wat += "(call_ref $t (i32.add (local.get 0) (i32.const 1)) (ref.func $f" + next + ")))";
    }
  }
  wat += R"((func (export "run") (param i32) (result i32)
    (block $h (result i32) (try_table (catch $e $h) (return (call $f0 (local.get 0)))) (unreachable)))))";
  Engine engine;
  for (int round = 0; round < 5; ++round) {
    const Module module = ParseModule(engine, wat);
    std::atomic<int> different = 0;
    std::atomic<int32_t> result = 0;
    OnThreads(4, [&](int i) {
      Store store(engine);
      const Instance instance = Linker(engine).Instantiate(store, module).value();
      for (int32_t n = 0; n < 20; ++n) {
        const int32_t sum = instance.Get<int32_t(int32_t)>("run").value()(n).value() - n;
        int32_t expected = 0;
        if (!result.compare_exchange_strong(expected, sum) && expected != sum) ++different;
      }
      // Others enter from the middle.
      const std::string name = "f" + std::to_string(10 * i);
      if (instance.Get<int32_t(int32_t)>(name).value()(0).ok()) ++different;
    });
    CHECK(different == 0);
    CHECK(result > kFunctions - 2);
  }
}

TEST_CASE("threads make modules of one engine, with types of their own and in common, and collect garbage", "[race]") {
  Engine engine;
  std::atomic<int> wrong = 0;
  OnThreads(4, [&](int i) {
    for (int round = 0; round < 10; ++round) {
      const Result<Module> module = Module::Parse(engine, R"((module
        (type $node (struct (field $v i32) (field $next (ref null $node)))) (type $own (struct)" +
                                                              Repeat(" (field i64)", 1 + i + round) + R"())
        (func (export "run") (param $n i32) (result i32) (local $list (ref null $node)) (local $sum i32)
          (loop $l
            (local.set $list (struct.new $node (local.get $n) (local.get $list)))
            (drop (struct.new_default $own))
            (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (loop $l
            (local.set $sum (i32.add (local.get $sum) (struct.get $node $v (local.get $list))))
            (local.set $list (struct.get $node $next (local.get $list)))
            (br_if $l (i32.eqz (ref.is_null (local.get $list)))))
          (local.get $sum))))");
      Store store(engine);
      if (!module.ok()) {
        ++wrong;
        continue;
      }
      const Instance instance = Linker(engine).Instantiate(store, *module).value();
      if (instance.Get<int32_t(int32_t)>("run").value()(1000).value() != 500'500) ++wrong;
      store.CollectGarbage();
    }
  });
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace cvm
