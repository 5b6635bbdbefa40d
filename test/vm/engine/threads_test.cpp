// Shared memories and atomics (proposal threads): stores on different OS threads over one memory.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "cvm/vm.hpp"

namespace cvm {
namespace {

Module Parse(const Engine& engine, const char* wat) { return Module::Parse(engine, wat).value(); }

constexpr const char* kWorker = R"((module
  (import "env" "memory" (memory 1 4 shared))
  ;; A mutex at 0 (0 free, 1 taken, 2 taken and waited for), what it guards at 8.
  (func $lock
    (if (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))) (then (return)))
    (loop $again
      (if (i32.eqz (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2))) (then (return)))
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
      (br $again)))
  (func $unlock
    (if (i32.ne (i32.atomic.rmw.sub (i32.const 0) (i32.const 1)) (i32.const 1)) (then
      (i32.atomic.store (i32.const 0) (i32.const 0))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
  (func (export "locked") (param $n i32)
    (loop $l
      (call $lock)
      (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (i64.const 1)))
      (call $unlock)
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "add") (param $n i32)
    (loop $l
      (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 3)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "wait") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))))";

struct Worker {
  Worker(const Engine& engine, const Linker& linker, const Module& module)
      : store(engine), instance(linker.Instantiate(store, module).value()) {}
  int32_t Call(const char* name) { return instance.Get<int32_t()>(name).value()().value(); }
  int32_t Call(const char* name, int32_t a) { return instance.Get<int32_t(int32_t)>(name).value()(a).value(); }
  int32_t Call(const char* name, int32_t a, int32_t b) {
    return instance.Get<int32_t(int32_t, int32_t)>(name).value()(a, b).value();
  }
  void Run(const char* name, int32_t a) { instance.Get<void(int32_t)>(name).value()(a).value(); }
  Store store;
  Instance instance;
};

struct Shared {
  Shared() {
    memory = SharedMemory::Create(engine, 1, 4).value();
    linker.DefineMemory("env", "memory", memory);
  }
  Engine engine;
  SharedMemory memory{nullptr};
  Linker linker{engine};
  Module module = Parse(engine, kWorker);
};

TEST_CASE("two threads, two stores, one memory: atomics and a mutex that waits", "[race]") {
  Shared shared;
  constexpr int32_t kRounds = 20'000;
  const auto work = [&] {
    Worker worker(shared.engine, shared.linker, shared.module);
    worker.Run("add", kRounds);
    worker.Run("locked", kRounds);
  };
  std::thread first(work), second(work);
  first.join();
  second.join();
  uint64_t guarded, added;
  std::memcpy(&guarded, shared.memory.data().data() + 8, 8);
  std::memcpy(&added, shared.memory.data().data() + 16, 8);
  CHECK(guarded == 2 * kRounds);
  CHECK(added == 6 * kRounds);
}

TEST_CASE("a guest waits for another, and for the host", "[race]") {
  Shared shared;
  Worker here(shared.engine, shared.linker, shared.module);
  for (const bool by_host : {false, true}) {
    std::atomic<int32_t> result{-1};
    std::thread other([&] {
      Worker worker(shared.engine, shared.linker, shared.module);
      result = worker.instance.Get<int32_t(int32_t, int32_t, int64_t)>("wait").value()(64, 0, -1).value();
    });
    // Until somebody waits there is nobody to wake.
    while ((by_host ? static_cast<int32_t>(shared.memory.Notify(64, 1).value()) : here.Call("notify", 64, 1)) == 0) {
      std::this_thread::yield();
    }
    other.join();
    CHECK(result == 0);
  }
}

TEST_CASE("waits that end by themselves") {
  Shared shared;
  Worker worker(shared.engine, shared.linker, shared.module);
  const auto wait = worker.instance.Get<int32_t(int32_t, int32_t, int64_t)>("wait").value();
  CHECK(wait(64, 1, -1).value() == 1);
  CHECK(wait(64, 0, 0).value() == 2);
  CHECK(wait(64, 0, 1'000'000).value() == 2);
  CHECK(worker.Call("notify", 64, 1) == 0);
}

TEST_CASE("MEM-07: growth of a shared memory is seen by all, and nothing moves") {
  Shared shared;
  Worker a(shared.engine, shared.linker, shared.module), b(shared.engine, shared.linker, shared.module);
  const uint8_t* const base = shared.memory.data().data();
  CHECK(b.instance.Get<int32_t(int32_t)>("load").value()(65536).error().message() == "out of bounds memory access");
  CHECK(a.Call("grow", 1) == 1);
  CHECK(b.Call("size") == 2);
  CHECK(b.Call("load", 65536) == 0);
  CHECK(a.instance.Get<void(int32_t, int32_t)>("store").value()(131068, 77).ok());
  CHECK(b.Call("load", 131068) == 77);
  CHECK(shared.memory.Grow(1).value() == 2);
  CHECK(a.Call("size") == 3);
  CHECK(b.Call("grow", 2) == -1);
  CHECK(b.Call("grow", 1) == 3);
  CHECK_FALSE(shared.memory.Grow(1).ok());
  CHECK(shared.memory.data().data() == base);
  CHECK(shared.memory.data().size() == 4 * 65536);
}

TEST_CASE("MEM-07: many threads grow: every page is given out once", "[race]") {
  Engine engine;
  const SharedMemory memory = SharedMemory::Create(engine, 0, 64).value();
  Linker linker(engine);
  linker.DefineMemory("env", "memory", memory);
  const Module module = Parse(engine, R"((module (import "env" "memory" (memory 0 64 shared))
    (func (export "grow") (result i32) (local $got i32) (local $page i32)
      (loop $l
        (local.set $page (memory.grow (i32.const 1)))
        (if (i32.ge_s (local.get $page) (i32.const 0)) (then
          (i32.store (i32.mul (local.get $page) (i32.const 65536)) (i32.const 1))
          (local.set $got (i32.add (local.get $got) (i32.const 1)))
          (br $l))))
      (local.get $got))))");
  std::atomic<int32_t> total{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Store store(engine);
      total += linker.Instantiate(store, module).value().Get<int32_t()>("grow").value()().value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(total == 64);
  for (size_t page = 0; page < 64; ++page) CHECK(memory.data()[page * 65536] == 1);
}

TEST_CASE("an exported shared memory can be imported by another store, and outlives its own") {
  Engine engine;
  Linker linker(engine);
  SharedMemory memory{nullptr};
  {
    Store store(engine);
    const Instance owner = linker
                               .Instantiate(store, Parse(engine, R"((module
      (memory (export "memory") 1 4 shared) (memory (export "own") 1)
      (data (i32.const 100) "\2a")))"))
                               .value();
    memory = owner.GetMemory("memory").value().shared().value();
    CHECK_FALSE(owner.GetMemory("own").value().shared().ok());
    linker.DefineInstance("env", owner);
  }
  Worker worker(engine, linker, Parse(engine, kWorker));
  CHECK(worker.Call("load", 100) == 42);
  CHECK(memory.data()[100] == 42);
}

TEST_CASE("MEM-07: imports of shared memories are matched by their type") {
  Shared shared;
  Store store(shared.engine);
  for (const char* type : {"1 4", "2 4 shared", "1 3 shared"}) {
    const std::string wat = std::string("(module (import \"env\" \"memory\" (memory ") + type + ")))";
    const auto instance = shared.linker.Instantiate(store, Parse(shared.engine, wat.c_str()));
    REQUIRE_FALSE(instance.ok());
    CHECK(instance.error().message().starts_with("incompatible import type"));
  }
  CHECK(
      shared.linker.Instantiate(store, Parse(shared.engine, "(module (import \"env\" \"memory\" (memory 0 9 shared)))"))
          .ok());
}

TEST_CASE("a memory made without guard pages is no memory for code that relies on them") {
  Shared shared;
  Config config;
  config.GuardPages(false);
  const Engine plain = Engine::Create(config).value();
  const SharedMemory memory = SharedMemory::Create(plain, 1, 4).value();
  shared.linker.DefineMemory("env", "memory", memory);
  Store store(shared.engine);
  CHECK_FALSE(shared.linker.Instantiate(store, shared.module).ok());
  Linker linker(plain);
  linker.DefineMemory("env", "memory", memory);
  Worker worker(plain, linker, Parse(plain, kWorker));
  CHECK(worker.Call("load", 65532) == 0);
  CHECK_FALSE(worker.instance.Get<int32_t(int32_t)>("load").value()(65533).ok());
  CHECK(worker.Call("grow", 1) == 1);
  CHECK(worker.Call("load", 65536) == 0);
}

TEST_CASE("max-memories counts shared memories, each once a store") {
  Engine engine;
  Linker linker(engine);
  const SharedMemory a = SharedMemory::Create(engine, 1, 1).value(), b = SharedMemory::Create(engine, 1, 1).value();
  linker.DefineMemory("env", "a", a).DefineMemory("env", "a2", a).DefineMemory("env", "b", b);
  const Module same = Parse(engine, R"((module
    (import "env" "a" (memory 1 1 shared)) (import "env" "a2" (memory 1 1 shared))))");
  const Module two = Parse(engine, R"((module
    (import "env" "a" (memory 1 1 shared)) (import "env" "b" (memory 1 1 shared))))");
  Store store(engine, {.max_memories = 1});
  CHECK(linker.Instantiate(store, same).ok());
  const auto past = linker.Instantiate(store, two);
  REQUIRE_FALSE(past.ok());
  CHECK(past.error().kind() == ErrorKind::kLimit);
  Store larger(engine, {.max_memories = 2});
  CHECK(linker.Instantiate(larger, two).ok());
}

TEST_CASE("SharedMemory: bad arguments") {
  Engine engine;
  CHECK_FALSE(SharedMemory::Create(engine, 2, 1).ok());
  CHECK_FALSE(SharedMemory::Create(engine, 0, 65537).ok());
  CHECK(SharedMemory::Create(engine, 0, 65536).ok());
  const SharedMemory memory = SharedMemory::Create(engine, 1, 1).value();
  CHECK(memory.Notify(65532, 1).value() == 0);
  CHECK_FALSE(memory.Notify(65536, 1).ok());
  CHECK_FALSE(memory.Notify(2, 1).ok());
  CHECK_FALSE(SharedMemory::Create(engine, 0, 1).value().Notify(0, 1).ok());
}

// Atomics of every width at every place of a word and at the end of memory; what each does stands in the suite's
// script.
TEST_CASE("atomic accesses: alignment and bounds") {
  Engine engine;
  struct Access {
    const char* name;
    int bytes;
    const char* type;
  };
  constexpr Access kAccesses[] = {
      {"i32.atomic.load", 4, "i32"},     {"i64.atomic.load", 8, "i64"},    {"i32.atomic.load8_u", 1, "i32"},
      {"i32.atomic.load16_u", 2, "i32"}, {"i64.atomic.load8_u", 1, "i64"}, {"i64.atomic.load16_u", 2, "i64"},
      {"i64.atomic.load32_u", 4, "i64"},
  };
  for (const char* memory : {"1", "1 1 shared", "i64 1"}) {
    const std::string index = std::string(memory).starts_with("i64") ? "i64" : "i32";
    std::string wat = "(module (memory " + std::string(memory) + ")";
    for (const Access& a : kAccesses) {
      wat += "(func (export \"" + std::string(a.name) + "\") (param i64) (drop (" + a.name + " " +
             (index == "i64" ? "(local.get 0)" : "(i32.wrap_i64 (local.get 0))") + ")))";
      wat += "(func (export \"" + std::string(a.name) + "+\") (param i64) (drop (" + a.name + " offset=1 " +
             (index == "i64" ? "(local.get 0)" : "(i32.wrap_i64 (local.get 0))") + ")))";
    }
    Store store(engine);
    const Instance instance = Linker(engine).Instantiate(store, Parse(engine, (wat + ")").c_str())).value();
    for (const Access& a : kAccesses) {
      const auto at = instance.Get<void(int64_t)>(a.name).value();
      const auto past = instance.Get<void(int64_t)>(std::string(a.name) + "+").value();
      CHECK(at(65536 - a.bytes).ok());
      CHECK(at(65536).error().message() == "out of bounds memory access");
      CHECK(at(-a.bytes).error().message() == "out of bounds memory access");
      for (int misaligned = 1; misaligned < a.bytes; ++misaligned) {
        CHECK(at(8 + misaligned).error().message() == "unaligned atomic");
      }
      CHECK(past(a.bytes - 1).ok());
      if (a.bytes > 1) CHECK(past(0).error().message() == "unaligned atomic");
    }
  }
}

TEST_CASE("waiting on a memory that is not shared traps; notifying wakes nobody") {
  Engine engine;
  Store store(engine);
  const Instance instance = Linker(engine)
                                .Instantiate(store, Parse(engine, R"((module (memory 1)
    (func (export "wait32") (param i32) (result i32)
      (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const 0)))
    (func (export "wait64") (param i32) (result i32)
      (memory.atomic.wait64 (local.get 0) (i64.const 0) (i64.const 0)))
    (func (export "notify") (param i32) (result i32) (memory.atomic.notify (local.get 0) (i32.const 1)))
    (func (export "fence") atomic.fence)))"))
                                .value();
  const auto call = [&](const char* name, int32_t at) {
    const auto result = instance.Get<int32_t(int32_t)>(name).value()(at);
    return result.ok() ? std::to_string(*result) : result.error().message();
  };
  CHECK(call("wait32", 0) == "expected shared memory");
  CHECK(call("wait64", 0) == "expected shared memory");
  CHECK(call("wait32", 2) == "unaligned atomic");
  CHECK(call("wait64", 4) == "unaligned atomic");
  CHECK(call("wait32", 65536) == "out of bounds memory access");
  CHECK(call("notify", 0) == "0");
  CHECK(call("notify", 1) == "unaligned atomic");
  CHECK(call("notify", 65536) == "out of bounds memory access");
  CHECK(instance.Get<void()>("fence").value()().ok());
}

}  // namespace
}  // namespace cvm
