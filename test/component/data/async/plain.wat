;; A function that is not async and calls one of the host that is not either, and may wait.
(component
  (import "wait" (func $wait (param "n" u32) (result u32)))
  (core func $wait' (canon lower (func $wait)))
  (core module $m
    (import "" "wait" (func $wait (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (i32.add (i32.const 1) (call $wait (local.get 0)))))
  (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait'))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))
