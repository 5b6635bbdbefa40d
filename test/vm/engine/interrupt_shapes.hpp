// Guests that never end, one for each way there is of going on for ever (INT-09), and what it takes to stop one and to
// see how long that took.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cvm/vm.hpp"

namespace cvm {

using Steady = std::chrono::steady_clock;

struct Shape {
  const char* name;
  const char* wat;  // imports "env" "started"; exports "run"
};

// Modules begin with what all of them need.
#define CVM_SHAPE(text) "(module (import \"env\" \"started\" (func $started)) " text ")"

inline const std::vector<Shape>& EndlessShapes() {
  static const std::vector<Shape> shapes = {
      {"a loop of one cell", CVM_SHAPE("(func (export \"run\") (call $started) (loop (br 0)))")},
      {"a counted loop", CVM_SHAPE(R"((func (export "run") (local i32) (call $started)
         (loop (br_if 0 (local.tee 0 (i32.add (local.get 0) (i32.const 2)))) (br 0))))")},
      {"a loop with a body", CVM_SHAPE(R"((memory 1) (func (export "run") (local i32) (call $started)
         (loop (local.set 0 (i32.add (i32.load (local.get 0)) (i32.const 4)))
               (i32.store (i32.and (local.get 0) (i32.const 1020)) (local.get 0)) (br 0))))")},
      {"nested loops", CVM_SHAPE(R"((func (export "run") (local i32 i32) (call $started)
         (loop (local.set 1 (i32.const 1000))
               (loop (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
               (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 0))))")},
      {"a loop that begins a loop", CVM_SHAPE("(func (export \"run\") (call $started) (loop (loop (br 1))))")},
      {"a loop by br_table", CVM_SHAPE(R"((func (export "run") (local i32) (call $started)
         (loop (block (block (br_table 0 1 2 (local.tee 0 (i32.add (local.get 0) (i32.const 1))))) (br 1)) (br 0))))")},
      {"a loop by br_table with a value", CVM_SHAPE(R"((func (export "run") (local i32) (call $started)
         (i32.const 1) (loop (param i32) (br_table 0 0 (local.get 0)))))")},
      {"a loop that calls", CVM_SHAPE(R"((func $f (result i32) (i32.const 1))
         (func (export "run") (call $started) (loop (br_if 0 (call $f)))))")},
      {"a loop that calls through a table", CVM_SHAPE(R"((type $t (func (result i32))) (table funcref (elem $f))
         (func $f (result i32) (i32.const 1))
         (func (export "run") (call $started) (loop (br_if 0 (call_indirect (type $t) (i32.const 0))))))")},
      {"a loop that calls the host",
       CVM_SHAPE("(func (export \"run\") (call $started) (loop (call $started) (br 0)))")},
      {"recursion that never gets deep", CVM_SHAPE(R"((func $fib (param i64) (result i64)
         (if (result i64) (i64.lt_u (local.get 0) (i64.const 2)) (then (local.get 0))
           (else (i64.add (call $fib (i64.sub (local.get 0) (i64.const 1)))
                          (call $fib (i64.sub (local.get 0) (i64.const 2)))))))
         (func (export "run") (call $started) (drop (call $fib (i64.const 90)))))")},
      {"tail calls of two functions", CVM_SHAPE(R"((func $a (return_call $b)) (func $b (return_call $a))
         (func (export "run") (call $started) (return_call $a)))")},
      {"tail calls through a table", CVM_SHAPE(R"((type $t (func)) (table funcref (elem $a $b))
         (func $a (return_call_indirect (type $t) (i32.const 1))) (func $b (return_call_indirect (type $t) (i32.const 0)))
         (func (export "run") (call $started) (call $a)))")},
      {"tail calls by reference", CVM_SHAPE(R"((type $t (func)) (elem declare func $a)
         (func $a (return_call_ref $t (ref.func $a))) (func (export "run") (call $started) (call $a)))")},
      {"a loop that throws and catches", CVM_SHAPE(R"((tag $e)
         (func (export "run") (call $started) (loop $l (try_table (catch $e $l) (throw $e)))))")},
      {"a throw out of a call, caught in a loop", CVM_SHAPE(R"((tag $e (param i32)) (func $f (throw $e (i32.const 1)))
         (func (export "run") (call $started)
           (loop $l (drop (block $h (result i32) (try_table (catch $e $h) (call $f)) (unreachable))) (br $l))))")},
      {"recursion by exceptions", CVM_SHAPE(R"((tag $e)
         (func $f (param i64) (block $h (try_table (catch $e $h) (throw $e)))
           (if (i64.ne (local.get 0) (i64.const 0)) (then (call $f (i64.sub (local.get 0) (i64.const 1)))
             (call $f (i64.sub (local.get 0) (i64.const 1))))))
         (func (export "run") (call $started) (call $f (i64.const 80))))")},
      {"legacy try and catch", CVM_SHAPE(R"((tag $e)
         (func (export "run") (call $started) (loop $l (try (do (throw $e)) (catch $e (br $l))))))")},
      {"legacy rethrow and delegate", CVM_SHAPE(R"((tag $e)
         (func (export "run") (call $started) (loop $l
           (try (do (try (do (try (do (throw $e)) (delegate 0))) (catch $e (rethrow 0)))) (catch_all (br $l))))))")},
      {"memory.fill of 1 GiB", CVM_SHAPE(R"((memory 16384) (func (export "run") (call $started)
         (loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 0x40000000)) (br 0))))")},
      {"memory.copy of 1 GiB", CVM_SHAPE(R"((memory 16385) (func (export "run") (call $started)
         (loop (memory.copy (i32.const 100) (i32.const 0) (i32.const 0x40000000)) (br 0))))")},
      {"table.fill of 10 million", CVM_SHAPE(R"((table 10000000 funcref) (func (export "run") (call $started)
         (loop (table.fill (i32.const 0) (ref.null func) (i32.const 10000000)) (br 0))))")},
      {"table.copy of 5 million", CVM_SHAPE(R"((table 10000000 funcref) (func (export "run") (call $started)
         (loop (table.copy (i32.const 5000000) (i32.const 0) (i32.const 5000000)) (br 0))))")},
      {"table.grow to 10 million", CVM_SHAPE(R"((table $t 0 funcref) (table $u 0 funcref) (table $v 0 funcref)
         (func (export "run") (call $started)
           (drop (table.grow $t (ref.null func) (i32.const 10000000)))
           (drop (table.grow $u (ref.null func) (i32.const 10000000)))
           (drop (table.grow $v (ref.null func) (i32.const 10000000))) (loop (br 0))))")},
      {"array.fill of 100 million",
       CVM_SHAPE(R"((type $a (array (mut i8))) (func (export "run") (local $x (ref null $a))
         (local.set $x (array.new_default $a (i32.const 100000000))) (call $started)
         (loop (array.fill $a (local.get $x) (i32.const 0) (i32.const 1) (i32.const 100000000)) (br 0))))")},
      {"array.copy of 100 million",
       CVM_SHAPE(R"((type $a (array (mut i16))) (func (export "run") (local $x (ref null $a))
         (local.set $x (array.new_default $a (i32.const 100000001))) (call $started)
         (loop (array.copy $a $a (local.get $x) (i32.const 1) (local.get $x) (i32.const 0) (i32.const 100000000))
               (br 0))))")},
      {"array.new of 50 million", CVM_SHAPE(R"((type $a (array (mut i64))) (func (export "run") (call $started)
         (loop (drop (array.new $a (i64.const 1) (i32.const 50000000))) (br 0))))")},
      {"structures without end", CVM_SHAPE(R"((type $s (struct (field (ref null $s)) (field i64))) (func (export "run")
         (call $started) (loop (drop (struct.new $s (ref.null $s) (i64.const 1))) (br 0))))")},
      {"memory.atomic.wait for ever", CVM_SHAPE(R"((memory 1 1 shared) (func (export "run") (call $started)
         (drop (memory.atomic.wait64 (i32.const 8) (i64.const 0) (i64.const -1)))))")},
      {"memory.grow without end", CVM_SHAPE(R"((memory 1 65536) (func (export "run") (call $started)
         (loop (drop (memory.grow (i32.const 0))) (br 0))))")},
  };
  return shapes;
}
#undef CVM_SHAPE

inline Engine EngineOfAll(Config config = {}) {
  for (const char* key : {"gc", "exceptions", "legacy-exceptions", "threads", "function-references", "tail-call"}) {
    config.SetFeature(key, true).value();
  }
  return Engine::Create(config).value();
}

struct Stop {
  Error error{ErrorKind::kBug, ""};
  double milliseconds = 0;
};

// A store with an instance whose "run" calls "started" once.
struct EndlessGuest {
  EndlessGuest(const Engine& engine, const Module& module) : store(engine) {
    Linker linker(engine);
    linker.Define("env", "started", [this] {
      if (std::exchange(first_, false)) started.set_value();
    });
    Result<Instance> made = linker.Instantiate(store, module);
    if (!made.ok()) FAIL(made.error().ToString());
    run = made->Get<void()>("run").value();
  }
  Error Run() {
    const Result<void> done = (*run)();
    return done.ok() ? Error(ErrorKind::kBug, "the guest has ended") : done.error();
  }

  Store store;
  std::promise<void> started;
  std::optional<TypedFunc<void()>> run;

 private:
  bool first_ = true;
};

// Stopped by another thread when it has run for that long; how long stopping took.
inline Stop StopByHandle(const Engine& engine, const Module& module, std::chrono::microseconds after = {}) {
  EndlessGuest guest(engine, module);
  const InterruptHandle handle = guest.store.interrupt_handle();
  Stop stop;
  Steady::time_point end;
  std::thread thread([&] {
    stop.error = guest.Run();
    end = Steady::now();
  });
  guest.started.get_future().wait();
  auto begin = Steady::now();
  for (const auto start = begin; begin < start + after; begin = Steady::now()) {
  }
  handle.Interrupt();
  thread.join();
  stop.milliseconds = std::chrono::duration<double, std::milli>(end - begin).count();
  return stop;
}

inline Stop StopByDeadline(const Engine& engine, const Module& module, std::chrono::milliseconds after) {
  EndlessGuest guest(engine, module);
  const auto deadline = Steady::now() + after;
  guest.store.SetDeadline(deadline);
  Stop stop;
  stop.error = guest.Run();
  stop.milliseconds = std::chrono::duration<double, std::milli>(Steady::now() - deadline).count();
  return stop;
}

}  // namespace cvm
