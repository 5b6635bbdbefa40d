;; Imports what trap.wat exports: the sum of its call and of fine of the component within it.
(component
  (import "call" (func $call (result u32)))
  (import "inner" (instance $inner (export "fine" (func (result u32)))))
  (core func $call' (canon lower (func $call)))
  (core func $fine' (canon lower (func $inner "fine")))
  (core module $m
    (import "" "call" (func $call (result i32)))
    (import "" "fine" (func $fine (result i32)))
    (func (export "run") (result i32) (i32.add (call $call) (call $fine))))
  (core instance $i (instantiate $m (with "" (instance (export "call" (func $call')) (export "fine" (func $fine'))))))
  (func (export "run") (result u32) (canon lift (core func $i "run")))
)
