// Two components, of which one calls a function of the other: their text, by what the function takes. For the tests of
// component/fused and for bench/calls.
#pragma once

#include <string>

namespace cvm::component::test {

struct PairSpec {
  std::string params;                  // of the component function: `(param "x" string)`; the result is a u32
  std::string core_params;             // of the core function: `i32 i32`
  std::string args;                    // the caller's, as text: instructions; locals $n, $len
  std::string setup = "";              // the caller's, before the first call; locals $len, $i
  std::string body = "(local.get 1)";  // the callee's; global $next, its parameters by number
  std::string caller_encoding = "utf8";
  std::string callee_encoding = "utf8";
};

// Exports `setup: func(len: u32) -> u32` and `run: func(n: u32, len: u32) -> u32`, which calls the function n times and
// gives the sum of its results. The caller's data are at 65536 of its memory; the callee's realloc hands out what comes
// after 65536, from the beginning for each call.
inline std::string PairText(const PairSpec& spec) {
  return R"((component
  (component $D
    (core module $m
      (memory (export "memory") 160)
      (global $next (mut i32) (i32.const 65536))
      (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
        (local $p i32)
        (if (i32.and (i32.ne (local.get $old) (i32.const 0)) (i32.le_u (local.get $new) (local.get $size)))
          (then (return (local.get $old))))
        (local.set $p (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $p) (local.get $new)))
        (if (local.get $size) (then (memory.copy (local.get $p) (local.get $old) (local.get $size))))
        (local.get $p))
      (func (export "f") (param )" +
         spec.core_params + R"() (result i32)
        (global.set $next (i32.const 65536))
        )" +
         spec.body + R"())
    (core instance $i (instantiate $m))
    (func (export "f") )" +
         spec.params + R"( (result u32)
      (canon lift (core func $i "f") (memory $i "memory") (realloc (func $i "realloc")) string-encoding=)" +
         spec.callee_encoding + R"()))
  (component $C
    (import "f" (func $f )" +
         spec.params + R"( (result u32)))
    (core module $libc (memory (export "memory") 128))
    (core instance $libc (instantiate $libc))
    (core func $lowered (canon lower (func $f) (memory $libc "memory") string-encoding=)" +
         spec.caller_encoding + R"())
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "f" (func $f (param )" +
         spec.core_params + R"() (result i32)))
      (func (export "setup") (param $len i32) (result i32) (local $i i32) )" +
         spec.setup + R"( (i32.const 0))
      (func (export "run") (param $n i32) (param $len i32) (result i32) (local $sum i32)
        (loop $again
          (local.set $sum (i32.add (local.get $sum) (call $f )" +
         spec.args + R"()))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $libc "memory")) (export "f" (func $lowered))))))
    (func (export "setup") (param "len" u32) (result u32) (canon lift (core func $i "setup")))
    (func (export "run") (param "n" u32) (param "len" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $d (instantiate $D))
  (instance $c (instantiate $C (with "f" (func $d "f"))))
  (export "setup" (func $c "setup"))
  (export "run" (func $c "run"))))";
}

// Setups: $len bytes, or units of 16 bits, of one value.
inline std::string FillBytes(int value) {
  return "(memory.fill (i32.const 65536) (i32.const " + std::to_string(value) + ") (local.get $len))";
}
inline std::string FillUnits(int value) {
  return "(loop $l (i32.store16 offset=65536 (i32.shl (local.get $i) (i32.const 1)) (i32.const " +
         std::to_string(value) + R"())
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $len)))))";
}

}  // namespace cvm::component::test
