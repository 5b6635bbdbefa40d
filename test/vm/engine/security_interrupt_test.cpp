// Interruption and deadlines: whatever goes on for ever is stopped, soon, and nothing else is (INT-09).
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "test/vm/engine/interrupt_shapes.hpp"
#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

// What is aimed at is 10 ms on a machine that has a core for the guest; that is measured (the figures are printed), not
// asserted, for a machine may be busy.
constexpr double kGenerous = 5'000;

Module Parse(const Engine& engine, const char* wat) {
  Result<Module> module = Module::Parse(engine, wat);
  if (!module.ok()) FAIL(module.error().ToString());
  return *module;
}

// Prints median and worst of each shape if CVM_LATENCY is set to a number of rounds.
int Rounds() {
  const char* rounds = std::getenv("CVM_LATENCY");
  return rounds == nullptr ? 1 : std::atoi(rounds);
}

void Report(const char* what, const char* name, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  char line[160];
  std::snprintf(line, sizeof line, "%s: %-40s %7.3f ms, at most %7.3f", what, name, times[times.size() / 2],
                times.back());
  if (std::getenv("CVM_LATENCY") != nullptr) std::fprintf(stderr, "%s\n", line);
}

TEST_CASE("INT-09 every endless shape is stopped by another thread") {
  for (const bool guard : {true, false}) {
    Config config;
    config.GuardPages(guard);
    const Engine engine = EngineOfAll(config);
    for (const Shape& shape : EndlessShapes()) {
      INFO(shape.name);
      const Module module = Parse(engine, shape.wat);
      std::vector<double> times;
      for (int i = 0; i < Rounds(); ++i) {
        const Stop stop = StopByHandle(engine, module, std::chrono::microseconds(200 + 700 * (i % 8)));
        CHECK(stop.error.message() == "interrupted");
        CHECK(stop.error.kind() == ErrorKind::kTrap);
        CHECK(stop.error.trap() == TrapKind::kInterrupted);
        CHECK(stop.milliseconds < kGenerous);
        times.push_back(stop.milliseconds);
      }
      Report("interrupted", shape.name, times);
    }
  }
}

TEST_CASE("INT-09 every endless shape is stopped by a deadline") {
  const Engine engine = EngineOfAll();
  for (const Shape& shape : EndlessShapes()) {
    INFO(shape.name);
    const Module module = Parse(engine, shape.wat);
    std::vector<double> times;
    for (int i = 0; i < Rounds(); ++i) {
      const Stop stop = StopByDeadline(engine, module, std::chrono::milliseconds(20));
      CHECK(stop.error.message() == "deadline exceeded");
      CHECK(stop.error.trap() == TrapKind::kDeadlineExceeded);
      CHECK(stop.milliseconds < kGenerous);
      times.push_back(stop.milliseconds);
    }
    Report("deadline", shape.name, times);
  }
}

TEST_CASE("INT-09 a backtrace names the loop that was interrupted") {
  const Engine engine = EngineOfAll();
  const Stop stop = StopByHandle(engine, Parse(engine, R"((module (import "env" "started" (func $started))
    (func $spin (call $started) (loop (br 0))) (func $outer (export "run") (call $spin))))"));
  CHECK(stop.error.backtrace() == std::vector<std::string>{"spin", "outer"});
}

TEST_CASE("INT-09 tail calls and calls between instances are stopped") {
  const Engine engine = EngineOfAll();
  // Two instances that call one another for ever by way of a table: the window of each call is carried over a bridge.
  const Module first = Parse(engine, R"((module (import "env" "started" (func $started)) (type $t (func))
    (table (export "table") 2 funcref) (elem (i32.const 0) $a)
    (func $a (return_call_indirect (type $t) (i32.const 1)))
    (func (export "run") (call $started) (call $a))))");
  const Module second = Parse(engine, R"((module (type $t (func)) (import "first" "table" (table 2 funcref))
    (elem (i32.const 1) $b) (func $b (return_call_indirect (type $t) (i32.const 0)))))");
  Store store(engine);
  const InterruptHandle handle = store.interrupt_handle();
  std::promise<void> started;
  Linker linker(engine);
  linker.Define("env", "started", [&] { started.set_value(); });
  const Instance instance = linker.Instantiate(store, first).value();
  linker.DefineInstance("first", instance);
  linker.Instantiate(store, second).value();
  std::string outcome;
  std::thread guest([&] { outcome = OutcomeOf<void()>(instance, "run"); });
  started.get_future().wait();
  handle.Interrupt();
  guest.join();
  CHECK(outcome == "interrupted");
}

TEST_CASE("INT-09 guest and host that call one another are stopped, whatever the host makes of the errors") {
  const Engine engine = EngineOfAll();
  const Module module = Parse(engine, R"((module (import "env" "again" (func $again))
    (func (export "inner") (loop (br 0)))
    (func (export "run") (loop (call $again) (br 0)))))");
  Store store(engine);
  const InterruptHandle handle = store.interrupt_handle();
  std::atomic<int> calls = 0;
  std::optional<Instance> instance;
  std::promise<void> started;
  Linker linker(engine);
  // Swallows what it is told.
  linker.Define("env", "again", [&] {
    if (calls++ == 0) started.set_value();
    static_cast<void>(instance->Get<void()>("inner").value()().ok());
  });
  instance = linker.Instantiate(store, module).value();
  std::string outcome;
  std::thread guest([&] { outcome = OutcomeOf<void()>(*instance, "run"); });
  started.get_future().wait();
  handle.Interrupt();
  guest.join();
  CHECK(outcome == "interrupted");
  CHECK(calls == 1);
}

TEST_CASE("a store can be used again after an interruption, and one that nobody met stops the next call") {
  const Engine engine = EngineOfAll();
  Store store(engine);
  const InterruptHandle handle = store.interrupt_handle();
  const Instance instance = Make(store, R"((module (func (export "f") (param i32) (result i32) (local.get 0))
    (func (export "spin") (loop (br 0)))))");
  const auto f = instance.Get<int32_t(int32_t)>("f").value();
  CHECK(f(7).value() == 7);
  handle.Interrupt();
  CHECK(Outcome(f(7)) == "interrupted");
  CHECK(f(8).value() == 8);
  handle.Interrupt();
  handle.Interrupt();
  handle.Withdraw();
  CHECK(f(9).value() == 9);

  store.SetDeadline(std::chrono::milliseconds(1));
  CHECK(OutcomeOf<void()>(instance, "spin") == "deadline exceeded (1ms)");
  CHECK(f(10).value() == 10);
  // Long past: as soon as the timer has looked.
  store.SetDeadline(Steady::now() - std::chrono::hours(1));
  CHECK(OutcomeOf<void()>(instance, "spin") == "deadline exceeded");
  // One that has passed without ending anything is taken back as well.
  store.SetDeadline(std::chrono::nanoseconds(0));
  store.ClearDeadline();
  CHECK(f(11).value() == 11);
  store.SetDeadline(std::chrono::hours(24 * 365 * 100));
  CHECK(f(12).value() == 12);
  store.SetDeadline(std::chrono::nanoseconds::max());
  CHECK(f(13).value() == 13);
  store.SetDeadline(std::chrono::nanoseconds::min());
  CHECK(OutcomeOf<void()>(instance, "spin").starts_with("deadline exceeded"));
  CHECK(f(14).value() == 14);
}

TEST_CASE("a handle does nothing when its store is gone") {
  const Engine engine = EngineOfAll();
  std::optional<Store> store(std::in_place, engine);
  const InterruptHandle handle = store->interrupt_handle();
  store->SetDeadline(std::chrono::milliseconds(1));
  std::optional<InterruptCallback> callback = handle.OnInterrupt([] {});
  store.reset();
  handle.Interrupt();
  callback.reset();
  const InterruptHandle copy = handle;
  copy.Withdraw();
  // A moved store is the same store.
  Store first(engine);
  const InterruptHandle other = first.interrupt_handle();
  Store second = std::move(first);
  other.Interrupt();
  Linker linker(engine);
  CHECK(Outcome(linker.Instantiate(second, Parse(engine, "(module)"))) == "interrupted");
  CHECK(linker.Instantiate(second, Parse(engine, "(module)")).ok());
}

TEST_CASE("a host function can ask, and be woken") {
  const Engine engine = EngineOfAll();
  Store store(engine);
  const InterruptHandle handle = store.interrupt_handle();
  std::promise<void> blocking;
  Linker linker(engine);
  linker.Define("env", "spin", [&](Caller caller) {
    while (!caller.interrupted()) std::this_thread::yield();
  });
  linker.Define("env", "block", [&](Caller caller) -> Result<void> {
    std::promise<void> woken;
    const InterruptCallback callback = handle.OnInterrupt([&] { woken.set_value(); });
    if (caller.interrupted()) return {};
    blocking.set_value();
    woken.get_future().wait();
    return Error(ErrorKind::kIo, "woken");
  });
  const Instance instance =
      Make(store, R"((module (import "env" "spin" (func $spin)) (import "env" "block" (func $block))
    (func (export "spin") (call $spin)) (func (export "block") (call $block))))",
           linker);
  store.SetDeadline(std::chrono::milliseconds(2));
  CHECK(OutcomeOf<void()>(instance, "spin") == "deadline exceeded (2ms)");
  std::thread other([&] {
    blocking.get_future().wait();
    handle.Interrupt();
  });
  CHECK(OutcomeOf<void()>(instance, "block") == "interrupted");
  other.join();
}

TEST_CASE("INT-09 interrupting one store never stops another of the same module") {
  const Engine engine = EngineOfAll();
  const Module module = Parse(engine, R"((module (import "env" "started" (func $started))
    (func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func (export "sum") (param $n i32) (result i32) (local $s i32)
      (loop $l (local.set $s (call $f (local.get $s)))
        (loop $m (br_if $m (i32.and (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 7))))
        (br_if $l (local.get $n)))
      (local.get $s))
    (func (export "run") (call $started) (loop (br 0)))))");
  std::atomic<bool> done = false;
  std::thread other([&] {
    Store store(engine);
    Linker linker(engine);
    linker.Define("env", "started", [] {});
    const auto sum = linker.Instantiate(store, module).value().Get<int32_t(int32_t)>("sum").value();
    while (!done) CHECK(sum(80'000).value() == 10'000);
  });
  for (int i = 0; i < 200; ++i) CHECK(StopByHandle(engine, module).error.message() == "interrupted");
  done = true;
  other.join();
}

TEST_CASE("INT-09 interruptions that come and go while the guest runs disturb nothing") {
  const Engine engine = EngineOfAll();
  const Module module =
      Parse(engine, R"((module (import "env" "host" (func $host)) (type $t (func (param i32) (result i32)))
    (table funcref (elem $f)) (func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func (export "sum") (param $n i32) (result i32) (local $s i32)
      (loop $l (local.set $s (call $f (local.get $s)))
        (local.set $s (call_indirect (type $t) (local.get $s) (i32.const 0)))
        (loop $m (br_if $m (i32.and (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 7))))
        (call $host)
        (br_if $l (local.get $n)))
      (local.get $s))))");
  // CVM_INTERRUPT_CYCLES=1000000 takes some seconds.
  const char* wanted = std::getenv("CVM_INTERRUPT_CYCLES");
  const int cycles = wanted == nullptr ? 20'000 : std::atoi(wanted);
  Store store(engine);
  const InterruptHandle handle = store.interrupt_handle();
  std::atomic<bool> done = false;
  int stopped = 0, ended = 0;
  Linker linker(engine);
  linker.Define("env", "host", [] {});
  const auto sum = linker.Instantiate(store, module).value().Get<int32_t(int32_t)>("sum").value();
  std::thread guest([&] {
    while (!done) {
      const Result<int32_t> result = sum(8'000);
      ++(result.ok() ? ended : stopped);
      if (result.ok()) {
        CHECK(*result == 2'000);
      } else {
        CHECK(result.error().trap() == TrapKind::kInterrupted);
      }
    }
  });
  for (int i = 0; i < cycles; ++i) {
    handle.Interrupt();
    handle.Withdraw();
  }
  done = true;
  guest.join();
  INFO(stopped << " stopped, " << ended << " ended");
  CHECK(stopped + ended > 0);
}

TEST_CASE("many deadlines at once, each store's own") {
  const Engine engine = EngineOfAll();
  const Module module = Parse(engine, R"((module (func (export "run") (loop (br 0)))
    (func (export "f") (result i32) (i32.const 5))))");
  std::vector<std::thread> threads;
  std::atomic<int> stopped = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        Store store(engine);
        const Instance instance = Linker(engine).Instantiate(store, module).value();
        store.SetDeadline(std::chrono::hours(1));
        CHECK(instance.Get<int32_t()>("f").value()().value() == 5);
        store.SetDeadline(std::chrono::milliseconds(1 + t));
        stopped += instance.Get<void()>("run").value()().error().trap() == TrapKind::kDeadlineExceeded;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(stopped == 40);
}

TEST_CASE("INT-09 instantiation is stopped") {
  const Engine engine = EngineOfAll();
  Store store(engine);
  const Module module =
      Parse(engine, R"((module (table 10000000 funcref) (table 10000000 funcref) (func $start (loop (br 0)))
    (start $start)))");
  store.SetDeadline(std::chrono::milliseconds(5));
  CHECK(Outcome(Linker(engine).Instantiate(store, module)).starts_with("deadline exceeded"));
  CHECK(Linker(engine).Instantiate(store, Parse(engine, "(module)")).ok());
}

TEST_CASE("MEM-03 an interrupted table.grow leaves the table as it was, and no element of another is null") {
  const Engine engine = EngineOfAll();
  Store store(engine);
  const Instance instance = Make(store, R"((module (elem declare func $f) (func $f)
    (table $t 5 (ref func) (ref.func $f)) (table $u 0 funcref)
    (func (export "grow") (loop (drop (table.grow $t (ref.func $f) (i32.const 9000000))) (br 0)))
    (func (export "size") (result i32) (table.size $t))
    (func (export "nulls") (result i32) (local i32 i32)
      (loop $l
        (local.set 1 (i32.add (local.get 1) (ref.is_null (table.get $t (local.get 0)))))
        (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (table.size $t))))
      (local.get 1))))");
  store.SetDeadline(std::chrono::milliseconds(3));
  CHECK(OutcomeOf<void()>(instance, "grow").starts_with("deadline exceeded"));
  const int32_t size = instance.Get<int32_t()>("size").value()().value();
  CHECK((size == 5 || size == 9'000'005));
  CHECK(instance.Get<int32_t()>("nulls").value()().value() == 0);
}

}  // namespace
}  // namespace cvm
